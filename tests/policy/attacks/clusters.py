"""Clusters with a way around Entra ID."""

import functools

from tests.azure_mocks import guid
from tests.policy.attacks.attack import Attack, laundered, raw
from tests.policy.builders import cluster

ATTACKS = (
    Attack(
        "an API server open to everybody in two halves",
        "cluster-api-server-is-restricted",
        lambda: cluster(
            "aks",
            api_server_access_profile={"disableRunCommand": True, "authorizedIPRanges": ["0.0.0.0/1", "128.0.0.0/1"]},
        ),
    ),
    *(
        Attack(
            f"an API server open to {words}",
            "cluster-api-server-is-restricted",
            functools.partial(
                cluster, "aks", api_server_access_profile={"disableRunCommand": True, "authorizedIPRanges": ranges}
            ),
        )
        for words, ranges in {
            "everybody in four quarters": ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"],
            "a quarter of the internet": ["203.0.113.0/24", "64.0.0.0/2"],
            "everybody in many parts": [f"{number}.0.0.0/9" for number in range(0, 256, 2)],
            "everybody by a mask": ["0.0.0.0/0.0.0.0"],
            "everybody by the newer protocol": ["2000::/3"],
            "two of the widest that one owner has": ["8.0.0.0/7"],
            "a range that is none": ["AzureCloud"],
        }.items()
    ),
    Attack(
        "a profile of the cluster in a list",
        "cluster-workload-identity-is-on",
        lambda: raw(
            "azure-native:containerservice:ManagedCluster", securityProfile=[{"workloadIdentity": {"enabled": True}}]
        ),
    ),
    Attack(
        "the secret of an application that signs people in",
        "cluster-has-no-service-principal",
        lambda: cluster(
            "aks",
            aad_profile={"managed": True, "enableAzureRBAC": True, "serverAppSecret": laundered("x")},
        ),
    ),
    Attack(
        "pod identities that wait for their switch",
        "cluster-has-no-pod-identity",
        lambda: cluster(
            "aks",
            pod_identity_profile={
                "allow_network_plugin_kubenet": True,
                "user_assigned_identities": [{"name": "a", "namespace": "b", "identity": {"resource_id": "x"}}],
            },
        ),
    ),
    *(
        Attack(
            f"an application in place of Entra's own integration ({setting})",
            "cluster-has-no-service-principal",
            functools.partial(
                cluster, "x", aad_profile={"managed": True, "enableAzureRBAC": True, setting: guid("application")}
            ),
        )
        for setting in ("serverAppID", "clientAppID", "serverAppSecret")
    ),
)
