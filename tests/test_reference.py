"""Everything public is described, and what is not is named."""

import inspect
from pathlib import Path

import aks_workload_identity
import griffe
import pytest
from aks_workload_identity.component import Component

from tools.docs.public import lacking, public, undocumented

SOURCE = '''
"""A module."""

class Bare:
    pass

class Described:
    """A class.

    Args:
        size: how large.
    """

    size: int
    weight: int
    """How heavy."""
    colour: str

    def grow(self, by: int, twice: bool):
        """Makes it larger.

        Args:
            by: how much.
        """

    def shrink(self, by: int):
        """Makes it smaller by so much."""

    def paint(self, colour: str): ...

    def _hidden(self, x: int): ...

class Heir(Described):
    """Another class."""

    def __init__(self, name: str, opts: int):
        self.weight = 1
        self.smell = 1
'''


def test_every_public_name_is_described():
    assert undocumented() == []


def test_what_lacks_words_is_named(tmp_path: Path):
    (tmp_path / "module.py").write_text(SOURCE)
    module = griffe.load("module", search_paths=[tmp_path])

    named = [line for name in ("Bare", "Described", "Heir") for line in lacking(module[name])]

    assert sorted(named) == [
        "module.Bare: no docstring",
        "module.Described.colour: no docstring under it",
        "module.Described.grow: argument twice is not in Args",
        "module.Described.paint: argument colour is not in Args",
        "module.Described.paint: no docstring",
        "module.Heir.smell: no docstring under it",
        "module.Heir: argument name is not in Args",
        "module.Heir: argument opts is not in Args",
    ]


@pytest.mark.parametrize(
    ("family", "path"),
    [
        ("cluster", "aks_workload_identity.cluster.cluster.WorkloadIdentityCluster"),
        ("workload", "aks_workload_identity.workload.args.FederatedWorkloadArgs"),
        ("grants", "aks_workload_identity.grants.key_vault"),
        ("grants", "aks_workload_identity.grants.grant.wider"),
        ("grants", "aks_workload_identity.grants.catalogue.Verb"),
        ("grants", "aks_workload_identity.grants.catalogue.CATALOGUE"),
        ("azuread", "aks_workload_identity.azuread.application.FederatedApplication"),
        ("azuread", "aks_workload_identity.azuread.application.FederatedApplicationArgs"),
        ("access_map", "aks_workload_identity.access_map.model.AccessMap"),
        ("access_map", "aks_workload_identity.access_map.registered.registered_access_map"),
        ("general", "aks_workload_identity.errors.InvalidArgumentError"),
        ("preflight", "aks_workload_identity.preflight.run.preflight"),
        ("policy", "aks_workload_identity_policy.rule.Rule"),
    ],
)
def test_a_public_name_is_found_in_its_family(family: str, path: str):
    assert (family, path) in {(each, found.path) for each, found in public()}


@pytest.mark.parametrize("name", aks_workload_identity.__all__)
def test_a_component_says_what_it_creates_and_refuses_and_where_its_facts_are_from(name: str):
    found = getattr(aks_workload_identity, name)
    makes = isinstance(found, type) and issubclass(found, Component) and found is not aks_workload_identity.Cluster

    docstring = inspect.getdoc(found) or ""
    assert not makes or all(f"\n{section}" in docstring for section in ("Creates:", "Args:", "Raises:", "Source:"))
