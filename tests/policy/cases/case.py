"""The example of a rule."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.policy.judging import Config


@dataclass(frozen=True, kw_only=True)
class Case:
    """A rule's example.

    Args:
        rule: The rule's name.
        refused: Registers what the rule is against, and nothing that another mandatory rule is against.
        passed: The same, mended.
        config: What is configured for both.
    """

    rule: str
    refused: Callable[[], Any]
    passed: Callable[[], Any]
    config: Config = field(default_factory=dict)
