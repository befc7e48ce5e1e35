"""What other types of resources do that give no access."""

from pulumi_azure_native import resources, storage

from tests.azure_mocks import guid
from tests.policy.peace.good import Good
from tests.policy.programs import Foreign, a_template


def a_storage_account_by_azapi() -> None:
    Foreign(
        "azapi:index/resource:Resource",
        "st",
        type="Microsoft.Storage/storageAccounts@2024-01-01",
        body={"kind": "StorageV2", "identity": {"type": "SystemAssigned"}},
    )


GOODS = (
    Good(
        "a storage account without keys",
        lambda: storage.StorageAccount(
            "st",
            resource_group_name="rg",
            account_name="stshop",
            kind="StorageV2",
            sku={"name": "Standard_ZRS"},
            allow_shared_key_access=False,
        ),
    ),
    Good("a template of a dashboard", lambda: a_template("dashboard", "Microsoft.Portal/dashboards")),
    Good("a storage account by azapi", a_storage_account_by_azapi),
    Good(
        "a resource without a type of its own",
        lambda: resources.Resource(
            "dashboard",
            resource_group_name="rg",
            resource_provider_namespace="Microsoft.Portal",
            parent_resource_path="",
            resource_type="dashboards",
            resource_name_="shop",
            api_version="2020-09-01-preview",
        ),
    ),
    Good(
        "a network by another provider",
        lambda: Foreign("azure:network/virtualNetwork:VirtualNetwork", "vnet", addressSpaces=["10.0.0.0/8"]),
    ),
    Good("people's own group", lambda: Foreign("azuread:index/group:Group", "team", displayName="shop")),
    Good(
        "an application that signs people in",
        lambda: Foreign("azuread:index/application:Application", "web", displayName="shop"),
    ),
    Good(
        "the values of a chart that refers to a Secret",
        lambda: Foreign(
            "kubernetes:helm.sh/v3:Release",
            "chart",
            chart="c",
            values={
                "existingSecret": "oidc",
                "clientSecret": {"name": "oidc", "key": "client-secret"},
                "env": [{"name": "AZURE_CLIENT_ID", "value": guid("client")}],
            },
        ),
    ),
)
