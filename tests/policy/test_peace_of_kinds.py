"""Every kind of resource that a rule looks at, once as it should be: a rule that never met one shows nothing."""

from collections.abc import Callable
from typing import Any

import pulumi_kubernetes as kubernetes
import pytest
from aks_workload_identity_policy import RULES, Rule
from aks_workload_identity_policy.deployments import DEPLOYERS
from aks_workload_identity_policy.pods import TEMPLATES as PODS
from aks_workload_identity_policy.resource import kinds_of
from aks_workload_identity_policy.ways import WAYS

from tests.policy.builders import (
    CLIENT_ID,
    GROUP,
    ISSUER,
    PEOPLE,
    READER,
    VAULT_ID,
    WORKSPACE_ID,
    credential,
    identity,
    mounted,
    role_id,
)
from tests.policy.judging import AnyAzure, Config, judge
from tests.policy.peace import GOODS
from tests.policy.peace.good import KNOWN
from tests.policy.programs import USE, Foreign, assignment, cosmos_definition
from tests.policy.test_rule import registered
from tests.recorder import run

Program = Callable[[], Any]
POD: dict[str, Any] = {
    "serviceAccountName": "orders",
    "containers": [
        {
            "name": "app",
            "image": "shop.azurecr.io/app:1",
            "env": [{"name": "AZURE_CLIENT_ID", "value": CLIENT_ID}],
            "volumeMounts": [{"name": "secrets", "mountPath": "/mnt/secrets"}],
        }
    ],
    "volumes": [mounted()],
}
# Where Kubernetes, Argo Rollouts, KEDA and Knative serve each kind of pods.
WORKLOADS = {
    "core:pod": "core/v1:Pod",
    "core:podtemplate": "core/v1:PodTemplate",
    "core:replicationcontroller": "core/v1:ReplicationController",
    "apps:daemonset": "apps/v1:DaemonSet",
    "apps:deployment": "apps/v1:Deployment",
    "apps:replicaset": "apps/v1:ReplicaSet",
    "apps:statefulset": "apps/v1:StatefulSet",
    "batch:job": "batch/v1:Job",
    "batch:cronjob": "batch/v1:CronJob",
    "extensions:daemonset": "extensions/v1beta1:DaemonSet",
    "extensions:deployment": "extensions/v1beta1:Deployment",
    "extensions:replicaset": "extensions/v1beta1:ReplicaSet",
    "argoproj.io:rollout": "argoproj.io/v1alpha1:Rollout",
    "keda.sh:scaledjob": "keda.sh/v1alpha1:ScaledJob",
    "serving.knative.dev:service": "serving.knative.dev/v1:Service",
}
TEMPLATES = (
    "Deployment",
    "DeploymentAtManagementGroupScope",
    "DeploymentAtScope",
    "DeploymentAtSubscriptionScope",
    "DeploymentAtTenantScope",
    "DeploymentStackAtManagementGroup",
    "DeploymentStackAtResourceGroup",
    "DeploymentStackAtSubscription",
    "TemplateSpecVersion",
    "ApplicationDefinition",
)


def workload(kind: str) -> None:
    """A federated account's pods of this kind, with the label and a mount."""
    orders = identity("orders")
    assignment("role", principal_id=orders.principal_id)
    credential("trust", orders.name, subject="system:serviceaccount:shop:orders")
    inside: dict[str, Any] = {"metadata": {"labels": {"app": "app", **USE}}, "spec": POD}
    for step in reversed(PODS[kind]):
        inside = {step: inside}
    metadata = {"name": "app", "namespace": "shop", **inside.pop("metadata", {})}
    Foreign(f"kubernetes:{WORKLOADS[kind]}", "app", metadata=metadata, **inside)


def template(type_: str) -> None:
    body = {"resources": [{"type": "Microsoft.Portal/dashboards", "name": "shop"}]}
    main = type_ in ("TemplateSpecVersion", "ApplicationDefinition")
    inputs = {"mainTemplate": body} if main else {"properties": {"template": body}}
    module = "solutions" if type_ == "ApplicationDefinition" else "resources"
    Foreign(f"azure-native:{module}:{type_}", "template", **inputs)


def an_application() -> None:
    type_ = "applicationFederatedIdentityCredential"
    Foreign(
        f"azuread:index/{type_}:{type_[0].upper()}{type_[1:]}",
        "trust",
        applicationId=CLIENT_ID,
        displayName="trust",
        issuer=ISSUER,
        subject="system:serviceaccount:shop:orders",
        audiences=["api://AzureADTokenExchange"],
    )


def a_chart(type_: str) -> None:
    values = {"replicaCount": 2, "podLabels": USE, "serviceAccount": {"name": "orders"}}
    Foreign(f"kubernetes:helm.sh/{type_}", "chart", chart="ingress-nginx", version="4.12.0", values=values)


def unnamed(kind: str) -> None:
    """A resource that hands out access by one of its properties, without that property."""
    Foreign(f"azure-native:{kind}", "unnamed", location="westeurope")


def a_policy(kind: str) -> None:
    Foreign(f"azure-native:{kind}", "policy", policyRule={"if": {}, "then": {"effect": "deny"}})


BY_A_PROPERTY = sorted({kind for way in WAYS if way.where for kind in way.kinds if not kind.endswith(":*")})

MORE: dict[str, tuple[Program, Config]] = {
    **{f"pods as {kind}": (lambda kind=kind: workload(kind), KNOWN) for kind in PODS},
    **{f"a dashboard by {type_}": (lambda type_=type_: template(type_), {}) for type_ in TEMPLATES},
    **{f"{kind} that names nobody": (lambda kind=kind: unnamed(kind), {}) for kind in BY_A_PROPERTY},
    **{f"{kind} that only denies": (lambda kind=kind: a_policy(kind), {}) for kind in DEPLOYERS},
    "an application that trusts the cluster": (an_application, KNOWN),
    "a release of Helm": (lambda: a_chart("v3:Release"), {}),
    "a chart of Helm": (lambda: a_chart("v4:Chart"), {}),
    "a Secret of a database elsewhere": (
        lambda: kubernetes.core.v1.Secret(
            "db", metadata={"name": "db", "namespace": "shop"}, string_data={"username": "shop", "host": "db.example"}
        ),
        {},
    ),
    "a role in one namespace": (
        lambda: kubernetes.rbac.v1.Role(
            "reads",
            metadata={"name": "reads", "namespace": "shop"},
            rules=[{"api_groups": [""], "resources": ["configmaps"], "verbs": ["get", "watch"]}],
        ),
        {},
    ),
    "a Cosmos DB role of named actions": (
        lambda: cosmos_definition("reads", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"),
        {},
    ),
    "a group that may ask for Reader": (
        lambda: Foreign(
            "azure-native:authorization:RoleEligibilityScheduleRequest",
            "eligible",
            principalId=PEOPLE,
            roleDefinitionId=role_id(READER),
            scope=GROUP,
        ),
        {},
    ),
    "a setting of diagnostics under its old name": (
        lambda: Foreign(
            "azure-native:insights:DiagnosticSetting",
            "audit",
            resourceUri=VAULT_ID,
            workspaceId=WORKSPACE_ID,
            logs=[{"category": "AuditEvent", "enabled": True}],
        ),
        {},
    ),
    "a network by another provider": (
        lambda: Foreign("azurerm:network/virtualNetwork:VirtualNetwork", "vnet", addressSpaces=["10.0.0.0/8"]),
        {},
    ),
}


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("name", MORE)
def test_nothing_is_said_against_it(name: str, preview: bool):
    program, config = MORE[name]

    found = judge(run(program, mocks=AnyAzure(), preview=preview), config=config)

    assert {v.rule: v.message for v in found if not preview or v.level == "MANDATORY"} == {}


@pytest.mark.slow
def test_every_kind_of_every_rule_is_in_the_peace_corpus_unless_the_rule_refuses_all_of_it():
    programs = [good.program for good in GOODS] + [program for program, _ in MORE.values()]
    seen = {
        kind for program in programs for one in run(program, mocks=AnyAzure()).resources for kind in kinds_of(one.type)
    }

    unseen = {(rule.name, kind) for rule in RULES for kind in rule.kinds - seen}
    refused = {(rule.name, kind) for rule in RULES for kind in rule.kinds - seen if refuses_all(rule, kind)}
    assert unseen - refused == set()


def refuses_all(rule: Any, kind: str) -> bool:
    """Whether a rule refuses a resource of a kind by its mere presence."""
    module, _, type_ = kind.partition(":")
    package = "kubernetes" if "." in module else "azure-native"
    token = f"{module}:any:Thing" if type_ == "*" else f"{package}:{kind}"
    found = judge(registered(token, {}), [rule]) if isinstance(rule, Rule) else []
    return any(one.level == rule.level.name and "cannot judge" not in one.message for one in found)
