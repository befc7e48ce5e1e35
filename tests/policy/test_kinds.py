"""A resource is judged under every name that azure-native takes for its type."""

import re
from pathlib import Path

import pulumi_azure_native
import pytest
from aks_workload_identity_policy import RULES
from aks_workload_identity_policy.resource import kind_of
from aks_workload_identity_policy.ways import WAYS

SDK = Path(pulumi_azure_native.__path__[0])
KINDS = sorted({kind for rule in RULES for kind in rule.kinds})


def aliases_of(kind: str) -> list[str]:
    """All tokens that the SDK's class of this kind is known under; none if azure-native has no such class."""
    module, _, type_ = kind.partition(":")
    files = (SDK / module).glob("*.py")
    return [
        alias
        for file in files
        if file.stem.replace("_", "") == type_
        for alias in re.findall(r'Alias\(type_="([^"]+)"\)', file.read_text(encoding="utf-8"))
    ]


def rules_on(kind: str) -> set[str]:
    return {rule.name for rule in RULES if kind in rule.kinds}


@pytest.mark.parametrize("kind", sorted({kind for way in WAYS for kind in way.kinds if not kind.endswith(":*")}))
def test_what_the_table_of_other_ways_names_is_a_class_or_an_alias_of_one(kind: str):
    module = kind.partition(":")[0]
    classes = {f"{module}:{file.stem.replace('_', '')}" for file in (SDK / module).glob("*.py")}

    assert kind.lower() in classes | {kind_of(alias) for one in KINDS for alias in aliases_of(one)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_on_a_class_judges_its_aliases(kind: str):
    unjudged = [alias for alias in aliases_of(kind) if not rules_on(kind) <= rules_on(kind_of(alias))]

    assert unjudged == []


@pytest.mark.parametrize("kind", ["authorization:roleassignment", "cosmosdb:sqlresourcesqlroledefinition"])
def test_the_judged_classes_have_aliases(kind: str):
    assert len(aliases_of(kind)) > 3
