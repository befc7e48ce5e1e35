"""CognitiveServicesAccount: models that an agent calls without an API key."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
from pulumi_azure_native import cognitiveservices
from pydantic import AfterValidator, Field

from ..arguments import Arguments, Rule
from ..azure import client_config, deleted_account_exists, known_in_preview
from ..clouds import ENVIRONMENTS, Cloud
from ..component import Component
from ..derived_names import derived
from ..errors import InvalidArgumentError, Problem
from ..labels import Tags
from ..names import AccountName, DeploymentName, InputResourceGroupName, Location, PlainText
from ..network_rules import CognitiveServicesNetwork
from .private_endpoint import RegisteredEndpoint, register_private_endpoint

# What an account's subdomain is part of. Source: Microsoft Learn, "Custom subdomain names".
_PARTS = {"OpenAI": "openai", "AIServices": "cognitiveservices"}
Capacity = Annotated[
    int, Field(strict=True, ge=1, le=1_000_000), Rule("1-1000000 units of 1000 tokens a minute, within your quota", 10)
]


def _told_apart(deployments: Mapping[str, object]) -> Mapping[str, object]:
    by_name: dict[str, str] = {}
    for name in deployments:
        other = by_name.setdefault(name.lower(), name)
        if other != name:
            raise ValueError(f"must differ in more than case; got {other!r} and {name!r}")
    return deployments


class ModelDeployment(Arguments):
    """One model, under the name that callers use.

    Azure retires models: `az cognitiveservices model list --location <region>` tells which there are, in which SKUs and
    until when. A version that is retired can no longer be deployed, and callers of one that is there get errors.

    Source: Microsoft.CognitiveServices REST, "Deployments"; Microsoft Learn, "Model retirement schedule".
    """

    model: PlainText
    """The model's name, such as `gpt-5.4-mini`."""
    version: PlainText
    """The model's version; it stays until it is changed here."""
    sku: Literal["Standard", "GlobalStandard", "DataZoneStandard"] = "Standard"
    """Where requests are processed: in the region, anywhere, or in the data zone (EU or US); left out, in the region,
    which few models offer."""
    capacity: Capacity = 10
    """Thousands of tokens a minute, within the quota of the subscription in the region; left out, 10."""


ModelDeployments = Annotated[Mapping[DeploymentName, ModelDeployment], AfterValidator(_told_apart)]


class CognitiveServicesAccountArgs(CognitiveServicesNetwork):
    """Arguments of `CognitiveServicesAccount`."""

    resource_group_name: InputResourceGroupName
    """The resource group of the account."""
    location: Location
    """The Azure region of the account."""
    account_name: AccountName | None = None
    """The name and subdomain, unique in all of Azure; left out, `oai-<name>-<hash of subscription and group>`."""
    kind: Literal["OpenAI", "AIServices"] = "OpenAI"
    """`AIServices` has Azure's other AI services too; left out, `OpenAI`."""
    deployments: ModelDeployments = {}
    """The models by the name that callers use, such as `chat` or `gpt-5.4-mini`; left out, none."""
    recover: bool = False
    """Whether a soft-deleted account of this name in this region is brought back; left out, no, and Azure refuses
    the name until it is purged. Needs names that are plain text."""
    cloud: Cloud = "AzurePublicCloud"
    """The Azure cloud of the account: it decides what callers ask a token for, and the private DNS zone; left out, the
    public one."""
    tags: Tags = {}
    """Azure tags; left out, none."""


class CognitiveServicesAccount(Component):
    """An Azure OpenAI (or AI services) account whose API keys are off and whose network is closed.

    Give a workload `cognitive_services.call_models(account.id)` and its pods `account.environment`. Entra login
    needs the account's own subdomain, which is therefore always set.

    Creates:
        - an `Account`
        - a `Deployment` for each model, one after another, because Azure refuses two at once
        - a `PrivateEndpoint` and its `PrivateDnsZoneGroup`, with `private_endpoint`; unless a zone is given, a
          `PrivateZone` and its `VirtualNetworkLink`

    Args:
        name: the logical name; deployments are called `name-<key>`.
        args: see `CognitiveServicesAccountArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call; with `recover` also when
            Azure cannot be asked for deleted accounts.

    Source: Microsoft Learn, "Disable local authentication in Azure AI Services"; "Custom subdomain names".
    """

    account: cognitiveservices.Account
    """The account."""
    deployments: dict[str, cognitiveservices.Deployment]
    """The models by key."""
    private_endpoint: RegisteredEndpoint | None
    """The private endpoint with its DNS, which leads `endpoint` there and no other name of the account."""
    id: pulumi.Output[str]
    """The account's resource id."""
    endpoint: pulumi.Output[str]
    """The address that callers use."""
    environment: Mapping[str, pulumi.Input[str]]
    """Variables for a pod: `AZURE_OPENAI_ENDPOINT` and `AZURE_OPENAI_SCOPE`; no key."""

    def __init__(
        self,
        name: str,
        args: CognitiveServicesAccountArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ):
        args = CognitiveServicesAccountArgs.of(args)
        subscription_id = client_config(opts).subscription_id
        azure_name = args.account_name or derived(
            subscription_id, args.resource_group_name, lambda names: names.account(name)
        )
        if args.recover and not isinstance(azure_name, str):
            raise InvalidArgumentError(
                f"CognitiveServicesAccount {name!r}",
                [Problem(("recover",), "must be left out unless account_name or resource_group_name is plain text")],
            )
        restore = args.recover and deleted_account_exists(str(azure_name), args.location, opts, args.cloud)
        super().__init__("aks-workload-identity:index:CognitiveServicesAccount", name, {}, opts)

        self.account = cognitiveservices.Account(
            name,
            resource_group_name=args.resource_group_name,
            location=args.location,
            account_name=azure_name,
            kind=args.kind,
            sku=cognitiveservices.SkuArgs(name="S0"),
            properties=cognitiveservices.AccountPropertiesArgs(
                custom_sub_domain_name=azure_name,
                # An API key is a permanent secret, and whoever may list keys has it.
                disable_local_auth=True,
                public_network_access=args.public_network_access,
                network_acls=cognitiveservices.NetworkRuleSetArgs(
                    default_action=cognitiveservices.NetworkRuleAction.DENY,
                    ip_rules=[cognitiveservices.IpRuleArgs(value=value) for value in args.allowed_ip_ranges],
                    virtual_network_rules=[
                        cognitiveservices.VirtualNetworkRuleArgs(id=id_) for id_ in args.allowed_subnet_ids
                    ],
                ),
                restore=True if restore else None,
            ),
            tags=args.tags,
            # How the account came to be is no difference afterwards.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["properties.restore"]),
        )
        self.deployments = {}
        for key, deployment in args.deployments.items():
            before = list(self.deployments.values())[-1:]
            self.deployments[key] = self._deployment(key, deployment, args.resource_group_name, before)
        self.private_endpoint = None
        if args.private_endpoint is not None:
            self.private_endpoint = register_private_endpoint(
                name,
                args.private_endpoint,
                parent=self,
                service_id=self.account.id,
                service_name=azure_name,
                group_id="account",
                zone_name=f"privatelink.{_PARTS[args.kind]}.{ENVIRONMENTS[args.cloud].ai_domain}",
                resource_group_name=args.resource_group_name,
                location=args.location,
                tags=args.tags,
                after=list(self.deployments.values())[-1:],
            )
        self.id = self.account.id
        self.endpoint = known_in_preview(
            self.account.properties.apply(lambda properties: properties.endpoint),
            name=self.account.name,
            look_up=lambda: cognitiveservices.get_account_output(
                resource_group_name=args.resource_group_name,
                account_name=self.account.name,
                opts=pulumi.InvokeOutputOptions(parent=self),
            ).properties.apply(lambda properties: properties.endpoint),
        )
        scope = ENVIRONMENTS[args.cloud].cognitive_services_scope
        self.environment = {"AZURE_OPENAI_ENDPOINT": self.endpoint, "AZURE_OPENAI_SCOPE": scope}
        self.register_outputs({"endpoint": self.endpoint})

    def _deployment(
        self,
        key: str,
        deployment: ModelDeployment,
        resource_group_name: pulumi.Input[str],
        before: list[cognitiveservices.Deployment],
    ) -> cognitiveservices.Deployment:
        return cognitiveservices.Deployment(
            f"{self.pulumi_resource_name}-{key}",
            resource_group_name=resource_group_name,
            account_name=self.account.name,
            deployment_name=key,
            properties=cognitiveservices.DeploymentPropertiesArgs(
                model=cognitiveservices.DeploymentModelArgs(
                    format="OpenAI", name=deployment.model, version=deployment.version
                ),
                version_upgrade_option="NoAutoUpgrade",
            ),
            sku=cognitiveservices.SkuArgs(name=deployment.sku, capacity=deployment.capacity),
            opts=pulumi.ResourceOptions(parent=self, depends_on=before, deleted_with=self.account),
        )
