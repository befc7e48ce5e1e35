"""How rules meet resources: which types they match, and what happens when they cannot judge."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from inspect import getsource
from typing import Any

import pulumi
import pytest
from aks_workload_identity_policy import RULES, Finding, Resource, Rule, Stack, StackRule, rule, stack_rule
from aks_workload_identity_policy.judgement import RuleError
from aks_workload_identity_policy.resource import kind_of
from pulumi_azure_native import authorization, keyvault, managedidentity
from pulumi_policy import EnforcementLevel, Severity

from tests import recorder
from tests.azure_mocks import TENANT
from tests.policy.builders import role_id
from tests.policy.judging import VAULT, Violation, configured, judge, request_of, stack_of, violations_of
from tests.policy.programs import twins
from tests.recorder import UNKNOWN, Recording, run

KINDS = sorted({kind for rule in RULES for kind in rule.kinds})


def an_identity() -> None:
    managedidentity.UserAssignedIdentity("orders", resource_group_name="rg")


@cache
def sample() -> recorder.Resource:
    return run(an_identity).one("UserAssignedIdentity")


def registered(type_: str, inputs: dict[str, Any]) -> Recording:
    """A registration as programs in any language can send it: with any token and inputs of any shape."""
    return Recording(resources=[replace(sample(), type=type_, inputs=inputs)])


def rules_of(violations: list[Violation], level: str | None = None) -> set[str]:
    return {v.rule for v in violations if level in (None, v.level)}


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

    assert {"vault-uses-azure-rbac", "vault-has-purge-protection"} <= rules_of(violations, "MANDATORY")


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


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("kubernetes:apps/v1:Deployment", "apps:deployment"),
        ("kubernetes:apps/v1beta1:DeploymentPatch", "apps:deployment"),
        ("kubernetes:core/v1:ConfigMapPatch", "core:configmap"),
        (
            "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
            "secrets-store.csi.x-k8s.io:secretproviderclass",
        ),
    ],
)
def test_objects_of_kubernetes_are_known_in_every_version_and_as_patches(token: str, kind: str):
    assert kind_of(token) == kind


def test_the_objects_of_a_list_are_judged_one_by_one():
    secret = {"metadata": {"name": "a"}, "stringData": {"AZURE_CLIENT_SECRET": "x"}}

    violations = judge(registered("kubernetes:core/v1:SecretList", {"items": [{"metadata": {}}, secret]}))

    assert rules_of(violations) == {"object-holds-no-azure-credential"}


def test_a_stack_is_judged_in_the_order_of_registration_in_whatever_order_it_is_sent():
    recording = run(lambda: twins("twins", "orders"))
    shuffled = replace(recording, resources=recording.resources[::-1])
    server = configured()
    for one in recording.resources:
        server.Analyze(request_of(one), None)

    found = violations_of(server.AnalyzeStack(stack_of(shuffled), None))

    assert [one.resource for one in about("credential-is-unique-on-its-identity", found)] == ["twins-b"]


SHAPES: list[Any] = [[], ["a"], {}, {"a": 1}, "x", 1, True, [None], [{}], None, {"a": None}, [["a"]], UNKNOWN]


@pytest.mark.parametrize("kind", KINDS)
def test_no_shape_of_a_property_crashes_a_rule(kind: str):
    in_cluster = "k8s.io" in kind or kind.partition(":")[0] in ("core", "apps", "batch", "extensions")
    token = f"{'kubernetes' if in_cluster else 'azure-native'}:{kind}"
    sources = {getsource(__import__(one.judge.__module__, fromlist=["x"])) for one in RULES if kind in one.kinds}
    read = set(re.findall(r"\"([a-z]\w+)\"", "".join(sources)))
    assert len(read) > 2
    for value in SHAPES:
        inside = dict.fromkeys(sorted(read), value)
        pod = {"metadata": inside, "spec": {**inside, "containers": [inside], "volumes": [inside]}}
        wrapped = {**inside, "properties": inside, "spec": {**inside, "template": pod}, "rules": [inside]}
        for inputs in (inside, wrapped):
            judge(registered(token, inputs))


@pytest.mark.parametrize(
    "inputs", [{"podIdentityProfile": [{"enabled": True}]}, {"podIdentityProfile": {"enabled": "true"}}]
)
def test_a_shape_that_cannot_be_judged_is_a_violation_that_names_the_rule(inputs: dict[str, Any]):
    violations = judge(registered("azure-native:containerservice:ManagedCluster", inputs))

    message = next(v.message for v in violations if v.rule == "cluster-has-no-pod-identity")
    assert f"cluster-has-no-pod-identity cannot judge {sample().name}: podIdentityProfile" in message
    assert "write it as the type's documentation has it, or have it excepted" in message


@pytest.mark.parametrize("level", list(EnforcementLevel)[:2])
def test_a_bug_in_a_rule_fails_the_run_whatever_its_level_and_names_the_rule(level: EnforcementLevel):
    @rule("vault-is-lucky", "keyvault:Vault", why="Luck.", severity=Severity.LOW, level=level)
    def broken(vault: Resource) -> Iterator[str]:
        yield str(1 / len(vault.text("name") or ""))

    with pytest.raises(RuleError, match=r"vault-is-lucky has a bug .* urn:.*ZeroDivisionError"):
        judge(registered("azure-native:keyvault:Vault", {}), rules=[broken])


def test_a_bug_in_a_stack_rule_fails_the_run_and_names_the_rule():
    @stack_rule("stack-is-lucky", "keyvault:Vault", why="Luck.", severity=Severity.LOW)
    def broken(stack: Stack) -> Iterator[Finding]:
        yield next(iter(stack.of("nothing:here")))  # pyright: ignore[reportReturnType]

    with pytest.raises(RuleError, match="stack-is-lucky has a bug"):
        judge(registered("azure-native:keyvault:Vault", {}), rules=[broken])


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
            public_network_access="Disabled",
        ),
    )


def about(rule_: str, violations: list[Violation]) -> list[Violation]:
    return [v for v in violations if v.rule == rule_]


def test_an_unknown_value_is_pointed_out_in_the_preview_and_judged_at_the_update():
    preview = about("vault-uses-azure-rbac", judge(run(vault_of_unknown_mode, preview=True)))
    update = about("vault-uses-azure-rbac", judge(run(vault_of_unknown_mode)))

    assert [v.level for v in preview] == ["ADVISORY"]
    assert "properties.enableRbacAuthorization of kv is not known in this preview" in preview[0].message
    assert [v.level for v in update] == ["MANDATORY"]


@pytest.mark.parametrize(
    "config", [{"vault-uses-azure-rbac": {"unknown": "report"}}, {"pack-settings": {"unknown": "report"}}]
)
def test_an_unknown_value_can_be_made_a_violation_of_the_preview(config: dict[str, Any]):
    found = about("vault-uses-azure-rbac", judge(run(vault_of_unknown_mode, preview=True), config=config))

    assert [v.level for v in found] == ["MANDATORY"]
    assert "properties.enableRbacAuthorization of kv is not known in this preview" in found[0].message


@pytest.mark.parametrize("inputs", [{"audiences": UNKNOWN}, {"audiences": [UNKNOWN]}])
def test_an_unknown_list_is_not_taken_for_an_empty_one(inputs: dict[str, Any]):
    violations = judge(registered("azure-native:managedidentity:FederatedIdentityCredential", inputs))

    level = next(v.level for v in violations if v.rule == "credential-audience-is-the-clouds")
    assert level == "ADVISORY"


def test_what_is_known_beside_an_unknown_value_is_judged():
    env = [{"name": "A", "value": UNKNOWN}, {"name": "AZURE_CLIENT_SECRET", "value": "x"}]
    spec = {"template": {"spec": {"containers": [{"name": "a", "env": env}]}}}

    found = about("pod-holds-no-azure-credential", judge(registered("kubernetes:apps/v1:Deployment", {"spec": spec})))

    assert [v.level for v in found] == ["MANDATORY", "ADVISORY"]


def test_a_secret_value_is_judged_like_any_other():
    def program() -> None:
        authorization.RoleAssignment(
            "g",
            principal_id="p",
            principal_type="ServicePrincipal",
            role_definition_id=role_id("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
            scope=pulumi.Output.secret(VAULT),
        )

    assert rules_of(judge(run(program))) == {"role-gives-no-administration"}


def tagged(identity: Resource) -> Iterator[str]:
    yield f"{identity.name} has no tags"


TAGGED = rule("identity-is-tagged", "managedidentity:UserAssignedIdentity", why="Owners.", severity=Severity.LOW)(
    tagged
)


def test_rules_of_others_can_be_added():
    mine: list[Rule | StackRule] = [*RULES, TAGGED]

    violations = judge(run(an_identity), mine)

    assert [(v.rule, v.message) for v in violations] == [("identity-is-tagged", "Owners.\norders has no tags")]
