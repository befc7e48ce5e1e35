"""The access map of the running program, read from what its components have registered."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import pulumi
from pulumi_azure_native import authorization

from ..cluster.interface import Cluster
from ..cluster.team_namespace import TeamNamespace
from ..component import Component
from ..grants import roles
from ..grants.sql_role_assignment import sql_role_assignments
from ..key_vault.mount import KeyVaultMount
from ..key_vault.objects import Certificate, Key, Secret, file_paths
from ..program import remembered
from ..workload.ledger import LedgerEntry
from ..workload.workload import FederatedWorkload
from .model import AccessMap

if TYPE_CHECKING:
    from pulumi_azure_native import cosmosdb
    from pulumi_azure_native.managedidentity import FederatedIdentityCredential
    from pulumi_azuread import ApplicationFederatedIdentityCredential as OfApplication

    from ..azuread import FederatedApplication

    Assignment = authorization.RoleAssignment | cosmosdb.SqlResourceSqlRoleAssignment

Registered = dict[str, Any]


def registered_access_map() -> pulumi.Output[dict[str, Any]]:
    """What the components that exist so far have registered; export it at the end of the program.

    It reads the registered resources themselves, so that it says what Azure was told, and lists everything in
    an order of its own, so that two maps can be compared line by line. Nothing in it is secret. Resources that
    the program registers without a component are not in it.
    """
    workloads, mounts, teams = remembered(FederatedWorkload), remembered(KeyVaultMount), remembered(TeamNamespace)
    clusters, applications = remembered(Cluster), _applications()
    assignments = [*remembered(authorization.RoleAssignment), *sql_role_assignments()]
    names = _role_names([*workloads, *applications])
    holding = [*teams, *applications]
    program = {
        "stack": f"{pulumi.get_project()}/{pulumi.get_stack()}",
        "workloads": [_workload(each, [mount for mount in mounts if mount.workload is each]) for each in workloads]
        + [_application(each) for each in applications],
        "teams": [_team(each) for each in teams],
        "clusters": [_cluster(each) for each in clusters],
        "principals": [each for cluster in clusters for each in _principals(cluster)]
        + [each for team in teams for each in _groups(team)],
        "assignments": [_assignment(each, _asking(each, workloads, holding)) for each in assignments],
    }
    return pulumi.Output.from_input(cast(Any, program)).apply(lambda known: _joined(known, names).to_json())


def _workload(workload: FederatedWorkload, mounts: Iterable[KeyVaultMount]) -> Registered:
    identity = workload.identity
    return {
        "name": workload.pulumi_resource_name,
        "urn": workload.urn,
        "identity": identity.id,
        "client_id": identity.client_id,
        "principal_id": identity.principal_id,
        "tenant_id": identity.tenant_id,
        "credentials": [
            _credential(credential.name, entry, credential)
            for entry, credential in identity.ledger.credentials.items()
            if credential in workload.credentials.values()
        ],
        "mounts": [_mount(each) for each in mounts],
    }


def _application(application: "FederatedApplication") -> Registered:
    """An app registration with its service accounts; its identity is its place in the directory."""
    return {
        "name": application.pulumi_resource_name,
        "urn": application.urn,
        "identity": application.application.id,
        "client_id": application.client_id,
        "principal_id": application.principal_id,
        "tenant_id": application.service_principal.application_tenant_id,
        "credentials": [
            _credential(credential.display_name, application.entries[key], credential)
            for key, credential in application.credentials.items()
        ],
        "mounts": [],
    }


def _credential(
    name: pulumi.Output[str], entry: LedgerEntry, credential: "FederatedIdentityCredential | OfApplication"
) -> Registered:
    return {
        "name": name,
        "cluster": entry.cluster_key,
        "issuer": credential.issuer,
        "subject": credential.subject,
        "audiences": credential.audiences,
    }


def _mount(mount: KeyVaultMount) -> Registered:
    return {
        "name": mount.pulumi_resource_name,
        "urn": mount.urn,
        "vault": mount.vault.name,
        "path": mount.mount_path,
        "objects": [_object(key, each) for key, each in sorted(mount.objects.items())],
        "synced": [
            {"name": name, "objects": sorted(set(each.data.values())), "reason": each.because}
            for name, each in sorted(mount.sync.items())
        ],
    }


def _object(key: str, shown: Secret | Key | Certificate) -> Registered:
    return {
        "name": shown.name or key,
        "kind": shown.kind,
        "private_key": isinstance(shown, Certificate) and shown.private_key,
        "files": file_paths(key, shown),
    }


def _cluster(cluster: Cluster) -> Registered:
    return {
        "name": cluster.trust.key,
        "urn": cluster.urn,
        "admin_group_object_ids": cluster.admin_group_object_ids,
    }


def _principals(cluster: Cluster) -> list[Registered]:
    named = {"control plane": cluster.control_plane_identity, "nodes": cluster.kubelet_identity}
    return [
        {"name": f"{name} of {cluster.trust.key}", "urn": cluster.urn, "principal_id": identity.object_id}
        for name, identity in named.items()
    ]


def _applications() -> "list[FederatedApplication]":
    """App registrations, told by their type token: their module needs an extra that few programs have."""
    kind = "aks-workload-identity:index:FederatedApplication"
    return [cast("FederatedApplication", each) for each in remembered(Component) if each.pulumi_resource_type == kind]


def _team(team: TeamNamespace) -> Registered:
    return {
        "name": team.pulumi_resource_name,
        "urn": team.urn,
        "cluster": team.trust.key,
        "namespace": team.namespace.metadata["name"],
        "groups": [
            {
                "name": key,
                "group_object_id": group.group_object_id,
                "access": group.access,
                "given_by": "RoleBinding" if key in team.role_bindings else "RoleAssignment",
                "reason": group.because,
            }
            for key, group in sorted(team.groups.items())
        ],
    }


def _groups(team: TeamNamespace) -> list[Registered]:
    """Groups whose rights are in Azure; one group may be in several teams."""
    return [
        {"name": f"group {group.group_object_id}", "urn": team.urn, "principal_id": group.group_object_id}
        for key, group in team.groups.items()
        if key in team.role_assignments
    ]


def _assignment(assignment: "Assignment", asked_by: list[pulumi.Output[str]]) -> Registered:
    """What is registered; a role assignment of Cosmos DB has neither a condition nor a description."""
    return {
        "principal_id": assignment.principal_id,
        "role_definition_id": assignment.role_definition_id,
        "scope": assignment.scope,
        "condition": getattr(assignment, "condition", None),
        "reason": getattr(assignment, "description", None),
        "asked_by": asked_by,
    }


def _asking(
    assignment: "Assignment",
    workloads: list[FederatedWorkload],
    holding: "Sequence[TeamNamespace | FederatedApplication]",
) -> list[pulumi.Output[str]]:
    """Who needs a role: workloads, the mounts that derive it, teams and applications."""
    held = [each for workload in workloads for each in workload.identity.ledger.grants.values()]
    asking = [component for each in held if each.assignment is assignment for component in each.asked_by]
    holders = [each for each in holding if assignment in each.role_assignments.values()]
    return [each.urn for each in dict.fromkeys([*asking, *holders])]


def _role_names(workloads: "Sequence[FederatedWorkload | FederatedApplication]") -> dict[str, str]:
    known = [value for value in vars(roles).values() if isinstance(value, roles.Role)]
    given = [grant.role for workload in workloads for grant in workload.grants.values()]
    return {role.guid.lower(): role.name for role in (*known, *given)}


def _joined(program: Registered, role_names: dict[str, str]) -> AccessMap:
    """The model: roles with who holds them, by principal id, everything in one order."""
    held: dict[str, list[Registered]] = {}
    for each in program["assignments"]:
        guid = each["role_definition_id"].rpartition("/")[2].lower()
        fields = {key: value for key, value in each.items() if key != "principal_id" and value is not None}
        role: Registered = {**fields, "role": role_names.get(guid, guid), "asked_by": sorted(each["asked_by"])}
        held.setdefault(each["principal_id"].lower(), []).append(role)
    for roles_of_one in held.values():
        roles_of_one.sort(key=lambda role: (role["role"], role["scope"], role.get("condition", "")))

    using: dict[str, list[str]] = {}
    for each in program["workloads"]:
        using.setdefault(each["principal_id"].lower(), []).append(each["urn"])
    workloads: list[Registered] = [
        {
            **each,
            "shared_with": sorted(urn for urn in using[each["principal_id"].lower()] if urn != each["urn"]),
            "credentials": sorted(each["credentials"], key=lambda one: (one["cluster"], one["subject"])),
            "roles": held.get(each["principal_id"].lower(), []),
            "mounts": sorted(each["mounts"], key=lambda one: one["urn"]),
        }
        for each in program["workloads"]
    ]
    clusters: list[Registered] = [
        {**each, "admin_group_object_ids": sorted(each["admin_group_object_ids"])} for each in program["clusters"]
    ]
    known = {each["principal_id"].lower(): each for each in program["principals"]}
    others: list[Registered] = [
        {
            "name": known[principal]["name"] if principal in known else "not of this program",
            "principal_id": principal,
            "roles": [{**role, "asked_by": role["asked_by"] or _urn_of(known.get(principal))} for role in found],
        }
        for principal, found in held.items()
        if principal not in using
    ]
    return AccessMap.model_validate(
        {
            "stack": program["stack"],
            "workloads": sorted(workloads, key=lambda each: (each["name"], each["urn"])),
            "teams": sorted(program["teams"], key=lambda each: (each["cluster"], each["namespace"])),
            "clusters": sorted(clusters, key=lambda each: (each["name"], each["urn"])),
            "others": sorted(others, key=lambda each: (each["name"], each["principal_id"])),
        }
    )


def _urn_of(principal: Registered | None) -> list[str]:
    return [principal["urn"]] if principal else []
