"""Rules about the services that workloads use: no keys, no anonymous access."""

from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.rule import rule

REGISTRY = "containerregistry:Registry"
AI_ACCOUNT = "cognitiveservices:Account"


@rule(
    "registry-has-no-admin-user",
    REGISTRY,
    why="The admin user is one password for everybody, with every right on the registry.",
    severity=Severity.HIGH,
)
def registry_has_no_admin_user(registry: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, container-registry/container-registry-authentication (admin account)."""
    if registry.flag("adminUserEnabled"):
        yield "adminUserEnabled is true; set it to false, and give the cluster's kubelet identity AcrPull"


@rule(
    "registry-refuses-anonymous-pull",
    REGISTRY,
    why="Anonymous pull opens all repositories of the registry to the internet.",
    severity=Severity.HIGH,
)
def registry_refuses_anonymous_pull(registry: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, container-registry/anonymous-pull-access."""
    if registry.flag("anonymousPullEnabled"):
        yield "anonymousPullEnabled is true; set it to false, and give the cluster's kubelet identity AcrPull"


@rule(
    "ai-account-takes-no-keys",
    AI_ACCOUNT,
    why="An account key is a permanent secret that calls every model, whoever holds it.",
    severity=Severity.HIGH,
)
def ai_account_takes_no_keys(account: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, ai-services/disable-local-auth."""
    disabled = account.flag("properties", "disableLocalAuth")
    if disabled is not True:
        seen = "not set" if disabled is None else "false"
        yield f"properties.disableLocalAuth is {seen}; set it to true and give workloads Cognitive Services OpenAI User"
