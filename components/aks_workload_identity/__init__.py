"""Pulumi components that let pods on AKS use Azure without a stored secret.

The public names are those of `__init__.pyi`. Each is loaded when a program first uses it: azure-native's classes
take long to load, and a program of workloads alone needs few of them.
"""

import lazy_loader  # pyright: ignore[reportMissingTypeStubs]

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(  # pyright: ignore[reportUnknownVariableType]
    __name__, __file__
)
