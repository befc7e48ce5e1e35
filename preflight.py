"""`make preflight`: what has to be put right before the first update of this project's stack on Azure."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any, cast

import yaml
from aks_workload_identity import InvalidArgumentError, UniqueNames
from aks_workload_identity.errors import Problem
from aks_workload_identity.preflight import PreflightArgs, show

from settings import Settings

# Diagnostic settings, and the workspace that they send to.
_AUDIT = ["Microsoft.Insights", "Microsoft.OperationalInsights"]


def planned(settings: Settings, subscription_id: str, caller_address: str | None) -> PreflightArgs:
    """What `__main__.py` will make of these settings, under the names that it derives."""
    names = UniqueNames(subscription_id, settings.resource_group_name)
    pool, server = settings.cluster.system_pool, settings.cluster.api_server
    vault, account = names.vault("shop"), names.account("shop")
    stores = settings.storage.containers or settings.storage.queues
    nodes = pool.autoscaling.max_count if pool.autoscaling else pool.count
    back = {vault: settings.key_vault.recover, account: settings.open_ai.recover}
    return PreflightArgs(
        location=settings.location,
        resource_group_name=settings.resource_group_name,
        cluster_name=settings.cluster.cluster_name,
        admin_group_object_ids=settings.cluster.admin_group_object_ids,
        vm_sizes={pool.vm_size: nodes},
        authorized_ip_ranges=server.authorized_ip_ranges,
        private_cluster=server.private,
        vault_names=[vault],
        registry_names=[names.registry("shop")],
        storage_account_names=[names.storage_account("shop")] if stores else [],
        cognitive_services_account_names=[account] if settings.open_ai.deployments else [],
        recovered_names=[name for name, recovered in back.items() if recovered],
        other_providers=["Microsoft.Insights"] if settings.audit.workspace_id else _AUDIT,
        caller_address=caller_address,
    )


def configuration(path: Path) -> dict[str, Any]:
    """What a stack's file says under `config`; nothing where it says nothing."""
    stack = yaml.safe_load(path.read_text())
    config: Any = cast(dict[str, Any], stack).get("config") if isinstance(stack, dict) else stack
    if config is not None and not isinstance(config, dict):
        raise InvalidArgumentError(path.name, [Problem(("config",), f"must be a map; got {config!r}")])
    return cast(dict[str, Any], config or {})


def main(arguments: list[str]) -> int:
    """Print the table for the stack in STACK; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make preflight", description=__doc__)
    parser.add_argument("--caller-address", help="the public address that this machine is seen with")
    given = parser.parse_args(arguments)
    path = Path(f"Pulumi.{os.environ.get('STACK', 'dev')}.yaml")
    try:
        config = configuration(path)
        settings = Settings.of_config(config, path.name)
        # Refused now rather than after the login was asked.
        planned(settings, "", given.caller_address)
    except OSError as error:
        parser.error(f"STACK must name a stack with a file {path}: {error.strerror}")
    except yaml.YAMLError as error:
        parser.error(f"{path} must be YAML: {' '.join(str(error).split())}")
    except InvalidArgumentError as error:
        parser.error(str(error))
    subscription_id = config.get("azure-native:subscriptionId")
    return show(lambda subscription: planned(settings, subscription, given.caller_address), subscription_id)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
