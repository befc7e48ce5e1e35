"""Classes that open a vault as somebody else."""

import functools

from tests.azure_mocks import guid
from tests.policy.attacks.attack import Attack
from tests.policy.builders import provider_class

ATTACKS = (
    *(
        Attack(
            f"the vault opened by {mode}",
            "vault-class-uses-workload-identity",
            functools.partial(provider_class, "x", **{mode: "true"}),
        )
        for mode in ("usePodIdentity", "useVMManagedIdentity", "useAzureTokenProxy")
    ),
    Attack(
        "an identity by name beside the workload's",
        "vault-class-uses-workload-identity",
        lambda: provider_class("x", userAssignedIdentityID=guid("other")),
    ),
    Attack(
        "the node's identity by another spelling",
        "vault-class-uses-workload-identity",
        lambda: provider_class("x", useVMManagedIdentity="T"),
    ),
    Attack(
        "a class without an identity", "vault-class-uses-workload-identity", lambda: provider_class("x", clientID=None)
    ),
    Attack(
        "a class with a flag that is no text",
        "vault-class-uses-workload-identity",
        lambda: provider_class("x", useVMManagedIdentity=True),
    ),
    Attack(
        "secrets in etcd for an empty reason",
        "secret-in-etcd-has-a-reason",
        lambda: provider_class(
            "x", secret_objects=[{"secretName": "s"}], annotations={"kubernetes.io/description": " "}
        ),
    ),
    Attack(
        "a file outside the volume",
        "vault-class-names-valid-objects",
        lambda: provider_class(
            "x", objects="array:\n- |\n  objectName: a\n  objectType: secret\n  objectAlias: ../../etc/passwd\n"
        ),
    ),
    *(
        Attack(
            f"a file that has the permission {permission}",
            "vault-class-names-valid-objects",
            functools.partial(
                provider_class,
                "x",
                objects=f"array:\n- |\n  objectName: a\n  objectType: secret\n  filePermission: {permission}\n",
            ),
        )
        for permission in ("0999", "384", "'rw'", "1777", "[0600]")
    ),
    Attack(
        "another identity under another spelling of the provider",
        "vault-class-uses-workload-identity",
        lambda: provider_class("x", provider="Azure", useVMManagedIdentity="true", clientID=None),
    ),
    Attack(
        "a provider that the driver does not find",
        "vault-class-names-valid-objects",
        lambda: provider_class("x", provider="AZURE"),
    ),
    *(
        Attack(
            f"a file of mode {mode} that root alone reads",
            "vault-class-names-valid-objects",
            functools.partial(
                provider_class,
                "x",
                objects=f"array:\n- |\n  objectName: a\n  objectType: key\n  filePermission: {mode}\n",
            ),
        )
        for mode in ("'0400'", "0440", "'660'")
    ),
)
