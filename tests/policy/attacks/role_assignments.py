"""Roles that no pod may have, under other spellings, for other principals."""

import functools

import pulumi
from pulumi_azure_native import authorization

from tests.azure_mocks import guid
from tests.policy.attacks.attack import Attack, laundered, raw_assignment
from tests.policy.builders import (
    CONTRIBUTOR,
    GROUP,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    OWNER,
    READER,
    SECRETS_OFFICER,
    SUBNET_ID,
    VAULT_ID,
    assignment,
    role_id,
)
from tests.policy.programs import CONDITION

ADMIN = "role-gives-no-administration"


SCHEDULE = "azure-native:authorization:RoleAssignmentScheduleRequest"


AS_IDENTITY = ("Microsoft.KeyVault/vaults", "Microsoft.ManagedIdentity/userAssignedIdentities")


NAME = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"

ATTACKS = (
    Attack(
        "an older API version",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization/v20180901preview:RoleAssignment"),
    ),
    Attack(
        "a package made locally",
        ADMIN,
        lambda: raw_assignment("azure-native_authorization_v20220401:authorization:RoleAssignment"),
    ),
    Attack(
        "a package made locally, versioned module",
        ADMIN,
        lambda: raw_assignment("azure-native_authorization_v20220401:authorization/v20220401:RoleAssignment"),
    ),
    Attack(
        "the package's first name", ADMIN, lambda: raw_assignment("azure-nextgen:authorization/latest:RoleAssignment")
    ),
    Attack("a GUID in upper case", ADMIN, lambda: assignment("x", OWNER.upper())),
    Attack(
        "a role id without its subscription",
        ADMIN,
        lambda: assignment("x", role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"),
    ),
    Attack(
        "a role id of a management group",
        ADMIN,
        lambda: assignment(
            "x",
            role_definition_id=f"/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
        ),
    ),
    Attack("a role id in capitals", ADMIN, lambda: assignment("x", role_definition_id=role_id(OWNER).upper())),
    Attack("a bare GUID", ADMIN, lambda: assignment("x", role_definition_id=OWNER)),
    Attack("a GUID in braces", ADMIN, lambda: assignment("x", role_definition_id=role_id(f"{{{OWNER}}}"))),
    Attack("a slash behind the GUID", ADMIN, lambda: assignment("x", role_definition_id=role_id(OWNER) + "/")),
    Attack(
        "an encoded slash",
        ADMIN,
        lambda: assignment("x", role_definition_id=role_id(OWNER).replace("ions/", "ions%2F")),
    ),
    Attack("a line break behind the GUID", ADMIN, lambda: assignment("x", role_definition_id=role_id(OWNER) + "\n")),
    Attack(
        "a role that the preview does not know",
        ADMIN,
        lambda: assignment("x", role_definition_id=laundered(role_id(OWNER))),
    ),
    Attack(
        "a role marked as secret",
        ADMIN,
        lambda: assignment("x", role_definition_id=pulumi.Output.secret(role_id(OWNER))),
    ),
    Attack(
        "a role in a list",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignment", roleDefinitionId=[role_id(OWNER)]),
    ),
    Attack(
        "no role at all",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignment", roleDefinitionId=None),
    ),
    Attack(
        "a reason in place of a narrower role",
        ADMIN,
        lambda: assignment("x", CONTRIBUTOR, description="The team is sure."),
    ),
    Attack(
        "a condition in place of a narrower role",
        ADMIN,
        lambda: assignment("x", OWNER, condition=CONDITION, condition_version="2.0"),
    ),
    Attack(
        "a group in place of the identity",
        "people-get-no-right-to-give-rights",
        lambda: assignment("x", OWNER, principal_type="Group"),
    ),
    Attack(
        "a group of another tenant",
        "people-get-no-right-to-give-rights",
        lambda: assignment("x", OWNER, principal_type="ForeignGroup"),
    ),
    Attack(
        "a group that keeps secrets",
        "wide-role-of-people-has-a-reason",
        lambda: assignment("x", SECRETS_OFFICER, principal_type="Group"),
    ),
    Attack(
        "a group that is found in no list",
        "wide-role-of-people-has-a-reason",
        lambda: assignment("x", SECRETS_OFFICER, principal_type="Group"),
        {"wide-role-of-people-has-a-reason": {"groups": [guid("others")]}},
    ),
    Attack(
        "an administrator's role of clusters on a group of resources",
        "wide-role-of-people-has-a-reason",
        lambda: assignment("x", "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b", principal_type="Group", scope=GROUP),
    ),
    Attack("a user in place of the identity", ADMIN, lambda: assignment("x", OWNER, principal_type="User")),
    Attack(
        "a principal type in other letters",
        "people-get-no-right-to-give-rights",
        lambda: assignment("x", OWNER, principal_type="GROUP"),
    ),
    Attack("a principal type that does not exist", ADMIN, lambda: assignment("x", OWNER, principal_type="Device")),
    Attack(
        "a principal type that is no text",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignment", principalType={"kind": "Group"}),
    ),
    Attack(
        "an eligibility in place of an assignment",
        "people-get-no-right-to-give-rights",
        lambda: authorization.PimRoleEligibilitySchedule(
            "x", principal_id=guid("x"), role_definition_id=role_id(OWNER), scope=VAULT_ID
        ),
    ),
    Attack(
        "a request for an active role",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignmentScheduleRequest"),
    ),
    *(
        Attack(
            f"a request for an active role of {type_ or 'nobody named'}",
            ADMIN,
            functools.partial(
                raw_assignment,
                SCHEDULE,
                roleDefinitionId=role_id(CONTRIBUTOR),
                principalType=type_,
                requestType="AdminAssign",
                justification="The team is sure of it.",
            ),
        )
        for type_ in (None, "User", "Group")
    ),
    Attack(
        "an activation that gives rights",
        "people-get-no-right-to-give-rights",
        lambda: raw_assignment(SCHEDULE, requestType="SelfActivate"),
    ),
    Attack("the operator's role on a vault", ADMIN, lambda: assignment("x", OPERATOR, scope=VAULT_ID)),
    Attack(
        "a request for the operator's role",
        ADMIN,
        lambda: raw_assignment(SCHEDULE, roleDefinitionId=role_id(OPERATOR), scope=VAULT_ID.replace(*AS_IDENTITY)),
    ),
    Attack(
        "a request to change a network",
        ADMIN,
        lambda: raw_assignment(SCHEDULE, roleDefinitionId=role_id(NETWORK_CONTRIBUTOR), scope=SUBNET_ID),
    ),
    Attack(
        "a public address in place of a subnet",
        ADMIN,
        lambda: assignment(
            "x",
            NETWORK_CONTRIBUTOR,
            scope=f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/ingress",
            description="joins the nodes",
        ),
    ),
    Attack(
        "a dot as the reason",
        "wider-role-has-a-reason",
        lambda: assignment("x", READER, description="."),
    ),
    Attack("files past their permissions", ADMIN, lambda: assignment("x", "b8eda974-7b85-4f76-af95-65846b26df6d")),
    Attack("a shell in a running app", ADMIN, lambda: assignment("x", "80558df3-64f9-4c0f-b32d-e5094b036b0b")),
    *(
        Attack(
            f"a condition that {what}",
            "assignment-condition-is-well-formed",
            functools.partial(assignment, "x", condition=condition, condition_version="2.0"),
        )
        for what, condition in {
            "is true of every name": f"{NAME} StringLike '*'",
            "is true of one name and all others": CONDITION.replace("'a'", f"'a' OR {NAME} StringNotEquals 'a'"),
            "compares a name with itself": CONDITION.replace("'a'", NAME),
            "is about an action of another role": CONDITION.replace("getSecret", "setSecret"),
        }.items()
    ),
)
