"""How rules meet resources: which types they match, and what happens when they cannot judge."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from inspect import getsource
from typing import Any

import pulumi
import pytest
from aks_workload_identity_policy import RULES, Rule, rule
from aks_workload_identity_policy.resource import Resource, kind_of
from pulumi_azure_native import authorization, keyvault, managedidentity
from pulumi_policy import Severity

from tests import recorder
from tests.azure_mocks import TENANT
from tests.policy.judging import VAULT, Violation, judge
from tests.recorder import UNKNOWN, Recording, run

PROPERTIES = re.findall(r"(?:text|flag|texts)\(\"(\w+)\"", "".join(getsource(rule.judge) for rule in RULES))


def an_identity() -> None:
    managedidentity.UserAssignedIdentity("orders", resource_group_name="rg")


@cache
def sample() -> recorder.Resource:
    return run(an_identity).one("UserAssignedIdentity")


def registered(type_: str, inputs: dict[str, Any]) -> Recording:
    """A registration as programs in any language can send it: with any token and inputs of any shape."""
    return Recording(resources=[replace(sample(), type=type_, inputs=inputs)])


def rules_of(violations: list[Violation]) -> set[str]:
    return {v.rule for v in violations}


@pytest.mark.parametrize(
    "token",
    [
        "azure-native:keyvault:Vault",
        "azure-native:keyvault/v20230701:Vault",
        "azure-native:keyvault/v20240401preview:Vault",
        "azure-native_keyvault_v20230701:keyvault:Vault",
        "azure-native_keyvault_v20230701:keyvault/v20230701:Vault",
        "azure-nextgen:keyvault/latest:Vault",
    ],
)
def test_every_version_and_package_of_a_type_is_judged(token: str):
    violations = judge(registered(token, {"properties": {}}))

    assert rules_of(violations) == {"vault-uses-azure-rbac", "vault-has-purge-protection"}


@pytest.mark.parametrize(
    "token", ["azure-native:recoveryservices:Vault", "azure-native:keyvault:VaultX", "keyvault:Vault", "Vault", ""]
)
def test_a_type_that_only_looks_alike_is_left_alone(token: str):
    assert judge(registered(token, {"properties": {}})) == []


def test_every_alias_of_the_real_classes_is_of_the_same_kind():
    recording = run(
        lambda: authorization.RoleAssignment("g", principal_id="p", role_definition_id="r", scope=VAULT) and None
    )
    aliases = [alias.partition("::")[0] for alias in recording.one("RoleAssignment").options.aliases]

    assert len(aliases) > 5
    assert {kind_of(alias) for alias in aliases} == {"authorization:roleassignment"}


def test_the_properties_that_rules_read_are_found():
    assert {"scope", "subject", "audiences", "aadProfile", "podIdentityProfile", "properties"} <= set(PROPERTIES)


@pytest.mark.parametrize("value", [[], ["a"], {}, {"a": 1}, "x", 1, True, [None], [{}]])
@pytest.mark.parametrize("type_", sorted({kind for rule in RULES for kind in rule.kinds}))
def test_no_shape_of_a_property_crashes_a_rule(type_: str, value: Any):
    for key in PROPERTIES:
        for violation in judge(registered(f"azure-native:{type_}", {key: value})):
            assert "has a bug" not in violation.message


@pytest.mark.parametrize(
    "inputs", [{"podIdentityProfile": [{"enabled": True}]}, {"podIdentityProfile": {"enabled": "true"}}]
)
def test_a_shape_that_cannot_be_judged_is_a_violation_that_names_the_rule(inputs: dict[str, Any]):
    violations = judge(registered("azure-native:containerservice:ManagedCluster", inputs))

    message = next(v.message for v in violations if v.rule == "cluster-has-no-pod-identity")
    assert "cluster-has-no-pod-identity cannot judge this resource: podIdentityProfile" in message


def test_a_bug_in_a_rule_is_a_violation_that_names_the_rule():
    @rule("vault-is-lucky", "keyvault:Vault", why="Luck.", severity=Severity.LOW)
    def broken(vault: Resource) -> Iterator[str]:
        yield str(1 / len(vault.text("name") or ""))

    violations = judge(registered("azure-native:keyvault:Vault", {}), rules=[broken])

    assert [(v.rule, v.level) for v in violations] == [("vault-is-lucky", "MANDATORY")]
    assert "vault-is-lucky has a bug" in violations[0].message
    assert "ZeroDivisionError" in violations[0].message


def vault_of_unknown_mode() -> None:
    identity = managedidentity.UserAssignedIdentity("orders", resource_group_name="rg")
    keyvault.Vault(
        "kv",
        resource_group_name="rg",
        properties=keyvault.VaultPropertiesArgs(
            tenant_id=TENANT,
            sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
            enable_rbac_authorization=identity.principal_id.apply(lambda _: False),
            enable_purge_protection=True,
        ),
    )


def test_an_unknown_value_is_pointed_out_in_the_preview_and_judged_at_the_update():
    preview, update = judge(run(vault_of_unknown_mode, preview=True)), judge(run(vault_of_unknown_mode))

    assert [(v.rule, v.level) for v in preview] == [("vault-uses-azure-rbac", "ADVISORY")]
    assert "properties.enableRbacAuthorization can't be known during preview" in preview[0].message
    assert [(v.rule, v.level) for v in update] == [("vault-uses-azure-rbac", "MANDATORY")]


def test_an_unknown_value_can_be_made_a_violation_of_the_preview():
    config = {"vault-uses-azure-rbac": {"unknown": "report"}}

    violations = judge(run(vault_of_unknown_mode, preview=True), config=config)

    assert [(v.rule, v.level) for v in violations] == [("vault-uses-azure-rbac", "MANDATORY")]
    assert "properties.enableRbacAuthorization is not known in this preview" in violations[0].message


@pytest.mark.parametrize("inputs", [{"audiences": UNKNOWN}, {"audiences": [UNKNOWN]}])
def test_an_unknown_list_is_not_taken_for_an_empty_one(inputs: dict[str, Any]):
    violations = judge(registered("azure-native:managedidentity:FederatedIdentityCredential", inputs))

    level = next(v.level for v in violations if v.rule == "credential-audience-is-the-clouds")
    assert level == "ADVISORY"


def test_a_secret_value_is_judged_like_any_other():
    def program() -> None:
        authorization.RoleAssignment(
            "g",
            principal_id="p",
            principal_type="ServicePrincipal",
            role_definition_id="/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
            scope=pulumi.Output.secret(VAULT),
        )

    assert rules_of(judge(run(program))) == {"role-gives-no-administration"}


def test_rules_of_others_can_be_added():
    @rule("identity-is-tagged", "managedidentity:UserAssignedIdentity", why="Owners are found.", severity=Severity.LOW)
    def tagged(identity: Resource) -> Iterator[str]:
        yield f"{identity.name} has no tags"

    mine: list[Rule] = [*RULES, tagged]

    violations = judge(
        run(lambda: managedidentity.UserAssignedIdentity("orders", resource_group_name="rg") and None), mine
    )

    assert [(v.rule, v.message) for v in violations] == [
        ("identity-is-tagged", "Owners are found.\norders has no tags")
    ]
