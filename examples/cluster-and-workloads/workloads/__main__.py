"""A product team's stack: its workload, on the cluster and the vault of another stack."""

import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import resources

config = pulumi.Config()
location = config.require("location")
platform = pulumi.StackReference(config.require("platform"))

provider = kubernetes.Provider(
    "platform",
    kubeconfig=platform.require_output("kubeconfig"),
    # Without it, a kubeconfig that changes shows every object as replaced.
    cluster_identifier=platform.require_output("clusterId"),
)
trust = wi.ClusterTrust(
    # Plain: credential names are made from it, and every preview must know them.
    key="aks-platform",
    issuer_url=platform.require_output("issuerUrl"),
    kubernetes_provider=provider,
)
vault = wi.VaultReference(
    key="platform", name=platform.require_output("vaultName"), id=platform.require_output("vaultId")
)

group = resources.ResourceGroup("shop", resource_group_name="rg-shop", location=location)
orders = wi.FederatedWorkload(
    "orders",
    wi.FederatedWorkloadArgs(
        resource_group_name=group.name,
        location=location,
        clusters={"platform": trust},
        service_accounts={"app": wi.ServiceAccount(namespace="shop", name="orders")},
    ),
)
mount = wi.KeyVaultMount(
    "orders", wi.KeyVaultMountArgs(workload=orders, vault=vault, objects={"db-password": wi.Secret()})
)
kubernetes.apps.v1.Deployment(
    "orders",
    metadata={"name": "orders", "namespace": "shop", "annotations": {"pulumi.com/skipAwait": "true"}},
    spec=orders.pod_spec(
        {
            "selector": {"match_labels": {"app": "orders"}},
            "template": {
                "metadata": {"labels": {"app": "orders"}},
                "spec": {"containers": [{"name": "app", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9"}]},
            },
        },
        mounts=[mount],
    ),
    opts=trust.in_cluster(None, depends_on=[orders, mount]),
)
pulumi.export("workloads", {"orders": orders.access})
