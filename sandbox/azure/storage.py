"""Microsoft.Storage: storage accounts.

Sources: Microsoft Learn, rest/api/storagerp/{srp_error_codes_common, srp_error_codes_create},
azure-resource-manager/troubleshooting/error-storage-account-name, resource-name-rules, storage/common/{
storage-account-overview, storage-account-upgrade}; azure-rest-api-specs storage (defaults, long-running operations).
Codes without a documented spelling are `BadRequest`.
"""

import base64
from collections.abc import Mapping
from typing import Any

from .cloud import Cloud
from .errors import ArmError, bad_request
from .network_acls import check_network_acls
from .resource_type import Answer, Endpoint, LongRunning, NameRule, Request, ResourceType, Write
from .storage_services import (
    ACCOUNTS,
    BLOB_SERVICES,
    QUEUE_SERVICES,
    SERVICE_TYPES,
    TABLE_SERVICES,
    VERSIONS,
    default_service,
    now,
)
from .store import Json

_REDUNDANCIES = ("LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS")
SKUS = (*(f"Standard_{how}" for how in _REDUNDANCIES), "Premium_LRS", "Premium_ZRS")
TLS_VERSIONS = ("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3")
# The endpoints of each kind. Source: storage-account-overview, and the examples of azure-rest-api-specs.
ENDPOINTS_OF = {
    "StorageV2": ("blob", "dfs", "file", "queue", "table", "web"),
    "Storage": ("blob", "file", "queue", "table"),
    "BlobStorage": ("blob", "dfs", "table"),
    "BlockBlobStorage": ("blob", "dfs", "web"),
    "FileStorage": ("file",),
}
MAY_BECOME_V2 = ("Storage", "BlobStorage")


def _check_account(write: Write) -> None:
    kind, sku = write.get("kind"), write.get("sku.name")
    if kind not in ENDPOINTS_OF:
        raise bad_request(f"The kind '{kind}' is not valid. It must be one of {', '.join(ENDPOINTS_OF)}.")
    if sku not in SKUS and not str(sku).startswith(("StandardV2_", "PremiumV2_")):
        raise ArmError(400, "InvalidAccountType", f"The SKU '{sku}' is not valid.")
    if write.new:
        _check_name_is_free(write)
    else:
        _check_what_stays(write)
    check_network_acls(write, most_addresses=400, most_subnets=400)
    tls = write.get("properties.minimumTlsVersion")
    if tls is not None and tls not in TLS_VERSIONS:
        raise ArmError(
            400,
            "StorageAccountPropertiesNotValid",
            f"The minimumTlsVersion '{tls}' is not valid. It must be one of {', '.join(TLS_VERSIONS)}.",
        )


def _check_name_is_free(write: Write) -> None:
    """Account names are global. The sandbox has one subscription, so a taken name is one of its own."""
    name = write.address.name
    if write.cloud.taken(ACCOUNTS, name):
        raise ArmError(
            409,
            "StorageAccountInAnotherResourceGroup",
            f"The account {name} is already in another resource group in this subscription.",
        )


def _check_what_stays(write: Write) -> None:
    for path in ("properties.isHnsEnabled", "properties.isNfsV3Enabled", "properties.dnsEndpointType"):
        if write.get(path) is None:
            if write.was(path) is not None:
                write.set(path, write.was(path))
        elif write.get(path) != write.was(path):
            raise _not_updatable(path.rpartition(".")[2])
    kind, before = write.get("kind"), write.was("kind")
    if kind != before and not (before in MAY_BECOME_V2 and kind == "StorageV2"):
        raise _not_updatable("kind")
    if str(write.get("sku.name")).partition("_")[0] != str(write.was("sku.name")).partition("_")[0]:
        raise ArmError(
            400,
            "StorageAccountTypeConversionNotAllowed",
            f"The storage account cannot change from {write.was('sku.name')} to {write.get('sku.name')}.",
        )


def _not_updatable(name: str) -> ArmError:
    return ArmError(
        400,
        "AccountPropertyCannotBeUpdated",
        f"The property '{name}' was specified in the input, but it cannot be updated as it is read-only. "
        "For more information, see - https://aka.ms/storageaccountupdate",
    )


def _complete_account(write: Write) -> None:
    name = write.address.name
    hosts = {service: f"https://{name}.{service}.core.windows.net/" for service in ENDPOINTS_OF[write.get("kind")]}
    if "web" in hosts:
        # The zone of a static website has a number that Azure chooses.
        hosts["web"] = f"https://{name}.z6.web.core.windows.net/"
    write.set("sku.tier", str(write.get("sku.name")).partition("_")[0].removesuffix("V2"))
    write.set("properties.primaryEndpoints", hosts)
    write.set("properties.primaryLocation", write.get("location"))
    write.set("properties.statusOfPrimary", "available")
    if write.get("kind") in ("StorageV2", "BlobStorage") and write.get("properties.accessTier") is None:
        write.set("properties.accessTier", write.was("properties.accessTier") or "Hot")
    if write.new:
        write.set("properties.creationTime", now(write.cloud))
        for services, service in ((BLOB_SERVICES, "blob"), (QUEUE_SERVICES, "queue"), (TABLE_SERVICES, "table")):
            if service in hosts:
                write.cloud.put(default_service(write, services))


def _list_keys(cloud: Cloud, body: Json, request: Request) -> Answer:
    """Answers also where shared keys are off: Microsoft Learn (storage/common/shared-key-authorization-prevent) says
    that requests signed with a key are refused then, and nothing of this call.
    """
    names = ("key1", "key2")
    values = {name: cloud.store.guid(body["id"], body["properties"]["creationTime"], name) for name in names}
    keys: list[dict[str, Any]] = [
        {"keyName": name, "value": base64.b64encode(values[name].encode()).decode(), "permissions": "FULL"}
        for name in names
    ]
    return Answer(200, {"keys": keys})


def _check_name(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """Source: REST reference, Storage Accounts - Check Name Availability; `az storage account create` asks it first."""
    name = str(request.body.get("name", ""))
    try:
        ACCOUNT.name_rule.check(name)
    except ArmError as refusal:
        return Answer(200, {"nameAvailable": False, "reason": refusal.code, "message": refusal.message})
    if cloud.taken(ACCOUNTS, name):
        message = f"The storage account named {name} is already taken."
        return Answer(200, {"nameAvailable": False, "reason": "AlreadyExists", "message": message})
    return Answer(200, {"nameAvailable": True})


ACCOUNT = ResourceType(
    name=ACCOUNTS,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[a-z0-9]{3,24}",
        "AccountNameInvalid",
        "{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in "
        "length and use numbers and lower-case letters only.",
    ),
    required=("kind", "sku.name"),
    read_only=(
        "properties.provisioningState",
        "properties.primaryEndpoints",
        "properties.primaryLocation",
        "properties.statusOfPrimary",
        "properties.creationTime",
    ),
    defaults={
        "properties.supportsHttpsTrafficOnly": True,
        "properties.networkAcls": {
            "bypass": "AzureServices",
            "defaultAction": "Allow",
            "ipRules": [],
            "virtualNetworkRules": [],
        },
        "properties.encryption": {
            "keySource": "Microsoft.Storage",
            "services": {name: {"enabled": True, "keyType": "Account"} for name in ("blob", "file")},
        },
    },
    patchable=("tags", "sku", "kind", "properties", "identity"),
    check=_check_account,
    complete=_complete_account,
    actions={"listkeys": _list_keys},
    created=202,
    long_running=LongRunning(updating="Succeeded"),
)


TYPES = (ACCOUNT, *SERVICE_TYPES)
ENDPOINTS = (
    Endpoint(
        "POST", "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability", VERSIONS, _check_name
    ),
)
