"""The dev stack, deployed once by the real engine for every test of the real Azure CLI."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from sandbox.azure.store import Store
from sandbox.entra.issuers import find
from sandbox.home import Home
from tests.az.azure_cli import Answer, run
from tests.engine.deployed import DeployedDevStack
from tests.engine.engine import Engine

LOGIN = 'az login --service-principal --username "$ARM_CLIENT_ID" --tenant "$ARM_TENANT_ID" '
AUDIENCE = "api://AzureADTokenExchange"


@dataclass
class DevStack:
    """What the engine has made, to compare with what az says."""

    engine: Engine

    @cached_property
    def resources(self) -> list[dict[str, Any]]:
        return self.engine.state()

    def of(self, type_: str) -> list[dict[str, Any]]:
        """Id and outputs of every resource of a type, at least one."""
        found = [{**r["outputs"], "id": r["id"]} for r in self.resources if r["type"] == f"azure-native:{type_}"]
        assert found, f"the stack has no {type_}"
        return found

    @cached_property
    def credentials(self) -> dict[str, list[dict[str, Any]]]:
        """The credentials of each identity that has any, by the identity's name."""
        found: dict[str, list[dict[str, Any]]] = {}
        for resource in self.resources:
            if resource["type"].endswith(":FederatedIdentityCredential"):
                found.setdefault(resource["id"].split("/")[-3], []).append(resource["outputs"])
        return found

    def identity(self, name: str) -> dict[str, Any]:
        return next(each for each in self.of("managedidentity:UserAssignedIdentity") if each["name"] == name)

    def assertion(self, identity: str, **changes: Any) -> str:
        """A service account's token as its cluster signs it."""
        trusted = self.credentials[identity][0]
        now = int(time.time())
        claims = {"iss": trusted["issuer"], "sub": trusted["subject"], "aud": [AUDIENCE], "iat": now, "exp": now + 600}
        store = Store(Home(self.engine.home).store)
        try:
            issuer = find(store, trusted["issuer"])
            assert issuer is not None
            return issuer.signed({**claims, **changes})
        finally:
            store.close()


@pytest.fixture(scope="session")
def stack(deployed_dev_stack: DeployedDevStack, tmp_path_factory: pytest.TempPathFactory) -> DevStack:
    return DevStack(deployed_dev_stack.copied(tmp_path_factory.mktemp("az") / "home"))


@pytest.fixture(scope="session")
def read(stack: DevStack) -> dict[str, Answer]:
    """What az reads in the deployed stack."""
    store = Store(Home(stack.engine.home).store)
    secret = store.caller_secret
    store.close()
    (group,) = stack.of("resources:ResourceGroup")
    (cluster,) = stack.of("containerservice:ManagedCluster")
    in_group = f"-g {group['name']}"
    workload, trusted = next(iter(stack.credentials.items()))
    other = LOGIN.replace("$ARM_CLIENT_ID", stack.identity(workload)["clientId"])
    stranger = f"system:serviceaccount:default:{trusted[0]['subject'].rpartition(':')[2]}"
    lines = {
        "not_logged_in": "az group list",
        "by_secret": f"{LOGIN} --password {secret}",
        "out": "az logout",
        "by_token": f'{LOGIN} --federated-token "$ARM_OIDC_TOKEN"',
        "identities": "az identity list",
        "issuer": f"az aks show {in_group} -n {cluster['name']} --query oidcIssuerProfile.issuerUrl",
        "pools": f"az aks nodepool list {in_group} --cluster-name {cluster['name']}",
        "vault": f"az keyvault show -n {stack.of('keyvault:Vault')[0]['name']}",
        "deleted_vaults": "az keyvault list-deleted",
        "registry": f"az acr show -n {stack.of('containerregistry:Registry')[0]['name']}",
        "storage": f"az storage account show -n {stack.of('storage:StorageAccount')[0]['name']}",
        "ai": f"az cognitiveservices account show {in_group} -n {stack.of('cognitiveservices:Account')[0]['name']}",
        "group": f"az group show -n {group['name']}",
        "exists": f"az group exists -n {group['name']}; az group exists -n nothing",
        "resources": f"az resource list {in_group}",
        "vaults": f"az resource list {in_group} --resource-type Microsoft.KeyVault/vaults",
        "principal": f"az ad sp show --id {stack.identity(workload)['clientId']}",
        "of_principal": f"az role assignment list --all --assignee {stack.identity(workload)['principalId']}",
        **{
            f"{what}_{name}": line.format(**stack.identity(name))
            for name in stack.credentials
            for what, line in (
                ("credentials", f"az identity federated-credential list {in_group} --identity-name {{name}}"),
                ("roles", "az role assignment list --all --assignee {clientId}"),
            )
        },
        "elsewhere": f"export AZURE_CONFIG_DIR={stack.engine.home / 'other-login'}",
        "as_stranger": f"{other} --federated-token {stack.assertion(workload, sub=stranger)}",
        "as_workload": f"{other} --federated-token {stack.assertion(workload)}",
    }
    return run(stack.engine, lines)
