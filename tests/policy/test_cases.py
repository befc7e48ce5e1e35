"""Each rule refuses its example, and nothing else does; the mended one passes."""

import pytest
from aks_workload_identity_policy import RULES

from tests.policy.cases import CASES, Case
from tests.policy.judging import AnyAzure, judge
from tests.recorder import run

LEVELS = {rule.name: rule.level.name for rule in RULES}
by_rule = pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)


def test_every_rule_has_a_case_in_the_packs_order():
    assert [case.rule for case in CASES] == [rule.name for rule in RULES]


@by_rule
def test_what_a_rule_is_against_is_refused_by_that_rule_alone(case: Case):
    violations = judge(run(case.refused, mocks=AnyAzure()), config=case.config)

    stopping = {v.rule for v in violations if v.level == "MANDATORY"}
    assert stopping == ({case.rule} if LEVELS[case.rule] == "MANDATORY" else set())
    assert (case.rule, LEVELS[case.rule]) in {(v.rule, v.level) for v in violations}


@by_rule
def test_the_mended_program_passes(case: Case):
    violations = judge(run(case.passed, mocks=AnyAzure()), config=case.config)

    assert {v.rule for v in violations if v.level == "MANDATORY"} == set()
    accepted = [v for v in violations if v.rule == case.rule and "accepted for the reason" not in v.message]
    assert accepted == []


@by_rule
def test_what_to_do_instead_is_said(case: Case):
    violations = judge(run(case.refused, mocks=AnyAzure()), config=case.config)

    message = next(v.message for v in violations if v.rule == case.rule)
    assert any(mark in message for mark in (";", " instead")), message


@by_rule
def test_a_preview_never_says_less_than_that_it_does_not_know(case: Case):
    violations = judge(run(case.refused, preview=True, mocks=AnyAzure()), config=case.config)

    assert case.rule in {v.rule for v in violations}


@by_rule
def test_the_mended_program_passes_in_a_preview_too(case: Case):
    violations = judge(run(case.passed, preview=True, mocks=AnyAzure()), config=case.config)

    assert {v.rule for v in violations if v.level == "MANDATORY"} == set()
