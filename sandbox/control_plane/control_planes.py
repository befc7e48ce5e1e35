"""The control planes of the clusters that exist in the sandbox's Azure: started when somebody first asks for one."""

import asyncio
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.store import Json, Store
from sandbox.certificates import Authority
from sandbox.control_plane import add_ons
from sandbox.control_plane.control_plane import SERVER_APPLICATION, ControlPlane, Settings
from sandbox.control_plane.webhook import Webhook
from sandbox.entra.issuers import Issuer, issuer_of
from sandbox.entra.principals import caller
from sandbox.entra.tokens import Tokens
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.plain import items, part

_HOSTS = ".azmk8s.io"
_LOGIN_SECONDS = 60


class ControlPlanes:
    """Starts, finds and stops them; a `with` block is their lifetime.

    Args:
        home: where their keys, data and logs are kept between runs.
        store: whose clusters these are.
        authority: signs their certificates.
    """

    def __init__(self, home: Home, store: Store, authority: Authority) -> None:
        self._home = home
        self._store = store
        self._authority = authority
        self._running: dict[str, ControlPlane] = {}
        self._webhooks: dict[str, Webhook] = {}
        # One thread for the life of all: the kernel stops a program when the thread that started it ends.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-control-planes")
        self._ending = threading.Event()
        self.proxy_url = ""

    def __enter__(self) -> "ControlPlanes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ending.set()
        # After a start that is under way, and before the thread ends: the kernel would stop all of them at once.
        self._starter.submit(self._stop_all).result()
        self._starter.shutdown()

    async def port(self, host: str) -> int | None:
        """Where the API server of this name listens; None where no cluster has the name."""
        if not host.lower().endswith(_HOSTS):
            return None  # at once: an API server that is starting looks for Entra's keys
        return await asyncio.get_running_loop().run_in_executor(self._starter, self._port, host)

    def of_cluster(self, cluster: Json) -> ControlPlane:
        """The control plane of a cluster, started where it is not running."""
        return self._starter.submit(self._started, cluster).result()

    def running(self, cluster: Json) -> ControlPlane:
        """The control plane of a cluster as it is, without starting anything."""
        return self._running[_key(cluster)]

    def stop_webhook(self, cluster: Json) -> None:
        """End the webhook of a cluster, as if its pods were gone; the next `of_cluster` starts it again."""
        self._webhooks.pop(_key(cluster)).stop()

    def _stop_all(self) -> None:
        for key in list(self._running):
            self._stop(key)
        self._remove_deleted()

    def _stop(self, key: str) -> None:
        if key in self._webhooks:
            self._webhooks.pop(key).stop()
        self._running.pop(key).stop()

    def _port(self, host: str) -> int | None:
        self._remove_deleted()
        found = next((body for body in self._clusters() if body["properties"]["fqdn"].lower() == host.lower()), None)
        if found is None:
            return None
        running = self._running.get(_key(found))
        return (running or self._started(found)).port

    def _clusters(self) -> list[Json]:
        return list(self._store.of_type(CLUSTERS))

    def _started(self, cluster: Json) -> ControlPlane:
        key = _key(cluster)
        if self._ending.is_set():
            raise SandboxError(f"the API server of {cluster['name']} was not started: the sandbox ends")
        if key not in self._running:
            properties = cluster["properties"]
            sys.stderr.write(f"Starting the API server of {cluster['name']} …\n")
            settings = Settings(
                folder=self._home.clusters / key,
                host=properties["fqdn"],
                issuer=_issuer(self._store, cluster),
                entra_issuer=f"https://sts.windows.net/{self._store.tenant_id}/",
                proxy_url=self.proxy_url,
                ca_path=self._authority.certificate_path,
                ending=self._ending,
            )
            self._running[key] = ControlPlane(settings, self._authority.issue)
            self._wait_for_logins(self._running[key])
        plane = self._running[key]
        self._install(plane, cluster)
        return plane

    def _wait_for_logins(self, plane: ControlPlane) -> None:
        """An API server looks Entra's keys up when it is ready already, and refuses everybody until it has them."""
        token = Tokens(self._store).access_token(caller(self._store), SERVER_APPLICATION)
        plane.wait_for(token, _LOGIN_SECONDS)

    def _install(self, plane: ControlPlane, cluster: Json) -> None:
        """What AKS puts into the cluster, as its settings are now."""
        key, client = _key(cluster), plane.client
        add_ons.apply(
            client, [add_ons.administrators(items(cluster, "properties", "aadProfile", "adminGroupObjectIDs"))]
        )
        if part(cluster, "properties", "addonProfiles", "azureKeyvaultSecretsProvider").get("enabled"):
            add_ons.apply(client, add_ons.secrets_store())
        wanted = part(cluster, "properties", "securityProfile", "workloadIdentity").get("enabled")
        if wanted and key not in self._webhooks:
            webhook = self._webhooks[key] = Webhook(plane, self._store.tenant_id, self._authority.issue)
            add_ons.apply(client, [add_ons.webhook_registration(webhook.url, self._authority.pem)])

    def _remove_deleted(self) -> None:
        existing = {_key(body) for body in self._clusters()}
        for key in [key for key in self._running if key not in existing]:
            self._stop(key)
        if self._home.clusters.exists():
            for folder in self._home.clusters.iterdir():
                if folder.name not in existing:
                    shutil.rmtree(folder)


def _key(cluster: Json) -> str:
    return str(cluster["properties"]["resourceUID"])


def _issuer(store: Store, cluster: Json) -> Issuer:
    issuer = issuer_of(store, cluster)
    if issuer is None:
        raise SandboxError(f"the cluster {cluster['name']} has no OIDC issuer; a real API server needs one here")
    return issuer
