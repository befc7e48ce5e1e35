"""The kinds of object that the API server knows: one row a kind."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of object.

    Attributes:
        api_version: Group and version as an object spells them.
        name: What an object has as `kind`.
        plural: The word in the path.
        namespaced: Whether objects live in a namespace.
        label_name: Whether names are DNS labels; otherwise they are DNS subdomains.
        immutable: Fields that an update must not change.
        add_on: The AKS add-on whose custom resource definition this kind is.
    """

    api_version: str
    name: str
    plural: str
    namespaced: bool = True
    label_name: bool = False
    immutable: tuple[str, ...] = ()
    add_on: str | None = None

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    @property
    def resource(self) -> str:
        """How messages name the kind."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def described(self) -> dict[str, Any]:
        """The kind in a discovery document."""
        return {
            "name": self.plural,
            "singularName": self.name.lower(),
            "namespaced": self.namespaced,
            "kind": self.name,
            "verbs": ["create", "delete", "get", "list", "patch", "update"],
        }


# kubernetes/kubernetes pkg/apis/*/validation for what is immutable; kubernetes.io: "Object Names and IDs".
KINDS = (
    Kind("v1", "Namespace", "namespaces", namespaced=False, label_name=True),
    Kind("v1", "ServiceAccount", "serviceaccounts"),
    Kind("v1", "ConfigMap", "configmaps"),
    Kind("v1", "Secret", "secrets", immutable=("type",)),
    Kind("v1", "Service", "services", label_name=True),
    Kind("v1", "Pod", "pods", immutable=("spec.serviceAccountName", "spec.volumes")),
    Kind("apps/v1", "Deployment", "deployments", immutable=("spec.selector",)),
    Kind("apps/v1", "DaemonSet", "daemonsets", immutable=("spec.selector",)),
    Kind("apps/v1", "StatefulSet", "statefulsets", immutable=("spec.selector", "spec.serviceName")),
    Kind("batch/v1", "Job", "jobs", immutable=("spec.selector", "spec.template")),
    Kind("batch/v1", "CronJob", "cronjobs"),
    Kind("rbac.authorization.k8s.io/v1", "Role", "roles"),
    Kind("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", immutable=("roleRef",)),
    Kind("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", namespaced=False),
    Kind(
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        namespaced=False,
        immutable=("roleRef",),
    ),
    Kind(
        "secrets-store.csi.x-k8s.io/v1",
        "SecretProviderClass",
        "secretproviderclasses",
        add_on="azureKeyvaultSecretsProvider",
    ),
)
NAMESPACE, SERVICE_ACCOUNT = KINDS[0], KINDS[1]
# kubernetes.io: "Namespaces", initial namespaces.
SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
