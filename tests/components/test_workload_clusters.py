"""A workload on its clusters: namespaces, and which cluster is which."""

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from aks_workload_identity import ClusterTrust, InvalidArgumentError, ServiceAccount
from pulumi_azure_native import managedidentity

from tests.components.builders import ISSUER, accounts, trust, workload
from tests.components.workloads import refusal
from tests.recorder import attempt, run


@pytest.mark.capability("A18")
def test_objects_in_the_cluster_use_its_provider_and_go_with_it():
    def program() -> None:
        cluster = managedidentity.UserAssignedIdentity("cluster", resource_group_name="rg")
        workload(clusters={"blue": trust(cluster=cluster)})

    recording = run(program)

    provider = recording.one("pulumi:providers:kubernetes")
    cluster = recording.one("UserAssignedIdentity", "cluster")
    for resource in (recording.one("ServiceAccount"), recording.one("Namespace")):
        assert (resource.provider or "").startswith(f"{provider.urn}::")
        assert resource.options.deleted_with == cluster.urn


@pytest.mark.capability("A3")
def test_the_account_waits_for_its_namespace():
    recording = run(workload)

    assert recording.one("Namespace").urn in recording.one("ServiceAccount").dependencies


@pytest.mark.capability("A3")
def test_two_workloads_in_one_namespace_make_it_once():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"))

    recording = run(program)

    assert recording.one("Namespace").name == "blue.shop"
    assert recording.one("Namespace").parent is None


@pytest.mark.capability("A3")
def test_a_namespace_that_exists_already_is_left_alone():
    assert run(lambda: workload(create_namespaces=False)).of_type("Namespace") == []


@pytest.mark.capability("A3")
def test_namespaces_that_would_share_a_name_when_joined_are_refused():
    message = refusal(
        lambda: workload(
            clusters={"prod": trust("prod"), "prod-eu": trust("prod-eu")},
            service_accounts={
                "a": ServiceAccount(namespace="eu-shop", name="a"),
                "b": ServiceAccount(namespace="shop", name="b"),
            },
        )
    )

    assert "stay distinct when joined" in message


@pytest.mark.capability("A3")
def test_two_clusters_with_one_issuer_are_refused():
    green = lambda: trust("green", issuer_url=ISSUER)  # noqa: E731

    assert "clusters must have issuers of their own" in refusal(
        lambda: workload(clusters={"blue": trust(), "green": green()})
    )


def other_trust(key: str) -> ClusterTrust:
    """A cluster of another issuer than `trust()`."""
    provider = kubernetes.Provider("other", kubeconfig="{}")
    return ClusterTrust(key=key, issuer_url=ISSUER.replace("1111", "2222"), kubernetes_provider=provider)


@pytest.mark.parametrize("key", ["blue", "BLUE"])
def test_two_clusters_under_one_key_are_refused_in_one_workload(key: str):
    message = refusal(lambda: workload(clusters={"one": trust(), "two": other_trust(key)}))

    assert "clusters must have keys that differ in more than case; got ['blue'" in message


@pytest.mark.parametrize("key", ["blue", "BLUE"])
def test_two_clusters_under_one_key_are_refused_in_two_workloads(key: str):
    def program() -> None:
        workload("first")
        workload("second", clusters={"two": other_trust(key)}, service_accounts=accounts("second"))

    recording = attempt(program)

    assert isinstance(recording.error, InvalidArgumentError)
    assert "clusters.two.key must be the cluster's own in this program" in str(recording.error)
    assert "for example '" + key + "-2'" in str(recording.error)
    assert [each.name for each in recording.of_type("FederatedWorkload")] == ["first"]


def test_a_namespace_is_refused_for_a_second_cluster_of_the_key():
    def program() -> None:
        trust().namespace("shop")
        other_trust("blue").namespace("shop")

    recording = attempt(program)

    assert "key must be the cluster's own in this program" in str(recording.error)
    assert len(recording.of_type("Namespace")) == 1


def test_one_cluster_may_be_written_down_twice():
    def program() -> None:
        first = trust(issuer_url=pulumi.Output.from_input(ISSUER))
        again = first.model_copy(update={"issuer_url": pulumi.Output.from_input(ISSUER)})
        workload("first", clusters={"blue": first}, service_accounts=accounts("first"))
        workload("second", clusters={"blue": again}, service_accounts=accounts("second"))

    assert len(run(program).of_type("FederatedIdentityCredential")) == 2
