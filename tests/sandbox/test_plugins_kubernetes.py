"""The kubernetes stand-in against the API server of a cluster in the sandbox's Azure."""

import base64
import re

import pytest
from pulumi.runtime.proto import provider_pb2 as proto

from sandbox.azure.store import Store
from sandbox.plugins.azure_native import AzureNative
from sandbox.plugins.kubernetes import Kubernetes
from sandbox.plugins.properties import UNKNOWN, Properties, write

from .engine_side import Call, Engine, RefusedError

NAMESPACE = "kubernetes:core/v1:Namespace"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
PATCH = "kubernetes:core/v1:ServiceAccountPatch"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SECRET = "kubernetes:core/v1:Secret"
CLASS = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
SHOP: Properties = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
ORDERS: Properties = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "orders", "namespace": "shop"}}
APP: Properties = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "orders", "namespace": "shop"},
    "spec": {
        "selector": {"matchLabels": {"app": "orders"}},
        "template": {"metadata": {"labels": {"app": "orders"}}, "spec": {"containers": [{"name": "a", "image": "b"}]}},
    },
}


@pytest.fixture
def kubeconfig(online: Store) -> str:
    azure = Engine(AzureNative())
    azure.make("azure-native:resources:ResourceGroup", "rg", {"resourceGroupName": "rg", "location": "westeurope"})
    names: Properties = {"resourceGroupName": "rg", "resourceName": "dev"}
    cluster: Properties = {
        "dnsPrefix": "dev",
        "identity": {"type": "SystemAssigned"},
        "addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": True}},
        "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}],
    }
    azure.make("azure-native:containerservice:ManagedCluster", "dev", {**names, **cluster})
    credentials = "azure-native:containerservice:listManagedClusterUserCredentials"
    return base64.b64decode(azure.invoke(credentials, names)["kubeconfigs"][0]["value"]).decode()


@pytest.fixture
def engine(kubeconfig: str) -> Engine:
    return Engine(Kubernetes(), **{"kubernetes:config:kubeconfig": kubeconfig})


def test_an_object_is_created_with_what_the_server_adds(engine: Engine) -> None:
    engine.make(NAMESPACE, "shop", SHOP)
    identifier, _, outputs = engine.make(ACCOUNT, "orders", ORDERS)

    assert identifier == "shop/orders"
    assert re.fullmatch(r"[0-9a-f-]{36}", outputs["metadata"]["uid"])


def test_a_name_that_is_left_out_is_the_logical_name_and_eight_digits(engine: Engine) -> None:
    checked = engine.check(ACCOUNT, "Orders", {**ORDERS, "metadata": {"namespace": "shop"}})

    assert re.fullmatch(r"orders-[0-9a-f]{8}", checked["metadata"]["name"])
    assert engine.check(ACCOUNT, "x", {**ORDERS, "metadata": {}}, old=checked)["metadata"]["name"].startswith("orders-")


def test_a_namespace_that_is_left_out_is_default(engine: Engine) -> None:
    assert engine.check(ACCOUNT, "orders", {**ORDERS, "metadata": {}})["metadata"]["namespace"] == "default"


def test_a_namespace_has_no_namespace(engine: Engine) -> None:
    assert "namespace" not in engine.check(NAMESPACE, "shop", SHOP)["metadata"]


def test_an_existing_object_is_not_created_again(engine: Engine) -> None:
    engine.make(NAMESPACE, "shop", SHOP)

    with pytest.raises(RefusedError, match=r'shop was not successfully created .*: namespaces "shop" already exists'):
        engine.make(NAMESPACE, "shop", SHOP)


def test_a_missing_namespace_is_refused(engine: Engine) -> None:
    with pytest.raises(RefusedError, match='namespaces "shop" not found'):
        engine.make(ACCOUNT, "orders", ORDERS)


def test_a_preview_needs_no_cluster() -> None:
    engine = Engine(Kubernetes(), **{"kubernetes:config:kubeconfig": UNKNOWN})

    assert engine.create(ACCOUNT, engine.check(ACCOUNT, "orders", ORDERS), preview=True) == ("", ORDERS)


def test_an_update_removes_what_is_no_longer_wanted(engine: Engine) -> None:
    first = {**SHOP, "metadata": {"name": "shop", "labels": {"a": "1", "b": "2"}}}
    second = {**SHOP, "metadata": {"name": "shop", "labels": {"b": "3"}}}
    identifier, inputs, outputs = engine.make(NAMESPACE, "shop", first)

    updated = engine.update(NAMESPACE, identifier, inputs, second, outputs)

    assert updated["metadata"]["labels"] == {"b": "3", "kubernetes.io/metadata.name": "shop"}
    assert updated["metadata"]["uid"] == outputs["metadata"]["uid"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("metadata.name", {"metadata": {"name": "other", "namespace": "shop"}}),
        ("metadata.namespace", {"metadata": {"name": "orders", "namespace": "other"}}),
        ("spec.selector.matchLabels.app", {"spec": {**APP["spec"], "selector": {"matchLabels": {"app": "other"}}}}),
    ],
)
def test_what_kubernetes_cannot_change_is_replaced(engine: Engine, path: str, change: Properties) -> None:
    difference = engine.diff(DEPLOYMENT, APP, {**APP, **change})

    assert difference.detailedDiff[path].kind == proto.PropertyDiff.UPDATE_REPLACE
    assert difference.deleteBeforeReplace


def test_a_class_is_changed_in_place(engine: Engine) -> None:
    one = {"apiVersion": "secrets-store.csi.x-k8s.io/v1", "kind": "SecretProviderClass", "metadata": {"name": "c"}}

    assert not engine.diff(CLASS, {**one, "spec": {"provider": "azure"}}, {**one, "spec": {}}).replaces


def test_an_object_as_it_was_made_has_not_drifted(engine: Engine) -> None:
    engine.make(NAMESPACE, "shop", SHOP)
    identifier, inputs, outputs = engine.make(DEPLOYMENT, "orders", APP)

    assert engine.read(DEPLOYMENT, identifier, inputs, outputs) == (identifier, inputs)


def test_a_secret_given_as_text_has_not_drifted(engine: Engine) -> None:
    engine.make(NAMESPACE, "shop", SHOP)
    secret: Properties = {**ORDERS, "kind": "Secret", "stringData": {"a": "b"}}
    identifier, inputs, outputs = engine.make(SECRET, "orders", secret)

    assert outputs["data"] == {"a": "Yg=="}
    assert engine.read(SECRET, identifier, inputs, outputs) == (identifier, inputs)


def test_an_object_deleted_by_hand_is_gone(engine: Engine) -> None:
    identifier, inputs, outputs = engine.make(NAMESPACE, "shop", SHOP)
    engine.delete(NAMESPACE, identifier, outputs)

    assert engine.read(NAMESPACE, identifier, inputs, outputs)[0] == ""
    engine.delete(NAMESPACE, identifier, outputs)


def annotated(**annotations: str) -> Properties:
    return {**ORDERS, "metadata": {**ORDERS["metadata"], "annotations": annotations}}


def test_a_patch_changes_an_object_that_exists_and_gives_its_fields_up_when_it_goes(engine: Engine) -> None:
    engine.make(NAMESPACE, "shop", SHOP)
    theirs, inputs, outputs = engine.make(ACCOUNT, "theirs", annotated(theirs="1"))
    identifier, ours, patched = engine.make(PATCH, "ours", annotated(ours="a"))

    assert identifier == theirs
    assert patched["metadata"]["annotations"] == {"theirs": "1", "ours": "a"}
    changed = engine.update(PATCH, identifier, ours, annotated(ours="b"), patched)
    assert changed["__fieldManager"] == patched["__fieldManager"]
    assert engine.read(PATCH, identifier, annotated(ours="b"), changed) == (identifier, annotated(ours="b"))
    engine.delete(PATCH, identifier, changed)
    assert engine.read(ACCOUNT, theirs, inputs, outputs) == (theirs, inputs)
    assert engine.read(ACCOUNT, theirs, annotated(theirs="", ours=""), outputs)[1] == annotated(theirs="1")


def test_a_patch_of_an_object_that_is_gone_is_deleted_without_making_it_again(engine: Engine) -> None:
    engine.make(NAMESPACE, "shop", SHOP)
    theirs, inputs, outputs = engine.make(ACCOUNT, "theirs", ORDERS)
    identifier, _, patched = engine.make(PATCH, "ours", annotated(ours="a"))
    engine.delete(ACCOUNT, theirs, outputs)

    engine.delete(PATCH, identifier, patched)

    assert engine.read(ACCOUNT, theirs, inputs, outputs)[0] == ""


def test_two_patches_of_one_object_have_managers_of_their_own(engine: Engine) -> None:
    engine.make(NAMESPACE, "shop", SHOP)
    engine.make(PATCH, "one", annotated(a="1"))

    with pytest.raises(RefusedError, match=r'conflict with "pulumi-kubernetes-[0-9a-f]{8}" using v1: .*annotations.a'):
        engine.make(PATCH, "two", annotated(a="2"))
    forced = engine.make(PATCH, "two", annotated(a="2", **{"pulumi.com/patchForce": "true"}))[2]
    assert forced["metadata"]["annotations"]["a"] == "2"


def test_a_patch_names_its_object(engine: Engine) -> None:
    with pytest.raises(RefusedError, match=r"require the resource `\.metadata\.name` to be set"):
        engine.check(PATCH, "orders", {**ORDERS, "metadata": {"namespace": "shop"}})


def test_a_patch_needs_server_side_apply(kubeconfig: str) -> None:
    config = {"kubernetes:config:kubeconfig": kubeconfig, "kubernetes:config:enableServerSideApply": "false"}

    with pytest.raises(RefusedError, match="patch resources require Server-side Apply mode"):
        Engine(Kubernetes(), **config).check(PATCH, "orders", ORDERS)


def test_an_unreachable_cluster_is_named(online: Store) -> None:
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://gone.hcp.westeurope.azmk8s.io:443"}}],
    }
    engine = Engine(Kubernetes(), **{"kubernetes:config:kubeconfig": str(config)})

    with pytest.raises(RefusedError, match=r"cluster is unreachable: https://gone.hcp.*:443: no cluster"):
        engine.make(NAMESPACE, "shop", SHOP)


def test_a_kubeconfig_that_cannot_be_read_is_an_error() -> None:
    engine = Engine(Kubernetes(), **{"kubernetes:config:kubeconfig": "{"})

    with pytest.raises(RefusedError, match="the kubeconfig cannot be used"):
        engine.make(NAMESPACE, "shop", SHOP)


def config_difference(old: Properties, new: Properties) -> proto.DiffResponse:
    return Kubernetes().DiffConfig(proto.DiffRequest(old_inputs=write(old), news=write(new)), Call())


def test_an_unknown_kubeconfig_replaces_nothing_while_the_cluster_identifier_stays() -> None:
    old = {"kubeconfig": "{}", "clusterIdentifier": "one"}

    assert not config_difference(old, {"kubeconfig": UNKNOWN, "clusterIdentifier": "one"}).replaces


def test_a_changed_cluster_identifier_replaces() -> None:
    difference = config_difference({"clusterIdentifier": "one"}, {"clusterIdentifier": "two"})

    assert list(difference.replaces) == ["clusterIdentifier"]


def test_an_unknown_kubeconfig_replaces_when_there_is_no_cluster_identifier(kubeconfig: str) -> None:
    assert list(config_difference({"kubeconfig": kubeconfig}, {"kubeconfig": UNKNOWN}).replaces) == ["kubeconfig"]
