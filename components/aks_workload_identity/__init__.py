"""Pulumi components that let pods on AKS use Azure without a stored secret.

The public names are those of `__init__.pyi`. Each is loaded when a program first uses it: azure-native's classes
take long to load, and a program of workloads alone needs few of them.
"""

import difflib
from typing import cast

import lazy_loader  # pyright: ignore[reportMissingTypeStubs]

_load, __dir__, __all__ = lazy_loader.attach_stub(  # pyright: ignore[reportUnknownVariableType]
    __name__, __file__
)


def __getattr__(name: str) -> object:
    if name in __all__:
        return _load(name)
    close = difflib.get_close_matches(name, cast(list[str], __all__), n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}", name=name)
