"""ClusterPolicies: one assignment a policy, audit first, on clusters made here and looked up."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from aks_workload_identity import ClusterPolicies, ClusterPoliciesArgs, ExistingCluster, InvalidArgumentError
from aks_workload_identity.cluster.azure_policy import AllowedImages
from aks_workload_identity.cluster.built_in_policies import SYSTEM_EXCLUSIONS, built_in_policies
from aks_workload_identity.names import SYSTEM_NAMESPACES
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.azure.policy import built_in_policies as azures
from tests.azure_mocks import TENANT, AzureMocks
from tests.azure_mocks import _existing_cluster as described  # pyright: ignore[reportPrivateUsage]
from tests.components.builders import GROUP, cluster
from tests.recorder import Resource, attempt, run

pytestmark = pytest.mark.capability("A12")
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"
LEAST: Mapping[str, dict[str, Any]] = {
    "privileged_containers": {},
    "privilege_escalation": {},
    "allowed_images": {"allowed_container_images_regex": r"^crshop\.azurecr\.io/.+$"},
    "non_root_containers": {},
    "resource_limits": {"cpu_limit": "500m", "memory_limit": "1Gi"},
    "host_paths": {},
    "workload_identity": {},
    "pod_security_baseline": {},
    "pod_security_restricted": {},
    "trusted_issuers": {"allowed_tenants": [TENANT]},
}
TRUSTED = {"trusted_issuers": LEAST["trusted_issuers"]}


def policies(name: str = "shop", **changes: Any) -> ClusterPolicies:
    if "trusted_issuers" in changes:
        changes.setdefault("identities_scope", GROUP)
    if "cluster" not in changes:
        changes["cluster"] = cluster()
    return ClusterPolicies(name, ClusterPoliciesArgs(**changes))


def assigned(**changes: Any) -> Resource:
    return run(lambda: policies(**changes)).one("PolicyAssignment")


def values(assignment: Resource) -> dict[str, Any]:
    return {name: parameter["value"] for name, parameter in assignment.inputs["parameters"].items()}


@pytest.mark.parametrize("field", LEAST)
def test_every_policy_starts_as_audit_and_is_enforced_when_it_is_moved(field: str):
    assignment = assigned(**{field: LEAST[field]})

    assert assignment.name == f"shop-{field.replace('_', '-')}"
    assert assignment.inputs["policyAssignmentName"] == assignment.name
    assert values(assignment)["effect"] == "Audit"
    assert assignment.inputs["enforcementMode"] == "Default"
    assert assignment.inputs["scope"] == (GROUP if field == "trusted_issuers" else CLUSTER_ID)


@pytest.mark.parametrize("field", [field for field in LEAST if field != "workload_identity"])
def test_every_policy_that_azure_can_enforce_is_moved_alone(field: str):
    others = {other: LEAST[other] for other in ("privileged_containers", "host_paths") if other != field}

    recording = run(lambda: policies(**{**others, field: {**LEAST[field], "effect": "Deny"}}))

    effects = {each.name: values(each)["effect"] for each in recording.of_type("PolicyAssignment")}
    assert [name for name, effect in effects.items() if effect == "Deny"] == [f"shop-{field.replace('_', '-')}"]
    assert set(effects.values()) == {"Audit", "Deny"}


@pytest.mark.parametrize("field", LEAST)
def test_azure_knows_the_definition_its_parameters_and_its_effect(field: str):
    inputs = assigned(**{field: LEAST[field]}).inputs

    kind, guid = inputs["policyDefinitionId"].split("/")[-2:]
    policy = azures()[kind.lower(), guid]
    sent = set(inputs["parameters"])
    assert inputs["displayName"] == policy["name"]
    assert sent <= {*policy["required"], *policy["optional"], "effect"}
    assert set(policy["required"]) <= sent
    assert {"Audit", "Disabled"} <= set(policy["effects"])
    assert inputs["definitionVersion"].partition(".")[0] == policy["version"].partition(".")[0]
    assert inputs["definitionVersion"].endswith("-preview") == policy["version"].endswith("-preview")


@pytest.mark.parametrize("key", built_in_policies())
def test_the_table_says_what_azures_own_says(key: str):
    row = built_in_policies()[key]

    policy = azures()[row.type.lower(), row.id]
    assert (row.version, row.display_name) == (policy["version"], policy["name"])
    assert set(row.parameters) - {"effect"} == {*policy["required"], *policy["optional"]}
    assert {name for name, of in row.parameters.items() if "default" not in of} == set(policy["required"])
    assert row.parameters["effect"]["allowed_values"] == [e for e in policy["effects"] if e[0].isupper()]


def test_namespaces_of_aks_stay_excluded_beside_the_callers():
    excluded = values(assigned(privileged_containers={}, excluded_namespaces=["batch"]))["excludedNamespaces"]

    assert excluded == sorted([*SYSTEM_EXCLUSIONS, "batch"])
    default = built_in_policies()["privileged_containers"].parameters["excludedNamespaces"]["default"]
    assert set(default) == set(SYSTEM_EXCLUSIONS)


@pytest.mark.parametrize(
    ("field", "arguments", "expected"),
    [
        ("allowed_images", LEAST["allowed_images"], {"allowedContainerImagesRegex": r"^crshop\.azurecr\.io/.+$"}),
        ("resource_limits", LEAST["resource_limits"], {"cpuLimit": "500m", "memoryLimit": "1Gi"}),
        ("non_root_containers", {}, {"runAsUserRule": "MustRunAsNonRoot"}),
        ("host_paths", {}, {"allowedHostPaths": {"paths": []}}),
        (
            "host_paths",
            {"allowed_host_paths": [{"path_prefix": "/var/log"}]},
            {"allowedHostPaths": {"paths": [{"pathPrefix": "/var/log", "readOnly": True}]}},
        ),
        (
            "trusted_issuers",
            {"allowed_tenants": [TENANT], "allowed_locations": ["westeurope"]},
            {"allowedTenants": [TENANT], "allowedLocations": ["westeurope"], "allowedClusterExceptions": []},
        ),
    ],
)
def test_typed_arguments_become_the_definitions_parameters(field: str, arguments: Any, expected: dict[str, Any]):
    sent = values(assigned(**{field: arguments}))

    assert {name: sent[name] for name in expected} == expected


def test_a_cluster_that_exists_is_guarded_like_an_own_one():
    def on_existing() -> ClusterPolicies:
        return policies(cluster=ExistingCluster("aks", {"resource_group_name": "rg"}), privileged_containers={})

    assert run(on_existing).one("PolicyAssignment").inputs == assigned(privileged_containers={}).inputs


def test_a_cluster_without_the_add_on_is_refused_with_how_to_turn_it_on():
    off = AzureMocks(
        {"azure-native:containerservice:getManagedCluster": lambda a: {**described(a), "addonProfiles": {}}}
    )

    def on_existing() -> ClusterPolicies:
        return policies(cluster=ExistingCluster("aks", {"resource_group_name": "rg"}), privileged_containers={})

    for recording in (
        attempt(on_existing, mocks=off),
        attempt(lambda: policies(cluster=cluster(azure_policy=False), privileged_containers={})),
    ):
        assert "cluster must have the Azure Policy add-on, which privileged_containers need" in str(recording.error)
        assert "az aks enable-addons --addons azure-policy" in str(recording.error)
        assert recording.of_type("PolicyAssignment") == []


def test_what_azure_itself_judges_needs_no_add_on():
    made = run(
        lambda: policies(
            cluster=cluster(azure_policy=False), workload_identity={}, trusted_issuers=LEAST["trusted_issuers"]
        )
    )

    assert len(made.of_type("PolicyAssignment")) == 2


def test_an_automatic_cluster_always_has_the_add_on():
    made = run(lambda: policies(cluster=cluster(sku="Automatic"), privileged_containers={}))

    assert len(made.of_type("PolicyAssignment")) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "must name at least one policy"),
        (
            {"privileged_containers": {"effect": "deny"}},
            "effect must be 'Audit', 'Deny' or 'Disabled'",
        ),
        ({"workload_identity": {"effect": "Deny"}}, "workload_identity.effect must be 'Audit' or 'Disabled'"),
        ({"allowed_images": {}}, "allowed_images.allowed_container_images_regex is required"),
        ({"resource_limits": {"cpu_limit": "lots", "memory_limit": "1Gi"}}, "cpu_limit must be cores of a processor"),
        ({"resource_limits": {"cpu_limit": "1", "memory_limit": "1 GB"}}, "memory_limit must be an amount of memory"),
        ({"host_paths": {"allowed_host_paths": [{"path_prefix": "var"}]}}, "path_prefix must be an absolute path"),
        ({"trusted_issuers": {"allowed_tenants": []}}, "allowed_tenants must have at least 1 entry"),
        ({"excluded_namespaces": ["Batch"], "host_paths": {}}, "excluded_namespaces.0 must be a namespace"),
        (
            {"identities_scope": GROUP, "host_paths": {}},
            "identities_scope must be given exactly when trusted_issuers is",
        ),
        (
            {"trusted_issuers": LEAST["trusted_issuers"], "identities_scope": CLUSTER_ID},
            "must be the id of a resource group",
        ),
        (
            {"pod_security_baseline": {}, "pod_security_restricted": {}},
            "must be left out beside pod_security_r",
        ),
        ({"host_path": {}}, "host_path is not known; did you mean host_paths?"),
        ({"name": "x" * 60, "host_paths": {}}, "name must make assignment names of at most 64 characters"),
        ({"name": "a/b", "host_paths": {}}, "got 'a/b-host-paths'"),
    ],
)
def test_a_wrong_argument_is_refused(changes: dict[str, Any], message: str):
    recording = attempt(lambda: policies(**changes))

    assert isinstance(recording.error, InvalidArgumentError)
    assert message in str(recording.error)
    assert recording.of_type("PolicyAssignment") == []


def test_trusted_issuers_need_the_identities_place():
    recording = attempt(lambda: policies(**TRUSTED, identities_scope=None))

    assert "identities_scope must be given exactly when trusted_issuers is" in str(recording.error)


@pytest.mark.parametrize(
    "regex",
    [
        *(r"crshop\.azurecr\.io/.+", r"^crshop\.azurecr\.io/", r"^a$|b$", r"^a/(b$", r"^(a|b)|c$", r"^crshop\$"),
        *(r"^[(]x|.*$", r"^(?#()x|.*$", r"^[^(]x|.*$", r"^[]()]x|.*$", r"^[[(]x|.*$", r"^\[(]x|.*)$|(a$", r"^[a$"),
        *(r"^a$|[^)]$", r"^(?m:a$|b)$", r"^(?=a).*$", r"^(?x: ( #)\n)|.*$", r"^(a)(?(1)b|.*)$", "^", "$", r"^\\|a$"),
    ],
)
def test_a_regex_that_lets_other_images_in_is_refused(regex: str):
    with pytest.raises(InvalidArgumentError, match="must be a regular expression of whole image names"):
        AllowedImages(allowed_container_images_regex=regex)


@pytest.mark.parametrize(
    "regex", [r"^[(]x$", r"^a[.]io/(b|c[)|])+$", r"^(?:a|b)\|c$", r"^a\(b\|c$", r"^a\\$", r"^[\]|]$"]
)
def test_a_regex_of_whole_names_is_accepted(regex: str):
    assert AllowedImages(allowed_container_images_regex=regex).allowed_container_images_regex == regex


_PIECES = [
    *("(", ")", "[", "]", "[^", "|", "^", "$", "\\", "-", ".", "x", "y"),
    *("(?:", "(?#", "(?i:", "(?!", "?", "*", "{2}"),
]


@settings(max_examples=2000)
@given(st.lists(st.sampled_from(_PIECES), max_size=8), st.text("xy()[]|\\", max_size=5))
def test_whatever_is_accepted_is_held_by_both_anchors(pieces: list[str], image: str):
    inside = "".join(pieces)
    try:
        AllowedImages(allowed_container_images_regex=f"^{inside}$")
    except InvalidArgumentError:
        return

    assert bool(re.search(f"^{inside}$", image)) == bool(re.fullmatch(inside, image))


@given(st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=4), st.text("abc/.|-", max_size=9))
def test_an_accepted_regex_matches_whole_names_only(registries: list[str], around: str):
    regex = rf"^({'|'.join(registries)})\.azurecr\.io/[a-z]+$"
    accepted = AllowedImages(allowed_container_images_regex=regex).allowed_container_images_regex

    image = f"{registries[0]}.azurecr.io/app"
    assert re.search(accepted, image)
    assert not around or not re.search(accepted, f"evil{around}/{image}")


def test_what_azures_policies_leave_out_is_no_place_for_workloads():
    assert set(SYSTEM_EXCLUSIONS) <= SYSTEM_NAMESPACES
