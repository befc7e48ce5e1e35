"""What of a live resource counts as drift, without a server."""

from typing import Any

import pytest

from sandbox.plugins.arm_shape import drifted
from sandbox.plugins.arm_types import TYPES

CLUSTER = TYPES["containerservice:ManagedCluster"]


@pytest.mark.parametrize(
    ("inputs", "before", "live", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1}, id="an output that was no input is none"),
        pytest.param({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}, id="a changed value is taken"),
        pytest.param({"a": 1}, {"a": 1}, {}, {}, id="a value that vanished goes"),
        pytest.param({"secret": 1}, {}, {}, {"secret": 1}, id="a value that Azure never shows stays"),
        pytest.param({"p": {"a": 1}}, {"p": {"a": 1, "d": 0}}, {"p": {"a": 1, "d": 0}}, {"p": {"a": 1}}, id="defaults"),
        pytest.param(
            {"p": {"a": 1}},
            {"p": {"a": 1, "d": 0}},
            {"p": {"a": 1, "d": 5}},
            {"p": {"a": 1, "d": 5}},
            id="a changed default",
        ),
        pytest.param({}, {}, {"tags": {"t": "v"}}, {"tags": {"t": "v"}}, id="a new tag"),
        pytest.param(
            {"location": "West Europe"},
            {"location": "West Europe"},
            {"location": "westeurope"},
            {"location": "West Europe"},
            id="spelling of a location",
        ),
        pytest.param(
            {"x": "/subscriptions/S/a"},
            {"x": "/subscriptions/S/a"},
            {"x": "/subscriptions/s/A"},
            {"x": "/subscriptions/S/a"},
            id="spelling of an id",
        ),
        pytest.param(
            {"oidcIssuerProfile": {"enabled": True}},
            {"oidcIssuerProfile": {"enabled": True, "issuerURL": "old"}},
            {"oidcIssuerProfile": {"enabled": True, "issuerURL": "new"}},
            {"oidcIssuerProfile": {"enabled": True}},
            id="a computed output",
        ),
        pytest.param(
            {"identity": {"userAssignedIdentities": ["/subscriptions/s/a"]}},
            {"identity": {"userAssignedIdentities": {"/subscriptions/s/a": {"clientId": "1"}}}},
            {"identity": {"userAssignedIdentities": {"/subscriptions/s/A": {"clientId": "1"}}}},
            {"identity": {"userAssignedIdentities": ["/subscriptions/s/a"]}},
            id="a set of identities",
        ),
        pytest.param(
            {"identity": {"userAssignedIdentities": ["/subscriptions/s/a"]}},
            {"identity": {"userAssignedIdentities": {"/subscriptions/s/a": {}}}},
            {"identity": {"userAssignedIdentities": {"/subscriptions/s/a": {}, "/subscriptions/s/b": {}}}},
            {"identity": {"userAssignedIdentities": ["/subscriptions/s/a", "/subscriptions/s/b"]}},
            id="one identity more",
        ),
    ],
)
def test_drift(inputs: Any, before: Any, live: Any, expected: Any) -> None:
    assert drifted(CLUSTER, inputs, before, live) == expected
