"""Everything the sandbox answers, by host name."""

from starlette.applications import Starlette
from starlette.routing import Host, Mount

from sandbox.azure.app import create_app as create_azure
from sandbox.azure.store import Store
from sandbox.kubernetes.app import create_app as create_kubernetes


def create_app(store: Store, ca_pem: bytes) -> Starlette:
    """Azure, and the API server of every cluster that exists in it."""
    return Starlette(
        routes=[
            Host("{server}.azmk8s.io", app=create_kubernetes(store)),
            Mount("/", app=create_azure(store, ca_pem)),
        ]
    )
