"""Classes with a mistake in them: what the real programs would have said to each, and why none gets that far."""

from typing import Any

import pytest
from aks_workload_identity import InvalidArgumentError

from sandbox.control_plane.grpc_calls import CallError
from tests.chain.mounting import DRIVER, Ledger
from tests.chain.needs import needs_driver
from tests.components.builders import vault

pytestmark = pytest.mark.capability("A6")


@pytest.mark.parametrize(
    ("cause", "because", "code", "changes"),
    [
        (
            "tenant-misspelt",
            "The class has no tenantID; the case of the parameter counts.",
            "tenantId is not provided",
            {"tenantID": None, "tenantid": "common"},
        ),
        (
            "client-misspelt",
            "The class has no clientID (its case counts), so the provider looks for a client secret.",
            "nodePublishSecretRef secret is not set",
            {"clientID": None, "clientId": "any"},
        ),
        (
            "vault-misspelt",
            "The class has no keyvaultName; the case of the parameter counts.",
            "keyvaultName is not provided",
            {"keyvaultName": None, "keyVaultName": "kv-shop"},
        ),
        (
            "boolean-as-a-word",
            "A switch of the class is neither 'true' nor 'false'.",
            "failed to parse usePodIdentity flag",
            {"usePodIdentity": "no"},
        ),
        (
            "cloud-unknown",
            "The class has a cloudName that Azure's SDK for Go does not know.",
            "cloudName Azure is not valid",
            {"cloudName": "Azure"},
        ),
        ("objects-missing", "The class has no objects.", "objects is not set", {"objects": None}),
        (
            "objects-no-text",
            "The class lists objects as mappings; each must be a text that is YAML again.",
            "cannot unmarshal !!map into string",
            {"objects": "array:\n  - objectName: db-password\n"},
        ),
    ],
)
def test_what_people_misspell_in_a_class_the_library_writes(
    ledger: Ledger, cause: str, because: str, code: str, changes: dict[str, str | None]
):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), ledger.changed(changes))

    ledger.check(f"mount-{cause}", error.value, code=code, because=because)
    written = {"tenantID", "clientID", "keyvaultName", "usePodIdentity", "useVMManagedIdentity", "objects"}
    assert set(ledger.parameters()) == written


def test_a_name_that_no_vault_has_is_refused_before_the_provider_refuses_it(ledger: Ledger):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), ledger.changed({"keyvaultName": "no"}))

    because = "The class names a vault as no vault can be called, such as by its address."
    ledger.check("mount-vault-name", error.value, code="must be between 3 and 24 chars", because=because)
    with pytest.raises(InvalidArgumentError, match="name must be"):
        vault(name="no")


@needs_driver
@pytest.mark.parametrize(
    ("cause", "because", "code", "changes", "of_pod"),
    [
        (
            "array-misspelt",
            "The text of the class's objects has no list called 'array', so that nothing is asked for.",
            "missing object versions",
            {"objects": "arrays:\n- |\n  objectName: db-password"},
            {},
        ),
        (
            "provider-in-capitals",
            "The class's provider is not 'azure' in small letters, or the node runs no such provider.",
            "provider not found",
            {},
            {"provider": "Azure"},
        ),
        (
            "not-read-only",
            "The pod's volume does not say readOnly: true.",
            "Readonly is not true in request",
            {},
            {"readOnly": False},
        ),
        (
            "no-class",
            "No class of this name is in the pod's namespace.",
            "not found",
            {},
            {"volumeAttributes": {"secretProviderClass": "nobody"}},
        ),
    ],
)
def test_what_people_misspell_around_a_class_the_library_writes(
    ledger: Ledger,
    cause: str,
    because: str,
    code: str,
    changes: dict[str, str | None],
    of_pod: dict[str, Any],
):
    pod = ledger.pod_by_hand(ledger.changed(changes), **of_pod)

    with pytest.raises(CallError) as error:
        ledger.kubelet.csi.publish(pod)

    ledger.check(f"mount-{cause}", error.value, code=code, because=because, said_by=DRIVER)
    assert ledger.kubelet.csi.files(pod, "files") == {}
