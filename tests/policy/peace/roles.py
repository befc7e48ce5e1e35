"""Roles on one resource, for a reason where they are wider."""

import pulumi
from pulumi_azure_native import authorization, resources

from tests.azure_mocks import guid
from tests.policy.builders import (
    ACR_PULL,
    AKS_WRITER,
    CERTIFICATE_USER,
    CLUSTER_ID,
    COSMOS_ID,
    GROUP,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    PEOPLE,
    READER,
    SECRETS_OFFICER,
    SECRETS_USER,
    SUBNET_ID,
    VAULT_ID,
    assignment,
    cluster,
    cosmos_assignment,
    definition,
    role_id,
)
from tests.policy.peace.good import QUEUE, Good
from tests.policy.programs import CONDITION, IDENTITY_ID, WHY, Foreign, cosmos_definition


def control_plane_of_its_own_joins_a_subnet() -> None:
    made = cluster("aks")
    control = made.identity.apply(lambda one: one.principal_id if one else "")
    assignment("joins", NETWORK_CONTRIBUTOR, principal_id=control, scope=SUBNET_ID, description=WHY)


def nodes_pull_by_output() -> None:
    made = cluster("aks")
    kubelet = made.identity_profile.apply(lambda profile: (profile or {})["kubeletidentity"].object_id)
    assignment(
        "pull", ACR_PULL, principal_id=kubelet, scope=f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/shop"
    )


def a_template_that_tells_of_a_role() -> None:
    """Its parameter and output speak of a role; it makes a dashboard."""
    role = "[resourceId('Microsoft.Authorization/roleDefinitions', parameters('role'))]"
    resources.Deployment(
        "speaks",
        resource_group_name="rg",
        properties={
            "mode": "Incremental",
            "parameters": {"role": {"value": SECRETS_USER}},
            "template": {
                "parameters": {"role": {"type": "string", "defaultValue": role_id(SECRETS_USER)}},
                "resources": [{"type": "Microsoft.Portal/dashboards", "name": "shop", "properties": {"text": role}}],
                "outputs": {"role": {"type": "string", "value": role}},
            },
        },
    )


def a_cosmos_role_of_the_stack() -> None:
    """By its output, and by its id as text."""
    items = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"
    made = cosmos_definition("own", items, role_definition_id=guid("defined here"))
    scope = f"{COSMOS_ID}/dbs/orders"
    by_output = pulumi.Output.concat(COSMOS_ID, "/sqlRoleDefinitions/", made.name)
    cosmos_assignment("by-output", role_definition_id=by_output, scope=scope)
    cosmos_assignment(
        "by-text", role_definition_id=f"{COSMOS_ID}/sqlRoleDefinitions/{guid('defined here')}", scope=scope
    )


GOODS = (
    Good(
        "a role of another stack that was reviewed there",
        lambda: assignment("listed", guid("defined elsewhere"), description=WHY),
        {"assigned-role-is-known": {"roles": [guid("defined elsewhere").upper()]}},
    ),
    Good(
        "a control plane of another stack that attaches the nodes' identity of a third",
        lambda: assignment("operator", OPERATOR, principal_id=guid("control"), scope=IDENTITY_ID.format("nodes")),
        {"operator-role-is-the-control-planes": {"principals": [guid("control").upper()]}},
    ),
    Good(
        "a scaler that reads metrics",
        lambda: assignment("keda", "43d0d8ad-25c7-4714-9337-8ba259a9fe05", scope=QUEUE, description=WHY),
    ),
    Good(
        "a custom role that reads its vault too",
        lambda: definition(
            "reader",
            "Microsoft.KeyVault/vaults/read",
            data_actions=["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
        ),
    ),
    Good("a control plane that Azure makes joins a subnet", control_plane_of_its_own_joins_a_subnet),
    Good(
        "the control plane of a cluster elsewhere joins a route table",
        lambda: assignment(
            "joins",
            NETWORK_CONTRIBUTOR,
            principal_id=PEOPLE.upper(),
            scope=f"{GROUP}/providers/Microsoft.Network/routeTables/nodes",
            description=WHY,
        ),
        {"network-role-is-the-control-planes": {"principals": [PEOPLE.upper()]}},
    ),
    Good("the nodes pull through the cluster's output", nodes_pull_by_output),
    Good("a wider role with its reason", lambda: assignment("certificates", CERTIFICATE_USER, description=WHY)),
    Good("one secret by condition", lambda: assignment("one", condition=CONDITION, condition_version="2.0")),
    Good("one secret by scope", lambda: assignment("one", scope=f"{VAULT_ID}/secrets/db")),
    Good("a group that reads", lambda: assignment("auditors", READER, principal_type="Group", scope=GROUP)),
    Good(
        "a team on its cluster",
        lambda: assignment("team", AKS_WRITER, principal_type="Group", scope=f"{CLUSTER_ID}/namespaces/shop"),
    ),
    Good(
        "people who keep secrets, with their reason",
        lambda: assignment(
            "keepers", SECRETS_OFFICER, principal_type="Group", description="The on-call people of the shop."
        ),
    ),
    Good(
        "an eligibility to read",
        lambda: authorization.PimRoleEligibilitySchedule(
            "eligible", principal_id=PEOPLE, role_definition_id=role_id(READER), scope=GROUP
        ),
    ),
    Good(
        "a person's request for a role",
        lambda: Foreign(
            "azure-native:authorization:RoleAssignmentScheduleRequest",
            "active",
            principalId=PEOPLE,
            requestType="SelfActivate",
            roleDefinitionId=role_id(READER),
            scope=GROUP,
        ),
    ),
    Good(
        "a request for a wider role with its justification",
        lambda: Foreign(
            "azure-native:authorization:RoleAssignmentScheduleRequest",
            "wider",
            principalId=guid("workload"),
            requestType="AdminAssign",
            roleDefinitionId=role_id(CERTIFICATE_USER),
            scope=VAULT_ID,
            justification=WHY,
        ),
    ),
    Good(
        "a custom role of one data action",
        lambda: definition("reader", data_actions=["Microsoft.KeyVault/vaults/secrets/getSecret/action"]),
    ),
    Good(
        "a custom role that reads set-up beside data",
        lambda: definition(
            "reader",
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            data_actions=["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
        ),
    ),
    Good("a Cosmos DB container", lambda: cosmos_assignment("items")),
    Good(
        "a Cosmos DB account to read",
        lambda: cosmos_assignment(
            "items",
            scope=COSMOS_ID,
            role_definition_id=f"{COSMOS_ID}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001",
        ),
    ),
    Good(
        "a Cosmos DB database to write",
        lambda: cosmos_assignment("items", scope=f"{COSMOS_ID}/dbs/orders"),
    ),
    Good("a Cosmos DB role of the stack on a database", a_cosmos_role_of_the_stack),
    Good(
        "a Cosmos DB role of another stack that was reviewed there",
        lambda: cosmos_assignment(
            "items", role_definition_id=f"{COSMOS_ID}/sqlRoleDefinitions/{guid('defined elsewhere')}"
        ),
        {"assigned-role-is-known": {"roles": [guid("defined elsewhere").upper()]}},
    ),
    Good("a template that tells of a role", a_template_that_tells_of_a_role),
    Good(
        "a user's role on something of one's own",
        lambda: assignment("mine", SECRETS_USER, principal_type="ServicePrincipal"),
    ),
    Good(
        "a wide scope that is excepted",
        lambda: assignment("wide", scope=GROUP),
        {
            "pack-settings": {
                "exceptions": [
                    {
                        "rule": "assignment-scope-is-one-resource",
                        "resource": "urn:*::wide",
                        "reason": "Reads the vaults of all shops.",
                        "expires": "2027-01-31",
                    }
                ]
            }
        },
    ),
)
