"""The azuread provider's resource types that the sandbox has, as Microsoft Graph calls their parts.

Sources: pulumi-azuread's SDK (names of properties); terraform-provider-azuread, internal/services/applications and
internal/services/serviceprincipals (what Graph is sent, what forces a new resource, defaults, ids).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class DirectoryType:
    """A type of resource.

    Args:
        path: where Graph keeps such objects; of a part of another object, with a place for that one's id.
        id: how its id is written, with places for its object id and that of what it is a part of.
        written: Graph's names of the properties that may be given.
        computed: Graph's names of the properties that only Graph knows.
        others: properties that may be given and are no property of the object in Graph.
        replaced_by: properties that only a new resource can have another value of.
        defaults: what the provider says where the program says nothing.
        owned: whether it has owners.
    """

    path: str
    id: str
    written: Mapping[str, str]
    computed: Mapping[str, str]
    others: frozenset[str] = frozenset()
    replaced_by: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    owned: bool = False


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


TYPES = {
    "azuread:index/application:Application": DirectoryType(
        path="/applications",
        id="/applications/{id}",
        written=_same("displayName", "description", "identifierUris", "notes", "signInAudience", "tags"),
        computed={"clientId": "appId", "objectId": "id", "publisherDomain": "publisherDomain"},
        others=frozenset({"owners", "preventDuplicateNames"}),
        defaults={"signInAudience": "AzureADMyOrg"},
        owned=True,
    ),
    "azuread:index/servicePrincipal:ServicePrincipal": DirectoryType(
        path="/servicePrincipals",
        id="/servicePrincipals/{id}",
        written={
            "clientId": "appId",
            **_same("accountEnabled", "alternativeNames", "appRoleAssignmentRequired", "description", "loginUrl"),
            **_same("notes", "notificationEmailAddresses", "preferredSingleSignOnMode", "tags"),
        },
        computed={
            "objectId": "id",
            "applicationTenantId": "appOwnerOrganizationId",
            "displayName": "displayName",
            "type": "servicePrincipalType",
        },
        others=frozenset({"owners"}),
        replaced_by=frozenset({"clientId"}),
        defaults={"accountEnabled": True},
        owned=True,
    ),
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": DirectoryType(
        path="{parent}/federatedIdentityCredentials",
        id="{parent}/federatedIdentityCredential/{id}",
        written={"displayName": "name", **_same("audiences", "description", "issuer", "subject")},
        computed={"credentialId": "id"},
        others=frozenset({"applicationId"}),
        replaced_by=frozenset({"applicationId", "displayName"}),
    ),
}
