"""Classes that a workload's own identity opens."""

from typing import Any

from tests.policy.builders import provider_class
from tests.policy.peace.good import Good


def a_tls_secret_in_the_class() -> Any:
    objects = (
        "array:\n- |\n  objectName: shop-tls\n  objectType: secret\n  objectAlias: tls.pem\n"
        "- |\n  objectName: shop-key\n  objectType: key\n  filePermission: '0444'\n"
        "- |\n  objectName: shop-other\n  objectType: key\n  filePermission: 0644\n"
    )
    return provider_class("tls", objects=objects)


GOODS = (
    Good("a class of a certificate and a key", a_tls_secret_in_the_class),
    Good(
        "secrets in etcd with a reason",
        lambda: provider_class(
            "synced",
            secret_objects=[{"secretName": "tls", "type": "kubernetes.io/tls", "data": []}],
            annotations={"kubernetes.io/description": "The ingress reads TLS from Secrets alone."},
        ),
    ),
)
