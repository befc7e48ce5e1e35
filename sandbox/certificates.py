"""The sandbox's certificate authority: made once, kept, and trusted only inside the sandbox."""

import ssl
from pathlib import Path

import trustme

from sandbox.errors import SandboxError
from sandbox.hosts import DEFAULT, is_served


class Authority:
    """Signs a certificate for each public host name when a client first asks for it.

    A wildcard covers one label only and AKS API server names are deeper, so names are signed on demand.
    """

    def __init__(self, folder: Path) -> None:
        """Load the authority kept in `folder`, or make it.

        Raises:
            SandboxError: The kept files cannot be read as a certificate and its key.
        """
        self.certificate_path = folder / "ca.crt"
        key_path = folder / "ca.key"
        if self.certificate_path.exists() and key_path.exists():
            try:
                self._ca = trustme.CA.from_pem(self.certificate_path.read_bytes(), key_path.read_bytes())
            except ValueError as error:
                raise SandboxError(
                    f"the sandbox's certificate authority in {folder} is damaged ({error}); "
                    f"remove the folder {folder.parent} to start afresh"
                ) from error
        else:
            self._ca = trustme.CA(organization_name="Sandbox on loopback, not Azure")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            key_path.touch(mode=0o600)
            self._ca.private_key_pem.write_to_path(key_path)
            self._ca.cert_pem.write_to_path(self.certificate_path)
        self.pem: bytes = self._ca.cert_pem.bytes()
        self._contexts: dict[str, ssl.SSLContext] = {}

    def issue(self, *names: str) -> trustme.LeafCert:
        """A certificate for host names and addresses, with its key."""
        return self._ca.issue_cert(*names)

    def server_context(self) -> ssl.SSLContext:
        """A TLS context that answers each served name with a certificate of its own."""
        context = self._context(DEFAULT)

        def choose(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int | None:
            if name is None or not is_served(name):
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = self._context(name)
            return None

        context.sni_callback = choose
        return context

    def _context(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._ca.issue_cert(name).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
            self._contexts[name] = context
        return self._contexts[name]
