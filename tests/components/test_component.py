"""What all components share: children without version aliases, and a calm collector while they are registered."""

import asyncio
import gc
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import aks_workload_identity
import pulumi
import pytest
from aks_workload_identity import keep_version_aliases
from aks_workload_identity.collector import calm_collector
from aks_workload_identity.component import Component
from aks_workload_identity.grants import key_vault
from aks_workload_identity.version_aliases import is_version_alias
from pulumi.runtime import mocks
from pulumi_azure_native import cosmosdb, managedidentity, monitor, network

from tests.azure_mocks import AzureMocks
from tests.components import builders
from tests.components.builders import VAULT_ID
from tests.components.test_program import dev_stack
from tests.recorder import Recording, attempt, run

IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
VERSION = re.compile(r"(azure-native:\w+)/v\d+\w*(:\w+)::")


class AnyResource(mocks.Mocks):
    """Gives every resource an id, for types that this project does not use itself."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"/{args.name}", args.inputs

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise NotImplementedError(args.token)


class Anything(Component):
    """A component with the children that a test gives it."""

    def __init__(
        self, name: str, children: Callable[[pulumi.Resource], Any], opts: pulumi.ResourceOptions | None = None
    ):
        super().__init__("aks-workload-identity:index:Anything", name, {}, opts)
        children(self)
        self.register_outputs({})


def identity(name: str, parent: pulumi.Resource | None) -> managedidentity.UserAssignedIdentity:
    return managedidentity.UserAssignedIdentity(
        name, resource_group_name="rg", opts=pulumi.ResourceOptions(parent=parent)
    )


def aliases(recording: Recording, name: str) -> list[str]:
    return [alias for each in recording.resources if each.name == name for alias in each.options.aliases]


def version_aliases(recording: Recording, name: str) -> list[str]:
    """The aliases that name the resource's own type under a version."""
    found: list[str] = []
    for each in recording.resources:
        versions = [VERSION.fullmatch(alias) for alias in each.options.aliases]
        found += [match[0] for match in versions if match and match[1] + match[2] == each.type and each.name == name]
    return found


def test_no_child_of_the_dev_stack_has_a_version_alias():
    recording = dev_stack()

    carried = {r.urn: r.options.aliases for r in recording.resources if r.parent and r.options.aliases}
    children = [r for r in recording.resources if r.parent and r.type.startswith("azure-native:")]

    assert len(children) > 20
    # Those that rename a type stay, see below.
    assert {urn.split("::")[2].rpartition("$")[2] for urn in carried} <= {"azure-native:monitor:DiagnosticSetting"}
    assert all("insights" in alias for aliases in carried.values() for alias in aliases)


def test_every_component_of_the_library_is_a_component():
    public = [getattr(aks_workload_identity, name) for name in aks_workload_identity.__all__]
    components = [each for each in public if isinstance(each, type) and issubclass(each, pulumi.ComponentResource)]

    others = {each.__name__ for each in components if not issubclass(each, Component)}

    assert len(components) >= 7
    assert others == set()


def test_an_assignment_that_comes_later_has_no_version_alias():
    def program() -> None:
        own = builders.workload("orders")
        own.grant("later", key_vault.read_secrets(VAULT_ID))
        given = f"{builders.GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/given"
        accounts = builders.accounts("other")
        builders.workload("other", identity=given, clusters=own_clusters(), service_accounts=accounts).grant(
            "elsewhere", key_vault.read_secrets(VAULT_ID)
        )

    def own_clusters() -> dict[str, Any]:
        return {"green": builders.trust("green")}

    recording = run(program)

    assert {r.name for r in recording.resources if "RoleAssignment" in r.type} == {"orders-later", "given-elsewhere"}
    assert aliases(recording, "orders-later") == []
    assert aliases(recording, "given-elsewhere") == []


@pytest.mark.parametrize(
    ("child", "renamed"),
    [
        (
            lambda parent: monitor.DiagnosticSetting("child", resource_uri="/x", opts=parent),
            {
                "azure-native:insights:DiagnosticSetting::",
                "azure-native:insights/v20210501preview:DiagnosticSetting::",
            },
        ),
        (
            lambda parent: network.PrivateEndpoint("child", resource_group_name="rg", opts=parent),
            {"azure-native:network/v20190201:InterfaceEndpoint::", "azure-native:network:InterfaceEndpoint::"},
        ),
        (
            lambda parent: cosmosdb.SqlResourceSqlRoleAssignment(
                "child", account_name="a", resource_group_name="rg", opts=parent
            ),
            {"azure-native:documentdb:SqlResourceSqlRoleAssignment::"},
        ),
    ],
    ids=["DiagnosticSetting", "PrivateEndpoint", "SqlResourceSqlRoleAssignment"],
)
def test_a_rename_alias_stays(child: Callable[[pulumi.ResourceOptions], Any], renamed: set[str]):
    def program() -> None:
        child(pulumi.ResourceOptions())
        Anything("ours", lambda parent: child(pulumi.ResourceOptions(parent=parent)))

    recording = run(program, mocks=AnyResource())

    alone, ours = (list(r.options.aliases) for r in recording.resources if r.name == "child")
    dropped = [alias for alias in alone if alias not in ours]
    (type_,) = {r.type for r in recording.resources if r.name == "child"}
    assert renamed <= set(ours)
    assert len(dropped) > 1
    assert {VERSION.sub(r"\1\2", alias) for alias in dropped} == {type_}
    assert [alias for alias in ours if VERSION.sub(r"\1\2", alias) == type_] == []


def test_what_others_put_under_a_component_keeps_its_aliases():
    def program() -> None:
        workload = builders.workload("orders")
        identity("theirs", workload)
        identity("grandchild", workload.identity.resources[0])
        identity("under-assignment", workload.grant("vault", key_vault.read_secrets(VAULT_ID)))
        identity("alone", None)

    recording = run(program)

    assert len(version_aliases(recording, "alone")) > 5
    for name in ("theirs", "grandchild", "under-assignment"):
        assert version_aliases(recording, name) == version_aliases(recording, "alone"), name


def add_aliases(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    if args.type_ != IDENTITY:
        return None
    own = [
        pulumi.Alias(type_="azure-native:managedidentity/v20230131:UserAssignedIdentity"),
        pulumi.Alias(name="old-name"),
    ]
    opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(aliases=own))
    return pulumi.ResourceTransformationResult(args.props, opts)


@pytest.mark.parametrize("where", ["component", "stack"])
def test_aliases_that_a_user_gives_stay(where: str):
    def program() -> None:
        opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="before")])
        if where == "stack":
            pulumi.runtime.register_stack_transformation(add_aliases)
        else:
            opts.transformations = [add_aliases]
        Anything("ours", lambda parent: identity("child", parent), opts)

    recording = run(program)

    assert aliases(recording, "ours") == ["::before"]
    assert aliases(recording, "child") == [
        "azure-native:managedidentity/v20230131:UserAssignedIdentity::",
        "::old-name",
    ]


def test_the_callers_options_are_left_as_they_were():
    opts = pulumi.ResourceOptions(protect=True)

    recording = run(lambda: Anything("ours", lambda parent: identity("child", parent), opts))

    assert opts.transformations is None
    assert [r.options.protect for r in recording.resources if r.name == "child"] == [True]


def test_a_program_can_keep_the_version_aliases():
    def program() -> None:
        keep_version_aliases()
        workload = builders.workload("orders")
        workload.grant("later", key_vault.read_secrets(VAULT_ID))
        identity("alone", None)

    recording = run(program)

    kept = [len(r.options.aliases) for r in recording.resources if r.type.startswith("azure-native:")]
    assert len(kept) == 4
    assert all(count > 3 for count in kept)


def test_one_program_keeps_them_for_itself_alone():
    run(keep_version_aliases)

    recording = run(lambda: Anything("ours", lambda parent: identity("child", parent)))

    assert aliases(recording, "child") == []


def test_keeping_them_half_way_is_refused():
    def program() -> None:
        Anything("ours", lambda parent: identity("child", parent))
        keep_version_aliases()

    error = attempt(program).error

    assert str(error) == "keep_version_aliases must be called before the program's first component"


@pytest.mark.parametrize(
    ("alias", "drops"),
    [
        (pulumi.Alias(type_="azure-native:keyvault/v20230701:Vault"), True),
        (pulumi.Alias(type_="azure-native:keyvault/v20230801preview:Vault"), True),
        (pulumi.Alias(type_="azure-native:keyvault:Vault"), False),
        (pulumi.Alias(type_="azure-native:other/v20230701:Vault"), False),
        (pulumi.Alias(type_="azure-native:keyvault/v20230701:VaultOfOld"), False),
        (pulumi.Alias(type_="azure-native:keyvault/v20230701:Vault", name="old"), False),
        (pulumi.Alias(type_="azure-native:keyvault/v20230701:Vault", parent=None), False),
        (pulumi.Alias(type_="azure-native:keyvault/v20230701:Vault", project="old"), False),
        ("urn:pulumi:dev::shop::azure-native:keyvault/v20230701:Vault::shop", False),
        (pulumi.Alias(name="old"), False),
    ],
)
def test_only_the_same_type_under_a_version_is_a_version_alias(alias: object, drops: bool):
    assert is_version_alias(alias, "azure-native:keyvault:Vault") is drops


# --- the collector


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    """Python's own, whatever other code has set."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*before)
    gc.enable()


def component() -> Component:
    return Anything("ours", lambda parent: identity("child", parent))


class Watching(AzureMocks):
    """Notes the collector's first threshold whenever a resource arrives at the engine."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.seen.append(gc.get_threshold()[0])
        return super().new_resource(args)


class Refusing(AzureMocks):
    """Makes no resource at all."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        raise ValueError("on purpose")


def test_the_collector_is_calm_until_everything_is_registered_and_as_before_afterwards(
    thresholds: tuple[int, int, int],
):
    watching = Watching()
    last: list[int] = []

    async def program() -> None:
        first = component()
        await asyncio.sleep(0)
        identity("later", first).id.apply(lambda _: last.append(gc.get_threshold()[0]))

    run(program, mocks=watching)

    assert watching.seen == [50_000, 50_000, 50_000]
    assert last == [50_000]
    assert gc.get_threshold() == thresholds


def test_the_collector_is_as_before_after_a_failure_of_the_program(thresholds: tuple[int, int, int]):
    def program() -> None:
        component()
        raise ValueError("on purpose")

    recording = attempt(program)

    assert str(recording.error) == "on purpose"
    assert gc.get_threshold() == thresholds


def test_the_collector_is_as_before_after_a_failure_of_a_registration(thresholds: tuple[int, int, int]):
    recording = attempt(component, mocks=Refusing())

    assert recording.error is not None
    assert gc.get_threshold() == thresholds


def test_the_collector_is_left_alone_where_no_task_would_tell_the_end(thresholds: tuple[int, int, int]):
    seen: list[tuple[int, int, int]] = []

    async def call_outside_of_a_task() -> None:
        asyncio.get_running_loop().call_soon(lambda: (calm_collector(), seen.append(gc.get_threshold())))
        await asyncio.sleep(0)

    calm_collector()
    seen.append(gc.get_threshold())
    asyncio.run(call_outside_of_a_task())

    assert seen == [thresholds, thresholds]


@pytest.mark.parametrize("own", [(0, 10, 10), (200_000, 5, 5)])
def test_a_collector_that_is_calm_already_stays_as_it_is(thresholds: tuple[int, int, int], own: tuple[int, int, int]):
    seen: list[tuple[int, int, int]] = []
    gc.set_threshold(*own)

    run(lambda: (component(), seen.append(gc.get_threshold())))

    assert seen == [own]
    assert gc.get_threshold() == own


def test_a_collector_that_is_off_stays_off(thresholds: tuple[int, int, int]):
    gc.disable()

    run(component)

    assert not gc.isenabled()
    assert gc.get_threshold() == thresholds


def test_what_a_program_sets_itself_stays(thresholds: tuple[int, int, int]):
    run(lambda: (component(), gc.set_threshold(1000, 20, 20)))

    assert gc.get_threshold() == (1000, 20, 20)


# --- what a program loads


WORKLOADS_ALONE = """
import sys
from aks_workload_identity import ClusterTrust, FederatedWorkload, FederatedWorkloadArgs, ServiceAccount, grants
print(*(name.split(".")[1] for name in sys.modules if name.startswith("pulumi_azure_native.") and "outputs" in name))
"""


def test_a_program_of_workloads_alone_loads_the_classes_of_workloads_alone():
    done = subprocess.run([sys.executable, "-c", WORKLOADS_ALONE], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) <= {"authorization", "managedidentity"}
