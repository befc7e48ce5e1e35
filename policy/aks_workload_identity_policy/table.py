"""The rules as a Markdown table: `python -m aks_workload_identity_policy.table`."""

from aks_workload_identity_policy.pack import RULES


def table() -> str:
    """One row for each rule, in the pack's order."""
    rows = [f"| `{rule.name}` | {rule.severity.value} | {rule.why} |" for rule in RULES]
    return "\n".join(["| rule | severity | why |", "|---|---|---|", *rows])


if __name__ == "__main__":
    print(table())  # noqa: T201 - this is the command's output
