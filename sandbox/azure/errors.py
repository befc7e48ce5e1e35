"""Refusals as Azure Resource Manager words them.

Source: Microsoft Learn, azure-resource-manager/troubleshooting/common-deployment-errors; the codes of one
resource provider stand beside its rules.
"""

from collections.abc import Iterable


class ArmError(Exception):
    """A refusal: HTTP status, error code and message of the body Azure answers."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    @property
    def body(self) -> dict[str, dict[str, str]]:
        return {"error": {"code": self.code, "message": self.message}}


def bad_request(message: str) -> ArmError:
    """For rules whose status 400 is documented and whose code is not."""
    return ArmError(400, "BadRequest", message)


def resource_group_not_found(name: str) -> ArmError:
    return ArmError(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def resource_not_found(type_name: str, names: Iterable[str], resource_group: str) -> ArmError:
    spelled = "/".join((type_name, *names))
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource '{spelled}' under resource group '{resource_group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def parent_not_found(verb: str, type_name: str, parent_id: str) -> ArmError:
    short = type_name.partition("/")[2]
    return ArmError(
        404,
        "ParentResourceNotFound",
        f"Failed to perform '{verb}' on resource(s) of type '{short}', "
        f"because the parent resource '{parent_id}' could not be found.",
    )


def api_version_missing() -> ArmError:
    return ArmError(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


def api_version_unknown(type_name: str, api_version: str, known: Iterable[str], location: str) -> ArmError:
    return ArmError(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '{location}' and API version '{api_version}' "
        f"for type '{type_name.partition('/')[2]}'. The supported api-versions are '{', '.join(known)}'.",
    )
