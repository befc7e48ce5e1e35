"""What counts as a stored credential, and that long texts are read once, not once from each of their characters."""

import pulumi_kubernetes as kubernetes
import pytest
from aks_workload_identity_policy.stored_credentials import (
    credential_assigned,
    credential_in,
    credential_under,
    names_a_credential,
)

from tests.policy.builders import deployment, identity, service_account
from tests.policy.judging import AnyAzure, judge
from tests.policy.programs import CONNECTION
from tests.recorder import run

POD = "pod-holds-no-azure-credential"
# The longest that a text can well be in a test: reading it from each of its places anew would take minutes each.
_LONG = 200_000
LONG_TEXTS = {
    "letters": "a" * _LONG,
    "dots": "a." * (_LONG // 2),
    "spaces": " " * _LONG + "!",
    "spaces in base64": "QUJD" * 8 + " " * _LONG + "!",
    "lines": "key: value\n" * (_LONG // 11),
    "expiries": "se=sv=sig=" * (_LONG // 10),
    "signatures": "SharedAccessSignature sr=a&" * (_LONG // 27),
    "servers": "database.windows.net;" * (_LONG // 21),
    "passwords": ";Password=" * (_LONG // 10),
    "schemes": "https://a:b" * (_LONG // 11),
    "account keys": "AccountKey = " * (_LONG // 13),
    "semicolons": "; " * (_LONG // 2),
    "assignments": "A=" * (_LONG // 2),
    "names": "A:" * (_LONG // 2) + "\n" + "-" * (_LONG // 2),
    "brackets": "{" * _LONG,
    "options": "--a a" * (_LONG // 5),
    "packed": ("QUJD" * 8 + " ") * (_LONG // 33),
}


@pytest.mark.parametrize("text", LONG_TEXTS.values(), ids=LONG_TEXTS.keys())
def test_a_long_text_without_a_credential_is_read_to_its_end(text: str):
    assert credential_in(text) is None
    assert credential_under("settings", text) is None
    assert credential_assigned([text, text]) is None


@pytest.mark.parametrize("start", ["cognitive", "cosmos", "azure", "azure_", "search_key_"])
def test_a_long_name_is_read_to_its_end(start: str):
    assert not names_a_credential(start + "a" * _LONG)


@pytest.mark.parametrize(
    ("credential", "words"),
    [
        ("Server=tcp:shop.database.windows.net;User=app;Password=hunter2", "a SQL password"),
        ("https://shop.blob.core.windows.net/in?sv=2024&se=2030&sp=r&sig=" + "Ab1%" * 10, "a shared access signature"),
        ("amqps://app:hunter2@shop.servicebus.windows.net", "a URL with a password"),
        ("q" * 60 + "+AMC" + "abcde" + "Q==", "an Azure service key"),
    ],
)
def test_a_credential_at_the_end_of_a_long_text_is_found(credential: str, words: str):
    assert credential_in("a line\n" * 1000 + credential) == words


def test_a_credential_of_a_pod_is_pointed_out_once():
    found = judge(
        run(lambda: deployment("x", container={"env": [{"name": "STORE", "value": CONNECTION}]}), mocks=AnyAzure())
    )

    assert [v.message.partition("\n")[2].partition(";")[0] for v in found if v.rule == POD] == [
        "container x has an account key in STORE"
    ]


@pytest.mark.parametrize(
    ("type_", "strict", "words"),
    [
        ("kubernetes.io/tls", False, "or set the annotation kubernetes.io/description to the reason"),
        ("kubernetes.io/tls", True, "or have it excepted in the pack's configuration"),
        ("Opaque", False, "let the pod sign in as its own identity"),
    ],
)
def test_the_private_key_of_an_ingress_is_told_that_a_reason_would_do(type_: str, strict: bool, words: str):
    def program() -> None:
        kubernetes.core.v1.Secret("x", type=type_, string_data={"tls.key": "-----BEGIN PRIVATE KEY-----"})

    found = judge(run(program, mocks=AnyAzure()), config={"pack-settings": {"acceptComponentReasons": not strict}})

    message = next(v.message for v in found if v.rule == "object-holds-no-azure-credential")
    assert words in message
    assert ("annotation" in message) == (type_ == "kubernetes.io/tls" and not strict)


def test_a_strict_preview_lets_pass_what_it_does_not_know_where_no_credential_is():
    def program() -> None:
        own = identity("own")
        deployment("x", container={"image": own.principal_id.apply(lambda _: "shop.azurecr.io/app:1")})
        service_account("x", annotations={"azure.workload.identity/client-id": own.client_id})

    found = judge(run(program, preview=True, mocks=AnyAzure()), config={"pack-settings": {"unknown": "report"}})

    assert {v.rule for v in found} & {POD, "object-holds-no-azure-credential"} == set()
