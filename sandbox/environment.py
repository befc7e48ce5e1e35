"""The environment in which a command talks to the sandbox instead of Azure."""

import os
from collections.abc import Mapping
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import Home, find_pulumi, find_shim

_LOOPBACK = "127.0.0.1,localhost,::1"
# A login of the user must not reach the sandbox, and nothing of the sandbox a real subscription.
_PRIVATE_PREFIXES = ("ARM_", "AZURE_")
_PRIVATE = (
    "ALL_PROXY",
    "all_proxy",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_SKIP_CONFIRMATIONS",
)


def environment(
    home: Home, *, proxy_url: str, ca: Path, account: Mapping[str, str], needs_pulumi: bool
) -> dict[str, str]:
    """The variables for a command, made from those of this process.

    Args:
        home: The sandbox's folder.
        proxy_url: Where the sandbox's proxy listens.
        ca: The certificate that its servers are signed with.
        account: The variables of its login: who the command acts as, and where.
        needs_pulumi: Whether a missing Pulumi CLI is an error.

    Raises:
        SandboxError: The command needs Pulumi and there is none.
    """
    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in _PRIVATE and not name.startswith(_PRIVATE_PREFIXES)
    }
    variables |= network_variables(proxy_url, ca)
    variables |= account
    variables |= {
        "AZURE_CONFIG_DIR": str(home.azure_config),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "KUBECONFIG": str(home.kubeconfig),
        "SANDBOX_HOME": str(home.folder),
    }
    variables |= _pulumi(home, needs_pulumi=needs_pulumi, path=variables.get("PATH", os.defpath))
    # The sandbox's state is sealed with an empty passphrase, whatever the user's own stacks have.
    variables["PULUMI_CONFIG_PASSPHRASE"] = ""
    return variables


def network_variables(proxy_url: str, ca: Path) -> Mapping[str, str]:
    """What leads a program's requests to the sandbox, and lets it trust what answers."""
    # Both cases: programs differ in which they read, and a user's own lower-case variable would win.
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy_url)
    direct = dict.fromkeys(("NO_PROXY", "no_proxy"), _LOOPBACK)
    trust = dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"), str(ca))
    return {**proxies, **direct, **trust}


def _pulumi(home: Home, *, needs_pulumi: bool, path: str) -> Mapping[str, str]:
    variables = {
        "PULUMI_HOME": str(home.pulumi_home),
        "PULUMI_BACKEND_URL": home.backend.as_uri(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    try:
        pulumi = find_pulumi()
    except SandboxError:
        if needs_pulumi:
            raise
        return variables
    variables["PATH"] = f"{pulumi.parent}{os.pathsep}{path}"
    shim = find_shim(pulumi)
    if shim is not None:
        variables["PULUMI_LANGUAGE_PYTHON_EXEC"] = str(shim)
    return variables
