"""DefenderForContainersPlan: Microsoft Defender's Containers plan, for a whole subscription."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pulumi
from pulumi_azure_native import resources
from pydantic import StrictBool

from ..arguments import Arguments
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..names import Location

# azure-policy, "Configure Microsoft Defender for Containers plan", version 1.5.0: what the plan can be told.
ContainersExtension = Literal[
    "AgentlessDiscoveryForKubernetes",
    "AgentlessVmScanning",
    "ContainerIntegrityContribution",
    "ContainerRegistriesVulnerabilityAssessments",
    "ContainerSensor",
]
# azure-rest-api-specs, Microsoft.Resources: deploymentName.
_DEPLOYMENT_NAME = re.compile(r"[-\w.()]{1,64}", re.ASCII)
_SCHEMA = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"


class DefenderForContainersPlanArgs(Arguments):
    """Arguments of `DefenderForContainersPlan`."""

    location: Location
    """The region that keeps Azure's record of the change; the plan itself has none."""
    extensions: Mapping[ContainersExtension, StrictBool] = {}
    """What the plan does by itself, on or off, by Azure's names. Azure decides what is left out, and turns some of it
    on when the plan starts; so turn one off with `False`, not by leaving it out. `ContainerSensor` puts the sensor on
    **every** cluster of the subscription; a cluster with `defender` has it without."""


class DefenderForContainersPlan(Component):
    """Microsoft Defender's Containers plan of the whole subscription: from then on it costs money for each vCore.

    It covers every cluster and every registry in the subscription, whoever made them, and bills the vCores of all
    those clusters, which is why no cluster ever makes it: it belongs in one program of whoever owns the subscription.
    That program's login needs the role `Security Admin` there. Without the plan, the sensor of `Defender` raises no
    alerts.

    **Destroying it does not turn the plan off**, and neither does taking it out of the program. Every subscription has
    all plans from its first day, `Free` or `Standard`, and Azure refuses to delete one; so this is an Azure
    deployment that says `Standard`, and what is destroyed is the record of it. To turn the plan off:

        az security pricing create --name Containers --tier free

    Nor is it noticed when somebody else does that: what Pulumi refreshes is the record as well. Look with
    `az security pricing show --name Containers`, and turn it on again with
    `pulumi up --replace <urn of the deployment>`.

    Creates:
        - a `DeploymentAtSubscriptionScope`, whose template has the plan and nothing else

    Args:
        name: the logical name, which is that of the deployment in Azure too: 1-64 letters, digits and - _ . ( ), and
            no other deployment of the subscription.
        args: see `DefenderForContainersPlanArgs`.
        opts: standard resource options; the subscription is that of the azure-native provider.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Enable Microsoft Defender for Containers" and "Subscription deployments with ARM
    templates"; azure-rest-api-specs security 2024-01-01.
    """

    deployment: resources.DeploymentAtSubscriptionScope
    """The deployment that turned the plan on."""

    def __init__(
        self,
        name: str,
        args: DefenderForContainersPlanArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ):
        args = DefenderForContainersPlanArgs.of(args)
        problems = list(_problems(name))
        if problems:
            raise InvalidArgumentError(f"DefenderForContainersPlan {name!r}", problems)
        super().__init__("aks-workload-identity:index:DefenderForContainersPlan", name, {}, opts)

        self.deployment = resources.DeploymentAtSubscriptionScope(
            name,
            deployment_name=name,
            location=args.location,
            properties=resources.DeploymentPropertiesArgs(
                mode=resources.DeploymentMode.INCREMENTAL, template=_template(args)
            ),
            # A deployment cannot move, and there cannot be two of one name; the plan stays on in between.
            opts=pulumi.ResourceOptions(parent=self, replace_on_changes=["location"], delete_before_replace=True),
        )
        self.register_outputs({})


def _template(args: DefenderForContainersPlanArgs) -> dict[str, Any]:
    plan: dict[str, Any] = {"pricingTier": "Standard"}
    if args.extensions:
        plan["extensions"] = [
            {"name": name, "isEnabled": str(enabled)} for name, enabled in sorted(args.extensions.items())
        ]
    return {
        "$schema": _SCHEMA,
        "contentVersion": "1.0.0.0",
        "resources": [
            {
                "type": "Microsoft.Security/pricings",
                "apiVersion": "2024-01-01",
                "name": "Containers",
                "properties": plan,
            }
        ],
    }


def _problems(name: str) -> Iterator[Problem]:
    if not _DEPLOYMENT_NAME.fullmatch(name):
        rule = "must be a deployment name of 1-64 letters, digits and - _ . ( ), for example 'defender'"
        yield Problem(("name",), f"{rule}; got {name!r}")
