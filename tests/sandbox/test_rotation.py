"""What the CSI driver of a node is told of rotation."""

from typing import Any

import pytest

from sandbox.control_plane.secrets_store import rotation_flags


@pytest.mark.parametrize(
    ("config", "enabled", "interval"),
    [
        ({}, "false", "2m"),
        ({"enableSecretRotation": "true"}, "true", "2m"),
        ({"enableSecretRotation": "true", "rotationPollInterval": "30s"}, "true", "30s"),
        ({"enableSecretRotation": "false", "rotationPollInterval": "1h"}, "false", "1h"),
    ],
)
def test_the_driver_is_told_what_the_clusters_add_on_says(config: dict[str, str], enabled: str, interval: str):
    profile = {"enabled": True, "config": config}
    cluster: dict[str, Any] = {"properties": {"addonProfiles": {"azureKeyvaultSecretsProvider": profile}}}

    flags = rotation_flags(cluster)

    assert flags == [f"--enable-secret-rotation={enabled}", f"--rotation-poll-interval={interval}"]


def test_a_cluster_that_says_nothing_of_the_add_on_has_no_rotation():
    assert rotation_flags({"properties": {}})[0] == "--enable-secret-rotation=false"
