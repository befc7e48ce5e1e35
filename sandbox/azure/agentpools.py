"""Microsoft.ContainerService/managedClusters/agentPools: the node pools of a cluster.

Sources: Microsoft Learn, resource-name-rules and aks/use-system-pools; azure-rest-api-specs containerservice. Where
neither gives a code it is `InvalidParameter`.
"""

from typing import Any

from .cloud import Cloud
from .errors import ArmError
from .ids import Address, parse
from .resource_type import LongRunning, NameRule, ResourceType, Write
from .store import Json

VERSIONS = ("2025-09-01", "2026-06-01", "2026-08-01")
AGENT_POOLS = "Microsoft.ContainerService/managedClusters/agentPools"
MOST_NODES = 1000


def _invalid(message: str) -> ArmError:
    return ArmError(400, "InvalidParameter", message)


def _check(write: Write) -> None:
    name = write.address.name
    if write.get("properties.osType") == "Windows" and len(name) > 6:
        raise _invalid(f"The Windows agent pool name '{name}' can have at most 6 characters.")
    lowest, highest, count = (write.get(f"properties.{limit}") for limit in ("minCount", "maxCount", "count"))
    least = 1 if write.get("properties.mode") == "System" else 0
    if least:
        _check_system_taints(write)
    if write.get("properties.enableAutoScaling"):
        if lowest is None or highest is None or not least <= lowest <= highest <= MOST_NODES:
            raise _invalid(
                f"The agent pool '{name}' scales by itself and must have a minCount of at least {least} and a maxCount "
                f"from there to {MOST_NODES}; got {lowest} and {highest}."
            )
    elif lowest is not None or highest is not None:
        raise _invalid(f"The agent pool '{name}' has a minCount or maxCount but enableAutoScaling is not set.")
    if count is None:
        write.set("properties.count", lowest if lowest is not None else least)
    elif not isinstance(count, int) or not least <= count <= MOST_NODES:
        raise _invalid(f"The agent pool '{name}' must have a count of {least} to {MOST_NODES}; got {count}.")


def _check_system_taints(write: Write) -> None:
    """Source: the answer of AKS in Azure/AKS issue 2578."""
    taints: list[str] = write.get("properties.nodeTaints") or []
    if any(not each.startswith("CriticalAddonsOnly=") and not each.endswith(":PreferNoSchedule") for each in taints):
        raise ArmError(
            400,
            "SystemPoolHasRestrictedTaint",
            "Operation failed due to insufficient nodes for system pod scheduling. Placing custom taints on system "
            "pool is not supported(except 'CriticalAddonsOnly' taint or taint effect is 'PreferNoSchedule'). Please "
            "refer to https://aka.ms/aks/system-taints for detail",
        )


def _complete(write: Write) -> None:
    write.set("properties.provisioningState", "Succeeded")
    write.set("properties.powerState", {"code": "Running"})


def _removing(cloud: Cloud, body: Json) -> None:
    """A cluster needs a System pool. Source: Microsoft Learn, aks/use-system-pools; the code is not documented."""
    cluster = body["id"].rpartition("/agentPools/")[0]
    others = [pool for pool in of_cluster(cloud, cluster) if pool["id"] != body["id"]]
    if not any(pool["properties"]["mode"] == "System" for pool in others):
        raise no_system_pool()


def no_system_pool() -> ArmError:
    return ArmError(400, "MustDefineAtLeastOneSystemPool", "Must define at least one system pool.")


def of_cluster(cloud: Cloud, cluster_id: str) -> list[Json]:
    return cloud.store.of_type(AGENT_POOLS, under=cluster_id)


def from_profile(cluster: Write, profile: dict[str, Any]) -> Write:
    """The write of a pool that is listed in its cluster."""
    name = str(profile.get("name") or "")
    address = Address(cluster.address.scope, AGENT_POOLS, (*cluster.address.names, name))
    properties = {key: value for key, value in profile.items() if key != "name"}
    before = cluster.cloud.store.get(str(address))
    return AGENT_POOL.write(cluster.cloud, address, cluster.api_version, {"properties": properties}, before)


def as_profile(pool: Json) -> dict[str, Any]:
    address = parse(pool["id"])
    assert address is not None
    return {"name": address.name, **pool["properties"]}


AGENT_POOL = ResourceType(
    name=AGENT_POOLS,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[a-z][a-z0-9]{0,11}",
        "InvalidParameter",
        "The agent pool name '{name}' must be 1 to 12 lower-case letters and digits and start with a letter.",
    ),
    located=False,
    patchable=(),
    required=("properties.vmSize",),
    missing=("InvalidParameter", "Required parameter {path} is missing (null)."),
    immutable=("properties.vmSize", "properties.osType", "properties.vnetSubnetID", "properties.maxPods"),
    read_only=("properties.provisioningState", "properties.powerState"),
    defaults={"properties.mode": "User", "properties.osType": "Linux", "properties.type": "VirtualMachineScaleSets"},
    check=_check,
    complete=_complete,
    removing=_removing,
    long_running=LongRunning(),
    long_delete=True,
)
