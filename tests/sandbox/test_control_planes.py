"""Control planes as far as nothing has to run for it; the programs themselves run in tests/chain."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure.store import Store
from sandbox.certificates import Authority
from sandbox.control_plane import programs
from sandbox.control_plane.control_planes import ControlPlanes
from sandbox.control_plane.process import Process
from sandbox.errors import SandboxError
from sandbox.home import Home


def test_what_is_kept_of_a_cluster_goes_with_the_cluster(store: Store, authority: Authority, tmp_path: Path):
    home = Home(tmp_path / "home")
    (home.clusters / "deleted" / "etcd").mkdir(parents=True)

    with ControlPlanes(home, store, authority):
        pass

    assert not list(home.clusters.iterdir())


@pytest.mark.parametrize("host", ["nobody.hcp.westeurope.azmk8s.io", "management.azure.com"])
def test_a_name_without_a_cluster_has_no_server_of_its_own(
    store: Store, authority: Authority, tmp_path: Path, host: str
):
    with ControlPlanes(Home(tmp_path), store, authority) as planes:
        assert asyncio.run(planes.port(host)) is None


def test_a_program_that_was_not_built_says_how_to_build_it():
    with pytest.raises(SandboxError, match="build the programs of the trust chain with: make parts"):
        programs.find("kube-scheduler")


def test_a_program_that_ends_too_early_shows_the_end_of_its_log(tmp_path: Path):
    process = Process(["sh", "-c", "echo no such flag; exit 1"], log=tmp_path / "log")

    with pytest.raises(SandboxError, match=r"(?s)sh ended by itself.*no such flag"):
        process.wait_until(lambda: False, 20)
    process.stop()


def test_a_program_that_is_stopped_is_gone(tmp_path: Path):
    process = Process(["sleep", "600"], log=tmp_path / "log")

    assert process.running
    process.stop()
    assert not process.running


def test_a_sandbox_that_ends_does_not_wait_for_an_api_server_that_starts(
    store: Store, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    (tmp_path / "etcd").write_text(
        f"#!/bin/sh\necho $$ >{tmp_path}/pid.new && mv {tmp_path}/pid.new {tmp_path}/pid; exec sleep 600\n"
    )
    (tmp_path / "etcd").chmod(0o755)
    clusters = [a_cluster_there(name) for name in ("blue", "green")]

    with ThreadPoolExecutor(2) as callers:
        with ControlPlanes(Home(tmp_path / "home"), store, authority) as planes:
            starts = [callers.submit(planes.of_cluster, cluster) for cluster in clusters]
            while not (tmp_path / "pid").exists():
                assert not starts[0].done()
        errors = sorted(str(start.exception()) for start in starts)

    assert errors == [
        "etcd was not waited for: the sandbox ends",
        "the API server of green was not started: the sandbox ends",
    ]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_depends_on_another_program_is_stopped_before_it(
    store: Store, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    order = ["azwi-webhook", "kube-controller-manager", "kube-apiserver", "etcd"]
    for name in order:
        end = f"trap 'echo {name} >>{tmp_path}/ended; exit' TERM"
        (tmp_path / name).write_text(f"#!/bin/sh\n{end}\ntouch {tmp_path}/{name}.started\nsleep 600 & wait\n")
        (tmp_path / name).chmod(0o755)
    started = [tmp_path / f"{name}.started" for name in order]
    # What they would answer when they are ready.
    where = "sandbox.control_plane"
    monkeypatch.setattr(
        f"{where}.control_plane._answers",
        lambda url, **_: started[2 if url.startswith("https:") else 3].exists(),
    )
    monkeypatch.setattr(f"{where}.webhook._listens", lambda _: started[0].exists() and started[1].exists())
    monkeypatch.setattr(f"{where}.webhook.network_command", lambda: None)
    monkeypatch.setattr(f"{where}.add_ons.apply", lambda *_: None)
    monkeypatch.setattr(f"{where}.add_ons.webhook_registration", lambda *_: {})
    cluster = a_cluster_there("blue")
    cluster["properties"]["securityProfile"] = {"workloadIdentity": {"enabled": True}}

    with ControlPlanes(Home(tmp_path / "home"), store, authority) as planes:
        planes.of_cluster(cluster)

    assert (tmp_path / "ended").read_text().split() == order


def a_cluster_there(name: str) -> dict[str, Any]:
    issuer = {"enabled": True, "issuerURL": f"https://westeurope.oic.prod-aks.azure.com/t/{name}/"}
    return {"name": name, "properties": {"resourceUID": name, "fqdn": f"{name}.azmk8s.io", "oidcIssuerProfile": issuer}}
