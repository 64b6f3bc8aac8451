# SPDX-License-Identifier: Apache-2.0
"""What a stack says when it is deployed, and how that is read back and held against the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seqera_batch.catalog import limits
from seqera_batch.catalog.ids import KMS_KEY, id_of
from seqera_batch.catalog.names import JOB_ROLES
from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.honesty import registration_problems
from seqera_batch.handoff.settings import labels, manual_settings
from seqera_batch.handoff.target import Request
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import errors, refusal, word_of
from seqera_batch.records import dataclass

HANDOFF = "HandOffJson"
"""Start of the names of the outputs that together hold the JSON for `tw compute-envs import`."""

KMS_KEY_OUTPUT = "KmsKeyArn"
"""Name of the output with the ARN of the KMS key."""

_SAMPLE_ACCOUNT = "0" * 12
_SAMPLE_KEY = "mrk-" + "0" * 32
_ARN_PARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of a stack; the value may hold tokens that are known at deployment only."""

    name: str
    description: str
    value: str


def role_outputs() -> dict[str, str]:
    """Return the name of the output of each kind of role that Platform is told of."""
    return {kind: f"{kind}Arn" for kind in JOB_ROLES}


def stack_outputs(
    plan: ForgePlan,
    *,
    roles: Mapping[str, str],
    head_job_definition: str | None = None,
    platform: str | None = None,
    topic: str | None = None,
) -> tuple[Output, ...]:
    """Return the outputs of a stack, each within CloudFormation's limits.

    Args:
        plan: What was decided for its file.
        roles: ARN by kind of role (`HeadJobRole`, `ComputeJobRole`, `ExecutionRole`), and of the
            `KmsKey` if there is one; tokens.
        head_job_definition: Name or ARN of the head job's definition, if there is one; a token.
        platform: ARN of the role or user that Platform works with, if one is made.
        topic: ARN of the topic that is created for what is watched; a token.
    """
    found = {
        "HeadQueueName": ("Queue of the Nextflow head job", plan.compute.head_queue),
        "ComputeQueueName": ("Queue of compute jobs", plan.compute.compute_queue),
        "DragenQueueName": ("Queue of DRAGEN jobs", plan.compute.dragen_queue),
        **{
            id_of(queue.key, "QueueName"): (f"Queue {queue.key}, for tasks", queue.name)
            for queue in plan.compute.further_queues
        },
        "HeadJobRoleArn": ("Role of the Nextflow head job", roles["HeadJobRole"]),
        "ComputeJobRoleArn": ("Role of compute jobs", roles["ComputeJobRole"]),
        "ExecutionRoleArn": ("Execution role of all jobs", roles["ExecutionRole"]),
        "JobLogGroupName": ("Log group of the containers' output", plan.logs.jobs.name),
        KMS_KEY_OUTPUT: ("KMS key of everything that holds data", roles.get(KMS_KEY)),
        "WorkDir": ("Nextflow's work directory", str(plan.storage.work_dir)),
        "JobVolumes": (
            "Folders of the node in job containers",
            ",".join(plan.compute.volumes) or None,
        ),
        "PlatformArn": ("Role or user that Seqera Platform works with", platform),
        "PlatformAccessKeySecret": (
            "Secret with the access key of Platform's user",
            plan.platform.identity.access_key_secret,
        ),
        "HeadJobDefinition": ("Job definition of the Nextflow head job", head_job_definition),
        **{
            id_of(made.key, "JobDefinition"): (f"Job definition {made.key}, for tasks", made.name)
            for made in plan.compute.job_definitions
        },
        "OperationsTopicArn": (
            "Topic of what is watched; who subscribes by e-mail has to confirm it",
            topic,
        ),
    }
    outputs = [
        Output(name=name, description=description, value=value)
        for name, (description, value) in found.items()
        if value is not None
    ]
    parts = _handoff_parts(plan, roles) if _is_registered(plan.config) else []
    outputs += [
        Output(
            name=HANDOFF if len(parts) == 1 else f"{HANDOFF}{number}",
            description="JSON for tw compute-envs import"
            + ("" if len(parts) == 1 else f", part {number} of {len(parts)}"),
            value=part,
        )
        for number, part in enumerate(parts, start=1)
    ]
    return tuple(outputs)


def _is_registered(config: ForgeConfig) -> bool:
    """Return whether Platform takes the environment: what it would refuse is not handed to it."""
    return bool({"platform", "enterprise"} & {*config.aws.used_by}) and not errors(
        registration_problems(config, Request(target="tw"))
    )


def _handoff_parts(plan: ForgePlan, roles: Mapping[str, str]) -> list[str]:
    """Return the JSON in parts of a size that an output takes; put together they are the JSON.

    Sized by ARNs of the length they will have: a token's own length says nothing.
    """
    scope = replace(plan.scope(), account=_SAMPLE_ACCOUNT)
    sample: dict[str, str] = {kind: plan.roles.arn(kind, scope) for kind in JOB_ROLES}
    if KMS_KEY in roles:
        sample[KMS_KEY] = scope.arn("kms", f"key/{_SAMPLE_KEY}")
    real = _entries(plan, roles)
    parts, used = [""], 0
    for text, measured in zip(real, _entries(plan, sample), strict=True):
        size = len(measured.encode())
        if size <= limits.OUTPUT_VALUE_BYTES:
            if used + size > limits.OUTPUT_VALUE_BYTES:
                parts.append("")
                used = 0
            parts[-1] += text
            used += size
            continue
        # Only text that somebody wrote is as long as this, and it holds no tokens.
        for character in text:
            if used == limits.OUTPUT_VALUE_BYTES:
                parts.append("")
                used = 0
            parts[-1] += character
            used += 1
    return parts


def _entries(plan: ForgePlan, roles: Mapping[str, str]) -> list[str]:
    """Return the JSON in pieces, one a field; ASCII, so that a character is a byte."""
    settings: dict[str, Any] = manual_settings(plan, roles)
    if plan.config.labels:
        settings["labels"] = labels(plan.config)
    texts = [
        f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}"
        for name, value in settings.items()
    ]
    return [
        ("{" if index == 0 else ",") + text + ("}" if index == len(texts) - 1 else "")
        for index, text in enumerate(texts)
    ]


def deployed(data: object, plan: ForgePlan, *, stack: str | None = None) -> dict[str, str]:
    """Return the outputs of the environment's stack, by name.

    Args:
        data: What `cdk deploy --outputs-file` has written, or `aws cloudformation
            describe-stacks` has printed.
        plan: The environment that they must belong to.
        stack: Name of the stack, where an app has given it another one than the plan.

    Raises:
        ConfigError: They are another stack's, another environment's, or no outputs at all.
    """
    stacks = _by_stack(data)
    wanted = stack or plan.stack_name
    if wanted not in stacks:
        raise refusal(
            "other-stack",
            "--outputs",
            f"there are no outputs of the stack {wanted}",
            value=", ".join(stacks) or "no stack",
            allowed=wanted,
            fix="give the outputs of this environment's stack, or its name with --stack",
        )
    outputs = stacks[wanted]
    names = {
        "HeadQueueName": plan.compute.head_queue,
        "ComputeQueueName": plan.compute.compute_queue,
    }
    for name in (*names, *role_outputs().values()):
        if name not in outputs:
            raise refusal(
                "missing-output",
                "--outputs",
                f"the stack {wanted} has no output {name}",
                value=", ".join(sorted(outputs)) or "no outputs",
                allowed=f"{', '.join((*names, *role_outputs().values()))}",
                fix="deploy the environment with this release first",
            )
    for name, expected in names.items():
        if outputs[name] != expected:
            raise refusal(
                "other-environment",
                "--outputs",
                f"the output {name} is not what the file gives",
                value=outputs[name],
                allowed=expected,
                fix="deploy the file as it is now, or give the file that was deployed",
            )
    for name in role_outputs().values():
        _check_role(name, outputs[name], plan)
    return outputs


def _check_role(name: str, arn: str, plan: ForgePlan) -> None:
    parts = arn.split(":", 5)
    good = (
        len(parts) == _ARN_PARTS
        and (parts[0], parts[2]) == ("arn", "iam")
        and parts[5].startswith("role/")
    )
    if good and plan.account in (None, parts[4]) and parts[1] == plan.partition:
        return
    raise refusal(
        "other-environment",
        "--outputs",
        f"the output {name} is no role of this environment's account",
        value=arn,
        allowed=f"arn:{plan.partition}:iam::{plan.account or '<account>'}:role/…",
        fix="give the outputs of the stack in the account that aws.account names",
    )


def _by_stack(data: object) -> dict[str, dict[str, str]]:
    if isinstance(data, dict) and "Stacks" in data:
        data = {
            str(stack.get("StackName")): {
                str(one.get("OutputKey")): one.get("OutputValue")
                for one in _mappings(stack.get("Outputs"))
            }
            for stack in _mappings(data["Stacks"])
        }
    if not isinstance(data, dict) or not all(
        isinstance(outputs, dict) and all(isinstance(value, str) for value in outputs.values())
        for outputs in data.values()
    ):
        raise refusal(
            "outputs-file",
            "--outputs",
            "the file does not hold outputs of stacks",
            value=word_of(data),
            allowed="what cdk deploy --outputs-file writes, or describe-stacks prints",
            fix="run: cdk deploy --outputs-file cdk-outputs.json",
        )
    return {str(name): outputs for name, outputs in data.items()}


def _mappings(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
