"""The Kubernetes service account of a workload, annotated with the identity it may become."""

from typing import Annotated

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import Field

from ..arguments import Arguments, Rule
from ..names import Namespace, ServiceAccountName, subject
from .identity import Identity

# azure-workload-identity, pkg/webhook/consts.go.
CLIENT_ID_ANNOTATION = "azure.workload.identity/client-id"
TOKEN_EXPIRATION_ANNOTATION = "azure.workload.identity/service-account-token-expiration"  # noqa: S105 - an annotation
USE_LABEL = "azure.workload.identity/use"

TokenExpirationSeconds = Annotated[int, Field(ge=3600, le=86400), Rule("a token lifetime of 3600-86400 seconds", 3600)]


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

    @property
    def subject(self) -> str:
        """The `sub` claim of its tokens."""
        return subject(self.namespace, self.name)


def create_service_account(
    logical_name: str,
    account: ServiceAccount,
    *,
    identity: Identity,
    opts: pulumi.ResourceOptions,
) -> kubernetes.core.v1.ServiceAccount:
    """Register the annotated account.

    Args:
        logical_name: the child's name.
        account: which account.
        identity: the identity its annotation names.
        opts: options of the child, as `ClusterTrust.in_cluster` makes them for its cluster.
    """
    annotations: dict[str, pulumi.Input[str]] = {CLIENT_ID_ANNOTATION: identity.client_id}
    if account.token_expiration_seconds is not None:
        annotations[TOKEN_EXPIRATION_ANNOTATION] = str(account.token_expiration_seconds)
    return kubernetes.core.v1.ServiceAccount(
        logical_name,
        metadata={"name": account.name, "namespace": account.namespace, "annotations": annotations},
        opts=opts,
    )
