"""The inputs of azure-native's classes, read from the SDK's sources: importing all of its modules takes minutes."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pulumi_azure_native

SDK = Path(pulumi_azure_native.__path__[0])
DEPTH = 5
"""Types that refer to themselves are followed this deep."""

Fields = Mapping[str, str]
"""The annotation of each input, by its name on the wire."""


def modules() -> list[str]:
    return sorted(folder.name for folder in SDK.iterdir() if (folder / "__init__.py").exists())


@cache
def resources_of(module: str) -> dict[str, frozenset[str]]:
    """The paths of all inputs of a module's resources, with dots, by kind."""
    found: dict[str, frozenset[str]] = {}
    shared = SDK / module / "_inputs.py"
    types = dict(_classes(shared)) if shared.exists() else {}
    for file in sorted((SDK / module).glob("*.py")):
        if not file.name.startswith(("_", "get_", "list_", "outputs")):
            for name, fields in _classes(file):
                found[f"{module}:{name.removesuffix('Args')}"] = frozenset(_paths(fields, types))
    return found


def inputs_of(kind: str) -> frozenset[str] | None:
    """The paths of a kind's inputs; None if azure-native has no such class."""
    module = kind.partition(":")[0]
    known = resources_of(module) if (SDK / module).exists() else {}
    return next((paths for name, paths in known.items() if name.removesuffix("Init").lower() == kind.lower()), None)


def _classes(file: Path) -> Iterator[tuple[str, Fields]]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name.endswith("Args"):
            yield node.name, dict(_fields(node))


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    wire, annotations = dict[str, str](), dict[str, str]()
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            annotations = {one.arg: ast.unparse(one.annotation) for one in each.args.kwonlyargs if one.annotation}
        elif isinstance(each, ast.FunctionDef):
            for called in each.decorator_list:
                if isinstance(called, ast.Call) and called.keywords and called.keywords[0].arg == "name":
                    wire[each.name] = ast.literal_eval(called.keywords[0].value)
    for name, annotation in annotations.items():
        yield wire.get(name, name), annotation


def _paths(fields: Fields, types: Mapping[str, Fields], at: str = "", within: tuple[str, ...] = ()) -> Iterator[str]:
    for name, annotation in fields.items():
        path = f"{at}.{name}" if at else name
        yield path
        for type_ in set(re.findall(r"\b(\w+Args)\b", annotation)):
            if type_ in types and type_ not in within and len(within) < DEPTH:
                yield from _paths(types[type_], types, path, (*within, type_))
