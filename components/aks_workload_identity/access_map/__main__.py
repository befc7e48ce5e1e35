"""Shows the access map in a stack's outputs, which `pulumi stack output --json` prints."""

import argparse
import json
import sys
from pathlib import Path

from .model import AccessMap
from .rendering import FORMATS, rendered


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 2 stands for input that holds no access map."""
    parser = argparse.ArgumentParser(
        prog="python -m aks_workload_identity.access_map",
        description="Show who may become which identity and what that identity may do.",
    )
    parser.add_argument(
        "outputs", nargs="?", help="a file with the output of 'pulumi stack output --json'; left out, stdin"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="left out, text")
    parser.add_argument("--output", metavar="FILE", help="the file to write; left out, stdout")
    given = parser.parse_args(arguments)
    try:
        text = Path(given.outputs).read_text(encoding="utf-8") if given.outputs else sys.stdin.read()
        shown = rendered(AccessMap.of_outputs(json.loads(text)), given.format)
        if given.output:
            Path(given.output).write_text(shown, encoding="utf-8")
        else:
            sys.stdout.write(shown)
    except json.JSONDecodeError:
        sys.stderr.write("error: the input is no JSON; give it what 'pulumi stack output --json' prints\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"error: {error.filename}: {error.strerror}\n")
        return 2
    except ValueError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
