"""What a service principal may be granted."""

from typing import Any

import pytest
from aks_workload_identity_policy.role_assignments import NETWORK_CONTRIBUTOR
from aks_workload_identity_policy.roles import MANAGED_IDENTITY_OPERATOR, Verdict, built_in_roles, role
from pulumi_azure_native import authorization, managedidentity

from tests.azure_mocks import SUBSCRIPTION, guid
from tests.policy.judging import GROUP, IDENTITY, VAULT, Config, advice, judge, refusals
from tests.recorder import Program, run

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
AKS_ADMIN = "3498e952-d568-435e-9b2c-8d77e338d7f7"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
OFF = {"acceptComponentReasons": False}
OWNER_UPPER = f"/SUBSCRIPTIONS/{SUBSCRIPTION}/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEDEFINITIONS/{OWNER.upper()}"


def role_id(guid_: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{guid_}"


def some(verdict: Verdict, every: int) -> list[str]:
    """A sample of the roles with a verdict: all of them are in tests/policy/test_roles.py."""
    return sorted(g for g in built_in_roles() if (one := role(g)) and one.verdict is verdict)[::every]


def grant(**arguments: Any) -> Program:
    """Secrets User on a vault for a new identity, changed by the arguments; None leaves one out."""

    def program() -> None:
        identity = managedidentity.UserAssignedIdentity("orders", resource_group_name="rg")
        chosen: dict[str, Any] = {
            "principal_id": identity.principal_id,
            "principal_type": "ServicePrincipal",
            "role_definition_id": role_id(SECRETS_USER),
            "scope": VAULT,
            **arguments,
        }
        authorization.RoleAssignment("grant", **{k: v for k, v in chosen.items() if v is not None})

    return program


def grant_role(guid_: str, **arguments: Any) -> Program:
    return grant(role_definition_id=role_id(guid_), **arguments)


def test_a_narrow_role_on_one_resource_passes():
    assert refusals(grant()) == {}


def test_a_narrow_role_on_one_resource_passes_in_a_preview_too():
    assert refusals(grant(), preview=True) == {}


@pytest.mark.parametrize("guid_", [OWNER, *some(Verdict.REFUSED, 40)])
def test_an_administrator_role_is_refused_and_the_message_says_what_to_grant(guid_: str):
    messages = refusals(grant_role(guid_, description="because"))
    refused = role(guid_)

    assert refused
    assert messages.keys() == {"role-gives-no-administration"}
    assert f"{refused.name} on {VAULT}: " in messages["role-gives-no-administration"]
    assert f"grant {refused.instead} instead" in messages["role-gives-no-administration"]


def test_an_administrator_role_on_something_new_is_refused_in_the_preview_already():
    def program() -> None:
        identity = managedidentity.UserAssignedIdentity("other", resource_group_name="rg")
        grant_role(OWNER, scope=identity.id)()

    messages = refusals(program, preview=True)

    assert "Owner on something not known yet: " in messages["role-gives-no-administration"]


def test_an_administrator_role_without_a_readable_scope_is_refused_as_such():
    recording = run(grant_role(OWNER))
    assignment = recording.one("RoleAssignment")
    assignment.inputs["scope"] = [VAULT]

    messages = {v.rule: v.message for v in judge(recording)}

    assert "Owner on scope must be text, but is a list: " in messages["role-gives-no-administration"]
    assert (
        "cannot judge grant: scope must be text, but is a list; write it as"
        in messages["assignment-scope-is-one-resource"]
    )


def test_managed_identity_operator_on_something_new_is_judged_at_the_update():
    def program() -> None:
        identity = managedidentity.UserAssignedIdentity("kubelet", resource_group_name="rg")
        grant_role(MANAGED_IDENTITY_OPERATOR, scope=identity.id)()

    preview, update = judge(run(program, preview=True)), judge(run(program))

    assert {(v.rule, v.level) for v in preview} >= {
        ("role-gives-no-administration", "ADVISORY"),
        ("assignment-scope-is-one-resource", "ADVISORY"),
    }
    assert {v.rule for v in update if v.level == "MANDATORY"} == {"operator-role-is-the-control-planes"}


@pytest.mark.parametrize("guid_", some(Verdict.NARROW, 8))
def test_a_narrow_role_passes(guid_: str):
    assert refusals(grant_role(guid_)) == {}


@pytest.mark.parametrize("guid_", [*some(Verdict.WIDE, 12), guid("my role")])
def test_a_wider_or_unlisted_role_needs_a_reason(guid_: str):
    listed: Config = {"assigned-role-is-known": {"roles": [guid("my role")]}}
    why = "The nightly export signs its own links."

    assert refusals(grant_role(guid_), config=listed).keys() == {"wider-role-has-a-reason"}
    assert refusals(grant_role(guid_, description="  "), config=listed).keys() == {"wider-role-has-a-reason"}
    assert refusals(grant_role(guid_, description=why), config=listed) == {}


def test_a_reason_that_is_accepted_is_shown():
    program = grant_role(guid("my role"), description="The nightly export signs its own links.")

    assert "The nightly export signs its own links." in advice(program)["wider-role-has-a-reason"]


def test_reasons_of_programs_can_be_switched_off():
    program = grant_role(guid("my role"), description="The nightly export signs its own links.")

    for config in ({"pack-settings": OFF}, {"wider-role-has-a-reason": OFF}):
        messages = refusals(program, config=config)
        assert "have it excepted in the pack's configuration" in messages["wider-role-has-a-reason"]


def test_network_contributor_passes_on_a_network_with_a_reason_alone():
    subnet = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"

    of_stack = "network-role-is-the-control-planes"
    without, within = grant_role(NETWORK_CONTRIBUTOR, scope=subnet), "joins nodes"
    assert refusals(without).keys() == {"wider-role-has-a-reason", of_stack}
    assert refusals(grant_role(NETWORK_CONTRIBUTOR, scope=subnet, description=within)).keys() == {of_stack}
    assert "role-gives-no-administration" in refusals(grant_role(NETWORK_CONTRIBUTOR, description="joins nodes"))


@pytest.mark.parametrize(
    "spelling",
    [
        f"/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
        OWNER_UPPER,
        f"{GROUP}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
        f"/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
    ],
)
def test_every_spelling_of_a_role_is_the_same_role(spelling: str):
    assert "Owner on" in refusals(grant(role_definition_id=spelling))["role-gives-no-administration"]


@pytest.mark.parametrize(
    "spelling",
    [
        "Owner",
        OWNER,
        role_id(OWNER) + "/",
        role_id(OWNER) + " ",
        role_id(OWNER) + "\n",
        role_id("{" + OWNER + "}"),
        role_id(OWNER).replace("roleDefinitions/", "roleDefinitions%2F"),
        "",
    ],
)
def test_a_role_that_cannot_be_read_is_refused(spelling: str):
    message = refusals(grant(role_definition_id=spelling))["role-gives-no-administration"]

    assert "which names no role" in message


@pytest.mark.parametrize("scope", [IDENTITY, IDENTITY.upper()])
def test_managed_identity_operator_passes_on_one_identity(scope: str):
    assert refusals(grant_role(MANAGED_IDENTITY_OPERATOR, scope=scope), stack=False) == {}


@pytest.mark.parametrize("scope", [VAULT, GROUP, f"{IDENTITY}/federatedIdentityCredentials/x", f"{IDENTITY}/", "/"])
def test_managed_identity_operator_is_refused_anywhere_else(scope: str):
    assert "role-gives-no-administration" in refusals(grant_role(MANAGED_IDENTITY_OPERATOR, scope=scope))


@pytest.mark.parametrize(
    ("scope", "what"),
    [
        (f"/subscriptions/{SUBSCRIPTION}", "a subscription"),
        (f"/SUBSCRIPTIONS/{SUBSCRIPTION}/", "a subscription"),
        ("/providers/Microsoft.Management/managementGroups/mg", "a management group"),
        ("/", "the whole tenant"),
    ],
)
def test_a_scope_above_a_resource_group_is_refused(scope: str, what: str):
    messages = refusals(grant(scope=scope))

    assert messages.keys() == {"assignment-scope-is-below-the-subscription"}
    assert f"{scope!r}, {what}; grant the role" in messages["assignment-scope-is-below-the-subscription"]


@pytest.mark.parametrize(
    ("scope", "what"),
    [
        (GROUP, "a resource group"),
        (f"{GROUP}/".upper(), "a resource group"),
        ("", "not a resource"),
        (f"{VAULT}/", "not a resource"),
        (f"{VAULT}/secrets", "not a resource"),
        (f"{VAULT}/../..", "not a resource"),
        (f"{GROUP}/providers/Microsoft.KeyVault/vaults/..", "not a resource"),
        (f"{GROUP}//providers/Microsoft.KeyVault/vaults/x", "not a resource"),
        (f"{VAULT}?x=1", "not a resource"),
        (f"{VAULT}\n", "not a resource"),
        (f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Foo/bars/x", "not a resource"),
    ],
)
def test_a_scope_above_a_resource_is_refused(scope: str, what: str):
    messages = refusals(grant(scope=scope))

    assert messages.keys() == {"assignment-scope-is-one-resource"}
    assert f"{scope!r}, {what}; grant the role on the one resource" in messages["assignment-scope-is-one-resource"]


@pytest.mark.parametrize("scope", [VAULT, f"{VAULT}/secrets/db", VAULT.upper()])
def test_a_resource_or_a_part_of_it_is_a_scope(scope: str):
    assert refusals(grant(scope=scope)) == {}


@pytest.mark.parametrize("type_", [None, "", "User", "Human", "ServicePrincipal "])
def test_a_principal_type_must_be_named(type_: str | None):
    assert refusals(grant(principal_type=type_)).keys() == {"assignment-names-its-principal-type"}


@pytest.mark.parametrize("type_", [None, "User"])
def test_an_assignment_that_does_not_say_whose_it_is_is_judged_as_a_workloads(type_: str | None):
    messages = refusals(grant_role(OWNER, principal_type=type_, scope=GROUP))

    assert {"role-gives-no-administration", "assignment-scope-is-one-resource"} < messages.keys()
    assert "also what azure-native writes" in messages["assignment-names-its-principal-type"]


@pytest.mark.parametrize("type_", ["Group", "ForeignGroup", "group"])
def test_groups_of_people_may_have_roles_that_workloads_may_not(type_: str):
    people = {"principal_type": type_, "principal_id": "0b7a1c52-53a4-4c8e-9a57-6d1f2e3a4b01"}
    cluster = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"

    assert refusals(grant_role(AKS_ADMIN, **people, scope=cluster)) == {}
    assert refusals(grant_role(AKS_ADMIN, **people, scope=f"{cluster}/namespaces/shop")) == {}
    assert refusals(grant_role(OWNER, **people)).keys() == {"people-get-no-right-to-give-rights"}
    assert refusals(grant_role(SECRETS_OFFICER, **people)).keys() == {"wide-role-of-people-has-a-reason"}
    assert refusals(grant_role(SECRETS_OFFICER, **people, description="who keep them")) == {}


def test_a_name_is_a_guid():
    assert refusals(grant(role_assignment_name="orders-secrets")).keys() == {"assignment-name-is-a-guid"}
    assert refusals(grant(role_assignment_name=guid("orders").upper())) == {}
