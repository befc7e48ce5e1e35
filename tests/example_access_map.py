"""Writes docs/example-access-map.md: the dev stack's access map, with the ids of the tests' Azure."""

import sys
from pathlib import Path

from aks_workload_identity.access_map.model import AccessMap
from aks_workload_identity.access_map.rendering import as_markdown

from tests.components.test_program import dev_stack

EXAMPLE = Path(__file__).parents[1] / "docs" / "example-access-map.md"


def example() -> str:
    """The map as Markdown."""
    return as_markdown(AccessMap.of_outputs(dev_stack().outputs))


if __name__ == "__main__":
    sys.exit(EXAMPLE.write_text(example(), encoding="utf-8") == 0)
