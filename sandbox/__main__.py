"""`python -m sandbox -- <command>`: Azure on loopback for the life of one command."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from sandbox import cluster_kind
from sandbox.app import create_app
from sandbox.azure.store import Store
from sandbox.certificates import Authority
from sandbox.command import run
from sandbox.control_plane import programs
from sandbox.entra.account import account_variables, kubelogin_variables
from sandbox.entra.tokens import Tokens
from sandbox.environment import environment
from sandbox.errors import SandboxError
from sandbox.faults.plan import Plan
from sandbox.home import Home
from sandbox.lock import held
from sandbox.network import Network
from sandbox.plugins.launchers import write_launchers

_USAGE = "usage: python -m sandbox -- <command> [argument…]"


def main(arguments: list[str]) -> int:
    """Run the command that follows `--`; returns its exit code, 2 for a wrong call and 1 for a sandbox that failed."""
    if len(arguments) < 2 or arguments[0] != "--":
        sys.stderr.write(f"{_USAGE}\n")
        return 2
    try:
        return _run(Home.locate(), arguments[1:])
    except SandboxError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def _run(home: Home, command: list[str]) -> int:
    faults = os.environ.get("SANDBOX_FAULTS")
    plan = Plan.load(Path(faults)) if faults else None
    home.create()
    with held(home.lock, command) as lock:
        store = Store(home.store)
        kind = cluster_kind.chosen(home, store, os.environ.get("SANDBOX_CLUSTER", ""))
        authority = Authority(home.authority)
        write_launchers(home.pulumi_home)
        account = account_variables(store)
        with ExitStack() as running:
            planes = None
            if kind == cluster_kind.REAL:
                # Here, because with its client of Kubernetes it takes a quarter of the time that all imports take.
                from sandbox.control_plane.control_planes import ControlPlanes

                programs.check()
                planes = running.enter_context(ControlPlanes(home, store, authority))
                account = {**account, **kubelogin_variables(account, home.assertion)}
            app = create_app(store, authority.pem, plan, tokens=Tokens(store))
            network = running.enter_context(Network(app, authority, planes.port if planes else None))
            if planes:
                planes.proxy_url = network.proxy_url
            variables = environment(
                home,
                proxy_url=network.proxy_url,
                ca=authority.certificate_path,
                account=account,
                needs_pulumi=Path(command[0]).name == "pulumi",
            )
            variables["SANDBOX_CLUSTER"] = kind
            if planes:
                variables["PATH"] = f"{programs.FOLDER}{os.pathsep}{variables['PATH']}"
            return run(command, variables, keep_open=[lock])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
