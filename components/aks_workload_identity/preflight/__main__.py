"""`python -m aks_workload_identity.preflight`: the table for what the arguments name; exit code 1 with any ✗."""

import argparse
import sys

from ..errors import InvalidArgumentError
from .args import PreflightArgs
from .command import show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aks_workload_identity.preflight",
        description="Says what has to be put right before the first update on Azure. It only reads.",
        epilog="Exit code: 0 when nothing has to be put right, 1 when something has, 2 for wrong arguments.",
    )
    parser.add_argument("--subscription", help="its id; left out, ARM_SUBSCRIPTION_ID or the Azure CLI's")
    parser.add_argument("--location", required=True, help="the Azure region, such as westeurope")
    parser.add_argument("--resource-group", required=True, dest="resource_group_name")
    parser.add_argument("--cluster", required=True, dest="cluster_name")
    for flag, name in (
        ("admin-group", "admin_group_object_ids"),
        ("vault", "vault_names"),
        ("registry", "registry_names"),
        ("storage-account", "storage_account_names"),
        ("ai-account", "cognitive_services_account_names"),
        ("recover", "recovered_names"),
        ("provider", "other_providers"),
        ("authorized-range", "authorized_ip_ranges"),
    ):
        needed = flag == "admin-group"
        parser.add_argument(f"--{flag}", action="append", dest=name, required=needed, help="may be repeated")
    parser.add_argument("--private-cluster", action="store_true", default=None)
    parser.add_argument("--no-azure-policy", action="store_false", default=None, dest="azure_policy")
    parser.add_argument("--defender", action="store_true", default=None)
    parser.add_argument("--nodes", action="append", metavar="SIZE=COUNT", help="may be repeated: Standard_D4ds_v5=3")
    parser.add_argument("--caller-address", help="the public address that this machine is seen with")
    return parser


def _size(text: str) -> tuple[str, object]:
    """What is no number is refused with the rule of the argument."""
    size, _, count = text.partition("=")
    return size, int(count) if count.isdecimal() else count


def main(arguments: list[str]) -> int:
    """Print the table; returns the exit code."""
    parser = _parser()
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    subscription_id = given.pop("subscription", None)
    given["vm_sizes"] = dict(_size(each) for each in given.pop("nodes", []))
    try:
        args = PreflightArgs.of(given)
    except InvalidArgumentError as error:
        parser.error(str(error))
    return show(lambda _: args, subscription_id)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
