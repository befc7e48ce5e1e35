"""A subscription in the sandbox whose circumstances each test sets, and a note of everything that it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aks_workload_identity.preflight import Login, PreflightArgs, Row, Status, preflight
from pydantic.alias_generators import to_camel
from starlette.types import Receive, Scope, Send

from sandbox.app import create_app
from sandbox.azure.circumstances import ADMINS
from sandbox.azure.store import Store
from sandbox.entra.account import account_variables
from sandbox.entra.tokens import Tokens
from sandbox.faults.plan import Plan
from tests.sandbox.azure_client import AzureClient
from tests.switchboard import Switchboard

LOCATION = "westeurope"
PLANNED: Mapping[str, Any] = {
    "location": LOCATION,
    "resource_group_name": "rg",
    "cluster_name": "aks-shop",
    "admin_group_object_ids": [ADMINS],
    "vm_sizes": {"Standard_D4ds_v5": 3},
    "vault_names": ["kv-shop"],
    "registry_names": ["crshop"],
    "storage_account_names": ["stshop"],
    "cognitive_services_account_names": ["oai-shop"],
}


@dataclass
class Subscription:
    """The sandbox as a preflight finds it."""

    store: Store
    switchboard: Switchboard
    client: AzureClient
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Method, host and path of every request."""

    def stands(self, **plan: Any) -> "Subscription":
        """Azure from now on."""
        app = create_app(
            self.store,
            b"",
            Plan.model_validate({to_camel(name): value for name, value in plan.items()}),
            tokens=Tokens(self.store),
        )

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            host = dict(scope["headers"])[b"host"].decode().partition(":")[0]
            self.asked.append((scope["method"], host, scope["path"]))
            await app(scope, receive, send)

        self.switchboard.app = noting
        return self

    @property
    def variables(self) -> dict[str, str]:
        """The login, as a pipeline has it."""
        return dict(account_variables(self.store))

    def rows(self, **planned: Any) -> list[Row]:
        """What the preflight says."""
        return preflight(PreflightArgs(**{**PLANNED, **planned}), Login.find(environment=self.variables))

    def of(self, status: Status, **planned: Any) -> dict[str, Row]:
        """The rows of one status."""
        return {row.check: row for row in self.rows(**planned) if row.status is status}

    def failed(self, **planned: Any) -> dict[str, Row]:
        return self.of(Status.FAILED, **planned)
