"""The access map as data: workload, service account, credential, identity, role, scope, and who asked for it."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Entry(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, use_attribute_docstrings=True
    )


class RoleOnScope(_Entry):
    """A role that an identity holds on a scope."""

    role: str
    """The role's name."""
    role_definition_id: str
    """Its definition in Azure: Microsoft renames roles, never their ids."""
    scope: str
    """What the role reaches."""
    condition: str | None = None
    """What narrows it further, in Azure's language of conditions."""
    reason: str | None = None
    """The description of the assignment."""
    asked_by: tuple[str, ...] = ()
    """URNs of the components that asked for it."""


class Credential(_Entry):
    """A federated credential: whose tokens become the identity."""

    name: str
    """Its name on the identity."""
    cluster: str
    """The key of the cluster whose tokens it trusts."""
    issuer: str
    """The `iss` claim of those tokens."""
    subject: str
    """The `sub` claim: the service account."""
    audiences: tuple[str, ...]
    """The `aud` claim."""


class MountedObject(_Entry):
    """What a vault shows to pods as a file."""

    name: str
    """The object's name in the vault."""
    kind: Literal["secret", "key", "certificate"]
    """What it is."""
    private_key: bool = False
    """Whether the certificate comes with its private key."""
    files: tuple[str, ...]
    """Its files in the mount."""


class SyncedSecret(_Entry):
    """A copy of vault objects in a Kubernetes Secret, which is stored in etcd."""

    name: str
    """The Secret's name."""
    objects: tuple[str, ...]
    """What is copied, by the key in the mount."""
    reason: str
    """Why files do not do."""


class Mount(_Entry):
    """What the pods of a workload see of one vault."""

    name: str
    """The logical name of the component."""
    urn: str
    """The component."""
    vault: str
    """The vault's name."""
    path: str
    """Where the files appear."""
    objects: tuple[MountedObject, ...]
    """What appears there."""
    synced: tuple[SyncedSecret, ...] = ()
    """What is copied into Kubernetes Secrets."""


class Workload(_Entry):
    """A workload or an app registration: who may become its identity, and what the identity may do."""

    name: str
    """The logical name of the component."""
    urn: str
    """The component."""
    identity: str
    """The identity's resource id; of an app registration its place in Microsoft Graph, `/applications/<object id>`."""
    client_id: str
    """The identity's client id."""
    principal_id: str
    """The identity's principal (object) id: sign-in and audit logs name it."""
    tenant_id: str
    """The identity's Entra tenant."""
    shared_with: tuple[str, ...] = ()
    """URNs of the other workloads that have the same identity, and with it all of its roles."""
    credentials: tuple[Credential, ...] = ()
    """Whose tokens become the identity."""
    roles: tuple[RoleOnScope, ...] = ()
    """What the identity may do, whichever component asked for it."""
    mounts: tuple[Mount, ...] = ()
    """What the pods see of vaults."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """The service accounts, each once."""
        return tuple(sorted({credential.subject for credential in self.credentials}))


class TeamGroup(_Entry):
    """What the members of one Entra group may do in a namespace."""

    name: str
    """What the program calls the group."""
    group_object_id: str
    """The group in Entra ID."""
    access: Literal["view", "edit", "admin"]
    """What they may do there."""
    given_by: Literal["RoleBinding", "RoleAssignment"]
    """Where that is kept: in the cluster or in Azure."""
    reason: str | None = None
    """Why."""


class Team(_Entry):
    """A namespace and who may work in it. Who may run pods there can become the identities of its accounts."""

    name: str
    """The logical name of the component."""
    urn: str
    """The component."""
    cluster: str
    """The key of the cluster."""
    namespace: str
    """The namespace."""
    groups: tuple[TeamGroup, ...]
    """Who may do what."""


class Cluster(_Entry):
    """A cluster and who administers it: they can become every identity that is used there."""

    name: str
    """The key of the cluster."""
    urn: str
    """The component."""
    admin_group_object_ids: tuple[str, ...]
    """The groups in Entra ID; their members need no role for it."""


class Principal(_Entry):
    """Somebody who is no workload and holds roles: the identity of a cluster's nodes, a group of people."""

    name: str
    """What the program calls it."""
    principal_id: str
    """Its object id in Entra ID."""
    roles: tuple[RoleOnScope, ...]
    """What it may do."""


class AccessMap(_Entry):
    """All that the components of one program let somebody do.

    What is written by hand beside them, and what was given outside of the program, is not in it.
    """

    stack: str
    """Project and stack."""
    workloads: tuple[Workload, ...] = ()
    """The workloads."""
    teams: tuple[Team, ...] = ()
    """The namespaces of teams."""
    clusters: tuple[Cluster, ...] = ()
    """The clusters and who administers them."""
    others: tuple[Principal, ...] = ()
    """Everybody else who was given a role."""

    @classmethod
    def of_outputs(cls, outputs: Mapping[str, Any]) -> Self:
        """The map in the outputs of a stack, `pulumi stack output --json`.

        Raises:
            ValueError: there is none.
        """
        found: object = outputs.get("accessMap")
        if found is None:
            raise ValueError(
                "the stack has no output 'accessMap': nothing is deployed, or the program lacks "
                "pulumi.export('accessMap', registered_access_map())"
            )
        return cls.model_validate(found)

    def to_json(self) -> dict[str, Any]:
        """Plain data with camelCase keys; what is not there is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
