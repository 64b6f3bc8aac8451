# SPDX-License-Identifier: Apache-2.0
"""What an app adds to a file is planned, judged and rendered as if the file said it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import (
    Additions,
    BatchForge,
    ConfigError,
    NodeScript,
    OwnStatement,
    TaskEnvironment,
    TaskQueue,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

    from tests.conftest import Configure, Template

TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/references"
QUEUE: dict[str, Any] = {"name": "on-demand", "type": "EC2", "max_cpus": 16}
BEHIND: dict[str, Any] = {"type": "EC2", "max_cpus": 8}
SCRIPT = {"name": "open files", "run": "sysctl -w fs.file-max=2097152"}
STATEMENT = {
    "name": "References",
    "roles": ["compute_job"],
    "actions": ["dynamodb:GetItem"],
    "resources": [TABLE],
    "reason": "tasks look up references",
}
ADDED = Additions(
    queues=[TaskQueue(name="on-demand", type="EC2", max_cpus=16)],
    environments=[TaskEnvironment(type="EC2", max_cpus=8)],
    node_scripts=[NodeScript(name="open files", run="sysctl -w fs.file-max=2097152")],
    statements=[
        OwnStatement(
            name="References",
            roles=("compute_job",),
            actions=("dynamodb:GetItem",),
            resources=(TABLE,),
            reason="tasks look up references",
        )
    ],
)


def test_as_if_the_file_said_it(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Plan and resources are those of a file with the same words."""
    forge = BatchForge(stack, "Forge", config=configure(), additions=ADDED)
    said = {
        "queues": [QUEUE],
        "compute": {"further_environments": [BEHIND]},
        "node_scripts": [SCRIPT],
        "iam": {"statements": [STATEMENT]},
    }
    in_file = configure({}, said)
    assert ADDED.to(configure()) == in_file
    template = synthesized()
    names = {one["JobQueueName"] for one in template.all("AWS::Batch::JobQueue")}
    assert any(name.endswith("-on-demand") for name in names)
    assert TABLE in json.dumps(template.all("AWS::IAM::Role"))
    assert "fs.file-max" in json.dumps(template.all("AWS::EC2::LaunchTemplate"))
    assert any(len(queue.environments) == 2 for queue in forge.plan.compute.queues)


def test_added_beside_the_file(configure: Configure) -> None:
    """What the file says stays, and comes first; nothing added is the file itself."""
    config = configure({}, {"queues": [{**QUEUE, "name": "first"}], "node_scripts": [SCRIPT]})
    made = ADDED.to(config)
    assert [one.name for one in made.aws.queues] == ["first", "on-demand"]
    assert len(made.aws.node_scripts) == 2
    assert Additions().to(config) is config


def test_rules_hold(stack: cdk.Stack, configure: Configure) -> None:
    """What breaks a rule is refused before anything is made."""
    twice = Additions(queues=[*ADDED.queues, *ADDED.queues])
    with pytest.raises(ConfigError, match=r"aws\.queues"):
        BatchForge(stack, "Forge", config=configure(), additions=twice)
    assert stack.node.try_find_child("Forge") is None


@pytest.mark.parametrize(
    ("said", "path", "allowed"),
    [
        ({"queues": [{"name": "wide"}]}, "queues[0].type", None),
        ({"queues": "wide"}, "queues", "a list"),
        ({"environments": 8}, "environments", "a list"),
        ({"environments": [{**BEHIND, "maxcpus": 8}]}, "environments[0].maxcpus", "max_cpus"),
        ({"node_scripts": ["sysctl"]}, "node_scripts[0]", "a mapping of fields"),
        ({"statements": [TaskEnvironment(type="EC2", max_cpus=8)]}, "statements[0]", "a mapping"),
    ],
)
def test_what_is_no_addition(said: dict[str, Any], path: str, allowed: str | None) -> None:
    """What the file could not say is refused where it is written."""
    with pytest.raises(ConfigError) as caught:
        Additions(**said)
    [problem] = [one for one in caught.value.problems if one.path == path]
    assert allowed is None or allowed in str(problem.allowed)


def test_the_words_of_the_file() -> None:
    """What the file could say is taken as the section that it stands for."""
    said: dict[str, Any] = {"queues": [QUEUE]}
    assert Additions(**said) == Additions(queues=[TaskQueue(**QUEUE)])
