"""Access by what is deployed elsewhere: policies of Azure, templates that compute, actions of azapi."""

import functools
from typing import Any

from tests.policy.attacks.attack import Attack, laundered, raw
from tests.policy.attacks.services import ELSEWHERE, SOMEBODY, an_azure_native
from tests.policy.builders import (
    GROUP,
)
from tests.policy.programs import Foreign


def of_policy(details: Any) -> Foreign:
    return an_azure_native(
        "authorization/v20230401:PolicyDefinition",
        policyRule={
            "if": {"field": "type", "equals": "x"},
            "then": {"effect": "[parameters('e')]", "details": details},
        },
    )


def deployed(*made: Any, **more: Any) -> Foreign:
    return an_azure_native("resources:Deployment", properties={"template": {"resources": list(made), **more}})


def acted(type_: str, action: Any, method: str = "POST") -> Foreign:
    return raw(
        "azapi:index/resourceAction:ResourceAction",
        type=f"{type_}@2024-01-01",
        resourceId=f"{GROUP}/providers/{type_}/shop",
        action=action,
        method=method,
    )


POLICY = "policy-deploys-no-access"
UAA = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"

ATTACKS: tuple[Attack, ...] = (
    Attack(
        "a policy that deploys a role assignment",
        POLICY,
        lambda: of_policy({"deployment": {"properties": {"template": {"resources": [{"type": "x/roleAssignments"}]}}}}),
    ),
    Attack(
        "a policy that deploys what is computed",
        POLICY,
        lambda: of_policy({"deployment": {"properties": {"template": "[parameters('t')]"}}}),
    ),
    Attack(
        "a policy whose identity gives roles",
        POLICY,
        lambda: of_policy({"roleDefinitionIds": [f"/providers/Microsoft.Authorization/roleDefinitions/{UAA}"]}),
    ),
    Attack(
        "a policy whose role is computed", POLICY, lambda: of_policy({"roleDefinitionIds": ["[parameters('role')]"]})
    ),
    Attack(
        "a policy that the preview does not know",
        POLICY,
        lambda: of_policy(laundered(UAA).apply(lambda it: {"roleDefinitionIds": [it]})),
    ),
    Attack(
        "a rule of a policy as text",
        POLICY,
        lambda: an_azure_native("authorization:PolicyDefinitionAtManagementGroup", policyRule="{}"),
    ),
    *(
        Attack(f"a computed type in a template: {words}", ELSEWHERE, functools.partial(deployed, resource))
        for words, resource in {
            "of two words": {"type": "[concat('Microsoft.Authorization/', 'roleAssignments')]", "name": "x"},
            "of a parameter": {"type": "[parameters('type')]", "name": "x"},
            "below another": {"type": "Microsoft.Storage/storageAccounts", "resources": [{"type": "[variables('t')]"}]},
        }.items()
    ),
    Attack(
        "a computed type in a template with names",
        ELSEWHERE,
        lambda: an_azure_native(
            "resources:TemplateSpecVersion", mainTemplate={"resources": {"x": {"type": "[format('{0}', 'x')]"}}}
        ),
    ),
    *(
        Attack(f"{type_} in a template", ELSEWHERE, functools.partial(deployed, {"type": type_, "name": "x"}))
        for type_ in (
            "Microsoft.Sql/servers/administrators",
            "Microsoft.DBforPostgreSQL/flexibleServers/administrators",
            "Microsoft.Synapse/workspaces/sqlAdministrators",
            "Microsoft.KeyVault/managedHSMs",
            "Microsoft.ConfidentialLedger/ledgers",
            "Microsoft.ServiceLinker/linkers",
            "Microsoft.Solutions/applications",
            "Microsoft.Graph/appRoleAssignedTo@v1.0",
        )
    ),
    Attack(
        "an administrator within a server of a template",
        ELSEWHERE,
        lambda: deployed({"type": "Microsoft.Sql/servers", "properties": {"administrators": {"sid": SOMEBODY}}}),
    ),
    Attack(
        "a computed administrator of a template",
        ELSEWHERE,
        lambda: deployed({"type": "Microsoft.Sql/servers", "properties": {"administrators": "[parameters('a')]"}}),
    ),
    Attack(
        "keys as an output of a template",
        ELSEWHERE,
        lambda: deployed(outputs={"k": {"value": "[listKeys(parameters('id'), '2023-01-01').keys[0].value]"}}),
    ),
    Attack(
        "a managed application's template from elsewhere",
        ELSEWHERE,
        lambda: an_azure_native("solutions:ApplicationDefinition", packageFileUri="https://example.com/app.zip"),
    ),
    *(
        Attack(f"{action} of {type_} by azapi", ELSEWHERE, functools.partial(acted, type_, action))
        for type_, action in (
            ("Microsoft.Storage/storageAccounts", "listKeys"),
            ("Microsoft.Storage/storageAccounts", "ListServiceSas"),
            ("Microsoft.CognitiveServices/accounts", "regenerateKey"),
            ("Microsoft.ContainerService/managedClusters", "listClusterAdminCredential"),
            ("Microsoft.ContainerService/managedClusters", "runCommand"),
            ("Microsoft.Compute/virtualMachines", "runCommand"),
            ("Microsoft.Purview/accounts", "addRootCollectionAdmin"),
            ("Microsoft.Web/sites/config", "list"),
        )
    ),
    *(
        Attack(f"a role assignment as an action by azapi: {words}", ELSEWHERE, functools.partial(acted, type_, action))
        for words, type_, action in (
            ("by its type", "Microsoft.Authorization/roleAssignments", ""),
            ("below a vault", "Microsoft.KeyVault/vaults", "providers/Microsoft.Authorization/roleAssignments/x"),
        )
    ),
    Attack(
        "a cluster that an action of azapi writes",
        ELSEWHERE,
        lambda: acted("Microsoft.ContainerService/managedClusters", "stop", method="PUT"),
    ),
    Attack(
        "an action that the preview does not know",
        ELSEWHERE,
        lambda: acted("Microsoft.Storage/storageAccounts", laundered("listKeys")),
    ),
)
