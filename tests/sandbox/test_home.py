"""Where a sandbox lives, and the environment of a command in it."""

import os
from pathlib import Path

import pytest

from sandbox.environment import environment
from sandbox.errors import SandboxError
from sandbox.home import Home, find_pulumi, find_shim
from sandbox.lock import held
from sandbox.plugins.launchers import write_launchers


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return named_pulumi(tmp_path / "cli", monkeypatch)


def named_pulumi(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = executable(folder / "pulumi")
    monkeypatch.setenv("PULUMI", str(program))
    return program


def executable(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o755)
    return path


def variables(home: Path, *, needs_pulumi: bool = False) -> dict[str, str]:
    return environment(
        Home(home),
        proxy_url="http://127.0.0.1:1",
        ca=home / "ca.crt",
        account={
            "ARM_SUBSCRIPTION_ID": "the-subscription",
            "ARM_TENANT_ID": "the-tenant",
            "ARM_OBJECT_ID": "the-caller",
        },
        needs_pulumi=needs_pulumi,
    )


def test_sandbox_home_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_HOME", str(tmp_path))

    home = Home.locate()
    parts = (home.store, home.authority, home.lock, home.pulumi_home, home.backend, home.azure_config, home.kubeconfig)
    assert all(part.is_relative_to(tmp_path) for part in parts)


def test_a_home_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SandboxError, match=r"cannot write to .*/file/home .*; set SANDBOX_HOME to a folder of yours"):
        Home(tmp_path / "file" / "home").create()


def test_the_named_cli_wins(pulumi: Path) -> None:
    assert find_pulumi() == pulumi


def test_the_built_cli_comes_before_that_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI", raising=False)
    built, installed = executable(tmp_path / "built" / "pulumi"), executable(tmp_path / "installed" / "pulumi")
    monkeypatch.setenv("PATH", str(installed.parent))
    monkeypatch.setattr("sandbox.home._BUILT_CLI", built)

    assert find_pulumi() == built
    built.unlink()
    assert find_pulumi() == installed
    installed.unlink()
    with pytest.raises(SandboxError, match="no Pulumi CLI was found; run make up"):
        find_pulumi()


def test_a_named_cli_that_is_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI", str(tmp_path / "nowhere"))

    with pytest.raises(SandboxError, match="the variable PULUMI must name the Pulumi CLI"):
        find_pulumi()


def test_the_shim_lies_beside_the_cli_or_where_the_variable_says(
    pulumi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_LANGUAGE_PYTHON_EXEC", raising=False)
    assert find_shim(pulumi) is None

    beside = executable(pulumi.parent / "pulumi-language-python-exec")
    assert find_shim(pulumi) == beside

    named = executable(tmp_path / "named")
    monkeypatch.setenv("PULUMI_LANGUAGE_PYTHON_EXEC", str(named))
    assert find_shim(pulumi) == named


def test_proxies_are_set_in_both_cases(tmp_path: Path, pulumi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://corporate.example:8080")
    monkeypatch.setenv("ALL_PROXY", "http://corporate.example:8080")

    made = variables(tmp_path)
    assert made["HTTPS_PROXY"] == made["https_proxy"] == "http://127.0.0.1:1"
    assert made["NO_PROXY"] == made["no_proxy"] == "127.0.0.1,localhost,::1"
    assert "ALL_PROXY" not in made


def test_a_login_of_the_user_stays_outside(tmp_path: Path, pulumi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "private")

    made = variables(tmp_path)
    assert "private" not in made.values()
    assert (made["ARM_SUBSCRIPTION_ID"], made["ARM_TENANT_ID"]) == ("the-subscription", "the-tenant")


@pytest.mark.parametrize("given", [None, "mine"])
def test_a_passphrase_of_the_users_own_stacks_does_not_reach_the_sandbox(
    tmp_path: Path, pulumi: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    if given is not None:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", given)

    assert variables(tmp_path)["PULUMI_CONFIG_PASSPHRASE"] == ""


def test_pulumi_is_found_first_and_keeps_to_the_home(tmp_path: Path, pulumi: Path) -> None:
    made = variables(tmp_path)

    assert made["PATH"].split(os.pathsep)[0] == str(pulumi.parent)
    assert made["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/state"
    assert made["PULUMI_HOME"] == f"{tmp_path}/pulumi"


def test_only_a_command_that_is_pulumi_needs_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI", str(tmp_path / "nowhere"))

    assert "PULUMI_HOME" in variables(tmp_path)
    with pytest.raises(SandboxError):
        variables(tmp_path, needs_pulumi=True)


def test_plugins_lie_in_the_cache_of_the_cli_under_the_versions_of_their_sdks(tmp_path: Path) -> None:
    stale = tmp_path / "plugins" / "resource-kubernetes-v0.0.1"
    stale.mkdir(parents=True)
    (tmp_path / "plugins" / "resource-kubernetes-v4.0.0.lastused").touch()

    write_launchers(tmp_path)
    launchers = sorted(path.name for path in (tmp_path / "plugins").glob("*/*") if os.access(path, os.X_OK))
    providers = [f"pulumi-resource-{name}" for name in ("azure-native", "azuread", "kubernetes")]
    assert launchers == ["pulumi-language-python", *providers]
    assert not stale.exists()


def test_a_home_in_use_names_its_user(tmp_path: Path) -> None:
    with (
        held(tmp_path / "lock", ["pulumi", "up"]),
        pytest.raises(
            SandboxError, match=rf"in use by process {os.getpid()} \(pulumi up\); wait for it, or set SANDBOX"
        ),
        held(tmp_path / "lock", ["pulumi", "preview"]),
    ):
        pass


def test_a_home_is_free_again_when_its_user_is_gone(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("process 1 (killed)\n")

    with held(tmp_path / "lock", ["pulumi", "up"]):
        assert "pulumi up" in (tmp_path / "lock").read_text()
