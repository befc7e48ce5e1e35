"""What the policies make of values that a preview does not know: what is created, and what is not."""

import json
from pathlib import Path

import pytest

from tests.engine.engine import PACK, Engine, Run

pytestmark = [pytest.mark.engine, pytest.mark.slow]

KUBELET = "kubelet-identity-only-pulls"
ISSUER = "credential-issuer-is-a-known-cluster"
PACK_OPTION = ("--policy-pack", str(PACK))

PROGRAM = """
import pulumi
from pulumi_azure_native import authorization, containerservice, managedidentity, resources

group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
kubelet, control, orders = (
    managedidentity.UserAssignedIdentity(
        name, resource_group_name=group.name, resource_name_=name, location="westeurope"
    )
    for name in ("kubelet", "control", "orders")
)
subscription = authorization.get_client_config().subscription_id
roles = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"


def assignment(name, role, principal_id, scope, **more):
    return authorization.RoleAssignment(
        name,
        principal_id=principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=f"{roles}/{role}",
        scope=scope,
        **more,
    )


operator = assignment("operator", "f1a07417-d97a-45cb-824c-7a7467783830", control.principal_id, kubelet.id)
named = {"resource_id": kubelet.id, "client_id": kubelet.client_id}
if pulumi.Config().get_bool("names_the_object_id"):
    named["object_id"] = kubelet.principal_id
cluster = containerservice.ManagedCluster(
    "aks",
    resource_group_name=group.name,
    resource_name_="aks",
    location="westeurope",
    dns_prefix="aks",
    identity={"type": "UserAssigned", "user_assigned_identities": [control.id]},
    identity_profile={"kubeletidentity": named},
    agent_pool_profiles=[{"name": "system", "mode": "System", "count": 1, "vm_size": "Standard_D4ds_v5"}],
    oidc_issuer_profile={"enabled": True},
    security_profile={"workload_identity": {"enabled": True}},
    disable_local_accounts=True,
    aad_profile={"managed": True, "enable_azure_rbac": True},
    api_server_access_profile={"disable_run_command": True, "authorized_ip_ranges": ["203.0.113.0/24"]},
    opts=pulumi.ResourceOptions(depends_on=[operator]),
)
"""
LAUNDERED = """
principal = pulumi.Output.all(orders.principal_id, kubelet.principal_id, cluster.id).apply(lambda all_: all_[1])
assignment(
    "laundered",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    principal,
    orders.id,
    opts=pulumi.ResourceOptions(depends_on=[cluster]),
)
"""
FOREIGN = """
managedidentity.FederatedIdentityCredential(
    "foreign",
    resource_group_name=group.name,
    resource_name_=orders.name,
    federated_identity_credential_resource_name="foreign",
    issuer=cluster.oidc_issuer_profile.apply(lambda _: "https://issuer.example/"),
    subject="system:serviceaccount:shop:orders",
    audiences=["api://AzureADTokenExchange"],
)
"""


def said(run: Run) -> set[tuple[str, str]]:
    return {(name, level) for name, level, _ in run.violations}


def created(engine: Engine, name: str) -> bool:
    return any(resource["urn"].endswith(f"::{name}") for resource in engine.state())


def configured(folder: Path, unknown: str) -> tuple[str, ...]:
    (folder / "pack.json").write_text(json.dumps({"pack-settings": {"unknown": unknown}}))
    return (*PACK_OPTION, "--policy-pack-config", str(folder / "pack.json"))


def test_a_principal_made_from_two_identities_stops_an_update_in_its_preview(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM + LAUNDERED)

    up = engine.up_after_preview(*PACK_OPTION)

    assert up.exit_code != 0
    assert (KUBELET, "mandatory") in said(up)
    assert any("is made from several resources" in message for _, _, message in up.violations)
    assert engine.state() == []


def test_what_only_the_end_of_an_update_tells_is_told_then_and_by_each_later_preview(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM + LAUNDERED)

    preview = engine.preview(*configured(tmp_path, "advisory"))
    up = engine.up(*PACK_OPTION)
    later = engine.preview(*PACK_OPTION)

    assert preview.exit_code == 0
    assert (KUBELET, "advisory") in said(preview)
    assert up.exit_code != 0
    assert (KUBELET, "mandatory") in said(up), up.errors
    assert created(engine, "laundered"), up.errors
    assert later.exit_code != 0
    assert (KUBELET, "mandatory") in said(later)


def test_a_role_of_a_kubelet_that_the_cluster_names_is_not_created_even_without_a_preview(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM + LAUNDERED, names_the_object_id=True)

    up = engine.up(*PACK_OPTION)

    assert up.exit_code != 0
    assert (KUBELET, "mandatory") in said(up)
    assert created(engine, "aks")
    assert not created(engine, "laundered")


def test_a_credential_of_an_issuer_that_an_apply_swaps_in_is_not_created(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM + FOREIGN)

    preview = engine.preview(*PACK_OPTION)
    up = engine.up(*PACK_OPTION)

    assert preview.exit_code == 0, preview.errors
    assert up.exit_code != 0
    assert (ISSUER, "mandatory") in said(up)
    assert created(engine, "aks")
    assert not created(engine, "foreign")
