# SPDX-License-Identifier: Apache-2.0
"""What whoever deploys may do, against synthesized stacks: every type and name in them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.stack import SeqeraBatchStack
from seqera_batch.template import environment
from seqera_batch.template.deployer import deployers

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
FILE: dict[str, Any] = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work/runs",
    "forge": {"type": "SPOT", "max_cpus": 64},
}
REGISTRATION = {
    "workspace_id": 7,
    "token_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:t-a1b2c3",
}
NAMES = (
    "FunctionName",
    "JobDefinitionName",
    "JobQueueName",
    "LogGroupName",
    "RoleName",
    "UserName",
)
"""Properties that name a resource as policies do."""


@pytest.mark.parametrize(
    "more",
    [
        {
            "aws": {
                "platform_access": {"user": {"access_key": True}},
                "head_job_definition": {"image": "nf:1"},
            }
        },
        {"credentials_id": "1a2b3c", "aws": {"platform_registration": REGISTRATION}},
    ],
    ids=["user-and-head-job", "registration"],
)
def test_types_are_those_of_the_stack(more: dict[str, Any]) -> None:
    """The policy is for the types in the template, and every name in it is allowed."""
    config = ForgeConfig.from_dict({**FILE, **more})
    plan = ForgePlan.of(config)
    stack = SeqeraBatchStack(cdk.App(), plan.stack_name, config=config)
    resources = Template.from_stack(stack).to_json()["Resources"]
    types = {one["Type"] for one in resources.values()}
    made = {one.type for one in environment(plan, HERE).values()}
    assert made == types - {"AWS::CDK::Metadata"}
    document = deployers(plan, HERE)[0].permissions
    arns = {arn for one in document.statements for arn in one.resources}
    for one in resources.values():
        for key in NAMES:
            name = one["Properties"].get(key)
            if isinstance(name, str) and one["Type"] != "AWS::IAM::AccessKey":
                assert any(arn.endswith((f"/{name}", f":{name}")) for arn in arns), name
