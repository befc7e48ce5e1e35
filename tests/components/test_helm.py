"""Values for charts: the label, the account and the files, in the keys that `helm create` writes."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity import InvalidArgumentError, ServiceAccount

from tests.azure_mocks import identity_ids
from tests.components.builders import GROUP, accounts, mount, trust, workload
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A5")


def values(ownership: str = "external", *, mounted: bool = False, **options: Any) -> dict[str, Any]:
    """The values, with what is only known later resolved."""
    seen: list[Any] = []

    def program() -> None:
        account = ServiceAccount(namespace="shop", name="orders", ownership=ownership)  # pyright: ignore[reportArgumentType]
        orders = workload(service_accounts={"api": account})
        mounts = [mount(orders)] if mounted else []
        pulumi.Output.from_input(orders.helm_values(mounts=mounts, **options)).apply(seen.append)

    run(program)
    return seen[0]


def test_a_lifetime_that_the_webhook_refuses_is_told_of_what_was_called():
    with pytest.raises(InvalidArgumentError, match=r"^helm_values:\n  - token_expiration_seconds must be a token"):
        values(token_expiration_seconds=5)


def test_a_chart_that_owns_the_account_makes_it_with_the_annotations():
    ids = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")

    assert values() == {
        "serviceAccount": {
            "create": True,
            "name": "orders",
            "annotations": {"azure.workload.identity/client-id": ids["clientId"]},
        },
        "podLabels": {"azure.workload.identity/use": "true"},
        "podAnnotations": {},
        "volumes": [],
        "volumeMounts": [],
    }


@pytest.mark.parametrize("ownership", ["create", "patch"])
def test_a_chart_uses_an_account_that_is_there_without_making_it(ownership: str):
    assert values(ownership)["serviceAccount"] == {"create": False, "name": "orders", "annotations": {}}


def test_a_chart_mounts_the_files_and_rolls_its_pods_with_them():
    chart = values(mounted=True)

    assert [volume["name"] for volume in chart["volumes"]] == ["orders"]
    assert chart["volumeMounts"] == [
        {"name": "orders", "mountPath": "/mnt/secrets-store/orders", "readOnly": True},
    ]
    assert list(chart["podAnnotations"]) == ["checksum/orders"]


def test_a_token_lifetime_is_annotated_on_the_pods_of_a_chart():
    annotations = values(token_expiration_seconds=7200)["podAnnotations"]

    assert annotations == {"azure.workload.identity/service-account-token-expiration": "7200"}


def test_a_mount_for_some_containers_is_refused_because_a_chart_cannot_be_told():
    def program() -> None:
        orders = workload()
        orders.helm_values(mounts=[mount(orders, containers=["app"])])

    error = attempt(program).error
    assert isinstance(error, InvalidArgumentError)
    assert "mounts must be for all containers of a chart; got 'orders' for ['app']" in str(error)


def test_a_mount_of_another_workload_is_refused():
    def program() -> None:
        billing = workload("billing", clusters={"green": trust("green")}, service_accounts=accounts("billing"))
        workload().helm_values(mounts=[mount(billing)])

    assert "mounts must be the workload's own" in str(attempt(program).error)


def test_the_account_must_be_named_where_there_are_several():
    error = attempt(lambda: workload(service_accounts=accounts("api", "worker")).helm_values()).error

    assert "service_account must be one of ['api', 'worker']; got None" in str(error)
