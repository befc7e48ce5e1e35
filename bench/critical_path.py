"""How long an `up` must take: the longest chain of what really needs what, whatever order a program chose."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sandbox.plain import part

CLUSTER = "Microsoft.ContainerService/managedClusters"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
CREDENTIAL = f"{IDENTITY}/federatedIdentityCredentials"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
IN_CLUSTER = ("Namespace", "ServiceAccount", "SecretProviderClass", "Deployment")

# Proportions as people see them in Azure: a cluster takes five minutes, an object in it a second.
SECONDS: Mapping[str, float] = {
    CLUSTER: 300,
    "Microsoft.KeyVault/vaults": 30,
    "Microsoft.ContainerRegistry/registries": 20,
    ASSIGNMENT: 8,
    IDENTITY: 5,
    CREDENTIAL: 4,
    **dict.fromkeys(IN_CLUSTER, 1),
}

_TYPES: Mapping[str, str] = {
    "azure-native:containerservice:ManagedCluster": CLUSTER,
    "azure-native:keyvault:Vault": "Microsoft.KeyVault/vaults",
    "azure-native:containerregistry:Registry": "Microsoft.ContainerRegistry/registries",
    "azure-native:authorization:RoleAssignment": ASSIGNMENT,
    "azure-native:managedidentity:UserAssignedIdentity": IDENTITY,
    "azure-native:managedidentity:FederatedIdentityCredential": CREDENTIAL,
    "kubernetes:core/v1:Namespace": "Namespace",
    "kubernetes:core/v1:ServiceAccount": "ServiceAccount",
    "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": "SecretProviderClass",
    "kubernetes:apps/v1:Deployment": "Deployment",
}


@dataclass(frozen=True)
class _Made:
    """One resource of a state: its kind, its id in lower case, what it was given and what came out."""

    kind: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


@dataclass
class Task:
    """Everything that one stack has, as a task that somebody wants done.

    Args:
        resources: the resources of an exported state.
    """

    resources: Iterable[Mapping[str, Any]]
    _seconds: dict[str, float] = field(default_factory=dict[str, float])

    @cached_property
    def _made(self) -> list[_Made]:
        return [
            _Made(
                _TYPES.get(each["type"], each["type"]), each["id"].lower(), part(each, "inputs"), part(each, "outputs")
            )
            for each in self.resources
            if each.get("id")
        ]

    @property
    def critical_path(self) -> float:
        """Seconds of the longest chain."""
        return max(self._done(each) for each in self._made)

    def _done(self, made: _Made) -> float:
        """When a resource exists at the earliest."""
        key = f"{made.kind} {made.id}"
        if key not in self._seconds:
            begins = max((self._done(each) for each in self._needs(made)), default=0.0)
            self._seconds[key] = begins + SECONDS.get(made.kind, 0.0)
        return self._seconds[key]

    def _needs(self, made: _Made) -> list[_Made]:
        rules: dict[str, Callable[[_Made], list[_Made]]] = {
            CLUSTER: self._of_cluster,
            CREDENTIAL: self._of_credential,
            ASSIGNMENT: self._of_assignment,
            **dict.fromkeys(IN_CLUSTER, self._of_object),
        }
        return rules[made.kind](made) if made.kind in rules else []

    def _all(self, kind: str, where: Callable[[_Made], bool] = lambda _: True) -> list[_Made]:
        return [each for each in self._made if each.kind == kind and where(each)]

    def _of_cluster(self, cluster: _Made) -> list[_Made]:
        """Its identities, and the control plane's right to use the kubelets' one (AKS asks for it at creation)."""
        text = str(cluster.inputs).lower()
        identities = self._all(IDENTITY, lambda each: each.id in text)
        scopes = {each.id for each in identities}
        return identities + self._all(ASSIGNMENT, lambda each: str(each.inputs.get("scope")).lower() in scopes)

    def _of_credential(self, credential: _Made) -> list[_Made]:
        """Its identity, the cluster whose issuer it names, and the writes to the same identity before it."""
        identity = self._all(IDENTITY, lambda each: credential.id.startswith(f"{each.id}/"))
        issuer = str(credential.inputs.get("issuer"))
        clusters = self._all(CLUSTER, lambda each: part(each.outputs, "oidcIssuerProfile").get("issuerURL") == issuer)
        chain = self._all(CREDENTIAL, lambda each: each.id.rpartition("/")[0] == credential.id.rpartition("/")[0])
        return identity + clusters + chain[: chain.index(credential)]

    def _of_assignment(self, assignment: _Made) -> list[_Made]:
        """Who gets the role, and the resource it is for."""
        principal = assignment.inputs.get("principalId")
        scope = str(assignment.inputs.get("scope")).lower()
        holders = self._all(IDENTITY, lambda each: each.outputs.get("principalId") == principal)
        return holders + [each for each in self._made if each.kind in SECONDS and f"{scope}/".startswith(f"{each.id}/")]

    def _of_object(self, made: _Made) -> list[_Made]:
        """The cluster, the namespace, the identity that it names; a pod also what it runs as and what it mounts."""
        metadata = part(made.inputs, "metadata")
        namespace = metadata.get("namespace")
        text = str(made.inputs)
        needs = self._all(CLUSTER)
        needs += self._all("Namespace", lambda each: part(each.inputs, "metadata").get("name") == namespace)
        if made.kind in ("ServiceAccount", "SecretProviderClass"):
            needs += self._all(IDENTITY, lambda each: str(each.outputs.get("clientId")) in text)
        if made.kind == "Deployment":
            named = part(part(part(made.inputs, "spec"), "template"), "spec").get("serviceAccountName")
            needs += self._all("ServiceAccount", lambda each: each.id == f"{namespace}/{named}".lower())
            needs += self._all("SecretProviderClass", lambda each: f"'{each.id.rpartition('/')[2]}'" in text)
            subject = f"system:serviceaccount:{namespace}:{named}"
            needs += self._all(CREDENTIAL, lambda each: each.inputs.get("subject") == subject)
        return needs


def latencies(scale: float) -> dict[str, Any]:
    """A file of faults for the sandbox in which everything takes its time."""
    faults = [
        {"type": kind, "operation": "create", "delay": round(seconds * scale, 3)} for kind, seconds in SECONDS.items()
    ]
    return {"faults": faults, "principalReplicationSeconds": 0}
