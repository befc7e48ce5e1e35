"""The Kubernetes service account of a workload, annotated with the identity it may become."""

from collections.abc import Callable
from typing import Annotated, Literal

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import Field

from ..arguments import Arguments, Rule, as_output, shown
from ..derived_names import subject
from ..names import Namespace, ServiceAccountName

# azure-workload-identity, pkg/webhook/consts.go.
CLIENT_ID_ANNOTATION = "azure.workload.identity/client-id"
TENANT_ID_ANNOTATION = "azure.workload.identity/tenant-id"
TOKEN_EXPIRATION_ANNOTATION = "azure.workload.identity/service-account-token-expiration"  # noqa: S105 - an annotation
USE_LABEL = "azure.workload.identity/use"

TokenExpirationSeconds = Annotated[int, Field(ge=3600, le=86400), Rule("a token lifetime of 3600-86400 seconds", 3600)]


def token_expiration_problem(value: object) -> str | None:
    """What is wrong with the lifetime in a pod's annotation, or None; the webhook refuses the pod for it."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and 3600 <= int(value) <= 86400:
        return None
    return f"must be a token lifetime of 3600-86400 seconds as text, for example '3600'; got {shown(value)}"


class ServiceAccount(Arguments):
    """A service account whose pods may become the workload's identity.

    The `default` account and system namespaces are refused: every pod that names no account would get the
    identity. The label that makes the webhook inject belongs on the pod template, not here.

    Source: azure-workload-identity documentation, "Service Account Labels and Annotations".
    """

    namespace: Namespace
    """The namespace of the pods."""
    name: ServiceAccountName
    """The account's name."""
    token_expiration_seconds: TokenExpirationSeconds | None = None
    """Lifetime of the projected token in seconds, 3600-86400; left out, the webhook's 3600."""
    ownership: Literal["create", "patch", "external"] = "create"
    """Who makes the account in Kubernetes. `create`: this program. `patch`: it exists already; the annotations are
    applied to it, and destroying the workload takes back these annotations and nothing else. `external`: Helm or
    GitOps makes it and writes the annotations, which are in `FederatedWorkload.annotations`; nothing is registered.
    Left out, `create`, which fails on an account that exists."""

    @property
    def subject(self) -> str:
        """The `sub` claim of its tokens."""
        return subject(self.namespace, self.name)


def annotations_of(
    account: ServiceAccount, *, client_id: pulumi.Input[str], tenant_id: pulumi.Input[str] | None
) -> dict[str, pulumi.Output[str]]:
    """What the account must be annotated with so that the webhook knows the identity of its pods.

    Args:
        account: the account.
        client_id: of what its pods become.
        tenant_id: its tenant, where a cluster is in another one, so that its webhook must be told.
    """
    annotations = {CLIENT_ID_ANNOTATION: as_output(client_id)}
    if tenant_id is not None:
        annotations[TENANT_ID_ANNOTATION] = as_output(tenant_id)
    if account.token_expiration_seconds is not None:
        annotations[TOKEN_EXPIRATION_ANNOTATION] = pulumi.Output.from_input(str(account.token_expiration_seconds))
    return annotations


AccountResource = kubernetes.core.v1.ServiceAccount | kubernetes.core.v1.ServiceAccountPatch


def register_service_account(
    logical_name: str,
    account: ServiceAccount,
    *,
    annotations: dict[str, pulumi.Output[str]],
    opts: Callable[[], pulumi.ResourceOptions],
) -> AccountResource | None:
    """Register the annotated account as its ownership says.

    A patch does not take over an annotation that somebody else has set to another value: the API server
    answers with a conflict, which names who set it.

    Args:
        logical_name: the child's name.
        account: which account.
        annotations: what it is annotated with.
        opts: makes the options of the child, as `ClusterTrust.in_cluster` does; of an `external` account nobody asks.

    Source: pulumi-kubernetes documentation, "Managing Resources with Server-Side Apply".
    """
    match account.ownership:
        case "create":
            return kubernetes.core.v1.ServiceAccount(
                logical_name,
                metadata={"name": account.name, "namespace": account.namespace, "annotations": annotations},
                opts=opts(),
            )
        case "patch":
            return kubernetes.core.v1.ServiceAccountPatch(
                logical_name,
                metadata={"name": account.name, "namespace": account.namespace, "annotations": annotations},
                opts=opts(),
            )
        case "external":
            return None
