"""Names that are derived, and names that are refused."""

import re
import string
from collections.abc import Callable

import pulumi
import pytest
from aks_workload_identity.derived_names import UniqueNames, credential_name, role_assignment_name, subject
from aks_workload_identity.names import (
    AccountName,
    ClusterName,
    ContainerName,
    Guid,
    IdentityName,
    Location,
    MapKey,
    Namespace,
    NodePoolName,
    RegistryName,
    ResourceGroupName,
    ServiceAccountName,
    StorageAccountName,
    VaultName,
    VaultObjectName,
)
from aks_workload_identity.network_rules import PublicRange
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tests.recorder import run

labels = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)
subdomains = st.lists(labels, min_size=1, max_size=3).map(".".join).filter(lambda name: len(name) <= 253)
purposes = st.text(string.ascii_letters + string.digits + "-_. ", min_size=1, max_size=60)
HERE = UniqueNames("00000000-1111-2222-3333-444444444444", "rg")

REFUSED = {
    MapKey: ["", "Orders", "a_b", "-a", "a-", "a" * 41],
    Namespace: ["", "Shop", "shop_a", "a" * 64, "-shop", "shop.a", "default", "kube-system", "gatekeeper-system"],
    ServiceAccountName: ["", "default", "Orders", "a..b", ".a", "a" * 254],
    Guid: ["", "123", "3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6g", "{3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f}"],
    Location: ["", "West Europe", "westeurope/x"],
    ResourceGroupName: ["", "rg.", "a" * 91, "rg/a", "rg a"],
    IdentityName: ["ab", "_orders", "-orders", "a" * 129, "ord.ers"],
    ClusterName: ["", "-aks", "aks-", "a" * 64, "a.b"],
    NodePoolName: ["", "Apps", "1apps", "a" * 13, "my-pool"],
    VaultName: ["kv", "1kv", "kv-", "kv--shop", "k" * 25, "kv_shop"],
    VaultObjectName: ["", "db_password", "a" * 128, "db/password"],
    RegistryName: ["cr", "cr-shop", "a" * 51],
    StorageAccountName: ["st", "St1", "st-1", "a" * 25],
    ContainerName: ["ab", "Invoices", "a--b", "-abc", "abc-", "a" * 64],
    AccountName: ["a", "-ab", "ab-", "a_b", "a" * 65],
}
TAKEN = {
    MapKey: ["a", "orders", "a-1", "a" * 40],
    Namespace: ["a", "shop", "0", "a" * 63],
    ServiceAccountName: ["a", "orders.api", "a" * 63 + ".b"],
    Guid: ["3F2B6C1E-7d4a-4f0b-9c55-1a2b3c4d5e6f"],
    Location: ["westeurope", "eastus2"],
    ResourceGroupName: ["rg", "Rg_1.(a)-b", "a" * 90],
    IdentityName: ["abc", "0rders_-", "a" * 128],
    ClusterName: ["a", "aks_1-b", "a" * 63],
    NodePoolName: ["a", "apps1"],
    VaultName: ["kv1", "kv-shop-1a2b", "K" * 24],
    VaultObjectName: ["a", "DB-password-1", "-", "a" * 127],
    RegistryName: ["crsho", "CR1" + "a" * 47],
    StorageAccountName: ["st1", "a" * 24],
    ContainerName: ["abc", "a-b-c", "a" * 63],
    AccountName: ["ab", "A-b", "a" * 64],
}


@pytest.mark.capability("A3")
@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in REFUSED.items() for value in values])
def test_a_name_that_azure_or_kubernetes_would_refuse_is_refused_with_rule_example_and_value(kind: type, value: str):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)

    message = caught.value.errors()[0]["msg"]
    assert re.fullmatch(rf"must be .+, for example '.+'; got {re.escape(repr(value))}( \(.+\))?", message), message


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in TAKEN.items() for value in values])
def test_a_name_at_the_edge_of_the_rule_is_taken(kind: type, value: str):
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize("kind", REFUSED)
def test_the_example_of_every_name_rule_follows_the_rule(kind: type):
    example = TypeAdapter(kind).json_schema()["examples"][0]

    assert TypeAdapter(kind).validate_python(example) == example


@pytest.mark.capability("A3")
@given(labels, subdomains)
def test_a_subject_is_what_kubernetes_puts_into_the_token(namespace: str, account: str):
    assert subject(namespace, account) == f"system:serviceaccount:{namespace}:{account}"
    assert len(subject(namespace, account)) <= 600


@pytest.mark.capability("A3")
@given(st.text(min_size=1, max_size=63), labels, subdomains)
def test_a_credential_name_is_always_one_that_azure_takes(cluster: str, namespace: str, account: str):
    name = credential_name(f"a{cluster}", namespace, account)

    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}", name)


@pytest.mark.capability("A3")
@given(labels, labels, subdomains, subdomains)
def test_two_service_accounts_never_share_a_credential_name(cluster: str, namespace: str, one: str, other: str):
    names = {credential_name(cluster, namespace, account) for account in (one, other)}

    assert len(names) == len({one, other})


@pytest.mark.capability("A3")
def test_blue_and_green_clusters_never_share_a_credential_name():
    assert credential_name("blue", "shop", "orders") != credential_name("green", "shop", "orders")


@pytest.mark.capability("A3")
def test_a_credential_name_is_the_same_on_every_run():
    assert credential_name("aks-dev", "shop", "orders") == "aks-dev-shop-orders-a9c20fe43a"


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (VaultName, HERE.vault),
        (RegistryName, HERE.registry),
        (StorageAccountName, HERE.storage_account),
        (AccountName, HERE.account),
    ],
)
@given(purpose=purposes)
def test_a_unique_name_is_always_one_that_azure_takes(kind: type, make: Callable[[str], str], purpose: str):
    assert TypeAdapter(kind).validate_python(make(purpose)) == make(purpose)


def test_the_same_purpose_in_another_group_or_subscription_has_another_name():
    other_group = UniqueNames(HERE.subscription_id, "other")
    other_subscription = UniqueNames("00000000-1111-2222-3333-000000000000", "rg")

    assert len({names.vault("shop") for names in (HERE, other_group, other_subscription)}) == 3
    assert UniqueNames(HERE.subscription_id, "RG").vault("shop") == HERE.vault("shop")


@pytest.mark.parametrize("value", ["203.0.113.7", "203.0.113.0/24", "203.0.113.4/30", "11.0.0.0/8"])
def test_a_firewall_takes_public_addresses_and_ranges(value: str):
    assert TypeAdapter(PublicRange).validate_python(value) == value


@pytest.mark.parametrize(
    "value", ["10.0.0.4", "192.168.1.0/24", "203.0.113.7/32", "203.0.113.1/24", "2001:db8::1", "me"]
)
def test_a_firewall_refuses_what_azure_refuses(value: str):
    with pytest.raises(ValidationError, match="must be a public IPv4 address or range"):
        TypeAdapter(PublicRange).validate_python(value)


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("0.0.0.0/0", "wider than a /8"),
        ("10.0.0.0/7", "wider than a /8"),
        ("0.0.0.0", "in 0.0.0.0/8"),
        ("127.0.0.1", "in 127.0.0.0/8"),
        ("169.254.169.254", "in 169.254.0.0/16"),
        ("100.64.0.0/10", "in 100.64.0.0/10"),
        ("172.0.0.0/8", "in 172.16.0.0/12"),
        ("224.0.0.1", "in 224.0.0.0/3"),
        ("255.255.255.255", "in 224.0.0.0/3"),
    ],
)
def test_a_firewall_refuses_what_nobody_comes_from_and_what_anybody_does(value: str, wrong: str):
    with pytest.raises(ValidationError, match=re.escape(wrong)):
        TypeAdapter(PublicRange).validate_python(value)


def test_a_role_assignment_name_depends_on_stack_logical_name_parent_identity_and_role_only():
    names: list[str] = []
    secrets, reader = "4633458b-17de-408a-b874-0445c86b69e6", "21090545-7ca7-4776-b22c-e363652d74d2"

    def program() -> None:
        workload = pulumi.ComponentResource("t:index:Workload", "orders")
        cluster = pulumi.ComponentResource("t:index:Cluster", "orders")
        names.append(role_assignment_name("orders-db", workload, identity="orders", role_guid=secrets))
        names.append(role_assignment_name("orders-db", workload, identity="orders", role_guid=secrets.upper()))
        names.append(role_assignment_name("orders-queue", workload, identity="orders", role_guid=secrets))
        names.append(role_assignment_name("orders-db", cluster, identity="orders", role_guid=secrets))
        names.append(role_assignment_name("orders-db", None, identity="orders", role_guid=secrets))
        names.append(role_assignment_name("orders-db", workload, identity="billing", role_guid=secrets))
        names.append(role_assignment_name("orders-db", workload, identity="orders", role_guid=reader))

    run(program, stack="dev")
    run(program, stack="prod")

    assert names[0] == names[1]
    assert len(set(names)) == 12
    assert all(TypeAdapter(Guid).validate_python(name) for name in names)
