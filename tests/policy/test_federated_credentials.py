"""Which tokens an identity may accept."""

from collections.abc import Sequence
from typing import Any

import pytest
from aks_workload_identity import names
from aks_workload_identity.clouds import ENVIRONMENTS, POD_TOKEN_AUDIENCE, Cloud
from aks_workload_identity_policy import Resource, Stack, StackResource, federated_credentials
from aks_workload_identity_policy.federated_credentials import credentials_of_an_identity_are_chained
from aks_workload_identity_policy.stack import Graph
from pulumi_azure_native import managedidentity

from tests.azure_mocks import TENANT, guid
from tests.policy.judging import Config, refusals
from tests.recorder import Program

AUDIENCE = "credential-audience-is-the-clouds"
ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('cluster')}/"
SYSTEM = [
    "aks-command",
    "aks-istio-ingress",
    "aks-istio-system",
    "app-routing-system",
    "azure-arc",
    "azure-extensions-usage-system",
    "azure-workload-identity-system",
    "calico-system",
    "dapr-system",
    "flux-system",
    "gatekeeper-system",
    "istio-system",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "tigera-operator",
]


def trust(**arguments: Any) -> Program:
    def program() -> None:
        chosen: dict[str, Any] = {
            "resource_group_name": "rg",
            "resource_name_": "id-orders",
            "issuer": ISSUER,
            "subject": "system:serviceaccount:shop:orders",
            "audiences": ["api://AzureADTokenExchange"],
            **arguments,
        }
        managedidentity.FederatedIdentityCredential("trust", **chosen)

    return program


def refused(program: Program, config: Config | None = None) -> dict[str, str]:
    """The rules about one credential alone: the clusters of a stack are none of their business."""
    found = refusals(program, stack=False, config=config)
    found.pop("credential-issuer-is-a-known-cluster", None)
    return found


def test_one_service_account_of_one_cluster_passes():
    assert refused(trust()) == {}


@pytest.mark.parametrize(
    "subject",
    ["system:serviceaccount:a:b", "system:serviceaccount:1-a:orders.v2", f"system:serviceaccount:{'n' * 63}:a"],
)
def test_a_name_that_kubernetes_takes_passes(subject: str):
    assert refused(trust(subject=subject)) == {}


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "*",
        "system:serviceaccount:shop:*",
        "system:serviceaccount:*:orders",
        "system:serviceaccount:shop",
        "system:serviceaccount:shop:",
        "system:serviceaccount:shop:orders ",
        "system:serviceaccount:shop:orders\n",
        " system:serviceaccount:shop:orders",
        "System:ServiceAccount:shop:orders",
        "system:serviceaccount:Shop:orders",
        "system:serviceaccount:shop:orders:more",
        "system:serviceaccount:a.b:orders",
        f"system:serviceaccount:{'n' * 64}:orders",
        f"system:serviceaccount:shop:{'a' * 254}",
        "system:serviceaccounts:shop",
        "system:masters",
        "repo:contoso/shop:ref:refs/heads/main",
        "Calling __str__ on an Output[T] is not supported.",
    ],
)
def test_a_subject_that_is_not_one_service_account_is_refused(subject: str):
    messages = refused(trust(subject=subject))

    assert messages.keys() == {"credential-subject-is-one-service-account"}
    assert "for example system:serviceaccount:shop:orders" in messages["credential-subject-is-one-service-account"]


@pytest.mark.parametrize("namespace", SYSTEM)
def test_a_system_namespace_is_refused(namespace: str):
    messages = refused(trust(subject=f"system:serviceaccount:{namespace}:orders"))

    assert messages.keys() == {"credential-namespace-is-not-a-system-one"}


def test_the_default_account_is_refused():
    assert refused(trust(subject="system:serviceaccount:shop:default")).keys() == {"credential-account-is-not-default"}


@pytest.mark.parametrize("cloud", ENVIRONMENTS)
def test_the_audience_of_the_configured_cloud_passes_and_that_of_pods_in_every_one(cloud: Cloud):
    config: Config = {AUDIENCE: {"cloud": cloud}}

    assert refused(trust(audiences=[POD_TOKEN_AUDIENCE]), config) == {}
    assert refused(trust(audiences=[ENVIRONMENTS[cloud].audience]), config) == {}


@pytest.mark.parametrize("config", [{}, {AUDIENCE: {"cloud": "AzureChinaCloud"}}])
def test_the_audience_of_another_cloud_is_refused_with_the_setting_that_names_it(config: Config):
    messages = refused(trust(audiences=["api://AzureADTokenExchangeUSGov"]), config)

    assert messages.keys() == {AUDIENCE}
    assert "configuration names it: cloud" in messages[AUDIENCE]


@pytest.mark.parametrize(
    "audiences",
    [
        [],
        ["api://azureadtokenexchange"],
        ["https://vault.azure.net"],
        ["api://AzureADTokenExchange "],
        ["api://AKSIdentityBinding"],
        ["api://AzureADTokenExchange", "api://AzureADTokenExchange"],
    ],
)
def test_any_other_audience_is_refused(audiences: list[str]):
    assert refused(trust(audiences=audiences)).keys() == {"credential-audience-is-the-clouds"}


@pytest.mark.parametrize("issuer", ["https://kubernetes.example.com", "https://kubernetes.example.com:8443/oidc"])
def test_an_issuer_outside_aks_may_end_as_it_does(issuer: str):
    assert refused(trust(issuer=issuer)) == {}


@pytest.mark.parametrize(
    ("issuer", "fault"),
    [
        ("", "is not an https URL"),
        ("http://westeurope.oic.prod-aks.azure.com/", "is not an https URL"),
        ("HTTPS://kubernetes.example.com", "is not an https URL"),
        ("https://", "is not an https URL"),
        ("https://[", "is not a URL"),
        (ISSUER.rstrip("/"), "lacks the slash"),
        (f"{ISSUER} ", "contains whitespace"),
        (f"\t{ISSUER}", "contains whitespace"),
        (f"{ISSUER}\n", "contains whitespace"),
        (f"{ISSUER}\u200b", "contains whitespace"),
        (f"{ISSUER}/", "is not of the form"),
        ("https://westeurope.oic.prod-aks.azure.com/", "is not of the form"),
        ("https://a@kubernetes.example.com", "has a user name"),
        ("https://kubernetes.example.com?x", "has a user name"),
        ("https://kubernetes.example.com#", "has a user name"),
    ],
)
def test_an_issuer_that_no_token_carries_is_refused(issuer: str, fault: str):
    messages = refused(trust(issuer=issuer))

    assert messages.keys() == {"credential-issuer-is-exact"}
    assert fault in messages["credential-issuer-is-exact"]


def test_the_system_namespaces_are_those_that_the_library_refuses():
    assert federated_credentials.SYSTEM_NAMESPACES == names.SYSTEM_NAMESPACES


class Counting(Stack):
    """Counts how often it is asked what a resource waits for."""

    asked = 0

    def dependencies(self, urn: str) -> Sequence[str]:
        self.asked += 1
        return super().dependencies(urn)


def waiting(name: str, of: str, *others: str) -> StackResource:
    inputs = {"resourceName": of, "issuer": ISSUER, "subject": f"system:serviceaccount:shop:{name}"}
    resource = Resource("azure-native:managedidentity:FederatedIdentityCredential", name, name, inputs)
    return StackResource(resource, resource, dependencies=others)


def test_each_resource_is_looked_at_once_however_many_credentials_wait_for_it():
    shared = {f"shared-{number}": (f"shared-{number - 1}",) if number else () for number in range(200)}
    credentials = [waiting(f"one-{number}", f"id-{number}", "shared-199") for number in range(200)]
    chain = [waiting(f"link-{number}", "id-chain", f"link-{number - 1}") for number in range(1, 200)]
    stack = Counting(Graph([*credentials, waiting("link-0", "id-chain"), *chain], shared))

    assert list(credentials_of_an_identity_are_chained.judge(stack)) == []
    assert stack.asked == 2 * (200 + 200 + 200)


def test_credentials_that_wait_for_the_same_one_are_written_at_once():
    fork = [waiting("a", "id"), waiting("b", "id", "a"), waiting("c", "id", "between")]

    found = credentials_of_an_identity_are_chained.judge(Stack(Graph(fork, {"between": ("a",)})))

    assert [finding.resource.name for finding in found] == ["c"]


def test_waiting_for_a_credential_of_another_identity_is_no_chain():
    others = [waiting("theirs", "id-theirs"), waiting("a", "id"), waiting("b", "id", "theirs")]

    found = credentials_of_an_identity_are_chained.judge(Stack(Graph(others)))

    assert [finding.resource.name for finding in found] == ["b"]
