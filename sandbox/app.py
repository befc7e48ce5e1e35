"""Everything the sandbox answers, by host name."""

from starlette.applications import Starlette
from starlette.routing import Host, Mount

from sandbox.azure.app import create_app as create_azure
from sandbox.azure.store import Store
from sandbox.entra.app import create_app as create_entra
from sandbox.graph.app import create_app as create_graph
from sandbox.kubernetes.app import create_app as create_kubernetes


def create_app(store: Store, ca_pem: bytes) -> Starlette:
    """Azure, the directory of its tenant, and the API server of every cluster that exists in it."""
    return Starlette(
        routes=[
            Host("login.microsoftonline.com", app=create_entra(store)),
            Host("graph.microsoft.com", app=create_graph(store)),
            Host("{server}.azmk8s.io", app=create_kubernetes(store)),
            Mount("/", app=create_azure(store, ca_pem)),
        ]
    )
