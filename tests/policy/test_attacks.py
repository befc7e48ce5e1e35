"""Programs that each try to smuggle more through than a pod may have: every one is refused."""

import pytest

from tests.policy.attacks import ATTACKS
from tests.policy.attacks.attack import Attack
from tests.policy.judging import AnyAzure, Config, judge
from tests.recorder import run


def test_there_are_enough_of_them():
    assert len(ATTACKS) >= 60
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_is_refused(attack: Attack):
    violations = judge(run(attack.program, mocks=AnyAzure()), config=attack.config)

    assert attack.rule in {v.rule for v in violations if v.level == "MANDATORY"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_does_not_pass_a_strict_preview(attack: Attack):
    config: Config = {"pack-settings": {"unknown": "report"}, **attack.config}

    violations = judge(run(attack.program, preview=True, mocks=AnyAzure()), config=config)

    assert attack.rule in {v.rule for v in violations if v.level == "MANDATORY"}
