"""What has to be so before the first update on Azure, read and never written.

It asks Azure with its official clients, which are an extra: `pip install 'aks-workload-identity[preflight]'`.
"""

try:
    from .args import PreflightArgs
    from .command import show
    from .login import Login
    from .row import Row, Status, table
    from .run import preflight
except ImportError as missing:
    raise ImportError(f"{missing}; install it with: pip install 'aks-workload-identity[preflight]'") from missing

__all__ = ["Login", "PreflightArgs", "Row", "Status", "preflight", "show", "table"]
