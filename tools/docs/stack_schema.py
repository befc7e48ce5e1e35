"""`python -m tools.docs.stack_schema` prints the JSON schema of `Pulumi.<stack>.yaml`, for editors."""

import json
from typing import Any

from aks_workload_identity.arguments import Arguments

# Descriptions are the attributes' docstrings. To find them pydantic reads every model's source again, which takes a
# program a fifth of a second for nothing; so only this one asks for it, before the first model is made.
Arguments.model_config["use_attribute_docstrings"] = True

from settings import PROJECT, Settings  # noqa: E402


def stack_schema() -> dict[str, Any]:
    """The schema, with the keys as the file spells them."""
    settings = Settings.model_json_schema()
    keys = {f"{PROJECT}:{key}": schema for key, schema in settings["properties"].items()}
    config_schema: dict[str, Any] = {
        "type": "object",
        "properties": keys,
        "required": [f"{PROJECT}:{key}" for key in settings["required"]],
        # Keys of providers and other projects are theirs.
        "patternProperties": {f"^(?!{PROJECT}:).+:.+$": {}},
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Configuration of a stack of {PROJECT}",
        "type": "object",
        "properties": {"config": config_schema},
        "required": ["config"],
        "$defs": settings["$defs"],
    }


if __name__ == "__main__":
    print(json.dumps(stack_schema(), indent=2))  # noqa: T201 - this is the command's output
