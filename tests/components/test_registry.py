"""ContainerRegistry: no passwords."""

import pytest
from aks_workload_identity import ContainerRegistry, ContainerRegistryArgs, InvalidArgumentError
from aks_workload_identity.names import UniqueNames

from tests.azure_mocks import SUBSCRIPTION
from tests.recorder import run


def registered(**changes: object):
    arguments: dict[str, object] = {"resource_group_name": "rg", "location": "westeurope", **changes}
    return run(lambda: ContainerRegistry("shop", ContainerRegistryArgs(**arguments))).one("Registry")  # pyright: ignore[reportArgumentType]


def test_passwords_and_anonymous_pull_are_off_and_written_out():
    inputs = registered().inputs

    assert inputs["adminUserEnabled"] is False
    assert inputs["anonymousPullEnabled"] is False


def test_the_name_is_derived_and_the_same_on_every_run():
    assert registered().inputs["registryName"] == UniqueNames(SUBSCRIPTION, "rg").registry("shop")


@pytest.mark.parametrize("changes", [{"registry_name": "cr-shop"}, {"sku": "Free"}, {"admin_user_enabled": True}])
def test_a_wrong_argument_is_refused(changes: dict[str, object]):
    with pytest.raises(InvalidArgumentError, match=next(iter(changes))):
        registered(**changes)
