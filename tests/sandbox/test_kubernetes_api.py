"""The API server of a cluster, by HTTP."""

import sqlite3
from typing import Any

import pytest
import requests

from sandbox.azure.store import Store
from sandbox.kubernetes.app import create_app

from .conftest import Loopback

CLUSTER = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/dev"
SHOP: dict[str, Any] = {"metadata": {"name": "shop"}}
ACCOUNTS = "/api/v1/namespaces/shop/serviceaccounts"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
CLASSES = "/apis/secrets-store.csi.x-k8s.io/v1/namespaces/shop/secretproviderclasses"
MERGE = {"content-type": "application/merge-patch+json"}


HOST = "dev-1.hcp.westeurope.azmk8s.io"


class Api:
    """A client of one cluster's API server."""

    def __init__(self, url: str, host: str = HOST) -> None:
        self.url = url
        self.headers = {"Host": host, "Authorization": "Bearer x"}

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> requests.Response:
        sent = {**self.headers, **(headers or {})}
        return requests.request(method, f"{self.url}{path}", headers=sent, timeout=20, **body)

    def get(self, path: str) -> requests.Response:
        return self.send("GET", path)

    def post(self, path: str, json: Any) -> requests.Response:
        return self.send("POST", path, json=json)

    def put(self, path: str, json: Any) -> requests.Response:
        return self.send("PUT", path, json=json)

    def patch(self, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> requests.Response:
        return self.send("PATCH", path, headers=headers, **body)

    def delete(self, path: str) -> requests.Response:
        return self.send("DELETE", path)


def a_deployment(app: str = "orders", selected: str | None = None) -> dict[str, Any]:
    return {
        "metadata": {"name": "orders"},
        "spec": {
            "selector": {"matchLabels": {"app": selected or app}},
            "template": {"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": "a", "image": "b"}]}},
        },
    }


def put_cluster(store: Store, uid: str = "one", name: str = "dev", **add_ons: bool) -> str:
    host = HOST.replace("dev", name)
    properties = {
        "fqdn": host,
        "resourceUID": uid,
        "addonProfiles": {name: {"enabled": enabled} for name, enabled in add_ons.items()},
    }
    id_ = CLUSTER.removesuffix("dev") + name
    body = {"id": id_, "name": name, "type": "Microsoft.ContainerService/managedClusters"}
    with store.transaction():
        store.put({**body, "properties": properties}, created=0)
    return host


@pytest.fixture
def api(loopback: Loopback, store: Store) -> Api:
    put_cluster(store, azureKeyvaultSecretsProvider=True)
    loopback.app = create_app(store)
    return Api(loopback.url)


@pytest.fixture
def shop(api: Api) -> Api:
    assert api.post("/api/v1/namespaces", json=SHOP).status_code == 201
    return api


def refusal(response: Any) -> tuple[int, str]:
    body = response.json()
    assert (body["kind"], body["status"]) == ("Status", "Failure")
    return body["code"], body["reason"]


def test_a_new_cluster_has_the_system_namespaces(api: Api) -> None:
    names = [item["metadata"]["name"] for item in api.get("/api/v1/namespaces").json()["items"]]

    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]


def test_every_namespace_has_a_default_account(shop: Api) -> None:
    assert shop.get(f"{ACCOUNTS}/default").status_code == 200


def test_a_host_without_a_cluster_answers_nothing(api: Api) -> None:
    gone = Api(api.url, "gone.hcp.westeurope.azmk8s.io")

    assert refusal(gone.get("/api/v1/namespaces")) == (503, "ServiceUnavailable")


def test_a_caller_without_a_token_is_refused(api: Api) -> None:
    del api.headers["Authorization"]

    assert refusal(api.get("/api/v1/namespaces")) == (401, "Unauthorized")


def test_the_objects_of_a_cluster_go_with_it(shop: Api, store: Store) -> None:
    other = put_cluster(store, uid="two", name="other")
    Api(shop.url, other).post("/api/v1/namespaces", json=SHOP)

    with store.transaction():
        store.delete(CLUSTER)

    with sqlite3.connect(store.path) as database:
        left = database.execute("SELECT DISTINCT cluster FROM kubernetes_objects").fetchall()
    assert left == [("two",)]


def test_a_cluster_built_anew_is_empty(shop: Api, store: Store) -> None:
    with store.transaction():
        store.delete(CLUSTER)
    put_cluster(store, uid="two")

    assert refusal(shop.get("/api/v1/namespaces/shop")) == (404, "NotFound")


def test_objects_survive_a_restart(shop: Api, loopback: Loopback, store: Store) -> None:
    loopback.app = create_app(Store(store.path))

    assert shop.get("/api/v1/namespaces/shop").status_code == 200


def test_an_object_gets_what_the_server_gives(shop: Api) -> None:
    made = shop.post(ACCOUNTS, json={"metadata": {"name": "orders"}}).json()

    assert (made["apiVersion"], made["kind"], made["metadata"]["namespace"]) == ("v1", "ServiceAccount", "shop")
    assert made["metadata"].keys() >= {"uid", "resourceVersion", "creationTimestamp"}


def test_an_object_made_anew_has_another_uid(shop: Api) -> None:
    first = shop.post(ACCOUNTS, json={"metadata": {"name": "orders"}}).json()
    shop.delete(f"{ACCOUNTS}/orders")

    second = shop.post(ACCOUNTS, json={"metadata": {"name": "orders"}}).json()
    assert second["metadata"]["uid"] != first["metadata"]["uid"]


def test_an_existing_object_is_refused(shop: Api) -> None:
    assert refusal(shop.post("/api/v1/namespaces", json=SHOP)) == (409, "AlreadyExists")


def test_a_missing_namespace_is_refused(api: Api) -> None:
    response = api.post(ACCOUNTS, json={"metadata": {"name": "orders"}})

    assert refusal(response) == (404, "NotFound")
    assert response.json()["message"] == 'namespaces "shop" not found'


@pytest.mark.parametrize("name", ["Shop", "shop_1", "-shop", "shop.one", "s" * 64, ""])
def test_a_namespace_needs_a_label_as_name(api: Api, name: str) -> None:
    assert refusal(api.post("/api/v1/namespaces", json={"metadata": {"name": name}})) == (422, "Invalid")


@pytest.mark.parametrize(("name", "code"), [("orders.v1", 201), ("o" * 253, 201), ("o" * 254, 422), ("Orders", 422)])
def test_an_account_needs_a_subdomain_as_name(shop: Api, name: str, code: int) -> None:
    assert shop.post(ACCOUNTS, json={"metadata": {"name": name}}).status_code == code


@pytest.mark.parametrize("field", ["labels", "annotations"])
def test_labels_and_annotations_are_strings(shop: Api, field: str) -> None:
    response = shop.post(ACCOUNTS, json={"metadata": {"name": "orders", field: {"a": True}}})

    assert refusal(response) == (400, "BadRequest")


@pytest.mark.parametrize("labels", [{"a": "x" * 64}, {"a": "with space"}, {"-a": "b"}, {"A_B.c/d/e": "f"}])
def test_a_label_has_a_form(shop: Api, labels: dict[str, str]) -> None:
    assert refusal(shop.post(ACCOUNTS, json={"metadata": {"name": "o", "labels": labels}})) == (422, "Invalid")


def test_the_namespace_of_the_object_is_that_of_the_path(shop: Api) -> None:
    response = shop.post(ACCOUNTS, json={"metadata": {"name": "orders", "namespace": "other"}})

    assert refusal(response) == (400, "BadRequest")


def test_the_kind_of_the_object_is_that_of_the_path(shop: Api) -> None:
    assert refusal(shop.post(ACCOUNTS, json={"kind": "Secret", **SHOP})) == (400, "BadRequest")


def test_an_unknown_kind_has_no_path(api: Api) -> None:
    assert refusal(api.get("/api/v1/namespaces/default/widgets")) == (404, "NotFound")
    assert refusal(api.get("/apis/example.com/v1")) == (404, "NotFound")


def test_a_deployment_selects_its_own_pods(shop: Api) -> None:
    response = shop.post(DEPLOYMENTS, json=a_deployment(selected="other"))

    assert refusal(response) == (422, "Invalid")
    assert "`selector` does not match template `labels`" in response.json()["message"]


def test_the_selector_of_a_deployment_is_immutable(shop: Api) -> None:
    shop.post(DEPLOYMENTS, json=a_deployment())

    response = shop.put(f"{DEPLOYMENTS}/orders", json=a_deployment(app="other"))
    assert refusal(response) == (422, "Invalid")
    assert "field is immutable" in response.json()["message"]


@pytest.mark.parametrize("value", [True, 3, ["a"], {"a": "b"}])
def test_the_parameters_of_a_class_are_strings(shop: Api, value: Any) -> None:
    spec = {"provider": "azure", "parameters": {"usePodIdentity": value}}
    response = shop.post(CLASSES, json={"metadata": {"name": "c"}, "spec": spec})

    assert refusal(response) == (422, "Invalid")
    assert "spec.parameters.usePodIdentity in body must be of type string" in response.json()["message"]


def test_a_class_needs_the_add_on(store: Store, shop: Api) -> None:
    put_cluster(store, azureKeyvaultSecretsProvider=False)

    assert refusal(shop.post(CLASSES, json={"metadata": {"name": "c"}})) == (404, "NotFound")


def test_a_merge_patch_changes_and_removes(shop: Api) -> None:
    shop.patch("/api/v1/namespaces/shop", json={"metadata": {"labels": {"a": "1", "b": "2"}}}, headers=MERGE)
    shop.patch("/api/v1/namespaces/shop", json={"metadata": {"labels": {"a": None}}}, headers=MERGE)

    labels = shop.get("/api/v1/namespaces/shop").json()["metadata"]["labels"]
    assert labels == {"b": "2", "kubernetes.io/metadata.name": "shop"}


APPLY = {"content-type": "application/apply-patch+yaml"}
ORDERS = f"{ACCOUNTS}/orders"


def apply(api: Api, manager: str, text: str, *, force: bool = False) -> requests.Response:
    path = f"{ORDERS}?fieldManager={manager}&force={'true' if force else 'false'}"
    return api.patch(path, data=text, headers=APPLY)


def managers(response: requests.Response) -> dict[tuple[str, str], Any]:
    entries = response.json()["metadata"]["managedFields"]
    return {(entry["manager"], entry["operation"]): entry["fieldsV1"] for entry in entries}


def test_an_apply_patch_creates_what_is_missing(shop: Api) -> None:
    made = apply(shop, "pulumi", "metadata: {annotations: {a: b}}")

    assert (made.status_code, made.json()["metadata"]["annotations"]) == (201, {"a": "b"})
    assert managers(made) == {("pulumi", "Apply"): {"f:metadata": {"f:annotations": {"f:a": {}}}}}


def test_an_apply_names_its_manager(shop: Api) -> None:
    refused = shop.patch(ORDERS, data="metadata: {annotations: {a: b}}", headers=APPLY)

    assert refusal(refused) == (422, "Invalid")
    assert "fieldManager: Required value" in refused.json()["message"]


def test_what_a_client_creates_is_managed_by_it(shop: Api) -> None:
    shop.headers["User-Agent"] = "helm/v3.18"
    made = shop.post(ACCOUNTS, json={"metadata": {"name": "orders", "labels": {"app": "orders"}}})

    assert managers(made) == {("helm", "Update"): {"f:metadata": {"f:labels": {"f:app": {}}}}}


def test_an_apply_leaves_alone_what_others_manage(shop: Api) -> None:
    shop.post(ACCOUNTS, json={"metadata": {"name": "orders", "annotations": {"theirs": "1"}}})
    apply(shop, "pulumi", "metadata: {annotations: {ours: a}}")

    given_up = apply(shop, "pulumi", "{}").json()

    assert given_up["metadata"]["annotations"] == {"theirs": "1"}


def test_an_apply_removes_what_its_manager_no_longer_sends(shop: Api) -> None:
    apply(shop, "pulumi", "metadata: {annotations: {a: b, c: d}}")

    assert apply(shop, "pulumi", "metadata: {annotations: {c: d}}").json()["metadata"]["annotations"] == {"c": "d"}
    assert "annotations" not in apply(shop, "pulumi", "{}").json()["metadata"]


def test_an_apply_against_another_managers_value_is_a_conflict_unless_forced(shop: Api) -> None:
    apply(shop, "helm", "metadata: {annotations: {a: theirs}}")

    refused = apply(shop, "pulumi", "metadata: {annotations: {a: ours}}")
    forced = apply(shop, "pulumi", "metadata: {annotations: {a: ours}}", force=True)

    assert refusal(refused) == (409, "Conflict")
    message = 'Apply failed with 1 conflict: conflict with "helm" using v1: .metadata.annotations.a'
    assert refused.json()["message"] == message
    assert forced.json()["metadata"]["annotations"] == {"a": "ours"}
    assert set(managers(forced)) == {("pulumi", "Apply")}


def test_a_field_that_two_managers_agree_on_is_shared_until_both_give_it_up(shop: Api) -> None:
    text = "metadata: {annotations: {a: same}}"
    apply(shop, "helm", text)
    shared = apply(shop, "pulumi", text)

    assert set(managers(shared)) == {("helm", "Apply"), ("pulumi", "Apply")}
    assert apply(shop, "pulumi", "{}").json()["metadata"]["annotations"] == {"a": "same"}
    assert "annotations" not in apply(shop, "helm", "{}").json()["metadata"]


def test_an_apply_that_changes_nothing_keeps_the_version(shop: Api) -> None:
    first = apply(shop, "pulumi", "metadata: {annotations: {a: b}}").json()

    assert apply(shop, "pulumi", "metadata: {annotations: {a: b}}").json() == first


def test_an_update_takes_over_what_it_changes(shop: Api) -> None:
    apply(shop, "pulumi", "metadata: {annotations: {a: b}}")
    by_hand = {**MERGE, "User-Agent": "kubectl-edit/1"}
    changed = shop.patch(ORDERS, json={"metadata": {"annotations": {"a": "c"}}}, headers=by_hand)

    assert set(managers(changed)) == {("kubectl-edit", "Update")}


def test_an_apply_that_names_a_uid_makes_no_other_object(shop: Api) -> None:
    uid = apply(shop, "pulumi", "metadata: {annotations: {a: b}}").json()["metadata"]["uid"]
    shop.delete(ORDERS)

    assert refusal(apply(shop, "pulumi", f"metadata: {{uid: {uid}}}")) == (409, "Conflict")
    shop.post(ACCOUNTS, json={"metadata": {"name": "orders"}})
    assert refusal(apply(shop, "pulumi", f"metadata: {{uid: {uid}}}")) == (409, "Conflict")


def test_a_patch_of_another_type_is_refused(shop: Api) -> None:
    assert refusal(shop.patch("/api/v1/namespaces/shop", data="{}")) == (415, "UnsupportedMediaType")


def test_an_update_of_an_old_version_is_a_conflict(shop: Api) -> None:
    old = shop.get("/api/v1/namespaces/shop").json()
    shop.patch("/api/v1/namespaces/shop", json={"metadata": {"labels": {"a": "1"}}}, headers=MERGE)

    assert refusal(shop.put("/api/v1/namespaces/shop", json=old)) == (409, "Conflict")


def test_an_update_without_a_change_keeps_the_version(shop: Api) -> None:
    before = shop.get("/api/v1/namespaces/shop").json()

    assert shop.put("/api/v1/namespaces/shop", json=before).json() == before


def test_a_deleted_namespace_takes_its_content_along(shop: Api) -> None:
    shop.post(ACCOUNTS, json={"metadata": {"name": "orders"}})
    shop.delete("/api/v1/namespaces/shop")
    shop.post("/api/v1/namespaces", json=SHOP)

    assert [item["metadata"]["name"] for item in shop.get(ACCOUNTS).json()["items"]] == ["default"]


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_a_system_namespace_stays(api: Api, name: str) -> None:
    assert refusal(api.delete(f"/api/v1/namespaces/{name}")) == (403, "Forbidden")


def test_a_secret_given_as_text_is_kept_as_data(shop: Api) -> None:
    body = {"metadata": {"name": "s"}, "stringData": {"a": "b"}, "data": {"c": "ZA=="}}

    made = shop.post("/api/v1/namespaces/shop/secrets", json=body).json()
    assert (made["data"], made["type"], "stringData" in made) == ({"a": "Yg==", "c": "ZA=="}, "Opaque", False)


def test_clients_discover_the_kinds(api: Api) -> None:
    assert {"apps", "secrets-store.csi.x-k8s.io"} <= {group["name"] for group in api.get("/apis").json()["groups"]}
    names = {entry["name"]: entry["namespaced"] for entry in api.get("/api/v1").json()["resources"]}
    assert (names["namespaces"], names["serviceaccounts"]) == (False, True)


BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings"
RBAC = "rbac.authorization.k8s.io"


def a_binding(**changes: Any) -> dict[str, Any]:
    group = {"kind": "Group", "apiGroup": RBAC, "name": "11111111-1111-4111-8111-111111111111"}
    reference = {"kind": "ClusterRole", "apiGroup": RBAC, "name": "view"}
    return {"metadata": {"name": "auditors"}, "roleRef": reference, "subjects": [group], **changes}


def test_a_binding_of_a_group_is_kept(shop: Api) -> None:
    assert shop.post(BINDINGS, a_binding()).status_code == 201
    assert shop.get(f"{BINDINGS}/auditors").json()["subjects"] == a_binding()["subjects"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"roleRef": {"kind": "ClusterRole", "apiGroup": "", "name": "view"}}, "roleRef.apiGroup"),
        ({"roleRef": {"kind": "Binding", "apiGroup": RBAC, "name": "view"}}, "roleRef.kind"),
        ({"roleRef": {"kind": "Role", "apiGroup": RBAC}}, "roleRef.name"),
        ({"subjects": [{"kind": "Team", "apiGroup": RBAC, "name": "a"}]}, "subjects[0].kind"),
        ({"subjects": [{"kind": "Group", "apiGroup": "", "name": "a"}]}, "subjects[0].apiGroup"),
        ({"subjects": [{"kind": "Group", "apiGroup": RBAC}]}, "subjects[0].name"),
    ],
)
def test_a_binding_has_a_form(shop: Api, changes: dict[str, Any], field: str) -> None:
    answer = shop.post(BINDINGS, a_binding(**changes))

    assert refusal(answer) == (422, "Invalid")
    assert f"{field}: " in answer.json()["message"]


def test_the_role_of_a_binding_is_immutable(shop: Api) -> None:
    shop.post(BINDINGS, a_binding())
    wider = a_binding(roleRef={"kind": "ClusterRole", "apiGroup": RBAC, "name": "edit"})

    assert refusal(shop.put(f"{BINDINGS}/auditors", wider)) == (422, "Invalid")


@pytest.mark.parametrize(("label", "value"), [("enforce", "strict"), ("warn-version", "1.34")])
def test_a_pod_security_label_has_a_form(api: Api, label: str, value: str) -> None:
    labels = {f"pod-security.kubernetes.io/{label}": value}

    assert refusal(api.post("/api/v1/namespaces", {"metadata": {"name": "team", "labels": labels}})) == (422, "Invalid")
