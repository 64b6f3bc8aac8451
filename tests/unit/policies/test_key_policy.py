# SPDX-License-Identifier: Apache-2.0
"""Who may use the KMS key: nobody directly, each service for what it is there for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.access import job_access
from seqera_batch.plan.documents import resource_policies
from seqera_batch.policies.access import KeyAccess
from seqera_batch.policies.document import Scope
from seqera_batch.policies.encryption import key_policy

if TYPE_CHECKING:
    from seqera_batch.policies.document import Statement
    from tests.conftest import Configure

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
CHINA = Scope(partition="aws-cn", region="cn-north-1", account="111122223333")
EXISTING = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
Section = dict[str, Any]

DECRYPTS = {"kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant"}
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}


def _statements(
    configure: Configure,
    forge: Section | None = None,
    **aws: Section,
) -> dict[str, dict[str, Any]]:
    config = configure(forge, {"kms_key": {"create": True}, **aws})
    key = ForgePlan.of(config).key
    access = None if key is None else key.access()
    assert access is not None
    return {one.sid: one.to_dict() for one in key_policy(HERE, access).statements}


def test_administrators_do_not_decrypt(configure: Configure) -> None:
    """The account keeps the key manageable, and gets no use of it by that."""
    found = _statements(configure)["AdministerKey"]
    assert found["Principal"] == ROOT
    assert "kms:PutKeyPolicy" in found["Action"]
    assert not DECRYPTS & set(found["Action"])


def test_use_is_through_services_only(configure: Configure) -> None:
    """Identities of the account use it through the services of what is created, by IAM policy."""
    found = _statements(configure, {"efs_create": True}, work_bucket={})
    use = found["UseThroughServices"]
    assert use["Principal"] == ROOT
    assert use["Condition"] == {
        "StringLike": {
            "kms:ViaService": [
                "s3.eu-west-1.amazonaws.com*",
                "ec2.eu-west-1.amazonaws.com*",
                "elasticfilesystem.eu-west-1.amazonaws.com*",
                "secretsmanager.eu-west-1.amazonaws.com*",
            ]
        }
    }
    grant = found["GrantToServices"]
    assert grant["Action"] == "kms:CreateGrant"
    assert grant["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
    assert grant["Condition"]["StringLike"] == use["Condition"]["StringLike"]


@pytest.mark.parametrize(
    ("forge", "aws", "service", "there"),
    [
        ({}, {}, "s3", False),
        ({}, {"work_bucket": {}}, "s3", True),
        ({}, {}, "elasticfilesystem", False),
        ({"efs_create": True}, {}, "elasticfilesystem", True),
        ({}, {}, "secretsmanager", True),
        ({}, {"kms_key": {"arn": EXISTING}}, "s3", True),
        ({}, {"kms_key": {"arn": EXISTING}}, "secretsmanager", True),
    ],
)
def test_no_service_without_need(
    configure: Configure,
    forge: Section,
    aws: Section,
    service: str,
    *,
    there: bool,
) -> None:
    """A service is named only where it stores something with the key."""
    via = _statements(configure, forge, **aws)["UseThroughServices"]["Condition"]["StringLike"]
    assert any(one.startswith(f"{service}.") for one in via["kms:ViaService"]) is there


@pytest.mark.parametrize(
    ("forge", "expected"),
    [
        ({"type": "EC2"}, {"AWSServiceRoleForAutoScaling", "AWSServiceRoleForBatch"}),
        (
            {"type": "SPOT"},
            {"AWSServiceRoleForAutoScaling", "AWSServiceRoleForBatch", "AWSServiceRoleForEC2Spot"},
        ),
        (
            {"type": "SPOT", "alloc_strategy": "BEST_FIT"},
            {
                "AWSServiceRoleForAutoScaling",
                "AWSServiceRoleForBatch",
                "AWSServiceRoleForEC2Spot",
                "AWSServiceRoleForEC2SpotFleet",
            },
        ),
    ],
)
def test_roles_that_start_nodes(configure: Configure, forge: Section, expected: set[str]) -> None:
    """Those service-linked roles, by condition: a principal that does not exist is refused."""
    found = _statements(configure, forge)
    for sid in ("StartNodes", "GrantToNodes"):
        condition = found[sid]["Condition"]
        assert found[sid]["Principal"] == {"AWS": "*"}
        assert condition["StringEquals"] == {"kms:CallerAccount": "111122223333"}
        roles = condition["ArnEquals"]["aws:PrincipalArn"]
        assert {role.rpartition("/")[2] for role in roles} == expected
        assert all(
            role.startswith("arn:aws:iam::111122223333:role/aws-service-role/") for role in roles
        )
    assert found["GrantToNodes"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_logs_by_their_names(configure: Configure) -> None:
    """CloudWatch Logs of the region uses the key for the environment's groups alone."""
    found = _statements(configure, {}, logs={"create_job_log_group": True})["EncryptLogs"]
    assert found["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert found["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": [
                f"arn:aws:logs:eu-west-1:111122223333:log-group:/seqera-batch/TowerForge-demo/{name}"
                for name in ("jobs", "nodes")
            ]
        }
    }


def test_logs_in_china() -> None:
    """There the service has a domain of its own."""
    [statement] = [
        one
        for one in key_policy(CHINA, KeyAccess(services=(), log_groups=("/a",))).statements
        if one.sid == "EncryptLogs"
    ]
    assert statement.principal == "logs.cn-north-1.amazonaws.com.cn"


def test_manual_mode_starts_no_nodes(configure: Configure) -> None:
    """Where others make nodes and logs, the key is for the bucket."""
    config = configure(manual=True, aws={"kms_key": {"create": True}, "work_bucket": {}})
    key = ForgePlan.of(config).key
    access = None if key is None else key.access()
    assert access == KeyAccess(services=("s3", "secretsmanager"))
    assert [one.sid for one in key_policy(HERE, access).statements] == [
        "AdministerKey",
        "UseThroughServices",
        "GrantToServices",
    ]


def test_a_key_for_nothing_is_administered_only() -> None:
    """What uses the key nowhere is let use it nowhere."""
    document = key_policy(HERE, KeyAccess(services=()))
    assert [one.sid for one in document.statements] == ["AdministerKey"]


def test_every_wildcard_has_a_condition_or_is_the_key_itself(configure: Configure) -> None:
    """`*` as resource is the key; as principal it is held to roles and account by condition."""
    for statement in _statements(configure, {"efs_create": True}, work_bucket={}).values():
        assert statement["Resource"] == "*"
        assert not any("*" in action for action in _many(statement["Action"]))
        if statement["Principal"] == {"AWS": "*"}:
            assert {"StringEquals", "ArnEquals"} <= statement["Condition"].keys()


def test_reviewed_without_findings(configure: Configure) -> None:
    """The policies of key, bucket and file system are reviewed as the roles' documents are."""
    config = configure({"efs_create": True}, {"kms_key": {"create": True}, "work_bucket": {}})
    policies = resource_policies(ForgePlan.of(config), HERE)
    assert [one.name for one in policies] == ["KmsKey", "WorkBucket", "Efs"]
    assert [finding.id for one in policies for finding in findings_of(one)] == []


def _many(value: Any) -> list[str]:  # noqa: ANN401 - one or many
    return value if isinstance(value, list) else [value]


def _of_role(plan: ForgePlan, role: str) -> dict[str, Statement]:
    from seqera_batch.policies.by_role import DOCUMENTS

    document = DOCUMENTS[role][1](HERE, job_access(plan, HERE))  # type: ignore[index]
    return {one.sid: one for one in document.statements}


@pytest.mark.parametrize(
    ("aws", "keys"),
    [
        ({}, None),
        ({"work_bucket": {}}, None),
        # A bucket that exists cannot have a key that is yet to be made.
        ({"kms_key": {"create": True}}, None),
        (
            {"kms_key": {"create": True}, "work_bucket": {}},
            ("arn:aws:kms:eu-west-1:111122223333:key/@{KmsKey}",),
        ),
        ({"kms_key": {"arn": EXISTING}}, (EXISTING,)),
        ({"bucket_kms_keys": [EXISTING]}, (EXISTING,)),
        ({"bucket_kms_keys": [EXISTING], "kms_key": {"arn": EXISTING}}, (EXISTING,)),
    ],
)
def test_jobs_use_the_key_through_s3_where_they_need_it(
    configure: Configure,
    aws: Section,
    keys: tuple[str, ...] | None,
) -> None:
    """Head job and tasks get it for their files and nothing else; ECS and nodes do not."""
    plan = ForgePlan.of(configure({}, aws))
    for role in ("HeadJobRole", "ComputeJobRole"):
        found = _of_role(plan, role)
        if keys is None:
            assert "UseBucketKeys" not in found
            continue
        statement = found["UseBucketKeys"]
        assert statement.resources == keys
        assert statement.actions == ("kms:Decrypt", "kms:GenerateDataKey")
        assert statement.conditions == {
            "StringLike": {"kms:ViaService": "s3.eu-west-1.amazonaws.com*"}
        }
    assert not any(
        action.startswith("kms:")
        for one in _of_role(plan, "InstanceRole").values()
        for action in one.actions
    )


def test_secrets_have_the_key(configure: Configure) -> None:
    """The execution role decrypts pipeline secrets with it, unless the file names another key."""
    other = EXISTING.replace("0123", "4567")
    for more, key in (({}, EXISTING), ({"secrets_kms_key_id": other}, other)):
        plan = ForgePlan.of(configure({}, {"kms_key": {"arn": EXISTING}}, **more))
        assert _of_role(plan, "ExecutionRole")["DecryptPipelineSecrets"].resources == (key,)
    plan = ForgePlan.of(configure({}, {"kms_key": {"create": True}}))
    statement = _of_role(plan, "ExecutionRole")["DecryptPipelineSecrets"]
    assert statement.resources == ("arn:aws:kms:eu-west-1:111122223333:key/@{KmsKey}",)
    assert statement.conditions == {
        "StringLike": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com*"}
    }


def test_secrets_of_another_key_need_none_of_it(configure: Configure) -> None:
    """With a key of their own for pipeline secrets, only a created secret needs this one."""
    key = {"kms_key": {"create": True}}
    for aws, needed in (
        (key, False),
        ({**key, "platform_access": {"user": {"access_key": True}}}, True),
    ):
        own = ForgePlan.of(configure({}, aws, secrets_kms_key_id=EXISTING)).key
        access = None if own is None else own.access()
        assert access is not None
        assert ("secretsmanager" in access.services) is needed


def test_read_only_buckets(configure: Configure) -> None:
    """What jobs only read they can list and get, and neither write, tag nor delete."""
    plan = ForgePlan.of(
        configure(
            {"allow_buckets": ["s3://results"]},
            {"read_only_buckets": ["s3://refs/grch38", "s3://raw"]},
        )
    )
    found = _of_role(plan, "ComputeJobRole")
    assert found["UseObjects"].resources == ("arn:aws:s3:::results/*", "arn:aws:s3:::work/*")
    assert found["ReadObjects"].resources == ("arn:aws:s3:::raw/*", "arn:aws:s3:::refs/grch38/*")
    assert found["ReadObjects"].actions == (
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectAttributes",
        "s3:GetObjectTagging",
    )
    assert found["ListBuckets"].resources == (
        "arn:aws:s3:::raw",
        "arn:aws:s3:::results",
        "arn:aws:s3:::work",
    )
    assert found["ListFolder1"].conditions == {"StringLike": {"s3:prefix": ["grch38", "grch38/*"]}}


def test_only_reading_needs_no_data_key(configure: Configure) -> None:
    """Where nothing in S3 is written the key decrypts and does not encrypt."""
    plan = ForgePlan.of(
        configure(
            {"efs_create": True, "efs_mount": "/mnt/efs"},
            {"read_only_buckets": ["s3://raw"], "bucket_kms_keys": [EXISTING]},
            work_dir="/mnt/efs/work",
        )
    )
    found = _of_role(plan, "ComputeJobRole")
    assert found["UseBucketKeys"].actions == ("kms:Decrypt",)
    assert "UseObjects" not in found
