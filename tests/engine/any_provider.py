"""A provider for previews of types that the sandbox does not play: what is asked for is what comes of it."""

import shlex
import sys
from pathlib import Path
from typing import Any

import yaml
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from sandbox.plugins.arm_types import find_type
from sandbox.plugins.azure_native import AzureNative
from sandbox.plugins.provider import refuse, urn_type
from sandbox.plugins.serving import serve
from tests.engine.engine import REPOSITORY, Engine


class AnyProvider(AzureNative):
    """The sandbox's azure-native where that knows the type; every other type of any package passes a preview."""

    def Check(self, request: proto.CheckRequest, context: Any) -> proto.CheckResponse:  # noqa: N802
        if _is_played(request.urn):
            return super().Check(request, context)
        return proto.CheckResponse(inputs=request.news)

    def Create(self, request: proto.CreateRequest, context: Any) -> proto.CreateResponse:  # noqa: N802
        if _is_played(request.urn):
            return super().Create(request, context)
        if not request.preview:
            refuse(context, f"{urn_type(request.urn)} is for previews")
        return proto.CreateResponse(properties=request.properties)


def _is_played(urn: str) -> bool:
    try:
        find_type(urn_type(urn))
    except LookupError:
        return False
    return True


def give(engine: Engine, folder: Path, *packages: str) -> None:
    """Let a program that has not run yet use this provider for some packages."""
    code = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from tests.engine.any_provider import main; main()"
    plugins: list[dict[str, str]] = []
    for package in packages:
        place = folder / "plugins" / package
        place.mkdir(parents=True)
        launcher = place / f"pulumi-resource-{package}"
        launcher.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-P", "-c", code])} "$@"\n')
        launcher.chmod(0o755)
        plugins.append({"name": package, "path": str(place)})
    project = engine.project / "Pulumi.yaml"
    project.write_text(yaml.safe_dump({**yaml.safe_load(project.read_text()), "plugins": {"providers": plugins}}))


def main() -> None:
    provider = AnyProvider()
    serve(lambda server: add_ResourceProviderServicer_to_server(provider, server))
