"""Everything the sandbox answers, by host name."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Host, Mount

from sandbox.ai_account.app import create_app as create_ai_accounts
from sandbox.azure.app import create_app as create_azure
from sandbox.azure.store import Store
from sandbox.azure.timing import Timing
from sandbox.entra import issuers
from sandbox.entra.app import create_app as create_entra
from sandbox.entra.bearer import arm_bearer
from sandbox.entra.tokens import Tokens
from sandbox.faults.middleware import FaultMiddleware
from sandbox.faults.plan import Plan
from sandbox.graph.app import create_app as create_graph
from sandbox.kubernetes.app import create_app as create_kubernetes
from sandbox.vault.app import create_app as create_vaults


def create_app(store: Store, ca_pem: bytes, plan: Plan | None = None, *, tokens: Tokens | None = None) -> Starlette:
    """Azure, the directory of its tenant, its vaults and AI accounts, and the API server of every cluster in it.

    Args:
        plan: the faults that requests meet; left out, none.
        tokens: whose access tokens Azure Resource Manager and Graph take, and whose clock the directory goes by;
            left out, they take any. Vaults and AI accounts take the directory's.
    """
    plan = plan or Plan()
    timing = Timing(
        principal_replication_seconds=plan.principal_replication_seconds,
        role_assignment_replication_seconds=plan.role_assignment_replication_seconds,
    )
    circumstances = plan.circumstances
    bearer = arm_bearer(tokens) if tokens else None
    graph = create_graph(store, circumstances, tokens=tokens)
    tokens = tokens or Tokens(store)
    entra = create_entra(store, circumstances, now=tokens.now)
    ai_accounts = create_ai_accounts(store, tokens, timing)
    return Starlette(
        routes=[
            Host("login.microsoftonline.com", app=entra),
            Host("sts.windows.net", app=entra),
            Host(issuers.HOST, app=issuers.create_app(store)),
            Host("graph.microsoft.com", app=graph),
            Host("{vault}.vault.azure.net", app=create_vaults(store, tokens, timing)),
            Host("{account}.openai.azure.com", app=ai_accounts),
            Host("{account}.cognitiveservices.azure.com", app=ai_accounts),
            Host("{server}.azmk8s.io", app=create_kubernetes(store)),
            Mount("/", app=create_azure(store, ca_pem, timing=timing, circumstances=circumstances, bearer=bearer)),
        ],
        middleware=[Middleware(FaultMiddleware, store=store, plan=plan)] if plan.faults else [],
    )
