# SPDX-License-Identifier: Apache-2.0
"""How the tables write a call to AWS: who asks is the table's, what and on what is the row's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ACCOUNT = "111122223333"
REGION = "eu-west-1"
STRANGER = "999988887777"
"""Somebody else's account."""
ABROAD = "us-east-1"
"""A region that no document is for."""
OF_NO_REGION = frozenset(
    {
        # AWS's own lists of an account, of every region.
        "ce:ListCostAllocationTags",
        "s3:ListAllMyBuckets",
        # Images come from other regions too; what is pulled there has an ARN.
        "ecr:GetAuthorizationToken",
    }
)
"""What is asked without a resource, and in any region."""

Context = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question to IAM; a call that is checked on several resources is several questions.

    Args:
        says: What is done, for the reader of a failure.
        action: Action of IAM.
        resource: ARN in full; `*` for actions that take none.
        context: Condition keys of the request.
    """

    says: str
    action: str
    resource: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account of the resource; ours where the ARN has none."""
        parts = self.resource.split(":", 5)
        return parts[4] if len(parts) > 5 and parts[4].isdigit() else ACCOUNT

    @property
    def region(self) -> str:
        """The region in which it is called; ours where the ARN has none."""
        parts = self.resource.split(":", 5)
        return (parts[3] if len(parts) > 5 else "") or REGION


def calls(
    says: str, actions: str, *resources: str, given: Mapping[str, str | list[str]] | None = None
) -> tuple[Call, ...]:
    """Return a row for each of the actions, in one text, on each of the resources."""
    return tuple(
        Call(says=says, action=action, resource=resource, context=given or {})
        for action in actions.split()
        for resource in resources or ("*",)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What an identity must be able to do, and what must be refused to it.

    Args:
        document: Whose document it is, by its name in `documents`.
        allowed: What it cannot work without.
        denied: What it must not do.
        about: Sids of the statements that the table is about, of a document that is otherwise
            like another one; empty for all.
        any_bucket: Whether it reaches every bucket, so that none is somebody else's.
    """

    document: str
    allowed: tuple[Call, ...]
    denied: tuple[Call, ...]
    about: frozenset[str] = frozenset()
    any_bucket: bool = False

    def is_about(self, sid: str) -> bool:
        """Whether the rows are meant to need a statement."""
        return not self.about or sid in self.about

    @property
    def refused(self) -> tuple[Call, ...]:
        """Everything that must be denied, with what is allowed moved elsewhere."""
        moved = (
            far
            for one in self.allowed
            if not (self.any_bucket and one.action.startswith("s3:"))
            for far in _elsewhere(one)
        )
        return (*self.denied, *moved)


def _elsewhere(call: Call) -> Iterator[Call]:
    """Yield the same call on what belongs to others, or is in another region.

    What is meant for another account or region already is left alone.
    """
    parts = call.resource.split(":", 5)
    if len(parts) < 6:
        if call.action not in OF_NO_REGION and "aws:RequestedRegion" not in call.context:
            yield replace(
                call,
                says=f"{call.says}, elsewhere",
                context={**call.context, "aws:RequestedRegion": ABROAD},
            )
        return
    moves = {3: ABROAD if parts[3] else "", 4: STRANGER if parts[4] else ""}
    if parts[2] == "s3":
        moves = {5: f"somebody-else-{parts[5]}"}
    for place, value in moves.items():
        if value and parts[place] not in {STRANGER, ABROAD}:
            other = [*parts[:place], value, *parts[place + 1 :]]
            yield replace(call, says=f"{call.says}, elsewhere", resource=":".join(other))


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """Return the ARN of a resource of a region."""
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def iam(resource: str, *, account: str = ACCOUNT) -> str:
    """Return the ARN of a role, user or policy."""
    return f"arn:aws:iam::{account}:{resource}"


def s3(bucket: str, key: str = "") -> str:
    """Return the ARN of a bucket, or of an object."""
    return f"arn:aws:s3:::{bucket}{'/' + key if key else ''}"


def passed_to(service: str) -> Context:
    """Return the context in which a role is handed to a service."""
    return {"iam:PassedToService": f"{service}.amazonaws.com"}


def tagged(stack: str, environment: str | None = None) -> Context:
    """Return the context of something that a stack has made, of an environment if one is named."""
    tags: Context = {"aws:ResourceTag/aws:cloudformation:stack-name": stack}
    if environment is not None:
        tags["aws:ResourceTag/seqera-batch:environment"] = environment
    return tags


def prefix(text: str) -> Context:
    """Return the context in which a bucket is listed."""
    return {"s3:prefix": text}


def via(service: str, *, region: str = REGION) -> Context:
    """Return the context in which a service uses a key on somebody's behalf."""
    return {"kms:ViaService": f"{service}.{region}.amazonaws.com"}


KEY = arn("kms", "key/01234567-89ab-cdef-0123-456789abcdef")
OTHER_KEY = arn("kms", "key/99999999-89ab-cdef-0123-456789abcdef")
CLUSTER = "AWSBatch-TowerForge-spot-work-0a1b2c3d"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
BOUNDARY = iam("policy/boundary")

OF_NO_WORKER: tuple[Call, ...] = (
    *calls("give a role any rights", "iam:PutRolePolicy", iam("role/TowerForge-spot-HeadJobRole")),
    *calls(
        "attach AdministratorAccess",
        "iam:AttachRolePolicy",
        iam("role/TowerForge-spot-HeadJobRole"),
        given={"iam:PolicyARN": ADMINISTRATOR},
    ),
    *calls("make a role", "iam:CreateRole", iam("role/TowerForge-mine")),
    *calls(
        "let oneself take a role",
        "iam:UpdateAssumeRolePolicy",
        iam("role/TowerForge-spot-HeadJobRole"),
    ),
    *calls("take an administrator's role", "sts:AssumeRole", iam("role/admin")),
    *calls("make a key for a user", "iam:CreateAccessKey", iam("user/ada")),
    *calls(
        "pass an administrator's role",
        "iam:PassRole",
        iam("role/admin"),
        given=passed_to("ecs-tasks"),
    ),
    *calls("start an instance", "ec2:RunInstances", arn("ec2", "instance/i-0123456789abcdef0")),
    *calls(
        "delete a queue", "batch:DeleteJobQueue", arn("batch", "job-queue/TowerForge-spot-work")
    ),
    *calls(
        "change an environment",
        "batch:UpdateComputeEnvironment",
        arn("batch", "compute-environment/TowerForge-spot-work"),
    ),
    *calls("delete a bucket", "s3:DeleteBucket", s3("example-work")),
    *calls("open a bucket", "s3:PutBucketPolicy", s3("example-work")),
    *calls("schedule a key's deletion", "kms:ScheduleKeyDeletion", KEY),
    *calls("decrypt without a service", "kms:Decrypt", KEY),
    *calls("decrypt with another key", "kms:Decrypt", OTHER_KEY, given=via("s3")),
    *calls(
        "read a secret that is not Platform's",
        "secretsmanager:GetSecretValue",
        arn("secretsmanager", "secret:database-a1b2c3"),
    ),
    *calls("read an object of somebody's", "s3:GetObject", s3("payroll", "2026/salaries.csv")),
)
"""What no role that works for pipelines may do."""
