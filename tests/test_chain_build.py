"""`tools/chain/build` with programs and a Go of the tests: what it takes from whom; two builds do not collide."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.engine import REPOSITORY

TOOLS = ["bash", "basename", "cat", "chmod", "cksum", "dirname", "find", "flock", "head", "install", "ln", "mkdir"]
TOOLS += ["rm", "sed", "sleep", "sort", "tail", "uname", "xargs"]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not all(map(shutil.which, TOOLS)), reason="the usual programs of Linux are needed"
)
PROGRAMS = {
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "azwi-webhook",
    "secrets-store-csi-driver",
    "secrets-store-provider-azure",
    "kubelogin",
}
FILES = {
    "deploy/azure-wi-webhook.yaml",
    "deploy/csidriver.yaml",
    "deploy/secrets-store.csi.x-k8s.io_secretproviderclasses.yaml",
    "deploy/secrets-store.csi.x-k8s.io_secretproviderclasspodstatuses.yaml",
    "provider/v1alpha1/service.proto",
    "csi.proto",
}
# It writes what it is asked to build, and says that every module lies in one folder.
GO = """#!/bin/sh
case $1 in
  build) echo "$3" >>"$MODULE/built"; echo "from Go" >"$3"; chmod +x "$3" ;;
  mod) printf '{\\n\\t"Dir": "%s",\\n}\\n' "$MODULE" ;;
esac
"""


@dataclass(frozen=True)
class Clone:
    """A clone in which nothing is built, a machine of its own, and the folder of one who has everything."""

    folder: Path
    assets: Path
    path: Path
    module: Path

    def start(self, assets: Path | None) -> subprocess.Popen[str]:
        variables: Mapping[str, str] = {"CHAIN_ASSETS": str(assets)} if assets else {}
        return subprocess.Popen(
            ["tools/chain/build"],
            cwd=self.folder,
            env={"PATH": str(self.path), "MODULE": str(self.module), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def build(self, assets: Path | None) -> tuple[int, str]:
        """The exit code, and what was said."""
        process = self.start(assets)
        stdout, stderr = process.communicate(timeout=60)
        return process.returncode, stdout + stderr

    def has_go(self) -> None:
        (self.path / "go").write_text(GO)
        (self.path / "go").chmod(0o755)

    @property
    def built(self) -> list[str]:
        """What Go was asked to build."""
        record = self.module / "built"
        return [Path(line).name for line in record.read_text().splitlines()] if record.exists() else []


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(*(tmp_path / name for name in ("clone", "assets", "path", "module")))
    shutil.copytree(REPOSITORY / "tools", made.folder / "tools")
    (made.folder / ".venv").symlink_to(REPOSITORY / ".venv")
    made.path.mkdir()
    for tool in TOOLS:
        (made.path / tool).symlink_to(str(shutil.which(tool)))
    (made.assets / "manifests").mkdir(parents=True)
    for name in PROGRAMS:
        (made.assets / name).write_text("from the folder")
        (made.assets / name).chmod(0o755)
    for file in FILES:
        for path in (made.module / file, made.assets / "manifests" / Path(file).name):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text('syntax = "proto3";\n' if path.suffix == ".proto" else "kind: None\n")
    return made


def test_without_go_everything_comes_from_the_folder(clone: Clone):
    code, said = clone.build(clone.assets)

    assert (code, said) == (0, "")
    found = clone.folder / ".tools" / "chain"
    assert {name for name in PROGRAMS if (found / name).read_text() == "from the folder"} == PROGRAMS
    assert (found / "manifests" / "services.binpb").stat().st_size > 0
    assert clone.build(clone.assets) == (0, "")


def test_without_go_all_that_the_folder_lacks_is_named_at_once(clone: Clone):
    (clone.assets / "etcd").unlink()
    (clone.assets / "kubelogin").chmod(0o644)
    (clone.assets / "manifests" / "csi.proto").unlink()

    code, said = clone.build(clone.assets)

    assert code == 1
    assert said == (
        f"error: CHAIN_ASSETS, {clone.assets}, lacks etcd kubelogin manifests/csi.proto (programs must be executable "
        "files); put them there, or install Go to build them: https://go.dev/doc/install\n"
    )
    assert not (clone.folder / ".tools" / "chain").exists()


def test_a_folder_that_there_is_none_of_is_refused(clone: Clone):
    assert clone.build(clone.assets / "nowhere") == (
        1,
        "error: CHAIN_ASSETS must name a folder with the programs of the trust chain; "
        f"got '{clone.assets / 'nowhere'}'\n",
    )


def test_with_go_what_the_folder_lacks_is_built_and_said(clone: Clone):
    clone.has_go()
    (clone.assets / "etcd").unlink()
    (clone.assets / "manifests" / "csi.proto").unlink()

    code, said = clone.build(clone.assets)

    assert code == 0, said
    assert said.startswith("Not in CHAIN_ASSETS, so built from Go modules: etcd manifests/csi.proto\n")
    assert clone.built == ["etcd"]


def test_without_go_and_without_a_folder_the_first_program_says_what_is_needed(clone: Clone):
    code, said = clone.build(None)

    assert code == 1
    assert said.startswith("error: Go is needed to build etcd v")


def test_of_two_builds_at_once_the_second_waits_and_builds_nothing(clone: Clone):
    clone.has_go()
    (clone.assets / "etcd").unlink()

    processes = [clone.start(clone.assets) for _ in range(2)]
    said = [process.communicate(timeout=60)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert clone.built == ["etcd"]
    assert sum("Waiting for another build in this clone …" in each for each in said) == 1


@pytest.mark.slow
def test_who_takes_the_folder_away_gets_programs_of_the_own_versions(clone: Clone):
    clone.build(clone.assets)
    clone.has_go()

    code, said = clone.build(None)

    assert code == 0, said
    assert set(clone.built) == PROGRAMS
    assert (clone.assets / "etcd").read_text() == "from the folder"
