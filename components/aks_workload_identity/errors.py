"""The one error that a user's mistake raises."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Args:
        path: the argument, from the outermost field inwards; empty when the text names it.
        text: the rest of the sentence: the rule, an example, the value.
        names: further field names, which replace `{0}`, `{1}` … in the text.
    """

    path: tuple[str | int, ...]
    text: str
    names: tuple[str, ...] = ()

    def line(self, spell: Callable[[str], str] = str) -> str:
        """The sentence, with field names in the spelling of the place where the user wrote them."""
        path = ".".join(spell(part) if isinstance(part, str) else str(part) for part in self.path)
        text = self.text.format(*map(spell, self.names)) if self.names else self.text
        return f"{path} {text}" if path else text


class InvalidArgumentError(pulumi.RunError, ValueError):
    """Arguments that cannot work, all of them at once.

    It is a `pulumi.RunError`, so that the Pulumi CLI prints the message without a traceback, and a
    `ValueError`, so that callers and tests catch it as what it is. It is raised before the component that
    refuses has registered anything.

    Args:
        where: what was called, for example `FederatedWorkload 'orders'`.
        problems: each renders as `<argument> must be <rule>, for example <value>; got <value>`.
        spell: how field names are written where the user wrote them.
    """

    def __init__(self, where: str, problems: Iterable[Problem], spell: Callable[[str], str] = str):
        self.where = where
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{where}:", *(f"  - {problem.line(spell)}" for problem in self.problems)]))


def refused(argument: str, text: str) -> InvalidArgumentError:
    """The error of one argument, for checks that look at several fields of a model."""
    return InvalidArgumentError(argument, [Problem((argument,), text)])
