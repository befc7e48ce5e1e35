"""Who is not trusted to the letter gets no token: real tokens of real pods, each with one thing wrong."""

import copy
import itertools
import time
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.kubelet import Kubelet
from sandbox.control_plane.namespaces import mount_command
from sandbox.entra.issuers import Issuer, issuer_of
from sandbox.entra.tokens import Tokens
from sandbox.environment import network_variables
from sandbox.network import Network
from tests.chain import programs, refusals
from tests.chain.conftest import Chain
from tests.sandbox.azure_client import a_credential, credential

pytestmark = [
    pytest.mark.skipif(mount_command() is None, reason="a pod's volumes need a mount namespace"),
    pytest.mark.capability("A21"),
]

AUDIENCE = "api://AzureADTokenExchange"
VAULTS = "https://vault.azure.net/.default"
CLIENT_ID = "azure.workload.identity/client-id"
TENANT_ID = "azure.workload.identity/tenant-id"
SUBJECT = "system:serviceaccount:boundary:app"
_COUNT = itertools.count()


@dataclass
class Boundary:
    """An identity of the tests' own, and pods that would become it."""

    chain: Chain
    client_id: str

    @property
    def issuer(self) -> Issuer:
        found = issuer_of(self.chain.store, self.chain.cluster)
        assert found is not None
        return found

    def trust(self, subject: str = SUBJECT, **changed: Any) -> str:
        """The one credential of the identity; returns its path."""
        path = credential("id-boundary", "only")
        self.chain.azure.make(path, a_credential(subject, **{"issuer": self.issuer.url, **changed}))
        return path

    def pod(self, namespace: str = "boundary", account: str = "app", **annotations: str) -> dict[str, Any]:
        """An injected pod whose account is annotated with the identity, as its owner would do."""
        api = self.chain.api
        api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, "", "test", force=True)
        stated = {CLIENT_ID: self.client_id, **annotations}
        metadata = {"name": account, "namespace": namespace, "annotations": stated}
        api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}, namespace, "test", force=True)
        template = copy.deepcopy(self.chain.template("orders"))
        template["spec"] |= {"serviceAccountName": account, "volumes": []}
        template["spec"]["containers"][0]["volumeMounts"] = []
        return self.chain.start(template, namespace)

    def log_in(self, pod: dict[str, Any], **network: str) -> tuple[str, str]:
        return programs.run(self.chain, pod, programs.LOG_IN, VAULTS, **network)

    def check(self, cause: str, refused: str, *, code: str, because: str) -> None:
        values = {
            "client id": self.client_id,
            "issuer": self.issuer.url,
            "issuer without its slash": self.issuer.url[:-1],
        }
        refusals.check(
            cause,
            refused,
            code=code,
            because=because,
            said_by="Microsoft Entra ID",
            values={**refusals.known_values(self.chain.store), **values},
        )


@pytest.fixture(scope="module")
def boundary(chain: Chain) -> Boundary:
    chain.azure.make_group()
    made = chain.azure.make_identity("id-boundary")
    return Boundary(chain, made["properties"]["clientId"])


def test_the_pod_that_is_trusted_gets_in(boundary: Boundary):
    boundary.trust()

    token, refused = boundary.log_in(boundary.pod())

    assert (token.count("."), refused) == (2, "")


@pytest.mark.parametrize(
    ("cause", "namespace", "account", "because"),
    [
        ("other-namespace", "elsewhere", "app", "The pod is in another namespace than the credential's subject."),
        ("other-account", "boundary", "other", "The pod has another service account than the credential's subject."),
    ],
)
def test_a_pod_that_the_subject_does_not_name_is_refused(
    boundary: Boundary, cause: str, namespace: str, account: str, because: str
):
    boundary.trust()

    _, refused = boundary.log_in(boundary.pod(namespace, account))

    boundary.check(cause, refused, code="AADSTS700213", because=because)


@pytest.mark.parametrize(
    ("cause", "code", "subject", "audience", "because"),
    [
        ("case-of-the-subject", "AADSTS7002138", "system:serviceaccount:boundary:App", AUDIENCE, "only in case"),
        ("case-of-the-audience", "AADSTS700212", SUBJECT, AUDIENCE.lower(), "only in case"),
        ("other-audience", "AADSTS700212", SUBJECT, "api://AzureADTokenExchangeChina", "as another cloud's audience"),
    ],
)
def test_a_credential_that_is_nearly_right_trusts_nobody(
    boundary: Boundary, cause: str, code: str, subject: str, audience: str, because: str
):
    boundary.trust(subject, audiences=[audience])

    _, refused = boundary.log_in(boundary.pod())

    part = "audience" if subject == SUBJECT else "subject"
    boundary.check(cause, refused, code=code, because=f"The credential's {part} differs from the token's {because}.")


@pytest.mark.parametrize(
    ("cause", "because"),
    [
        ("issuer-without-slash", "The credential's issuer lacks the slash at the end of the cluster's."),
        ("issuer-of-another-cluster", "The credential's issuer is another cluster's."),
    ],
)
def test_a_credential_for_another_issuer_trusts_nobody(boundary: Boundary, cause: str, because: str):
    own = boundary.issuer.url
    other = own[:-1] if cause == "issuer-without-slash" else own.replace(own.split("/")[-2], str(uuid.uuid4()))
    boundary.trust(issuer=other)

    _, refused = boundary.log_in(boundary.pod())

    boundary.check(cause, refused, code="AADSTS700211", because=because)


def test_a_credential_that_was_taken_away_trusts_nobody_from_then_on(boundary: Boundary):
    path, pod = boundary.trust(), boundary.pod()
    assert boundary.log_in(pod)[0]
    boundary.chain.azure.delete(path)

    _, refused = boundary.log_in(pod)

    boundary.check(
        "credential-removed", refused, code="AADSTS700211", because="The identity has no credential for this issuer."
    )


def test_an_identity_that_does_not_exist_lets_nobody_in(boundary: Boundary):
    pod = boundary.pod(account="stale", **{CLIENT_ID: str(uuid.uuid4())})

    _, refused = boundary.log_in(pod)

    boundary.check(
        "identity-unknown",
        refused,
        code="AADSTS700016",
        because="The account's client-id annotation names an identity that does not exist (any more).",
    )


def test_another_tenant_knows_nobody(boundary: Boundary):
    boundary.trust()
    pod = boundary.pod(account="astray", **{TENANT_ID: str(uuid.uuid4())})

    _, refused = boundary.log_in(pod)

    boundary.check(
        "other-tenant",
        refused,
        code="AADSTS90002",
        because="The account's tenant-id annotation, or the webhook's setting, names another tenant.",
    )


def test_an_expired_token_is_refused(boundary: Boundary):
    boundary.trust()
    chain = boundary.chain
    tokens = Tokens(chain.store, lambda: time.time() + 2 * 3600)
    app = create_app(chain.store, chain.authority.pem, tokens=tokens)

    with Network(app, chain.authority, chain.planes.port) as later:
        led = network_variables(later.proxy_url, chain.authority.certificate_path)
        _, refused = boundary.log_in(boundary.pod(), **led)

    boundary.check(
        "token-expired",
        refused,
        code="AADSTS700024",
        because="The projected token has expired: the program kept it instead of reading the file again.",
    )


@pytest.mark.parametrize(
    ("cause", "audience", "because"),
    [
        (
            "token-of-the-api-server",
            "https://kubernetes.default.svc",
            "The token is for the API server, not for Microsoft Entra ID.",
        ),
        (
            "token-for-another-audience",
            AUDIENCE.upper(),
            "The token is for Microsoft Entra ID but for the case of its audience.",
        ),
    ],
)
def test_a_token_for_somebody_else_is_refused(boundary: Boundary, cause: str, audience: str, because: str):
    boundary.trust()
    pod = boundary.pod()
    token = boundary.chain.kubelet.token(pod, audience)

    _, refused = programs.run(boundary.chain, pod, programs.LOG_IN_WITH, token, VAULTS)

    boundary.check(cause, refused, code="AADSTS700212", because=because)


@pytest.fixture
def impostor(boundary: Boundary, tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """A real API server that says it is the cluster's issuer, with a key of its own."""
    own, store = boundary.chain.plane.settings, boundary.chain.store
    issuer = Issuer(store, own.issuer.url, "impostor")
    settings = type(own)(
        tmp_path_factory.mktemp("impostor"), own.host, issuer, own.entra_issuer, own.proxy_url, own.ca_path
    )
    plane = ControlPlane(settings, boundary.chain.authority.issue)
    yield plane
    plane.stop()


def test_a_token_that_another_key_signed_is_refused(boundary: Boundary, impostor: ControlPlane):
    boundary.trust()
    api = impostor.client
    for kind, name, namespace in (("Namespace", "boundary", ""), ("ServiceAccount", "app", "boundary")):
        api.apply({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}, namespace, "test", force=True)
    spec = {"serviceAccountName": "app", "containers": [{"name": "app", "image": "none"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app", "namespace": "boundary"}, "spec": spec}
    token = Kubelet(impostor, boundary.chain.folder).token(api.create(pod, "boundary"), AUDIENCE)

    _, refused = programs.run(boundary.chain, boundary.pod(), programs.LOG_IN_WITH, token, VAULTS)

    boundary.check(
        "signed-by-another-key",
        refused,
        code="AADSTS7000272",
        because="The key that signed the token is none that the issuer publishes.",
    )
