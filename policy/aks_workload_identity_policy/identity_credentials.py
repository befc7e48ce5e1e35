"""Which federated credentials each identity has."""

from aks_workload_identity_policy.principals import CREDENTIAL, principals
from aks_workload_identity_policy.resource import StackResource
from aks_workload_identity_policy.stack import Stack


def credentials_of(stack: Stack) -> dict[str, list[StackResource]]:
    """The federated credentials of each identity: by the identity's URN, or its name if it is not of this stack.

    A credential of which the preview does not tell whose it is, is none of anybody's: the rule says so.
    """
    shared = stack.graph.shared
    if "credentials" not in shared:
        shared["credentials"] = _credentials(stack)
    found, of_nobody = shared["credentials"]
    for credential in of_nobody:
        if len(principals(stack).sources(credential, "resourceName")) > 1:
            stack.unclear(credential, "resourceName")
        else:
            stack.unknown(credential)
    return found


def _credentials(stack: Stack) -> tuple[dict[str, list[StackResource]], list[StackResource]]:
    known = principals(stack)
    found: dict[str, list[StackResource]] = {}
    of_nobody: list[StackResource] = []
    for credential in stack.of(CREDENTIAL):
        principal = known.named(credential, "resourceName")
        name = credential.known("resourceName")
        if principal is None and name is None and not known.sources(credential, "resourceName"):
            waited_for = [one for urn in credential.dependencies if (one := known.of_urn(urn)).identity]
            principal = waited_for[0] if len(waited_for) == 1 else None
        if principal and principal.identity:
            found.setdefault(principal.identity.urn, []).append(credential)
        elif name is None:
            of_nobody.append(credential)
        else:
            group = credential.known("resourceGroupName") or ""
            found.setdefault(f"{group}/{name}".lower(), []).append(credential)
    return found, of_nobody
