"""The part of docs/policies.md that is generated: `python -m tests.policy.documents docs/policies.md` renews it there.

Each rule's example is its refused case, and the message is what the pack answers to it.
"""

import ast
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from aks_workload_identity_policy import RULES, AnyRule, Rule

from tests.policy import cases
from tests.policy.cases import CASES, Case
from tests.policy.judging import AnyAzure, judge
from tests.recorder import run

HEADING = "## Rules\n\n"
_EXAMPLES = (
    "Each rule below has an example that it refuses, and what it says to it. `assignment`, `credential`, `cluster` and "
    "so on stand for a resource that is as it should be, but for what is written out."
)


def rules() -> str:
    """A table of all rules, and a section for each."""
    sources = _sources()
    rows = [
        f"| [`{rule.name}`](#{rule.name}) | {rule.severity.value} | {rule.level.value} | {rule.why} |" for rule in RULES
    ]
    table = "\n".join(["| rule | severity | level | why |", "|---|---|---|---|", *rows])
    return "\n\n".join([table, _EXAMPLES, *(_section(case, sources[case.rule]) for case in CASES)])


def renewed(document: str) -> str:
    """The document with everything under its last heading replaced."""
    return f"{document.partition(HEADING)[0]}{HEADING}{rules()}\n"


def _section(case: Case, source: str) -> str:
    rule = next(rule for rule in RULES if rule.name == case.rule)
    final = (" · takes no exception" if rule.final else "") + _when(rule)
    configurable = "".join(
        f"\n\nConfiguration: `{name}`: {one['description']}" for name, one in sorted(rule.settings.items())
    )
    return (
        f"### {rule.name}\n\n{rule.why}\n\n"
        f"*{rule.severity.value} · {rule.level.value}{final}*{configurable}\n\n"
        f"```python\n{source}\n```\n\n> {_message(case)}"
    )


def _when(rule: AnyRule) -> str:
    """When an update judges it, if not before each resource is created."""
    if isinstance(rule, Rule):
        return ""
    in_part = "" if rule.early is None else ", and in part before a resource is created"
    return f" · about the stack{in_part}"


def _message(case: Case) -> str:
    found = judge(run(case.refused, mocks=AnyAzure()), config=case.config)
    message = next(v.message for v in found if v.rule == case.rule)
    return message.partition("\n")[2].replace("\n", " ")


def _sources() -> dict[str, str]:
    """The text of each refused case, by its rule."""
    found: dict[str, str] = {}
    for text, node in _nodes():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Case"):
            continue
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        body, name = keywords["refused"], keywords["rule"]
        assert isinstance(body, ast.Lambda)
        assert isinstance(name, ast.Constant)
        source = ast.get_source_segment(text, body.body)
        assert source
        first, _, rest = source.partition("\n")
        assert isinstance(name.value, str)
        found[name.value] = f"{first}\n{textwrap.dedent(rest)}" if rest else first
    return found


def _nodes() -> Iterator[tuple[str, ast.AST]]:
    """Everything in the files of the cases, with the text of its file."""
    for file in Path(cases.__path__[0]).glob("*.py"):
        text = file.read_text(encoding="utf-8")
        yield from ((text, node) for node in ast.walk(ast.parse(text)))


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
