"""Who is not trusted to the letter gets no token: the dev stack's own identity, and real pods with one thing wrong."""

import copy
import re
import time
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.azure.managedidentity import CREDENTIALS, IDENTITIES
from sandbox.azure.store import Json
from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.kubelet import Kubelet
from sandbox.entra.issuers import Issuer, issuer_of
from sandbox.entra.tokens import Tokens, claims_of
from sandbox.environment import network_variables
from sandbox.network import Network
from tests.chain import programs, refusals
from tests.chain.behind import changed, taken_away
from tests.chain.conftest import ORDERS, Chain
from tests.chain.needs import needs_network
from tests.sandbox.azure_client import ISSUER, a_credential

pytestmark = pytest.mark.capability("A21")

AUDIENCE = "api://AzureADTokenExchange"
VAULTS = "https://vault.azure.net/.default"
CLIENT_ID = "azure.workload.identity/client-id"
TENANT_ID = "azure.workload.identity/tenant-id"
TOKEN_FOR_THE_API_SERVER = "/var/run/secrets/kubernetes.io/serviceaccount/token"
SUBJECT = "system:serviceaccount:shop:orders"


@dataclass(frozen=True)
class Boundary:
    """An identity that `pulumi up` made, its only credential, and pods that would become it."""

    chain: Chain
    client_id: str
    credential: Json

    def own_pod(self) -> dict[str, Any]:
        """The workload's, as the program declared it."""
        return self.chain.start(self.chain.template("orders"))

    def namesake(self, neighbour: Chain) -> dict[str, Any]:
        """A pod of another cluster, of the same namespace and account, that names the workload's identity."""
        template = copy.deepcopy(ORDERS)
        template["spec"]["containers"][0]["env"] = [{"name": "AZURE_CLIENT_ID", "value": self.client_id}]
        return neighbour.start(template)

    def intruder(self, namespace: str = "shop", account: str = "intruder", **annotations: str) -> dict[str, Any]:
        """A pod like the workload's, under an account that somebody has annotated with the workload's identity."""
        api = self.chain.api
        api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, "", "test", force=True)
        stated = {CLIENT_ID: self.client_id, **annotations}
        metadata = {"name": account, "namespace": namespace, "annotations": stated}
        api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}, namespace, "test", force=True)
        template = copy.deepcopy(self.chain.template("orders"))
        template["spec"] |= {"serviceAccountName": account, "volumes": []}
        template["spec"]["containers"][0]["volumeMounts"] = []
        return self.chain.start(template, namespace)

    def log_in(self, pod: dict[str, Any], on: Chain | None = None, **network: str) -> tuple[str, str]:
        return programs.run(on or self.chain, pod, programs.LOG_IN, VAULTS, **network)

    def check(self, cause: str, refused: str, *, code: str, because: str, **values: str) -> None:
        values = {"client id": self.client_id, "issuer": issuer(self.chain).url, **values}
        refusals.check(
            cause,
            refused,
            code=code,
            because=because,
            said_by="Microsoft Entra ID",
            values={**refusals.known_values(self.chain.store), **values},
        )


def issuer(chain: Chain) -> Issuer:
    found = issuer_of(chain.store, chain.cluster)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def boundary(chain: Chain) -> Boundary:
    account = chain.api.get("v1", "ServiceAccount", "shop", "orders")
    assert account is not None
    client_id = account["metadata"]["annotations"][CLIENT_ID]
    group = chain.cluster["id"].partition("/providers/")[0]
    identities = chain.azure.get(f"{group}/providers/{IDENTITIES}").body["value"]
    (own,) = [each["id"] for each in identities if each["properties"]["clientId"] == client_id]
    (credential,) = chain.azure.get(f"{own}/{CREDENTIALS.rpartition('/')[2]}").body["value"]
    return Boundary(chain, client_id, credential)


def test_the_workloads_own_pod_gets_in_by_the_credential_that_the_update_made(boundary: Boundary):
    token, refused = boundary.log_in(boundary.own_pod())

    assert refused == ""
    assert claims_of(token)["appid"] == boundary.client_id
    stated = {name: boundary.credential["properties"][name] for name in ("issuer", "subject", "audiences")}
    assert stated == {"issuer": issuer(boundary.chain).url, "subject": SUBJECT, "audiences": [AUDIENCE]}


@pytest.mark.parametrize(
    ("cause", "namespace", "account", "because"),
    [
        ("other-namespace", "elsewhere", "orders", "The pod is in another namespace than the credential's subject."),
        ("other-account", "shop", "intruder", "The pod has another service account than the credential's subject."),
    ],
)
def test_a_pod_that_the_subject_does_not_name_is_refused(
    boundary: Boundary, cause: str, namespace: str, account: str, because: str
):
    _, refused = boundary.log_in(boundary.intruder(namespace, account))

    boundary.check(cause, refused, code="AADSTS700213", because=because)


@pytest.mark.parametrize(
    ("cause", "code", "properties", "because"),
    [
        (
            "case-of-the-subject",
            "AADSTS7002138",
            {"subject": "system:serviceaccount:shop:Orders"},
            "The credential's subject differs from the token's only in case.",
        ),
        (
            "case-of-the-audience",
            "AADSTS700212",
            {"audiences": [AUDIENCE.lower()]},
            "The credential's audience differs from the token's only in case.",
        ),
        (
            "other-audience",
            "AADSTS700212",
            {"audiences": ["api://AzureADTokenExchangeChina"]},
            "The credential's audience is another cloud's.",
        ),
    ],
)
def test_a_credential_that_is_nearly_right_trusts_nobody(
    boundary: Boundary, cause: str, code: str, properties: dict[str, Any], because: str
):
    with changed(boundary.chain, boundary.credential["id"], **properties):
        _, refused = boundary.log_in(boundary.own_pod())

    boundary.check(cause, refused, code=code, because=because)


def test_a_credential_whose_issuer_lacks_the_slash_trusts_nobody(boundary: Boundary):
    with changed(boundary.chain, boundary.credential["id"], issuer=issuer(boundary.chain).url.rstrip("/")):
        _, refused = boundary.log_in(boundary.own_pod())

    because = "The credential's issuer lacks the slash at the end of the cluster's."
    boundary.check("issuer-without-slash", refused, code="AADSTS700211", because=because)


@needs_network
def test_the_same_account_of_another_cluster_is_not_trusted(boundary: Boundary, neighbour: Chain):
    pod = boundary.namesake(neighbour)

    _, refused = boundary.log_in(pod, on=neighbour)

    boundary.check(
        "token-of-another-cluster",
        refused,
        code="AADSTS700211",
        because="The pod runs on another cluster; namespace and service account have the same names there.",
        issuer=issuer(neighbour).url,
    )


@needs_network
def test_a_credential_for_another_clusters_issuer_trusts_that_cluster_and_no_longer_its_own(
    boundary: Boundary, neighbour: Chain
):
    with changed(boundary.chain, boundary.credential["id"], issuer=issuer(neighbour).url):
        token, _ = boundary.log_in(boundary.namesake(neighbour), on=neighbour)
        _, refused = boundary.log_in(boundary.own_pod())

    assert claims_of(token)["appid"] == boundary.client_id
    because = "The credential's issuer is another cluster's."
    boundary.check("issuer-of-another-cluster", refused, code="AADSTS700211", because=because)


def test_a_credential_that_was_taken_away_trusts_nobody_until_the_next_update(boundary: Boundary):
    pod = boundary.own_pod()
    with taken_away(boundary.chain, boundary.credential["id"]):
        _, refused = boundary.log_in(pod)

    because = "The identity has no credential at all (any more)."
    boundary.check("credential-removed", refused, code="AADSTS70025", because=because)
    assert boundary.log_in(pod)[1] == ""


def test_a_credential_for_another_cluster_does_not_stand_for_the_one_that_was_taken_away(boundary: Boundary):
    chain, pod = boundary.chain, boundary.own_pod()
    theirs = f"{boundary.credential['id']}-elsewhere"
    chain.azure.make(theirs, a_credential(SUBJECT, issuer=ISSUER))
    with taken_away(chain, boundary.credential["id"]):
        _, refused = boundary.log_in(pod)
    assert chain.azure.delete(theirs).status == 200

    because = "The identity has no credential for this cluster's issuer, but has one for another's."
    boundary.check("credential-of-this-cluster-removed", refused, code="AADSTS700211", because=because)


def test_an_identity_that_does_not_exist_lets_nobody_in(boundary: Boundary):
    pod = boundary.intruder(account="stale", **{CLIENT_ID: str(uuid.uuid4())})

    _, refused = boundary.log_in(pod)

    boundary.check(
        "identity-unknown",
        refused,
        code="AADSTS700016",
        because="The account's client-id annotation names an identity that does not exist (any more).",
    )


def test_another_tenant_knows_nobody(boundary: Boundary):
    pod = boundary.intruder(account="astray", **{TENANT_ID: str(uuid.uuid4())})

    _, refused = boundary.log_in(pod)

    boundary.check(
        "other-tenant",
        refused,
        code="AADSTS90002",
        because="The account's tenant-id annotation, or the webhook's setting, names another tenant.",
    )


def test_a_token_is_taken_while_it_lasts_and_refused_when_it_has_expired(boundary: Boundary):
    chain, pod = boundary.chain, boundary.own_pod()

    def said_after(seconds: int) -> str:
        tokens = Tokens(chain.store, lambda: time.time() + seconds)
        app = create_app(chain.store, chain.authority.pem, tokens=tokens)
        with Network(app, chain.authority, chain.planes.port) as later:
            led = network_variables(later.proxy_url, chain.authority.certificate_path)
            return boundary.log_in(pod, **led)[1]

    assert said_after(3600 - 300) == ""
    boundary.check(
        "token-expired",
        said_after(3600 + 300),
        code="AADSTS700024",
        because="The projected token has expired: the program kept it instead of reading the file again.",
    )


def test_a_token_for_the_api_server_is_refused(boundary: Boundary):
    chain, pod = boundary.chain, boundary.own_pod()
    token = chain.kubelet.token(pod, "")

    _, refused = programs.run(chain, pod, programs.LOG_IN_WITH, token, VAULTS)

    assert claims_of(token)["aud"] == [issuer(chain).url]
    boundary.check(
        "token-of-the-api-server",
        refused,
        code="AADSTS700212",
        because="The token is for the API server, not for Microsoft Entra ID.",
    )


def test_the_token_that_every_pod_has_for_the_api_server_is_refused_too(boundary: Boundary):
    chain, pod = boundary.chain, boundary.own_pod()

    # The API server lets these live for a year, for programs that read them once.
    claims = claims_of(programs.run(chain, pod, programs.READ_FILE, TOKEN_FOR_THE_API_SERVER)[0])
    _, refused = programs.run(chain, pod, programs.LOG_IN_WITH_FILE, TOKEN_FOR_THE_API_SERVER, VAULTS)

    assert claims["aud"] == [issuer(chain).url]
    assert claims["exp"] - claims["iat"] > 364 * 24 * 3600
    boundary.check(
        "token-that-every-pod-has",
        re.sub(r"\b\d{10}\b", "<seconds>", refused),
        code="AADSTS70023",
        because="The program reads the token that its pod has for the API server, which lives too long besides.",
    )


def test_a_token_for_another_audience_is_refused(boundary: Boundary):
    pod = boundary.own_pod()
    token = boundary.chain.kubelet.token_by_hand(pod, AUDIENCE.upper())

    _, refused = programs.run(boundary.chain, pod, programs.LOG_IN_WITH, token, VAULTS)

    boundary.check(
        "token-for-another-audience",
        refused,
        code="AADSTS700212",
        because="The token is for Microsoft Entra ID but for the case of its audience.",
    )


@pytest.fixture
def impostor(boundary: Boundary, tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """A real API server that says it is the cluster's issuer, with a key of its own."""
    own, store = boundary.chain.plane.settings, boundary.chain.store
    settings = type(own)(
        tmp_path_factory.mktemp("impostor"),
        own.host,
        Issuer(store, own.issuer.url, "impostor"),
        own.entra_issuer,
        own.proxy_url,
        own.ca_path,
    )
    plane = ControlPlane(settings, boundary.chain.authority.issue)
    yield plane
    plane.stop()


def test_a_token_that_another_key_signed_is_refused(boundary: Boundary, impostor: ControlPlane):
    api = impostor.client
    for kind, name, namespace in (("Namespace", "shop", ""), ("ServiceAccount", "orders", "shop")):
        api.apply({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}, namespace, "test", force=True)
    spec = {"serviceAccountName": "orders", "containers": [{"name": "app", "image": "none"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app", "namespace": "shop"}, "spec": spec}
    token = Kubelet(impostor, boundary.chain.folder).token_by_hand(api.create(pod, "shop"), AUDIENCE)

    _, refused = programs.run(boundary.chain, boundary.own_pod(), programs.LOG_IN_WITH, token, VAULTS)

    assert (claims_of(token)["iss"], claims_of(token)["sub"]) == (issuer(boundary.chain).url, SUBJECT)
    boundary.check(
        "signed-by-another-key",
        refused,
        code="AADSTS7000272",
        because="The key that signed the token is none that the issuer publishes.",
    )
