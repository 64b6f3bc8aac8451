# SPDX-License-Identifier: Apache-2.0
"""A topic of the app that is told of what is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from seqera_batch import BatchForge, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Configure, ReadAssembly, Template

WATCHED: dict[str, Any] = {"head_job_failures": True, "queue_check": {}}
ARN = "arn:aws:sns:eu-west-1:111122223333:alarms"


def test_a_topic_of_the_app(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Rules and alarms tell it, and its policy lets them, once for each environment."""
    topic = sns.Topic(stack, "Alarms")
    for name in ("one", "two"):
        config = configure(None, {"operations": WATCHED}, name=name)
        BatchForge(stack, name, config=config, operations_topic=topic)
    template = synthesized()
    [key] = template.ids("AWS::SNS::Topic")
    for alarm in template.all("AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == [{"Ref": key}]
    told = [rule["Targets"][0]["Arn"] for rule in template.all("AWS::Events::Rule")]
    assert told.count({"Ref": key}) == 2
    statements = template.one("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    sids = [one["Sid"] for one in statements]
    assert len(set(sids)) == len(sids) == 6
    [alarms, _] = [one for one in statements if one["Sid"].startswith("TellOfAlarms")]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert ":alarm:S-*" in str(alarms["Condition"]["ArnLike"]["aws:SourceArn"])


def test_an_encrypted_topic_of_another_stack(
    read_assembly: ReadAssembly, configure: Configure
) -> None:
    """Its key lets services tell it; an environment in a nested stack makes no circle."""
    app = cdk.App(analytics_reporting=False)
    env = cdk.Environment(region="eu-west-1", account="111122223333")
    alarms, outer = cdk.Stack(app, "Alarms", env=env), cdk.Stack(app, "Outer", env=env)
    topic = sns.Topic(alarms, "Topic", master_key=kms.Key(alarms, "Key"))
    config = configure(None, {"operations": WATCHED})
    BatchForge(cdk.NestedStack(outer, "Inner"), "Forge", config=config, operations_topic=topic)
    made = read_assembly(app)
    [key] = made["Alarms"].all("AWS::KMS::Key")
    told = {
        one["Principal"].get("Service")
        for one in key["KeyPolicy"]["Statement"]
        if str(one.get("Sid", "")).startswith("Encrypt")
    }
    assert told == {"events.amazonaws.com", "cloudwatch.amazonaws.com"}
    assert ":alarm:Outer-*" in str(made["Alarms"].one("AWS::SNS::TopicPolicy"))


def test_an_imported_topic(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """One that is imported is told, and left as it is."""
    topic = sns.Topic.from_topic_arn(stack, "Alarms", ARN)
    config = configure(None, {"operations": WATCHED})
    forge = BatchForge(stack, "Forge", config=config, operations_topic=topic)
    assert forge.plan.operations is not None
    assert forge.plan.operations.topic == ARN
    template = synthesized()
    assert not template.ids("AWS::SNS::Topic")
    assert not template.ids("AWS::SNS::TopicPolicy")


def test_a_topic_of_another_account(stack: cdk.Stack, configure: Configure) -> None:
    """Alarms tell it; what else is watched would tell nobody, and is refused."""
    topic = sns.Topic.from_topic_arn(stack, "Alarms", ARN.replace("1111", "4444"))
    config = configure(
        None, {"account": "111122223333", "operations": {**WATCHED, "head_job_failures": True}}
    )
    with pytest.raises(ConfigError, match="head_job_failures would tell nobody"):
        BatchForge(stack, "Forge", config=config, operations_topic=topic)
    config = configure(None, {"account": "111122223333", "operations": {"queue_check": {}}})
    assert BatchForge(stack, "Alarmed", config=config, operations_topic=topic).plan.operations


@pytest.mark.parametrize(
    ("watched", "path"),
    [
        (None, "aws.operations"),
        ({"dashboard": True}, "aws.operations"),
        ({**WATCHED, "topic": ARN}, "aws.operations.topic"),
        ({**WATCHED, "emails": ["a@example.org"]}, "aws.operations.emails"),
    ],
)
def test_contradictions(
    stack: cdk.Stack, configure: Configure, watched: dict[str, Any] | None, path: str
) -> None:
    """A topic that is told of nothing, or beside another, is refused."""
    topic = sns.Topic.from_topic_arn(stack, "Alarms", ARN)
    config = configure(None, {"operations": watched} if watched else None)
    with pytest.raises(ConfigError) as refused:
        BatchForge(stack, "Forge", config=config, operations_topic=topic)
    assert {(one.rule, one.path) for one in refused.value.problems} == {("brought-along", path)}
