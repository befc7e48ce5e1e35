"""KeyVault: a vault that only Azure RBAC opens; and how a vault made elsewhere is named."""

import re
from collections.abc import Awaitable, Mapping
from typing import Annotated, Any, Literal, Self

import pulumi
from pulumi_azure_native import keyvault, monitor
from pydantic import Field, StringConstraints, model_validator

from ..arguments import Arguments, Deferred, Rule
from ..azure import client_config, deleted_vault_exists
from ..clouds import ENVIRONMENTS, Cloud
from ..component import Component
from ..derived_names import derived
from ..errors import InvalidArgumentError, Problem, refused
from ..labels import Tags
from ..names import VAULT_NAME, InputResourceGroupName, Location, VaultName
from ..network_rules import KeyVaultNetwork
from ..resource_ids import VaultId
from ..services.log_analytics import WorkspaceId, send_logs
from ..services.private_endpoint import RegisteredEndpoint, register_private_endpoint

RetentionDays = Annotated[int, Field(ge=7, le=90), Rule("7-90 days", 90)]
InputVaultName = Annotated[str | Awaitable[str] | pulumi.Output[str], Deferred(*VAULT_NAME)]


# Part of the logical names of role assignments, as component names are.
_KEY_PATTERN = r"^[A-Za-z0-9](?:[-._A-Za-z0-9]{0,78}[A-Za-z0-9])?$"
VaultKey = Annotated[
    str,
    StringConstraints(pattern=_KEY_PATTERN),
    Rule("1-80 letters, digits and . _ -, with a letter or digit at both ends", "shop"),
]


class VaultReference(Arguments):
    """A vault as mounts and grants use it; `KeyVault.reference` offers it, or write it for an existing vault.

    The vault must use the Azure RBAC permission model: with access policies a role assignment has no effect.

    Source: Microsoft Learn, "Azure RBAC vs. access policies".
    """

    key: VaultKey
    """What you call the vault; part of the names of the role assignments on it."""
    name: InputVaultName
    """The vault's name in Azure."""
    id: VaultId
    """The vault's resource id, the scope of every grant on it."""

    @model_validator(mode="after")
    def _name_and_id_are_of_one_vault(self) -> Self:
        if isinstance(self.name, str) and isinstance(self.id, str):
            of_id = self.id.rpartition("/")[2]
            if of_id.lower() != self.name.lower():
                raise refused("name", f"must be that of the vault of id, {of_id!r}; got {self.name!r}")
        return self


class KeyVaultArgs(KeyVaultNetwork):
    """Arguments of `KeyVault`."""

    resource_group_name: InputResourceGroupName
    """The resource group of the vault."""
    location: Location
    """The Azure region of the vault."""
    vault_name: VaultName | None = None
    """The name, unique in all of Azure; left out, `kv-<name>-<hash of subscription and resource group>`."""
    sku: Literal["standard", "premium"] = "standard"
    """`premium` keeps keys in hardware; left out, `standard`."""
    soft_delete_retention_days: RetentionDays = 90
    """Days that a deleted vault keeps its content and its name, 7-90; cannot be changed; left out, 90."""
    workspace_id: WorkspaceId | None = None
    """The resource id of the Log Analytics workspace that gets the vault's AuditEvent logs: who read what, and who
    was refused; left out, nobody can tell afterwards."""
    recover: bool = False
    """Whether a soft-deleted vault of this name in this region is brought back, with all it held; left out, no,
    and Azure refuses the name until the retention has passed. Needs names that are plain text."""
    cloud: Cloud = "AzurePublicCloud"
    """The Azure cloud of the vault: it decides the private DNS zone; left out, the public one."""
    tags: Tags = {}
    """Azure tags; left out, none."""


class KeyVault(Component):
    """A Key Vault that only Azure RBAC opens, that cannot be purged, and whose network is closed.

    It holds no secret written by the program: Pulumi's `keyvault.Secret` would keep the value in the state.
    Write values with `az keyvault secret set` or your own pipeline. Purge protection cannot be taken back;
    a deleted vault keeps its name for `soft_delete_retention_days`.

    Creates:
        - a `Vault`
        - a `DiagnosticSetting`, with `workspace_id`
        - a `PrivateEndpoint` and its `PrivateDnsZoneGroup`, with `private_endpoint`; unless a zone is given, a
          `PrivateZone` and its `VirtualNetworkLink`

    Args:
        name: the logical name of the component and of all its children.
        args: see `KeyVaultArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call; with `recover` also when
            Azure cannot be asked for deleted vaults.

    Source: Microsoft Learn, "Azure Key Vault security baseline"; "Key Vault access control default".
    """

    vault: keyvault.Vault
    """The vault."""
    id: pulumi.Output[str]
    """The vault's resource id, the scope of a grant on it."""
    name: pulumi.Output[str]
    """The vault's name in Azure."""
    reference: VaultReference
    """What a mount needs of it."""
    vault_uri: pulumi.Output[str]
    """The data-plane address."""
    audit: monitor.DiagnosticSetting | None
    """What sends the AuditEvent logs."""
    private_endpoint: RegisteredEndpoint | None
    """The private endpoint with its DNS."""

    def __init__(self, name: str, args: KeyVaultArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None):
        args = KeyVaultArgs.of(args)
        config = client_config(opts)
        if not re.fullmatch(_KEY_PATTERN, name):
            text = f"must be 1-80 letters, digits and . _ -, with a letter or digit at both ends; got {name!r}"
            raise InvalidArgumentError(f"KeyVault {name!r}", [Problem(("name",), text)])
        azure_name = args.vault_name or derived(
            config.subscription_id, args.resource_group_name, lambda names: names.vault(name)
        )
        if args.recover and not isinstance(azure_name, str):
            raise InvalidArgumentError(
                f"KeyVault {name!r}",
                [Problem(("recover",), "must be left out unless vault_name or resource_group_name is plain text")],
            )
        recover = args.recover and deleted_vault_exists(str(azure_name), args.location, opts, args.cloud)
        super().__init__("aks-workload-identity:index:KeyVault", name, {}, opts)

        self.vault = keyvault.Vault(
            name,
            resource_group_name=args.resource_group_name,
            location=args.location,
            vault_name=azure_name,
            properties=keyvault.VaultPropertiesArgs(
                create_mode=keyvault.CreateMode.RECOVER if recover else None,
                tenant_id=config.tenant_id,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName(args.sku)),
                # Always written out: left out, API versions before 2026-02-01 choose access policies.
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                soft_delete_retention_in_days=args.soft_delete_retention_days,
                enable_purge_protection=True,
                public_network_access=args.public_network_access,
                network_acls=keyvault.NetworkRuleSetArgs(
                    bypass=keyvault.NetworkRuleBypassOptions.NONE,
                    default_action=keyvault.NetworkRuleAction.DENY,
                    ip_rules=[keyvault.IPRuleArgs(value=value) for value in args.allowed_ip_ranges],
                    virtual_network_rules=[keyvault.VirtualNetworkRuleArgs(id=id_) for id_ in args.allowed_subnet_ids],
                ),
            ),
            tags=args.tags,
            # How the vault came to be is no difference afterwards.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["properties.createMode"]),
        )
        self.id = self.vault.id
        self.name = pulumi.Output.from_input(azure_name)
        self.vault_uri = self.vault.properties.apply(lambda properties: properties.vault_uri or "")
        self.audit = None
        if args.workspace_id is not None:
            self.audit = send_logs(
                name,
                resource_id=self.vault.id,
                workspace_id=args.workspace_id,
                categories=["AuditEvent"],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.private_endpoint = None
        if args.private_endpoint is not None:
            self.private_endpoint = register_private_endpoint(
                name,
                args.private_endpoint,
                parent=self,
                service_id=self.vault.id,
                service_name=azure_name,
                group_id="vault",
                zone_name=ENVIRONMENTS[args.cloud].vault_private_zone,
                resource_group_name=args.resource_group_name,
                location=args.location,
                tags=args.tags,
            )
        self.reference = VaultReference(key=name, name=azure_name, id=self.vault.id)
        self.register_outputs({"vaultUri": self.vault_uri})
