"""The ledger of one identity: the order, number and uniqueness of its credentials, and its grants once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import managedidentity

from ..errors import InvalidArgumentError, Problem

# Microsoft Learn, "Important considerations and restrictions for federated identity credentials".
CREDENTIAL_LIMIT = 20


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """A credential that somebody wants on an identity.

    Args:
        holder: the component that wants it, for messages.
        name: the credential's Azure name.
        cluster_key: the cluster whose issuer it trusts.
        subject: the service account it trusts.
        issuer: the cluster's issuer, where it is plain.
    """

    holder: str
    name: str
    cluster_key: str
    subject: str
    issuer: str | None = None


@dataclass(frozen=True, kw_only=True)
class FoundCredential:
    """A credential that an existing identity has in Azure.

    Args:
        name: its Azure name.
        issuer: whose tokens it trusts.
        subject: which of them.
    """

    name: str
    issuer: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class HeldGrant:
    """A role that an identity holds in this program.

    Args:
        role: the role's GUID.
        scope: the scope as it was given.
        condition: what narrows it further, if anything.
        assignment: the one assignment of it.
        asked_by: the components that need it, in the order in which they asked.
    """

    role: str
    scope: object
    condition: str | None
    assignment: pulumi.CustomResource
    asked_by: list[pulumi.ComponentResource] = field(default_factory=list[pulumi.ComponentResource])


def _same_scope(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    return one is other


@dataclass
class CredentialLedger:
    """All credentials of one identity in one program, whichever component asks for them.

    Entra ID refuses overlapping writes on one identity (409) and a 21st credential, and it accepts a second
    credential with the same issuer and subject nowhere: the ledger chains the writes with `depends_on` and
    refuses the rest before anything is registered. What an existing identity has in Azure counts too, whoever
    wrote it, as Azure will count it: a credential that this program is about to delete is deleted last.

    Source: Microsoft Learn, "Important considerations and restrictions for federated identity credentials".
    """

    identity_name: str
    found: tuple[FoundCredential, ...] | None = None
    grants: dict[str, "HeldGrant"] = field(default_factory=dict[str, "HeldGrant"])
    credentials: dict[LedgerEntry, managedidentity.FederatedIdentityCredential] = field(
        default_factory=dict[LedgerEntry, managedidentity.FederatedIdentityCredential]
    )

    def problems(self, wanted: Sequence[LedgerEntry]) -> list[Problem]:
        """What stands against adding these credentials, each its own."""
        problems: list[Problem] = []
        taken = {(entry.cluster_key, entry.subject): entry.holder for entry in self.credentials}
        total = [*self.credentials, *wanted]
        ours = {entry.name.lower() for entry in total}
        elsewhere = [each for each in self.found or () if each.name.lower() not in ours]
        pairs = {(each.issuer, each.subject): each.name for each in elsewhere}
        for entry in wanted:
            pair = (entry.cluster_key, entry.subject)
            if pair in taken:
                text = (
                    f"must be unique for each cluster and identity; got {entry.subject} on cluster "
                    f"{entry.cluster_key!r} a second time, already held by {taken[pair]}"
                )
                problems.append(Problem(("service_accounts",), text))
            taken[pair] = entry.holder
            if entry.issuer and (entry.issuer, entry.subject) in pairs:
                text = (
                    f"must be unique for each issuer and identity; got {entry.subject}, which credential "
                    f"{pairs[entry.issuer, entry.subject]!r} in Azure trusts already; delete that one first"
                )
                problems.append(Problem(("service_accounts",), text))
        count = len(total) + len(elsewhere)
        if count > CREDENTIAL_LIMIT:
            holders = {entry.holder: sum(e.holder == entry.holder for e in total) for entry in total}
            held = [f"{holder} {number}" for holder, number in holders.items()]
            held += [f"in Azure {len(elsewhere)}: {', '.join(sorted(each.name for each in elsewhere))}"] * bool(
                elsewhere
            )
            text = (
                f"x clusters must be at most {CREDENTIAL_LIMIT} credentials on identity "
                f"{self.identity_name!r}; got {count} ({', '.join(held)}); give some accounts an identity of their own"
            )
            problems.append(Problem(("service_accounts",), text))
        return problems

    def granted(self, key: str, role: str, scope: object, condition: str | None = None) -> "HeldGrant | None":
        """The grant of this role on this scope, whoever asked for it first.

        Raises:
            InvalidArgumentError: when the key belongs to another grant; when the same role on the same scope is held
                under another key, because the assignment would change its name with whoever goes first, and Azure
                refuses a second one beside it; when it is held on another condition.
        """
        for held_key, held in self.grants.items():
            if held.role == role and _same_scope(held.scope, scope):
                if held_key != key:
                    text = (
                        f"must be one key for one role on one resource of identity {self.identity_name!r}; got "
                        f"{key!r} beside {held_key!r}; with one key for both, either can go without the other (a "
                        "mount's keys are '<vault>-secrets-user' and '<vault>-reader')"
                    )
                    raise InvalidArgumentError("grants", [Problem(("grants", key), text)])
                if held.condition != condition:
                    text = (
                        f"must have the condition of the grant that identity {self.identity_name!r} has under this key "
                        "already: both are one assignment in Azure"
                    )
                    raise InvalidArgumentError("grants", [Problem(("grants", key), text)])
                return held
        if key in self.grants:
            text = f"must be a key of its own on identity {self.identity_name!r}; another role or scope has it already"
            raise InvalidArgumentError("grants", [Problem(("grants", key), text)])
        return None

    def write(
        self,
        entry: LedgerEntry,
        register: Callable[[Sequence[pulumi.Resource]], managedidentity.FederatedIdentityCredential],
    ) -> None:
        """Enter a credential and register it behind all that the identity has already.

        Behind all, not only the last: when several are deleted at once, those between them may stay, and
        Pulumi orders the deletion of two resources only where one depends on the other directly.

        Args:
            entry: the credential.
            register: registers it with these dependencies.
        """
        self.credentials[entry] = register([*self.credentials.values()])
