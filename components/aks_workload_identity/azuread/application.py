"""FederatedApplication: an app registration that service accounts may become, without any secret."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pulumi
import pulumi_azuread as azuread

from ..azure import client_config
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..grants import Grant
from ..grants.assignment import assign
from ..names import Guid, PlainText
from ..program import remember
from ..workload.federation import Federation, NamespaceInCluster, claim, federations, namespaces_of, problems_of
from ..workload.federation_args import FederationArgs
from ..workload.grant_checks import grant_problems
from ..workload.ledger import CredentialLedger, LedgerEntry
from ..workload.pod import pod_annotations, with_identity
from ..workload.service_account import AccountResource, ServiceAccount, annotations_of, register_service_account

S = TypeVar("S")


class FederatedApplicationArgs(FederationArgs):
    """Arguments of `FederatedApplication`."""

    display_name: PlainText | None = None
    """What people see in the directory; left out, the component's name."""
    owners: Sequence[Guid] = ()
    """Object ids of who may change the registration, and with it who becomes it; left out, nobody but administrators
    of the directory. Whoever deploys with no more than `Application.ReadWrite.OwnedBy` must be among them, for example
    by `azuread.get_client_config().object_id`: the provider takes away from itself what is not named here, and the
    credentials, which come after, would be refused."""


class FederatedApplication(Component):
    """An app registration and its service principal, and the service accounts that may become it.

    A managed identity does the same without rights in the directory; take this where an application must be one,
    for example because it has permissions of Microsoft Graph that need consent. It has no client secret and no
    certificate, and offers no argument for one. It is not for `KeyVaultMount`, which takes a `FederatedWorkload`.

    Creates:
        - an `Application` and its `ServicePrincipal`
        - an `ApplicationFederatedIdentityCredential` for each service account on each cluster, at most 20
        - a `RoleAssignment` for each grant
        - namespaces and service accounts as `FederatedWorkload` does

    Args:
        name: the logical name; children are called `name`, `name-<key>` or `name-<cluster>-<service account>`.
        args: see `FederatedApplicationArgs`.
        opts: standard resource options; the azuread provider deploys with rights to write applications
            (`Application.ReadWrite.All`, or `Application.ReadWrite.OwnedBy` and itself among `owners`).

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Configure an app to trust an external identity provider".
    """

    application: azuread.Application
    """The app registration."""
    service_principal: azuread.ServicePrincipal
    """What role assignments name."""
    credentials: dict[str, azuread.ApplicationFederatedIdentityCredential]
    """The federated credentials, by `<cluster>-<service account>`."""
    entries: dict[str, LedgerEntry]
    """What each credential trusts, by its key."""
    accounts: dict[str, AccountResource]
    """The service accounts in Kubernetes, by `<cluster>-<service account>`; none for those of `external` ownership."""
    annotations: dict[str, dict[str, pulumi.Output[str]]]
    """What each service account is annotated with, by its key."""
    role_assignments: dict[str, pulumi.CustomResource]
    """The role assignments by grant key."""
    grants: Mapping[str, Grant]
    """What it may do, as given."""
    service_accounts: Mapping[str, ServiceAccount]
    """The service accounts, as given."""
    namespaces: dict[str, NamespaceInCluster]
    """Where the pods run, by `<cluster>-<namespace>`."""
    client_id: pulumi.Output[str]
    """The application's client id."""
    principal_id: pulumi.Output[str]
    """The service principal's object id."""

    def __init__(
        self, name: str, args: FederatedApplicationArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ):
        args = FederatedApplicationArgs.of(args)
        holder = f"FederatedApplication {name!r}"
        wanted = federations(holder, args)
        # An application has the same limits as a managed identity.
        ledger = CredentialLedger(name)
        problems = ledger.problems([each.entry for each in wanted]) + problems_of(wanted, args)
        problems += grant_problems(ledger, args.grants)
        if problems:
            raise InvalidArgumentError(holder, problems)
        claim(wanted)
        config = client_config(opts)
        super().__init__("aks-workload-identity:index:FederatedApplication", name, {}, opts)

        child = pulumi.ResourceOptions(parent=self)
        self.application = azuread.Application(
            name,
            display_name=args.display_name or name,
            sign_in_audience="AzureADMyOrg",
            # Names of applications are not unique; a second one of this name is somebody's mistake.
            prevent_duplicate_names=True,
            owners=list(args.owners) or None,
            opts=child,
        )
        self.client_id = self.application.client_id
        self.service_principal = azuread.ServicePrincipal(
            name, client_id=self.client_id, owners=list(args.owners) or None, opts=child
        )
        self.principal_id = self.service_principal.object_id
        self.role_assignments = {
            key: assign(
                f"{name}-{key}",
                grant,
                identity_name=name,
                key=key,
                principal_id=self.principal_id,
                subscription_id=config.subscription_id,
                opts=child,
            )
            for key, grant in args.grants.items()
        }
        self.grants = args.grants
        self.entries = {each.key: each.entry for each in wanted}
        self.credentials = {}
        for each in wanted:
            self._trust(each, args.audience)
        self.service_accounts = args.service_accounts
        tenant_id = self.service_principal.application_tenant_id if args.has_cluster_outside(config.tenant_id) else None
        self.annotations = {
            key: annotations_of(account, client_id=self.client_id, tenant_id=tenant_id)
            for key, account in args.service_accounts.items()
        }
        self.namespaces = namespaces_of(wanted, args)
        self.accounts = {}
        for each in wanted:
            self._annotate(each)
        remember(self)
        self.register_outputs({"clientId": self.client_id, "principalId": self.principal_id})

    def pod_spec(self, spec: S, *, service_account: str, token_expiration_seconds: int | None = None) -> S:
        """A copy of a spec whose pods become the application; see `FederatedWorkload.pod_spec`.

        Args:
            spec: the spec of a kind that carries pods, or a whole Pod.
            service_account: the key of the service account.
            token_expiration_seconds: lifetime of these pods' token, 3600-86400; left out, the service account's.

        Raises:
            InvalidArgumentError: with everything that stands against it.
        """
        if service_account not in self.service_accounts:
            text = f"must be one of {sorted(self.service_accounts)}; got {service_account!r}"
            raise InvalidArgumentError("pod_spec", [Problem(("service_account",), text)])
        annotations = pod_annotations("pod_spec", (), token_expiration_seconds)
        return with_identity(spec, self.service_accounts[service_account], (), annotations, [])

    def _trust(self, federation: Federation, audience: str) -> None:
        # One after another, and behind all earlier ones: see `CredentialLedger.write`.
        self.credentials[federation.key] = azuread.ApplicationFederatedIdentityCredential(
            f"{self.pulumi_resource_name}-{federation.key}",
            application_id=self.application.id,
            display_name=federation.entry.name,
            issuer=federation.trust.checked_issuer(),
            subject=federation.entry.subject,
            audiences=[audience],
            # A renamed one trusts what the old one does, which Graph refuses while that is there.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*self.credentials.values()], delete_before_replace=True
            ),
        )

    def _annotate(self, federation: Federation) -> None:
        namespace = self.namespaces[f"{federation.cluster_key}-{federation.account.namespace}"]
        resource = register_service_account(
            f"{self.pulumi_resource_name}-{federation.key}",
            federation.account,
            annotations=self.annotations[federation.account_key],
            opts=lambda: federation.trust.in_cluster(self, depends_on=namespace.resources),
        )
        if resource:
            self.accounts[federation.key] = resource
