"""AI agents, each with an identity of its own, that call one account's models; API keys are switched off.

An agent's pod gets the endpoint, the scope to ask a token for and the name of its deployment as environment, and
DefaultAzureCredential does the rest. Agents that must not reach each other's models get accounts of their own: the
role is given on the account.
"""

import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import resources

# Azure retires both in March 2027. What there is instead: az cognitiveservices model list --location <region>
VERSIONS = {"gpt-5.4-mini": "2026-03-17", "gpt-5.4": "2026-03-05"}

config = pulumi.Config()
location = config.require("location")
agents: dict[str, dict[str, str]] = config.require_object("agents")
group = resources.ResourceGroup("agents", resource_group_name="rg-agents", location=location)

cluster = wi.WorkloadIdentityCluster(
    "agents",
    wi.WorkloadIdentityClusterArgs(
        resource_group_name=group.name,
        location=location,
        cluster_name="aks-agents",
        admin_group_object_ids=config.require_object("adminGroupObjectIds"),
        api_server=wi.ApiServerAccess(authorized_ip_ranges=config.require_object("authorizedIpRanges")),
    ),
)
models = sorted({agent["deployment"] for agent in agents.values()})
open_ai = wi.CognitiveServicesAccount(
    "agents",
    wi.CognitiveServicesAccountArgs(
        resource_group_name=group.name,
        location=location,
        deployments={
            model: wi.ModelDeployment(model=model, version=VERSIONS[model], sku="GlobalStandard") for model in models
        },
    ),
)
access = {}
for name, agent in agents.items():
    workload = wi.FederatedWorkload(
        name,
        wi.FederatedWorkloadArgs(
            resource_group_name=group.name,
            location=location,
            clusters={"agents": cluster.trust},
            service_accounts={"agent": wi.ServiceAccount(namespace=name, name="agent")},
            grants={"models": wi.grants.cognitive_services.call_models(open_ai.id)},
        ),
    )
    environment = {**open_ai.environment, "AZURE_OPENAI_DEPLOYMENT": agent["deployment"]}
    container = {
        "name": "agent",
        "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9",
        "env": [{"name": key, "value": value} for key, value in environment.items()],
    }
    kubernetes.apps.v1.Deployment(
        name,
        metadata={"name": "agent", "namespace": name, "annotations": {"pulumi.com/skipAwait": "true"}},
        spec=workload.pod_spec(
            {
                "selector": {"match_labels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
            }
        ),
        opts=cluster.trust.in_cluster(None, depends_on=[workload]),
    )
    access[name] = workload.access

pulumi.export("workloads", access)
pulumi.export("accessMap", wi.registered_access_map())
