"""The pod side: label on the template, service account, volumes, mounts."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from aks_workload_identity import FederatedWorkload, InvalidArgumentError, KeyVaultMount, Secret
from pulumi_kubernetes import apps, batch, core, meta

from tests.components.builders import accounts, mount, trust, workload
from tests.recorder import run

pytestmark = pytest.mark.capability("A5")

USE = "azure.workload.identity/use"
EXPIRATION = "azure.workload.identity/service-account-token-expiration"
POD: dict[str, Any] = {"containers": [{"name": "app", "image": "a"}]}


def changed(
    spec: Any,
    *,
    mounts: int = 0,
    names: tuple[str, ...] = ("orders",),
    service_account: str | None = None,
    token_expiration_seconds: int | None = None,
    **m: Any,
) -> Any:
    """The spec after `pod_spec`, with mounts called `one` and `two`."""
    results: list[Any] = []

    def program() -> None:
        orders = workload(service_accounts=accounts(*names))
        made = [mount(orders, name, **m) for name in ("one", "two")[:mounts]]
        lifetime = token_expiration_seconds
        results.append(
            orders.pod_spec(spec, mounts=made, service_account=service_account, token_expiration_seconds=lifetime)
        )

    run(program)
    return results[0]


def template(pod: dict[str, Any] = POD, **metadata: Any) -> dict[str, Any]:
    return {"template": {"metadata": metadata, "spec": pod}}


@pytest.mark.parametrize(
    ("spec", "find"),
    [
        (template(), lambda spec: spec["template"]),
        ({"jobTemplate": {"spec": template()}}, lambda spec: spec["jobTemplate"]["spec"]["template"]),
        ({"job_template": {"spec": template()}}, lambda spec: spec["jobTemplate"]["spec"]["template"]),
        ({"metadata": {"name": "orders"}, "spec": POD}, lambda pod: pod),
    ],
)
def test_the_label_is_on_the_pod_template_of_every_kind(spec: Any, find: Callable[[Any], Any]):
    pod = find(changed(spec))

    assert pod["metadata"]["labels"] == {USE: "true"}
    assert pod["spec"]["serviceAccountName"] == "orders"


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (apps.v1.DeploymentSpecArgs, {"selector": meta.v1.LabelSelectorArgs(match_labels={"a": "b"})}),
        (
            apps.v1.StatefulSetSpecArgs,
            {"selector": meta.v1.LabelSelectorArgs(match_labels={"a": "b"}), "service_name": "a"},
        ),
        (apps.v1.DaemonSetSpecArgs, {"selector": meta.v1.LabelSelectorArgs(match_labels={"a": "b"})}),
        (apps.v1.ReplicaSetSpecArgs, {"selector": meta.v1.LabelSelectorArgs(match_labels={"a": "b"})}),
        (batch.v1.JobSpecArgs, {}),
    ],
)
def test_typed_specs_stay_typed_and_the_callers_own_is_not_changed(kind: Any, spec: dict[str, Any]):
    containers = [core.v1.ContainerArgs(name="app", image="a")]
    typed = kind(template=core.v1.PodTemplateSpecArgs(spec=core.v1.PodSpecArgs(containers=containers)), **spec)

    result = changed(typed, mounts=1)

    assert type(result) is kind
    assert result.template.metadata["labels"] == {USE: "true"}
    assert result.template.spec.service_account_name == "orders"
    assert result.template.spec.containers[0].volume_mounts == [
        {"name": "one", "mountPath": "/mnt/secrets-store/one", "readOnly": True}
    ]
    assert typed.template.metadata is None
    assert containers[0].volume_mounts is None


ONE = core.v1.ContainerArgs(name="app", image="a")


def test_a_typed_cron_job_reaches_its_inner_template():
    inner = batch.v1.JobSpecArgs(template=core.v1.PodTemplateSpecArgs(spec=core.v1.PodSpecArgs(containers=[ONE])))
    typed = batch.v1.CronJobSpecArgs(schedule="* * * * *", job_template=batch.v1.JobTemplateSpecArgs(spec=inner))

    result = changed(typed)

    assert result.job_template.spec.template.metadata["labels"] == {USE: "true"}


def test_a_typed_pod_is_its_own_template():
    typed = core.v1.PodInitArgs(spec=core.v1.PodSpecArgs(containers=[core.v1.ContainerArgs(name="app", image="a")]))

    result = changed(typed, mounts=1)

    assert type(result) is core.v1.PodInitArgs
    assert result.metadata["labels"] == {USE: "true"}
    assert result.spec.service_account_name == "orders"
    assert result.spec.containers[0].volume_mounts[0]["name"] == "one"


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_a_whole_object_of_a_kind_keeps_its_own_metadata(kind: str):
    whole = {"kind": kind, "metadata": {"name": "orders"}, "spec": template()}

    result = changed(whole)

    assert result["metadata"] == {"name": "orders"}
    assert result["spec"]["template"]["metadata"]["labels"] == {USE: "true"}


def test_labels_annotations_and_volumes_that_are_there_stay():
    pod = {**POD, "volumes": [{"name": "cache", "emptyDir": {}}]}
    result = changed(template(pod, labels={"app": "a"}, annotations={"note": "b"}), mounts=1)["template"]

    assert result["metadata"]["labels"] == {"app": "a", USE: "true"}
    assert result["metadata"]["annotations"]["note"] == "b"
    assert [volume["name"] for volume in result["spec"]["volumes"]] == ["cache", "one"]


def test_a_mount_is_a_read_only_volume_that_names_the_class_and_nothing_else():
    result = changed(template(), mounts=2)["template"]["spec"]

    assert result["volumes"][0] == {
        "name": "one",
        "csi": {
            "driver": "secrets-store.csi.k8s.io",
            "readOnly": True,
            "volumeAttributes": {"secretProviderClass": "one"},
        },
    }
    assert [m["mountPath"] for m in result["containers"][0]["volumeMounts"]] == [
        "/mnt/secrets-store/one",
        "/mnt/secrets-store/two",
    ]


def test_a_changed_declaration_rolls_the_pods():
    before = changed(template(), mounts=1)["template"]["metadata"]["annotations"]
    after = changed(template(), mounts=1, objects={"other": Secret()})["template"]["metadata"]["annotations"]

    assert before.keys() == after.keys() == {"checksum/one"}
    assert before != after


def test_only_the_named_containers_see_the_files():
    pod = {"containers": [{"name": "app"}, {"name": "proxy"}], "initContainers": [{"name": "init"}]}
    result = changed(template(pod), mounts=1, containers=["app"])["template"]["spec"]

    assert [bool(container.get("volumeMounts")) for container in result["containers"]] == [True, False]
    assert "volumeMounts" not in result["initContainers"][0]


def test_init_containers_see_the_files_unless_containers_are_named():
    pod = {"containers": [{"name": "app"}], "init_containers": [{"name": "init"}]}
    result = changed(template(pod), mounts=1)["template"]["spec"]

    assert result["initContainers"][0]["volumeMounts"][0]["name"] == "one"


def test_the_service_account_is_chosen_by_key_where_there_are_several():
    result = changed(template(), names=("api", "worker"), service_account="worker")

    assert result["template"]["spec"]["serviceAccountName"] == "worker"


MOUNTED = "/mnt/secrets-store/one"


def a_class_volume(driver: str = "secrets-store.csi.k8s.io", **csi: Any) -> dict[str, Any]:
    return template({**POD, "volumes": [{"name": "mine", "csi": {"driver": driver, **csi}}]})


@pytest.mark.parametrize(
    "spec",
    [
        a_class_volume(volumeAttributes={"secretProviderClass": "c"}),
        a_class_volume("file.csi.azure.com", volumeAttributes={"shareName": "x"}, nodePublishSecretRef={"name": "y"}),
        template(annotations={EXPIRATION: "3600"}),
        template(annotations={EXPIRATION: "86400"}),
        template({"containers": [{"name": "app", "volumeMounts": [{"name": "x", "subPath": "a", "mountPath": "/x"}]}]}),
    ],
)
def test_what_works_in_a_template_is_left_as_it_is(spec: Any):
    before = spec["template"]
    after = changed(spec, mounts=1)["template"]

    assert after["spec"]["volumes"][:-1] == before["spec"].get("volumes", [])
    assert after["metadata"]["annotations"].items() >= before["metadata"].get("annotations", {}).items()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"replicas": 1}, "spec must be the spec of a Deployment"),
        (POD, "spec must be the spec of a Deployment"),
        (template({**POD, "serviceAccountName": "other"}), "serviceAccountName must be left out or 'orders'"),
        (template({**POD, "service_account": "other"}), "serviceAccount must be left out or 'orders'"),
        (
            template({**POD, "serviceAccountName": "orders", "serviceAccount": "other"}),
            "serviceAccount must be left out or 'orders'; got 'other'",
        ),
        (template(labels={USE: "True"}), f"label {USE} must be \"true\", exactly; got 'True'"),
        (
            template(annotations={"azure.workload.identity/inject-proxy-sidecar": "false"}),
            "adds a privileged container",
        ),
        (template({**POD, "volumes": [{"name": "one"}]}), "volumes must not hold the mount's own name; got 'one'"),
        (
            template({"containers": [{"name": "app", "volumeMounts": [{"name": "one", "subPath": "db"}]}]}),
            "must not use subPath",
        ),
        (
            template({"initContainers": [{"name": "a", "env": [{"name": "AZURE_CLIENT_SECRET"}]}], **POD}),
            "env of 'a' must not set AZURE_CLIENT_SECRET",
        ),
        ({"template": {}}, "spec of the template must have containers; got none"),
        ({"template": []}, "template must be a map or typed arguments; got []"),
        ({"template": {"spec": {"containers": {"name": "app"}}}}, "containers must be a list; got {'name': 'app'}"),
        ({"template": {"spec": {"containers": ["app"]}}}, "containers[0] must be a map or typed arguments; got 'app'"),
        ({"template": {"spec": {"containers": [None]}}}, "containers[0] must be a map or typed arguments; got None"),
        ({"template": {"metadata": {"labels": ["a"]}, "spec": {}}}, "labels must be a map or typed arguments"),
        (template({"volumes": [{"name": "x", "csi": "a"}]}), "csi of volume 'x' must be a map or typed arguments"),
        *(
            (
                template({"containers": [{"name": "a", "volumeMounts": [{"name": "x", "mountPath": path}]}]}),
                f"which is read-only; got '{path}' for volume 'x'",
            )
            for path in ("/mnt/secrets-store/one/cache", "/mnt//secrets-store/one", "/mnt/x/../secrets-store/one")
        ),
        (
            template({"containers": [{"name": "app", "volumeMounts": [{"name": "one", "subPathExpr": "$(A)"}]}]}),
            "must not use subPath",
        ),
        (
            template({"containers": [{"name": "a", "volume_mounts": [{"name": "x", "mount_path": MOUNTED + "/"}]}]}),
            "volumeMounts of 'a' must leave '/mnt/secrets-store/one' to mount 'one', which is read-only; got "
            "'/mnt/secrets-store/one/' for volume 'x'",
        ),
        (template(annotations={EXPIRATION: "3599"}), "must be a token lifetime of 3600-86400 seconds as text"),
        (template(annotations={EXPIRATION: "86401"}), "must be a token lifetime of 3600-86400 seconds as text"),
        (template(annotations={EXPIRATION: "1h"}), "must be a token lifetime of 3600-86400 seconds as text"),
        (template(annotations={EXPIRATION: 3600}), "must be a token lifetime of 3600-86400 seconds as text"),
        (a_class_volume(volumeAttributes={"secretProviderClass": "c", "clientID": "x"}), "got ['clientID']"),
        (a_class_volume(volume_attributes={"usePodIdentity": "true"}), "got ['usePodIdentity']"),
        (a_class_volume(nodePublishSecretRef={"name": "login"}), "it logs in with a stored secret"),
    ],
)
def test_a_template_that_would_not_work_is_refused(spec: Any, message: str):
    with pytest.raises(InvalidArgumentError) as caught:
        changed(spec, mounts=1)

    assert message in str(caught.value)


def refusal_of(mounts: Callable[[FederatedWorkload], list[KeyVaultMount]]) -> str:
    def program() -> None:
        orders = workload()
        orders.pod_spec(template(), mounts=mounts(orders))

    with pytest.raises(InvalidArgumentError) as caught:
        run(program)
    return str(caught.value)


def test_two_mounts_with_one_volume_name_are_refused():
    def mounts(of: FederatedWorkload) -> list[KeyVaultMount]:
        return [mount(of, "one", class_name="a.b"), mount(of, "two", class_name="a-b")]

    assert "mounts must have different class names; got ['a-b', 'a-b']" in refusal_of(mounts)


def test_two_mounts_with_one_path_are_refused():
    def mounts(of: FederatedWorkload) -> list[KeyVaultMount]:
        return [mount(of, "one", mount_path="/mnt/x"), mount(of, "two", mount_path="/mnt/x/")]

    assert "mounts must have different mount paths; got ['/mnt/x', '/mnt/x']" in refusal_of(mounts)


def test_a_mount_of_another_workload_is_refused():
    def mounts(_of: FederatedWorkload) -> list[KeyVaultMount]:
        billing = workload("billing", clusters={"green": trust("green")}, service_accounts=accounts("billing"))
        return [mount(billing, "one")]

    message = refusal_of(mounts)
    assert "mounts must be the workload's own; got 'one' of 'billing', whose identity reads the vault" in message


def test_a_token_lifetime_of_these_pods_is_annotated_on_their_template():
    result = changed(template(), token_expiration_seconds=7200)["template"]

    assert result["metadata"]["annotations"] == {EXPIRATION: "7200"}


@pytest.mark.parametrize("lifetime", [3599, 86401])
def test_a_token_lifetime_that_the_webhook_refuses_is_refused(lifetime: int):
    with pytest.raises(InvalidArgumentError, match="token_expiration_seconds must be a token lifetime of 3600-86400"):
        changed(template(), token_expiration_seconds=lifetime)


def test_all_problems_of_a_template_are_told_at_once():
    spec = template({**POD, "serviceAccountName": "other"}, labels={USE: "false"})

    with pytest.raises(InvalidArgumentError) as caught:
        changed(spec)

    assert len(caught.value.problems) == 2


def test_the_service_account_must_be_named_where_there_are_several():
    with pytest.raises(InvalidArgumentError, match=r"service_account must be one of \['api', 'worker'\]; got None"):
        changed(template(), names=("api", "worker"))


def test_a_container_name_that_the_pod_has_not_is_refused():
    with pytest.raises(InvalidArgumentError, match="got 'sidecar', the pod has \\['app'\\]"):
        changed(template(), mounts=1, containers=["sidecar"])


def with_volume(**volume: Any) -> dict[str, Any]:
    return template({**POD, "volumes": [{"name": "mine", **volume}]})


def with_container(**container: Any) -> dict[str, Any]:
    return template({"containers": [{"name": "app", **container}]})


SHOWN: dict[str, Any] = {"name": "x", "mountPath": "/x"}
HIDDEN: list[tuple[str, Callable[[Any], Any]]] = [
    ("metadata of the template", lambda later: {"template": {"metadata": later, "spec": POD}}),
    ("spec of the template", lambda later: {"template": {"metadata": {}, "spec": later}}),
    ("serviceAccountName", lambda later: template({**POD, "serviceAccountName": later})),
    ("serviceAccount", lambda later: template({**POD, "serviceAccount": later})),
    ("annotations", lambda later: template(annotations=later)),
    ("volumes[0]", lambda later: template({**POD, "volumes": [later]})),
    ("name of an entry of volumes", lambda later: template({**POD, "volumes": [{"name": later}]})),
    ("csi of volume 'mine'", lambda later: with_volume(csi=later)),
    ("driver of volume 'mine'", lambda later: with_volume(csi={"driver": later})),
    ("volumeAttributes of volume 'mine'", lambda later: a_class_volume(volumeAttributes=later)),
    ("containers", lambda later: template({"containers": later})),
    ("containers[0]", lambda later: template({"containers": [later]})),
    ("initContainers[1]", lambda later: template({**POD, "initContainers": [{"name": "a"}, later]})),
    ("name of an entry of containers", lambda later: template({"containers": [{"name": later}]})),
    ("volumeMounts of 'app'", lambda later: with_container(volumeMounts=later)),
    ("volumeMounts[0] of 'app'", lambda later: with_container(volumeMounts=[later])),
    ("name in volumeMounts of 'app'", lambda later: with_container(volumeMounts=[{**SHOWN, "name": later}])),
    ("mountPath in volumeMounts of 'app'", lambda later: with_container(volumeMounts=[{**SHOWN, "mountPath": later}])),
]


@pytest.mark.parametrize(("where", "spec"), HIDDEN, ids=[where for where, _ in HIDDEN])
def test_nothing_that_is_checked_hides_in_an_output(where: str, spec: Callable[[Any], Any]):
    def program() -> None:
        orders = workload()
        orders.pod_spec(spec(pulumi.Output.from_input({})), mounts=[mount(orders, "one")])

    with pytest.raises(InvalidArgumentError) as caught:
        run(program)

    assert f"  - {where} must be plain, so that it can be checked in every preview; got an Output" in str(caught.value)


def with_output(make: Callable[[Any], Any], value: str) -> Any:
    """The spec with an Output in it after `pod_spec` with a mount called `one`."""
    results: list[Any] = []

    def program() -> None:
        orders = workload()
        results.append(orders.pod_spec(make(pulumi.Output.from_input(value)), mounts=[mount(orders, "one")]))

    run(program)
    return results[0]


def test_a_label_that_is_only_known_later_is_refused():
    with pytest.raises(InvalidArgumentError, match='must be "true", exactly; got an Output'):
        with_output(lambda later: template(labels={USE: later}), "false")


def test_a_sub_path_that_is_only_known_later_is_refused():
    ours = {"name": "one", "mountPath": "/x"}

    with pytest.raises(InvalidArgumentError, match="must not use subPath"):
        with_output(lambda later: with_container(volumeMounts=[{**ours, "subPath": later}]), "db")


def test_what_is_not_checked_may_be_known_later():
    spec = with_output(lambda later: with_container(image=later, env=[{"name": "A", "value": later}]), "a")

    container = spec["template"]["spec"]["containers"][0]
    assert isinstance(container["image"], pulumi.Output)
    assert isinstance(container["env"][0]["value"], pulumi.Output)


@pytest.mark.parametrize("where", ["spec", "template", "labels", "volumes"])
def test_what_must_be_checked_must_not_be_an_output(where: str):
    def program() -> None:
        later: Any = pulumi.Output.from_input({})
        specs: dict[str, Any] = {
            "spec": later,
            "template": {"template": later},
            "labels": template(labels=later),
            "volumes": template({**POD, "volumes": later}),
        }
        workload().pod_spec(specs[where])

    with pytest.raises(InvalidArgumentError, match="must be plain"):
        run(program)


def test_the_pod_waits_for_what_it_needs_when_it_depends_on_the_components():
    def program() -> None:
        orders: FederatedWorkload = workload()
        shown: KeyVaultMount = mount(orders)
        spec = orders.pod_spec({"selector": {"matchLabels": {}}, **template()}, mounts=[shown])
        apps.v1.Deployment("orders", spec=spec, opts=pulumi.ResourceOptions(depends_on=[orders, shown]))

    recording = run(program)

    waits = recording.one("Deployment").dependencies
    needed = ("FederatedIdentityCredential", "RoleAssignment", "ServiceAccount", "SecretProviderClass")
    assert {recording.one(type_).urn for type_ in needed} <= waits


def test_a_field_in_two_spellings_is_refused_as_only_one_could_be_checked():
    both = {"name": "v", "csi": {"driver": "d", "volumeAttributes": {"a": "b"}, "volume_attributes": {}}}
    twice = {**POD, "volumes": [both], "serviceAccountName": "other", "service_account_name": "orders"}

    with pytest.raises(InvalidArgumentError, match="in one spelling; got service_account_name and"):
        changed(template(twice))
