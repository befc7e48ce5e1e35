"""Messaging, Cosmos DB, search, settings, tables and telemetry: the code of each refusal, which changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.azure.appconfiguration import STORES
from sandbox.azure.documentdb import ACCOUNTS as COSMOS
from sandbox.azure.eventhub import NAMESPACES as HUBS
from sandbox.azure.search import SERVICES
from sandbox.azure.servicebus import NAMESPACES as BUS
from sandbox.azure.telemetry import COMPONENTS, RULES

from .azure_client import AzureClient, Body, a_storage_account, storage_account

BAD = (400, "BadRequest")
READER = "00000000-0000-0000-0000-000000000001"
VERSIONS = {
    "Microsoft.ServiceBus": "2024-01-01",
    "Microsoft.EventHub": "2024-01-01",
    "Microsoft.AppConfiguration": "2024-05-01",
    "Microsoft.Search": "2025-05-01",
    "Microsoft.DocumentDB": "2025-10-15",
    COMPONENTS: "2020-02-02",
    RULES: "2022-06-01",
}


def version(path: str) -> str | None:
    return next((each for kind, each in VERSIONS.items() if path.startswith(kind)), None)


def placed(tier: str | None = None, **properties: Any) -> Body:
    sku = {"sku": {"name": tier}} if tier else {}
    return {"location": "westeurope", **sku, "properties": properties}


def of(**properties: Any) -> Body:
    return {"properties": properties}


def cosmos(**properties: Any) -> Body:
    stated = {"databaseAccountOfferType": "Standard", "locations": [{"locationName": "westeurope"}], **properties}
    return {"location": "westeurope", "properties": stated}


def named(name: str, **properties: Any) -> Body:
    return of(resource={"id": name, **properties})


def assignment(**changes: Any) -> Body:
    """A Cosmos DB assignment; `{account}` stands for the account's id."""
    stated = {
        "roleDefinitionId": f"{{account}}/sqlRoleDefinitions/{READER}",
        "scope": "{account}/dbs/shop",
        "principalId": READER,
    }
    return of(**{**stated, **changes})


BUS_NAMESPACE = {f"{BUS}/sb-shop": placed("Standard")}
BASIC_BUS = {f"{BUS}/sb-basic": placed("Basic")}
PREMIUM_BUS = {f"{BUS}/sb-premium": placed("Premium")}
QUEUE = {f"{BUS}/sb-shop/queues/orders": of(requiresSession=True)}
TOPIC = {f"{BUS}/sb-shop/topics/paid": of()}
HUB_NAMESPACE = {f"{HUBS}/eh-shop": placed("Standard")}
BASIC_HUBS = {f"{HUBS}/eh-basic": placed("Basic")}
HUB = {f"{HUBS}/eh-shop/eventhubs/clicks": of(partitionCount=2)}
ACCOUNT = {f"{COSMOS}/cosmos-shop": cosmos()}
DATABASE = {f"{COSMOS}/cosmos-shop/sqlDatabases/shop": named("shop")}
ITEMS = {
    f"{COSMOS}/cosmos-shop/sqlDatabases/shop/containers/items": named(
        "items", partitionKey={"paths": ["/a"], "kind": "Hash"}
    )
}
CONTAINER = f"{COSMOS}/cosmos-shop/sqlDatabases/shop/containers/items"
ROLE = f"{COSMOS}/cosmos-shop/sqlRoleAssignments"
TABLES = f"{storage_account('stshop')}/tableServices/default/tables"


@dataclass(frozen=True)
class Case:
    """What is written last, and how it is refused."""

    path: str
    body: Body
    refusal: tuple[int, str] = BAD
    words: str = ""
    there: Mapping[str, Body] = field(default_factory=dict[str, Body])
    """What is there before, in this order."""

    def __str__(self) -> str:
        return f"{self.path.partition('/')[2]}: {self.words}"


CASES = [
    # Service Bus
    Case(f"{BUS}/sb", placed("Standard"), words="6 to 50 letters"),
    Case(f"{BUS}/shop-sb", placed("Standard"), words="not with -sb or -mgmt"),
    Case(f"{BUS}/sb-shop", placed("Gold"), words="must be one of Basic, Standard, Premium"),
    Case(f"{BUS}/sb-premium", placed("Standard"), words="cannot be changed from Premium", there=PREMIUM_BUS),
    Case(f"{HUBS}/sb-shop", placed("Standard"), words="already exists", there=BUS_NAMESPACE),
    Case(f"{BUS}/sb-shop/queues/-orders", of(), words="letter or digit at both ends", there=BUS_NAMESPACE),
    Case(f"{BUS}/sb-none/queues/orders", of(), (404, "ParentResourceNotFound")),
    Case(
        f"{BUS}/sb-shop/queues/orders",
        of(requiresSession=False),
        (400, "MessagingGatewayBadRequest"),
        "requiresSession cannot be changed",
        there={**BUS_NAMESPACE, **QUEUE},
    ),
    Case(f"{BUS}/sb-basic/topics/paid", of(), words="Basic has queues only", there=BASIC_BUS),
    Case(
        f"{BUS}/sb-shop/topics/paid/subscriptions/{'s' * 51}",
        of(),
        words="1 to 50 letters",
        there={**BUS_NAMESPACE, **TOPIC},
    ),
    # Event Hubs
    Case(f"{HUBS}/eh-shop/eventhubs/clicks", of(partitionCount=33), words="1 to 32", there=HUB_NAMESPACE),
    Case(
        f"{HUBS}/eh-shop/eventhubs/clicks",
        of(partitionCount=3),
        words="cannot be changed",
        there={**HUB_NAMESPACE, **HUB},
    ),
    Case(f"{HUBS}/eh-shop/eventhubs/clicks", of(messageRetentionInDays=8), words="1 to 7", there=HUB_NAMESPACE),
    Case(
        f"{HUBS}/eh-basic/eventhubs/clicks",
        of(partitionCount=1, messageRetentionInDays=2),
        words="must be 1 to 1",
        there=BASIC_HUBS,
    ),
    Case(
        f"{HUBS}/eh-basic/eventhubs/clicks/consumergroups/readers",
        of(),
        words="$Default and no other",
        there={**BASIC_HUBS, f"{HUBS}/eh-basic/eventhubs/clicks": of(partitionCount=1)},
    ),
    # App Configuration
    Case(f"{STORES}/appc", placed("standard"), words="5 to 50 letters"),
    Case(f"{STORES}/appcs-shop", placed("gold"), words="must be one of free"),
    Case(f"{STORES}/appcs-shop", placed(), words="sku"),
    Case(f"{STORES}/appcs-shop", placed("free", enablePurgeProtection=True), words="another tier than free"),
    # Search
    Case(f"{SERVICES}/s-shop", placed("basic"), words="first two"),
    Case(f"{SERVICES}/srch--shop", placed("basic"), words="single hyphens"),
    Case(f"{SERVICES}/srch-shop", placed("gold"), words="must be one of free"),
    Case(f"{SERVICES}/srch-shop", placed("basic", replicaCount=13), words="1 to 12"),
    Case(f"{SERVICES}/srch-shop", placed("basic", partitionCount=5), words="1, 2, 3, 4, 6 or 12"),
    Case(
        f"{SERVICES}/srch-shop",
        placed("basic", disableLocalAuth=True, authOptions={"apiKeyOnly": {}}),
        words="authOptions cannot be set",
    ),
    # Cosmos DB
    Case(f"{COSMOS}/Cosmos", cosmos(), words="3 to 44 lower-case"),
    Case(f"{COSMOS}/cosmos-shop", cosmos(databaseAccountOfferType="Premium"), words="must be Standard"),
    Case(f"{COSMOS}/cosmos-shop", cosmos(locations=[{}]), words="locationName"),
    Case(f"{COSMOS}/cosmos-shop/sqlDatabases/shop", named("other"), words="its name in the path", there=ACCOUNT),
    Case(f"{COSMOS}/cosmos-none/sqlDatabases/shop", named("shop"), (404, "ParentResourceNotFound")),
    Case(CONTAINER, named("items"), words="partition key definition is missing", there={**ACCOUNT, **DATABASE}),
    Case(
        CONTAINER,
        named("items", partitionKey={"paths": ["/b"], "kind": "Hash"}),
        words="partition key cannot be changed",
        there={**ACCOUNT, **DATABASE, **ITEMS},
    ),
    Case(f"{ROLE}/not-a-guid", assignment(), words="must be a GUID", there=ACCOUNT),
    Case(
        f"{ROLE}/{READER}",
        assignment(roleDefinitionId=f"{{account}}/sqlRoleDefinitions/{READER[:-1]}9"),
        (404, "NotFound"),
        "does not exist in this account",
        ACCOUNT,
    ),
    Case(f"{ROLE}/{READER}", assignment(scope="{account}x"), words="must be the account", there=ACCOUNT),
    Case(f"{ROLE}/{READER}", assignment(principalId="orders"), words="principalId must be a GUID", there=ACCOUNT),
    # Tables
    Case(f"{TABLES}/1orders", {}, words="start with a letter", there={storage_account("stshop"): a_storage_account()}),
    Case(f"{TABLES}/orders", {}, (404, "ParentResourceNotFound")),
    # Telemetry
    Case(f"{RULES}/dcr.", placed(), words="not end with a period"),
    Case(
        f"{RULES}/dcr-shop",
        placed(destinations={}, dataFlows=[{"streams": ["x"], "destinations": ["nowhere"]}]),
        words="does not have: nowhere",
    ),
    Case(f"{COMPONENTS}/appi-shop", {**placed(), "kind": "web"}, words="Application_Type"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_azure_refuses_is_refused_and_changes_nothing(rg: AzureClient, case: Case):
    for path, body in case.there.items():
        made = rg.put(path, body, version=version(path))
        assert made.status in (200, 201, 202), made.body
    before = rg.get(case.path, version=version(case.path))
    account = rg.id(f"{COSMOS}/cosmos-shop")
    body = {
        **case.body,
        "properties": {
            name: value.replace("{account}", account) if isinstance(value, str) else value
            for name, value in case.body.get("properties", {}).items()
        },
    }

    refused = rg.put(case.path, body, version=version(case.path))

    assert refused.refusal == case.refusal
    assert case.words in refused.message
    after = rg.get(case.path, version=version(case.path))
    assert (after.status, after.body) == (before.status, before.body)


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        (f"{BUS}/sb-shop", placed("Standard"), BAD),
        (f"{STORES}/appcs-shop", placed("standard"), (409, "NameUnavailable")),
        (f"{SERVICES}/srch-shop", placed("basic"), BAD),
        (f"{COSMOS}/cosmos-shop", cosmos(), BAD),
    ],
)
def test_a_global_name_is_taken_once(rg: AzureClient, path: str, body: Body, refusal: tuple[int, str]):
    rg.make_group("other")
    assert rg.put(path, body, version=version(path)).status in (200, 201, 202)

    elsewhere = rg.put(f"{rg.subscription}/resourceGroups/other/providers/{path}", body, version=version(path))

    assert elsewhere.refusal == refusal
