# SPDX-License-Identifier: Apache-2.0
"""One key in everything that holds data, and nothing of it where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.plan import ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment

if TYPE_CHECKING:
    from tests.conftest import Configure

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
EXISTING = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
EVERYTHING: dict[str, Any] = {
    "work_bucket": {},
    "network": {"create": {"flow_logs": True}},
    "logs": {"create_job_log_group": True},
    "platform_access": {"user": {"access_key": True}},
}
"""All that holds data, beside file systems."""

HOLD_DATA = {
    "AWS::EC2::LaunchTemplate",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}


def _render(configure: Configure, key: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    aws = EVERYTHING | ({} if key is None else {"kms_key": key})
    config = configure({"efs_create": True, "fsx_size": 1200}, aws, work_dir="s3://lab-work/work")
    return {name: one.to_dict() for name, one in environment(ForgePlan.of(config), HERE).items()}


def _mentions(value: Any, wanted: object) -> bool:  # noqa: ANN401 - any JSON
    if value == wanted:
        return True
    if isinstance(value, dict):
        return any(_mentions(one, wanted) for one in value.values())
    return isinstance(value, list) and any(_mentions(one, wanted) for one in value)


@pytest.mark.parametrize(
    ("key", "written"),
    [({"create": True}, {"Fn::GetAtt": ["KmsKey", "Arn"]}), ({"arn": EXISTING}, EXISTING)],
)
def test_whatever_holds_data_has_the_key(
    configure: Configure, key: dict[str, Any], written: object
) -> None:
    """Bucket, EFS, volumes, log groups and secret are encrypted with it, however it came to be."""
    found = _render(configure, key)
    holding = {name: one for name, one in found.items() if one["Type"] in HOLD_DATA}
    assert {one["Type"] for one in holding.values()} == HOLD_DATA
    without = {name for name, one in holding.items() if not _mentions(one, written)}
    # A scratch file system has a key of FSx and takes no other.
    assert without == {"Fsx"}


def test_each_takes_it_in_its_own_way(configure: Configure) -> None:
    """The bucket with a bucket key, the volume as the launch template says it."""
    found = _render(configure, {"arn": EXISTING})
    [rule] = found["WorkBucket"]["Properties"]["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": EXISTING},
    }
    [device] = found["WorkLaunchTemplate"]["Properties"]["LaunchTemplateData"][
        "BlockDeviceMappings"
    ]
    assert device["Ebs"]["KmsKeyId"] == EXISTING
    assert device["Ebs"]["Encrypted"] is True
    for name in ("Efs", "NodeLogGroup", "JobLogGroup", "FlowLogGroup", "PlatformAccessKeySecret"):
        assert found[name]["Properties"]["KmsKeyId"] == EXISTING


def test_a_created_key(configure: Configure) -> None:
    """It is rotated, takes 30 days to be deleted by hand, and always outlives the stack."""
    key = _render(configure, {"create": True})["KmsKey"]
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 30
    assert key["DeletionPolicy"] == "RetainExceptOnCreate"
    assert key["UpdateReplacePolicy"] == "Retain"


def test_a_created_key_outlives_destroyed_data(configure: Configure) -> None:
    """Even where data is deleted with the stack: snapshots and copies may need it."""
    config = configure({}, {"kms_key": {"create": True}, "destroy_data": True})
    assert environment(ForgePlan.of(config), HERE)["KmsKey"].keep_on_delete


def test_no_key_unless_asked_for(configure: Configure) -> None:
    """Without one nothing names a key, and an existing one is not made again."""
    for key in (None, {"arn": EXISTING}):
        assert not any(
            one["Type"].startswith("AWS::KMS::") for one in _render(configure, key).values()
        )
    for one in _render(configure, None).values():
        assert "KmsKeyId" not in one.get("Properties", {})
        assert not _mentions(one, "aws:kms")


def test_roles_wait_for_no_circle(configure: Configure) -> None:
    """Roles refer to the key, and the key's policy to no role: neither has to be there first."""
    found = _render(configure, {"create": True})
    assert not _mentions_ref(found["KmsKey"])
    assert _mentions(
        found["HeadJobRole"], {"Fn::Sub": "arn:aws:kms:eu-west-1:111122223333:key/${KmsKey}"}
    )


def _mentions_ref(value: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return bool({"Ref", "Fn::GetAtt", "Fn::Sub"} & value.keys()) or any(
            map(_mentions_ref, value.values())
        )
    return isinstance(value, list) and any(map(_mentions_ref, value))
