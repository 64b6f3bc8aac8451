# SPDX-License-Identifier: Apache-2.0
"""How statements and documents are rendered."""

from __future__ import annotations

import json

import pytest

from seqera_batch.policies.access import BucketAccess, JobAccess
from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.policies.nodes import instance
from seqera_batch.policies.roles import compute_job, execution, head_job, submitter
from seqera_batch.policies.trust import trust_ec2, trust_ecs_tasks, trust_spot_fleet
from tests.mounts import FSX

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
SCOPES = {
    "aws": HERE,
    "aws-cn": Scope(partition="aws-cn", region="cn-north-1", account="111122223333"),
    "aws-us-gov": Scope(partition="aws-us-gov", region="us-gov-west-1", account="111122223333"),
}
TOKENS = Scope(
    partition="${Token[AWS.Partition.9]}", region="eu-west-1", account="${Token[AWS.AccountId.3]}"
)
ACCESS = JobAccess(
    queues=("q-work",), buckets=(BucketAccess("work", "dir"),), job_log_group="/aws/batch/job"
)


def _statements(document: PolicyDocument) -> dict[str, dict[str, object]]:
    return {one["Sid"]: one for one in document.to_dict()["Statement"]}


def test_actions_are_sorted() -> None:
    """Actions are rendered in order, however they are written."""
    statement = Statement(sid="S", actions=("s3:B", "s3:A"), resources=("r",), reason="why")
    assert statement.to_dict()["Action"] == ["s3:A", "s3:B"]


def test_one_is_no_list() -> None:
    """One action and one resource are rendered as text, as IAM's own examples do."""
    statement = Statement(sid="S", actions=("s3:A",), resources=("r",), reason="why")
    assert statement.to_dict() == {"Sid": "S", "Effect": "Allow", "Action": "s3:A", "Resource": "r"}


def test_resources_keep_their_order() -> None:
    """Resources keep their order: tokens would sort otherwise than what they stand for."""
    for first, second in (("b", "a"), ("arn:aws:b", "${Token[TOKEN.1]}")):
        statement = Statement(sid="S", actions=("s3:A",), resources=(first, second), reason="why")
        assert statement.to_dict()["Resource"] == [first, second]


def test_reason_stays_here() -> None:
    """Reason and source are for people: IAM does not see them."""
    statement = Statement(
        sid="S", actions=("s3:A",), resources=("r",), reason="why", source="https://example.com"
    )
    assert statement.to_dict().keys() == {"Sid", "Effect", "Action", "Resource"}


def test_json() -> None:
    """The JSON is the document, and its size is counted as IAM does, without white space."""
    document = compute_job(HERE, ACCESS)
    text = document.to_json()
    assert json.loads(text) == document.to_dict()
    assert document.to_dict()["Version"] == "2012-10-17"
    assert document.size == len(json.dumps(json.loads(text), separators=(",", ":")))


def test_scope() -> None:
    """ARNs carry partition, region and account, where their service has them."""
    assert HERE.arn("batch", "job/*") == "arn:aws:batch:eu-west-1:111122223333:job/*"
    assert HERE.iam_arn("role/a") == "arn:aws:iam::111122223333:role/a"
    assert HERE.bucket_arn("b") == "arn:aws:s3:::b"
    assert SCOPES["aws-cn"].bucket_arn("b", "k/*") == "arn:aws-cn:s3:::b/k/*"


def test_tokens_pass_through() -> None:
    """The same function renders with tokens and with plain values, in the same order."""
    for make in (head_job, compute_job, execution, instance):
        deployed = json.dumps(make(TOKENS, ACCESS).to_dict())
        resolved = deployed.replace(TOKENS.partition, "aws").replace(TOKENS.account, HERE.account)
        assert json.loads(resolved) == make(HERE, ACCESS).to_dict()


@pytest.mark.parametrize("partition", SCOPES)
def test_trust_of_tasks(partition: str) -> None:
    """Only ECS tasks of this account and region take the roles of jobs."""
    [statement] = trust_ecs_tasks(SCOPES[partition]).to_dict()["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Action"] == "sts:AssumeRole"
    region = SCOPES[partition].region
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:ecs:{region}:111122223333:*"},
    }


def test_trust_of_nodes() -> None:
    """Nodes take their role as EC2, whose name is another one in China."""
    services = {
        partition: trust_ec2(scope).to_dict()["Statement"][0]["Principal"]["Service"]
        for partition, scope in SCOPES.items()
    }
    assert services == {
        "aws": "ec2.amazonaws.com",
        "aws-cn": "ec2.amazonaws.com.cn",
        "aws-us-gov": "ec2.amazonaws.com",
    }


def test_trust_of_fleet() -> None:
    """Spot fleet takes the fleet role."""
    [statement] = trust_spot_fleet(HERE).to_dict()["Statement"]
    assert statement["Principal"] == {"Service": "spotfleet.amazonaws.com"}


def test_listing_is_limited_to_folders() -> None:
    """Where jobs use a folder they list and read nothing beside it, nor one that starts alike."""
    found = _statements(compute_job(HERE, ACCESS))
    assert found["ListFolder1"]["Resource"] == "arn:aws:s3:::work"
    assert found["ListFolder1"]["Condition"] == {"StringLike": {"s3:prefix": ["dir", "dir/*"]}}
    assert found["UseObjects"]["Resource"] == "arn:aws:s3:::work/dir/*"
    assert "ListBuckets" not in found


def test_listing_of_whole_buckets() -> None:
    """A whole bucket is listed without a condition, and swallows its folders."""
    access = JobAccess(
        queues=(),
        buckets=(BucketAccess("a"), BucketAccess("a", "x"), BucketAccess("b", "y")),
        job_log_group="/g",
    )
    found = _statements(compute_job(HERE, access))
    assert found["ListBuckets"]["Resource"] == "arn:aws:s3:::a"
    assert "Condition" not in found["ListBuckets"]
    assert found["ListFolder1"]["Resource"] == "arn:aws:s3:::b"
    assert "ListFolder2" not in found
    assert found["UseObjects"]["Resource"] == ["arn:aws:s3:::a/*", "arn:aws:s3:::b/y/*"]


def test_no_buckets() -> None:
    """Without buckets, on a file system, tasks have no permission at all."""
    access = JobAccess(queues=(), buckets=(), job_log_group="/g")
    assert compute_job(HERE, access).statements == ()


def test_bucket_keys() -> None:
    """Keys of buckets are used through S3 only."""
    access = JobAccess(
        queues=(), buckets=ACCESS.buckets, job_log_group="/g", bucket_keys=("arn:aws:kms:::key/k",)
    )
    found = _statements(compute_job(HERE, access))["UseBucketKeys"]
    assert found["Resource"] == "arn:aws:kms:::key/k"
    assert found["Condition"] == {"StringLike": {"kms:ViaService": "s3.eu-west-1.amazonaws.com*"}}


def test_passed_roles() -> None:
    """The head job passes the named roles to ECS tasks, and nothing to anything else."""
    roles = ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b")
    access = JobAccess(queues=(), buckets=(), job_log_group="/g", passed_roles=roles)
    found = _statements(head_job(HERE, access))
    assert found["PassTaskRoles"]["Action"] == "iam:PassRole"
    assert found["PassTaskRoles"]["Resource"] == list(roles)
    assert found["PassTaskRoles"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }
    without = JobAccess(queues=(), buckets=(), job_log_group="/g")
    assert "PassTaskRoles" not in _statements(head_job(HERE, without))


def test_head_job_submits_to_its_queues() -> None:
    """The head job submits to the named queues, of Nextflow's definitions and the named ones."""
    access = JobAccess(
        queues=("a", "b"), buckets=(), job_log_group="/g", job_definitions=("aligner",)
    )
    statements = _statements(head_job(HERE, access))
    start = "arn:aws:batch:eu-west-1:111122223333"
    assert statements["SubmitTasks"]["Resource"] == [
        f"{start}:job-queue/a",
        f"{start}:job-queue/b",
        f"{start}:job-definition/nf-*",
        f"{start}:job-definition/aligner",
        f"{start}:job-definition/aligner:*",
        f"{start}:job/*",
    ]
    assert statements["RegisterTasks"]["Resource"] == [
        f"{start}:job-definition/nf-*",
        f"{start}:job/*",
    ]


def test_log_groups() -> None:
    """Logs are read and written in the environment's groups, whose streams are the resource."""
    access = JobAccess(queues=(), buckets=(), job_log_group="/jobs", node_log_group="/nodes")
    start = "arn:aws:logs:eu-west-1:111122223333:log-group:"
    assert _statements(head_job(HERE, access))["ReadTaskLogs"]["Resource"] == f"{start}/jobs:*"
    assert _statements(execution(HERE, access))["WriteJobLogs"]["Resource"] == f"{start}/jobs:*"
    assert _statements(instance(HERE, access))["WriteNodeLogs"]["Resource"] == f"{start}/nodes:*"
    assert "WriteNodeLogs" not in _statements(instance(HERE, ACCESS))


def test_optional_permissions() -> None:
    """A key and a look-up are permitted only where they are used."""
    key = "arn:aws:kms:eu-west-1:111122223333:key/k"
    access = JobAccess(
        queues=(),
        buckets=(),
        job_log_group="/g",
        secrets_key=key,
        mounting=FSX.node_statements(HERE),
    )
    found = _statements(execution(HERE, access))["DecryptPipelineSecrets"]
    assert (found["Action"], found["Resource"]) == ("kms:Decrypt", key)
    look_up = _statements(instance(HERE, access))["FindMountName"]
    assert (look_up["Action"], look_up["Resource"]) == ("fsx:DescribeFileSystems", "*")
    assert "DecryptPipelineSecrets" not in _statements(execution(HERE, ACCESS))
    assert "FindMountName" not in _statements(instance(HERE, ACCESS))


def test_secrets_are_platform_s() -> None:
    """Tasks get the secrets that Platform stores, and no others."""
    found = _statements(execution(HERE, ACCESS))["ReadPipelineSecrets"]
    assert found["Resource"] == "arn:aws:secretsmanager:eu-west-1:111122223333:secret:tower-*"


def test_nodes_have_no_data() -> None:
    """Nodes reach no bucket: jobs have roles of their own."""
    actions = {action for one in instance(HERE, ACCESS).statements for action in one.actions}
    assert not any(action.startswith(("s3:", "batch:", "secretsmanager:")) for action in actions)


def test_submitter_passes_no_role() -> None:
    """Who may submit jobs gets no right to pass roles with it."""
    actions = {action for one in submitter(HERE, ("q",)).statements for action in one.actions}
    assert actions == {
        "batch:CancelJob",
        "batch:DescribeJobs",
        "batch:ListJobs",
        "batch:SubmitJob",
        "batch:TerminateJob",
    }
