"""What only Entra ID and the vault know: refused at the mount, with their texts passed on by the real provider."""

import pytest

from sandbox.control_plane.grpc_calls import CallError
from tests.chain.mounting import Ledger, objects
from tests.chain.needs import needs_driver

pytestmark = [pytest.mark.capability("A6"), pytest.mark.capability("A21")]

NOBODY = "11111111-2222-3333-4444-555555555555"
PASSWORD = "objectName: db-password\nobjectType: secret\n"
NOT_DECODED = "The secret's value is not encoded as the mount says."


@pytest.mark.parametrize(
    ("cause", "code", "because", "changes"),
    [
        ("not-hex", "encoding/hex: invalid byte", NOT_DECODED, {"objects": objects(f"{PASSWORD}objectEncoding: hex")}),
        ("not-base64", "illegal base64 data", NOT_DECODED, {"objects": objects(f"{PASSWORD}objectEncoding: base64")}),
        (
            "no-object",
            "SecretNotFound",
            "Nobody has written the object into the vault yet.",
            {"objects": objects("objectName: nobody\nobjectType: secret")},
        ),
        ("identity-unknown", "AADSTS700016", "The class has another client id.", {"clientID": NOBODY}),
        ("tenant-unknown", "AADSTS90002", "The class has another tenant id.", {"tenantID": NOBODY}),
    ],
)
def test_what_the_class_cannot_know_fails_with_what_azure_says(
    ledger: Ledger, cause: str, code: str, because: str, changes: dict[str, str]
):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), {**ledger.parameters(), **changes})

    ledger.check(f"mount-{cause}", error.value, code=code, because=because)


def test_a_driver_that_asks_for_no_tokens_lets_nobody_in(ledger: Ledger):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), ledger.parameters(), tokens=False)

    because = "The CSIDriver object names no audience in tokenRequests, as without AKS's add-on."
    ledger.check("mount-no-tokens", error.value, code="service account tokens not found", because=because)


def test_a_workload_without_a_role_on_the_vault_is_refused_by_the_vault(ledger: Ledger):
    account = ledger.chain.api.get("v1", "ServiceAccount", "shop", "fulfilment")
    assert account is not None
    client_id = account["metadata"]["annotations"]["azure.workload.identity/client-id"]
    parameters = {**ledger.parameters(), "clientID": client_id, "objects": objects(PASSWORD)}
    pod = ledger.pod_by_hand(parameters, namespace="shop", account="fulfilment")

    with pytest.raises(CallError, match="ForbiddenByRbac"):
        ledger.by_provider(pod, parameters)


def test_a_pod_of_another_account_is_refused_by_entra(ledger: Ledger):
    pod = ledger.pod_by_hand(ledger.parameters(), namespace="shop", account="fulfilment")

    with pytest.raises(CallError, match=r"AADSTS700213: .*'system:serviceaccount:shop:fulfilment'"):
        ledger.by_provider(pod, ledger.parameters())


@needs_driver
def test_a_pod_may_override_its_class_and_sees_only_what_its_role_allows(ledger: Ledger):
    stranger = ledger.chain.api.get("v1", "ServiceAccount", "shop", "fulfilment")
    assert stranger is not None
    client_id = stranger["metadata"]["annotations"]["azure.workload.identity/client-id"]
    overridden = {"secretProviderClass": "ledger", "objects": objects("objectName: seed\nobjectType: secret")}

    files = ledger.by_driver(ledger.pod_by_hand(ledger.parameters(), volumeAttributes=overridden))

    assert set(files) == {"seed"}
    with pytest.raises(CallError, match="AADSTS700213"):
        ledger.by_driver(
            ledger.pod_by_hand(ledger.parameters(), volumeAttributes={**overridden, "clientID": client_id})
        )
