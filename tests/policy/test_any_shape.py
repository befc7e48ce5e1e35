"""No shape of any property crashes a rule: every rule's own programs, with something else put in their place."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import aks_workload_identity_policy
import pytest
from aks_workload_identity_policy import RULES, AnyRule, Finding, Resource, Stack, rule, stack_rule
from aks_workload_identity_policy.judgement import RuleError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pulumi_policy import Severity

from tests.policy.cases import CASES, Case
from tests.policy.judging import AnyAzure, judge, opened
from tests.recorder import UNKNOWN, Recording, run

PACK = Path(aks_workload_identity_policy.__path__[0])
NAMES = sorted(
    {
        node.value
        for file in PACK.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    }
)
ODD = ("", "true", "*", "a: [b", "/", "//", "https://[", "system:serviceaccount:a:b", "{", "=", "\x00", "٣", "a" * 300)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**31), 2**31), st.just(UNKNOWN), st.sampled_from(ODD), st.text()
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)),
    max_leaves=6,
)
Place = tuple[str | int, ...]
quietly = settings(
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def places(value: object, at: Place = ()) -> Iterator[Place]:
    """The path of everything in an object."""
    inside: list[tuple[str | int, Any]] = []
    if isinstance(value, Mapping):
        inside = list(value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inside = list(enumerate(value))
    for key, item in inside:
        yield (*at, key)
        yield from places(item, (*at, key))


def put(inside: dict[str, Any], place: Place, value: object) -> dict[str, Any]:
    """A copy with something else at a place."""
    changed: Any = deepcopy(inside)
    at = changed
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return changed


def spoilt(recording: Recording, data: st.DataObject) -> Recording:
    """The recording with something else somewhere in what one resource asks for, and somewhere in what comes of it."""
    one = data.draw(st.sampled_from(range(len(recording.resources))))
    resources, states = list(recording.resources), dict(recording.states)
    target = resources[one]
    inputs, made = opened(target.inputs), opened(states[target.urn])
    if paths := list(places(inputs)):
        inputs = put(inputs, data.draw(st.sampled_from(paths)), data.draw(VALUES))
    if paths := list(places(made)):
        made = put(made, data.draw(st.sampled_from(paths)), data.draw(VALUES))
    resources[one] = replace(target, inputs=inputs)
    states[target.urn] = made
    return replace(recording, resources=resources, states=states)


def fuzz(case: Case, rules: Sequence[AnyRule], examples: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    recording = run(case.refused, mocks=AnyAzure())

    @settings(quietly, max_examples=examples, phases=phases)
    @given(st.data())
    def judged(data: st.DataObject) -> None:
        judge(spoilt(recording, data), rules, config=case.config)

    judged()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_no_shape_of_anything_in_its_case_crashes_a_rule(case: Case):
    fuzz(case, RULES, 10)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_nor_do_many_of_them(case: Case):
    fuzz(case, RULES, 100)


def planted(name: str, *kinds: str):
    return rule(name, *kinds, why="Planted.", severity=Severity.LOW)


@planted("takes-for-text", "keyvault:Vault")
def takes_for_text(vault: Resource) -> Iterator[str]:
    if vault.properties["properties"]["sku"]["name"].lower() == "premium":
        yield "never"


@planted("takes-for-objects", "apps:Deployment")
def takes_for_objects(workload: Resource) -> Iterator[str]:
    for container in workload.properties["spec"]["template"]["spec"]["containers"]:
        if container.get("name") == 0:
            yield "never"


@stack_rule("takes-outputs-for-text", "managedidentity:UserAssignedIdentity", why="Planted.", severity=Severity.LOW)
def takes_outputs_for_text(stack: Stack) -> Iterator[Finding]:
    for identity in stack.of("managedidentity:UserAssignedIdentity"):
        if not identity.made.properties["principalId"].isascii():
            yield Finding(identity, "never")


@pytest.mark.parametrize(
    ("wrong", "case"),
    [
        (takes_for_text, "vault-uses-azure-rbac"),
        (takes_for_objects, "pod-holds-no-azure-credential"),
        (takes_outputs_for_text, "identity-with-roles-is-used"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_crash_that_is_planted_is_found(wrong: AnyRule, case: str):
    chosen = next(one for one in CASES if one.rule == case)

    with pytest.raises(RuleError, match=f"{wrong.name} has a bug"):
        fuzz(chosen, [wrong], 100, [Phase.generate])
