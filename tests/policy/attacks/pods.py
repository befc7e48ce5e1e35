"""Pods that reach another identity than their own, or none."""

import functools

import pulumi_kubernetes as kubernetes

from tests.azure_mocks import guid
from tests.policy.attacks.attack import KNOWN, Attack, raw
from tests.policy.builders import ISSUER, credential, deployment, mounted, pods, service_account
from tests.policy.programs import USE, a_federated_pod


def labelled_deployment() -> None:
    credential("trust", subject="system:serviceaccount:shop:x")
    kubernetes.apps.v1.Deployment(
        "x",
        metadata={"name": "x", "namespace": "shop", "labels": USE},
        spec=pods("x", spec={"serviceAccountName": "x"}),
    )


ATTACKS = (
    Attack(
        "a pod of an application's account without the label",
        "pod-of-a-federated-account-carries-the-label",
        lambda: (
            raw(
                "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
                issuer=ISSUER,
                subject="system:serviceaccount:shop:orders",
                audiences=["api://AzureADTokenExchange"],
            ),
            deployment("x", serviceAccountName="orders"),
        ),
        KNOWN,
    ),
    *(
        Attack(
            f"the proxy of the metadata service written out as {image}, in {containers}",
            "pod-has-no-proxy-sidecar",
            functools.partial(deployment, "x", **{containers: [{"name": "helper", "image": image}]}),
        )
        for containers, image in (
            ("containers", "mcr.microsoft.com/oss/azure/workload-identity/proxy:v1.5.1"),
            ("initContainers", "mcr.microsoft.com/oss/v2/azure/workload-identity/proxy-init:v1.6.0"),
            ("initContainers", f"example.azurecr.io:443/azure-workload-identity/proxy-init@sha256:{'0a1b' * 16}"),
            ("containers", "Example.azurecr.io/mirror/azure-workload-identity/proxy"),
        )
    ),
    Attack(
        "the label on the deployment",
        "pod-of-a-federated-account-carries-the-label",
        lambda: labelled_deployment(),
        KNOWN,
    ),
    Attack(
        "the label with another value",
        "pod-of-a-federated-account-carries-the-label",
        lambda: a_federated_pod("x", labels={"azure.workload.identity/use": "yes"}),
        KNOWN,
    ),
    Attack(
        "the label on the service account alone",
        "pod-of-a-federated-account-carries-the-label",
        lambda: (service_account("x", labels=USE), a_federated_pod("x")),
        KNOWN,
    ),
    Attack(
        "another vault in the pod's volume",
        "pod-volume-names-only-its-class",
        lambda: deployment(
            "x", volumes=[mounted(volumeAttributes={"secretProviderClass": "a", "clientID": guid("other")})]
        ),
    ),
    Attack(
        "a mount that never rotates",
        "pod-volume-names-only-its-class",
        lambda: deployment(
            "x",
            container={"volumeMounts": [{"name": "secrets", "mountPath": "/a", "subPath": "a"}]},
            volumes=[mounted()],
        ),
    ),
    Attack(
        "pod identity beside workload identity",
        "pod-is-not-bound-by-pod-identity",
        lambda: deployment("x", labels={**USE, "aadpodidbinding": "orders"}),
    ),
    Attack(
        "a vault's password in the pod's volume",
        "pod-volume-names-only-its-class",
        lambda: deployment("x", volumes=[mounted(nodePublishSecretRef={"name": "vault-login"})]),
    ),
    Attack(
        "a mount by an expression",
        "pod-volume-names-only-its-class",
        lambda: deployment(
            "x",
            container={"volumeMounts": [{"name": "secrets", "mountPath": "/a", "subPathExpr": "$(POD)"}]},
            volumes=[mounted()],
        ),
    ),
    Attack(
        "a pull secret on the service account",
        "images-are-pulled-without-a-password",
        lambda: service_account("x", image_pull_secrets=[{"name": "registry"}]),
    ),
)
