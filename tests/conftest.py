# SPDX-License-Identifier: Apache-2.0
"""What all tests share: small configurations, and templates as plain data that is easy to ask."""

from __future__ import annotations

import atexit
import gc
import json
import os
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.config.check import ForgeConfig
from seqera_batch.runtime import use_bundled_node
from tests.night import AT_NIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    import aws_cdk as cdk

    Configure = Callable[..., ForgeConfig]
    ReadAssembly = Callable[[cdk.App], dict[str, "Template"]]

# Both are read when CDK is first imported, which only the tests of constructs and stacks do: the
# pure ones never start Node.js. CDK's own validation costs a second, and has a test of its own.
os.environ["CDK_VALIDATION"] = "false"
use_bundled_node()
# jsonschema would build a grammar of addresses when it is imported, for more than a second: no
# test asks it to judge formats.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of a run tell of tests what a summary is made of, and no more.

    Six messages for each of twelve thousand tests take as long as a folder of them does.
    """
    if not hasattr(config, "workerinput") or config.option.xmlpath or config.option.durations:
        return
    plugins = config.pluginmanager.get_plugins()
    # execnet runs its module under another name.
    [worker] = (one for one in plugins if type(one).__name__ == "WorkerInteractor")
    send = worker.sendevent

    def send_what_counts(name: str, **told: Any) -> None:  # noqa: ANN401 - as xdist sends it
        report = told.get("data", {}) if name == "testreport" else {}
        told_already = report.get("when") in {"setup", "teardown"} and report["outcome"] == "passed"
        if name != "logstart" and not told_already:
            send(name, **told)

    worker.sendevent = send_what_counts


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let Python look for garbage after the collection, and in nothing that it made.

    Thousands of tests and all modules stay to the end: they would be walked again and again, and
    once more then.
    """
    atexit.register(gc.freeze)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        # Seldom enough to cost nothing: what a test leaves is mostly gone without.
        gc.set_threshold(50_000, 20, 20)
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is marked for the night to `make nightly`."""
    if AT_NIGHT:
        return
    later = [item for item in items if item.get_closest_marker("nightly")]
    if later:
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


def _configure(
    forge: Mapping[str, Any] | None = None,
    aws: Mapping[str, Any] | None = None,
    *,
    manual: bool = False,
    **fields: Any,  # noqa: ANN401 - fields of the environment file
) -> ForgeConfig:
    data: dict[str, Any] = {"name": "demo", "region": "eu-west-1", "work_dir": "s3://work/dir"}
    if manual:
        data |= {"head_queue": "queue-head", "compute_queue": "queue-work"}
    else:
        data["forge"] = {"max_cpus": 64, **(forge or {})}
    if aws:
        data["aws"] = dict(aws)
    return ForgeConfig.from_dict({**data, **fields})


@pytest.fixture(scope="session")
def configure() -> Configure:
    """Return a function that makes the smallest configuration, changed by its arguments."""
    return _configure


@dataclass(frozen=True)
class Template:
    """A template as plain data, in which resources are found by type and by what they are."""

    data: dict[str, Any]

    def ids(self, kind: str) -> list[str]:
        """Return the logical ids of the resources of a type."""
        return [key for key, one in self.data["Resources"].items() if one["Type"] == kind]

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Return the properties of all resources of a type."""
        return [self.data["Resources"][key].get("Properties", {}) for key in self.ids(kind)]

    def one(self, kind: str) -> dict[str, Any]:
        """Return the properties of the only resource of a type."""
        [found] = self.all(kind)
        return found

    @cached_property
    def queues(self) -> dict[str, dict[str, Any]]:
        """The job queues by the end of their name: `head`, `work`, `dragen`; else the name."""
        found = self.all("AWS::Batch::JobQueue")
        return {
            re.sub(r".*-(?=(head|work|dragen)$)", "", queue["JobQueueName"]): queue
            for queue in found
        }

    def environment_id(self, queue: str) -> str:
        """Return the logical id of the compute environment behind a queue."""
        [behind] = self.queues[queue]["ComputeEnvironmentOrder"]
        found: str = behind["ComputeEnvironment"]["Ref"]
        return found

    @cached_property
    def environments(self) -> dict[str, dict[str, Any]]:
        """The properties of the compute environments, by the end of their queue's name."""
        resources = self.data["Resources"]
        return {name: resources[self.environment_id(name)]["Properties"] for name in self.queues}

    @cached_property
    def on_ec2(self) -> dict[str, dict[str, Any]]:
        """The compute environments that start instances."""
        return {
            name: one
            for name, one in self.environments.items()
            if one["ComputeResources"]["Type"] != "FARGATE"
        }

    @cached_property
    def roles(self) -> dict[str, dict[str, Any]]:
        """The roles, by their kind, which ends their name."""
        return {
            role["RoleName"].rsplit("-", 1)[-1]: role
            for role in self.all("AWS::IAM::Role")
            if "RoleName" in role
        }

    def behind(self, logical_id: str) -> set[str]:
        """Return what a resource reaches by Ref, GetAtt and DependsOn, over any number of steps."""
        found: set[str] = set()
        waiting = [logical_id]
        while waiting:
            near = set(_references(self.data["Resources"][waiting.pop()])) - found
            near &= self.data["Resources"].keys()
            found |= near
            waiting += near
        return found

    def types_behind(self, logical_id: str) -> set[str]:
        """Return the types of what a resource reaches."""
        return {self.data["Resources"][key]["Type"] for key in self.behind(logical_id)}


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield item[0]
            elif key == "Fn::Sub":
                yield from (name.partition(".")[0] for name in re.findall(r"\$\{([^}]+)\}", item))
            elif key == "DependsOn":
                yield from [item] if isinstance(item, str) else item
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _read_assembly(app: cdk.App) -> dict[str, Template]:
    folder = Path(app.synth().directory)
    return {
        file.name.removesuffix(".template.json"): Template(json.loads(file.read_text("utf-8")))
        for file in folder.glob("*.template.json")
    }


@pytest.fixture(scope="session")
def read_assembly() -> ReadAssembly:
    """Return a function that synthesizes an app and gives its templates by stack."""
    return _read_assembly


def _plain(  # noqa: PLR0911 - one for each shape
    value: Any,  # noqa: ANN401 - JSON
    known: Mapping[str, str] | None = None,
) -> Any:  # noqa: ANN401 - JSON
    match value:
        case list():
            return [_plain(item, known) for item in value]
        case {"Ref": name}:
            return (known or {}).get(name, f"${{{name}}}")
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: _plain({"Ref": found[1]}, known), text)
        case {"Fn::Join": [separator, parts]}:
            return separator.join(_plain(parts, known))
        case dict():
            return {key: _plain(item, known) for key, item in value.items()}
    return value


@pytest.fixture(scope="session")
def plain() -> Callable[..., Any]:
    """Return a function that turns Ref, GetAtt, Sub and Join into text: `${AWS::AccountId}`."""
    return _plain
