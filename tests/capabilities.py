"""Which tests show which capability: `python -m tests.capabilities docs/capabilities.md` renews the table there.

The marks are read from the source, so that nothing has to be imported or collected:

    @pytest.mark.capability("A3")         on a test or a class
    pytestmark = pytest.mark.capability("A3")     for a whole module, alone or in a list
"""

import ast
import sys
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent
CAPABILITIES = {
    "A1": "An AKS cluster whose OIDC issuer and workload identity cannot be turned off, hardened where it is silent.",
    "A2": "The same over a cluster that exists; one without issuer or webhook is refused with the command that helps.",
    "A3": "A workload: one identity, its service accounts on its clusters as federated credentials, and its grants.",
    "A4": "Service accounts that are made, only annotated, or left to Helm and GitOps.",
    "A5": "Pods of every kind get label, account and volumes on the template; what would not work is refused.",
    "A6": "Secrets, keys and certificates of vaults as files, with the roles that they need and no others.",
    "A7": "A vault with RBAC, purge protection, a closed network or private address, audit logs, and no value written.",
    "A8": "Nodes pull from registries by role, never with a pull secret.",
    "A9": "AI accounts without keys, models in them, and workloads that may call them.",
    "A10": "A catalogue of grants: a verb on one resource is the narrowest built-in role.",
    "A11": "Defender for Containers: the sensor on the cluster, and the subscription's plan when it is asked for.",
    "A12": "Azure Policy on the cluster, audit first, deny one definition at a time.",
    "A13": "Teams with namespaces of their own and no secrets in reach.",
    "A14": "Audit logs, and the query for which workload read which secret.",
    "A15": "The access map: who may become whom and do what, made from what was registered.",
    "A16": "Other tenants and other clouds.",
    "A17": "App registrations in place of managed identities.",
    "A18": "Destroy leaves nothing, and one workload's trust goes without touching the others.",
    "A21": "Who is not trusted to the letter gets nothing, and the documented refusal: real clients, real API server.",
    "A22": "A preflight that says before the first update on Azure what has to be put right.",
}
OPEN = frozenset[str]()
"""Those that are not all there yet: they may lack tests, and those they have do not show everything."""


@dataclass(frozen=True, order=True)
class Shown:
    """A test that shows a capability."""

    path: str
    line: int
    test: str

    @property
    def sentence(self) -> str:
        return self.test.removeprefix("test_").replace("_", " ")


def shown(folder: Path = TESTS) -> dict[str, list[Shown]]:
    """The tests of each row that a mark names, in the order of their files."""
    found: dict[str, list[Shown]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for row, test in _of_module(ast.parse(path.read_text()), path.relative_to(folder.parent).as_posix()):
            found.setdefault(row, []).append(test)
    return found


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _of_module(module: ast.Module, path: str) -> Iterator[tuple[str, Shown]]:
    def within(body: list[ast.stmt], inherited: list[str]) -> Iterator[tuple[str, Shown]]:
        everywhere = inherited + [row for each in body for row in _of_pytestmark(each)]
        for each in body:
            if isinstance(each, ast.ClassDef):
                yield from within(each.body, everywhere + _named(each.decorator_list))
            elif isinstance(each, _Function) and each.name.startswith("test_"):
                for row in dict.fromkeys(everywhere + _named(each.decorator_list)):
                    yield row, Shown(path, each.lineno, each.name)

    return within(module.body, [])


def _of_pytestmark(statement: ast.stmt) -> list[str]:
    if not isinstance(statement, ast.Assign) or ast.unparse(statement.targets[0]) != "pytestmark":
        return []
    value = statement.value
    return _named(value.elts if isinstance(value, ast.List | ast.Tuple) else [value])


def _named(marks: list[ast.expr]) -> list[str]:
    """The rows that capability marks name; a mark whose row cannot be read is an error."""
    rows: list[str] = []
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.capability":
            if not mark.args or not all(isinstance(arg, ast.Constant) for arg in mark.args):
                raise ValueError(f"line {mark.lineno}: a capability must be named as plain text, for example 'A3'")
            rows += [str(ast.literal_eval(arg)) for arg in mark.args]
    return rows


def problems(found: dict[str, list[Shown]], *, open_: Set[str] = OPEN) -> list[str]:
    """What keeps the table from being true."""
    wrong: list[str] = []
    for row in sorted(found.keys() - CAPABILITIES.keys()):
        wrong += [f"{test.path}:{test.line} names {row}, which is no row" for test in found[row]]
    wrong += [f"{row} has no test" for row in CAPABILITIES if row not in found and row not in open_]
    wrong += [f"{row} is listed as open and is no row" for row in sorted(open_ - CAPABILITIES.keys())]
    return wrong


def document(found: dict[str, list[Shown]]) -> str:
    """docs/capabilities.md."""
    lines = [
        "# What it can do, and the tests that show it",
        "",
        "Generated from the tests' marks: `make generate` renews it, `make check` fails when it is out of date or a",
        "row has no test. A row in work is not all there: what it lists is what holds already.",
        "",
        "| | capability | |",
        "|---|---|---|",
    ]
    for row, text in CAPABILITIES.items():
        lines.append(f"| [{row}](#{row.lower()}) | {text} | {'in work' if row in OPEN else 'shown'} |")
    for row in CAPABILITIES:
        lines += ["", f"## {row}", "", CAPABILITIES[row]]
        path = ""
        for test in found.get(row, []):
            if test.path != path:
                path = test.path
                lines += ["", f"[{path}](../{path})", ""]
            lines.append(f"- {test.sentence}")
        if row not in found:
            lines += ["", "No test yet."]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document, or with `--check` only compare it; 1 when something is wrong."""
    path = Path(arguments[-1])
    found = shown()
    wrong = problems(found)
    if "--check" in arguments:
        if not path.exists() or path.read_text() != document(found):
            wrong.append(f"{path} is out of date: make generate")
    else:
        path.write_text(document(found))
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
