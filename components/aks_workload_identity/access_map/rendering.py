"""The access map as JSON, as text for a terminal, as Markdown with a graph, and as a page for a browser.

Names and reasons come from many hands: each form escapes all of them, so that none can pass for structure.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from .graph import mermaid
from .model import AccessMap
from .text import component, printable

_TEMPLATES = Path(__file__).parent / "templates"
# What Markdown, with GitHub's tables, could take for anything but text in the middle of a line.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&|~#!$^\"]")


def as_json(access_map: AccessMap) -> str:
    """The whole map, for programs."""
    return json.dumps(access_map.to_json(), indent=2, ensure_ascii=False) + "\n"


def as_text(access_map: AccessMap) -> str:
    """A few lines for each workload, for a terminal."""
    return _from_template("access_map.txt", access_map)


def as_markdown(access_map: AccessMap) -> str:
    """Tables and a Mermaid graph, for pull requests."""
    return _from_template("access_map.md", access_map, graph=Markup(mermaid(access_map)))  # noqa: S704 - escaped


def as_html(access_map: AccessMap) -> str:
    """One file that a browser shows without asking any server, with a search box."""
    return _from_template("access_map.html", access_map, css=_inline("access_map.css"), js=_inline("access_map.js"))


_RENDERINGS: dict[str, Callable[[AccessMap], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "html": as_html,
}
FORMATS = tuple(_RENDERINGS)


def rendered(access_map: AccessMap, form: str) -> str:
    """The map in one of `FORMATS`."""
    return _RENDERINGS[form](access_map)


def prose(text: str) -> str:
    """Text in Markdown that reads as it was written."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", printable(text)).strip()


def code(text: str) -> str:
    """Text in Markdown as code, where code can hold it."""
    shown = printable(text)
    plain = shown and shown == shown.strip() and not re.search(r"[`|\\]", shown)
    return f"`{shown}`" if plain else prose(shown)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_on_one_line,
    )
    for each in (prose, code, component):
        environment.filters[each.__name__] = each
    return environment


def _on_one_line(value: object) -> object:
    """What a template prints, markup apart, which is ours."""
    return printable(value) if type(value) is str else value


def _inline(name: str) -> dict[str, str]:
    """A file of ours for the page, with its hash: the page's content policy lets nothing else run."""
    source = (_TEMPLATES / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return {"source": Markup(source), "hash": f"sha256-{digest}"}  # noqa: S704 - nobody's input


def _from_template(name: str, access_map: AccessMap, **more: object) -> str:
    return _environment().get_template(name).render(access_map=access_map, **more)
