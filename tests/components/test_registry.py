"""ContainerRegistry: no passwords."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity import ContainerRegistry, ContainerRegistryArgs, InvalidArgumentError, RegistryAttachment
from aks_workload_identity.derived_names import UniqueNames
from aks_workload_identity.grants.conditions import on_repositories
from aks_workload_identity.services.registry import assign_pull

from tests.azure_mocks import SUBSCRIPTION
from tests.components.builders import REGISTRY_ID, VAULT_ID
from tests.recorder import run

pytestmark = pytest.mark.capability("A8")

KUBELET = "0a1b2c3d-0000-4000-8000-123456789abc"


def registered(**changes: object):
    arguments: dict[str, object] = {"resource_group_name": "rg", "location": "westeurope", **changes}
    return run(lambda: ContainerRegistry("shop", ContainerRegistryArgs(**arguments))).one("Registry")  # pyright: ignore[reportArgumentType]


def test_passwords_and_anonymous_pull_are_off_and_written_out():
    inputs = registered().inputs

    assert inputs["adminUserEnabled"] is False
    assert inputs["anonymousPullEnabled"] is False


def test_the_name_is_derived_and_the_same_on_every_run():
    assert registered().inputs["registryName"] == UniqueNames(SUBSCRIPTION, "rg").registry("shop")


def attached(**changes: Any):
    attachment = RegistryAttachment(**{"registry_id": REGISTRY_ID, "permissions": "rbac-abac", **changes})
    return run(
        lambda: assign_pull(
            "aks-pull-shop",
            attachment,
            key="shop",
            identity_name="aks-kubelet",
            principal_id=KUBELET,
            subscription_id=SUBSCRIPTION,
            opts=pulumi.ResourceOptions(),
        )
    ).one("RoleAssignment", "aks-pull-shop")


@pytest.mark.parametrize("wrong", [VAULT_ID, REGISTRY_ID + "\n", f"{REGISTRY_ID}/..", f"{REGISTRY_ID}/webhooks/x", ""])
def test_only_a_registry_is_attached(wrong: str):
    rule = r"registry_id must be the resource id of a registry, or an Output, for example '.*/registries/crshop'"
    with pytest.raises(InvalidArgumentError, match=rule):
        RegistryAttachment(registry_id=wrong)


@pytest.mark.parametrize("wrong", [VAULT_ID, f"{REGISTRY_ID}/.."])
def test_what_turns_out_to_be_no_registry_is_not_attached(wrong: str):
    def program() -> None:
        attachment = RegistryAttachment(registry_id=pulumi.Output.from_input(wrong))
        assign_pull(
            "pull",
            attachment,
            key="shop",
            identity_name="aks-kubelet",
            principal_id=KUBELET,
            subscription_id=SUBSCRIPTION,
            opts=pulumi.ResourceOptions(),
        )

    with pytest.raises(pulumi.RunError, match="registry_id must be the resource id of a registry; got"):
        run(program)


@pytest.mark.capability("A8")
def test_nodes_of_any_cluster_pull_from_the_named_repositories_alone():
    pull = attached(repositories=["shop/", "base"]).inputs

    assert pull["condition"] == on_repositories(["base", "shop/"])
    assert pull["conditionVersion"] == "2.0"
    assert (pull["principalId"], pull["principalType"], pull["scope"]) == (KUBELET, "ServicePrincipal", REGISTRY_ID)
    assert pull["roleDefinitionId"].endswith("/b93aa761-3e63-49ed-ac28-beffa264f7ac")


@pytest.mark.parametrize("permissions", ["rbac", "rbac-abac"])
def test_without_repositories_a_registry_is_attached_as_a_whole(permissions: str):
    assert attached(permissions=permissions).inputs.keys().isdisjoint({"condition", "conditionVersion"})


def test_repositories_of_a_registry_that_reads_no_conditions_are_refused():
    with pytest.raises(InvalidArgumentError, match="repositories must be left out unless permissions is 'rbac-abac'"):
        attached(permissions="rbac", repositories=["shop/orders"])


@pytest.mark.parametrize("repositories", [[], ["Shop"], ["*"]])
def test_wrong_repositories_are_refused(repositories: list[str]):
    with pytest.raises(InvalidArgumentError, match="repositories"):
        attached(repositories=repositories)


def test_an_attachment_is_no_pull_secret():
    with pytest.raises(InvalidArgumentError, match="image_pull_secret is not known"):
        attached(image_pull_secret="regcred")


@pytest.mark.parametrize("changes", [{"registry_name": "cr-shop"}, {"sku": "Free"}, {"admin_user_enabled": True}])
def test_a_wrong_argument_is_refused(changes: dict[str, object]):
    with pytest.raises(InvalidArgumentError, match=next(iter(changes))):
        registered(**changes)
