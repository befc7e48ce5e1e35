"""Objects of the cluster that hold no credential."""

import base64
import functools

import pulumi_kubernetes as kubernetes

from tests.azure_mocks import TENANT, guid
from tests.policy.builders import PEOPLE, config_map, deployment, pods, service_account
from tests.policy.peace.good import Good
from tests.policy.programs import KEY, USE


def a_namespace_for_a_team() -> None:
    kubernetes.core.v1.Namespace("team", metadata={"name": "team"})
    kubernetes.rbac.v1.RoleBinding(
        "team-edit",
        metadata={"name": "edit", "namespace": "team"},
        role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        subjects=[{"kind": "Group", "name": PEOPLE}],
    )


def custom_resources_that_refer() -> None:
    """Who reads a Secret that somebody else makes: each names one by a plain name, or holds it encrypted."""
    for name, kind, version, spec in (
        ("issuer", "ClusterIssuer", "cert-manager.io/v1", {"clientSecretSecretRef": {"name": "dns", "key": "secret"}}),
        ("tls", "Certificate", "cert-manager.io/v1", {"secretName": "shop-tls", "privateKey": {"algorithm": "ECDSA"}}),
        (
            "sealed",
            "SealedSecret",
            "bitnami.com/v1alpha1",
            {"encryptedData": {"AZURE_CLIENT_SECRET": "AgBy3i4OJSWK+P"}},
        ),
        ("opened", "SopsSecret", "isindir.github.com/v1", {"data": {"AZURE_CLIENT_SECRET": "ENC[AES256_GCM,data:x]"}}),
        ("login", "Middleware", "traefik.io/v1alpha1", {"oidc": {"clientSecret": "oidc-login"}}),
        (
            "pulled",
            "ExternalSecret",
            "external-secrets.io/v1",
            {"target": {"template": {"data": {"AZURE_CLIENT_SECRET": "{{ .password }}"}}}},
        ),
    ):
        kubernetes.apiextensions.CustomResource(
            name, api_version=version, kind=kind, metadata={"name": name, "namespace": "shop"}, spec=spec
        )


COSMOS_EMULATOR = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEjLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="


GOODS = (
    Good(
        "connection strings without a credential",
        lambda: deployment(
            "passwordless",
            container={
                "env": [
                    {"name": name, "value": value}
                    for name, value in {
                        "AZURE_SQL_CONNECTION_STRING": "Server=tcp:x.database.windows.net;"
                        "Authentication=Active Directory Default;Database=a",
                        "AZURE_SQL_CONNECTIONSTRING": "Server=tcp:x.database.windows.net,1433;Database=shop;"
                        "Authentication=Active Directory Workload Identity;User Id=0f",
                        "AZURE_SERVICEBUS_CONNECTION_STRING": "Endpoint=sb://x.servicebus.windows.net/;"
                        "Authentication=ManagedIdentity",
                        "STORAGE_CONNECTION_STRING": "BlobEndpoint=https://a.blob.core.windows.net",
                    }.items()
                ]
            },
        ),
    ),
    Good("a pod of an account without any identity", lambda: deployment("web", serviceAccountName="web")),
    Good(
        "endpoints and ids in the environment",
        lambda: deployment(
            "app",
            container={
                "env": [
                    {"name": "AZURE_CLIENT_ID", "value": guid("client")},
                    {"name": "AZURE_TENANT_ID", "value": TENANT},
                    {"name": "AZURE_OPENAI_ENDPOINT", "value": "https://ai.openai.azure.com/"},
                    {"name": "KEY_VAULT_URL", "value": "https://kv-shop.vault.azure.net/"},
                    {
                        "name": "AZURE_FEDERATED_TOKEN_FILE",
                        "value": "/var/run/secrets/azure/tokens/azure-identity-token",
                    },
                ]
            },
        ),
    ),
    Good(
        "a password of something that is not Azure's, from a Secret",
        lambda: deployment(
            "app",
            container={
                "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]
            },
        ),
    ),
    Good(
        "a file name under a credential's name",
        lambda: deployment(
            "app", container={"env": [{"name": "AZURE_CLIENT_CERTIFICATE_PASSWORD", "value": "/mnt/secrets/password"}]}
        ),
    ),
    Good(
        "a ConfigMap of settings",
        lambda: config_map(
            "settings",
            **{
                "app.yaml": "vault: kv-shop\nmodel: gpt-4o-mini\ntokens: 1000\n",
                "cache_key": "orders",
                "digest": "c2hhMjU2OmU3YjIx" * 4,
            },
        ),
    ),
    Good(
        "a logo in a ConfigMap",
        lambda: kubernetes.core.v1.ConfigMap(
            "logo",
            metadata={"name": "logo", "namespace": "shop"},
            binary_data={"logo.png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"},
        ),
    ),
    Good(
        "a class of another provider",
        lambda: kubernetes.apiextensions.CustomResource(
            "aws",
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            metadata={"name": "aws"},
            spec={"provider": "aws", "parameters": {"objects": "x"}},
        ),
    ),
    *(
        Good(f"the image {image}", functools.partial(deployment, "web", container={"image": image}))
        for image in (
            "docker.io/library/nginx:1",
            "cr.l5d.io/linkerd/proxy:stable",
            "mcr.microsoft.com/oss/azure/workload-identity/webhook:v1.5.1",
            "example.azurecr.io/workload-identity/proxy-tests:1",
        )
    ),
    Good(
        "a volume of another driver",
        lambda: deployment(
            "app",
            volumes=[{"name": "disk", "csi": {"driver": "disk.csi.azure.com", "volumeAttributes": {"size": "1Gi"}}}],
            container={"volumeMounts": [{"name": "disk", "mountPath": "/a", "subPath": "a"}]},
        ),
    ),
    Good("a team's namespace", a_namespace_for_a_team),
    Good(
        "a nightly job",
        lambda: kubernetes.batch.v1.CronJob(
            "nightly",
            metadata={"name": "nightly", "namespace": "shop"},
            spec={"schedule": "0 0 * * *", "job_template": {"spec": pods("nightly", labels=USE)}},
        ),
    ),
    Good(
        "settings that speak of keys",
        lambda: config_map(
            "settings",
            COSMOS_PARTITION_KEY="tenantId",
            **{".env": "AZURE_CLIENT_ID=0a1b\nSEARCH_SORT_KEY=name\nAZURE_CLIENT_SECRET=$(FROM_ELSEWHERE)\n"},
        ),
    ),
    Good(
        "digests of images, files and settings",
        lambda: config_map(
            "digests",
            integrity=f"sha512-{KEY}",
            packages=f"left-pad sha512-{KEY}",
            image=f"shop.azurecr.io/app@sha256:{'0a1b' * 16}",
            checksum=KEY,
            REDIS_CACHE_KEY="0a1b" * 16,
        ),
    ),
    Good(
        "an emulator's storage and database",
        lambda: config_map(
            "emulators",
            AZURE_STORAGE_CONNECTION_STRING="UseDevelopmentStorage=true",
            COSMOS_CONNECTION_STRING=f"AccountEndpoint=https://localhost:8081/;AccountKey={COSMOS_EMULATOR}",
        ),
    ),
    Good(
        "client secrets that are none",
        lambda: config_map(
            "oidc",
            **{
                "client-secret": "changeme",
                "clientSecret": "$oidc.azure.clientSecret",
                "AZURE_CLIENT_SECRET": "https://kv-shop.vault.azure.net/secrets/oidc",
                "account-key": "account-key",
                "app.yaml": "oidc:\n  client_secret: <from the vault>\n  clientSecret: {{secret}}\nsas-token: false\n",
            },
        ),
    ),
    Good(
        "an annotation that names a client secret",
        lambda: service_account("web", annotations={"client-secret": "Login/Web"}),
    ),
    Good(
        "a kind of object whose description has an example",
        lambda: kubernetes.apiextensions.v1.CustomResourceDefinition(
            "kind",
            metadata={"name": "shops.shop.example"},
            spec={
                "group": "shop.example",
                "scope": "Namespaced",
                "names": {"kind": "Shop", "plural": "shops"},
                "versions": [
                    {
                        "name": "v1",
                        "served": True,
                        "storage": True,
                        "schema": {"openAPIV3Schema": {"description": "For example\n  clientSecret: Hunter2!\n"}},
                    }
                ],
            },
        ),
    ),
    Good("custom resources that refer to secrets", custom_resources_that_refer),
    Good(
        "a TLS Secret with its reason",
        lambda: kubernetes.core.v1.Secret(
            "tls",
            metadata={
                "name": "tls",
                "namespace": "shop",
                "annotations": {"kubernetes.io/description": "The ingress reads TLS from Secrets alone."},
            },
            type="kubernetes.io/tls",
            string_data={"tls.crt": "-----BEGIN CERTIFICATE-----", "tls.key": "-----BEGIN RSA PRIVATE KEY-----"},
        ),
    ),
    Good(
        "authorities that are trusted",
        lambda: kubernetes.core.v1.Secret(
            "ca", metadata={"name": "ca", "namespace": "shop"}, string_data={"ca.crt": "-----BEGIN CERTIFICATE-----"}
        ),
    ),
    Good(
        "command lines that only refer to credentials",
        lambda: deployment(
            "refers",
            container={
                "command": [
                    "sh",
                    "-c",
                    'AZURE_CLIENT_SECRET=$(cat /mnt/s/a) CLIENT_SECRET="$B" ./run --client-secret `cat c`',
                ],
                "args": [
                    "--client-secret=$(OIDC)",
                    "--client-secret-file=/mnt/secrets/oidc",
                    "--account-key",
                    "--sas-token=${SAS}",
                    "--client-secret",
                    "/mnt/secrets/oidc",
                    "--partition-key=country",
                ],
            },
        ),
    ),
    Good(
        "certificates, images and digests in base64 within texts",
        lambda: config_map(
            "packed",
            bundle="ca: " + base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" + b"A" * 600).decode(),
            icon="url(data:image/png;base64," + base64.b64encode(bytes(range(256))).decode() + ")",
            lock="integrity sha512-" + base64.b64encode(bytes(64)).decode(),
            notes="store: " + base64.b64encode(b"AZURE_CLIENT_ID=0f3c and a path /var/run/secrets").decode(),
        ),
    ),
    Good(
        "volumes of storage without a key",
        lambda: deployment(
            "volumes",
            volumes=[
                {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                {"name": "disk", "azureDisk": {"diskName": "d", "diskURI": "/subscriptions/x/disks/d"}},
                {"name": "nfs", "csi": {"driver": "file.csi.azure.com", "volumeAttributes": {"shareName": "a"}}},
            ],
        ),
    ),
    Good(
        "a probe with a header",
        lambda: deployment(
            "web",
            container={
                "livenessProbe": {
                    "httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "Host", "value": "shop.example"}]}
                }
            },
        ),
    ),
)
