"""What people change in Azure behind a program's back, as `az` does it: over the REST API; and put back afterwards."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandbox.azure.store import Json
from sandbox.firewall import CLIENT_ADDRESS

if TYPE_CHECKING:
    from tests.chain.conftest import Chain

_WRITTEN = ("location", "tags", "sku", "kind", "identity")


@contextmanager
def changed(chain: "Chain", resource_id: str, **properties: Any) -> Generator[None]:
    """A resource has other properties while the block lasts."""
    before = chain.azure.get(resource_id).body
    _write(chain, resource_id, before, **properties)
    try:
        yield
    finally:
        _write(chain, resource_id, before)


@contextmanager
def taken_away(chain: "Chain", *resource_ids: str) -> Generator[None]:
    """Resources of the program are gone while the block lasts; then an update of the program makes them again, and
    finds everything else as it made it."""
    for each in resource_ids:
        assert chain.azure.delete(each).status == 200
    try:
        yield
    finally:
        mended = chain.program.up("--refresh")
    assert mended.exit_code == 0, mended.errors
    assert mended.changes.keys() == {"same", "create"}, mended.steps
    assert mended.changes["create"] == len(resource_ids)


def let_in(chain: "Chain", resource_id: str) -> None:
    """Open a resource's public address to the sandbox's own."""
    before = chain.azure.get(resource_id).body
    rules = {**closed(before), "ipRules": [{"value": CLIENT_ADDRESS}]}
    _write(chain, resource_id, before, publicNetworkAccess="Enabled", networkAcls=rules)


def closed(resource: Json) -> Json:
    """Network rules of a resource that let nobody in."""
    return {**resource["properties"]["networkAcls"], "ipRules": []}


def _write(chain: "Chain", resource_id: str, before: Json, **properties: Any) -> Json:
    stated = {name: before[name] for name in _WRITTEN if name in before}
    return chain.azure.make(resource_id, {**stated, "properties": {**before["properties"], **properties}})
