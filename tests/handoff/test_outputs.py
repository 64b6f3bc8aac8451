# SPDX-License-Identifier: Apache-2.0
"""A stack's outputs: what they hold, that they fit, and that only the right ones are taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog import limits
from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.export import role_arns
from seqera_batch.handoff.outputs import HANDOFF, Output, deployed, stack_outputs
from seqera_batch.handoff.settings import labels, manual_settings
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import ConfigError
from tests.handoff.conftest import ACCOUNT, NAMES, load_example, outputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

TOKENS = {
    "HeadJobRole": "${Token[TOKEN.1]}",
    "ComputeJobRole": "${Token[TOKEN.22]}",
    "ExecutionRole": "${Token[TOKEN.333]}",
}


def handoff(outputs: Iterable[Output]) -> str:
    """Return the hand-off JSON, its parts put together."""
    return "".join(one.value for one in outputs if one.name.startswith(HANDOFF))


@pytest.mark.parametrize("name", NAMES)
def test_outputs_fit_and_hold_the_whole_hand_off(name: str) -> None:
    """Every output keeps to CloudFormation's limits, and the parts are tw's JSON."""
    plan = load_example(name)
    outputs = stack_outputs(plan, roles=TOKENS, head_job_definition="a")
    names = [one.name for one in outputs]
    assert len(set(names)) == len(names) <= limits.STACK_OUTPUTS
    for one in outputs:
        assert one.name.isalnum()
        assert len(one.name) <= limits.OUTPUT_NAME_CHARACTERS
        assert 0 < len(one.description.encode()) <= limits.OUTPUT_DESCRIPTION_BYTES
        assert 0 < len(one.value.encode()) <= limits.OUTPUT_VALUE_BYTES
    found = json.loads(handoff(outputs))
    assert found.pop("labels", []) == labels(plan.config)
    assert found == manual_settings(plan, TOKENS)


def test_names_that_stacks_have_had_stay() -> None:
    """Scripts read these outputs: they keep their names and values."""
    plan = load_example("dragen")
    found = {one.name: one.value for one in stack_outputs(plan, roles=TOKENS)}
    assert found["HeadQueueName"] == plan.compute.head_queue
    assert found["ComputeQueueName"] == plan.compute.compute_queue
    assert found["DragenQueueName"] == plan.compute.dragen_queue
    assert found["HeadJobRoleArn"] == TOKENS["HeadJobRole"]
    assert found["ComputeJobRoleArn"] == TOKENS["ComputeJobRole"]
    assert found["ExecutionRoleArn"] == TOKENS["ExecutionRole"]
    assert found["JobLogGroupName"] == "/aws/batch/job"
    assert found["WorkDir"] == plan.config.work_dir
    assert "JobVolumes" not in found
    assert "HeadJobDefinition" not in found


def test_long_texts_are_parted_between_outputs_and_tokens_never() -> None:
    """Scripts longer than an output go on in the next; a token stays in one piece."""
    text = "echo 'ä' \\ \"$HOME\"\n" * 40
    config = ForgeConfig.from_dict(
        {
            "name": "long",
            "region": "eu-west-1",
            "work_dir": "s3://example-work",
            "nextflow_config": text * 4,
            "post_run_script": text[:900],
            "forge": {"max_cpus": 64},
            "aws": {"iam": {"path": "/" + "p" * 400 + "/"}},
        }
    )
    plan = ForgePlan.of(config)
    outputs = stack_outputs(plan, roles=TOKENS)
    parts = [one for one in outputs if one.name.startswith(HANDOFF)]
    assert [one.name for one in parts] == [f"{HANDOFF}{n}" for n in range(1, len(parts) + 1)]
    assert len(parts) > 4
    assert json.loads(handoff(outputs)) == manual_settings(plan, TOKENS)
    for token in TOKENS.values():
        assert sum(token in one.value for one in parts) == 1

    # Deployed, the tokens are ARNs of 400 characters and more: the parts fit all the same.
    for one in outputs_of(plan).values():
        assert len(one.encode()) <= limits.OUTPUT_VALUE_BYTES


def test_outputs_are_read_from_both_commands() -> None:
    """Cdk deploy's file and describe-stacks' answer give the same."""
    plan = load_example("spot-fusion-nvme")
    outputs = outputs_of(plan)
    described = {
        "Stacks": [
            {
                "StackName": plan.stack_name,
                "Outputs": [
                    {"OutputKey": key, "OutputValue": value} for key, value in outputs.items()
                ],
            },
            {"StackName": "Another"},
        ]
    }
    assert deployed({plan.stack_name: outputs, "Other": {}}, plan) == outputs
    assert deployed(described, plan) == outputs
    assert deployed({"Mine": outputs}, plan, stack="Mine") == outputs


def _changed(**changes: str | None) -> Any:  # noqa: ANN401 - any JSON
    plan = load_example("on-demand")
    outputs = {**outputs_of(plan), **changes}
    return {plan.stack_name: {key: value for key, value in outputs.items() if value is not None}}


@pytest.mark.parametrize(
    ("data", "rule", "says"),
    [
        ({"Other-stack": {}}, "other-stack", "Clinical-clinical"),
        ({}, "other-stack", "no stack"),
        ([], "outputs-file", "cdk deploy --outputs-file"),
        ({"Stacks": 3}, "other-stack", "no stack"),
        (
            {"Stacks": [{"StackName": [], "Outputs": 1}, 4]},
            "other-stack",
            "Clinical-clinical",
        ),
        (
            {"Stacks": [{"StackName": "a", "Outputs": [{"OutputKey": [], "OutputValue": 1}]}]},
            "outputs-file",
            "does not hold outputs",
        ),
        ({4: {}}, "other-stack", "4"),
        ({"Clinical-clinical": 1}, "outputs-file", "does not hold outputs"),
        ({"Clinical-clinical": {"A": 1}}, "outputs-file", "does not hold outputs"),
        (_changed(HeadJobRoleArn=None), "missing-output", "HeadJobRoleArn"),
        (_changed(HeadQueueName="Other-head"), "other-environment", "Other-head"),
        (
            _changed(ComputeJobRoleArn="arn:aws:iam::999999999999:role/a"),
            "other-environment",
            "999999999999",
        ),
        (
            _changed(ExecutionRoleArn="arn:aws-cn:iam::111122223333:role/a"),
            "other-environment",
            "arn:aws:iam::111122223333:role/",
        ),
        (_changed(ExecutionRoleArn="role"), "other-environment", "ExecutionRoleArn"),
    ],
)
def test_outputs_of_something_else_are_refused(data: object, rule: str, says: str) -> None:
    """Outputs of another stack, file, account or partition never reach an export."""
    plan = load_example("on-demand")
    with pytest.raises(ConfigError) as refused:
        deployed(data, plan)
    [problem] = refused.value.problems
    assert problem.rule == rule
    assert says in problem.text()
    assert problem.path == "--outputs"
    assert problem.fix


def test_planned_arns_are_the_deployed_ones() -> None:
    """With aws.account in the file nothing is unknown before deployment."""
    plan = load_example("on-demand")
    outputs = outputs_of(plan)
    assert plan.account == ACCOUNT
    assert role_arns(plan) == role_arns(plan, outputs)
    assert all(f":{ACCOUNT}:" in arn for arn in role_arns(plan).values())
