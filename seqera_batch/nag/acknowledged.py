# SPDX-License-Identifier: Apache-2.0
"""What well-known rule packs find in an environment, and why it is as it is.

Nothing is acknowledged by itself: an app that runs cdk-nag says so.

    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks
    from seqera_batch.nag import acknowledge

    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    acknowledge(forge)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from seqera_batch.plan.documents import PLATFORM, identities
from seqera_batch.policies.credential import managed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from seqera_batch.plan import ForgePlan
    from seqera_batch.policies.document import PolicyDocument, Scope
    from seqera_batch.template.resource import Resource

ACCOUNT = "<AWS::AccountId>"
"""How cdk-nag writes the account in an id where only the deployment knows it."""

COMPLIANCE = ("HIPAA.Security", "NIST.800.53.R5")
"""Packs of cdk-nag for rules that others made; they find the same here."""

INLINE = (
    "an inline policy belongs to one role and goes with it; it is reviewed as one document "
    "with the role, and nobody else can attach it"
)
PUBLIC = (
    "nodes reach the internet directly and nobody reaches them: no security group lets anybody "
    "in; a NAT gateway would cost money while idle"
)
FLOW_LOGS = "flow logs are a choice of the account; they cost money by the volume of traffic"
DEFAULT_GROUP = "nothing is in the VPC's default security group: nodes have one of their own"
LOG_KEY = "CloudWatch Logs encrypts with a key of its own; no key of the user's was given"
BUCKET_LOGS = (
    "who reads and writes is in CloudTrail's data events, if an account wants them; access logs "
    "would need a second bucket"
)
BUCKET_COPY = "intermediate files, which Nextflow can make again: a copy would double their cost"
BUCKET_VERSIONS = "Nextflow never changes a file; versioning is a choice, and costs money"
BUCKET_KEY = "S3 encrypts with a key of its own; no key of the user's was given"
BACKUP = "a file system of intermediate files, which Nextflow can make again"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepted:
    """A rule of cdk-nag that some of our resources break, and why."""

    rules: tuple[str, ...]
    reason: str
    breaks: Callable[[Resource, Mapping[str, Resource]], bool]


def _has(kind: str, key: str, *, value: bool) -> Callable[..., bool]:
    """Return whether a resource of a type has a property, or has it not."""
    return lambda one, _every: one.type == kind and bool(one.properties.get(key)) is value


def _vpc_without_flow_logs(one: Resource, every: Mapping[str, Resource]) -> bool:
    return one.type == "AWS::EC2::VPC" and not any(
        other.type == "AWS::EC2::FlowLog" for other in every.values()
    )


def _efs_without_backup(one: Resource, _every: Mapping[str, Resource]) -> bool:
    backup = one.properties.get("BackupPolicy") or {}
    return one.type == "AWS::EFS::FileSystem" and backup.get("Status") != "ENABLED"


def _bucket_without_key(one: Resource, _every: Mapping[str, Resource]) -> bool:
    if one.type != "AWS::S3::Bucket":
        return False
    [rule] = one.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return bool(rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256")


def _in_compliance(rule: str) -> tuple[str, ...]:
    return tuple(f"{pack}-{rule}" for pack in COMPLIANCE)


ACCEPTED = (
    _Accepted(
        rules=_in_compliance("IAMNoInlinePolicy"),
        reason=INLINE,
        breaks=_has("AWS::IAM::Role", "Policies", value=True),
    ),
    _Accepted(
        rules=_in_compliance("VPCDefaultSecurityGroupClosed"),
        reason=DEFAULT_GROUP,
        breaks=_has("AWS::EC2::VPC", "CidrBlock", value=True),
    ),
    _Accepted(
        rules=("AwsSolutions-VPC7", *_in_compliance("VPCFlowLogsEnabled")),
        reason=FLOW_LOGS,
        breaks=_vpc_without_flow_logs,
    ),
    _Accepted(
        rules=_in_compliance("VPCNoUnrestrictedRouteToIGW"),
        reason=PUBLIC,
        breaks=_has("AWS::EC2::Route", "GatewayId", value=True),
    ),
    _Accepted(
        rules=_in_compliance("VPCSubnetAutoAssignPublicIpDisabled"),
        reason=PUBLIC,
        breaks=_has("AWS::EC2::Subnet", "MapPublicIpOnLaunch", value=True),
    ),
    _Accepted(
        rules=_in_compliance("CloudWatchLogGroupEncrypted"),
        reason=LOG_KEY,
        breaks=_has("AWS::Logs::LogGroup", "KmsKeyId", value=False),
    ),
    _Accepted(
        rules=("AwsSolutions-S1", *_in_compliance("S3BucketLoggingEnabled")),
        reason=BUCKET_LOGS,
        breaks=_has("AWS::S3::Bucket", "LoggingConfiguration", value=False),
    ),
    _Accepted(
        rules=_in_compliance("S3BucketReplicationEnabled"),
        reason=BUCKET_COPY,
        breaks=_has("AWS::S3::Bucket", "ReplicationConfiguration", value=False),
    ),
    _Accepted(
        rules=_in_compliance("S3BucketVersioningEnabled"),
        reason=BUCKET_VERSIONS,
        breaks=_has("AWS::S3::Bucket", "VersioningConfiguration", value=False),
    ),
    _Accepted(
        rules=_in_compliance("S3DefaultEncryptionKMS"),
        reason=BUCKET_KEY,
        breaks=_bucket_without_key,
    ),
    _Accepted(
        rules=_in_compliance("EFSInBackupPlan"),
        reason=BACKUP,
        breaks=_efs_without_backup,
    ),
)
"""All but the wildcards of AwsSolutions, whose reasons the statements have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A finding of a rule pack that is as it is for a reason.

    Args:
        resource: The resource's id below `BatchForge`.
        finding: The finding's id, as the pack writes it.
        reason: Why it is accepted.
    """

    resource: str
    finding: str
    reason: str


class _Forge(Protocol):
    """What is needed of `BatchForge`."""

    @property
    def plan(self) -> ForgePlan: ...
    @property
    def reviewed_scope(self) -> Scope: ...
    @property
    def resources(self) -> Mapping[str, Resource]: ...
    def resource(self, name: str) -> Any: ...  # noqa: ANN401 - a construct of any type


def acknowledged(
    plan: ForgePlan,
    where: Scope,
    resources: Mapping[str, Resource],
) -> Iterator[Acknowledged]:
    """Yield what AwsSolutions, HIPAA and NIST 800-53 r5 find, with the reason for each.

    Args:
        plan: The environment.
        where: Where it is deployed.
        resources: What is created, by id below `BatchForge`.
    """
    for name, resource in resources.items():
        for accepted in ACCEPTED:
            if accepted.breaks(resource, resources):
                for rule in accepted.rules:
                    yield Acknowledged(resource=name, finding=rule, reason=accepted.reason)
    yield from _wildcards(plan, where, resources.keys())


def acknowledge(forge: _Forge) -> None:
    """Acknowledge, resource by resource, what cdk-nag's packs find in an environment.

    Args:
        forge: The `BatchForge`.
    """
    import aws_cdk as cdk  # noqa: PLC0415 - the rules need no CDK

    found: dict[str, list[Acknowledged]] = {}
    for one in acknowledged(forge.plan, forge.reviewed_scope, forge.resources):
        found.setdefault(one.resource, []).append(one)
    for name, several in found.items():
        cdk.Validations.of(forge.resource(name)).acknowledge(
            *(cdk.Acknowledgment(id=one.finding, reason=one.reason) for one in several)
        )


def _wildcards(plan: ForgePlan, where: Scope, resources: Collection[str]) -> Iterator[Acknowledged]:
    """Yield AwsSolutions-IAM5 for each wildcard, with the reason that its statements have."""
    if not where.account.isdigit():
        where = replace(where, account=ACCOUNT)
    for identity in identities(plan, where):
        documents: Iterable[tuple[str, PolicyDocument]]
        if identity.name == PLATFORM:
            parts = managed(identity.permissions)
            documents = ((f"PlatformPolicy{n}", part) for n, part in enumerate(parts, start=1))
        else:
            documents = ((identity.name, identity.permissions),)
        for name, document in documents:
            if name in resources:
                yield from _of_document(name, document)


def _of_document(name: str, document: PolicyDocument) -> Iterator[Acknowledged]:
    reasons: dict[str, list[str]] = {}
    for statement in document.statements:
        for wildcard in (
            *(f"Action::{action}" for action in statement.actions if "*" in action),
            *(f"Resource::{resource}" for resource in statement.resources if "*" in resource),
        ):
            reasons.setdefault(wildcard, []).append(f"{statement.sid}: {statement.reason}")
    for wildcard, several in reasons.items():
        yield Acknowledged(
            resource=name,
            finding=f"AwsSolutions-IAM5[{wildcard}]",
            reason="; ".join(several),
        )
