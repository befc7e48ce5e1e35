"""Objects in the cluster."""

from tests.azure_mocks import guid
from tests.policy.builders import (
    PEOPLE,
    cluster_binding,
    cluster_role,
    config_map,
    deployment,
    mounted,
    provider_class,
    service_account,
)
from tests.policy.cases.case import Case
from tests.policy.programs import (
    CONNECTION,
    KNOWN_ISSUER,
    OVERRIDING,
    SYNCED,
    USE,
    WHY,
    a_federated_pod,
    secret_reader_binding,
)

CASES = (
    Case(
        rule="pod-holds-no-azure-credential",
        refused=lambda: deployment("stored", container={"env": [{"name": "STORAGE", "value": CONNECTION}]}),
        passed=lambda: deployment(
            "signs-in", container={"env": [{"name": "STORAGE", "value": "https://shop.blob.core.windows.net"}]}
        ),
    ),
    Case(
        rule="object-holds-no-azure-credential",
        refused=lambda: config_map("stored-config", AZURE_CLIENT_SECRET="abc"),
        passed=lambda: config_map("config", AZURE_CLIENT_ID=guid("client")),
    ),
    Case(
        rule="pod-of-a-federated-account-carries-the-label",
        refused=lambda: a_federated_pod("unlabelled"),
        passed=lambda: a_federated_pod("labelled", labels=USE),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="label-is-on-the-pod",
        refused=lambda: service_account("misplaced", labels=USE),
        passed=lambda: service_account("plain"),
    ),
    Case(
        rule="pod-volume-names-only-its-class",
        refused=lambda: deployment("overrides", volumes=[mounted(volumeAttributes=OVERRIDING)]),
        passed=lambda: deployment("mounts", volumes=[mounted()]),
    ),
    Case(
        rule="pod-has-no-proxy-sidecar",
        refused=lambda: deployment("proxied", annotations={"azure.workload.identity/inject-proxy-sidecar": "false"}),
        passed=lambda: deployment("direct"),
    ),
    Case(
        rule="images-are-pulled-without-a-password",
        refused=lambda: deployment("pulls-by-password", imagePullSecrets=[{"name": "registry"}]),
        passed=lambda: deployment("pulls-by-identity"),
    ),
    Case(
        rule="pod-is-not-bound-by-pod-identity",
        refused=lambda: deployment("bound", labels={"aadpodidbinding": "orders"}),
        passed=lambda: deployment("federated", labels=USE),
    ),
    Case(
        rule="vault-class-uses-workload-identity",
        refused=lambda: provider_class("by-node", useVMManagedIdentity="true"),
        passed=lambda: provider_class("by-workload"),
    ),
    Case(
        rule="vault-class-names-valid-objects",
        refused=lambda: provider_class("no-array", objects="objectName: db-password\n"),
        passed=lambda: provider_class("array"),
    ),
    Case(
        rule="secret-in-etcd-has-a-reason",
        refused=lambda: provider_class("synced", secret_objects=SYNCED),
        passed=lambda: provider_class(
            "synced-why", secret_objects=SYNCED, annotations={"kubernetes.io/description": WHY}
        ),
    ),
    Case(
        rule="kubernetes-role-has-no-wildcard",
        refused=lambda: cluster_role("everything", ["get"], ["*"]),
        passed=lambda: cluster_role("something", ["get"], ["pods"]),
    ),
    Case(
        rule="cluster-admin-is-for-named-groups",
        refused=lambda: cluster_binding("strangers", "cluster-admin", kind="Group", name="everybody"),
        passed=lambda: cluster_binding("operators", "cluster-admin", kind="Group", name=PEOPLE),
        config={"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Case(
        rule="service-account-reads-no-secrets-of-the-cluster",
        refused=lambda: secret_reader_binding("reads-secrets-everywhere", "pods", "secrets"),
        passed=lambda: secret_reader_binding("reads-pods-everywhere", "pods"),
    ),
)
