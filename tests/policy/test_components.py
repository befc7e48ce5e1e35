"""What the components make has nothing against it, whatever is chosen."""

from collections.abc import Callable
from typing import Any

import aks_workload_identity as wi
import pytest
from aks_workload_identity import grants

from tests.components import builders
from tests.components.clusters import SUBNET_ID, ZONE_ID
from tests.components.granting import CRYPTO_USER, WHY
from tests.components.test_federated_application import application
from tests.components.test_team_namespace import in_azure, team
from tests.policy.judging import Config, judge
from tests.recorder import run

ISSUERS: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [builders.ISSUER]}}
ROLE_ADMIN = {"group_object_id": "33333333-3333-4333-8333-333333333333", "access": "admin", "because": "Runs the shop."}


def synced() -> None:
    sync = {
        "orders-db": wi.SyncedSecret(because="The chart reads its password from a Secret.", data={"PASSWORD": "db"})
    }
    builders.mount(builders.workload(), objects={"db": wi.Secret()}, sync=sync)


def two_mounts() -> None:
    workload = builders.workload(service_accounts=builders.accounts("api", "worker"))
    builders.mount(workload, objects={"db": wi.Secret(), "tls": wi.Certificate(private_key=True), "sign": wi.Key()})


def attached() -> None:
    registries = {"shop": wi.RegistryAttachment(registry_id=builders.REGISTRY_ID)}
    builders.cluster(registries=registries, api_server=wi.ApiServerAccess(authorized_ip_ranges=["203.0.113.0/24"]))


def in_a_zone() -> None:
    access = wi.ApiServerAccess(private=True, private_dns_zone=ZONE_ID)
    builders.cluster(system_pool=wi.NodePool(subnet_id=SUBNET_ID), api_server=access)


MADE: dict[str, Callable[[], Any]] = {
    "a cluster with a registry": attached,
    "a private cluster": lambda: builders.cluster(api_server=wi.ApiServerAccess(private=True)),
    "a cluster in a subnet of one's own": lambda: builders.cluster(
        system_pool=wi.NodePool(subnet_id=SUBNET_ID),
        api_server=wi.ApiServerAccess(authorized_ip_ranges=["203.0.113.0/24"]),
    ),
    "a cluster with a zone of one's own": in_a_zone,
    "a workload of two accounts and all kinds of objects": two_mounts,
    "a mount that copies into a Secret": synced,
    "a wider grant": lambda: builders.workload(
        grants={"sign": grants.wider(CRYPTO_USER, builders.VAULT_ID, because=WHY)}
    ),
    "one named secret": lambda: builders.workload(
        grants={"db": grants.key_vault.read_secrets(builders.VAULT_ID, names=["db"])}
    ),
    "a team by Kubernetes' roles": team,
    "a team by Azure's roles": in_azure,
    "a team with an administrator": lambda: in_azure(groups={"admins": ROLE_ADMIN}),
    "an application": application,
}


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("what", MADE)
def test_nothing_stops_what_components_make(what: str, preview: bool):
    found = judge(run(MADE[what], preview=preview), config=ISSUERS)

    assert {v.rule: v.message for v in found if v.level == "MANDATORY"} == {}


def test_a_grants_reason_is_shown_and_can_be_refused():
    recording = run(MADE["a wider grant"])

    shown = judge(recording, config=ISSUERS)
    refused = judge(recording, config={**ISSUERS, "pack-settings": {"acceptComponentReasons": False}})

    assert any(WHY in v.message for v in shown if v.rule == "wider-role-has-a-reason")
    assert [v.level for v in refused if v.rule == "wider-role-has-a-reason"] == ["MANDATORY"]
