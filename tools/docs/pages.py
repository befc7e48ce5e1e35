"""The pages of the reference, one for each family of nouns; mkdocs calls `on_files`."""

import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools.docs.public import public


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages."""
    families: dict[str, set[str]] = {}
    for family, found in public():
        families.setdefault(family, set()).add(found.path)
    for family, paths in sorted(families.items()):
        text = "\n".join([f"# {family}\n", *(f"::: {path}\n" for path in sorted(paths))])
        files.append(File.generated(config, f"{family}.md", content=text))
    return files
