"""The examples register what they say they show; that they come up, `tests/engine/test_examples.py` shows."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.azure_mocks import OBJECT_ID, TENANT
from tests.recorder import Recording, run

FOLDER = Path(__file__).parents[2] / "examples"


def example(name: str, **config: Any) -> Recording:
    """The example with its committed configuration, some of it changed."""
    committed: dict[str, Any] = yaml.safe_load((FOLDER / name / "Pulumi.dev.yaml").read_text())["config"]
    values = {**{key.partition(":")[2]: value for key, value in committed.items()}, **config}
    spelled = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    return run(lambda: runpy.run_path(str(FOLDER / name / "__main__.py")), project=name, config=spelled)


@pytest.fixture(scope="module")
def hardened() -> Recording:
    return example("hardened-platform")


@pytest.mark.capability("A11")
def test_the_hardened_platform_has_the_sensor_and_the_plan_only_when_it_is_asked_for(hardened: Recording):
    cluster = hardened.one("ManagedCluster").inputs
    workspace = hardened.one("Workspace")
    asked = example("hardened-platform", defenderPlan=True)

    defender = cluster["securityProfile"]["defender"]
    assert defender["securityMonitoring"]["enabled"] is True
    assert defender["logAnalyticsWorkspaceResourceId"].endswith(f"/workspaces/{workspace.inputs['workspaceName']}")
    assert hardened.of_type("DeploymentAtSubscriptionScope") == []
    assert len(asked.of_type("DeploymentAtSubscriptionScope")) == 1


@pytest.mark.capability("A12")
def test_the_hardened_platform_denies_one_thing_and_audits_the_rest(hardened: Recording):
    effects = {
        each.name.removeprefix("payments-"): each.inputs["parameters"]["effect"]["value"]
        for each in hardened.of_type("PolicyAssignment")
    }

    assert effects.pop("privileged-containers") == "Deny"
    assert len(effects) == 4
    assert set(effects.values()) == {"Audit"}


@pytest.mark.capability("A6")
@pytest.mark.capability("A10")
def test_every_exception_of_the_hardened_platform_carries_its_reason(hardened: Recording):
    on_vault = {each.name: each.inputs for each in hardened.of_type("RoleAssignment") if "checkout" in each.name}
    (reading,) = [each for each in on_vault.values() if each.get("condition")]
    copied = hardened.one("SecretProviderClass").inputs

    assert on_vault["checkout-signing"]["description"].startswith("signs receipts with a key that never leaves")
    assert "StringEquals 'psp-token'" in reading["condition"]
    assert "StringEquals 'broker-password'" in reading["condition"]
    assert [each["secretName"] for each in copied["spec"]["secretObjects"]] == ["broker"]
    assert "from the environment only" in copied["metadata"]["annotations"]["kubernetes.io/description"]


@pytest.mark.capability("A10")
def test_the_hardened_platforms_payments_are_in_one_container_without_keys(hardened: Recording):
    assert hardened.one("DatabaseAccount").inputs["disableLocalAuth"] is True
    scope = hardened.one("SqlResourceSqlRoleAssignment").inputs["scope"]
    assert scope.endswith("/dbs/shop/colls/payments")


@pytest.mark.capability("A4")
def test_gitops_accounts_are_left_or_patched_as_their_owner_has_it():
    gitops = example("gitops-accounts")

    patch = gitops.one("ServiceAccountPatch").inputs["metadata"]
    made = {each.inputs["metadata"]["name"] for each in gitops.of_type("ServiceAccount")}
    subjects = {each.inputs["subject"] for each in gitops.of_type("FederatedIdentityCredential")}
    assert (patch["namespace"], patch["name"]) == ("backup", "backup-operator")
    assert "azure.workload.identity/client-id" in patch["annotations"]
    assert made == {"backup-operator"}
    assert subjects == {"system:serviceaccount:reports:reports", "system:serviceaccount:backup:backup-operator"}


@pytest.mark.capability("A16")
def test_a_partners_pods_are_told_our_tenant_and_nothing_of_theirs_is_touched():
    partner = example("another-tenant")
    config: dict[str, Any] = yaml.safe_load((FOLDER / "another-tenant" / "Pulumi.dev.yaml").read_text())["config"]

    assert [each for each in partner.resources if each.type.startswith(("kubernetes:", "pulumi:providers:kub"))] == []
    issuer = partner.one("FederatedIdentityCredential").inputs["issuer"]
    assert issuer == config["another-tenant:partnerIssuerUrl"]
    assert config["another-tenant:partnerTenantId"] in issuer
    assert partner.outputs["annotations"]["azure.workload.identity/tenant-id"] == TENANT
    assert partner.outputs["secretProviderClassParameters"]["tenantID"] == TENANT


@pytest.mark.capability("A17")
def test_an_app_registration_is_owned_by_whoever_deploys_and_has_no_secret():
    directory = example("app-registration")

    (owner,) = directory.one("azuread:index/application:Application").inputs["owners"]
    assert owner == OBJECT_ID
    assert {each.type.rpartition(":")[2] for each in directory.resources if each.type.startswith("azuread:")} == {
        "Application",
        "ServicePrincipal",
        "ApplicationFederatedIdentityCredential",
    }
