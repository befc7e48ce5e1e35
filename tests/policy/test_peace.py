"""Programs as careful people write them: nothing is said against them."""

import pytest

from tests.components.test_program import dev_stack
from tests.policy.judging import AnyAzure, judge
from tests.policy.peace import GOODS
from tests.policy.peace.good import Good
from tests.recorder import run

RECOMMENDED = {"cluster-keeps-audit-logs"}


def test_there_are_enough_of_them():
    assert len(GOODS) >= 30
    assert len({good.name for good in GOODS}) == len(GOODS)


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.name)
def test_nothing_is_said_against_it(good: Good):
    found = judge(run(good.program, mocks=AnyAzure()), config=good.config)

    against = {v.rule: v.message for v in found if "accepted for the reason" not in v.message}
    excepted = {name for name, message in against.items() if "excepted until" in message}
    assert against.keys() - excepted - RECOMMENDED - HALF_MADE.get(good.name, set()) == set(), against


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.name)
def test_nothing_stops_its_preview(good: Good):
    found = judge(run(good.program, preview=True, mocks=AnyAzure()), config=good.config)

    assert {v.rule: v.message for v in found if v.level == "MANDATORY"} == {}


@pytest.mark.parametrize("preview", [False, True])
def test_nothing_stops_the_dev_stack(preview: bool):
    assert {v.rule: v.message for v in judge(dev_stack(preview=preview)) if v.level == "MANDATORY"} == {}


# Snippets that are about one thing, and leave an identity without its other half.
HALF_MADE = {
    "a pod of another namespace with the same account name": {
        "federated-identity-has-roles",
        "identity-with-roles-is-used",
    },
}
