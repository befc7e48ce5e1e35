"""Other ways to access."""

import pulumi_azuread as azuread
from pulumi_azure_native import resources

from tests.azure_mocks import guid
from tests.policy.builders import ISSUER, PEOPLE, assignment, identity
from tests.policy.cases.case import Case
from tests.policy.programs import KNOWN_ISSUER, a_database, a_policy, a_template, an_extension

CASES = (
    Case(
        rule="access-is-registered-where-it-is-judged",
        refused=lambda: a_template("template", "Microsoft.Authorization/roleAssignments"),
        passed=lambda: a_template("dashboard", "Microsoft.Portal/dashboards"),
    ),
    Case(
        rule="policy-deploys-no-access",
        refused=lambda: a_policy("policy", "Microsoft.Authorization/roleAssignments"),
        passed=lambda: a_policy("audits", "Microsoft.Insights/diagnosticSettings"),
    ),
    Case(
        rule="rights-within-a-service-are-for-named-people",
        refused=lambda: a_database("database", guid("workload")),
        passed=lambda: a_database("peoples", PEOPLE),
        config={"rights-within-a-service-are-for-named-people": {"people": [PEOPLE]}},
    ),
    Case(
        rule="program-runs-nothing-unseen",
        refused=lambda: resources.AzureCliScript(
            "grants",
            resource_group_name="rg",
            kind="AzureCLI",
            az_cli_version="2.60.0",
            retention_interval="PT1H",
            script_content="az role assignment create --role Owner --assignee $APP",
        ),
        passed=lambda: assignment("instead-of-script"),
    ),
    Case(
        rule="service-runs-nothing-unseen",
        refused=lambda: an_extension("installs"),
        passed=lambda: assignment("instead-of-extension"),
    ),
    Case(
        rule="credential-is-no-secret",
        refused=lambda: azuread.ApplicationPassword("password", application_id=f"/applications/{guid('app')}"),
        passed=lambda: azuread.ApplicationFederatedIdentityCredential(
            "trust",
            application_id=f"/applications/{guid('app')}",
            display_name="shop",
            issuer=ISSUER,
            subject="system:serviceaccount:shop:orders",
            audiences=["api://AzureADTokenExchange"],
        ),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-is-in-no-group",
        refused=lambda: azuread.GroupMember(
            "member", group_object_id=guid("readers"), member_object_id=identity("orders").principal_id
        ),
        passed=lambda: [
            azuread.Group("people", display_name="shop", security_enabled=True),
            assignment("orders", principal_id=identity("orders").principal_id),
        ],
    ),
)
