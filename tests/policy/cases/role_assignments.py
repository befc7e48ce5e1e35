"""Roles of workloads and of people."""

from tests.azure_mocks import SUBSCRIPTION, guid
from tests.policy.builders import (
    AKS_WRITER,
    CERTIFICATE_USER,
    CLUSTER_ID,
    GROUP,
    OWNER,
    PEOPLE,
    SECRETS_OFFICER,
    assignment,
)
from tests.policy.cases.case import Case
from tests.policy.programs import CONDITION, WHY

CASES = (
    Case(
        rule="role-gives-no-administration",
        refused=lambda: assignment("owner", OWNER),
        passed=lambda: assignment("secrets"),
    ),
    Case(
        rule="wider-role-has-a-reason",
        refused=lambda: assignment("certificates", CERTIFICATE_USER),
        passed=lambda: assignment("certificates-why", CERTIFICATE_USER, description=WHY),
    ),
    Case(
        rule="assignment-scope-is-one-resource",
        refused=lambda: assignment("group-wide", scope=GROUP),
        passed=lambda: assignment("one-secret", scope=f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv/secrets/db"),
    ),
    Case(
        rule="assignment-scope-is-below-the-subscription",
        refused=lambda: assignment("subscription-wide", scope=f"/subscriptions/{SUBSCRIPTION}"),
        passed=lambda: assignment("one-vault"),
    ),
    Case(
        rule="assignment-names-its-principal-type",
        refused=lambda: assignment("untyped", principal_type=None),
        passed=lambda: assignment("typed", principal_type="ServicePrincipal"),
    ),
    Case(
        rule="assignment-name-is-a-guid",
        refused=lambda: assignment("worded", role_assignment_name="orders-secrets"),
        passed=lambda: assignment("numbered", role_assignment_name=guid("orders")),
    ),
    Case(
        rule="assignment-condition-is-version-2",
        refused=lambda: assignment("unversioned", condition=CONDITION),
        passed=lambda: assignment("versioned", condition=CONDITION, condition_version="2.0"),
    ),
    Case(
        rule="assignment-condition-is-well-formed",
        refused=lambda: assignment(
            "every-secret", condition=CONDITION.replace("Equals 'a'", "Like '*'"), condition_version="2.0"
        ),
        passed=lambda: assignment("closed", condition=CONDITION, condition_version="2.0"),
    ),
    Case(
        rule="people-get-no-right-to-give-rights",
        refused=lambda: assignment("group-owner", OWNER, principal_type="Group"),
        passed=lambda: assignment("group-writer", AKS_WRITER, principal_type="Group", scope=CLUSTER_ID),
    ),
    Case(
        rule="wide-role-of-people-has-a-reason",
        refused=lambda: assignment("officers", SECRETS_OFFICER, principal_type="Group"),
        passed=lambda: assignment("known-officers", SECRETS_OFFICER, principal_type="Group", principal_id=PEOPLE),
        config={"wide-role-of-people-has-a-reason": {"groups": [PEOPLE.upper()]}},
    ),
)
