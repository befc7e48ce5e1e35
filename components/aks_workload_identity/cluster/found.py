"""A cluster as Azure tells it: what stands against its use, what it lacks, and its identities."""

from collections.abc import Iterator
from typing import Any

import pulumi
from pulumi_azure_native import containerservice

from ..errors import Problem
from .interface import ClusterIdentity, identity_read_from
from .managed_cluster import KEY_VAULT_ADD_ON
from .trust import Feature

Found = containerservice.GetManagedClusterResult


def problems_of(found: Found, target: str) -> Iterator[Problem]:
    """What stands between this cluster and its use, each with the command that changes it."""

    def off(what: str, command: str) -> Problem:
        return Problem(("cluster_name",), f"must be a cluster {what}; got {found.name!r}; {command}")

    issuer = found.oidc_issuer_profile is not None and bool(found.oidc_issuer_profile.enabled)
    security = found.security_profile
    webhook = bool(security and security.workload_identity and security.workload_identity.enabled)
    flags = ([] if issuer else ["--enable-oidc-issuer"]) + ([] if webhook else ["--enable-workload-identity"])
    update = f"turn it on with: az aks update {target}"
    if not issuer:
        yield off("whose OIDC issuer is on", f"{update} {' '.join(flags)}")
    elif not (found.oidc_issuer_profile and found.oidc_issuer_profile.issuer_url):
        yield off("that tells its OIDC issuer", f"wait until Azure has made it: az aks wait {target} --updated")
    if not webhook:
        yield off("whose workload identity webhook is on", f"{update} {' '.join(flags)}")
    if not (found.aad_profile and found.aad_profile.managed):
        command = f"{update} --enable-aad --aad-admin-group-object-ids <group>"
        yield off("into which people log in with Entra ID, as kubelogin does", command)
    if found.power_state and found.power_state.code == "Stopped":
        yield off("that runs", f"start it with: az aks start {target}")


def pull_problems(found: Found) -> Iterator[Problem]:
    """Why no registry can be attached; the nodes of a cluster with a service principal pull as that."""
    if not (found.identity_profile or {}).get("kubeletidentity"):
        principal = found.service_principal_profile.client_id if found.service_principal_profile else "<client id>"
        command = f"az role assignment create --assignee {principal} --role AcrPull --scope <registry id>"
        text = f"must be left out, because {found.name!r} has no kubelet identity; let its service principal pull with"
        yield Problem(("registries",), f"{text}: {command}")


def lacks(found: Found, target: str) -> dict[Feature, str]:
    """What components need and the cluster has off, each with the command that turns it on."""
    off: dict[Feature, str] = {}
    if not (found.aad_profile and found.aad_profile.enable_azure_rbac):
        off["azure_rbac"] = f"az aks update {target} --enable-azure-rbac"
    if not is_on(found, KEY_VAULT_ADD_ON):
        add_on = "--addons azure-keyvault-secrets-provider --enable-secret-rotation"
        off["key_vault_add_on"] = f"az aks enable-addons {target} {add_on}"
    return off


def is_on(found: Found, add_on: str) -> bool:
    profile = (found.addon_profiles or {}).get(add_on)
    return bool(profile and profile.enabled)


def control_plane(found: Found) -> ClusterIdentity:
    own = found.identity
    attached = own.user_assigned_identities if own else None
    for resource_id, ids in (attached or {}).items():
        return _known(
            resource_id.rpartition("/")[2],
            client_id=ids.client_id,
            object_id=ids.principal_id,
            resource_id=resource_id,
        )
    return _known("control-plane", object_id=own.principal_id if own else None)


def identity(profile: Any, fallback: str) -> ClusterIdentity:
    resource_id: str = getattr(profile, "resource_id", None) or ""
    return _known(
        resource_id.rpartition("/")[2] or fallback,
        client_id=getattr(profile, "client_id", None),
        object_id=getattr(profile, "object_id", None),
        resource_id=resource_id,
    )


def _known(name: str, **ids: str | None) -> ClusterIdentity:
    return identity_read_from(name, lambda field: pulumi.Output.from_input(ids.get(field) or ""))
