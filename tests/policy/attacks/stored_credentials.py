"""Credentials in objects of the cluster."""

import base64
import functools
import json
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from tests.policy.attacks.attack import Attack, laundered, raw
from tests.policy.builders import config_map, deployment, pods, service_account
from tests.policy.programs import CONNECTION, KEY

POD = "pod-holds-no-azure-credential"


OBJECT = "object-holds-no-azure-credential"


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def env(name: str, value: Any) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value}]}


def secret_of(**data: Any) -> kubernetes.core.v1.Secret:
    return kubernetes.core.v1.Secret("stored", metadata={"name": "stored", "namespace": "shop"}, **data)


def custom(**spec: Any) -> kubernetes.apiextensions.CustomResource:
    return kubernetes.apiextensions.CustomResource(
        "x", api_version="shop.example/v1", kind="Shop", metadata={"name": "x"}, spec=spec
    )


def cron(container: dict[str, Any]) -> kubernetes.batch.v1.CronJob:
    spec = {"schedule": "0 0 * * *", "job_template": {"spec": pods("nightly", container=container)}}
    return kubernetes.batch.v1.CronJob("nightly", metadata={"name": "nightly", "namespace": "shop"}, spec=spec)


SAS = (
    "https://shop.blob.core.windows.net/invoices?sv=2024-11-04&se=2027-01-01&sr=c&sp=rl&sig=abcdefghijklmnopqrstuvwx%3D"
)


BUS = f"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={KEY[:43]}="


PRIVATE = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n"


ISSUED = "Endpoint=sb://shop.servicebus.windows.net/;SharedSecretIssuer=owner"


EMULATOR = "UseDevelopmentStorage=true"


RELEASE = "kubernetes:helm.sh/v3:Release"


ENTRA = "abc8Q~abcdefghijklmnopqrstuvwxyz0123456789"[:40]


ATTACKS = (
    Attack(
        "a list whose items are an object",
        OBJECT,
        lambda: raw("kubernetes:core/v1:SecretList", items={"stringData": {"AZURE_CLIENT_SECRET": "x"}}),
    ),
    Attack(
        "a list that the preview does not know",
        OBJECT,
        lambda: raw(
            "kubernetes:core/v1:SecretList",
            items=laundered("x").apply(lambda x: [{"stringData": {"AZURE_CLIENT_SECRET": x}}]),
        ),
    ),
    Attack("a connection string in the environment", POD, lambda: deployment("x", container=env("STORE", CONNECTION))),
    Attack("a signed link in the environment", POD, lambda: deployment("x", container=env("LINK", SAS))),
    Attack("a client secret under another name", POD, lambda: deployment("x", container=env("GREETING", ENTRA))),
    Attack(
        "a credential from a Secret",
        POD,
        lambda: deployment(
            "x",
            container={
                "env": [{"name": "AZURE_CLIENT_SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
            },
        ),
    ),
    Attack(
        "a credential in the arguments", POD, lambda: deployment("x", container={"args": [f"--store={CONNECTION}"]})
    ),
    Attack(
        "a credential in an init container",
        POD,
        lambda: deployment("x", initContainers=[{"name": "init", "image": "i", **env("BUS", BUS)}]),
    ),
    Attack("a credential in an annotation", POD, lambda: deployment("x", annotations={"note": SAS})),
    Attack("a credential in a cron job", POD, lambda: cron(env("AZURE_CLIENT_SECRET", "x"))),
    Attack("a credential in base64", POD, lambda: deployment("x", container=env("BLOB", packed(CONNECTION)))),
    Attack("base64 in a ConfigMap", OBJECT, lambda: config_map("x", settings=packed(BUS))),
    Attack("base64 of base64 in a Secret", OBJECT, lambda: secret_of(data={"a": packed(packed(BUS))})),
    Attack("a secret by its key alone", OBJECT, lambda: secret_of(string_data={"azureClientSecret": "x"})),
    Attack(
        "a patch of a Secret",
        OBJECT,
        lambda: raw("kubernetes:core/v1:SecretPatch", metadata={"name": "s"}, stringData={"AZURE_CLIENT_SECRET": "x"}),
    ),
    Attack(
        "a list of Secrets",
        OBJECT,
        lambda: raw("kubernetes:core/v1:SecretList", items=[{"stringData": {"AZURE_CLIENT_SECRET": "x"}}]),
    ),
    Attack(
        "the values of a chart",
        OBJECT,
        lambda: raw("kubernetes:helm.sh/v3:Release", chart="c", values={"app": {"env": {"STORE": CONNECTION}}}),
    ),
    Attack(
        "a chart's values in a list of names and values",
        OBJECT,
        lambda: raw(RELEASE, values={"extraEnv": [{"name": "AZURE_CLIENT_SECRET", "value": "hunter2"}]}),
    ),
    Attack(
        "a chart's value under a path",
        OBJECT,
        lambda: raw(RELEASE, values={"oidc.clientSecret": "hunter2"}),
    ),
    Attack(
        "a chart's values as a file",
        OBJECT,
        lambda: raw(RELEASE, valueYamlFiles=[pulumi.StringAsset("azure:\n  AZURE_CLIENT_SECRET: hunter2\n")]),
    ),
    Attack(
        "a chart's values, newer",
        OBJECT,
        lambda: raw("kubernetes:helm.sh/v4:Chart", chart="c", values={"store": {"connectionString": CONNECTION}}),
    ),
    Attack("a custom resource", OBJECT, lambda: custom(store={"url": SAS})),
    Attack(
        "a custom resource's variable", OBJECT, lambda: custom(env=[{"name": "AZURE_OPENAI_KEY", "value": "0A1b" * 8}])
    ),
    Attack("a custom resource's client secret", OBJECT, lambda: custom(auth={"clientSecret": "Hunter2!"})),
    Attack(
        "a custom resource's client secret that the preview does not know",
        OBJECT,
        lambda: custom(auth={"clientSecret": laundered("Hunter2!")}),
    ),
    Attack("a service account's annotation", OBJECT, lambda: service_account("x", annotations={"note": SAS})),
    Attack(
        "a namespace's annotation",
        OBJECT,
        lambda: kubernetes.core.v1.Namespace("x", metadata={"name": "x", "annotations": {"note": CONNECTION}}),
    ),
    Attack(
        "a probe's headers",
        POD,
        lambda: deployment(
            "x",
            container={
                "livenessProbe": {"httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "Link", "value": SAS}]}}
            },
        ),
    ),
    Attack(
        "a bus's secret of another form", OBJECT, lambda: config_map("x", a=f"{ISSUED};SharedSecretValue={KEY[:43]}=")
    ),
    Attack(
        "a hub's key of another form",
        OBJECT,
        lambda: config_map("x", a=f"Endpoint=https://s.signalr.net;AccessKey={KEY[:43]}="),
    ),
    Attack(
        "an argument that the preview does not know", POD, lambda: deployment("x", container={"args": [laundered(SAS)]})
    ),
    Attack("a .env file in base64", OBJECT, lambda: secret_of(data={".env": packed("AZURE_CLIENT_SECRET=hunter2\n")})),
    Attack(
        "a .env file in base64 in a ConfigMap",
        OBJECT,
        lambda: config_map("x", settings=packed("LOG=info\nAZURE_CLIENT_SECRET=hunter2\n")),
    ),
    Attack("a YAML file", OBJECT, lambda: config_map("x", **{"app.yaml": "azure:\n  client-secret: hunter2\n"})),
    Attack("a JSON file", OBJECT, lambda: config_map("x", **{"app.json": '{\n  "AZURE_CLIENT_SECRET": "hunter2",\n}'})),
    Attack("JSON on one line", OBJECT, lambda: config_map("x", a='{"app":{"AZURE_CLIENT_SECRET":"hunter2"}}')),
    Attack("a key beside an emulator's", OBJECT, lambda: config_map("x", a=f"{EMULATOR};{CONNECTION}")),
    Attack("a key that follows a digest", OBJECT, lambda: config_map("x", a=f"sha512-{KEY[:-2]}== {KEY}")),
    Attack("a bus key under a digest's name", OBJECT, lambda: config_map("x", checksum=BUS)),
    Attack(
        "a private key without a reason",
        OBJECT,
        lambda: secret_of(type="kubernetes.io/tls", string_data={"tls.crt": "x", "tls.key": PRIVATE}),
    ),
    Attack(
        "a private key with a reason, in a Secret of another type",
        OBJECT,
        lambda: kubernetes.core.v1.Secret(
            "x",
            metadata={"name": "x", "annotations": {"kubernetes.io/description": "The ingress reads it."}},
            string_data={"tls.key": PRIVATE},
        ),
    ),
    Attack("a setting that the preview does not know", OBJECT, lambda: config_map("x", a=laundered(CONNECTION))),
    Attack(
        "a private key with a reason, in another place",
        OBJECT,
        lambda: kubernetes.core.v1.Secret(
            "x",
            metadata={"name": "x", "annotations": {"kubernetes.io/description": "The ingress reads it."}},
            type="kubernetes.io/tls",
            string_data={"client.pem": PRIVATE},
        ),
    ),
    Attack(
        "a registry password as a Secret",
        OBJECT,
        lambda: secret_of(type="kubernetes.io/dockerconfigjson", string_data={".dockerconfigjson": "{}"}),
    ),
    Attack(
        "a credential that the preview does not know",
        POD,
        lambda: deployment("x", container=env("STORE", laundered(CONNECTION))),
    ),
    Attack("a key in hexadecimal", POD, lambda: deployment("x", container=env("AZURE_OPENAI_KEY", "0a1b" * 8))),
    Attack("a key in hexadecimal in a ConfigMap", OBJECT, lambda: config_map("x", COSMOS_KEY="0a1b" * 8)),
    Attack(
        "a .env file",
        OBJECT,
        lambda: config_map("x", **{".env": "LOG=info\nexport AZURE_CLIENT_SECRET='hunter2'\n"}),
    ),
    Attack(
        "a credential in the deployment's own annotation",
        POD,
        lambda: kubernetes.apps.v1.Deployment(
            "x", metadata={"name": "x", "namespace": "shop", "annotations": {"note": SAS}}, spec=pods("x")
        ),
    ),
    Attack(
        "a credential in an ephemeral container",
        POD,
        lambda: deployment("x", ephemeralContainers=[{"name": "debug", **env("AZURE_CLIENT_SECRET", "x")}]),
    ),
    Attack(
        "a pod as a custom resource",
        POD,
        lambda: kubernetes.apiextensions.CustomResource(
            "x",
            api_version="v1",
            kind="Pod",
            metadata={"name": "x", "namespace": "shop"},
            spec={"containers": [{"name": "x", "image": "x", **env("AZURE_CLIENT_SECRET", ENTRA)}]},
        ),
    ),
    Attack(
        "a pod in a list of anything",
        POD,
        lambda: raw(
            "kubernetes:core/v1:List",
            items=[
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}},
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {"name": "x"},
                    "spec": {"containers": [{"name": "x", "image": "x", **env("AZURE_CLIENT_SECRET", ENTRA)}]},
                },
            ],
        ),
    ),
    Attack(
        "a connection string with a password",
        POD,
        lambda: deployment(
            "x", container=env("AZURE_REDIS_CONNECTION_STRING", "cache.example:6380,ssl=True,password=Winter2026")
        ),
    ),
    *(
        Attack(
            f"a credential in the command line: {what}", POD, functools.partial(deployment, "x", container=container)
        )
        for what, container in {
            "an option with =": {"args": ["--client-secret=hunter2hunter2"]},
            "an option and its value": {"args": ["serve", "--account-key", "hunter2hunter2"]},
            "an option within a script": {"command": ["sh", "-c", "./run --azure-client-secret hunter2"]},
            "a variable": {"args": ["AZURE_CLIENT_SECRET=hunter2"]},
            "a variable within a script": {
                "command": ["sh", "-ec", "set -e; export AZURE_CLIENT_SECRET='hunter2'; ./run"]
            },
            "a literal within an assignment": {"args": ["--from-literal=AZURE_CLIENT_SECRET=hunter2"]},
            "base64 within a script": {"command": ["sh", "-c", f"echo {packed(CONNECTION)} | base64 -d > /tmp/a"]},
        }.items()
    ),
    Attack("base64 within a line of a ConfigMap", OBJECT, lambda: config_map("x", settings=f"store: {packed(BUS)}\n")),
    Attack(
        "base64 within JSON in base64",
        OBJECT,
        lambda: secret_of(data={"a": packed(json.dumps({"stores": [{"at": packed(CONNECTION)}]}))}),
    ),
    Attack(
        "a link signed by a stored access policy",
        POD,
        lambda: deployment(
            "x", container=env("INVOICES", SAS.replace("se=2027-01-01", "si=readers").replace("&sp=rl", ""))
        ),
    ),
    Attack(
        "a credential out of a ConfigMap",
        POD,
        lambda: deployment(
            "x",
            container={
                "env": [{"name": "AZURE_CLIENT_SECRET", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}]
            },
        ),
    ),
    *(
        Attack(
            f"a share mounted with a key: {what}",
            POD,
            functools.partial(deployment, "x", volumes=[{"name": "share", **volume}]),
        )
        for what, volume in {
            "in-tree": {"azureFile": {"secretName": "key", "shareName": "a"}},
            "by the driver": {
                "csi": {"driver": "file.csi.azure.com", "volumeAttributes": {"SecretName": "key", "shareName": "a"}}
            },
        }.items()
    ),
    Attack(
        "a volume of the cluster with a key",
        OBJECT,
        lambda: kubernetes.core.v1.PersistentVolume(
            "x",
            spec={
                "csi": {
                    "driver": "blob.csi.azure.com",
                    "volumeHandle": "x",
                    "nodeStageSecretRef": {"name": "key", "namespace": "shop"},
                }
            },
        ),
    ),
)
