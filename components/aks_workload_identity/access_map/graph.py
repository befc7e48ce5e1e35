"""The access map as a Mermaid graph: service accounts, identities, and what they reach."""

import hashlib
import re

from .model import AccessMap
from .text import place, printable


def mermaid(access_map: AccessMap) -> str:
    """The source of the graph; a node keeps its name when others come and go.

    Source: Mermaid documentation, "Flowcharts", special characters and entity codes.
    """
    nodes: dict[str, str] = {}
    edges: set[str] = set()
    for workload in access_map.workloads:
        identity = _node(nodes, "identity", workload.identity, shape="([{}])", text=place(workload.identity))
        for each in workload.credentials:
            text = f"{each.subject} on {each.cluster}"
            edges.add(f"{_node(nodes, 'account', each.cluster, each.subject, shape='[{}]', text=text)} --> {identity}")
        for role in workload.roles:
            scope = _node(nodes, "scope", role.scope.lower(), shape="[({})]", text=place(role.scope))
            edges.add(f"{identity} -->|{label(role.role)}| {scope}")
    return "\n".join(["flowchart LR", *(f"  {line}" for line in (*sorted(nodes.values()), *sorted(edges)))])


def label(text: str) -> str:
    """The quoted text of a node or an edge; Mermaid reads character numbers between # and ;."""
    shown = printable(text)
    if not re.fullmatch(r"[A-Za-z0-9 ./:_-]+", shown):
        # Colons too: Mermaid takes "style…:…#…;" for a style and drops the last character number.
        shown = re.sub(r"[^A-Za-z0-9 ./_-]", lambda found: f"#{ord(found[0])};", shown)
    return f'"{shown}"'


def _node(nodes: dict[str, str], *of: str, shape: str, text: str) -> str:
    name = "n" + hashlib.sha256("\0".join(of).encode()).hexdigest()[:10]
    nodes[name] = name + shape.format(label(text))
    return name
