# SPDX-License-Identifier: Apache-2.0
"""The examples' templates as readable files; `make snapshots` accepts a change."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion

    from tests.stacks.conftest import Scenario

MOST = 12
"""More snapshots than this are not read when they change."""

FOLDED = 3
"""Rules of a bucket's life cycle that are shown."""

NAMES = (
    "dragen",
    "efs",
    "exported-from-platform",
    "fsx",
    "gpu",
    "graviton",
    "manual",
    "on-demand",
    "operations",
    "queues",
    "spot-fusion-ebs",
    "spot-fusion-nvme",
)


def _readable(template: dict[str, Any], plain: Callable[..., Any]) -> Any:  # noqa: ANN401 - JSON
    """Return the template with references as text, scripts as their calls, no hashes."""
    kept = {key: value for key, value in template.items() if key not in {"Parameters", "Rules"}}
    found = plain(kept)
    for resource in found["Resources"].values():
        data = resource.get("Properties", {}).get("LaunchTemplateData")
        if data is not None:
            # The functions before the first step are the same everywhere; tests/node runs them.
            _, _, calls = data["UserData"]["Fn::Base64"].partition("\nstep ")
            data["UserData"] = f"step {calls}".splitlines()
        # What the function is, its own tests tell.
        if "ZipFile" in resource.get("Properties", {}).get("Code", {}):
            resource["Properties"]["Code"] = {"ZipFile": "<seqera_batch/queue_check.py>"}
        if resource["Type"] == "AWS::CloudWatch::Dashboard":
            body = resource["Properties"]["DashboardBody"]
            resource["Properties"]["DashboardBody"] = json.loads(body)
        rules = resource.get("Properties", {}).get("LifecycleConfiguration", {}).get("Rules", [])
        if len(rules) > FOLDED:
            # One for each pair of hexadecimal digits; tests/unit/template reads them all.
            rules[FOLDED:-1] = [f"{len(rules) - FOLDED - 1} rules like the one before"]
    return json.loads(re.sub(r"[0-9a-f]{64}", "<asset>", json.dumps(_tags_in_short(found))))


def _tags_in_short(value: Any) -> Any:  # noqa: ANN401 - JSON
    match value:
        case [{"Key": _, "Value": _}, *_]:
            return {tag["Key"]: tag["Value"] for tag in value}
        case list():
            return [_tags_in_short(item) for item in value]
        case dict():
            return {key: _tags_in_short(item) for key, item in value.items()}
    return value


def test_every_example_has_one(examples: dict[str, Scenario]) -> None:
    """There is a snapshot of each example, and no more of them than somebody reads."""
    assert tuple(examples) == NAMES
    assert len(NAMES) <= MOST


@pytest.mark.parametrize("name", NAMES)
def test_template(
    examples: dict[str, Scenario],
    plain: Callable[..., Any],
    snapshot: SnapshotAssertion,
    name: str,
) -> None:
    """The template of an example is what somebody has read and accepted."""
    found = _readable(examples[name].template.data, plain)
    assert found == snapshot(extension_class=JSONSnapshotExtension)


def test_only_known_parameters(examples: dict[str, Scenario]) -> None:
    """What snapshots leave out is CDK's own check of the bootstrap version."""
    for example in examples.values():
        assert example.template.data["Parameters"].keys() == {"BootstrapVersion"}
        assert example.template.data["Rules"].keys() == {"CheckBootstrapVersion"}
