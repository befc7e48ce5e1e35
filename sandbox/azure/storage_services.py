"""Microsoft.Storage: services, blob containers, queues and tables, as far as Resource Manager knows them.

Sources: Microsoft Learn, resource-name-rules and rest/api/storageservices/blob-service-error-codes;
azure-rest-api-specs storage. Codes without a documented spelling are `BadRequest`.
"""

from datetime import UTC, datetime

from .cloud import Cloud
from .errors import ArmError, bad_request
from .ids import Address
from .resource_type import NameRule, ResourceType, Write
from .store import Json

VERSIONS = (
    "2024-01-01",
    *("2022-09-01", "2023-01-01", "2023-04-01", "2023-05-01"),
    *("2025-01-01", "2025-06-01", "2025-08-01", "2026-04-01", "2026-09-01"),
)
ACCOUNTS = "Microsoft.Storage/storageAccounts"
BLOB_SERVICES = f"{ACCOUNTS}/blobServices"
CONTAINERS = f"{BLOB_SERVICES}/containers"
QUEUE_SERVICES = f"{ACCOUNTS}/queueServices"
QUEUES = f"{QUEUE_SERVICES}/queues"
TABLE_SERVICES = f"{ACCOUNTS}/tableServices"
TABLES = f"{TABLE_SERVICES}/tables"


def default_service(account: Write, services: str) -> Json:
    """Each account has one service of each sort from its beginning."""
    address = Address(account.address.scope, services, (account.address.name, "default"))
    cors: Json = {"cors": {"corsRules": []}}
    return {"id": str(address), "name": "default", "type": services, "properties": cors}


def now(cloud: Cloud) -> str:
    return datetime.fromtimestamp(cloud.timing.now(), UTC).isoformat()


def _check_container(write: Write) -> None:
    access = write.get("properties.publicAccess")
    if access not in ("None", "Blob", "Container"):
        raise bad_request(f"The publicAccess '{access}' is not valid. It must be None, Blob or Container.")
    account = write.cloud.store.get(str(Address(write.address.scope, ACCOUNTS, write.address.names[:1]))) or {}
    if access != "None" and not account["properties"].get("allowBlobPublicAccess"):
        raise ArmError(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")


def _complete_container(write: Write) -> None:
    write.set("properties.lastModifiedTime", now(write.cloud))
    for name, value in (("leaseStatus", "Unlocked"), ("leaseState", "Available")):
        write.set(f"properties.{name}", value)
    for name in ("hasImmutabilityPolicy", "hasLegalHold", "deleted"):
        write.set(f"properties.{name}", False)
    write.set("properties.remainingRetentionDays", 0)


def _refuse_delete(cloud: Cloud, body: Json) -> None:
    raise ArmError(405, "MethodNotAllowed", "The requested resource does not support http method 'DELETE'.")


def _services(name: str) -> ResourceType:
    return ResourceType(
        name=name,
        api_versions=VERSIONS,
        name_rule=NameRule("default", "BadRequest", "The service name '{name}' must be 'default'."),
        located=False,
        patchable=(),
        removing=_refuse_delete,
    )


# The patterns are those of resource-name-rules; the codes are not documented.
_NAME = r"(?=.{3,63}$)[a-z0-9](-?[a-z0-9])+"
_NAME_TEXT = (
    "'{name}' must be 3 to 63 lower-case letters, digits or single hyphens, with a letter or digit at both ends."
)

CONTAINER = ResourceType(
    name=CONTAINERS,
    api_versions=VERSIONS,
    name_rule=NameRule(rf"{_NAME}|\$(root|web|logs)", "BadRequest", f"The container name {_NAME_TEXT}"),
    located=False,
    patchable=("properties",),
    defaults={"properties.publicAccess": "None"},
    check=_check_container,
    complete=_complete_container,
)

QUEUE = ResourceType(
    name=QUEUES,
    api_versions=VERSIONS,
    name_rule=NameRule(_NAME, "BadRequest", f"The queue name {_NAME_TEXT}"),
    located=False,
    read_only=("properties.approximateMessageCount",),
    patchable=("properties",),
    created=200,
    deleted=204,
)


def _complete_table(write: Write) -> None:
    write.set("properties.tableName", write.address.name)


TABLE = ResourceType(
    name=TABLES,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[A-Za-z][A-Za-z0-9]{2,62}",
        "BadRequest",
        "The table name '{name}' must be 3 to 63 letters and digits and start with a letter.",
    ),
    located=False,
    patchable=("properties",),
    complete=_complete_table,
    created=200,
    deleted=204,
)

SERVICE_TYPES = (
    _services(BLOB_SERVICES),
    CONTAINER,
    _services(QUEUE_SERVICES),
    QUEUE,
    _services(TABLE_SERVICES),
    TABLE,
)
