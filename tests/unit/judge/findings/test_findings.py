# SPDX-License-Identifier: Apache-2.0
"""Each kind of finding: a statement that breaks it, one that holds, and what is said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from seqera_batch.judge.findings import _ALONE, Check, Finding, findings
from seqera_batch.judge.findings.grant import grants
from seqera_batch.judge.findings.policy import Policy
from seqera_batch.policies.credential import SEQERA_CLOUD_ROLE
from seqera_batch.policies.document import PolicyDocument, Statement
from seqera_batch.problems import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING
QUEUE = "arn:aws:batch:eu-west-1:111122223333:job-queue/work"
DEFINITION = "arn:aws:batch:eu-west-1:111122223333:job-definition/nf-*"
JOB = "arn:aws:batch:eu-west-1:111122223333:job/*"
GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/batch/job"
ROLE = "arn:aws:iam::111122223333:role/TowerForge-demo-HeadJobRole"
ROLES = "arn:aws:iam::111122223333:role/TowerForge-*"
SERVICE_ROLES = "arn:aws:iam::111122223333:role/aws-service-role"
POLICY = "arn:aws:iam::111122223333:policy/lab"
EC2 = "arn:aws:ec2:eu-west-1:111122223333"
ANY_ROLE = "arn:aws:iam::111122223333:role"
TEMPLATE = f"{EC2}:launch-template/*"
FILES = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system"
KEY = "arn:aws:kms:eu-west-1:111122223333:key"
OWN_KEY = f"{KEY}/01234567-89ab-cdef-0123-456789abcdef"
MINE = {"StringEquals": {"aws:ResourceTag/team": "genomics"}}
BOUNDED = {"StringEquals": {"iam:PermissionsBoundary": POLICY}}
TO_ECS = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def allow(actions: str, *resources: str, **more: object) -> dict[str, Any]:
    """Return a statement as JSON."""
    return {
        "Sid": "S",
        "Effect": "Allow",
        "Action": actions.split(),
        "Resource": list(resources),
        **more,
    }


def trust(
    principal: object, actions: str = "sts:AssumeRole", **condition: object
) -> dict[str, Any]:
    """Return a statement of a trust policy as JSON."""
    found: dict[str, Any] = {
        "Sid": "S",
        "Effect": "Allow",
        "Action": actions.split(),
        "Principal": principal,
    }
    return found | ({"Condition": condition} if condition else {})


def of(*statements: dict[str, Any]) -> dict[str, Finding]:
    """Return the findings about statements, by kind."""
    return {one.kind: one for one in findings({"Statement": list(statements)}, name="P")}


# kind, severity, words of the message, what breaks it, what holds
ROWS: list[tuple[str, Severity, str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    (
        "unknown-action",
        ERROR,
        "batch:SubmitJobs",
        [allow("batch:SubmitJobs", QUEUE)],
        [allow("batch:submitjob", QUEUE, DEFINITION, JOB)],
    ),
    (
        "unknown-action",
        ERROR,
        "efs:CreateFileSystem",
        [allow("efs:CreateFileSystem", "*")],
        # A service that the data leaves out: nothing can be said of its actions.
        [allow("glue:CreateJob", "*")],
    ),
    (
        "wildcard-action",
        WARNING,
        "logs:Get*",
        [allow("logs:Get*", GROUP)],
        [allow("logs:GetLogEvents", f"{GROUP}:*")],
    ),
    ("wildcard-action", ERROR, "s3:*", [allow("s3:*", "*")], [allow("s3:ListAllMyBuckets", "*")]),
    ("wildcard-action", ERROR, "all actions", [allow("*", "*")], []),
    (
        "all-but",
        ERROR,
        "NotAction",
        [{"Sid": "S", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [{"Sid": "S", "Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}],
    ),
    (
        "wildcard-resource",
        ERROR,
        "batch:SubmitJob could name",
        [allow("batch:SubmitJob", "*")],
        [allow("batch:SubmitJob", QUEUE, DEFINITION, JOB)],
    ),
    (
        "wildcard-resource",
        WARNING,
        "ec2:GetConsoleOutput could name",
        [allow("ec2:GetConsoleOutput", "*")],
        # AWS offers nothing narrower.
        [allow("ec2:DescribeVpcs ec2:DescribeSubnets", "*")],
    ),
    (
        "wildcard-name",
        WARNING,
        "role/*",
        [allow("iam:GetRole", "arn:aws:iam::111122223333:role/*")],
        # AWS gives jobs their ids.
        [allow("batch:CancelJob", JOB), allow("iam:GetRole", ROLES, Sid="T")],
    ),
    (
        "wildcard-name",
        WARNING,
        "arn:aws:s3:::*",
        [allow("s3:ListBucket", "arn:aws:s3:::*")],
        [allow("s3:GetObject", "arn:aws:s3:::work/*")],
    ),
    (
        "any-account",
        WARNING,
        "leaves account or region open",
        [allow("iam:GetRole", "arn:aws:iam::*:role/TowerForge-demo")],
        [allow("iam:GetRole", "arn:aws:iam::${AWS::AccountId}:role/TowerForge-demo")],
    ),
    (
        "action-needs-all",
        ERROR,
        "batch:DescribeJobs",
        [allow("batch:DescribeJobs", JOB)],
        [allow("batch:DescribeJobs", "*")],
    ),
    (
        "action-needs-all",
        WARNING,
        "logs:DescribeAccountPolicies",
        [allow("logs:Describe*", f"{GROUP}:*")],
        [allow("logs:DescribeLogStreams", f"{GROUP}:*")],
    ),
    (
        "resource-never-matches",
        ERROR,
        "iam:CreateInstanceProfile",
        [allow("iam:CreateInstanceProfile iam:GetRole", ROLES)],
        [allow("iam:CreateInstanceProfile", "arn:aws:iam::111122223333:instance-profile/a-*")],
    ),
    (
        "resource-never-matches",
        ERROR,
        "s3:ListBucket",
        [allow("s3:ListBucket", "arn:aws:s3:::work/*")],
        [allow("s3:ListBucket", "arn:aws:s3:::work*")],
    ),
    (
        "resource-idle",
        WARNING,
        "arn:aws:s3:::work can",
        [allow("s3:GetObject", "arn:aws:s3:::work", "arn:aws:s3:::work/*")],
        [allow("s3:GetObject", "arn:aws:s3:::work/a", "arn:aws:s3:::work/runs/*")],
    ),
    (
        "resource-idle",
        WARNING,
        "instance-profile/a",
        [allow("iam:GetRole", ROLE, "arn:aws:iam::111122223333:instance-profile/a")],
        [
            allow("iam:GetRole", ROLE),
            # What a service takes that the data leaves out is not known.
            allow("iam:GetRole glue:GetJob", ROLE, "arn:aws:glue:eu-west-1:1:job/a", Sid="T"),
        ],
    ),
    (
        "resource-missing-SubmitJob",
        ERROR,
        "also checked on job-queue",
        [allow("batch:SubmitJob", DEFINITION, JOB)],
        # Statements add up.
        [allow("batch:SubmitJob", DEFINITION, JOB), allow("batch:SubmitJob", QUEUE, Sid="T")],
    ),
    (
        "name-for-id",
        ERROR,
        "fs-",
        [allow("elasticfilesystem:DeleteFileSystem", f"{FILES}/MyManualEFS")],
        [
            allow("elasticfilesystem:DeleteFileSystem", f"{FILES}/fs-0123"),
            allow("elasticfilesystem:DeleteFileSystem", f"{FILES}/*", Sid="T"),
        ],
    ),
    (
        "log-group-children",
        WARNING,
        "groups below /aws/batch/job",
        [allow("logs:GetLogEvents", f"{GROUP}/*")],
        [
            allow("logs:GetLogEvents", f"{GROUP}/*", f"{GROUP}:*"),
            # Of others the groups below may well be meant.
            allow("logs:GetLogEvents", GROUP.replace("batch/job", "lambda/*"), Sid="T"),
        ],
    ),
    (
        "condition-idle-aws-ResourceTag",
        WARNING,
        "then restricts nothing",
        [
            allow(
                "batch:RegisterJobDefinition batch:TagResource",
                "*",
                Condition={"StringEqualsIfExists": {"aws:ResourceTag/a": "b"}},
            )
        ],
        [allow("batch:CancelJob", JOB, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})],
    ),
    (
        "condition-idle-iam-PassedToService",
        WARNING,
        "then refuses them",
        [allow("iam:GetRole", ROLE, Condition=TO_ECS)],
        [allow("iam:PassRole", ROLE, Condition=TO_ECS)],
    ),
    (
        "shared-DeleteFileSystem",
        WARNING,
        "ends what others have made",
        [allow("elasticfilesystem:DeleteFileSystem", f"{FILES}/*")],
        [
            allow("elasticfilesystem:DeleteFileSystem", f"{FILES}/*", Condition=MINE),
            allow("elasticfilesystem:DeleteFileSystem", f"{FILES}/fs-0123456789abcdef0"),
        ],
    ),
    (
        "shared-DeleteLaunchTemplate",
        WARNING,
        "ends what others have made",
        # What lets everything without the tag through holds nothing.
        [
            allow(
                "ec2:DeleteLaunchTemplate",
                TEMPLATE,
                Condition={"StringEqualsIfExists": {"aws:ResourceTag/team": "a"}},
            )
        ],
        [allow("ec2:DeleteLaunchTemplate", TEMPLATE, Condition=MINE)],
    ),
    (
        "shared-PutKeyPolicy",
        ERROR,
        "rewrites who may use others' keys",
        [allow("kms:PutKeyPolicy kms:DescribeKey", f"{KEY}/*")],
        [allow("kms:PutKeyPolicy", f"{KEY}/*", Condition=MINE), allow("kms:PutKeyPolicy", OWN_KEY)],
    ),
    (
        "shared-CreateGrant",
        ERROR,
        "gives the use of others' keys away",
        [allow("kms:CreateGrant", f"{KEY}/*")],
        [
            allow(
                "kms:CreateGrant",
                f"{KEY}/*",
                Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            )
        ],
    ),
    (
        "shared-Decrypt",
        ERROR,
        "decrypts what others' keys encrypt",
        [allow("kms:Decrypt", f"{KEY}/*")],
        [
            allow(
                "kms:Decrypt",
                f"{KEY}/*",
                Condition={"StringLike": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
            )
        ],
    ),
    (
        "shared-SubmitJob",
        WARNING,
        "each with the role in it",
        [allow("batch:SubmitJob", QUEUE, DEFINITION, JOB)],
        [allow("batch:SubmitJob", QUEUE, DEFINITION.replace("*", "aligner:*"))],
    ),
    (
        "shared-RegisterContainerInstance",
        WARNING,
        "join",
        [allow("ecs:RegisterContainerInstance", "arn:aws:ecs:eu-west-1:111122223333:cluster/A*")],
        [allow("ecs:RegisterContainerInstance", "arn:aws:ecs:eu-west-1:111122223333:cluster/A")],
    ),
    (
        "shared-AuthorizeSecurityGroupIngress",
        WARNING,
        "into others' security groups",
        [
            allow(
                "ec2:AuthorizeSecurityGroupIngress",
                f"{EC2}:security-group/*",
                f"{EC2}:security-group-rule/*",
            )
        ],
        [
            allow(
                "ec2:AuthorizeSecurityGroupIngress",
                f"{EC2}:security-group/*",
                Condition=MINE,
            ),
            # A rule is made by the call.
            allow(
                "ec2:AuthorizeSecurityGroupIngress", f"{EC2}:security-group-rule/*", Sid="RuleOfIt"
            ),
        ],
    ),
    (
        "shared-ModifyNetworkInterfaceAttribute",
        WARNING,
        "into other groups",
        [allow("ec2:ModifyNetworkInterfaceAttribute", f"{EC2}:network-interface/*")],
        [
            allow(
                "ec2:ModifyNetworkInterfaceAttribute",
                f"{EC2}:network-interface/*",
                Condition={"ArnEquals": {"ec2:Subnet": f"{EC2}:subnet/subnet-0123456789abcdef0"}},
            )
        ],
    ),
    (
        "escalation-through-CloudFormation",
        WARNING,
        "with the rights of CloudFormation's own role",
        [allow("sts:AssumeRole", f"{ANY_ROLE}/cdk-lab-deploy-role-111122223333-eu-west-1")],
        [allow("sts:AssumeRole", f"{ANY_ROLE}/cdk-lab-lookup-role-111122223333-eu-west-1")],
    ),
    (
        "tag-can-be-given",
        WARNING,
        "can write the tag that aws:ResourceTag/team asks for",
        [
            allow("batch:TerminateJob", JOB, Condition=MINE),
            allow("batch:TagResource", JOB, Sid="T"),
        ],
        [
            allow("ec2:DeleteLaunchTemplate", TEMPLATE, Condition=MINE),
            allow(
                "ec2:CreateTags",
                TEMPLATE,
                Sid="T",
                Condition={"StringEquals": {"ec2:CreateAction": "CreateLaunchTemplate"}},
            ),
            # AWS alone writes the tags that start with aws:.
            allow("elasticfilesystem:TagResource", f"{FILES}/*", Sid="U"),
            allow(
                "elasticfilesystem:DeleteFileSystem",
                f"{FILES}/*",
                Sid="V",
                Condition={"StringEquals": {"aws:ResourceTag/aws:cloudformation:stack-name": "x"}},
            ),
        ],
    ),
    (
        "lists-whole-bucket",
        WARNING,
        "names no prefix",
        [
            allow(
                "s3:ListBucket",
                "arn:aws:s3:::lab",
                Condition={"StringLikeIfExists": {"s3:prefix": ["in/*"]}},
            )
        ],
        [
            allow(
                "s3:ListBucket",
                "arn:aws:s3:::lab",
                Condition={"StringLike": {"s3:prefix": ["in/*"]}},
            )
        ],
    ),
    (
        "companion-missing-CreateJobQueue",
        WARNING,
        "batch:TagResource",
        [allow("batch:CreateJobQueue", QUEUE), allow("batch:TagResource", JOB, Sid="T")],
        [allow("batch:CreateJobQueue batch:TagResource", QUEUE)],
    ),
    (
        "companion-missing-CreateLaunchTemplate",
        WARNING,
        "ec2:CreateTags",
        [allow("ec2:CreateLaunchTemplate", TEMPLATE)],
        [allow("ec2:CreateLaunchTemplate ec2:CreateTags", TEMPLATE)],
    ),
    (
        "companion-missing-CreateMountTarget",
        WARNING,
        "ec2:CreateNetworkInterface",
        [allow("elasticfilesystem:CreateMountTarget", f"{FILES}/*")],
        [
            allow("elasticfilesystem:CreateMountTarget", f"{FILES}/*"),
            allow(
                "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets",
                "*",
                Sid="T",
            ),
        ],
    ),
    (
        "pass-role-lacks-service",
        WARNING,
        "ecs-tasks.amazonaws.com",
        [
            allow("batch:RegisterJobDefinition", DEFINITION),
            allow(
                "iam:PassRole",
                ROLE,
                Sid="T",
                Condition={"StringEquals": {"iam:PassedToService": "batch.amazonaws.com"}},
            ),
        ],
        [
            allow("batch:RegisterJobDefinition", DEFINITION),
            allow("iam:PassRole", ROLE, Sid="T", Condition=TO_ECS),
        ],
    ),
    (
        "pass-any-role",
        ERROR,
        "every role",
        [allow("iam:PassRole", "arn:aws:iam::111122223333:role/*", Condition=TO_ECS)],
        [allow("iam:PassRole", ROLES, Condition=TO_ECS)],
    ),
    (
        "pass-to-any-service",
        ERROR,
        "any service",
        [allow("iam:PassRole", ROLE)],
        [allow("iam:PassRole", ROLE, Condition=TO_ECS)],
    ),
    (
        "pass-to-any-service",
        ERROR,
        "any service",
        # A request without the key meets this condition.
        [
            allow(
                "iam:PassRole",
                ROLE,
                Condition={"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}},
            )
        ],
        [],
    ),
    (
        "escalation-PutRolePolicy",
        ERROR,
        "written into it",
        [allow("iam:PutRolePolicy", ROLES)],
        [
            allow("iam:PutRolePolicy", ROLES, Condition=BOUNDED),
            # A service's own role, which nobody else takes.
            allow("iam:PutRolePolicy", f"{SERVICE_ROLES}/fsx.amazonaws.com/*", Sid="T"),
        ],
    ),
    (
        "escalation-PutRolePolicy",
        WARNING,
        "written into it",
        [allow("iam:PutRolePolicy", ROLE)],
        [],
    ),
    (
        "escalation-PutRolePolicy",
        ERROR,
        "written into it",
        # A path that begins like theirs may be of roles that others take.
        [allow("iam:PutRolePolicy", f"{SERVICE_ROLES}*")],
        [],
    ),
    (
        "escalation-AttachRolePolicy",
        ERROR,
        "AdministratorAccess",
        [
            allow(
                "iam:AttachRolePolicy",
                ROLES,
                Condition={"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}},
            )
        ],
        [
            allow(
                "iam:AttachRolePolicy", ROLES, Condition={"ArnEquals": {"iam:PolicyARN": POLICY}}
            ),
            allow("iam:AttachRolePolicy", ROLES, Sid="T", Condition=BOUNDED),
        ],
    ),
    (
        "escalation-CreatePolicyVersion",
        WARNING,
        "rewriting a policy",
        [allow("iam:CreatePolicyVersion", POLICY)],
        [allow("iam:CreatePolicy", POLICY)],
    ),
    (
        "escalation-UpdateAssumeRolePolicy",
        ERROR,
        "letting oneself take it",
        [allow("iam:Update*", ROLES)],
        [allow("iam:UpdateRole", ROLES)],
    ),
    (
        "escalation-AssumeRole",
        ERROR,
        "every role that trusts the account",
        [allow("sts:AssumeRole", "*")],
        [allow("sts:AssumeRole", ROLE)],
    ),
    (
        "escalation-PassRole-RunInstances",
        ERROR,
        "ec2.amazonaws.com",
        [allow("iam:PassRole", "*"), allow("ec2:RunInstances", "*", Sid="T")],
        [
            allow("iam:PassRole", "*", Condition=TO_ECS),
            allow("ec2:RunInstances", "*", Sid="T"),
        ],
    ),
    (
        "escalation-PassRole-RegisterJobDefinition",
        ERROR,
        "ecs-tasks.amazonaws.com",
        [
            allow("iam:PassRole", "*", Condition=TO_ECS),
            allow("batch:RegisterJobDefinition", DEFINITION, Sid="T"),
        ],
        [
            allow("iam:PassRole", ROLE, Condition=TO_ECS),
            allow("batch:RegisterJobDefinition", DEFINITION, Sid="T"),
        ],
    ),
    (
        "trust-anyone",
        ERROR,
        "of any account",
        [trust("*")],
        [trust({"Service": "ec2.amazonaws.com"})],
    ),
    (
        "trust-anyone",
        WARNING,
        "who meets the conditions",
        [trust({"AWS": "*"}, StringEquals={"sts:ExternalId": "x"})],
        [trust({"AWS": ROLE})],
    ),
    (
        "resource-anyone",
        ERROR,
        "of any account",
        [trust({"AWS": "*"}, "kms:Decrypt", Bool={"aws:SecureTransport": "true"})],
        [
            trust({"AWS": "*"}, "kms:Decrypt", StringEquals={"kms:CallerAccount": "111122223333"}),
            trust({"AWS": ROLE}, "kms:Decrypt"),
        ],
    ),
    (
        "resource-anyone",
        ERROR,
        "of any account",
        [
            trust("*", "s3:GetObject", StringNotEquals={"aws:PrincipalArn": ROLE}),
            trust("*", "s3:GetObject", StringEqualsIfExists={"aws:PrincipalArn": ROLE}),
        ],
        [trust("*", "s3:GetObject", ArnEquals={"aws:PrincipalArn": ROLE})],
    ),
    (
        "resource-anyone",
        ERROR,
        "of any account",
        [
            trust(
                "*",
                "elasticfilesystem:ClientMount",
                Bool={"elasticfilesystem:AccessedViaMountTarget": "false"},
            )
        ],
        [
            trust(
                "*",
                "elasticfilesystem:ClientMount",
                Bool={"elasticfilesystem:AccessedViaMountTarget": "true"},
            )
        ],
    ),
    (
        "trust-account",
        ERROR,
        "111122223333",
        [trust({"AWS": "arn:aws:iam::111122223333:root"})],
        [trust({"AWS": "111122223333"}, StringEquals={"sts:ExternalId": "x"})],
    ),
    (
        "trust-without-external-id",
        ERROR,
        "for any customer",
        [trust({"AWS": SEQERA_CLOUD_ROLE}, Bool={"aws:SecureTransport": "true"})],
        [
            trust({"AWS": SEQERA_CLOUD_ROLE}, StringEquals={"sts:ExternalId": "x"}),
            trust({"AWS": SEQERA_CLOUD_ROLE}, "sts:TagSession"),
        ],
    ),
    (
        "trust-any-workload",
        ERROR,
        "every workload",
        [
            trust(
                {"Federated": "arn:aws:iam::111122223333:oidc-provider/example.com"},
                "sts:AssumeRoleWithWebIdentity",
                StringEquals={"example.com:aud": "sts.amazonaws.com"},
            )
        ],
        [
            trust(
                {"Federated": "arn:aws:iam::111122223333:oidc-provider/example.com"},
                "sts:AssumeRoleWithWebIdentity",
                StringLike={"example.com:sub": "org:1:wsp:2:*"},
            )
        ],
    ),
    (
        "same-sid",
        ERROR,
        "S names more than one",
        [allow("batch:DescribeJobs", "*"), allow("ec2:DescribeVpcs", "*")],
        [allow("batch:DescribeJobs", "*"), allow("ec2:DescribeVpcs", "*", Sid="T")],
    ),
]


@pytest.mark.parametrize(
    ("kind", "severity", "says", "breaks", "holds"),
    ROWS,
    ids=[f"{place}-{row[0]}" for place, row in enumerate(ROWS)],
)
def test_kind(
    kind: str,
    severity: Severity,
    says: str,
    breaks: list[dict[str, Any]],
    holds: list[dict[str, Any]],
) -> None:
    """What breaks is found, with its id and its words; what holds is not."""
    found = of(*breaks)[kind]
    assert found.id == ("P" if kind == "same-sid" else f"P.{found.sid}") + f":{kind}"
    assert found.severity is severity
    assert says in found.message
    assert found.fix
    assert found.source.startswith("https://")
    assert found.explained is None
    assert kind not in of(*holds)


def test_too_long() -> None:
    """A document is held against the room where it goes."""
    document = {"Statement": [allow("batch:SubmitJob", *(f"{QUEUE}{n}" for n in range(150)))]}
    assert "P:too-long" in {one.id for one in findings(document, name="P")}
    assert "P:too-long" not in {one.id for one in findings(document, name="P", limit=10_240)}


def test_own_reason_explains_what_aws_cannot_narrow() -> None:
    """A reason in the statement explains a `*` only where AWS offers nothing narrower."""

    def wide(action: str, reason: str) -> Finding:
        statement = Statement(sid="S", actions=(action,), resources=("*",), reason=reason)
        [found] = findings(PolicyDocument((statement,)))
        return found

    explained = wide("batch:DescribeJobs", "no narrower resource")
    assert (explained.explained, explained.by_itself) == ("no narrower resource", True)
    assert wide("batch:DescribeJobs", " ").explained is None
    assert wide("ec2:GetConsoleOutput", "no narrower resource").explained is None


def test_ids_are_unique() -> None:
    """An acknowledgement is of one finding."""
    everything = [
        {**statement, "Sid": f"S{place}"}
        for place, statement in enumerate(one for row in ROWS for one in row[3])
    ]
    ids = [one.id for one in findings({"Statement": everything})]
    assert len(ids) > len(ROWS)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "broken",
    [
        [{"Sid": "S", "Action": "s3:GetObject"}],
        [{"Effect": "Allow", "Resource": "*"}],
        [{"Effect": ["Allow"], "Action": "s3:GetObject"}],
        ["s3:GetObject"],
        {"Statement": "s3:GetObject"},
        "s3:GetObject",
    ],
)
def test_what_is_no_policy(broken: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """What IAM would not take as a statement is no policy to review."""
    with pytest.raises(ValueError, match="statement"):
        findings(broken)


def test_one_statement_without_list_or_sid() -> None:
    """IAM takes one statement without a list, and without a name."""
    [found] = findings({"Statement": {"Effect": "Allow", "Action": "s3:Nothing", "Resource": "*"}})
    assert found.id == "Policy.Statement1:unknown-action"


@pytest.mark.parametrize(("_", "check"), _ALONE)
def test_what_is_judged_alone_does_not_look_at_others(_: int, check: Check) -> None:
    """A check that does says something else of a statement by itself than beside all the others."""
    every = [one for *_, breaks, holds in ROWS for one in (*breaks, *holds)]
    whole = Policy(name="P", grants=grants(every), size=0)
    by_itself = [Policy(name="P", grants=(grant,), size=0) for grant in whole.grants]
    assert list(check(whole)) == [finding for one in by_itself for finding in check(one)]


def test_the_page_has_every_kind() -> None:
    """Whoever gets a finding can look its kind up."""
    page = (Path(__file__).parents[4] / "docs" / "reference" / "findings.md").read_text("utf-8")
    kinds = re.findall(r"^\| `([A-Za-z-]+)…?` \|", page, re.MULTILINE)
    for kind in {row[0] for row in ROWS} | {"too-long"}:
        assert [one for one in kinds if kind == one or (one[-1] == "-" and kind.startswith(one))]
