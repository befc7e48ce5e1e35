"""Whether a global name is free: vaults, registries, subdomains of AI accounts; storage accounts say it themselves.

Sources: REST reference, Vaults - Check Name Availability, Registries - Check Name Availability, Check Domain
Availability; azure-rest-api-specs (the examples of each). The wording of a refusal is that of the resource's own.
"""

from collections.abc import Mapping

from . import cognitiveservices, containerregistry, keyvault
from .cloud import Cloud
from .deleted_ai_accounts import ACCOUNTS, deleted_accounts
from .errors import ArmError
from .resource_type import Answer, Endpoint, Request, ResourceType
from .resources import check_subscription
from .store import Json


def _vault(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """A soft-deleted vault keeps its name."""
    check_subscription(cloud, found["subscription"])
    kept = [body["name"].lower() for body, _ in keyvault.deleted_vaults(cloud)]
    message = "The vault name '{name}' is already in use. Vault names are globally unique."
    return _answer(cloud, request, keyvault.VAULT, message, invalid="AccountNameInvalid", kept=kept)


def _registry(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    check_subscription(cloud, found["subscription"])
    message = "The registry {name} is already in use."
    return _answer(cloud, request, containerregistry.REGISTRY, message, invalid="Invalid")


def _answer(
    cloud: Cloud, request: Request, kind: ResourceType, message: str, *, invalid: str, kept: list[str] | None = None
) -> Answer:
    name, type_name = str(request.body.get("name", "")), str(request.body.get("type", ""))
    if type_name.lower() != kind.name.lower():
        raise ArmError(400, "BadRequest", f"The type must be '{kind.name}'; got '{type_name}'.")
    try:
        kind.name_rule.check(name)
    except ArmError as refusal:
        return Answer(200, {"nameAvailable": False, "reason": invalid, "message": refusal.message})
    if cloud.taken(kind.name, name) or name.lower() in (kept or []):
        return Answer(200, {"nameAvailable": False, "reason": "AlreadyExists", "message": message.format(name=name)})
    return Answer(200, {"nameAvailable": True})


def _subdomain(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """A soft-deleted account keeps its subdomain."""
    check_subscription(cloud, found["subscription"])
    name = str(request.body.get("subdomainName", ""))
    there = [*cloud.store.of_type(ACCOUNTS), *(body for body, _ in deleted_accounts(cloud))]
    used = {str(body["properties"].get("customSubDomainName", "")).lower() for body in there}
    free = name.lower() not in used and not cloud.taken_elsewhere(name)
    answer: Json = {"isSubdomainAvailable": free, "subdomainName": name, "type": request.body.get("type")}
    if not free:
        answer["reason"] = f"Sub domain name '{name}' is already used. Please pick a different name."
    return Answer(200, answer)


_IN = "/subscriptions/{subscription}/providers"
TYPES = ()
ENDPOINTS = (
    Endpoint("POST", f"{_IN}/Microsoft.KeyVault/checkNameAvailability", keyvault.VERSIONS, _vault),
    Endpoint("POST", f"{_IN}/Microsoft.ContainerRegistry/checkNameAvailability", containerregistry.VERSIONS, _registry),
    Endpoint(
        "POST", f"{_IN}/Microsoft.CognitiveServices/checkDomainAvailability", cognitiveservices.VERSIONS, _subdomain
    ),
)
