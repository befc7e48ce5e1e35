"""The access map: read from what was registered, and shown so that no name can pass for structure."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import html5lib
import pulumi
import pytest
from aks_workload_identity import ExistingCluster, FederatedWorkload, Secret, SyncedSecret, registered_access_map
from aks_workload_identity.access_map.__main__ import main
from aks_workload_identity.access_map.graph import label, mermaid
from aks_workload_identity.access_map.model import AccessMap, Cluster
from aks_workload_identity.access_map.rendering import as_html, as_markdown, as_text, code, prose
from aks_workload_identity.access_map.text import printable
from aks_workload_identity.grants import key_vault
from aks_workload_identity.grants.conditions import on_secret_names
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.components.builders import ADMINS, VAULT_ID, accounts, cluster, mount, trust, workload
from tests.components.test_program import dev_stack
from tests.recorder import Recording, run

pytestmark = pytest.mark.capability("A15")

INLINE = ("style", "script")
HOSTILE = '</script><img src=x onerror=alert(1)>|`"]; \x1b[31m'


def exported(program: Callable[[], object]) -> tuple[AccessMap, Recording]:
    def with_export() -> None:
        program()
        pulumi.export("accessMap", registered_access_map())

    recording = run(with_export)
    return AccessMap.of_outputs(recording.outputs), recording


@pytest.fixture(scope="module")
def dev() -> Recording:
    return dev_stack()


@pytest.fixture(scope="module")
def dev_map(dev: Recording) -> AccessMap:
    return AccessMap.of_outputs(dev.outputs)


def a_map(**changes: Any) -> AccessMap:
    role = {"role": "Key Vault Reader", "role_definition_id": "r", "scope": VAULT_ID, "reason": "to see"}
    credential = {"name": "c", "cluster": "blue", "issuer": "i", "subject": "s", "audiences": ["a"]}
    least: dict[str, Any] = {
        "name": "orders",
        "urn": "urn:pulumi:dev::shop::aks-workload-identity:index:FederatedWorkload::orders",
        "identity": "/identities/orders",
        "client_id": "client",
        "principal_id": "principal",
        "tenant_id": "tenant",
        "credentials": [credential],
        "roles": [role],
    }
    return AccessMap.model_validate({"stack": "shop/dev", "workloads": [{**least, **changes}]})


def test_every_credential_and_role_that_is_registered_is_in_the_map(dev: Recording, dev_map: AccessMap):
    credentials = {(each.issuer, each.subject) for one in dev_map.workloads for each in one.credentials}
    holders = [*dev_map.workloads, *dev_map.others]
    held = {(one.principal_id, role.role_definition_id, role.scope) for one in holders for role in one.roles}

    fields = ("principalId", "roleDefinitionId", "scope")
    registered = {tuple(each.inputs[field] for field in fields) for each in dev.of_type("RoleAssignment")}

    assert held == registered
    assert credentials == {
        (each.inputs["issuer"], each.inputs["subject"]) for each in dev.of_type("FederatedIdentityCredential")
    }


def test_files_are_those_of_the_registered_classes(dev: Recording, dev_map: AccessMap):
    (orders,) = (each for each in dev_map.workloads if each.name == "orders")
    (mounted,) = orders.mounts

    objects = dev.one("SecretProviderClass").inputs["spec"]["parameters"]["objects"]

    assert re.findall(r"objectName: (\S+)", objects) == [each.name for each in mounted.objects]
    assert [each.private_key for each in mounted.objects] == [False, False, True]


def test_each_role_says_which_component_asked(dev_map: AccessMap):
    (orders,) = (each for each in dev_map.workloads if each.name == "orders")

    asked = {role.role: [urn.split(":")[-3:] for urn in role.asked_by] for role in orders.roles}

    assert asked == {
        "Key Vault Secrets User": [["KeyVaultMount", "", "orders"]],
        "Storage Blob Data Reader": [["FederatedWorkload", "", "orders"]],
    }


def test_what_is_copied_into_etcd_is_shown_with_its_reason():
    synced = SyncedSecret(because="the chart reads its environment", data={"DB_PASSWORD": "db-password"})

    found, recording = exported(lambda: mount(workload(), sync={"orders-db": synced}))

    (shown,) = found.workloads[0].mounts[0].synced
    (registered,) = recording.one("SecretProviderClass").inputs["spec"]["secretObjects"]
    assert (shown.name, shown.objects) == (registered["secretName"], ("db-password",))
    for show in (as_text, as_markdown, as_html):
        assert "the chart reads its environment" in show(found)


def test_the_nodes_and_the_control_plane_are_named(dev_map: AccessMap):
    assert {(each.name, role.role) for each in dev_map.others for role in each.roles} == {
        ("control plane of aks-shop-dev", "Managed Identity Operator"),
        ("nodes of aks-shop-dev", "AcrPull"),
    }


@pytest.mark.parametrize("show", [as_text, as_markdown, as_html])
def test_who_administers_a_cluster_is_shown(show: Callable[[AccessMap], str], dev: Recording, dev_map: AccessMap):
    registered = dev.one("ManagedCluster").inputs["aadProfile"]["adminGroupObjectIDs"]

    (shown,) = dev_map.clusters
    assert (shown.name, list(shown.admin_group_object_ids)) == ("aks-shop-dev", sorted(registered))
    assert registered
    assert "administers" in show(dev_map).lower()
    assert "and with it every identity used there" in show(dev_map)
    assert all(group in show(dev_map) for group in registered)


def test_who_administers_a_cluster_of_somebody_else_is_shown():
    found, _ = exported(lambda: ExistingCluster("aks", {"resource_group_name": "rg"}))

    assert [(each.name, each.admin_group_object_ids) for each in found.clusters] == [("aks", (ADMINS,))]


def test_a_cluster_that_no_group_administers_says_so():
    shown = a_map().model_copy(update={"clusters": (Cluster(name="blue", urn="u", admin_group_object_ids=()),)})

    assert "  no group administers it" in as_text(shown).splitlines()
    assert "- no group administers the cluster" in as_markdown(shown).splitlines()
    assert "no group" in as_html(shown)


def test_the_condition_of_a_role_is_shown():
    condition = on_secret_names(["db-password"])

    found, recording = exported(
        lambda: workload(grants={"db": key_vault.read_secrets(VAULT_ID, names=["db-password"])})
    )

    (role,) = found.workloads[0].roles
    assert role.condition == recording.one("RoleAssignment").inputs["condition"] == condition


def test_a_shared_identity_shows_all_of_its_roles_with_each_workload():
    def program() -> None:
        blue = {"blue": trust()}
        first = workload("first", clusters=blue, service_accounts=accounts("first"))
        mount(first, "first")
        workload("second", clusters=blue, service_accounts=accounts("second"), identity=first.identity)

    found, _ = exported(program)

    assert [[role.role for role in each.roles] for each in found.workloads] == [["Key Vault Secrets User"]] * 2
    assert [[urn.rpartition("::")[2] for urn in each.shared_with] for each in found.workloads] == [
        ["second"],
        ["first"],
    ]
    assert [each.subjects for each in found.workloads] == [
        ("system:serviceaccount:shop:first",),
        ("system:serviceaccount:shop:second",),
    ]


def test_who_asked_for_a_role_that_a_mount_needs_too_is_named_as_well():
    def program() -> None:
        orders = workload(grants={"shop-secrets-user": key_vault.read_secrets(VAULT_ID)})
        mount(orders, objects={"db-password": Secret()})

    found, _ = exported(program)

    (role,) = found.workloads[0].roles
    assert [urn.split(":")[-3] for urn in role.asked_by] == ["FederatedWorkload", "KeyVaultMount"]


def test_two_clusters_are_two_credentials_in_the_order_of_their_names():
    def program() -> FederatedWorkload:
        return workload(clusters={"one": trust("green"), "two": trust("blue")})

    found, _ = exported(program)

    assert [each.cluster for each in found.workloads[0].credentials] == ["blue", "green"]
    assert len({each.issuer for each in found.workloads[0].credentials}) == 2


def test_the_order_of_the_program_does_not_show():
    def program(*names: str) -> None:
        blue = {"blue": trust()}
        for name in names:
            workload(name, clusters=blue, service_accounts=accounts(name))

    assert exported(lambda: program("one", "two"))[0] == exported(lambda: program("two", "one"))[0]


def test_a_program_with_a_cluster_alone_has_a_map():
    found, _ = exported(cluster)

    assert found.workloads == ()
    assert [each.name for each in found.others] == ["control plane of aks"]
    assert "No workload." in as_text(found)


def test_the_map_survives_json(dev_map: AccessMap):
    assert AccessMap.model_validate(dev_map.to_json()) == dev_map


def test_text_says_what_a_workload_may_do():
    lines = as_text(a_map()).splitlines()

    assert "  may be used by  s on blue" in lines
    assert f"  may             Key Vault Reader on all of {VAULT_ID}" in lines
    assert not [line for line in lines if "nothing in Azure" in line]


def test_text_tells_a_role_with_a_condition_from_one_that_reaches_all_of_its_scope():
    role = {"role": "Key Vault Secrets User", "role_definition_id": "r", "scope": VAULT_ID, "condition": "c"}

    lines = as_text(a_map(roles=[role])).splitlines()

    assert f"  may             Key Vault Secrets User on what a condition leaves of {VAULT_ID}" in lines


def test_text_says_what_nodes_and_control_plane_may_do(dev_map: AccessMap):
    lines = as_text(dev_map).splitlines()

    for principal in dev_map.others:
        (place,) = (number for number, line in enumerate(lines) if line == principal.name)
        held = [f"  may             {each.role} on all of {each.scope}" for each in principal.roles]
        assert held
        assert lines[place + 1 : place + 1 + len(held)] == held


def test_text_says_that_a_workload_may_do_nothing():
    lines = as_text(a_map(roles=[], credentials=[])).splitlines()

    assert lines[-2:] == ["  may be used by  nobody", "  may             nothing in Azure"]


@pytest.mark.parametrize("show", [as_text, as_markdown])
def test_no_name_moves_the_cursor_or_starts_a_line(show: Callable[[AccessMap], str]):
    shown = show(a_map(name="a\x1b[2J\r\n# heading", urn="\u202e\n---"))

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)
    assert not re.search(r"^(# heading|---)$", shown, re.MULTILINE)


@given(st.text(min_size=1))
def test_a_graph_label_reads_as_it_was_written(text: str):
    inside = label(text)[1:-1]

    assert re.fullmatch(r"[A-Za-z0-9 ./:_#;-]*", inside)
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), inside) == printable(text)


def test_a_node_keeps_its_name_when_another_workload_comes():
    alone, more = a_map(), a_map()
    other = more.workloads[0].model_copy(update={"name": "another", "identity": "/identities/another"})
    more = more.model_copy(update={"workloads": (other, *more.workloads)})

    assert set(mermaid(alone).splitlines()) < set(mermaid(more).splitlines())


def in_markdown(text: str) -> str:
    """What a reader of Markdown sees: GitHub's tables, no HTML, links as their text."""
    parsed = MarkdownIt("commonmark").enable("table").render(f"| a | b |\n| --- | --- |\n| {text} | x |\n")
    cells = re.findall(r"<td>(.*?)</td>", parsed, re.DOTALL)
    assert len(cells) == 2
    assert "<" not in re.sub(r"</?code>", "", cells[0])
    return unescape(re.sub(r"</?code>", "", cells[0]))


@pytest.mark.parametrize("escape", [code, prose])
@given(
    text=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from("|`\\*_<>[]#&\n"), min_size=1)
)
def test_markdown_reads_as_it_was_written(escape: Callable[[str], str], text: str):
    assert in_markdown(escape(text)).split() == printable(text).split()


def elements(page: str) -> Any:
    """The page as a browser builds it; a parse error fails the test."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def sha256(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_the_page_shows_hostile_names_as_text():
    found = a_map(name=HOSTILE, urn=HOSTILE, identity=HOSTILE, client_id=HOSTILE)
    document = elements(as_html(found))

    assert document.findall(".//img") == []
    assert len(document.findall(".//script")) == 1
    assert document.find(".//h2").text == printable(HOSTILE)


def test_the_page_asks_no_server_and_runs_only_its_own_script(dev_map: AccessMap):
    page = as_html(dev_map)
    document = elements(page)
    policy = document.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")

    attributes = {name for each in document.iter() for name in each.attrib}

    allowed = " ".join(f"{each.tag}-src '{sha256(each.text)}';" for each in (document.find(f".//{t}") for t in INLINE))
    assert policy == f"default-src 'none'; {allowed} base-uri 'none'; form-action 'none'"
    assert attributes & {"src", "href", "action", "style"} == set()
    assert not [name for name in attributes if name.startswith("on")]
    assert "url(" not in page


def test_the_page_tells_assistive_technology_what_is_what(dev_map: AccessMap):
    document = elements(as_html(dev_map))
    ids = [each.get("id") for each in document.iter() if each.get("id")]
    articles, headings, tables = (document.findall(f".//{name}") for name in ("article", "th", "table"))

    assert min(len(articles), len(headings), len(tables)) > 0
    assert document.get("lang") == "en"
    assert document.find(".//label").get("for") == document.find(".//input").get("id")
    assert len(ids) == len(set(ids))
    assert {each.get("aria-labelledby") for each in articles} <= set(ids)
    assert all(each.get("scope") == "col" for each in headings)
    assert all(table.find("caption") is not None for table in tables)


@pytest.mark.parametrize("show", [as_text, as_markdown, as_html])
def test_every_form_names_everything_that_gives_access(show: Callable[[AccessMap], str], dev_map: AccessMap):
    shown = unescape(show(dev_map))

    assert any(each.roles for each in dev_map.workloads)
    for each in dev_map.workloads:
        for word in (each.name, each.client_id, *each.subjects, *(role.scope for role in each.roles)):
            assert word in shown
        for role in each.roles:
            assert role.role in shown


def test_the_command_writes_a_file(tmp_path: Any, dev_map: AccessMap):
    outputs, page = tmp_path / "outputs.json", tmp_path / "access.html"
    outputs.write_text(json.dumps({"accessMap": dev_map.to_json(), "kubeconfig": "[secret]"}))

    assert main(["--format", "html", "--output", str(page), str(outputs)]) == 0
    assert page.read_text() == as_html(dev_map)


@pytest.mark.parametrize(
    ("given", "said"),
    [("{}", "the stack has no output 'accessMap'"), ("[", "error: "), ('{"accessMap": {"stack": 1}}', "accessMap")],
)
def test_the_command_says_what_is_wrong_with_its_input(
    tmp_path: Any, capsys: pytest.CaptureFixture[str], given: str, said: str
):
    outputs = tmp_path / "outputs.json"
    outputs.write_text(given)

    assert main([str(outputs)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "Traceback" not in error
    assert said in error or "AccessMap" in error
