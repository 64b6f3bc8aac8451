# SPDX-License-Identifier: Apache-2.0
"""The work bucket and the key as CDK users have them: created, named in the file, brought along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from seqera_batch import BatchForge, ConfigError
from seqera_batch.stack import SeqeraBatchStack

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqera_batch import ForgeConfig
    from tests.conftest import Configure, ReadAssembly, Template

ARN = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
OTHER = ARN.replace("0123", "4567")
ALL_DATA = {"work_bucket": {}, "kms_key": {"create": True}}


def _reader(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal())


def test_created_bucket_is_granted_as_any(
    stack: cdk.Stack,
    synthesized: Callable[[], Template],
    configure: Configure,
    plain: Callable[..., Any],
) -> None:
    """What is granted on it names the bucket and its key, and waits for the bucket."""
    forge = BatchForge(stack, "Forge", config=configure({}, ALL_DATA))
    assert forge.work_bucket is not None
    forge.work_bucket.grant_read(_reader(stack))
    found = synthesized()
    [policy] = found.ids("AWS::IAM::Policy")
    assert "AWS::S3::Bucket" in found.types_behind(policy)
    [statements] = [one["PolicyDocument"]["Statement"] for one in found.all("AWS::IAM::Policy")]
    [key] = found.ids("AWS::KMS::Key")
    [bucket] = found.ids("AWS::S3::Bucket")
    text = json.dumps(plain(statements))
    assert f"s3:::${{{bucket}}}/*" in text
    assert "kms:Decrypt" in text
    assert f"${{{key}.Arn}}" in text


def test_named_bucket(stack: cdk.Stack, configure: Configure) -> None:
    """A bucket that only the file names is there too, with the key that it may have."""
    forge = BatchForge(stack, "Forge", config=configure({}, {"kms_key": {"arn": ARN}}))
    assert forge.work_bucket is not None
    assert forge.work_bucket.bucket_name == "work"
    assert forge.work_bucket.encryption_key is not None
    assert forge.work_bucket.encryption_key.key_arn == ARN
    assert forge.encryption_key is not None
    assert forge.encryption_key.key_arn == ARN


def test_brought_bucket_is_given_back(stack: cdk.Stack, configure: Configure) -> None:
    """A bucket that is brought along is the same object, and there is no key."""
    bucket = s3.Bucket(stack, "Bucket")
    forge = BatchForge(stack, "Forge", config=configure(), work_bucket=bucket)
    assert forge.work_bucket is bucket
    assert forge.encryption_key is None
    assert forge.key_policy_document is None


def test_no_bucket(stack: cdk.Stack, configure: Configure) -> None:
    """With the work directory on a file system there is no work bucket."""
    on_efs = configure({"efs_create": True, "efs_mount": "/mnt/efs"}, work_dir="/mnt/efs/work")
    assert BatchForge(stack, "Forge", config=on_efs).work_bucket is None


def test_a_key_of_the_app_is_completed(
    stack: cdk.Stack,
    synthesized: Callable[[], Template],
    configure: Configure,
) -> None:
    """Volumes and logs have the app's key, whose policy lets in what needs it for them."""
    key = kms.Key(stack, "Key")
    forge = BatchForge(stack, "Forge", config=configure({"type": "EC2"}), encryption_key=key)
    assert forge.encryption_key is key
    found = synthesized()
    [made] = found.ids("AWS::KMS::Key")
    statements = {
        # Behind each stands whose it is: several environments may use one key.
        one.get("Sid", "").partition("SForge")[0]: one
        for one in found.one("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    }
    assert statements.keys() >= {"StartNodes", "GrantToNodes", "EncryptLogs"}
    assert "AdministerKey" not in statements
    assert found.one("AWS::Logs::LogGroup")["KmsKeyId"] == {"Fn::GetAtt": [made, "Arn"]}
    for one in found.all("AWS::EC2::LaunchTemplate"):
        [device] = one["LaunchTemplateData"]["BlockDeviceMappings"]
        assert device["Ebs"]["KmsKeyId"] == {"Fn::GetAtt": [made, "Arn"]}


def test_a_key_and_a_file_system_of_the_app(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Key and file system may both be of the app: that the ARN is not known yet breaks no rule."""
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a"])
    key = kms.Key(stack, "Key")
    brought = efs.FileSystem(stack, "FileSystem", vpc=vpc, kms_key=key)
    forge = BatchForge(
        stack,
        "Forge",
        config=configure(None, {"account": "111122223333"}),
        vpc=vpc,
        encryption_key=key,
        efs_file_system=brought,
    )
    assert forge.plan.key is not None
    found = synthesized()
    [made] = found.ids("AWS::KMS::Key")
    assert found.one("AWS::EFS::FileSystem")["KmsKeyId"] == {"Fn::GetAtt": [made, "Arn"]}


def test_a_key_of_another_region_is_refused(stack: cdk.Stack, configure: Configure) -> None:
    """An imported key is judged by its ARN, as one that the file names."""
    key = kms.Key.from_key_arn(stack, "Key", ARN.replace("eu-west-1", "us-east-1"))
    with pytest.raises(ConfigError, match="it is of another region"):
        BatchForge(stack, "Forge", config=configure(), encryption_key=key)


def test_an_imported_key_is_left_alone(
    stack: cdk.Stack, synthesized: Callable[[], Template], configure: Configure
) -> None:
    """Its policy is not of this app: what it must say can be asked for."""
    key = kms.Key.from_key_arn(stack, "Key", ARN)
    forge = BatchForge(stack, "Forge", config=configure(), encryption_key=key)
    assert not synthesized().ids("AWS::KMS::Key")
    assert forge.key_policy_document is not None
    assert "StartNodes" in {one.sid for one in forge.key_policy_document.statements}


@pytest.mark.parametrize(
    ("aws", "brought", "path"),
    [
        ({"work_bucket": {}}, "work_bucket", r"aws\.work_bucket"),
        ({"kms_key": {"create": True}}, "encryption_key", r"aws\.kms_key"),
    ],
)
def test_both_are_refused(
    stack: cdk.Stack, configure: Configure, aws: dict[str, Any], brought: str, path: str
) -> None:
    """What the file asks for cannot be brought along as well."""
    things: dict[str, Any] = {
        "work_bucket": s3.Bucket(stack, "Bucket"),
        "encryption_key": kms.Key(stack, "Key"),
    }
    with pytest.raises(ConfigError, match=path):
        BatchForge(stack, "Forge", config=configure({}, aws), **{brought: things[brought]})


def test_the_keys_of_a_brought_bucket_and_of_the_file(
    stack: cdk.Stack,
    synthesized: Callable[[], Template],
    configure: Configure,
) -> None:
    """Jobs may use the key of the bucket construct and the keys that the file names."""
    bucket = s3.Bucket(stack, "Bucket", encryption=s3.BucketEncryption.KMS)
    config = configure({}, {"bucket_kms_keys": [ARN]})
    BatchForge(stack, "Forge", config=config, work_bucket=bucket)
    [made] = synthesized().ids("AWS::KMS::Key")
    [document] = [
        policy["PolicyDocument"] for policy in synthesized().roles["ComputeJobRole"]["Policies"]
    ]
    [statement] = [one for one in document["Statement"] if one["Sid"] == "UseBucketKeys"]
    assert statement["Resource"] == [ARN, {"Fn::GetAtt": [made, "Arn"]}]


@pytest.fixture
def outputs_of(
    read_assembly: ReadAssembly, plain: Callable[..., Any]
) -> Callable[[ForgeConfig], dict[str, str]]:
    """Return a function that gives the outputs of an environment's stack, references as text."""

    def outputs(config: ForgeConfig) -> dict[str, str]:
        app = cdk.App(analytics_reporting=False)
        SeqeraBatchStack(app, "S", config=config)
        found = plain(read_assembly(app)["S"].data["Outputs"])
        return {name: one["Value"] for name, one in found.items()}

    return outputs


def _handed_off(outputs: dict[str, str]) -> dict[str, Any]:
    parts = [value for name, value in outputs.items() if name.startswith("HandOffJson")]
    handed: dict[str, Any] = json.loads("".join(parts))
    return handed


@pytest.mark.parametrize("key", [{"create": True}, {"arn": ARN}])
def test_the_stack_tells_the_key(
    configure: Configure,
    outputs_of: Callable[[ForgeConfig], dict[str, str]],
    key: dict[str, Any],
) -> None:
    """The ARN is an output, and Platform is told of it for its secrets."""
    outputs = outputs_of(configure({}, {"kms_key": key}))
    expected = key.get("arn", r"${ForgeKmsKey")
    assert outputs["KmsKeyArn"].startswith(expected)
    assert _handed_off(outputs)["secretsKmsKeyId"] == outputs["KmsKeyArn"]


def test_secrets_may_have_another_key(
    configure: Configure, outputs_of: Callable[[ForgeConfig], dict[str, str]]
) -> None:
    """What the file says of pipeline secrets wins."""
    config = configure({}, {"kms_key": {"create": True}}, secrets_kms_key_id=OTHER)
    assert _handed_off(outputs_of(config))["secretsKmsKeyId"] == OTHER


def test_no_key_is_told(
    configure: Configure, outputs_of: Callable[[ForgeConfig], dict[str, str]]
) -> None:
    """Without a key of the user's there is no output and nothing for Platform."""
    outputs = outputs_of(configure())
    assert "KmsKeyArn" not in outputs
    assert "secretsKmsKeyId" not in _handed_off(outputs)


def test_jobs_write_to_the_created_group(configure: Configure, read_assembly: ReadAssembly) -> None:
    """Platform, Nextflow and the head job's definition are told of the group that is created."""
    app = cdk.App(analytics_reporting=False)
    aws = {
        "logs": {"create_job_log_group": True},
        "head_job_definition": {"image": "nf-launcher:1"},
    }
    SeqeraBatchStack(app, "S", config=configure({}, aws))
    found = read_assembly(app)["S"]
    name = "/seqera-batch/TowerForge-demo/jobs"
    assert name in [one["LogGroupName"] for one in found.all("AWS::Logs::LogGroup")]
    container = found.one("AWS::Batch::JobDefinition")["ContainerProperties"]
    assert container["LogConfiguration"]["Options"]["awslogs-group"] == name
    assert f"logsGroup = '{name}'" in json.dumps(container["Environment"])
    assert found.data["Outputs"]["JobLogGroupName"]["Value"] == name
