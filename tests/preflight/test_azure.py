"""The preflight through Azure's real clients: what is wrong is exactly what is marked."""

from contextlib import closing
from typing import Any

import pytest
from aks_workload_identity.preflight import Login, PreflightArgs, Status, checks, preflight, show, table
from aks_workload_identity.preflight.reader import Reader
from azure.core.exceptions import ClientAuthenticationError

from sandbox.azure.circumstances import ADMINS
from tests.preflight.azure import PLANNED, Subscription
from tests.sandbox.azure_client import (
    a_registry,
    a_storage_account,
    a_vault,
    ai_account,
    an_ai_account,
    registry,
    storage_account,
    vault,
)

pytestmark = pytest.mark.capability("A22")


def test_a_subscription_that_is_ready_has_nothing_to_put_right(
    subscription: Subscription, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for name, value in subscription.variables.items():
        monkeypatch.setenv(name, value)

    code = show(lambda _: PreflightArgs(**PLANNED))

    assert code == 0
    assert capsys.readouterr().out.splitlines()[-1] == "14 as needed, 0 to put right, 0 not checked"


@pytest.mark.parametrize(
    ("circumstances", "check", "command"),
    [
        ({"caller_groups": ()}, "admin groups", f"az ad group member add --group {ADMINS} --member-id "),
        ({"caller_roles": ("Contributor",)}, "role assignments", "az role assignment create --assignee-object-id "),
        (
            {"unregistered_providers": ("Microsoft.ContainerService", "Microsoft.Network")},
            "resource providers",
            "az provider register --wait --namespace Microsoft.ContainerService && "
            "az provider register --wait --namespace Microsoft.Network",
        ),
        ({"names_taken": ("kv-shop",)}, "vault", "az keyvault check-name --name kv-shop"),
        ({"names_taken": ("crshop",)}, "registry", "az acr check-name --name crshop"),
        ({"names_taken": ("stshop",)}, "storage account", "az storage account check-name --name stshop"),
        ({"names_taken": ("OAI-shop",)}, "AI account", "az cognitiveservices account list-deleted"),
        ({"vcpus_used": 89}, "vCPUs of standardDDSv5Family", "az vm list-usage --location westeurope"),
    ],
)
def test_what_is_wrong_in_azure_is_the_only_failure_and_has_its_command(
    subscription: Subscription, circumstances: dict[str, Any], check: str, command: str
):
    failed = subscription.stands(**circumstances).failed()

    assert list(failed) == [check]
    assert command in failed[check].command


def test_a_failure_is_printed_over_its_command_and_is_the_exit_code(
    subscription: Subscription, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    subscription.stands(names_taken=("kv-shop",))
    for name, value in subscription.variables.items():
        monkeypatch.setenv(name, value)

    code = show(lambda _: PreflightArgs(**PLANNED))

    lines = capsys.readouterr().out.splitlines()
    wrong = next(number for number, line in enumerate(lines) if line.startswith("✗ vault  "))
    assert code == 1
    assert lines[wrong + 1].lstrip().startswith("→ az keyvault show-deleted --name kv-shop ||")
    assert lines[-1] == "13 as needed, 1 to put right, 0 not checked"


@pytest.mark.parametrize(
    ("planned", "check", "command"),
    [
        (
            {"authorized_ip_ranges": ["20.50.0.0/24"], "caller_address": "20.51.0.7"},
            "caller's address",
            "add 20.51.0.7/32 to the API server's authorized IP ranges",
        ),
        ({"vm_sizes": {"Standard_D4ds_v9": 3}}, "VM size Standard_D4ds_v9", "az vm list-skus --location westeurope"),
        ({"vm_sizes": {"Standard_D16ds_v5": 7}}, "vCPUs of standardDDSv5Family", "az vm list-usage"),
        ({"other_providers": ["Microsoft.Nothing"]}, "resource providers", "--namespace Microsoft.Nothing"),
    ],
)
def test_what_cannot_work_as_planned_is_the_only_failure(
    subscription: Subscription, planned: dict[str, Any], check: str, command: str
):
    failed = subscription.failed(**planned)

    assert list(failed) == [check]
    assert command in failed[check].command


def test_kubelogin_that_is_missing_is_the_only_failure(
    subscription: Subscription, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
):
    monkeypatch.setenv("PATH", str(tmp_path))

    failed = subscription.failed()

    assert [(row.check, row.command) for row in failed.values()] == [("kubelogin", "az aks install-cli")]


def test_soft_deleted_names_fail_unless_the_program_recovers_them(subscription: Subscription):
    azure = subscription.client
    azure.make_group()
    azure.make(vault("kv-shop"), a_vault())
    azure.make(ai_account("oai-shop"), an_ai_account(customSubDomainName="oai-shop"))
    azure.delete(vault("kv-shop"))
    azure.delete(ai_account("oai-shop"))

    failed = subscription.failed()
    recovered = subscription.failed(recovered_names=["kv-shop", "oai-shop"])

    assert list(failed) == ["vault", "AI account"]
    assert all("is soft-deleted until 20" in row.found for row in failed.values())
    assert failed["vault"].command.startswith("az keyvault show-deleted --name kv-shop")
    assert recovered == {}


def test_what_the_stack_made_already_is_no_failure(subscription: Subscription):
    azure = subscription.client
    azure.make_group()
    azure.make(vault("kv-shop"), a_vault())
    azure.make(registry("crshop"), a_registry())
    azure.make(storage_account("stshop"), a_storage_account())
    azure.make(ai_account("oai-shop"), an_ai_account(customSubDomainName="oai-shop"))

    rows = {row.check: row for row in subscription.rows()}

    assert {row.status for row in rows.values()} == {Status.PASSED}
    for check in ("vault", "registry", "storage account", "AI account"):
        assert "is there already, in this resource group" in rows[check].found


def test_a_name_of_another_resource_group_is_taken(subscription: Subscription):
    subscription.client.make_group()
    subscription.client.make(vault("kv-shop"), a_vault())

    assert list(subscription.failed(resource_group_name="rg-other")) == ["vault"]


@pytest.mark.parametrize("exists", [True, False], ids=["group exists", "group does not exist yet"])
@pytest.mark.parametrize(
    ("roles", "may"),
    [
        (("Owner",), True),
        (("Contributor",), False),
        (("Contributor", "User Access Administrator"), True),
        (("Contributor", "Role Based Access Control Administrator"), True),
        (("Reader",), False),
        ((), False),
    ],
)
def test_who_may_write_role_assignments_is_known_before_and_after_the_group_exists(
    subscription: Subscription, roles: tuple[str, ...], may: bool, exists: bool
):
    if exists:
        subscription.client.make_group()
    subscription.stands(caller_roles=roles)

    with closing(Reader(Login.find(environment=subscription.variables))) as reader:
        caller = reader.caller()
        row = checks.role_assignments(caller, subscription.store.subscription_id, "rg", reader.rights("rg", caller))

    assert row.status is (Status.PASSED if may else Status.FAILED)


def test_a_missing_right_comes_with_a_text_to_hand_over(subscription: Subscription):
    subscription.stands(caller_roles=("Contributor",))

    rows = subscription.rows()

    handed_over = table(rows).partition("To hand over to an Owner")[2]
    for part in (subscription.store.caller_object_id, "/resourceGroups/rg", "Role Based Access Control Administrator"):
        assert part in handed_over


def test_a_directory_that_may_not_be_read_is_no_verdict(subscription: Subscription):
    subscription.stands(directory_readable=False)

    rows = {row.check: row for row in subscription.rows()}

    assert rows["admin groups"].status is Status.UNKNOWN
    assert "not checked: Azure answers 403: Insufficient privileges" in rows["admin groups"].found
    assert rows["admin groups"].command.startswith("az ad group member check")
    assert [check for check, row in rows.items() if row.status is not Status.PASSED] == ["admin groups"]


def test_a_subscription_that_the_login_cannot_see_fails_and_nothing_else_is_judged_by_it(subscription: Subscription):
    login = Login.find("00000000-0000-4000-8000-000000000009", subscription.variables)

    rows = preflight(PreflightArgs(**PLANNED), login)

    assert [row.check for row in rows if row.status is Status.FAILED] == ["subscription"]
    assert {row.check for row in rows if row.status is Status.UNKNOWN} >= {"role assignments", "vault", "vCPUs"}


def test_a_login_that_entra_refuses_is_the_only_failure_and_shows_no_secret(subscription: Subscription):
    variables = {**subscription.variables, "ARM_OIDC_TOKEN": "ey.not.mine"}

    rows = preflight(PreflightArgs(**PLANNED), Login.find(environment=variables))

    assert [(row.check, row.command) for row in rows if row.status is Status.FAILED] == [("login", "az login")]
    assert "AADSTS" in rows[0].found
    assert "ey.not.mine" not in table(rows)


def test_azure_is_asked_and_never_told_and_nobody_else_is_asked(subscription: Subscription):
    subscription.rows(authorized_ip_ranges=["203.0.113.0/24"])

    hosts = {host for _, host, _ in subscription.asked}
    posted = {path.rpartition("/")[2] for method, _, path in subscription.asked if method == "POST"}
    assert hosts == {"management.azure.com", "login.microsoftonline.com", "graph.microsoft.com"}
    assert {method for method, _, _ in subscription.asked} == {"GET", "POST"}
    assert posted == {"token", "checkMemberGroups", "checkNameAvailability", "checkDomainAvailability"}


def test_no_token_reaches_the_table(subscription: Subscription):
    shown = table(subscription.rows())

    assert subscription.variables["ARM_OIDC_TOKEN"] not in shown
    assert "eyJ" not in shown


def test_without_any_login_the_table_says_so(
    subscription: Subscription, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    code = show(lambda _: PreflightArgs(**PLANNED))

    assert code == 1
    assert "✗ login  neither ARM_SUBSCRIPTION_ID nor the Azure CLI names a subscription" in capsys.readouterr().out
    with pytest.raises(ClientAuthenticationError):
        Login.find()


def test_an_unregistered_provider_makes_nothing_in_the_sandbox_either(subscription: Subscription):
    subscription.client.make_group()
    subscription.stands(unregistered_providers=("Microsoft.KeyVault",))

    refused = subscription.client.put(vault("kv-shop"), a_vault())

    assert refused.refusal == (409, "MissingSubscriptionRegistration")
