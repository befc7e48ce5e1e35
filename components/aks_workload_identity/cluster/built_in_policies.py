"""The policies that Azure ships, as far as a cluster can be given them: data with its source."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

# The definitions' own default of `excludedNamespaces`: what AKS and Azure Arc run there breaks most rules by design.
SYSTEM_EXCLUSIONS = ("azure-arc", "azure-extensions-usage-system", "gatekeeper-system", "kube-system")


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """A definition or an initiative (`policySetDefinitions`) that Azure ships.

    Args:
        type: what kind it is, as ids spell it.
        id: its GUID.
        version: the version whose parameters the library knows.
        display_name: Azure's name for it.
        mode: what evaluates it: `Microsoft.Kubernetes.Data` is the add-on in the cluster.
        parameters: its parameters by name.
    """

    type: Literal["policyDefinitions", "policySetDefinitions"]
    id: str
    version: str
    display_name: str
    mode: str
    parameters: dict[str, dict[str, Any]]

    @property
    def definition_id(self) -> str:
        """The id an assignment names."""
        return f"/providers/Microsoft.Authorization/{self.type}/{self.id}"

    @property
    def definition_version(self) -> str:
        """The major version, with whatever Azure mends within it; a new one could ask for other parameters."""
        major, _, suffix = self.version.partition(".")
        return f"{major}.*.*-preview" if suffix.endswith("-preview") else f"{major}.*.*"


@cache
def built_in_policies() -> dict[str, BuiltIn]:
    """What the library ships, by its name here; the file names its source."""
    text = Path(__file__).with_name("azure_policy_built_ins.json").read_text(encoding="utf-8")
    return {key: BuiltIn(**row) for key, row in json.loads(text)["policies"].items()}
