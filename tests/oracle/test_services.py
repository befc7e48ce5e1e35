"""The services that grants are for, as plain resources of a program: deployed, read by Azure's SDKs, granted."""

from collections.abc import Generator

import pytest

from tests.engine.engine import Engine
from tests.oracle.conftest import Deployed, deployed

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """
import pulumi
from aks_workload_identity import Role, grants
from aks_workload_identity.grants.assignment import assign
from pulumi_azure_native import (
    appconfiguration, applicationinsights, authorization, cosmosdb, eventhub, managedidentity, monitor, search,
    servicebus, storage,
)
from pulumi_azure_native.resources import ResourceGroup

here = {"resource_group_name": ResourceGroup("rg", resource_group_name="rg", location="westeurope").name}
subscription = authorization.get_client_config().subscription_id
bus = servicebus.Namespace("bus", namespace_name="sb-shop", sku={"name": "Standard"}, disable_local_auth=True, **here)
in_bus = {**here, "namespace_name": bus.name}
queue = servicebus.Queue("queue", queue_name="orders", requires_session=True, **in_bus)
topic = servicebus.Topic("topic", topic_name="paid", **in_bus)
billing = servicebus.Subscription("billing", topic_name=topic.name, subscription_name="billing", **in_bus)
hubs = eventhub.Namespace("hubs", namespace_name="eh-shop", sku={"name": "Standard"}, disable_local_auth=True, **here)
in_hubs = {**here, "namespace_name": hubs.name}
hub = eventhub.EventHub("hub", event_hub_name="clicks", partition_count=2, message_retention_in_days=3, **in_hubs)
readers = eventhub.ConsumerGroup("readers", event_hub_name=hub.name, consumer_group_name="readers", **in_hubs)
store = appconfiguration.ConfigurationStore(
    "store", config_store_name="appcs-shop", sku={"name": "standard"}, disable_local_auth=True, **here
)
finder = search.Service(
    "finder", search_service_name="srch-shop", sku={"name": "basic"}, disable_local_auth=True, **here
)
cosmos = cosmosdb.DatabaseAccount(
    "cosmos",
    account_name="cosmos-shop",
    database_account_offer_type="Standard",
    locations=[{"location_name": "westeurope"}],
    disable_local_auth=True,
    **here,
)
in_cosmos = {**here, "account_name": cosmos.name}
database = cosmosdb.SqlResourceSqlDatabase("database", database_name="shop", resource={"id": "shop"}, **in_cosmos)
items = cosmosdb.SqlResourceSqlContainer(
    "items",
    database_name=database.name,
    container_name="orders",
    resource={"id": "orders", "partition_key": {"paths": ["/customer"], "kind": "Hash"}},
    **in_cosmos,
)
account = storage.StorageAccount(
    "st", account_name="stshop", kind="StorageV2", sku={"name": "Standard_LRS"}, allow_shared_key_access=False, **here
)
table = storage.Table("table", table_name="orders", account_name=account.name, **here)
component = applicationinsights.Component(
    "insights", resource_name_="appi-shop", kind="web", application_type="web", disable_local_auth=True, **here
)
rule = monitor.DataCollectionRule(
    "rule",
    data_collection_rule_name="dcr-shop",
    destinations={"azure_monitor_metrics": {"name": "metrics"}},
    data_flows=[{"streams": ["Microsoft-InsightsMetrics"], "destinations": ["metrics"]}],
    **here,
)
who = managedidentity.UserAssignedIdentity("orders", resource_name_="orders", **here)
for key, grant in {
    "queue": grants.service_bus.receive(queue.id),
    "topic": grants.service_bus.send(topic.id),
    "billing": grants.service_bus.receive(billing.id),
    "hub": grants.event_hubs.send(hub.id),
    "readers": grants.event_hubs.receive(readers.id),
    "settings": grants.app_configuration.read(store.id),
    "index": grants.search.read_documents(pulumi.Output.concat(finder.id, "/indexes/orders")),
    "entities": grants.storage.write_entities(table.id),
    "telemetry": grants.monitor.publish(component.id),
    "metrics": grants.monitor.publish(rule.id),
    "orders": grants.cosmos_db.write_items(items.id),
    "shop": grants.cosmos_db.read_items(database.id),
    "all": grants.cosmos_db.read_items(cosmos.id),
    "blobs": grants.wider(
        Role(name="Storage Blob Delegator", guid="db58b8e5-c6ad-4a2a-8342-4190687cbf4a"),
        account.id,
        because="signs links for customers to their invoices",
    ),
}.items():
    assign(
        f"orders-{key}",
        grant,
        identity_name="orders",
        key=key,
        principal_id=who.principal_id,
        subscription_id=subscription,
        opts=pulumi.ResourceOptions(),
    )
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine.of_program(tmp_path_factory.mktemp("services"), PROGRAM)


@pytest.fixture(scope="module")
def services(engine: Engine) -> Generator[Deployed]:
    with deployed(engine) as stack:
        yield stack


def test_azures_models_know_everything_that_was_sent_and_received(services: Deployed):
    assert services.unknown() == []


@pytest.mark.parametrize(
    "type_",
    [
        "servicebus:Namespace",
        "eventhub:Namespace",
        "appconfiguration:ConfigurationStore",
        "search:Service",
        "cosmosdb:DatabaseAccount",
        "applicationinsights:Component",
    ],
)
def test_keys_are_off_where_the_program_says_so(services: Deployed, type_: str):
    (model,) = services.of(type_)

    assert getattr(model, "disable_local_auth", None) or model.properties.disable_local_auth is True


def test_services_are_read_as_they_were_meant(services: Deployed):
    (queue,) = services.of("servicebus:Queue")
    (hub,) = services.of("eventhub:EventHub")
    (container,) = services.of("cosmosdb:SqlResourceSqlContainer")
    (table,) = services.of("storage:Table")
    (rule,) = services.of("monitor:DataCollectionRule")

    assert (queue.requires_session if hasattr(queue, "requires_session") else queue.properties.requires_session) is True
    assert (hub.properties if hasattr(hub, "properties") else hub).partition_count == 2
    assert container.resource.partition_key.paths == ["/customer"]
    assert (table.name, table.table_name) == ("orders", "orders")
    assert rule.data_flows[0].destinations == ["metrics"]


def test_every_grant_is_held_on_the_resource_it_names(services: Deployed):
    scopes = {
        a.description.partition(" [")[2].partition(" of ")[0]: a for a in services.of("authorization:RoleAssignment")
    }
    reason = scopes["blobs"]

    assert scopes["index"].scope.endswith("/searchServices/srch-shop/indexes/orders")
    assert scopes["readers"].scope.endswith("/eventhubs/clicks/consumergroups/readers")
    assert len(scopes) == 11
    assert reason.description == ("signs links for customers to their invoices [blobs of orders, stack trial/dev]")


@pytest.mark.capability("A10")
def test_cosmos_db_holds_its_own_assignments_at_its_own_scopes(services: Deployed):
    scopes = sorted(
        a.scope.partition("/databaseAccounts/")[2] for a in services.of("cosmosdb:SqlResourceSqlRoleAssignment")
    )

    assert scopes == ["cosmos-shop", "cosmos-shop/dbs/shop", "cosmos-shop/dbs/shop/colls/orders"]


def test_nothing_changes_the_second_time_and_nothing_has_drifted(engine: Engine, services: Deployed):
    second = engine.up()
    drift = engine.refresh("--preview-only", "--expect-no-changes")

    assert set(second.changes) == {"same"}
    assert drift.exit_code == 0, drift.text
