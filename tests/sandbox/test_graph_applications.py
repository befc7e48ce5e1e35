"""App registrations in the directory: what Microsoft Graph takes, and the code of every refusal."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests

from sandbox.azure.circumstances import Circumstances, DirectoryRight
from sandbox.azure.store import Store
from sandbox.entra.principals import Principal, caller
from sandbox.entra.tokens import KEY_NAME, Tokens
from sandbox.graph.app import create_app

from .conftest import Loopback

NOBODY = "0a1b2c3d-0000-4000-8000-123456789abc"
ISSUER = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/"
CREDENTIAL: Mapping[str, Any] = {
    "name": "orders",
    "issuer": ISSUER,
    "subject": "system:serviceaccount:shop:orders",
    "audiences": ["api://AzureADTokenExchange"],
}


class Graph:
    """The directory of a tenant; every request is the caller's, unless a test says whose."""

    def __init__(self, loopback: Loopback, store: Store, right: DirectoryRight = "Application.ReadWrite.All") -> None:
        self.url, self.store, self.tokens = f"{loopback.url}/v1.0", store, Tokens(store)
        self.who = caller(store)
        loopback.app = create_app(store, Circumstances(caller_directory_right=right), tokens=self.tokens)

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        token = self.tokens.access_token(self.who, "https://graph.microsoft.com")
        answer = requests.request(
            method, f"{self.url}/{path}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=20
        )
        return answer.status_code, answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status and code of a refusal."""
        status, answer = self.send(method, path, body)
        return status, answer["error"]["code"]

    def registered(self, **more: Any) -> dict[str, Any]:
        status, made = self.send("POST", "applications", {"displayName": "orders", **more})
        assert status == 201, made
        return made

    def with_principal(self) -> tuple[dict[str, Any], dict[str, Any]]:
        app = self.registered()
        status, principal = self.send("POST", "servicePrincipals", {"appId": app["appId"]})
        assert status == 201, principal
        return app, principal


@pytest.fixture
def graph(loopback: Loopback, store: Store, signing_key: str) -> Graph:
    store.kept(KEY_NAME, lambda: signing_key)
    return Graph(loopback, store)


def credentials(app: Mapping[str, Any]) -> str:
    return f"applications/{app['id']}/federatedIdentityCredentials"


def test_an_application_is_found_by_its_names_changed_and_gone(graph: Graph):
    app = graph.registered(signInAudience="AzureADMyOrg")
    by_client = graph.send("GET", f"applications(appId='{app['appId']}')")
    by_name = graph.send("GET", "applications?$filter=displayName eq 'Orders'")
    changed = graph.send("PATCH", f"applications/{app['id']}", {"displayName": "billing"})
    shown = graph.send("GET", f"applications/{app['id']}")
    gone = graph.send("DELETE", f"applications/{app['id']}")
    missing = graph.refused("GET", f"applications/{app['id']}")

    assert app["id"] != app["appId"]
    assert by_client[1]["id"] == app["id"]
    assert [each["id"] for each in by_name[1]["value"]] == [app["id"]]
    assert changed == (204, None)
    assert (shown[1]["displayName"], shown[1]["signInAudience"]) == ("billing", "AzureADMyOrg")
    assert gone == (204, None)
    assert missing == (404, "Request_ResourceNotFound")


def test_names_are_not_unique_in_a_directory(graph: Graph):
    first, second = graph.registered(), graph.registered()

    assert first["appId"] != second["appId"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"displayName": ""},
        {"displayName": "x" * 257},
        {"displayName": "orders", "signInAudience": "Everybody"},
        {"displayName": "orders", "clientSecret": "x"},
        {"displayName": "orders", "owners@odata.bind": "me"},
    ],
)
def test_an_application_that_cannot_be_is_refused(graph: Graph, body: dict[str, Any]):
    assert graph.refused("POST", "applications", body) == (400, "Request_BadRequest")


def test_there_is_no_way_to_a_secret(graph: Graph):
    app = graph.registered()

    assert graph.refused("POST", f"applications/{app['id']}/addPassword", {}) == (400, "BadRequest")
    assert graph.refused("POST", "applications", {"displayName": "x", "passwordCredentials": []})[0] == 400


def test_owners_come_and_go(graph: Graph):
    me = graph.store.caller_object_id
    app = graph.registered(**{"owners@odata.bind": [f"https://graph.microsoft.com/v1.0/directoryObjects/{me}"]})
    owners = f"applications/{app['id']}/owners"
    other = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{NOBODY}"}
    graph.send("POST", f"{owners}/$ref", other)
    both = [each["id"] for each in graph.send("GET", owners)[1]["value"]]
    twice = graph.refused("POST", f"{owners}/$ref", other)
    graph.send("DELETE", f"{owners}/{me}/$ref")
    left = [each["id"] for each in graph.send("GET", owners)[1]["value"]]
    again = graph.refused("DELETE", f"{owners}/{me}/$ref")

    assert (both, left) == ([me, NOBODY], [NOBODY])
    assert twice == (400, "Request_BadRequest")
    assert again == (404, "Request_ResourceNotFound")


def test_a_credential_is_found_by_name_and_id_changed_and_gone(graph: Graph):
    app = graph.registered()
    status, made = graph.send("POST", credentials(app), dict(CREDENTIAL))
    changed = graph.send("PATCH", f"{credentials(app)}/{made['id']}", {"subject": "system:serviceaccount:shop:billing"})
    by_name = graph.send("GET", f"applications(appId='{app['appId']}')/federatedIdentityCredentials/orders")
    listed = graph.send("GET", credentials(app))[1]["value"]
    gone = graph.send("DELETE", f"{credentials(app)}/orders")

    assert (status, changed, gone) == (201, (204, None), (204, None))
    assert by_name[1] == {**made, "subject": "system:serviceaccount:shop:billing"}
    assert listed == [by_name[1]]
    assert graph.send("GET", credentials(app))[1]["value"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "ab"},
        {"name": "a" * 121},
        {"name": "a/b"},
        {"name": "-ab"},
        {"issuer": ""},
        {"issuer": "x" * 601},
        {"subject": None},
        {"subject": "x" * 601},
        {"audiences": []},
        {"audiences": ["a", "b"]},
        {"audiences": [""]},
        {"description": "x" * 601},
    ],
)
def test_a_credential_that_cannot_be_is_refused(graph: Graph, change: dict[str, Any]):
    app = graph.registered()

    refused = graph.refused("POST", credentials(app), {**CREDENTIAL, **change})

    assert refused == (400, "InvalidFederatedIdentityCredentialValue")
    assert graph.send("GET", credentials(app))[1]["value"] == []


def test_a_credentials_name_and_pair_are_its_own_on_one_application_only(graph: Graph):
    app, other = graph.registered(), graph.registered()
    _, made = graph.send("POST", credentials(app), dict(CREDENTIAL))

    name = graph.refused("POST", credentials(app), {**CREDENTIAL, "subject": "another"})
    pair = graph.refused("POST", credentials(app), {**CREDENTIAL, "name": "another"})
    renamed = graph.refused("PATCH", f"{credentials(app)}/{made['id']}", {"name": "another"})

    assert name == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert pair == (400, "InvalidFederatedIdentityCredentialValue")
    assert renamed == (400, "InvalidFederatedIdentityCredentialValue")
    assert graph.send("POST", credentials(other), dict(CREDENTIAL))[0] == 201


def test_an_application_has_at_most_20_credentials(graph: Graph):
    app = graph.registered()
    made = [
        graph.send("POST", credentials(app), {**CREDENTIAL, "name": f"c{i:03}", "subject": str(i)}) for i in range(20)
    ]

    assert {status for status, _ in made} == {201}
    refused = graph.refused("POST", credentials(app), {**CREDENTIAL, "name": "last", "subject": "last"})
    assert refused == (403, "Directory_ResourceSizeExceeded")


def test_a_service_principal_stands_for_one_application_and_goes_with_it(graph: Graph):
    app, principal = graph.with_principal()
    second = graph.refused("POST", "servicePrincipals", {"appId": app["appId"]})
    stranger = graph.refused("POST", "servicePrincipals", {"appId": NOBODY})
    by_object_id = graph.refused("POST", "servicePrincipals", {"appId": app["id"]})
    found = graph.send("GET", f"servicePrincipals(appId='{app['appId']}')")[1]
    graph.send("PATCH", f"servicePrincipals/{principal['id']}", {"accountEnabled": False})
    disabled = graph.send("GET", f"servicePrincipals/{principal['id']}")[1]
    graph.send("DELETE", f"applications/{app['id']}")
    missing = graph.refused("GET", f"servicePrincipals/{principal['id']}")

    assert second == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert stranger == by_object_id == (400, "Request_BadRequest")
    assert (found["id"], found["displayName"]) == (principal["id"], "orders")
    assert found["servicePrincipalType"] == "Application"
    assert found["appOwnerOrganizationId"] == graph.store.tenant_id
    assert disabled["accountEnabled"] is False
    assert missing == (404, "Request_ResourceNotFound")


def test_who_owns_nothing_may_write_nothing_with_the_right_to_its_own(
    loopback: Loopback, store: Store, signing_key: str
):
    store.kept(KEY_NAME, lambda: signing_key)
    graph = Graph(loopback, store, "Application.ReadWrite.OwnedBy")
    me = f"https://graph.microsoft.com/v1.0/directoryObjects/{store.caller_object_id}"
    owned, other = graph.registered(**{"owners@odata.bind": [me]}), graph.registered()

    assert graph.send("POST", credentials(owned), dict(CREDENTIAL))[0] == 201
    assert graph.send("POST", "servicePrincipals", {"appId": owned["appId"]})[0] == 201
    for method, path, body in (
        ("POST", credentials(other), dict(CREDENTIAL)),
        ("PATCH", f"applications/{other['id']}", {"displayName": "mine"}),
        ("DELETE", f"applications/{other['id']}", None),
        ("POST", "servicePrincipals", {"appId": other["appId"]}),
    ):
        assert graph.refused(method, path, body) == (403, "Authorization_RequestDenied")


def test_a_workloads_token_writes_nothing(graph: Graph):
    app, principal = graph.with_principal()
    graph.who = Principal(principal["id"], app["appId"], "orders")

    assert graph.refused("POST", "applications", {"displayName": "x"}) == (403, "Authorization_RequestDenied")
    assert graph.refused("POST", credentials(app), dict(CREDENTIAL)) == (403, "Authorization_RequestDenied")
    assert graph.refused("DELETE", f"applications/{app['id']}") == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize("header", ["", "Bearer x", "audience"])
def test_a_token_for_something_else_is_none(graph: Graph, header: str):
    if header == "audience":
        header = f"Bearer {graph.tokens.access_token(caller(graph.store), 'https://management.azure.com')}"
    answer = requests.get(f"{graph.url}/applications", headers={"Authorization": header}, timeout=20)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
