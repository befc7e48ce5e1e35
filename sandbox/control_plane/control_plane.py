"""etcd, API server and controllers of one cluster, as AKS configures them where workload identity is concerned."""

import secrets
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import requests
import trustme
import yaml

from sandbox.control_plane import programs
from sandbox.control_plane.process import Process, free_port
from sandbox.entra.issuers import Issuer
from sandbox.errors import SandboxError
from sandbox.plugins.kubeconfig import Connection
from sandbox.plugins.kubernetes_client import KubernetesClient

# Microsoft Learn, aks/kubelogin-authentication: the Entra application of every AKS API server.
SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630"
NODE = "aks-system-0"
"""The only node; its pods are those whose `nodeName` it is."""
_ADMINISTRATOR = "sandbox-administrator"
_ETCD_SECONDS = 30
_API_SERVER_SECONDS = 120
_PROBE_SECONDS = 2
_STARTS = 3
# What roles, namespaces, service accounts and the deletion of owned objects need; nothing that would run pods.
_CONTROLLERS = (
    "clusterrole-aggregation-controller",
    "namespace-controller",
    "serviceaccount-controller",
    "garbage-collector-controller",
    "root-ca-certificate-publisher-controller",
)


@dataclass(frozen=True)
class Settings:
    """What a control plane is started with.

    Args:
        folder: where its keys, data and logs are kept.
        host: the public name of its API server.
        issuer: what signs its service account tokens.
        entra_issuer: the issuer of the access tokens that people and pipelines come with.
        proxy_url: where the public names of Azure are reached.
        ca_path: the certificate authority that those names' servers are signed with.
        ending: set by another thread, nothing more is started or waited for.
    """

    folder: Path
    host: str
    issuer: Issuer
    entra_issuer: str
    proxy_url: str
    ca_path: Path
    ending: threading.Event = field(default_factory=threading.Event)


class ControlPlane:
    """A running control plane; stopped with `stop`, its data and keys stay for the next start.

    Source of the flags: kubernetes.io, "kube-apiserver", "Configure Service Accounts for Pods", "Authenticating",
    "Using Node Authorization"; Microsoft Learn, aks/use-oidc-issuer.
    """

    def __init__(self, settings: Settings, issue: Callable[..., trustme.LeafCert]) -> None:
        """Start it, and return when its API server answers.

        Args:
            settings: see `Settings`.
            issue: makes a certificate for host names, signed by the sandbox's authority.

        Raises:
            SandboxError: A program is missing, or does not start.
        """
        self.settings = settings
        self._keys = settings.folder / "keys"
        self._logs = settings.folder / "logs"
        for folder in (self._keys, self._logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._running = ExitStack()
        self.administrator_token = secrets.token_urlsafe(32)
        self.node_token = secrets.token_urlsafe(32)
        self._issue = issue
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    @property
    def server(self) -> str:
        """Where the API server listens, on loopback."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def client(self) -> KubernetesClient:
        """Its API server, for an administrator."""
        return self._client(self.administrator_token)

    @property
    def node_client(self) -> KubernetesClient:
        """Its API server, for the kubelet of its node."""
        return self._client(self.node_token)

    def _client(self, token: str) -> KubernetesClient:
        return KubernetesClient(Connection(self.server, self.settings.ca_path.read_bytes(), {"token": token}))

    def wait_for(self, token: str, seconds: float) -> None:
        """Wait until the API server knows who comes with this token.

        Raises:
            SandboxError: It does not in this time.
        """
        url, ca = f"{self.server}/api", str(self.settings.ca_path)
        self._api_server.wait_until(lambda: _answers(url, token=token, ca=ca), seconds)

    def stop(self) -> None:
        """Stop what runs, the API server before etcd."""
        self._running.close()

    def _start(self) -> None:
        for attempt in range(1, _STARTS + 1):
            try:
                self._etcd_url = self._start_etcd()
                self.port = self._start_api_server()
                break
            except SandboxError as error:
                self._running.close()
                # Between the choice of a free port and its use somebody else may have taken it.
                if attempt == _STARTS or "address already in use" not in str(error):
                    raise
        self.kubeconfig = self._write_kubeconfig()
        self._run("kube-controller-manager", self._controller_flags())

    def _run(self, name: str, flags: dict[str, object], **environment: str) -> Process:
        command = [str(programs.find(name)), *(f"--{flag}={value}" for flag, value in flags.items())]
        log = self._logs / f"{name}.log"
        process = Process(command, log=log, environment=environment, ending=self.settings.ending)
        self._running.callback(process.stop)
        return process

    def _start_etcd(self) -> str:
        url, peer = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        process = self._run(
            "etcd",
            {
                "data-dir": self.settings.folder / "etcd",
                "listen-client-urls": url,
                "advertise-client-urls": url,
                "listen-peer-urls": peer,
                "initial-advertise-peer-urls": peer,
                "initial-cluster": f"default={peer}",
                "force-new-cluster": "true",
                "unsafe-no-fsync": "true",
                "log-level": "warn",
            },
        )
        process.wait_until(lambda: _answers(f"{url}/health"), _ETCD_SECONDS)
        return url

    def _start_api_server(self) -> int:
        port, settings = free_port(), self.settings
        self._write("service-accounts.key", settings.issuer.private_key_pem.encode())
        certificate = self._issue(settings.host, "127.0.0.1", "localhost")
        for name, blob in (("tls.key", certificate.private_key_pem), ("tls.crt", certificate.cert_chain_pems[0])):
            self._write(name, blob.bytes())
        known = (
            f'{self.administrator_token},{_ADMINISTRATOR},1,"system:masters"\n'
            f'{self.node_token},system:node:{NODE},2,"system:nodes"\n'
        )
        self._write("tokens.csv", known.encode())
        self._write("authentication.yaml", yaml.safe_dump(self._authentication()).encode())
        process = self._run(
            "kube-apiserver",
            {
                "etcd-servers": self._etcd_url,
                "bind-address": "127.0.0.1",
                "advertise-address": "127.0.0.1",
                "secure-port": port,
                "tls-cert-file": self._keys / "tls.crt",
                "tls-private-key-file": self._keys / "tls.key",
                "service-account-issuer": settings.issuer.url,
                "service-account-jwks-uri": f"{settings.issuer.url}openid/v1/jwks",
                "service-account-key-file": self._keys / "service-accounts.key",
                "service-account-signing-key-file": self._keys / "service-accounts.key",
                "service-cluster-ip-range": "10.0.0.0/16",
                "authorization-mode": "Node,RBAC",
                "enable-admission-plugins": "NodeRestriction",
                "authentication-config": self._keys / "authentication.yaml",
                "token-auth-file": self._keys / "tokens.csv",
                # As on AKS, where policies and Pod Security refuse privileged pods, and nodes' own add-ons are some.
                "allow-privileged": "true",
                # Endpoints of the kubernetes service and leases serve pods, of which there are none.
                "endpoint-reconciler-type": "none",
            },
            HTTPS_PROXY=settings.proxy_url,
            NO_PROXY="127.0.0.1,localhost",
            SSL_CERT_FILE=str(settings.ca_path),
        )
        ready = f"https://127.0.0.1:{port}/readyz"
        token, ca = self.administrator_token, str(settings.ca_path)
        self._api_server = process
        process.wait_until(lambda: _answers(ready, token=token, ca=ca), _API_SERVER_SECONDS)
        return port

    def _authentication(self) -> dict[str, object]:
        """kubernetes.io, "Using Authentication Configuration": Entra's access tokens for the AKS application."""
        claims = {"username": {"claim": "oid", "prefix": ""}, "groups": {"claim": "groups", "prefix": ""}}
        issuer = {"url": self.settings.entra_issuer, "audiences": [SERVER_APPLICATION]}
        return {
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "AuthenticationConfiguration",
            "jwt": [
                {
                    "issuer": {**issuer, "certificateAuthority": self.settings.ca_path.read_text()},
                    "claimMappings": claims,
                }
            ],
        }

    def _controller_flags(self) -> dict[str, object]:
        return {
            "kubeconfig": self.kubeconfig,
            "controllers": ",".join(_CONTROLLERS),
            "use-service-account-credentials": "false",
            "service-account-private-key-file": self._keys / "service-accounts.key",
            "root-ca-file": self.settings.ca_path,
            "leader-elect": "false",
            "bind-address": "127.0.0.1",
            "secure-port": 0,
        }

    def _write_kubeconfig(self) -> Path:
        name = "sandbox"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": name,
                    "cluster": {"server": self.server, "certificate-authority": str(self.settings.ca_path)},
                }
            ],
            "users": [{"name": name, "user": {"token": self.administrator_token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
        return self._write("administrator.kubeconfig", yaml.safe_dump(config).encode())

    def _write(self, name: str, content: bytes) -> Path:
        path = self._keys / name
        path.touch(mode=0o600)
        path.write_bytes(content)
        return path


def _answers(url: str, *, token: str = "", ca: str = "") -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return session.get(url, headers=headers, verify=ca or True, timeout=_PROBE_SECONDS).ok
        except requests.RequestException:
            return False
