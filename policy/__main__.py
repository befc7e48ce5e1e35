from aks_workload_identity_policy import RULES, serve

serve("aks-workload-identity", RULES)
