"""Everything the sandbox answers, by host name."""

from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.azure.app import create_app as create_azure
from sandbox.azure.store import Store


def create_app(store: Store, ca_pem: bytes) -> Starlette:
    """Azure as its public host names answer."""
    return Starlette(routes=[Mount("/", app=create_azure(store, ca_pem))])
