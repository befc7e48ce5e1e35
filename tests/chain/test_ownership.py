"""Accounts that Helm owns, on the real API server: patched, released and never deleted."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import kubernetes
import pytest

from tests.chain.conftest import Chain
from tests.engine.engine import Engine

pytestmark = pytest.mark.capability("A4")

CLIENT_ID = "azure.workload.identity/client-id"
RELEASE = {"meta.helm.sh/release-name": "orders"}
PROGRAM = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

namespace = pulumi.Config().require("namespace")
cluster = wi.ExistingCluster("aks-shop-dev", {"resource_group_name": "rg-shop-dev"})
group = resources.ResourceGroup("rg", resource_group_name=f"rg-{namespace}", location="westeurope")
wi.FederatedWorkload(
    "orders",
    {
        "resource_group_name": group.name,
        "location": "westeurope",
        "clusters": {"dev": cluster.trust},
        "service_accounts": {"app": wi.ServiceAccount(namespace=namespace, name="orders", ownership="patch")},
        "create_namespaces": False,
    },
)
"""


@dataclass
class Helm:
    """Writes one account with the official client, as the field manager `helm`.

    Helm 3 creates and merges, so that its fields are those of an `Update`; Helm 4 applies.
    """

    api: Any
    namespace: str
    applies: bool

    def write(self, **annotations: str) -> None:
        metadata = {
            "name": "orders",
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {**RELEASE, **annotations},
        }
        body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
        if self.applies:
            self.api.patch_namespaced_service_account(
                "orders", self.namespace, body, field_manager="helm", _content_type="application/apply-patch+yaml"
            )
        elif self.account:
            self.api.patch_namespaced_service_account("orders", self.namespace, body, field_manager="helm")
        else:
            self.api.create_namespaced_service_account(self.namespace, body, field_manager="helm")

    @property
    def account(self) -> dict[str, Any]:
        found = self.api.list_namespaced_service_account(self.namespace, field_selector="metadata.name=orders").items
        return found[0].to_dict()["metadata"] if found else {}

    @property
    def managers(self) -> dict[str, str]:
        """Who owns fields of the account, by what kind of write."""
        return {
            each["manager"].rpartition("-")[0] or each["manager"]: each["operation"]
            for each in self.account["managed_fields"]
        }


@pytest.fixture
def helm(chain: Chain, request: pytest.FixtureRequest) -> Helm:
    plane, library = chain.plane, kubernetes
    configuration: Any = library.client.Configuration(host=plane.server)  # pyright: ignore
    configuration.ssl_ca_cert = str(plane.settings.ca_path)
    configuration.proxy = None
    configuration.api_key = {"authorization": f"Bearer {plane.administrator_token}"}
    api: Any = library.client.CoreV1Api(library.client.ApiClient(configuration))  # pyright: ignore
    namespace = f"charts-{uuid.uuid4().hex[:6]}"
    api.create_namespace({"metadata": {"name": namespace}})
    return Helm(api, namespace, getattr(request, "param", False))


@pytest.fixture
def program(chain: Chain, helm: Helm) -> Callable[[], Engine]:
    return lambda: chain.engine(PROGRAM, helm.namespace, namespace=helm.namespace)


@pytest.mark.parametrize("helm", [False, True], ids=["helm-3", "helm-4"], indirect=True)
def test_a_patched_account_of_helm_is_shared_and_then_released(helm: Helm, program: Callable[[], Engine]):
    helm.write()
    born, ours = helm.account["uid"], program()

    first = ours.up()
    patched, managers = helm.account, helm.managers
    again = ours.up()
    helm.write(team="shop")
    upgraded = helm.account
    destroyed = ours.destroy()

    assert first.exit_code == 0, first.errors
    assert set(patched["annotations"]) == {*RELEASE, CLIENT_ID}
    assert managers == {"helm": "Apply" if helm.applies else "Update", "pulumi-kubernetes": "Apply"}
    assert set(again.changes) == {"same"}
    assert upgraded["annotations"] == {**patched["annotations"], "team": "shop"}
    assert destroyed.exit_code == 0, destroyed.errors
    assert helm.account["uid"] == born
    assert helm.account["annotations"] == {**RELEASE, "team": "shop"}
    assert list(helm.managers) == ["helm"]


def test_an_annotation_that_helm_set_to_another_value_is_a_conflict_and_stays(
    helm: Helm, program: Callable[[], Engine]
):
    helm.write(**{CLIENT_ID: "3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"})
    before, ours = helm.account, program()

    refused = ours.up()
    ours.destroy()

    assert refused.exit_code != 0
    assert 'conflict with "helm"' in refused.errors
    assert f".metadata.annotations.{CLIENT_ID}" in refused.errors
    assert helm.account == before


def test_an_account_that_helm_has_not_made_yet_is_made_and_left_behind(helm: Helm, program: Callable[[], Engine]):
    ours = program()

    early = ours.up()
    made = helm.account
    destroyed = ours.destroy()

    assert (early.exit_code, destroyed.exit_code) == (0, 0), early.errors + destroyed.errors
    assert set(made["annotations"]) == {CLIENT_ID}
    assert helm.account["uid"] == made["uid"]
    assert not helm.account["annotations"]
