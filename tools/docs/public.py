"""The public names of the packages, read from their source, and what of them nobody has described."""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "aks_workload_identity": "components",
    "aks_workload_identity.access_map": "components",
    "aks_workload_identity.azuread": "components",
    "aks_workload_identity.preflight": "components",
    "aks_workload_identity_policy": "policy",
}


def public() -> Iterator[tuple[str, griffe.Object]]:
    """Every name that a package exports, with the family of nouns that it belongs to."""
    for path, folder in PACKAGES.items():
        package = _loaded(path, folder)
        for name in package.exports or []:
            found = _target(package.members[str(name)])
            if isinstance(found, griffe.Module):
                yield from ((found.name, inner) for inner in _exports(found))
            else:
                yield _family(found), found


@cache
def _loaded(path: str, folder: str) -> griffe.Object:
    return _target(griffe.load(path, search_paths=[ROOT / folder], resolve_aliases=True))


def _target(member: griffe.Object | griffe.Alias) -> griffe.Object:
    return member.final_target if isinstance(member, griffe.Alias) else member


def _exports(package: griffe.Module) -> Iterator[griffe.Object]:
    """What a package that is exported exports itself: modules of functions, and what they have in common."""
    for name in package.exports or []:
        yield _target(package.members[str(name)])


def _family(found: griffe.Object) -> str:
    package, *folders, _ = found.path.split(".")[:-1]
    if package.endswith("_policy"):
        return "policy"
    return folders[0] if folders else "general"


def undocumented() -> list[str]:
    """Everything public of the library that lacks words: classes, functions, arguments, fields, attributes."""
    library = (found for family, found in public() if family != "policy")
    return sorted({line for found in library for line in lacking(found)})


def lacking(found: griffe.Object) -> Iterator[str]:
    """What one object and its members lack."""
    if not found.docstring and not isinstance(found, griffe.Attribute):
        yield f"{found.path}: no docstring"
    match found:
        case griffe.Attribute():
            if not found.docstring:
                yield f"{found.path}: no docstring under it"
        case griffe.Function():
            yield from _undescribed(found, found, set())
        case griffe.Class():
            yield from _missing_in_class(found)
        case griffe.Module():
            for member in found.members.values():
                if isinstance(member, griffe.Function) and not member.name.startswith("_"):
                    yield from lacking(member)
        case _:
            pass


def _missing_in_class(found: griffe.Class) -> Iterator[str]:
    described = _described(found)
    for member in found.members.values():
        if member.name == "__init__" and isinstance(member, griffe.Function):
            yield from _undescribed(found, member, described)
        elif member.name.startswith("_") or isinstance(member, griffe.Alias) or member.name in described:
            continue
        elif not any(member.name in base.members and base.members[member.name].docstring for base in found.mro()):
            yield from lacking(member)


def _undescribed(found: griffe.Object, function: griffe.Function, described: set[str]) -> Iterator[str]:
    """An argument is described in Args; that of a function with only one may stand in its sentence."""
    wanted = {each.name.lstrip("*") for each in function.parameters if each.name not in ("self", "cls")}
    text = found.docstring.value if found.docstring else ""
    if len(wanted) == 1 and re.search(rf"\b{next(iter(wanted))}\b", text):
        return
    for name in wanted - described - _described(function):
        yield f"{found.path}: argument {name} is not in Args"


def _described(found: griffe.Object) -> set[str]:
    """The names in the sections Args and Attributes."""
    if not found.docstring:
        return set()
    kinds = (griffe.DocstringSectionParameters, griffe.DocstringSectionAttributes)
    sections = found.docstring.parse("google", warnings=False)
    return {
        name.strip().lstrip("*")
        for section in sections
        if isinstance(section, kinds)
        for entry in section.value
        for name in entry.name.split(",")
    }


if __name__ == "__main__":
    missing = undocumented()
    sys.stderr.writelines(f"{line}\n" for line in missing)
    sys.exit(int(bool(missing)))
