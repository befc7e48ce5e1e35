"""A partner's cluster, in the partner's own Entra tenant, uses a queue and a vault of ours; neither side has a secret.

The identity and its roles are ours, and the trust is in one service account of one issuer. The cluster and everything
in it are the partner's: they annotate the account and write the SecretProviderClass with what this stack exports.
"""

import aks_workload_identity as wi
import pulumi
from aks_workload_identity import grants
from pulumi_azure_native import authorization, resources

config = pulumi.Config()
location, cloud = config.require("location"), config.require("cloud")
group = resources.ResourceGroup("partner", resource_group_name="rg-partner", location=location)
place = {"resource_group_name": group.name, "location": location}

logs = wi.LogAnalyticsWorkspace("partner", wi.LogAnalyticsWorkspaceArgs(**place))
vault = wi.KeyVault("partner", wi.KeyVaultArgs(**place, cloud=cloud, workspace_id=logs.id))
storage = wi.StorageAccount("partner", wi.StorageAccountArgs(**place, queues=["parcels"]))
cluster = wi.ClusterTrust(
    key="partner",
    issuer_url=config.require("partnerIssuerUrl"),
    # It differs from ours, so the account is annotated with ours: the partner's webhook would send its pods to theirs.
    tenant_id=config.require("partnerTenantId"),
)
carrier = wi.FederatedWorkload(
    "carrier",
    wi.FederatedWorkloadArgs(
        **place,
        cloud=cloud,
        clusters={"partner": cluster},
        service_accounts={"app": wi.ServiceAccount(namespace="parcels", name="carrier", ownership="external")},
        grants={
            "parcels": grants.storage.process_messages(storage.queues["parcels"].id),
            "secrets": grants.key_vault.read_secrets(vault.id, names=["carrier-api-token"]),
        },
    ),
)
pulumi.export("annotations", carrier.annotations["app"])
pulumi.export(
    "secretProviderClassParameters",
    {
        "clientID": carrier.client_id,
        "tenantID": authorization.get_client_config().tenant_id,
        "keyvaultName": vault.name,
        "cloudName": cloud,
    },
)
pulumi.export("accessMap", wi.registered_access_map())
