"""What all argument models have in common."""

import asyncio
import contextlib
import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import aks_workload_identity
import pulumi
import pytest
from aks_workload_identity import (
    ClusterTrust,
    InvalidArgumentError,
    KeyVault,
    KeyVaultMountArgs,
    ServiceAccount,
    VaultReference,
)
from aks_workload_identity.arguments import Arguments
from aks_workload_identity.cluster.issuer import refuse_bad_issuer

from tests.components.builders import GROUP, ISSUER, VAULT_ID, cluster, mount, trust, workload, workload_args
from tests.recorder import attempt, run

for module in pkgutil.walk_packages(aks_workload_identity.__path__, "aks_workload_identity."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


def _models(of: type[Arguments]) -> Iterator[type[Arguments]]:
    for model in of.__subclasses__():
        if model.__module__.startswith("aks_workload_identity"):
            yield model
        yield from _models(model)


def test_all_problems_of_a_call_are_told_at_once_each_on_its_own_line():
    with pytest.raises(InvalidArgumentError) as caught:
        ServiceAccount(namespace="kube-system", name="default", token_expiration_seconds=60)

    lines = str(caught.value).splitlines()
    assert re.fullmatch(r"ServiceAccount \(test_arguments\.py, line \d+\):", lines[0])
    assert [line.split()[1] for line in lines[1:]] == ["namespace", "name", "token_expiration_seconds"]


def problems_of(**changes: Any) -> set[str]:
    with pytest.raises(InvalidArgumentError) as caught:
        cluster(**changes)
    return {line.split(" must ")[0].split(" is ")[0] for line in str(caught.value).split("  - ")[1:]}


SUBNET_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"
EVERY_KIND: dict[str, dict[str, Any]] = {
    "location": {"location": "West Europe"},
    "nod_pools": {"nod_pools": {}},
    "system_pool.count": {"system_pool": {"count": 0, "subnet_id": SUBNET_ID}},
    "node_pools.apps.subnet_id": {"node_pools": {"apps": {}, "gpu": {"vm_size": "large"}}},
    "node_pools.gpu.vm_size": {},
    "assign_control_plane_roles": {"assign_control_plane_roles": False},
    "api_server.private_dns_zone": {"api_server": {"private_dns_zone": "none"}},
}


def test_wrong_values_unknown_names_and_broken_rules_are_told_in_one_round():
    together: dict[str, Any] = {}
    for changes in EVERY_KIND.values():
        together |= changes

    assert problems_of(**together) == set(EVERY_KIND)


@pytest.mark.parametrize("mended", [key for key, changes in EVERY_KIND.items() if changes and "." not in key])
def test_nothing_else_is_told_when_one_thing_is_mended(mended: str):
    left: dict[str, Any] = {}
    for key, changes in EVERY_KIND.items():
        left |= changes if key != mended else {}

    assert problems_of(**left) == set(EVERY_KIND) - {mended}


def test_a_rule_about_an_argument_that_is_wrong_by_itself_waits():
    told = problems_of(system_pool={"count": "none", "subnet_id": SUBNET_ID}, node_pools={"apps": {}})

    assert told == {"system_pool.count"}


def test_an_awaitable_among_wrong_arguments_is_not_awaited_twice():
    async def later() -> str:
        await asyncio.sleep(0)
        return "rg"

    def program() -> None:
        group = later()
        with pytest.raises(InvalidArgumentError, match="audience must be"):
            workload_args(resource_group_name=group, audience="api://other")

    assert run(program).error is None


def test_arguments_in_a_dict_are_refused_where_the_component_is_made():
    with pytest.raises(InvalidArgumentError) as caught:
        run(lambda: KeyVault("shop", {"vault_name": "-"}))

    assert str(caught.value).startswith("KeyVaultArgs (test_arguments.py, line ")


def test_a_problem_of_a_nested_argument_names_the_whole_path():
    with pytest.raises(InvalidArgumentError) as caught:
        run(lambda: workload_args(service_accounts={"api": {"namespace": "shop", "name": "default"}}))

    assert "service_accounts.api.name must be a service account of its own" in str(caught.value)


def test_a_misspelt_argument_is_refused_with_the_one_that_was_probably_meant():
    with pytest.raises(InvalidArgumentError, match=r"namspace is not known; did you mean namespace\?"):
        ServiceAccount(namespace="shop", name="orders", namspace="shop")  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FederatedWorkloads", "FederatedWorkload"),
        ("keyVault", "KeyVault"),
        ("cluster_trust", "ClusterTrust"),
        ("Xyzzy", None),
    ],
)
def test_a_misspelt_public_name_is_refused_with_the_one_that_was_probably_meant(name: str, meant: str | None):
    with pytest.raises(AttributeError) as caught:
        getattr(aks_workload_identity, name)

    hint = f"; did you mean {meant!r}?" if meant else ""
    assert str(caught.value) == f"module 'aks_workload_identity' has no attribute {name!r}{hint}"


def test_a_missing_argument_is_told_with_its_rule_and_an_example():
    with pytest.raises(InvalidArgumentError, match=r"name is required: a service account .*, for example 'orders'"):
        ServiceAccount(namespace="shop")  # pyright: ignore[reportCallIssue]


def test_arguments_cannot_be_changed_afterwards():
    account = ServiceAccount(namespace="shop", name="orders")

    with pytest.raises(ValueError, match="frozen"):
        account.name = "other"  # pyright: ignore[reportAttributeAccessIssue]


def test_who_is_trusted_must_be_known_before_deployment():
    def program() -> None:
        ServiceAccount(namespace=pulumi.Output.from_input("shop"), name="orders")  # pyright: ignore[reportArgumentType]

    with pytest.raises(InvalidArgumentError, match=r"known before deployment, so a plain value.*got an Output"):
        run(program)


def test_what_a_resource_computes_may_be_an_output():
    seen: list[object] = []

    def program() -> None:
        name = pulumi.Output.from_input("kv-shop")
        reference = VaultReference(key="shop", name=name, id=VAULT_ID)
        seen.append(reference.name is name)

    run(program)

    assert seen == [True]


def test_what_a_resource_computes_is_still_checked_when_it_is_plain():
    with pytest.raises(InvalidArgumentError, match="name must be a vault name"):
        VaultReference(key="shop", name="kv--shop", id=VAULT_ID)


def test_an_error_is_one_that_pulumi_prints_without_a_traceback():
    assert issubclass(InvalidArgumentError, pulumi.RunError)
    assert issubclass(InvalidArgumentError, ValueError)


@pytest.mark.parametrize(
    ("issuer", "wrong"),
    [
        (ISSUER.rstrip("/"), "ends in a slash"),
        (ISSUER.replace("https", "http"), "not https"),
        (ISSUER.rstrip("/").replace("westeurope.oic", "WestEurope.OIC"), "ends in a slash"),
        ("https://", "no host"),
        ("https:///tenant/", "no host"),
        ("https://issuer/?q=1", "no query and no fragment"),
        ("https://issuer/#f", "no query and no fragment"),
        (f"{ISSUER} ", "white space"),
        (f"https://issuer.example/{'a' * 600}", "longer than 600"),
    ],
)
def test_an_issuer_that_could_never_match_a_token_is_refused(issuer: str, wrong: str):
    with pytest.raises(InvalidArgumentError, match=wrong):
        run(lambda: trust(issuer_url=issuer))

    late = attempt(lambda: workload(clusters={"blue": trust(issuer_url=pulumi.Output.from_input(issuer))}))
    assert wrong in str(late.error)
    assert late.of_type("FederatedIdentityCredential") == []


def test_an_issuer_is_passed_on_unchanged():
    passed = refuse_bad_issuer(ISSUER)

    assert passed == ISSUER


def test_nothing_is_registered_by_a_refused_call():
    recording = attempt(lambda: workload(service_accounts={}))

    assert isinstance(recording.error, InvalidArgumentError)
    assert [resource.type for resource in recording.resources] == ["pulumi:providers:kubernetes"]


def test_an_awaitable_is_deferred_too():
    async def later() -> str:
        await asyncio.sleep(0)
        return "rg"

    def program() -> None:
        workload(resource_group_name=later())

    assert run(program).one("UserAssignedIdentity").inputs["resourceGroupName"] == "rg"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clusters": {}}, "clusters must have at least 1 entry; got {}"),
        ({"clusters": ["blue"]}, "clusters must be a map; got ['blue']"),
        ({"clusters": {"blue": 1}}, "clusters.blue must be a ClusterTrust or a map of its arguments; got 1"),
        ({"create_namespaces": "perhaps"}, "create_namespaces must be true or false; got 'perhaps'"),
        ({"service_accounts": {"A": {}}}, "service_accounts.A must be a map key"),
    ],
)
def test_what_the_validator_says_is_told_in_words(changes: dict[str, object], message: str):
    with pytest.raises(InvalidArgumentError) as caught:
        run(lambda: workload_args(**changes))

    assert message in str(caught.value)


def test_a_cluster_in_place_of_its_trust_is_told_what_to_pass():
    with pytest.raises(InvalidArgumentError, match=r"clusters.blue must be the trust of a cluster, .* cluster.trust"):
        run(lambda: workload_args(clusters={"blue": cluster()}))


def test_something_else_in_place_of_a_vault_is_told_in_words():
    with pytest.raises(InvalidArgumentError, match="vault must be a KeyVault or a VaultReference; got 'kv-shop'"):
        run(lambda: mount(workload(), vault="kv-shop"))


def test_arguments_may_be_a_dict_and_nothing_else():
    run(lambda: KeyVault("shop", {"resource_group_name": "rg", "location": "westeurope"}))  # pyright: ignore[reportArgumentType]

    with pytest.raises(InvalidArgumentError, match=r"args must be KeyVaultArgs\(…\); got 'rg'"):
        run(lambda: KeyVault("shop", "rg"))  # pyright: ignore[reportArgumentType]


def test_an_argument_in_both_spellings_is_refused_for_that():
    with pytest.raises(InvalidArgumentError, match="must be given in one spelling; got class_name and className"):
        KeyVaultMountArgs(**{"class_name": "a", "className": "b"})  # pyright: ignore[reportArgumentType]


JUNK = (
    *(None, "", "text", "a\nb", 0, -1, 10**9, 1.5, float("nan"), True, object(), b"x", pulumi.Output.from_input),
    *([], [None], ["text"], [[]], {}, {"": None}, {"a": None}, {"a": "text"}, {"a": 1}, {"a": []}, {"a": {}}, {1: {}}),
)


@pytest.mark.parametrize("model", sorted(_models(Arguments), key=str), ids=lambda model: model.__name__)
def test_whatever_is_given_for_a_field_is_taken_or_refused_in_words(model: type[Arguments]):
    for field in model.model_fields:
        for value in JUNK:
            # Anything else would end the program with a traceback.
            with contextlib.suppress(InvalidArgumentError):
                model(**{field: value})


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        (
            {"db-password": None},
            "objects.db-password must be a map of arguments, {} where all can be left out; got None",
        ),
        ({"db-password": "secret"}, "objects.db-password must be a map of arguments"),
        (None, "objects must be a map; got None"),
    ],
)
def test_an_object_that_is_no_map_is_told_in_words(objects: Any, message: str):
    with pytest.raises(InvalidArgumentError, match=re.escape(message)):
        KeyVaultMountArgs(objects=objects)  # pyright: ignore[reportCallIssue]


def test_a_missing_argument_that_may_be_an_output_is_told_with_its_rule_too():
    with pytest.raises(InvalidArgumentError, match=r"issuer_url is required: the cluster's OIDC issuer URL .* example"):
        ClusterTrust(key="blue")  # pyright: ignore[reportCallIssue]
