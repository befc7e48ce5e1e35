"""The checks: each judges what was read and asks nothing itself."""

import fnmatch
import ipaddress
from collections.abc import Iterable, Mapping, Sequence

from .args import PreflightArgs
from .facts import Caller, NameState, Right, Usage, VmSize
from .row import Row, failed, passed, unknown

ROLE = "Role Based Access Control Administrator"
# RFC 5737: nobody connects from these.
_FOR_EXAMPLES = [ipaddress.ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
_WRITES_ROLE_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments/write"


def kubelogin(path: str | None) -> Row:
    """Every kubeconfig here starts kubelogin. Source: Microsoft Learn, "Use kubelogin to authenticate users in AKS"."""
    if path:
        return passed("kubelogin", path)
    return failed("kubelogin", "not on PATH, and the cluster's Kubernetes provider starts it", "az aks install-cli")


def subscription(subscription_id: str, name: str, state: str) -> Row:
    """A disabled, expired or deleted subscription takes no new resources; one that is past due or warned still does.

    Source: Microsoft Learn, "Azure subscription states".
    """
    found = f"{name} ({subscription_id})"
    if state in ("Enabled", "PastDue", "Warned"):
        return passed("subscription", found if state == "Enabled" else f"{found}, still usable although {state}")
    return failed("subscription", f"{found} is {state}", "az account list --output table")


def admin_groups(caller: Caller, group_ids: Sequence[str], member_of: Sequence[str]) -> Row:
    """Whoever deploys makes namespaces and service accounts, and local accounts are off."""
    if member_of:
        return passed("admin groups", f"the login is in {', '.join(member_of)}")
    return failed(
        "admin groups",
        f"the login ({caller.object_id}) is in none of {', '.join(group_ids)}",
        f"az ad group member add --group {group_ids[0]} --member-id {caller.object_id}",
    )


def permits(right: Right, action: str) -> bool:
    """Whether a role lets its holder do something.

    Source: Microsoft Learn, "Understand Azure role definitions" (wildcards; NotActions are taken away from Actions of
    the same role only).
    """

    def matches(patterns: Sequence[str]) -> bool:
        return any(fnmatch.fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]")) for pattern in patterns)

    return matches(right.actions) and not matches(right.not_actions)


def role_assignments(caller: Caller, subscription_id: str, resource_group: str, rights: Iterable[Right]) -> Row:
    """Each grant is a role assignment, which Contributor may not write."""
    granting = [right for right in rights if permits(right, _WRITES_ROLE_ASSIGNMENTS)]
    scope = f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}"
    if any(not right.condition for right in granting):
        return passed("role assignments", f"the login may write them in {resource_group}")
    if granting:
        why = f"the login may write them only where a condition allows it: {granting[0].condition}"
        return unknown("role assignments", why)
    kind = "User" if caller.is_user else "ServicePrincipal"
    command = (
        f"az role assignment create --assignee-object-id {caller.object_id} --assignee-principal-type {kind} "
        f'--role "{ROLE}" --scope {scope}'
    )
    return failed(
        "role assignments",
        f"the login may not write them in {resource_group}",
        command,
        "\n".join(
            [
                "To hand over to an Owner or User Access Administrator of the subscription:",
                "",
                f"  Please let {kind} {caller.object_id} write role assignments in the resource group {resource_group}",
                f"  of subscription {subscription_id}: each workload gets narrow roles on single resources there, and",
                f"  Contributor cannot give them. If the group does not exist, create it first. The role is {ROLE};",
                "  a condition may narrow it to the roles that a preview shows:",
                "",
                f"  {command}",
            ]
        ),
    )


def resource_providers(needed: Sequence[str], states: Mapping[str, str]) -> Row:
    """Nobody registers them for a program that creates resources directly."""
    missing = [name for name in needed if states.get(name.lower()) != "Registered"]
    if not missing:
        return passed("resource providers", f"all {len(needed)} registered")
    said = ", ".join(f"{name} is {states.get(name.lower(), 'not known')}" for name in missing)
    register = [f"az provider register --wait --namespace {name}" for name in missing]
    return failed("resource providers", said, " && ".join(register))


def caller_address(args: PreflightArgs) -> Row:
    """Creating namespaces and service accounts needs the API server; Azure itself is reached from anywhere."""
    check = "caller's address"
    if args.private_cluster:
        return unknown(check, "the API server is private; run the update inside its network")
    if not args.authorized_ip_ranges:
        return passed(check, "the API server takes connections from everywhere")
    ranges = ", ".join(args.authorized_ip_ranges)
    examples = [
        each for each in args.authorized_ip_ranges if any(ipaddress.ip_network(each).overlaps(e) for e in _FOR_EXAMPLES)
    ]
    if examples:
        yours = (
            "name the public addresses of yours and of your pipelines instead (cluster.apiServer.authorizedIpRanges)"
        )
        return failed(check, f"{', '.join(examples)} is for examples in documents: nobody connects from there", yours)
    if args.caller_address is None:
        how = "name the public address with --caller-address (your network's administrator or router knows it)"
        return unknown(check, f"the API server takes connections from {ranges} only; {how}")
    address = ipaddress.ip_address(args.caller_address)
    if any(address in ipaddress.ip_network(each) for each in args.authorized_ip_ranges):
        return passed(check, f"{address} is in {ranges}")
    suffix = 32 if address.version == 4 else 128
    add = f"add {address}/{suffix} to the API server's authorized IP ranges (cluster.apiServer.authorizedIpRanges)"
    return failed(check, f"{address} is not in {ranges}", add)


def unique_name(check: str, name: str, state: NameState, *, recovered: bool, look: str) -> Row:
    """A name that is unique in Azure.

    Args:
        check: what it is the name of.
        name: the name.
        state: what Azure says.
        recovered: whether the program brings a soft-deleted resource of this name back.
        look: the command that shows what holds it.
    """
    if state.free:
        return passed(check, f"{name} is free")
    if state.here:
        return passed(check, f"{name} is there already, in this resource group")
    if state.deleted and recovered:
        return passed(check, f"{name} is soft-deleted; the update brings it back with all it held")
    if state.deleted:
        found = (
            f"{name} is soft-deleted until {state.deleted.until}; set recover to bring it back, or take another name"
        )
        return failed(check, found, look)
    return failed(check, f"{name} cannot be had: {state.reason or 'somebody has it'}; take another name", look)


def cluster(name: str, resource_group: str, exists: bool) -> Row:
    """A cluster's name is unique in its resource group."""
    there = f"is there already, in {resource_group}" if exists else f"is free in {resource_group}"
    return passed("cluster", f"{name} {there}")


def quotas(
    wanted: Mapping[str, int], location: str, sizes: Mapping[str, VmSize], usages: Mapping[str, Usage]
) -> list[Row]:
    """Whether the nodes fit: each size's family has a quota, and so has the region.

    Source: Microsoft Learn, "Check vCPU quotas".
    """
    rows: list[Row] = []
    needed: dict[str, int] = {}
    skus = f"az vm list-skus --location {location} --resource-type virtualMachines --all --output table"
    for name, count in wanted.items():
        size = sizes.get(name.lower())
        if size is None or size.restricted:
            why = f"is not for this subscription ({size.restricted})" if size else "does not exist"
            rows.append(failed(f"VM size {name}", f"{name} {why} in {location}", skus))
            continue
        for quota in (size.family, "cores"):
            needed[quota] = needed.get(quota, 0) + count * size.vcpus
    rows += [_quota(name, count, location, usages.get(name.lower())) for name, count in sorted(needed.items())]
    return rows


def _quota(name: str, needed: int, location: str, usage: Usage | None) -> Row:
    check = "vCPUs of the region" if name == "cores" else f"vCPUs of {name}"
    show = f"az vm list-usage --location {location} --output table"
    if usage is None:
        return unknown(check, f"Azure names no quota {name} in {location}", show)
    found = f"{needed} needed, {usage.limit - usage.used} of {usage.limit} left in {location}"
    if needed <= usage.limit - usage.used:
        return passed(check, found)
    more = (
        f"{show} # then ask for more: https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas"
    )
    return failed(check, found, more)
