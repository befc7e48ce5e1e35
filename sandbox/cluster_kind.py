"""Whether a sandbox's clusters have played or real API servers: chosen once, and kept while there are clusters."""

from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.store import Store
from sandbox.errors import SandboxError
from sandbox.home import Home

PLAYED, REAL = KINDS = ("played", "real")


def chosen(home: Home, store: Store, asked: str) -> str:
    """The kind for this run, which later runs take too unless they ask for another.

    Args:
        home: where the choice is kept.
        store: whose clusters these are.
        asked: what the user wants; empty for what the sandbox has, and played in a new one.

    Raises:
        SandboxError: There is no such kind, or the sandbox has clusters of the other one.
    """
    if asked not in ("", *KINDS):
        raise SandboxError(f"CLUSTER must be {' or '.join(KINDS)}, for example {REAL}; got {asked!r}")
    kept = home.cluster_kind.read_text().strip() if home.cluster_kind.exists() else ""
    kind = asked or kept or PLAYED
    if kept not in ("", kind) and store.of_type(CLUSTERS):
        raise SandboxError(
            f"the clusters in {home.folder} are {kept}, and CLUSTER={kind} would not find what is in them; "
            f"leave CLUSTER out, run 'make destroy' first, or set SANDBOX_HOME to another folder"
        )
    home.cluster_kind.write_text(f"{kind}\n")
    return kind
