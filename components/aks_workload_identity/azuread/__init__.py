"""App registrations in place of managed identities: the extra `azuread`, which nothing else of the library imports."""

from .application import FederatedApplication, FederatedApplicationArgs

__all__ = ["FederatedApplication", "FederatedApplicationArgs"]
