"""How names are said on one line."""


def printable(text: str) -> str:
    """On one line, and nothing in it that a terminal would take for a command."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def component(urn: str) -> str:
    """A URN as people say it: the type and name of the component."""
    parts = urn.split("::")
    return f"{parts[-2].rpartition(':')[2]} {parts[-1]}" if len(parts) >= 4 else urn


def place(scope: str) -> str:
    """A scope as people say it: what kind of resource, and its name."""
    return "/".join([segment for segment in scope.split("/") if segment][-2:])
