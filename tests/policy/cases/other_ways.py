"""Other ways to access."""

from tests.azure_mocks import guid
from tests.policy.builders import PEOPLE, assignment, credential
from tests.policy.cases.case import Case
from tests.policy.programs import KNOWN_ISSUER, Foreign, a_database, a_policy, a_template, an_extension

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
        refused=lambda: Foreign("command:local:Command", "grants", create="./grant.sh"),
        passed=lambda: assignment("instead-of-command"),
    ),
    Case(
        rule="service-runs-nothing-unseen",
        refused=lambda: an_extension("installs"),
        passed=lambda: assignment("instead-of-extension"),
    ),
    Case(
        rule="credential-is-no-secret",
        refused=lambda: Foreign("azuread:index/applicationPassword:ApplicationPassword", "password", applicationId="x"),
        passed=lambda: credential("instead-of-password"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-is-in-no-group",
        refused=lambda: Foreign("azuread:index/groupMember:GroupMember", "member", groupObjectId="x"),
        passed=lambda: assignment("instead-of-group"),
    ),
)
