"""Identities, who signs in as them, and what they hold."""

import pulumi
from pulumi_azure_native import resources

from tests.azure_mocks import guid
from tests.policy.builders import (
    ACR_PULL,
    GROUP,
    ai_account,
    assignment,
    audit,
    cluster,
    credential,
    deployment,
    identity,
    mounted,
    provider_class,
    service_account,
    vault,
)
from tests.policy.peace.good import KNOWN, QUEUE, Good
from tests.policy.programs import (
    USE,
    a_control_plane,
    a_federated_pod,
    a_workload,
    an_attached_cluster,
    credentials,
    operator_among_twins,
)

BLOBS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/shop/blobServices/default/containers/invoices"


OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"


DNS_ZONE = f"{GROUP}/providers/Microsoft.Network/dnsZones/example.com"


def a_whole_stack() -> None:
    """Everything by hand: cluster, vault, identity, trust, role, service account, class and pods."""
    group = resources.ResourceGroup("shop", resource_group_name="rg", location="westeurope")
    made = cluster("aks", resource_group_name=group.name)
    audit("aks-audit", made.id, "kube-audit")
    secrets = vault("kv-shop")
    orders = identity("orders", resource_group_name=group.name)
    credential(
        "orders-trust",
        orders.name,
        issuer=made.oidc_issuer_profile.issuer_url,
        subject="system:serviceaccount:shop:orders",
    )
    assignment("orders-secrets", principal_id=orders.principal_id, scope=secrets.id)
    service_account("orders", annotations={"azure.workload.identity/client-id": orders.client_id})
    provider_class("orders-class", clientID=orders.client_id)
    deployment("orders-app", labels=USE, serviceAccountName="orders", volumes=[mounted()])


def two_clusters_one_identity() -> None:
    own = identity("orders")
    assignment("role", principal_id=own.principal_id)
    blue = credential("blue", own.name, issuer=cluster("aks-blue").oidc_issuer_profile.issuer_url)
    credential(
        "green",
        own.name,
        issuer=cluster("aks-green").oidc_issuer_profile.issuer_url,
        subject="system:serviceaccount:shop:blue",
        opts=pulumi.ResourceOptions(depends_on=[blue]),
    )


def chained_through_something_else() -> None:
    own = identity("orders")
    assignment("role", principal_id=own.principal_id)
    first = credential("first", own.name)
    between = resources.ResourceGroup(
        "between", resource_group_name="b", opts=pulumi.ResourceOptions(depends_on=[first])
    )
    credential("second", own.name, opts=pulumi.ResourceOptions(depends_on=[between]))


def a_namesake_elsewhere() -> None:
    """The nodes run as an identity of another group that is called as the workload's is."""
    a_workload("orders")
    elsewhere = f"/subscriptions/{guid('prod')}/resourceGroups/prod/providers/Microsoft.ManagedIdentity"
    control = identity("control")
    cluster(
        "aks",
        identity={"type": "UserAssigned", "user_assigned_identities": [control.id]},
        identity_profile={"kubeletidentity": {"resource_id": f"{elsewhere}/userAssignedIdentities/orders"}},
    )


def namesakes_in_two_groups() -> None:
    """A credential of another stack's identity; the cluster runs as one of that name in another group."""
    elsewhere = f"{GROUP}-clusters/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
    cluster("aks", identity={"type": "UserAssigned", "user_assigned_identities": [elsewhere]})
    credential("trust", "orders")


GOODS = (
    Good("an identity of another group that is called as a cluster's is", namesakes_in_two_groups, KNOWN),
    Good("an identity elsewhere of a workload's name", a_namesake_elsewhere, KNOWN),
    Good(
        "the audience of the configured cloud",
        lambda: a_workload("orders", audiences=["api://AzureADTokenExchangeUSGov"]),
        {**KNOWN, "credential-audience-is-the-clouds": {"cloud": "AzureUSGovernmentCloud"}},
    ),
    Good("a whole stack", a_whole_stack),
    Good("one identity on two clusters, credentials in turn", two_clusters_one_identity),
    Good("credentials in turn through something else", chained_through_something_else, KNOWN),
    Good("fifteen credentials of one identity", lambda: credentials("many", 15), KNOWN),
    Good(
        "an identity for each of three workloads",
        lambda: [a_workload(name) for name in ("a-one", "b-two", "c-three")],
        KNOWN,
    ),
    Good("a cluster that brings its own kubelet identity", lambda: an_attached_cluster("aks", ACR_PULL)),
    Good("two identities of one name, one of them the nodes'", lambda: operator_among_twins("here")),
    Good("Repository Reader for the nodes", lambda: an_attached_cluster("aks", "b93aa761-3e63-49ed-ac28-beffa264f7ac")),
    Good("the control plane joins a subnet", lambda: a_control_plane("aks")),
    Good(
        "blobs of one container",
        lambda: a_workload("invoices", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", scope=BLOBS),
        KNOWN,
    ),
    Good(
        "messages of one queue",
        lambda: a_workload("consumer", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0", scope=QUEUE),
        KNOWN,
    ),
    Good(
        "an agent and its account",
        lambda: (
            ai_account("ai"),
            a_workload("agent", OPENAI_USER, scope=f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/ai"),
        ),
        KNOWN,
    ),
    Good(
        "a DNS zone for external-dns, with its reason",
        lambda: a_workload(
            "external-dns",
            "befefa01-2a29-4197-83a8-272ff33ce314",
            scope=DNS_ZONE,
            description="Writes the records of ingresses.",
        ),
        KNOWN,
    ),
    Good("a federated pod with its label", lambda: a_federated_pod("app", labels=USE), KNOWN),
    Good("a federated pod that only mounts", lambda: a_federated_pod("app", volumes=[mounted()]), KNOWN),
    Good(
        "a pod of another namespace with the same account name",
        lambda: (
            credential("trust", identity("own").name, subject="system:serviceaccount:other:web"),
            assignment("role", principal_id=identity("spare").principal_id),
            deployment("web", serviceAccountName="web"),
        ),
        KNOWN,
    ),
    Good("an existing cluster's issuer that is listed", lambda: a_workload("app"), KNOWN),
)
