"""What programs of several tests register: good and bad, as a few lines write it."""

from collections.abc import Callable
from typing import Any

import pulumi
from pulumi_azure_native import (
    authorization,
    containerservice,
    cosmosdb,
    dbforpostgresql,
    kubernetesconfiguration,
    resources,
)

from tests.azure_mocks import TENANT
from tests.policy.builders import (
    COSMOS_ID,
    GROUP,
    ISSUER,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    SUBNET_ID,
    assignment,
    cluster,
    cluster_binding,
    cluster_role,
    credential,
    deployment,
    identity,
)
from tests.policy.judging import Config

aks = containerservice


MONITORING_CONTRIBUTOR = "749f88d5-cbae-40b8-bcfc-e573ddc772fa"


KNOWN_ISSUER: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}}


def an_attached_cluster(name: str, kubelet_role: str, *, operator: str = "control") -> None:
    """A cluster with identities of its own; its kubelet gets a role, and one of the two may attach the kubelet's."""
    control, kubelet = identity(f"{name}-control"), identity(f"{name}-kubelet")
    holder = {"control": control, "kubelet": kubelet}[operator]
    cluster(
        name,
        identity=aks.ManagedClusterIdentityArgs(type="UserAssigned", user_assigned_identities=[control.id]),
        identity_profile={"kubeletidentity": aks.UserAssignedIdentityArgs(resource_id=kubelet.id)},
    )
    assignment(f"{name}-operator", OPERATOR, principal_id=holder.principal_id, scope=kubelet.id)
    registry_id = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/shop"
    if operator == "control":
        assignment(f"{name}-pull", kubelet_role, principal_id=kubelet.principal_id, scope=registry_id, description=WHY)


def a_control_plane(name: str) -> Any:
    """A cluster whose own identity joins its nodes to a subnet."""
    control = identity(f"{name}-control")
    cluster(name, identity=aks.ManagedClusterIdentityArgs(type="UserAssigned", user_assigned_identities=[control.id]))
    assignment(
        f"{name}-joins", NETWORK_CONTRIBUTOR, principal_id=control.principal_id, scope=SUBNET_ID, description=WHY
    )
    return control


def operator_among_twins(group: str) -> None:
    """Two identities of one name, of which the one in the group `here` is the nodes'; one may be attached."""
    control, ids = identity("control"), dict[str, str]()
    for each in ("here", "elsewhere"):
        identity(f"nodes-{each}", resource_group_name=each, resource_name_="nodes")
        ids[each] = IDENTITY_ID.format(each)
    cluster(
        "aks",
        identity=aks.ManagedClusterIdentityArgs(type="UserAssigned", user_assigned_identities=[control.id]),
        identity_profile={"kubeletidentity": aks.UserAssignedIdentityArgs(resource_id=ids["here"])},
    )
    assignment("operator", OPERATOR, principal_id=control.principal_id, scope=ids[group])


def a_workload(name: str, role: str = "4633458b-17de-408a-b874-0445c86b69e6", **changes: Any) -> None:
    """An identity that one service account signs in as, and its role."""
    own = identity(name)
    trust = {key: changes.pop(key) for key in ("issuer", "audiences") if key in changes}
    credential(f"{name}-trust", own.name, **trust)
    assignment(f"{name}-role", role, principal_id=own.principal_id, **changes)


def an_addon_role(name: str, holder: Callable[[Any], pulumi.Output[str]]) -> None:
    made = cluster(name)
    assignment(f"{name}-secrets", principal_id=holder(made))


def credentials(name: str, count: int, *, chained: bool = True, namespaces: bool = False) -> None:
    """Some credentials of one identity, each after the one before it."""
    own, before = identity(name), []
    assignment(f"{name}-role", principal_id=own.principal_id)
    for number in range(count):
        namespace = f"team-{number}" if namespaces else "shop"
        made = credential(
            f"{name}-{number}",
            own.name,
            subject=f"system:serviceaccount:{namespace}:app-{number}",
            opts=pulumi.ResourceOptions(depends_on=before) if chained else None,
        )
        before = [made]


def twins(name: str, *subjects: str) -> None:
    own = identity(name)
    assignment(f"{name}-role", principal_id=own.principal_id)
    first = credential(f"{name}-a", own.name, subject=f"system:serviceaccount:shop:{subjects[0]}")
    credential(
        f"{name}-b",
        own.name,
        subject=f"system:serviceaccount:shop:{subjects[-1]}",
        opts=pulumi.ResourceOptions(depends_on=[first]),
    )


def a_federated_pod(name: str, **pod: Any) -> None:
    own = identity(name)
    assignment(f"{name}-role", principal_id=own.principal_id)
    credential(f"{name}-trust", own.name, subject=f"system:serviceaccount:shop:{name}")
    deployment(name, serviceAccountName=name, **pod)


def a_template(name: str, *types: str) -> None:
    resources.Deployment(
        name,
        resource_group_name="rg",
        properties=resources.DeploymentPropertiesArgs(
            mode="Incremental", template={"resources": [{"type": type_, "name": name} for type_ in types]}
        ),
    )


def secret_reader_binding(name: str, *resources_: str) -> None:
    cluster_role(f"{name}-role", ["get", "list"], list(resources_))
    cluster_binding(name, f"{name}-role")


IDENTITY_ID = GROUP.removesuffix("rg") + "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"


WHY = "Signs the invoices of the night's run."


USE = {"azure.workload.identity/use": "true"}


WRITES = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"


READS = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


KEY = "Zm9vYmFy" * 10 + "Zm9vYg=="


CONNECTION = f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={KEY};EndpointSuffix=core.windows.net"


CONDITION = f"(!(ActionMatches{{'{READS}'}}) OR (@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a'))"


OVERRIDING = {"secretProviderClass": "orders", "keyvaultName": "kv-other"}


SYNCED = [{"secretName": "db", "type": "Opaque", "data": [{"objectName": "db-password", "key": "password"}]}]


class Foreign(pulumi.CustomResource):
    """A resource of a provider whose SDK is not installed here."""

    def __init__(self, token: str, name: str, **inputs: Any) -> None:
        super().__init__(token, name, inputs)


def a_policy(name: str, deploys: str) -> authorization.PolicyDefinition:
    """A policy of Azure that deploys one resource where it is missing."""
    template = {"resources": [{"type": deploys, "apiVersion": "2022-04-01", "name": "x", "properties": {}}]}
    details = {
        "type": deploys,
        "roleDefinitionIds": [f"/providers/Microsoft.Authorization/roleDefinitions/{MONITORING_CONTRIBUTOR}"],
        "deployment": {"properties": {"mode": "incremental", "template": template}},
    }
    return authorization.PolicyDefinition(
        name,
        policy_definition_name=name,
        policy_rule={
            "if": {"field": "type", "equals": "Microsoft.KeyVault/vaults"},
            "then": {"effect": "deployIfNotExists", "details": details},
        },
    )


def a_database(name: str, administrator: str) -> dbforpostgresql.Administrator:
    return dbforpostgresql.Administrator(
        name,
        resource_group_name="rg",
        server_name="shop",
        object_id=administrator,
        principal_name=name,
        principal_type="Group",
        tenant_id=TENANT,
    )


def an_extension(name: str) -> kubernetesconfiguration.Extension:
    return kubernetesconfiguration.Extension(
        name,
        resource_group_name="rg",
        cluster_rp="Microsoft.ContainerService",
        cluster_resource_name="managedClusters",
        cluster_name="aks",
        extension_name=name,
        extension_type="microsoft.flux",
    )


def cosmos_definition(
    name: str, *data_actions: str, role_definition_id: str | None = None
) -> cosmosdb.SqlResourceSqlRoleDefinition:
    return cosmosdb.SqlResourceSqlRoleDefinition(
        name,
        resource_group_name="rg",
        account_name="shop",
        role_name=name,
        role_definition_id=role_definition_id,
        assignable_scopes=[COSMOS_ID],
        permissions=[cosmosdb.PermissionArgs(data_actions=list(data_actions))],
    )


def addon_object_id(made: containerservice.ManagedCluster) -> pulumi.Output[str]:
    return made.addon_profiles.apply(
        lambda profiles: (profiles or {})["azureKeyvaultSecretsProvider"].identity.object_id
    )


def administered_by(*groups: str) -> containerservice.ManagedClusterAADProfileArgs:
    return aks.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=True, admin_group_object_ids=list(groups))


def addons(*, rotation: str = "true", policy: bool = True) -> dict[str, aks.ManagedClusterAddonProfileArgs]:
    return {
        "azureKeyvaultSecretsProvider": aks.ManagedClusterAddonProfileArgs(
            enabled=True, config={"enableSecretRotation": rotation}
        ),
        "azurepolicy": aks.ManagedClusterAddonProfileArgs(enabled=policy),
    }
