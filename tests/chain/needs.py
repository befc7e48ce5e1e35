"""What a test of the chain needs of this machine; `.ci/run` has it all, and there nothing may be skipped."""

import pytest

from sandbox.control_plane.namespaces import mount_command, network_command

needs_driver = pytest.mark.skipif(
    mount_command() is None,
    reason="the CSI driver mounts, which takes a mount namespace: root or user namespaces; this machine allows neither",
)
needs_network = pytest.mark.skipif(
    network_command() is None,
    reason="a second webhook listens at the port of the first one, which takes a network namespace: root or user "
    "namespaces; this machine allows neither",
)
