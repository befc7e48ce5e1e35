"""The kubeconfigs a cluster hands out.

Sources: Microsoft Learn, aks/kubelogin-authentication (the two application ids, the exec plugin) and
aks/manage-local-accounts-managed-azure-ad.
"""

import base64
from typing import Any

import yaml

from .cloud import Cloud
from .errors import bad_request
from .ids import resource_group_of
from .resource_type import Answer, Request
from .store import Json

SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630"
CLIENT_APPLICATION = "80faf920-1908-4b52-b5ef-a8e7bedfc67a"


def user_credential(cloud: Cloud, cluster: Json, request: Request) -> Answer:
    """For a cluster with Entra ID: kubelogin by device code, which `kubelogin convert-kubeconfig` turns into others."""
    if not cluster["properties"].get("aadProfile"):
        return _answer(cloud, cluster, "clusterUser", _static_token(cloud, cluster, "user"))
    arguments = {
        "--environment": "AzurePublicCloud",
        "--server-id": SERVER_APPLICATION,
        "--client-id": CLIENT_APPLICATION,
        "--tenant-id": cloud.store.tenant_id,
        "--login": "devicecode",
    }
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": ["get-token", *(word for pair in arguments.items() for word in pair)],
        "env": None,
        "provideClusterInfo": False,
    }
    return _answer(cloud, cluster, "clusterUser", {"exec": plugin})


def admin_credential(cloud: Cloud, cluster: Json, request: Request) -> Answer:
    if cluster["properties"].get("disableLocalAccounts"):
        raise bad_request(
            "Getting static credential is not allowed because this cluster is set to disable local accounts."
        )
    return _answer(cloud, cluster, "clusterAdmin", _static_token(cloud, cluster, "admin"))


def _static_token(cloud: Cloud, cluster: Json, who: str) -> dict[str, str]:
    return {"token": cloud.store.guid("kubeconfig", cluster["properties"]["resourceUID"], who).replace("-", "")}


def _answer(cloud: Cloud, cluster: Json, account: str, user: dict[str, Any]) -> Answer:
    name = cluster["name"]
    user_name = f"{account}_{resource_group_of(cluster['id'])}_{name}"
    config: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "clusters": [
            {
                "name": name,
                "cluster": {
                    "server": f"https://{cluster['properties']['fqdn']}:443",
                    "certificate-authority-data": base64.b64encode(cloud.ca_pem).decode(),
                },
            }
        ],
        "users": [{"name": user_name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user_name}}],
        "current-context": name,
    }
    text = yaml.safe_dump(config, sort_keys=False)
    return Answer(200, {"kubeconfigs": [{"name": account, "value": base64.b64encode(text.encode()).decode()}]})
