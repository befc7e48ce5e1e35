"""KeyVaultMount: what a workload sees of a vault, and the roles that follow from it."""

from typing import Any

import pytest
import yaml
from aks_workload_identity import Certificate, InvalidArgumentError, Key, KeyVault, KeyVaultArgs, Secret, ServiceAccount
from aks_workload_identity.grants import key_vault
from hypothesis import given
from hypothesis import strategies as st

from tests.azure_mocks import TENANT, identity_ids
from tests.components.builders import GROUP, VAULT_ID, accounts, mount, trust, vault, workload
from tests.recorder import Recording, attempt, run

pytestmark = pytest.mark.capability("A6")

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
READER = "21090545-7ca7-4776-b22c-e363652d74d2"


def shown(**changes: Any) -> Recording:
    return run(lambda: mount(workload(), **changes))


def parameters(recording: Recording) -> dict[str, str]:
    return recording.one("SecretProviderClass").inputs["spec"]["parameters"]


def objects(recording: Recording) -> list[dict[str, Any]]:
    """The objects as the Azure provider reads them: YAML whose items are YAML."""
    return [yaml.safe_load(item) for item in yaml.safe_load(parameters(recording)["objects"])["array"]]


def roles(recording: Recording) -> dict[str, str]:
    return {r.name: r.inputs["roleDefinitionId"].rpartition("/")[2] for r in recording.of_type("RoleAssignment")}


def test_the_class_names_the_workloads_identity_and_no_other_way_to_log_in():
    client_id = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")["clientId"]

    given_parameters = parameters(shown())

    assert given_parameters == {
        "usePodIdentity": "false",
        "useVMManagedIdentity": "false",
        "clientID": client_id,
        "tenantID": TENANT,
        "keyvaultName": "kv-shop",
        "objects": "array:\n- |\n  objectName: db-password\n  objectType: secret\n",
    }


def test_the_class_is_in_the_namespace_of_the_pods_on_each_cluster():
    recording = run(
        lambda: mount(
            workload(
                clusters={"blue": trust(), "green": trust("green")},
                service_accounts={**accounts("api"), "job": ServiceAccount(namespace="batch", name="job")},
            )
        )
    )

    classes = {r.name: r.inputs["metadata"] for r in recording.of_type("SecretProviderClass")}
    assert classes == {
        "orders-blue-shop": {"name": "orders", "namespace": "shop"},
        "orders-blue-batch": {"name": "orders", "namespace": "batch"},
        "orders-green-shop": {"name": "orders", "namespace": "shop"},
        "orders-green-batch": {"name": "orders", "namespace": "batch"},
    }


def test_values_are_not_copied_into_etcd():
    assert "secretObjects" not in shown().one("SecretProviderClass").inputs["spec"]


@pytest.mark.parametrize(
    ("declared", "item"),
    [
        (Secret(), {"objectName": "x", "objectType": "secret"}),
        (Secret(name="db"), {"objectName": "db", "objectType": "secret"}),
        (Secret(file="db/password"), {"objectName": "x", "objectType": "secret", "objectAlias": "db/password"}),
        (Secret(encoding="base64"), {"objectName": "x", "objectType": "secret", "objectEncoding": "base64"}),
        (Secret(version_history=3), {"objectName": "x", "objectType": "secret", "objectVersionHistory": 3}),
        (Secret(file_permission="0444"), {"objectName": "x", "objectType": "secret", "filePermission": "0444"}),
        (Secret(version="0" * 32), {"objectName": "x", "objectType": "secret", "objectVersion": "0" * 32}),
        (Key(), {"objectName": "x", "objectType": "key"}),
        (Certificate(), {"objectName": "x", "objectType": "cert"}),
        (Certificate(private_key=True), {"objectName": "x", "objectType": "secret", "objectFormat": "pem"}),
        (
            Certificate(private_key=True, format="pfx"),
            {"objectName": "x", "objectType": "secret", "objectFormat": "pfx", "objectEncoding": "base64"},
        ),
    ],
)
def test_an_object_is_declared_in_the_providers_words(declared: Any, item: dict[str, Any]):
    assert objects(shown(objects={"x": declared})) == [item]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ([Secret()], {"orders-shop-secrets-user": SECRETS_USER}),
        ([Key()], {"orders-shop-reader": READER}),
        ([Certificate()], {"orders-shop-reader": READER}),
        ([Certificate(private_key=True)], {"orders-shop-secrets-user": SECRETS_USER}),
        ([Secret(), Certificate()], {"orders-shop-secrets-user": SECRETS_USER, "orders-shop-reader": READER}),
    ],
)
def test_roles_follow_from_the_objects_and_nothing_else_is_granted(declared: list[Any], expected: dict[str, str]):
    recording = shown(objects={f"x{index}": item for index, item in enumerate(declared)})

    assert roles(recording) == expected
    assert {r.inputs["scope"] for r in recording.of_type("RoleAssignment")} == {VAULT_ID}


def test_two_mounts_of_one_workload_share_one_grant():
    def program() -> None:
        orders = workload()
        mount(orders, "one")
        mount(orders, "two")

    assert list(roles(run(program))) == ["orders-shop-secrets-user"]


def test_a_mount_shares_a_grant_that_the_workload_has_already():
    recording = run(lambda: mount(workload(grants={"shop-secrets-user": key_vault.read_secrets(VAULT_ID)})))

    assert list(roles(recording)) == ["orders-shop-secrets-user"]


def test_a_grant_under_a_key_of_its_own_beside_a_mounts_is_refused():
    error = str(attempt(lambda: mount(workload(grants={"db": key_vault.read_secrets(VAULT_ID)}))).error)

    assert "grants.shop-secrets-user must be one key for one role on one resource" in error
    assert "'shop-secrets-user' beside 'db'" in error


@pytest.mark.parametrize("narrow_first", [True, False])
def test_a_mount_of_named_secrets_beside_one_of_all_is_refused(narrow_first: bool):
    lists = [["db-password"], None]

    def program() -> None:
        orders = workload()
        for name, names in zip(("one", "two"), lists if narrow_first else reversed(lists), strict=True):
            mount(orders, name, only_secret_names=names)

    assert "must have the condition of the grant" in str(attempt(program).error)


def test_a_mount_of_a_second_vault_has_its_own_grant():
    def program() -> None:
        orders = workload()
        mount(orders, "one")
        mount(orders, "two", vault=vault(key="audit", name="kv-audit", id=VAULT_ID.replace("shop", "audit")))

    assert list(roles(run(program))) == ["orders-shop-secrets-user", "orders-audit-secrets-user"]


def test_grants_of_a_mount_are_children_of_the_workload_and_visible_in_its_access():
    seen: list[Any] = []

    def program() -> None:
        orders = workload()
        mount(orders)
        orders.access.apply(seen.append)

    recording = run(program)

    assert recording.one("RoleAssignment").parent == recording.one("FederatedWorkload").urn
    assert seen[0]["roles"] == [{"role": "Key Vault Secrets User", "scope": VAULT_ID}]


def test_two_mounts_with_one_class_in_one_namespace_are_refused():
    def program() -> None:
        orders = workload()
        mount(orders, "one", class_name="shown")
        mount(orders, "two", class_name="shown")

    recording = attempt(program)
    assert "class_name must be the mount's own in namespace 'shop'; got 'shown' of KeyVaultMount 'one'" in str(
        recording.error
    )
    assert [r.name for r in recording.of_type("KeyVaultMount")] == ["one"]


@pytest.mark.parametrize("name", ["Orders", "orders\n"])
def test_a_component_name_that_is_no_object_name_asks_for_a_class_name(name: str):
    recording = attempt(lambda: mount(workload(), name))

    assert "class_name must be given where the component's name is no Kubernetes object name" in str(recording.error)


def test_mounts_of_two_workloads_may_have_one_class_name_where_they_do_not_meet():
    def program() -> None:
        blue = trust()
        mount(workload("orders", clusters={"blue": blue}), "one", class_name="shown")
        billing = workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing", namespace="books"))
        mount(billing, "two", class_name="shown")

    assert len(run(program).of_type("SecretProviderClass")) == 2


def test_only_named_secrets_are_read_by_the_condition_of_one_grant():
    def program() -> None:
        orders = workload()
        mount(orders, "one", objects={"a": Secret()}, only_secret_names=["a", "b"])
        mount(orders, "two", objects={"x": Secret(name="b"), "k": Key()}, only_secret_names=["b", "a"])

    recording = run(program)

    assignment = recording.one("RoleAssignment", "orders-shop-secrets-user")
    assert "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a'" in assignment.inputs["condition"]
    assert "StringEquals 'b'" in assignment.inputs["condition"]
    assert "condition" not in recording.one("RoleAssignment", "orders-shop-reader").inputs
    assert len(recording.of_type("RoleAssignment")) == 2


@pytest.mark.parametrize(
    "declared", [{"db": Secret()}, {"x": Secret(name="db")}, {"db": Certificate(private_key=True)}]
)
def test_a_condition_that_would_keep_a_shown_secret_away_is_refused(declared: Any):
    error = attempt(lambda: mount(workload(), objects=declared, only_secret_names=["DB"])).error

    assert "only_secret_names must name every secret that is shown, letter by letter; ['db']" in str(error)


def test_a_vault_component_can_be_mounted_as_it_is():
    def program() -> None:
        own = KeyVault("shop", KeyVaultArgs(resource_group_name="rg", location="westeurope"))
        mount(workload(), vault=own)

    recording = run(program)

    assert parameters(recording)["keyvaultName"] == recording.one("Vault").inputs["vaultName"]


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({}, "objects must"),
        ({"db_password": {"kind": "secret"}}, "must be the name of a vault's secret, key or certificate"),
        ({"x": {"kind": "password"}}, "objects.x.kind must be 'secret', 'key' or 'certificate'; got 'password'"),
        ({"x": {"kind": "secret", "file": "../x"}}, "file must be a relative path inside the mount"),
        ({"x": {"kind": "secret", "file": "/x"}}, "file must be a relative path inside the mount"),
        ({"x": {"kind": "secret", "file": "x/"}}, "file must be a relative path inside the mount"),
        ({"x": {"kind": "secret", "file": "a//x"}}, "file must be a relative path inside the mount"),
        ({"x": {"kind": "secret", "file": "./x"}}, "file must be a relative path inside the mount"),
        ({"x": {"kind": "secret", "file": "a\\x"}}, "a backslash, or a character that cannot be printed"),
        ({"x": {"kind": "secret", "file": "x\ny"}}, "a backslash, or a character that cannot be printed"),
        ({"x": {"kind": "secret", "file": "x\n"}}, "a backslash, or a character that cannot be printed"),
        ({"x": {"kind": "secret", "file": "x\0"}}, "a backslash, or a character that cannot be printed"),
        ({"x": {"kind": "secret", "file": "x" * 256}}, "a part longer than 255 bytes"),
        ({"x": {"kind": "secret", "file_permission": "0444\n"}}, "file_permission must be a quoted octal mode"),
        ({"x": {"kind": "secret", "file_permission": "0000"}}, "got '0000' (the CSI driver makes every file root's"),
        ({"x": {"kind": "secret", "file_permission": "0333"}}, "so a pod that is not root reads as 'others')"),
        ({"x": {"kind": "secret", "file_permission": "0400"}}, "must be a quoted octal mode up to 0777 that lets"),
        ({"x": {"kind": "secret", "file_permission": "0440"}}, "for example '0444'; got '0440'"),
        ({"x": {"kind": "secret", "file_permission": "999"}}, "file_permission must be a quoted octal mode"),
        ({"x": {"kind": "secret", "file_permission": "rw-"}}, "file_permission must be a quoted octal mode"),
        ({"x": {"kind": "secret", "file_permission": "1777"}}, "file_permission must be a quoted octal mode"),
        ({"x": {"kind": "secret", "file_permission": 400}}, "file_permission must be a quoted octal mode"),
        ({"x": {"kind": "secret", "version": "latest"}}, "version must be a version of 32 hexadecimal digits"),
        ({"x": {"kind": "secret", "version_history": 0}}, "version_history must be 1-100 versions"),
        ({"x": {"kind": "secret", "version_history": True}}, "version_history must be 1-100 versions"),
        ({"x": {"kind": "secret", "encoding": "utf8"}}, "encoding must be 'utf-8', 'hex' or 'base64'"),
        ({"x": {"kind": "certificate", "format": "pfx"}}, "format must be 'pem' unless private_key is true"),
        ({"x": {"kind": "key", "encoding": "hex"}}, "encoding is not known"),
        ({"a": {"kind": "secret", "file": "x"}, "x": {"kind": "secret"}}, "objects.x.file must be a path of its own"),
        ({"a": {"kind": "secret"}, "b": {"kind": "secret", "file": "a/b"}}, "objects.b.file must be a path of its own"),
        (
            {"a": {"kind": "secret", "version_history": 2}, "b": {"kind": "secret", "file": "a/2"}},
            "objects.b.file must be a path of its own",
        ),
    ],
)
def test_what_the_provider_would_only_refuse_at_mount_time_is_refused_now(declared: dict[str, Any], message: str):
    recording = attempt(lambda: mount(workload(), objects=declared))

    assert isinstance(recording.error, InvalidArgumentError), recording.error
    assert message in str(recording.error)
    assert recording.of_type("KeyVaultMount") == []


names = st.from_regex(r"[-A-Za-z0-9]{1,40}", fullmatch=True)
kinds = st.one_of(
    st.builds(Secret, encoding=st.sampled_from(["utf-8", "hex", "base64"]), name=st.none() | names),
    st.builds(Key, name=st.none() | names),
    st.builds(Certificate, private_key=st.booleans()),
)


@given(st.dictionaries(names, kinds, min_size=1, max_size=6))
def test_any_declaration_is_read_back_as_it_was_meant(declared: dict[str, Any]):
    from aks_workload_identity.key_vault.objects import objects_parameter

    array = yaml.safe_load(objects_parameter(declared))["array"]
    items = [yaml.safe_load(item) for item in array]

    assert all(isinstance(item, str) for item in array)
    assert [item["objectName"] for item in items] == [each.name or key for key, each in declared.items()]
    assert {item["objectType"] for item in items} <= {"secret", "key", "cert"}


def test_the_checksum_changes_with_the_declaration_only():
    sums: list[str] = []

    def program() -> None:
        orders = workload()
        for index, declared in enumerate([{"a": Secret()}, {"a": Secret()}, {"a": Secret(file="b")}]):
            sums.append(mount(orders, f"mount-{index}", objects=declared).checksum)

    run(program)

    assert sums[0] == sums[1] != sums[2]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/mnt/../etc", "a segment '..', '.' or none between two slashes"),
        ("/mnt/..", "a segment '..', '.' or none between two slashes"),
        ("/var/run/secrets/azure/tokens", "pods find their tokens there"),
        ("/var/run/secrets/azure/tokens/mine/", "pods find their tokens there"),
        ("/run/secrets/kubernetes.io", "pods find their tokens there"),
        ("/run/secrets/azure/wi/token", "pods find their tokens there"),
        ("/var/run/secrets/azure", "pods find their tokens there"),
        ("/var/run/secrets", "pods find their tokens there"),
        ("/var/run", "pods find their tokens there"),
        ("/run/", "pods find their tokens there"),
        ("//mnt/secrets", "a segment '..', '.' or none between two slashes"),
        ("/mnt//secrets", "a segment '..', '.' or none between two slashes"),
        ("/mnt/./secrets", "a segment '..', '.' or none between two slashes"),
        ("//", "a segment '..', '.' or none between two slashes"),
        ("/a\nb", "a character that cannot be printed"),
        ("/proc", "what the container needs to run is there"),
        ("/proc/self/x", "what the container needs to run is there"),
        ("/etc", "what the container needs to run is there"),
        ("/etc/hosts", "what the container needs to run is there"),
        ("/var/", "what the container needs to run is there"),
    ],
)
def test_a_mount_path_that_hides_something_is_refused(path: str, wrong: str):
    recording = attempt(lambda: mount(workload(), mount_path=path))

    assert "mount_path must be an absolute path without a colon, '..' or" in str(recording.error)
    assert str(recording.error).endswith(f"got {path!r} ({wrong})")


@pytest.mark.parametrize(
    "path",
    [
        "/mnt/a..b",
        "/var/run/secrets/azure/tokens-of-mine",
        "/var/run/secrets/mine",
        "/etc/ssl/shop",
        "/var/lib/shop",
        "/etcetera",
        "/files",
    ],
)
def test_a_mount_path_beside_those_is_taken(path: str):
    paths: list[str] = []

    run(lambda: paths.append(mount(workload(), mount_path=path).mount_path))

    assert paths == [path]


def test_files_that_no_container_would_see_are_refused():
    recording = attempt(lambda: mount(workload(), containers=[]))

    assert "containers must have at least 1 entry" in str(recording.error)


def test_a_grant_key_that_is_taken_is_refused_before_any_role_is_assigned():
    def program() -> None:
        orders = workload(grants={"shop-reader": key_vault.read_secrets(f"{VAULT_ID}-other")})
        mount(orders, objects={"db-password": Secret(), "signing": Key()})

    recording = attempt(program)

    assert "KeyVaultMount 'orders':" in str(recording.error)
    assert "grants.shop-reader must be a key of its own" in str(recording.error)
    assert [each.name for each in recording.of_type("RoleAssignment")] == ["orders-shop-reader"]
