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

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from seqera_batch.catalog.names import RoleKind
from seqera_batch.cloudformation.resource import Resource
from seqera_batch.kinds import Kind, ec2, efs, iam, lambda_, logs, s3, secretsmanager, sns, sqs
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import PLATFORM, granted_document, identities
from seqera_batch.policies.credential import managed
from seqera_batch.policies.document import PolicyDocument, Scope
from seqera_batch.records import dataclass

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_iam as iam_


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
REGISTRATION = (
    "it runs when CloudFormation calls it, one call at a time, and CloudFormation tells of a "
    "failure"
)
REGISTRATION_PLACE = "Platform is reached from the internet, and nothing in a VPC is"
QUEUE_CHECK = "it runs for seconds, one call at a time, and an alarm tells when it does not"
QUEUE_CHECK_PLACE = "it asks AWS Batch and nothing else; nothing that it reaches is in a VPC"
MESSAGES = (
    "messages hold names and reasons, nothing of a job's data or variables; no key of the user's "
    "was given, and with AWS's own no service can tell a topic"
)
EVENTS = "nobody takes messages out that could fail: what comes in is counted, and kept for 14 days"
USER = "Platform's alone, which can take no role here; a group would share its rights with others"
ROTATION = (
    "an access key of IAM, which nothing rotates: a new one is made by a deployment and told to "
    "Platform by a person"
)
OF_SECRETS = "Secrets Manager encrypts with AWS's key for it; no key of the user's was given"
BACKUP = "a file system of intermediate files, which Nextflow can make again"


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A rule that some resources of a kind break, by its name in `COMPLIANCE` and AwsSolutions."""

    kind: Kind
    breaks: Callable[[Resource, Mapping[str, Resource]], bool]
    reason: str
    rule: str | None
    solutions: str | None = None

    @property
    def findings(self) -> tuple[str, ...]:
        """Ids of the findings, as the packs write them."""
        solutions = () if self.solutions is None else (f"AwsSolutions-{self.solutions}",)
        compliance = () if self.rule is None else (f"{pack}-{self.rule}" for pack in COMPLIANCE)
        return (*solutions, *compliance)


def _has(key: str) -> Callable[..., bool]:
    return lambda one, _every: bool(one.properties.get(key))


def _lacks(key: str) -> Callable[..., bool]:
    return lambda one, _every: not one.properties.get(key)


def _of(part: str, breaks: Callable[..., bool]) -> Callable[..., bool]:
    """Hold a rule to the functions whose code is given in this way."""
    return lambda one, every: part in one.properties["Code"] and breaks(one, every)


def _without_flow_logs(_one: Resource, every: Mapping[str, Resource]) -> bool:
    return all(other.type != ec2.FLOW_LOG.type for other in every.values())


def _without_backup(one: Resource, _every: Mapping[str, Resource]) -> bool:
    return (one.properties.get("BackupPolicy") or {}).get("Status") != "ENABLED"


def _without_key(one: Resource, _every: Mapping[str, Resource]) -> bool:
    [rule] = one.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return bool(rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256")


ACCEPTED = (
    _Accepted(iam.ROLE, _has("Policies"), INLINE, "IAMNoInlinePolicy"),
    _Accepted(ec2.VPC, _has("CidrBlock"), DEFAULT_GROUP, "VPCDefaultSecurityGroupClosed"),
    _Accepted(ec2.VPC, _without_flow_logs, FLOW_LOGS, "VPCFlowLogsEnabled", "VPC7"),
    _Accepted(ec2.ROUTE, _has("GatewayId"), PUBLIC, "VPCNoUnrestrictedRouteToIGW"),
    _Accepted(
        ec2.SUBNET, _has("MapPublicIpOnLaunch"), PUBLIC, "VPCSubnetAutoAssignPublicIpDisabled"
    ),
    _Accepted(logs.LOG_GROUP, _lacks("KmsKeyId"), LOG_KEY, "CloudWatchLogGroupEncrypted"),
    _Accepted(
        s3.BUCKET, _lacks("LoggingConfiguration"), BUCKET_LOGS, "S3BucketLoggingEnabled", "S1"
    ),
    _Accepted(
        s3.BUCKET, _lacks("ReplicationConfiguration"), BUCKET_COPY, "S3BucketReplicationEnabled"
    ),
    _Accepted(
        s3.BUCKET, _lacks("VersioningConfiguration"), BUCKET_VERSIONS, "S3BucketVersioningEnabled"
    ),
    _Accepted(s3.BUCKET, _without_key, BUCKET_KEY, "S3DefaultEncryptionKMS"),
    *(
        _Accepted(lambda_.FUNCTION, _of(code, _lacks(lacking)), reason, rule)
        for code, why, where in (
            ("S3Key", REGISTRATION, REGISTRATION_PLACE),
            ("ZipFile", QUEUE_CHECK, QUEUE_CHECK_PLACE),
        )
        for lacking, reason, rule in (
            ("ReservedConcurrentExecutions", why, "LambdaConcurrency"),
            ("DeadLetterConfig", why, "LambdaDLQ"),
            ("VpcConfig", where, "LambdaInsideVPC"),
        )
    ),
    _Accepted(sns.TOPIC, _lacks("KmsMasterKeyId"), MESSAGES, "SNSEncryptedKMS"),
    _Accepted(sqs.QUEUE, _lacks("RedrivePolicy"), EVENTS, None, "SQS3"),
    _Accepted(iam.USER, _has("UserName"), USER, "IAMUserGroupMembership"),
    _Accepted(iam.USER, _has("ManagedPolicyArns"), USER, "IAMUserNoPolicies"),
    _Accepted(
        secretsmanager.SECRET,
        _has("SecretString"),
        ROTATION,
        "SecretsManagerRotationEnabled",
        "SMG4",
    ),
    _Accepted(secretsmanager.SECRET, _lacks("KmsKeyId"), OF_SECRETS, "SecretsManagerUsingKMSKey"),
    _Accepted(efs.FILE_SYSTEM, _without_backup, BACKUP, "EFSInBackupPlan"),
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
    """What is needed of a `BatchForge` or a part."""

    @property
    def plan(self) -> ForgePlan: ...
    @property
    def reviewed_scope(self) -> Scope: ...
    @property
    def resources(self) -> Mapping[str, Resource]: ...
    @property
    def granted_policies(self) -> Mapping[RoleKind, iam_.Policy]: ...
    def resource(self, name: str) -> Any: ...  # noqa: ANN401 - a construct of any type
    def _answered(self, text: str) -> str: ...


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
            if resource.type == accepted.kind.type and accepted.breaks(resource, resources):
                for finding in accepted.findings:
                    yield Acknowledged(resource=name, finding=finding, reason=accepted.reason)
    yield from _wildcards(plan, where, resources.keys())


def acknowledge(forge: _Forge) -> None:
    """Acknowledge, resource by resource, what cdk-nag's packs find in an environment.

    Args:
        forge: The `BatchForge`, or a part that is made alone.
    """
    found: dict[str, list[Acknowledged]] = {}
    where = forge.reviewed_scope
    for one in acknowledged(forge.plan, where, forge.resources):
        found.setdefault(one.resource, []).append(one)
    for name, several in found.items():
        _accept(forge, forge.resource(name), several)
    for kind, policy in forge.granted_policies.items():
        document = granted_document(forge.plan, kind, _written(where))
        inline = Acknowledged(resource=kind, finding="", reason=INLINE)
        several = [
            *_of_document(kind, document),
            *(replace(inline, finding=f"{pack}-IAMNoInlinePolicy") for pack in COMPLIANCE),
        ]
        _accept(forge, policy.node.default_child, several)


def _accept(forge: _Forge, resource: Any, several: Iterable[Acknowledged]) -> None:  # noqa: ANN401 - a construct of any type
    import aws_cdk as cdk  # noqa: PLC0415 - the rules need no CDK

    stack = cdk.Stack.of(resource)
    cdk.Validations.of(resource).acknowledge(
        *(
            cdk.Acknowledgment(
                # What an app brings along is a token of CDK, which no id may have in it.
                id=as_written(stack.resolve(_imported(forge._answered(one.finding), stack))),  # noqa: SLF001 - of this package
                reason=one.reason,
            )
            for one in several
        )
    )


def _imported(text: str, stack: Stack) -> str:
    """Return a text with what other stacks make as imports, which CDK makes of it later."""
    import aws_cdk as cdk  # noqa: PLC0415 - the rules need no CDK

    if not cdk.Token.is_unresolved(text):
        return text
    for token in cdk.Tokenization.reverse_string(text).tokens:
        if isinstance(token, cdk.Reference):
            maker = cdk.Stack.of(token.target)
            if maker is not stack:
                written = cdk.Token.as_string(token)
                text = text.replace(written, maker.export_value(written))
    return text


def as_written(value: object) -> str:
    """Return a text as cdk-nag writes it in an id: references in angle brackets.

    Args:
        value: A text, or the intrinsic function that makes it at deployment.
    """
    if not isinstance(value, dict):
        return str(value).replace("${", "<").replace("}", ">")
    [(function, arguments)] = value.items()
    if function == "Fn::Join":
        delimiter, items = arguments
        return str(delimiter).join(map(as_written, items))
    if function == "Fn::GetAtt":
        return f"<{'.'.join(map(as_written, arguments))}>"
    if function == "Ref":
        return f"<{as_written(arguments)}>"
    if function in {"Fn::Sub", "Fn::ImportValue"}:
        return as_written(arguments)
    return json.dumps(value, separators=(",", ":"))


def _written(where: Scope) -> Scope:
    """Return a scope with the account as cdk-nag writes it."""
    return where if where.account.isdigit() else replace(where, account=ACCOUNT)


def _wildcards(plan: ForgePlan, where: Scope, resources: Collection[str]) -> Iterator[Acknowledged]:
    """Yield AwsSolutions-IAM5 for each wildcard, with the reason that its statements have."""
    for identity in identities(plan, _written(where)):
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
