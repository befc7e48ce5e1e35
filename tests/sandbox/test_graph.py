"""What Microsoft Graph tells the Azure CLI about the directory."""

from typing import Any

import pytest
import requests

from sandbox.azure.app import create_app as create_azure
from sandbox.azure.store import Store
from sandbox.graph.app import create_app

from .azure_client import AzureClient
from .conftest import Loopback

SERVICE_PRINCIPALS = "servicePrincipals"


class Graph:
    """The directory of a tenant with the identity `id-orders`."""

    def __init__(self, loopback: Loopback, store: Store) -> None:
        self.url, self.store = f"{loopback.url}/v1.0", store
        loopback.app = create_azure(store)
        azure = AzureClient(loopback.url, store)
        azure.make_group()
        self.orders: dict[str, Any] = azure.make_identity()
        loopback.app = create_app(store)

    @property
    def client_id(self) -> str:
        return self.orders["properties"]["clientId"]

    @property
    def object_id(self) -> str:
        return self.orders["properties"]["principalId"]

    def get(self, path: str, **query: str) -> tuple[int, Any]:
        answer = requests.get(f"{self.url}/{path}", params=query, timeout=20)
        return answer.status_code, answer.json()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        answer = requests.post(f"{self.url}/{path}", json=body, timeout=20)
        return answer.status_code, answer.json()


@pytest.fixture
def graph(loopback: Loopback, store: Store) -> Graph:
    return Graph(loopback, store)


@pytest.mark.parametrize(
    "text",
    [
        "servicePrincipalNames/any(c:c eq '{client}')",
        "appId eq '{client}'",
        "id eq '{object}'",
        "displayName eq 'id-orders'",
        "startswith(displayName,'id-') and appId eq '{client}'",
    ],
)
def test_an_identity_is_found_by_each_of_its_names(graph: Graph, text: str):
    wanted = text.format(client=graph.client_id, object=graph.object_id)

    status, answer = graph.get(SERVICE_PRINCIPALS, **{"$filter": wanted})

    assert status == 200
    assert [found["id"] for found in answer["value"]] == [graph.object_id]
    assert answer["value"][0]["servicePrincipalType"] == "ManagedIdentity"
    assert graph.orders["id"] in answer["value"][0]["alternativeNames"]


def test_a_filter_that_finds_nothing_is_no_error(graph: Graph):
    assert graph.get(SERVICE_PRINCIPALS, **{"$filter": "appId eq 'nobody'"})[1]["value"] == []


def test_a_filter_that_the_sandbox_cannot_read_is_refused(graph: Graph):
    status, answer = graph.get(SERVICE_PRINCIPALS, **{"$filter": "tags/any(t:t eq 'x')"})

    assert (status, answer["error"]["code"]) == (400, "Request_UnsupportedQuery")


def test_everyone_in_the_directory_is_listed(graph: Graph):
    _, answer = graph.get(SERVICE_PRINCIPALS)

    assert [found["displayName"] for found in answer["value"]] == ["sandbox-caller", "id-orders"]


def test_one_service_principal_is_read_by_either_id(graph: Graph):
    by_object = graph.get(f"{SERVICE_PRINCIPALS}/{graph.object_id}")
    by_app = graph.get(f"{SERVICE_PRINCIPALS}(appId='{graph.client_id}')")
    missing = graph.get(f"{SERVICE_PRINCIPALS}/nobody")

    assert (by_object[0], by_object[1]["appId"]) == (200, graph.client_id)
    assert (by_app[0], by_app[1]["id"]) == (200, graph.object_id)
    assert (missing[0], missing[1]["error"]["code"]) == (404, "Request_ResourceNotFound")


def test_ids_are_resolved_with_their_type_and_unknown_ones_left_out(graph: Graph):
    status, answer = graph.post("directoryObjects/getByIds", {"ids": [graph.object_id, "nobody"]})

    assert status == 200
    assert [(found["@odata.type"], found["id"]) for found in answer["value"]] == [
        ("#microsoft.graph.servicePrincipal", graph.object_id)
    ]


def test_there_are_no_people_and_the_caller_is_none(graph: Graph):
    assert graph.get("users")[1]["value"] == []
    assert graph.get("users/someone")[0] == 404
    assert graph.get("me")[0] == 400
    assert graph.get("planner")[0] == 400
