"""Rules for every stack that gives pods on AKS access to Azure."""

from aks_workload_identity_policy.pack import RULES
from aks_workload_identity_policy.rule import Rule, as_policies, rule

__all__ = ["RULES", "Rule", "as_policies", "rule"]
