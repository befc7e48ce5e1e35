"""Roles of one's own, and those of Cosmos DB."""

from tests.azure_mocks import guid
from tests.policy.builders import COSMOS_ID, assignment, cosmos_assignment, definition
from tests.policy.cases.case import Case
from tests.policy.programs import READS, WHY, WRITES, cosmos_definition

CASES = (
    Case(
        rule="custom-role-gives-no-administration",
        refused=lambda: definition("helper", "Microsoft.Storage/storageAccounts/listKeys/action"),
        passed=lambda: definition("reader", data_actions=[READS]),
    ),
    Case(
        rule="wider-custom-role-has-a-reason",
        refused=lambda: definition("writer", data_actions=[WRITES]),
        passed=lambda: definition(
            "writer-why",
            data_actions=[WRITES],
            description=WHY,
        ),
    ),
    Case(
        rule="assigned-role-is-known",
        refused=lambda: assignment("unseen", guid("defined elsewhere"), description=WHY),
        passed=lambda: [
            definition("seen", role_definition_id=guid("defined here")),
            assignment("of-the-stack", guid("defined here"), description=WHY),
        ],
    ),
    Case(
        rule="cosmos-role-is-narrow",
        refused=lambda: cosmos_assignment("whole-account", scope=COSMOS_ID),
        passed=lambda: cosmos_assignment("one-container"),
    ),
    Case(
        rule="cosmos-custom-role-names-its-actions",
        refused=lambda: cosmos_definition("anything", "Microsoft.DocumentDB/databaseAccounts/*"),
        passed=lambda: cosmos_definition(
            "reads-items", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"
        ),
    ),
)
