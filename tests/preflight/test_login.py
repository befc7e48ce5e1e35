"""The login is the one that Pulumi will use."""

import json
from pathlib import Path

import pytest
from aks_workload_identity.preflight import Login
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AzureCliCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)

pytestmark = pytest.mark.capability("A22")

WHERE = {"ARM_SUBSCRIPTION_ID": "s", "ARM_TENANT_ID": "0a1b2c3d-0000-4000-8000-123456789abc", "ARM_CLIENT_ID": "c"}


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "token"}, ClientAssertionCredential),
        ({"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "token", "ARM_CLIENT_SECRET": "x"}, ClientAssertionCredential),
        ({"ARM_USE_MSI": "true"}, ManagedIdentityCredential),
        ({"ARM_CLIENT_SECRET": "x"}, ClientSecretCredential),
        ({"ARM_USE_OIDC": "false"}, AzureCliCredential),
        ({}, AzureCliCredential),
    ],
)
def test_each_way_to_log_in_is_found_in_azure_natives_order(variables: dict[str, str], kind: type):
    assert type(Login.find(environment={**WHERE, **variables}).credential) is kind


def test_a_token_in_a_file_is_read(tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("token\n")

    login = Login.find(environment={**WHERE, "ARM_USE_OIDC": "1", "ARM_OIDC_TOKEN_FILE_PATH": str(token)})

    assert login.how == "the federated token in ARM_OIDC_TOKEN_FILE_PATH"


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({"ARM_USE_OIDC": "true"}, "ARM_OIDC_TOKEN_FILE_PATH"),
        ({"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "t", "ARM_TENANT_ID": ""}, "ARM_TENANT_ID is not set"),
    ],
)
def test_a_login_that_lacks_something_says_what(variables: dict[str, str], missing: str):
    with pytest.raises(ClientAuthenticationError, match=missing):
        Login.find(environment={**WHERE, **variables})


def test_what_a_login_is_called_holds_no_secret():
    login = Login.find(environment={**WHERE, "ARM_CLIENT_SECRET": "hush"})

    assert "hush" not in repr(login)


def test_the_subscription_is_the_given_one_then_the_variables_then_the_azure_clis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    az = tmp_path / "az"
    az.write_text(f"#!/bin/sh\necho '{json.dumps({'id': 'of az'})}'\n")
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    assert Login.find("given", WHERE).subscription_id == "given"
    assert Login.find(environment=WHERE).subscription_id == "s"
    assert Login.find(environment={}).subscription_id == "of az"


@pytest.mark.parametrize("variable", ["ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"])
def test_another_cloud_is_refused_instead_of_asked_at_the_wrong_address(variable: str):
    with pytest.raises(
        ClientAuthenticationError, match="only the public cloud is looked at; the environment is 'china'"
    ):
        Login.find(environment={**WHERE, variable: "china"})

    assert Login.find(environment={**WHERE, variable: "public"}).subscription_id == "s"
