"""The kubeconfig of a cluster without local accounts: kubelogin asks Entra ID for the token."""

import base64
import itertools
from collections.abc import Sequence
from typing import Any, Literal

import yaml

from ..errors import InvalidArgumentError, Problem

KubeloginMode = Literal["azurecli", "workloadidentity", "spn", "msi"]

# The Entra application that every AKS API server accepts tokens for (Azure/kubelogin documentation).
AKS_SERVER_APPLICATION_ID = "6dae42f8-4368-4678-94ff-3960e28e3630"


def user_kubeconfig(credentials: Sequence[Any] | None, mode: KubeloginMode, tenant_id: str) -> str:
    """The first of the kubeconfigs that AKS answers, rewritten.

    Args:
        credentials: what AKS answers for `format=exec`.
        mode: see `exec_kubeconfig`.
        tenant_id: see `exec_kubeconfig`.

    Raises:
        InvalidArgumentError: when AKS answers none.
    """
    if not credentials:
        text = "must be had of Azure; AKS answered none, which it does while a cluster is made: try again"
        raise InvalidArgumentError("Cluster", [Problem(("kubeconfig",), text)])
    return exec_kubeconfig(credentials[0].value, mode, tenant_id)


def exec_kubeconfig(credentials: str, mode: KubeloginMode, tenant_id: str) -> str:
    """The user kubeconfig of AKS, rewritten so that nobody has to sit at the keyboard.

    AKS hands out a kubeconfig that asks a person to log in with a device code. Cluster and certificate are kept;
    only the way to get a token changes, as `kubelogin convert-kubeconfig -l <mode>` does it.

    Args:
        credentials: the base64 text that AKS answers for `format=exec`.
        mode: where kubelogin takes the token from: the Azure CLI's login; a workload identity's environment
            (`AZURE_CLIENT_ID`, `AZURE_TENANT_ID`, `AZURE_FEDERATED_TOKEN_FILE`); a service principal's
            environment; the machine's managed identity (`AZURE_CLIENT_ID` says which, where it has several).
        tenant_id: the Entra tenant, for the modes that need it.

    Raises:
        InvalidArgumentError: when nobody is in the kubeconfig who could log in.

    The server's application and the cloud are those that AKS itself writes into the kubeconfig, so that a
    cluster in a sovereign cloud gets its own.

    Source: Azure/kubelogin documentation, "convert-kubeconfig" and "Login modes".
    """
    config: dict[str, Any] = yaml.safe_load(base64.b64decode(credentials))
    if not config.get("users"):
        raise InvalidArgumentError("Cluster", [Problem(("kubeconfig",), "must have a user; AKS answered one without")])
    given = _options(config)
    arguments = ["get-token", "--login", mode, "--server-id", given.get("--server-id", AKS_SERVER_APPLICATION_ID)]
    if mode == "spn":
        arguments += ["--environment", given.get("--environment", "AzurePublicCloud"), "--tenant-id", tenant_id]
    command = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": arguments,
        "env": None,
        "installHint": "kubelogin is not installed: az aks install-cli",
        "provideClusterInfo": False,
        "interactiveMode": "Never",
    }
    config["users"] = [{"name": user["name"], "user": {"exec": command}} for user in config["users"]]
    return yaml.safe_dump(config, sort_keys=False)


def _options(config: dict[str, Any]) -> dict[str, str]:
    """What AKS tells kubelogin, by option."""
    users: list[dict[str, Any]] = config["users"]
    words: list[str] = users[0]["user"].get("exec", {}).get("args", [])
    return {name: value for name, value in itertools.pairwise(words) if name.startswith("--")}
