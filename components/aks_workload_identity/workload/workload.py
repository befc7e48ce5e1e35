"""FederatedWorkload: one identity, the service accounts that may become it, and what it may do."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pulumi
from pulumi_azure_native import managedidentity

from ..arguments import as_output, one
from ..azure import client_config, invoke_options
from ..clouds import Audience, Cloud
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..grants import Grant
from ..grants.assignment import assign
from ..names import MapKey
from ..program import remember
from . import helm
from .args import FederatedWorkloadArgs
from .federation import Federation, NamespaceInCluster, claim, federations, namespaces_of, problems_of
from .given_identity import count_what_azure_has, given_identity
from .grant_checks import grant_problems
from .identity import Identity, identity_of_resource, name_problem
from .ledger import CredentialLedger, HeldGrant
from .pod import PodMount, mount_problems, pod_annotations, with_identity
from .service_account import AccountResource, ServiceAccount, annotations_of, register_service_account

S = TypeVar("S")


class FederatedWorkload(Component):
    """An identity, who may use it (service accounts x clusters), and what it may do (grants).

    It makes no client secret and no group membership, and it grants no role above a resource. The
    credentials of one identity are written one after another, also when several components share the
    identity; different identities are written in parallel. Deleting a workload stops new tokens; access
    tokens already issued stay valid for up to 24 hours.

    Creates:
        - a `UserAssignedIdentity`, unless `identity` is given
        - a `FederatedIdentityCredential` for each service account on each cluster
        - a `RoleAssignment` for each grant that the identity has not yet; for data of Cosmos DB a
          `SqlResourceSqlRoleAssignment`
        - a `Namespace` for each namespace and cluster, see `create_namespaces`
        - an annotated `ServiceAccount` or a `ServiceAccountPatch` for each service account on each cluster, see
          `ServiceAccount.ownership`

    Args:
        name: the logical name; children are called `name`, `name-<key>` or `name-<cluster>-<service account>`.
        args: see `FederatedWorkloadArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Use a workload identity with AKS"; Entra's federated credential limits.
    """

    identity: Identity
    """The identity; pass it to another workload to share it."""
    credentials: dict[str, managedidentity.FederatedIdentityCredential]
    """The federated credentials, by `<cluster>-<service account>`."""
    accounts: dict[str, AccountResource]
    """The service accounts in Kubernetes, by `<cluster>-<service account>`; none for those of `external` ownership."""
    annotations: dict[str, dict[str, pulumi.Output[str]]]
    """What each service account is annotated with, by its key: for whoever makes an `external` one."""
    role_assignments: dict[str, pulumi.CustomResource]
    """The role assignments by grant key; a `KeyVaultMount` adds what its files need."""
    grants: dict[str, Grant]
    """What the identity may do, by grant key."""
    namespaces: dict[str, NamespaceInCluster]
    """Where the pods run, by `<cluster>-<namespace>`."""
    service_accounts: Mapping[str, ServiceAccount]
    """The service accounts, as given."""
    cloud: Cloud
    """The cloud, as given."""
    audience: Audience
    """The audience of the pods' tokens, as given."""
    client_id: pulumi.Output[str]
    """The identity's client id."""
    principal_id: pulumi.Output[str]
    """The identity's principal (object) id."""

    def __init__(
        self, name: str, args: FederatedWorkloadArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ):
        args = FederatedWorkloadArgs.of(args)
        wanted = federations(f"FederatedWorkload {name!r}", args)
        azure_name = args.identity_name or name
        given = given_identity(args.identity, opts) if args.identity else None
        if given and isinstance(args.identity, str):
            count_what_azure_has(args.identity, given.ledger, opts, args.cloud)
        ledger = given.ledger if given else CredentialLedger(azure_name)
        problems = ledger.problems([each.entry for each in wanted]) + grant_problems(ledger, args.grants)
        self._subscription_id = client_config(opts).subscription_id
        taken = None if given else name_problem(self._subscription_id, args.resource_group_name, azure_name, name)
        if taken:
            problems.append(Problem(("identity_name",), taken))
        problems.extend(problems_of(wanted, args))
        if problems:
            raise InvalidArgumentError(f"FederatedWorkload {name!r}", problems)
        claim(wanted)
        super().__init__("aks-workload-identity:index:FederatedWorkload", name, {}, opts)
        self._provider = invoke_options(opts).provider

        self.identity = given or self._own_identity(azure_name, args)
        self.client_id = as_output(self.identity.client_id)
        self.principal_id = as_output(self.identity.principal_id)
        self.role_assignments = {}
        self.credentials = {}
        self.accounts = {}
        self.service_accounts = args.service_accounts
        self.cloud, self.audience = args.cloud, args.audience
        tenant_id = self.identity.tenant_id if args.has_cluster_outside(client_config(opts).tenant_id) else None
        self.annotations = {
            key: annotations_of(each, client_id=self.client_id, tenant_id=tenant_id)
            for key, each in args.service_accounts.items()
        }
        self._delegated = args.delegated
        self.grants = {}
        for key, grant in args.grants.items():
            self.grant(key, grant)
        for each in wanted:
            self._trust(each)
        self.namespaces = namespaces_of(wanted, args)
        for each in wanted:
            self._annotate(each)
        remember(self)
        self.register_outputs({"clientId": self.client_id, "principalId": self.principal_id})

    def grant(
        self, key: str, grant: Grant, *, asked_by: pulumi.ComponentResource | None = None
    ) -> pulumi.CustomResource:
        """Give the identity a role; the same role on the same resource is assigned once.

        Args:
            key: what you call the grant; part of the assignment's logical and Azure name.
            grant: from the catalogue in `aks_workload_identity.grants`, or `wider` with a reason.
            asked_by: the component that needs it, which the access map shows; left out, the workload.

        Raises:
            InvalidArgumentError: when the identity has the same role on the same resource under another key or
                condition, or something else under this key.
        """
        grant = Grant.of(grant)
        held = self.identity.ledger.granted(
            one("grant", "key", MapKey, key), grant.role.guid, grant.scope, grant.condition
        )
        if held is None:
            owner = self.identity.owner
            # Assignments belong to the identity: a second workload that needs one must not take it along when it goes.
            assignment = assign(
                f"{owner.pulumi_resource_name if owner else self.identity.name}-{key}",
                grant,
                identity_name=self.identity.name,
                key=key,
                principal_id=self.identity.principal_id,
                subscription_id=self._subscription_id,
                delegated_managed_identity_resource_id=self.identity.id if self._delegated else None,
                opts=pulumi.ResourceOptions(parent=owner, provider=None if owner else self._provider),
            )
            held = HeldGrant(role=grant.role.guid, scope=grant.scope, condition=grant.condition, assignment=assignment)
            self.identity.ledger.grants[key] = held
        asking = asked_by or self
        if asking not in held.asked_by:
            held.asked_by.append(asking)
        if held.assignment not in self.role_assignments.values():
            self.grants[key] = grant
            self.role_assignments[key] = held.assignment
        return held.assignment

    def pod_spec(
        self,
        spec: S,
        *,
        mounts: Sequence[PodMount] = (),
        service_account: str | None = None,
        token_expiration_seconds: int | None = None,
    ) -> S:
        """A copy of a spec whose pods become the identity and see the mounted files.

        Puts the label on the pod template (the webhook looks there and nowhere else), sets the service
        account, adds a volume and its mounts for each `KeyVaultMount`, and a checksum annotation that rolls
        the pods when a mount's declaration changes. It does not touch images, commands or security contexts.

        Args:
            spec: the spec of a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob, or a whole Pod;
                typed arguments or a dict (camelCase or snake_case keys). The template must be plain, no `Output`.
            mounts: what the pods see of vaults; left out, nothing.
            service_account: the key of the service account; may be left out where there is only one.
            token_expiration_seconds: lifetime of these pods' token, 3600-86400; left out, the service account's.

        Raises:
            InvalidArgumentError: with all problems: another service account in the spec, the label with
                another value, the proxy sidecar, a token lifetime that the webhook refuses, a `subPath` of a mounted
                volume, a volume name or mount path that is taken, a volume that overrides its class, a mount of
                another workload, a stored login in `env`.

        Source: azure-workload-identity documentation, "Pod Labels and Annotations"; CSI driver, "Known limitations".
        """
        account = self.service_accounts[self._account_key("pod_spec", service_account)]
        annotations = pod_annotations("pod_spec", mounts, token_expiration_seconds)
        return with_identity(spec, account, mounts, annotations, mount_problems(mounts, self))

    def helm_values(
        self,
        *,
        mounts: Sequence[PodMount] = (),
        service_account: str | None = None,
        token_expiration_seconds: int | None = None,
    ) -> dict[str, Any]:
        """What a chart is told so that its pods become the identity and see the mounted files.

        The keys are those of a chart that `helm create` writes: `serviceAccount`, `podLabels`, `podAnnotations`,
        `volumes` and `volumeMounts`. The chart makes and annotates the account where its `ownership` is `external`,
        otherwise it uses the one that is there.

        Args:
            mounts: what the pods see of vaults, for all containers; left out, nothing.
            service_account: the key of the service account; may be left out where there is only one.
            token_expiration_seconds: lifetime of these pods' token, 3600-86400; left out, the service account's.

        Raises:
            InvalidArgumentError: with all problems of the mounts.
        """
        key = self._account_key("helm_values", service_account)
        annotations = pod_annotations("helm_values", mounts, token_expiration_seconds)
        problems = mount_problems(mounts, self)
        return helm.values(self.service_accounts[key], self.annotations[key], mounts, annotations, problems)

    def _account_key(self, where: str, given: str | None) -> str:
        accounts = self.service_accounts
        key = given or (next(iter(accounts)) if len(accounts) == 1 else "")
        if key not in accounts:
            text = f"must be one of {sorted(accounts)}; got {given!r}"
            raise InvalidArgumentError(where, [Problem(("service_account",), text)])
        return key

    @property
    def access(self) -> pulumi.Output[dict[str, object]]:
        """Who may become the identity and what it may do, as registered so far, mounts included."""
        return pulumi.Output.all(
            clientId=self.client_id,
            principalId=self.principal_id,
            subjects=sorted({account.subject for account in self.service_accounts.values()}),
            roles=[{"role": grant.role.name, "scope": grant.scope} for _, grant in sorted(self.grants.items())],
        )

    def _own_identity(self, azure_name: str, args: FederatedWorkloadArgs) -> Identity:
        resource = managedidentity.UserAssignedIdentity(
            self.pulumi_resource_name,
            resource_group_name=args.resource_group_name,
            resource_name_=azure_name,
            location=args.location,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return identity_of_resource(
            resource,
            azure_name=azure_name,
            group=args.resource_group_name,
            subscription_id=self._subscription_id,
            owner=self,
        )

    def _trust(self, federation: Federation) -> None:
        def register(previous: Sequence[pulumi.Resource]) -> managedidentity.FederatedIdentityCredential:
            credential = managedidentity.FederatedIdentityCredential(
                f"{self.pulumi_resource_name}-{federation.key}",
                resource_group_name=self.identity.resource_group_name,
                resource_name_=self.identity.azure_name,
                federated_identity_credential_resource_name=federation.entry.name,
                issuer=federation.trust.checked_issuer(),
                subject=federation.entry.subject,
                audiences=[self.audience],
                opts=pulumi.ResourceOptions(parent=self, depends_on=[*self.identity.resources, *previous]),
            )
            self.credentials[federation.key] = credential
            return credential

        self.identity.ledger.write(federation.entry, register)

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
