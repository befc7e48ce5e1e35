"""Rules for every stack that gives pods on AKS access to Azure."""

from aks_workload_identity_policy.analyzer import serve
from aks_workload_identity_policy.exemptions import Exemption
from aks_workload_identity_policy.pack import RULES
from aks_workload_identity_policy.policies import as_policies
from aks_workload_identity_policy.resource import Part, Resource, StackResource
from aks_workload_identity_policy.rule import AnyRule, Rule, StackRule, rule, stack_rule
from aks_workload_identity_policy.settings import Settings
from aks_workload_identity_policy.stack import Finding, Stack

__all__ = [
    "RULES",
    "AnyRule",
    "Exemption",
    "Finding",
    "Part",
    "Resource",
    "Rule",
    "Settings",
    "Stack",
    "StackResource",
    "StackRule",
    "as_policies",
    "rule",
    "serve",
    "stack_rule",
]
