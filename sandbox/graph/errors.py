"""Refusals as Microsoft Graph words them.

Sources: Microsoft Learn, graph/errors and graph/resources-error-codes; texts as callers have reported them:
Azure/azure-dev#1482 and Azure/azure-workload-identity#434 (credentials that exist),
openshift/openshift-azure#1932 (an object that has too much), Azure/reliable-web-app-pattern-java#185 (a second service
principal), terraform-provider-azuread service_principal_resource.go (an application that is not there).
"""

from starlette.responses import JSONResponse


class GraphError(Exception):
    """A refused request: HTTP status, code and text."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def response(self) -> JSONResponse:
        """The answer."""
        return JSONResponse({"error": {"code": self.code, "message": str(self)}}, status_code=self.status)


def not_found(name: str) -> GraphError:
    """What is not there, or was named wrongly."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{name}' does not exist or one of its queried reference-property objects are not present.",
    )


def bad_request(message: str) -> GraphError:
    """A body that Graph cannot take."""
    return GraphError(400, "Request_BadRequest", message)


def denied() -> GraphError:
    """A token that may not do this."""
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def exists(message: str) -> GraphError:
    """A name that another object has."""
    return GraphError(409, "Request_MultipleObjectsWithSameKeyValue", message)


def bad_credential(message: str) -> GraphError:
    """A federated credential that cannot be."""
    return GraphError(400, "InvalidFederatedIdentityCredentialValue", message)


def too_large() -> GraphError:
    """One value more than an object may have."""
    return GraphError(
        403,
        "Directory_ResourceSizeExceeded",
        "The size of the object has exceeded its limit. Please reduce the number of values and retry your request.",
    )
