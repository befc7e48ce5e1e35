"""The azuread stand-in against the sandbox's Microsoft Graph, and its table against the provider's own SDK."""

import inspect
import re
from typing import Any

import pulumi
import pulumi_azuread as azuread
import pytest
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import status_pb2

from sandbox.azure.store import Store
from sandbox.directory import application
from sandbox.plugins.azuread import AzureAD
from sandbox.plugins.azuread_types import TYPES
from sandbox.plugins.graph_client import GraphClient, GraphFailureError
from sandbox.plugins.properties import UNKNOWN, Properties

from .engine_side import Engine, RefusedError

APPLICATION, PRINCIPAL, CREDENTIAL = TYPES
CLASSES = {
    APPLICATION: azuread.Application,
    PRINCIPAL: azuread.ServicePrincipal,
    CREDENTIAL: azuread.ApplicationFederatedIdentityCredential,
}
NOBODY = "0a1b2c3d-0000-4000-8000-123456789abc"


@pytest.fixture
def engine(online: Store) -> Engine:
    return Engine(AzureAD())


def a_credential(application_id: str, **changes: Any) -> Properties:
    least: Properties = {
        "applicationId": application_id,
        "displayName": "orders",
        "issuer": "https://issuer.example/",
        "subject": "system:serviceaccount:shop:orders",
        "audiences": ["api://AzureADTokenExchange"],
    }
    return {**least, **changes}


@pytest.mark.parametrize("token", TYPES)
def test_the_table_says_what_the_providers_sdk_says(token: str):
    kind, resource = TYPES[token], CLASSES[token]
    arguments = inspect.signature(resource._internal_init).parameters
    outputs = {name for name, member in inspect.getmembers(resource) if isinstance(member, property)}
    given = {_snake(name) for name in (*kind.written, *kind.others)}
    computed = {_snake(name) for name in kind.computed}

    assert given <= set(arguments) - {"resource_name", "opts"}
    assert computed <= outputs - set(arguments)
    # The SDK does not say it of a principal's client_id; the provider's source does.
    assert {name for name in given if _forces_new(resource, name)} <= {_snake(name) for name in kind.replaced_by}


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _forces_new(resource: type[pulumi.CustomResource], name: str) -> bool:
    return "forces a new resource" in (getattr(resource, name).fget.__doc__ or "")


def test_an_application_is_made_changed_and_gone_as_its_provider_tells_it(engine: Engine, online: Store):
    inputs = {"displayName": "orders", "tags": ["a"], "preventDuplicateNames": True}
    identifier, checked, outputs = engine.make(APPLICATION, "orders", inputs)
    changed = engine.check(APPLICATION, "orders", {"displayName": "billing"}, checked)
    after = engine.update(APPLICATION, identifier, checked, changed, outputs)
    same = engine.read(APPLICATION, identifier, changed, after)
    engine.delete(APPLICATION, identifier, after)

    assert identifier == f"/applications/{outputs['objectId']}"
    assert outputs["signInAudience"] == "AzureADMyOrg"
    assert outputs["owners"] == []
    assert outputs["clientId"] != outputs["objectId"]
    assert (after["displayName"], after["tags"]) == ("billing", [])
    assert same == (identifier, changed)
    assert engine.read(APPLICATION, identifier, changed, after)[0] == ""
    assert application(online, outputs["objectId"]) is None
    engine.delete(APPLICATION, identifier, after)


def test_owners_are_those_that_are_named_whoever_deploys(engine: Engine, online: Store):
    me = online.caller_object_id
    identifier, checked, outputs = engine.make(APPLICATION, "orders", {"displayName": "orders", "owners": [NOBODY, me]})
    fewer = {**checked, "owners": [NOBODY]}
    after = engine.update(APPLICATION, identifier, checked, fewer, outputs)

    assert outputs["owners"] == [NOBODY, me]
    assert after["owners"] == [NOBODY]


def test_a_second_application_of_a_name_is_refused_if_asked(engine: Engine):
    engine.make(APPLICATION, "orders", {"displayName": "orders"})
    engine.make(APPLICATION, "again", {"displayName": "orders"})

    with pytest.raises(RefusedError, match='An existing "azuread_application" with name "orders"'):
        engine.make(APPLICATION, "third", {"displayName": "orders", "preventDuplicateNames": True})


def test_a_principal_and_a_credential_belong_to_their_application(engine: Engine, online: Store):
    app_id, _, app = engine.make(APPLICATION, "orders", {"displayName": "orders"})
    principal_id, _, principal = engine.make(PRINCIPAL, "orders", {"clientId": app["clientId"]})
    credential_id, checked, credential = engine.make(CREDENTIAL, "orders", a_credential(app_id))

    assert principal_id == f"/servicePrincipals/{principal['objectId']}"
    assert principal["applicationTenantId"] == online.tenant_id
    assert principal["accountEnabled"] is True
    assert credential_id == f"{app['objectId']}/federatedIdentityCredential/{credential['credentialId']}"
    assert engine.read(CREDENTIAL, credential_id, checked, credential) == (credential_id, checked)


@pytest.mark.parametrize(
    ("token", "name", "replaced"),
    [
        (CREDENTIAL, "displayName", True),
        (CREDENTIAL, "subject", False),
        (PRINCIPAL, "clientId", True),
        (APPLICATION, "displayName", False),
    ],
)
def test_what_graph_cannot_change_is_replaced(engine: Engine, token: str, name: str, replaced: bool):
    diff = engine.diff(token, {name: "a"}, {name: "b"})

    assert diff.changes == proto.DiffResponse.DIFF_SOME
    assert bool(diff.replaces) is replaced


def test_a_preview_knows_what_was_given_and_an_update_what_was_there(engine: Engine):
    _, before = engine.create(APPLICATION, {"displayName": "orders"}, preview=True)
    identifier, checked, outputs = engine.make(APPLICATION, "orders", {"displayName": "orders"})
    during = engine.update(APPLICATION, identifier, checked, {**checked, "notes": "x"}, outputs, preview=True)

    assert (before["displayName"], before["clientId"]) == ("orders", UNKNOWN)
    assert (during["notes"], during["clientId"]) == ("x", outputs["clientId"])


def test_what_the_sandbox_has_not_is_refused_by_name(engine: Engine):
    assert engine.failures(APPLICATION, {"displayName": "orders", "password": {"displayName": "x"}}) == [
        "the sandbox's azuread provider has no password"
    ]
    with pytest.raises(RefusedError, match="no azuread:index/applicationPassword:ApplicationPassword"):
        engine.check("azuread:index/applicationPassword:ApplicationPassword", "x", {})
    with pytest.raises(RefusedError, match="no azuread:index/getUser:getUser"):
        engine.invoke("azuread:index/getUser:getUser", {})


def test_a_program_may_ask_who_deploys(engine: Engine, online: Store):
    answer = engine.invoke("azuread:index/getClientConfig:getClientConfig", {})

    assert (answer["objectId"], answer["tenantId"]) == (online.caller_object_id, online.tenant_id)
    assert answer["clientId"] == online.caller_client_id


def test_a_refusal_is_told_as_the_provider_tells_it(engine: Engine):
    app_id, _, _ = engine.make(APPLICATION, "orders", {"displayName": "orders"})
    engine.make(CREDENTIAL, "orders", a_credential(app_id))

    with pytest.raises(RefusedError, match=r"unexpected status 409 \(409 Conflict\) with error: Request_Multiple"):
        engine.make(CREDENTIAL, "again", a_credential(app_id, subject="another"))


def test_what_was_made_is_kept_when_the_rest_of_its_creation_fails(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    send = GraphClient.send

    def without_owners(self: GraphClient, method: str, path: str, *rest: Any, **more: Any) -> Any:
        if method == "DELETE":
            raise GraphFailureError("unexpected status 403", status=403)
        return send(self, method, path, *rest, **more)

    monkeypatch.setattr(GraphClient, "send", without_owners)
    with pytest.raises(RefusedError, match="unexpected status 403"):
        engine.make(APPLICATION, "orders", {"displayName": "orders"})

    status = status_pb2.Status.FromString(engine.call.trailers["grpc-status-details-bin"])
    detail = proto.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id.startswith("/applications/")
