"""Which pods the real webhook gives an identity to, on the real API server."""

import copy
import re
from collections.abc import Generator
from typing import Any

import pytest

from sandbox.plain import items
from sandbox.plugins.kubernetes_client import RefusedError
from tests.chain import refusals
from tests.chain.conftest import Chain

LABEL = "azure.workload.identity/use"
SKIP = "azure.workload.identity/skip-containers"
EXPIRATION = "azure.workload.identity/service-account-token-expiration"
VARIABLES = {"AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST"}
TOKEN_PATH = "/var/run/secrets/azure/wi/token/azure-identity-token"


def variables(pod: dict[str, Any], container: int = 0) -> dict[str, str]:
    env = items(pod["spec"]["containers"][container], "env")
    return {each["name"]: each["value"] for each in env if each["name"].startswith("AZURE_")}


def token_mounts(pod: dict[str, Any], container: int = 0) -> list[dict[str, Any]]:
    mounts = items(pod["spec"]["containers"][container], "volumeMounts")
    return [each for each in mounts if each["mountPath"] == "/var/run/secrets/azure/wi"]


@pytest.fixture
def template(chain: Chain) -> dict[str, Any]:
    """A pod template of the dev stack, free to change."""
    return copy.deepcopy(chain.template("fulfilment"))


def test_two_updates_on_a_real_control_plane_change_nothing_the_second_time(chain: Chain):
    first, second = chain.runs

    assert first.changes["create"] > 40
    assert set(second.changes) == {"same"}


def test_the_programs_own_label_makes_the_webhook_inject_variables_and_token(chain: Chain, template: dict[str, Any]):
    account = chain.api.get("v1", "ServiceAccount", "shop", "fulfilment")
    assert account is not None

    pod = chain.start(template)

    assert template["metadata"]["labels"][LABEL] == "true"
    assert variables(pod) == {
        "AZURE_CLIENT_ID": account["metadata"]["annotations"]["azure.workload.identity/client-id"],
        "AZURE_TENANT_ID": chain.store.tenant_id,
        "AZURE_FEDERATED_TOKEN_FILE": TOKEN_PATH,
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
    }
    (mount,) = token_mounts(pod)
    (volume,) = [each for each in pod["spec"]["volumes"] if each["name"] == mount["name"]]
    (source,) = volume["projected"]["sources"]
    assert mount["readOnly"] is True
    assert source["serviceAccountToken"]["audience"] == "api://AzureADTokenExchange"
    assert TOKEN_PATH.endswith(source["serviceAccountToken"]["path"])


@pytest.mark.parametrize("label", [None, "True", "yes"])
def test_a_pod_without_the_exact_label_gets_nothing(chain: Chain, template: dict[str, Any], label: str | None):
    labels = template["metadata"]["labels"]
    del labels[LABEL]
    if label:
        labels[LABEL] = label

    pod = chain.start(template)

    assert not variables(pod)
    assert not token_mounts(pod)


def test_the_label_on_the_account_alone_injects_nothing(chain: Chain, template: dict[str, Any]):
    account = {"name": "labelled", "namespace": "shop", "labels": {LABEL: "true"}}
    chain.api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}, "shop")
    del template["metadata"]["labels"][LABEL]
    template["spec"]["serviceAccountName"] = "labelled"

    assert not variables(chain.start(template))


def test_an_excluded_container_gets_nothing_and_its_neighbour_does(chain: Chain, template: dict[str, Any]):
    (container,) = template["spec"]["containers"]
    template["spec"]["containers"].append({**container, "name": "sidecar"})
    template["metadata"].setdefault("annotations", {})[SKIP] = "sidecar"

    pod = chain.start(template)

    assert set(variables(pod, 0)) == VARIABLES
    assert not variables(pod, 1)
    assert not token_mounts(pod, 1)


def test_an_account_without_the_annotation_gets_a_token_and_no_client_id(chain: Chain, template: dict[str, Any]):
    account = {"name": "bare", "namespace": "shop"}
    chain.api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}, "shop")
    template["spec"]["serviceAccountName"] = "bare"

    pod = chain.start(template)

    assert set(variables(pod)) == VARIABLES - {"AZURE_CLIENT_ID"}
    assert token_mounts(pod)


def test_an_init_container_gets_what_the_others_get(chain: Chain, template: dict[str, Any]):
    (container,) = template["spec"]["containers"]
    template["spec"]["initContainers"] = [{**container, "name": "migrate"}]

    pod = chain.start(template)

    env = pod["spec"]["initContainers"][0]["env"]
    assert {each["name"] for each in env if each["name"].startswith("AZURE_")} == VARIABLES


@pytest.mark.parametrize(("stated", "seconds"), [("7200", 7200), (None, 3600)])
def test_the_token_lives_as_long_as_the_account_says(
    chain: Chain, template: dict[str, Any], stated: str | None, seconds: int
):
    name = f"lifetime-{seconds}"
    metadata = {"name": name, "namespace": "shop", "annotations": {EXPIRATION: stated} if stated else {}}
    chain.api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}, "shop")
    template["spec"]["serviceAccountName"] = name

    pod = chain.start(template)

    (mount,) = token_mounts(pod)
    (volume,) = [each for each in pod["spec"]["volumes"] if each["name"] == mount["name"]]
    assert volume["projected"]["sources"][0]["serviceAccountToken"]["expirationSeconds"] == seconds


def test_a_pod_whose_account_does_not_exist_is_refused(chain: Chain, template: dict[str, Any]):
    template["spec"]["serviceAccountName"] = "nobody"

    with pytest.raises(RefusedError) as refused:
        chain.start(template)

    check(
        chain,
        "pod-without-its-account",
        refused,
        code="serviceaccount",
        because="The pod's service account is not there (yet).",
        said_by="the API server",
    )


@pytest.fixture
def webhook_down(chain: Chain) -> Generator[None]:
    assert chain.plane
    chain.planes.stop_webhook(chain.cluster)
    yield
    assert chain.plane  # starts it again


def test_while_the_webhook_is_down_labelled_pods_are_refused_and_others_pass(
    chain: Chain, template: dict[str, Any], webhook_down: None
):
    api = chain.planes.running(chain.cluster).client
    metadata = {**template["metadata"], "name": "while-down"}
    pod: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}

    with pytest.raises(RefusedError) as refused:
        api.create(pod, "shop")
    del pod["metadata"]["labels"][LABEL]
    passed = api.create(pod, "shop")

    check(
        chain,
        "webhook-down",
        refused,
        code='failed calling webhook "mutation.azure-workload-identity.io"',
        because="The workload identity webhook does not answer; pods without its label are let in.",
        said_by="the API server",
    )
    assert not variables(passed)


def check(
    chain: Chain, cause: str, refused: pytest.ExceptionInfo[RefusedError], *, code: str, because: str, said_by: str
) -> None:
    text = re.sub(r"pod-\d+", "<pod>", re.sub(r"127\.0\.0\.1:\d+", "<webhook>", str(refused.value)))
    known = refusals.known_values(chain.store)
    refusals.check(cause, text, code=code, because=because, said_by=said_by, values=known)
