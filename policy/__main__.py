from aks_workload_identity_policy import RULES, as_policies
from pulumi_policy import PolicyPack

PolicyPack("aks-workload-identity", policies=as_policies(RULES))
