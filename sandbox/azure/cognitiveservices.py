"""Microsoft.CognitiveServices: AI accounts and their model deployments.

Sources: Microsoft Learn, ai-services/{cognitive-services-custom-subdomains, recover-purge-resources,
disable-local-auth}; azure-rest-api-specs cognitiveservices. The wording of refusals is what callers have reported;
codes that nobody documents are `BadRequest`.
"""

from .cloud import Cloud
from .deleted_ai_accounts import ACCOUNTS, DELETED_ACCOUNTS, VERSIONS, as_text, deleted_accounts, keep_deleted
from .errors import ArmError, bad_request
from .network_acls import check_network_acls
from .resource_type import Answer, LongRunning, NameRule, Request, ResourceType, Write
from .store import Json, Store

DEPLOYMENTS = f"{ACCOUNTS}/deployments"
# An account of one of these kinds may become one of the other. Source: Microsoft Learn, ai-foundry/how-to/
# upgrade-azure-openai; that other kinds are fixed: azurerm_cognitive_account (what forces a new account).
INTERCHANGEABLE = ("OpenAI", "AIServices")


def _check_account(write: Write) -> None:
    restore = write.get("properties.restore")
    write.drop("properties.restore")
    if write.new:
        _restore(write, wanted=bool(restore))
    else:
        _check_what_stays(write)
    check_network_acls(write, most_addresses=100, most_subnets=100)
    subdomain = write.get("properties.customSubDomainName")
    if subdomain:
        _check_subdomain(write, str(subdomain))
    elif write.get("properties.networkAcls.defaultAction") == "Deny":
        # Source: azurerm_cognitive_account (network_acls need custom_subdomain_name); the code is not documented.
        raise bad_request("An account with network rules must have a customSubDomainName.")


def _restore(write: Write, *, wanted: bool) -> None:
    """Source: Learn, recover-purge-resources. Whether deployments come back is not documented; here they do not."""
    kept = next((body for body, _ in deleted_accounts(write.cloud) if body["id"].lower() == write.address.key), None)
    if kept is None:
        if wanted:
            raise ArmError(409, "CanNotRestoreANonExistingResource", "Could not locate a resource to restore.")
        return
    if not wanted:
        raise ArmError(
            409,
            "FlagMustBeSetForRestore",
            f"An existing resource with ID '{kept['id']}' has been soft-deleted. To restore the resource, you must "
            "specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please "
            "purge it first.",
        )
    write.body["properties"] = {**kept["properties"], **write.body["properties"]}
    write.cloud.store.purge(ACCOUNTS, kept["id"])


def _check_what_stays(write: Write) -> None:
    kind, before = write.get("kind"), write.was("kind")
    if kind != before and not (kind in INTERCHANGEABLE and before in INTERCHANGEABLE):
        raise bad_request(f"The kind of an account cannot be changed from '{before}' to '{kind}'.")
    path = "properties.customSubDomainName"
    if not write.get(path):
        if write.was(path):
            write.set(path, write.was(path))
    elif write.was(path) and write.get(path) != write.was(path):
        # Learn, cognitive-services-custom-subdomains: it cannot be changed. The code is not documented.
        raise bad_request(f"The customSubDomainName '{write.was(path)}' cannot be changed after it has been created.")


def _check_subdomain(write: Write, subdomain: str) -> None:
    """Subdomains are global, and a deleted account keeps its own until it is purged."""
    there = [*write.cloud.store.of_type(ACCOUNTS), *(body for body, _ in deleted_accounts(write.cloud))]
    others = [other["properties"] for other in there if other["id"].lower() != write.address.key]
    used = any(str(other.get("customSubDomainName", "")).lower() == subdomain.lower() for other in others)
    if used or (write.new and write.cloud.taken_elsewhere(subdomain)):
        raise ArmError(
            409,
            "CustomDomainInUse",
            f"Please pick a different name. The subdomain name '{subdomain}' is not available as it's already used "
            "by a resource. If the resource using the name was deleted in the last 48 hours, you may need to purge "
            'the deleted resource. Learn more at "https://go.microsoft.com/fwlink/?linkid=2215493"',
        )


def _complete_account(write: Write) -> None:
    """Endpoints: Microsoft Learn, ai-services/cognitive-services-custom-subdomains."""
    subdomain = write.get("properties.customSubDomainName")
    domain = "openai.azure.com" if write.get("kind") == "OpenAI" else "cognitiveservices.azure.com"
    regional = f"{write.get('location')}.api.cognitive.microsoft.com"
    write.set("properties.endpoint", f"https://{f'{subdomain}.{domain}'.lower() if subdomain else regional}/")
    if write.new and not write.get("properties.internalId"):
        write.set("properties.internalId", write.guid("internal").replace("-", ""))
        write.set("properties.dateCreated", as_text(write.cloud.timing.now()))
    if write.get("identity.type") in ("SystemAssigned", "SystemAssigned, UserAssigned"):
        write.set("identity.principalId", write.was("identity.principalId") or write.guid("principal"))
        write.set("identity.tenantId", write.cloud.store.tenant_id)


def keys_of(store: Store, account: Json) -> Json:
    """The two keys of an account, whether they open anything or not."""
    born = account["properties"]["internalId"]
    return {name: store.guid(born, name).replace("-", "") for name in ("key1", "key2")}


def _list_keys(cloud: Cloud, body: Json, request: Request) -> Answer:
    """Source: Learn, disable-local-auth; the refusal as callers have reported it."""
    if body["properties"].get("disableLocalAuth"):
        raise bad_request("Failed to list key. disableLocalAuth is set to be true")
    return Answer(200, keys_of(cloud.store, body))


def _being_changed(parent: str) -> ArmError:
    return ArmError(
        409,
        "RequestConflict",
        f"Another operation is being performed on the parent resource '{parent}'. Please try again later.",
    )


def _check_deployment(write: Write) -> None:
    """An account takes one change of its deployments at a time. Source: as callers have reported it."""
    store, account = write.cloud.store, str(write.address.parent)
    siblings = [body["id"] for body in store.of_type(DEPLOYMENTS, under=account)]
    if any(store.unfinished(resource_id) for resource_id in (account, *siblings)):
        raise _being_changed(account)


# The pattern is that of azure-rest-api-specs; the code is not documented.
_NAME = r"(?=.{2,64}$)[a-zA-Z0-9][a-zA-Z0-9_.-]*"
_NAME_TEXT = "'{name}' must be 2 to 64 letters, digits, '-', '_' or '.' and start with a letter or digit."

ACCOUNT = ResourceType(
    name=ACCOUNTS,
    api_versions=VERSIONS,
    name_rule=NameRule(_NAME, "BadRequest", f"The account name {_NAME_TEXT}"),
    required=("kind", "sku.name"),
    read_only=tuple(
        f"properties.{name}" for name in ("provisioningState", "endpoint", "endpoints", "internalId", "dateCreated")
    ),
    defaults={"properties.publicNetworkAccess": "Enabled"},
    patchable=("tags", "sku", "kind", "properties", "identity"),
    check=_check_account,
    complete=_complete_account,
    removed=keep_deleted,
    actions={"listkeys": _list_keys},
    long_running=LongRunning(updating="Accepted"),
    long_delete=True,
)

DEPLOYMENT = ResourceType(
    name=DEPLOYMENTS,
    api_versions=VERSIONS,
    name_rule=NameRule(_NAME, "BadRequest", f"The deployment name {_NAME_TEXT}"),
    located=False,
    required=("properties.model.name",),
    read_only=("properties.provisioningState",),
    # Source: azure-rest-api-specs, and Learn, ai-foundry/openai/how-to/working-with-models.
    defaults={"properties.versionUpgradeOption": "OnceNewDefaultVersionAvailable"},
    patchable=("tags", "sku"),
    check=_check_deployment,
    long_running=LongRunning(updating="Accepted"),
    long_delete=True,
    one_writer=_being_changed("{parent}"),
)

TYPES = (ACCOUNT, DEPLOYMENT)
ENDPOINTS = DELETED_ACCOUNTS
