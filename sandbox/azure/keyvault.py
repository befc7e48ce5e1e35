"""Microsoft.KeyVault: vaults, and what soft delete keeps of them.

Sources: Microsoft Learn, key-vault/general/{soft-delete-overview, key-vault-recovery, common-error-codes,
access-control-default}; azure-rest-api-specs keyvault. The wording of refusals is what callers have reported.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from .cloud import Cloud
from .errors import ArmError, bad_request
from .network_acls import check_network_acls
from .resource_type import Answer, Endpoint, LongRunning, NameRule, Request, ResourceType, Write
from .store import Json

VERSIONS = ("2024-11-01", "2023-07-01", "2026-02-01", "2026-05-15")
RBAC_BY_DEFAULT_SINCE = "2026-02-01"
VAULTS = "Microsoft.KeyVault/vaults"
GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


# Of these properties azure-rest-api-specs knows no other values; the codes of refusals are not documented.
ENUMS = {
    "properties.sku.family": ("A",),
    "properties.sku.name": ("standard", "premium"),
    "properties.createMode": ("default", "recover"),
    "properties.networkAcls.bypass": ("AzureServices", "None"),
    "properties.networkAcls.defaultAction": ("Allow", "Deny"),
}


def _check_values(write: Write) -> None:
    for path, known in ENUMS.items():
        value = write.get(path)
        if value is not None and str(value).lower() not in {each.lower() for each in known}:
            raise bad_request(f"The parameter {path} has the value '{value}'; it must be one of {', '.join(known)}.")
    tenant = str(write.get("properties.tenantId"))
    if not re.fullmatch(GUID, tenant):
        raise bad_request(f"The parameter properties.tenantId has the value '{tenant}'; it must be a GUID.")


def _check(write: Write) -> None:
    _check_values(write)
    check_network_acls(write, most_addresses=1000, most_subnets=200)
    mode = write.get("properties.createMode")
    write.drop("properties.createMode")
    if write.new:
        _check_name_is_free(write, recover=mode == "recover")
        if mode != "recover":  # what an earlier vault of this name held ended with its retention
            write.cloud.store.delete_vault_objects(str(write.address))
    _check_one_way_switches(write)
    _check_retention(write)
    if write.get("properties.enableRbacAuthorization") is None:
        modern = write.api_version >= RBAC_BY_DEFAULT_SINCE
        rbac = modern and (write.new or write.was("properties.enableRbacAuthorization"))
        write.set("properties.enableRbacAuthorization", rbac)
    if write.get("properties.accessPolicies") is None:
        if not write.get("properties.enableRbacAuthorization") and mode != "recover":
            raise bad_request("The parameter accessPolicies is not specified.")
        write.set("properties.accessPolicies", [])


def _check_name_is_free(write: Write, *, recover: bool) -> None:
    """Vault names are global, and a deleted vault keeps its name until it is purged."""
    name = write.address.name
    if write.cloud.taken(VAULTS, name):
        raise ArmError(
            409,
            "VaultAlreadyExists",
            f"The vault name '{name}' is already in use. Vault names are globally unique so it is possible that the "
            "name is already taken.",
        )
    kept = next((body for body, _ in deleted_vaults(write.cloud) if body["name"].lower() == name.lower()), None)
    if kept is None:
        if recover:
            raise ArmError(404, "DeletedVaultNotFound", f"The specified deleted vault '{name}' does not exist.")
        return
    if not recover:
        raise ArmError(
            409,
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either recover or purge existing "
            "key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft "
            "delete.",
        )
    retention = {"softDeleteRetentionInDays": kept["properties"]["softDeleteRetentionInDays"]}
    write.body["properties"] = {**kept["properties"], **write.body["properties"], **retention}
    write.cloud.store.purge(VAULTS, name)


def _check_one_way_switches(write: Write) -> None:
    for name, what in (("enablePurgeProtection", "the purge protection"), ("enableSoftDelete", "the 'soft delete'")):
        path = f"properties.{name}"
        if write.get(path) is False:
            raise bad_request(
                f'The property "{name}" cannot be set to false. Enabling {what} for a vault is an irreversible action.'
            )
        if write.get(path) is None and write.was(path):
            write.set(path, True)
    write.set("properties.enableSoftDelete", True)


def _check_retention(write: Write) -> None:
    path = "properties.softDeleteRetentionInDays"
    days = write.get(path)
    if days is None:
        write.set(path, write.was(path) or 90)
    elif not isinstance(days, int) or not 7 <= days <= 90:
        raise bad_request('The property "softDeleteRetentionInDays" must be between 7 and 90.')
    elif not write.new and days != write.was(path):
        raise bad_request('The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.')


def _complete(write: Write) -> None:
    write.set("properties.vaultUri", f"https://{write.address.name.lower()}.vault.azure.net/")


def _removed(cloud: Cloud, body: Json) -> None:
    cloud.store.soft_delete(body, at=cloud.timing.now())


def deleted_vaults(cloud: Cloud) -> list[tuple[Json, float]]:
    """Deleted vaults whose retention has not run out."""
    now = cloud.timing.now()
    return [
        (body, at)
        for body, at in cloud.store.soft_deleted(VAULTS)
        if now < at + body["properties"]["softDeleteRetentionInDays"] * 86400
    ]


def _deleted_view(cloud: Cloud, body: Json, at: float) -> Json:
    place = f"/subscriptions/{cloud.store.subscription_id}/providers/Microsoft.KeyVault/locations/{body['location']}"
    deleted = datetime.fromtimestamp(at, UTC)
    return {
        "id": f"{place}/deletedVaults/{body['name']}",
        "name": body["name"],
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": body["id"],
            "location": body["location"],
            "deletionDate": deleted.isoformat(),
            "scheduledPurgeDate": (
                deleted + timedelta(days=body["properties"]["softDeleteRetentionInDays"])
            ).isoformat(),
            "tags": body.get("tags", {}),
            "purgeProtectionEnabled": body["properties"].get("enablePurgeProtection", False),
        },
    }


def _list_deleted(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    return Answer(200, {"value": [_deleted_view(cloud, body, at) for body, at in deleted_vaults(cloud)]})


def _no_modules(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """There are no managed HSMs; the Azure CLI asks for them when it is asked for vaults."""
    return Answer(200, {"value": []})


def _find_deleted(cloud: Cloud, found: Mapping[str, str]) -> tuple[Json, float]:
    for body, at in deleted_vaults(cloud):
        if body["name"].lower() == found["vault"].lower() and body["location"] == found["location"].lower():
            return body, at
    raise ArmError(404, "DeletedVaultNotFound", f"The specified deleted vault '{found['vault']}' does not exist.")


def _get_deleted(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    return Answer(200, _deleted_view(cloud, *_find_deleted(cloud, found)))


def _purge(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    body, _ = _find_deleted(cloud, found)
    if body["properties"].get("enablePurgeProtection"):
        raise ArmError(405, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.")
    cloud.store.purge(VAULTS, body["name"])
    cloud.store.delete_vault_objects(body["id"])
    return Answer(200)


VAULT = ResourceType(
    name=VAULTS,
    api_versions=VERSIONS,
    # Source: Microsoft Learn, resource-name-rules, Microsoft.KeyVault.
    name_rule=NameRule(
        r"(?=.{3,24}$)[A-Za-z](-?[A-Za-z0-9])+",
        "VaultNameNotValid",
        "The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name "
        "must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.",
    ),
    required=("properties.sku.family", "properties.sku.name", "properties.tenantId"),
    read_only=("properties.provisioningState", "properties.vaultUri", "properties.hsmPoolResourceId"),
    defaults={"properties.publicNetworkAccess": "Enabled"},
    patchable=("tags", "properties"),
    check=_check,
    complete=_complete,
    removed=_removed,
    long_running=LongRunning(creating="RegisteringDns", updating="RegisteringDns", operation=False),
)

_DELETED = "/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault}"
TYPES = (VAULT,)
ENDPOINTS = (
    Endpoint(
        "GET", "/subscriptions/{subscription}/providers/Microsoft.KeyVault/deletedVaults", VERSIONS, _list_deleted
    ),
    Endpoint("GET", "/subscriptions/{subscription}" + _DELETED, VERSIONS, _get_deleted),
    Endpoint("POST", "/subscriptions/{subscription}" + _DELETED + "/purge", VERSIONS, _purge),
    *(
        Endpoint("GET", f"/subscriptions/{{subscription}}/providers/Microsoft.KeyVault/{name}", VERSIONS, _no_modules)
        for name in ("managedHSMs", "deletedManagedHSMs")
    ),
)
