"""Rules about identities in relation to what they are attached to, trusted by and granted."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from aks_workload_identity_policy.holders import candidates, goes_to_people, holders, leave_open
from aks_workload_identity_policy.identity_credentials import credentials_of
from aks_workload_identity_policy.principals import (
    ASSIGNMENT,
    AZURE_ROLES,
    CLUSTER,
    CREDENTIAL,
    IDENTITY,
    ROLES,
    principals,
)
from aks_workload_identity_policy.role_assignments import role_guid
from aks_workload_identity_policy.roles import Verdict, role
from aks_workload_identity_policy.rule import stack_rule
from aks_workload_identity_policy.stack import Finding, Stack


@stack_rule(
    "managed-identity-is-no-group",
    *AZURE_ROLES,
    IDENTITY,
    CLUSTER,
    early=(CLUSTER,),
    why="Under the type of a group a workload's role would be judged as one of people.",
    severity=Severity.HIGH,
)
def managed_identity_is_no_group(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, role-based-access-control/troubleshooting (principal type)."""
    for assignment in stack.of(*AZURE_ROLES):
        if goes_to_people(assignment) and (principals(stack).holder(assignment) or candidates(stack, assignment)):
            said = (
                f"principalType is {assignment.given.shown('principalType')}"
                if assignment.given.kind == ASSIGNMENT.lower()
                else "only people are eligible"
            )
            yield Finding(
                assignment,
                f"{said}, and the principal is a managed identity; grant its role by a role assignment with the "
                "principalType 'ServicePrincipal'",
            )


@stack_rule(
    "federated-identity-holds-only-workload-roles",
    *AZURE_ROLES,
    IDENTITY,
    CLUSTER,
    CREDENTIAL,
    why="A pod signs in as an identity with federated credentials, so what runs the cluster must not be its too.",
    severity=Severity.CRITICAL,
)
def federated_identity_holds_only_workload_roles(stack: Stack) -> Iterator[Finding]:
    """The roles that a cluster's own identity may have on networks and its kubelet are the ones meant here.

    Of an identity outside the stack a credential says name and group alone: one in another subscription counts too.

    Source: Microsoft Learn, aks/concepts-identity.
    """
    credentials = credentials_of(stack)
    for assignment in stack.of(*AZURE_ROLES):
        holder = principals(stack).holder(assignment)
        guid = role_guid(assignment.known("roleDefinitionId"))
        judged = role(guid) if guid else None
        if judged is None or judged.verdict is not Verdict.REFUSED:
            continue
        if holder is None:
            leave_open(stack, assignment, lambda one: one.urn in credentials)
        elif holder.identity and holder.identity.urn in credentials:
            yield Finding(
                assignment,
                f"{judged.name} goes to {holder.identity.name}, which pods sign in as; give the cluster an identity of "
                f"its own for it, and the workload {judged.instead}",
            )
    for identity in stack.of(IDENTITY):
        holder = principals(stack).of_urn(identity.urn)
        if identity.urn in credentials and holder.is_of_a_cluster:
            yield Finding(
                identity,
                "pods sign in as this identity, and a cluster runs as it; make an identity for each of the two",
            )
    for key, cluster in principals(stack).of_clusters.items():
        for credential in credentials.get(key, ()):
            yield Finding(
                credential,
                f"pods sign in as {key}, and the cluster {cluster} runs as it; make an identity for each of the two",
            )
        for credential in credentials.get(f"/{key.rpartition('/')[2]}", ()):
            stack.unknown(credential)  # its group is not known yet


@stack_rule(
    "identity-with-roles-is-used",
    *ROLES,
    IDENTITY,
    CLUSTER,
    CREDENTIAL,
    why="Roles of an identity that no service account signs in as are left-overs, or wait for whoever federates it.",
    severity=Severity.LOW,
    level=EnforcementLevel.ADVISORY,
)
def identity_with_roles_is_used(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, role-based-access-control/best-practices."""
    credentials, holding = credentials_of(stack), holders(stack)
    for identity in stack.of(IDENTITY):
        principal = principals(stack).of_urn(identity.urn)
        if identity.urn in holding and identity.urn not in credentials and not principal.is_of_a_cluster:
            yield Finding(
                identity, "has roles but no federated credential; federate a service account, or take the roles away"
            )


@stack_rule(
    "federated-identity-has-roles",
    *ROLES,
    IDENTITY,
    CLUSTER,
    CREDENTIAL,
    why="A door that leads nowhere is forgotten, until somebody gives the identity a role.",
    severity=Severity.LOW,
    level=EnforcementLevel.ADVISORY,
)
def federated_identity_has_roles(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, entra/workload-id/workload-identities-federated-credential-mutable-subjects."""
    credentials, holding = credentials_of(stack), holders(stack)
    for identity in stack.of(IDENTITY):
        if identity.urn in credentials and identity.urn not in holding:
            yield Finding(
                identity,
                "has federated credentials but no role; grant what the workload needs, or remove the credentials",
            )
