# SPDX-License-Identifier: Apache-2.0
"""Makes `Given` of the constructs that somebody brings along: values, and marks for the rest."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from constructs import DependencyGroup
from jsii.errors import JSIIError

from seqera_batch.catalog import ids
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.config.given import GivenBucket, GivenFileSystem, GivenNetwork
from seqera_batch.constructs.part import outermost, refuse_elsewhere
from seqera_batch.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_fsx as fsx
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns
    from constructs import Construct, IDependable

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.constructs.part import Place
    from seqera_batch.plan import ForgePlan


_ROLES = frozenset({"head_job_role", "compute_job_role", "execution_role"})

_OF_ANY_ACCOUNT = _ROLES | {"encryption_key", "operations_topic", "work_bucket"}
"""What another account may share, by a policy of its own; roles are warned of."""

_OF_ANY_REGION = _ROLES | {"work_bucket"}

_KNOWN_BY = {
    "work_bucket": "bucket_name",
    "encryption_key": "key_arn",
    "operations_topic": "topic_arn",
    **dict.fromkeys(_ROLES, "role_arn"),
}
"""What the environment writes of what may be of another account or region."""

_STEP = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]+"
_FOLDER = re.compile(f"{_STEP}(?:/{_STEP})*")


class Adopted:
    """What an app brings along, as a plan takes it.

    Attributes:
        answers: What stands for the marks, by the name in them: CDK's tokens.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.answers: dict[str, str] = {}

    def of_here(self, stack: cdk.Stack, here: Place, **brought: object) -> None:
        """See that what an environment reaches only beside it is there, or has a name.

        Args:
            stack: The environment's.
            here: Its account and region.
            brought: Resources, by the arguments that they were passed as.

        Raises:
            ConfigError: One is of another region, or account where AWS wants the same.
        """
        for argument, resource in brought.items():
            if resource is None:
                continue
            # The interface of FSx forgets that it is a construct.
            theirs = cdk.Stack.of(cast("Construct", resource))
            where = getattr(resource, "env", theirs)
            account, region = (
                None if cdk.Token.is_unresolved(value) else value
                for value in (where.account, where.region)
            )
            found = (
                None if argument in _OF_ANY_ACCOUNT else account,
                None if argument in _OF_ANY_REGION else region,
            )
            path = getattr(resource, "node", theirs.node).path
            refuse_elsewhere(argument, path, found, here=here)
            if (account, region) != here:
                _refuse_nameless(argument, path, resource, stack)

    def network(
        self,
        vpc: ec2.IVpc | None,
        vpc_subnets: ec2.SubnetSelection | None,
        security_groups: Sequence[ec2.ISecurityGroup],
    ) -> tuple[GivenNetwork | None, IDependable | None]:
        """Return the network, and its way out; nothing where none is brought.

        Raises:
            ConfigError: Groups come without their VPC, or the VPC has no way out.
        """
        if vpc is None:
            if security_groups or vpc_subnets is not None:
                raise refusal(
                    "brought-along",
                    "vpc",
                    "security groups and subnets come without the VPC they are in",
                    fix="pass vpc too",
                )
            return None, None
        if vpc_subnets is None:
            chosen, way_out = vpc.select_subnets(subnet_type=_with_a_way_out(vpc)), True
        else:
            chosen = selected(vpc, vpc_subnets)
            isolated = {subnet.subnet_id for subnet in vpc.isolated_subnets}
            way_out = isolated.isdisjoint(chosen.subnet_ids)
        brought = GivenNetwork(
            way_out=way_out,
            endpoints=() if way_out else tuple(_endpoints(vpc)),
            vpc_id=self._known(ref("Vpc"), vpc.vpc_id),
            subnets=self._all("Subnet", chosen.subnet_ids),
            security_groups=self._all(
                "SecurityGroup", [group.security_group_id for group in security_groups]
            ),
        )
        return brought, chosen.internet_connectivity_established

    def say_what_must_stay(self, scope: Construct, stack: cdk.Stack, plan: ForgePlan) -> None:
        """Warn where a file system outlives the stack, and holds what is part of it.

        Args:
            scope: The environment.
            stack: Its stack.
            plan: Its plan.
        """
        for group in plan.storage.groups:
            if not group.kept_on_delete:
                continue
            # Whether what it holds stays is often decided by an aspect, after this.
            if held := ", ".join(self._going_with(stack)):
                cdk.Annotations.of(scope).add_warning_v2(
                    "seqera-batch:kept-in-a-network-that-goes",
                    f"{group.title} outlives this stack, and its network interfaces hold what "
                    f"would go with it: {held}; make these in a stack of their own, or keep them "
                    "too (cdk.RemovalPolicies.of(…).retain()) and acknowledge this warning",
                )

    def _going_with(self, stack: cdk.Stack) -> Iterator[str]:
        """Yield the paths of what goes with a stack, and a file system in the network holds."""
        root = outermost(stack).node.path
        # A file system of one subnet is in the first.
        holding = [
            value
            for mark, value in self.answers.items()
            if mark in {"Vpc", "Subnet1"} or mark.startswith("SecurityGroup")
        ]
        for value in holding:
            for token in cdk.Tokenization.reverse_string(value).tokens:
                made = token.target if isinstance(token, cdk.Reference) else None
                if made is not None and outermost(cdk.Stack.of(made)).node.path == root:
                    yield made.node.path.removesuffix("/Resource")

    def file_systems(
        self, *, efs: efs.IFileSystem | None, fsx: fsx.IFileSystem | None
    ) -> dict[str, GivenFileSystem]:
        """Return the file systems, by kind."""
        brought: dict[str, GivenFileSystem] = {}
        if efs is not None:
            brought["efs"] = GivenFileSystem(
                file_system_id=self._known(ref(ids.EFS), efs.file_system_id)
            )
        if fsx is not None:
            dns_name, mount_name = _lustre(fsx)
            brought["fsx"] = GivenFileSystem(
                file_system_id=self._known(ref(ids.FSX), fsx.file_system_id),
                dns_name=self._known(get_att(ids.FSX, "DNSName"), dns_name),
                mount_name=None
                if mount_name is None
                else self._known(get_att(ids.FSX, "LustreMountName"), mount_name),
            )
        return brought

    def key(self, key: kms.IKey | None) -> str | None:
        """Return the ARN of the key.

        Raises:
            ConfigError: It is an alias, which IAM's policies do not take for its key.
        """
        if key is None:
            return None
        from aws_cdk import aws_kms as kms  # noqa: PLC0415 - loaded only where it is used

        if isinstance(key, kms.Alias) or ":alias/" in key.key_arn:
            raise refusal(
                "brought-along",
                "encryption_key",
                "an alias is passed, and policies of IAM know keys only",
                value=key.key_arn if ":alias/" in key.key_arn else "an Alias",
                fix="pass the key itself",
            )
        return self._known(get_att(ids.KMS_KEY, "Arn"), key.key_arn)

    def work_bucket(self, bucket: s3.IBucket | None, folder: str | None) -> GivenBucket | None:
        """Return the bucket of the work directory, and the folder in it.

        Raises:
            ConfigError: A folder comes without its bucket, or is none.
        """
        if bucket is None:
            if folder is not None:
                raise refusal(
                    "brought-along",
                    "work_folder",
                    "a folder comes without the bucket it is in",
                    value=_shown(folder),
                    fix="pass work_bucket too, or name the folder in work_dir",
                )
            return None
        if folder is not None and not _FOLDER.fullmatch(folder):
            raise refusal(
                "brought-along",
                "work_folder",
                "this is no folder of a bucket",
                value=_shown(folder),
                allowed="letters, digits, -, _ and . between slashes, such as runs/rnaseq",
                fix="write the folder itself, without a slash before or after it",
            )
        key = bucket.encryption_key
        return GivenBucket(
            name=self._known(ref(ids.WORK_BUCKET), bucket.bucket_name),
            folder=folder,
            written=_written_name(bucket),
            key=None if key is None else self._known(get_att("WorkBucketKey", "Arn"), key.key_arn),
        )

    def topic(self, topic: sns.ITopic | None) -> str | None:
        """Return the ARN of the topic."""
        return None if topic is None else self._known(ref(ids.OPERATIONS_TOPIC), topic.topic_arn)

    def roles(self, roles: Mapping[RoleKind, iam.IRole | None]) -> dict[RoleKind, str]:
        """Return the ARNs of the roles, by kind."""
        return {
            kind: self._known(get_att(kind, "Arn"), role.role_arn)
            for kind, role in roles.items()
            if role is not None
        }

    def _known(self, mark: str, value: str) -> str:
        """Return a value that is known, else the mark that it answers."""
        if not cdk.Token.is_unresolved(value):
            return value
        self.answers[mark[2:-1]] = value
        return mark

    def _all(self, name: str, values: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            self._known(ref(f"{name}{number}"), value)
            for number, value in enumerate(values, start=1)
        )


def _refuse_nameless(argument: str, path: str, resource: object, stack: cdk.Stack) -> None:
    """Refuse what another account or region makes under a name that only AWS will know there.

    Raises:
        ConfigError: CDK cannot refer to it from this stack.
    """
    written = getattr(resource, _KNOWN_BY.get(argument, ""), "")
    try:
        stack.resolve(written)
    except (JSIIError, RuntimeError) as error:
        if "CannotUseCrossEnvironment" not in str(error):
            raise
        raise refusal(
            "brought-along",
            argument,
            "it is of another account or region, where its name is known only at deployment",
            value=path,
            allowed="one that has a name, or of this stack's account and region",
            fix="name it, or let CDK do so (…_name=cdk.PhysicalName.GENERATE_IF_NEEDED)",
        ) from None


def _shown(text: str) -> str:
    """Return a text for people: CDK's own words for what is not known yet say nothing."""
    return "a value known only at deployment" if cdk.Token.is_unresolved(text) else text


def _lustre(brought: fsx.IFileSystem) -> tuple[str, str | None]:
    """Return DNS name and mount name; one that was looked up has lost them on its way to Python."""
    from aws_cdk import aws_fsx as fsx  # noqa: PLC0415 - loaded already, with the file system

    if isinstance(brought, fsx.LustreFileSystem):
        return brought.dns_name, brought.mount_name
    # Its interface forgets that it is a construct.
    stack = cdk.Stack.of(cast("Construct", brought))
    return f"{brought.file_system_id}.fsx.{stack.region}.{stack.url_suffix}", None


def _written_name(bucket: s3.IBucket) -> str | None:
    """Return the name that somebody gave the bucket; None where only the deployment tells."""
    name: object = bucket.bucket_name
    if cdk.Token.is_unresolved(name):
        # A bucket of the app refers to itself, but its resource says what it was called.
        name = getattr(bucket.node.default_child, "bucket_name", None)
    return name if isinstance(name, str) and not cdk.Token.is_unresolved(name) else None


def _with_a_way_out(vpc: ec2.IVpc) -> ec2.SubnetType:
    """Return private subnets with a way out where the VPC has them, else public ones.

    Raises:
        ConfigError: It has neither.
    """
    from aws_cdk import aws_ec2 as ec2  # noqa: PLC0415 - loaded already, with the VPC

    if not vpc.private_subnets and not vpc.public_subnets:
        raise refusal(
            "brought-along",
            "vpc_subnets",
            "the VPC has neither private subnets with a way out nor public ones",
            fix=(
                "pass vpc_subnets=ec2.SubnetSelection(subnet_type="
                "ec2.SubnetType.PRIVATE_ISOLATED), and see that it has the endpoints of "
                "docs/how-to/networks.md"
            ),
        )
    return ec2.SubnetType.PRIVATE_WITH_EGRESS if vpc.private_subnets else ec2.SubnetType.PUBLIC


def _endpoints(vpc: ec2.IVpc) -> Iterator[str]:
    """Yield the services of the endpoints that the app has made for a VPC so far."""
    from aws_cdk import aws_ec2 as ec2  # noqa: PLC0415 - loaded already, with the VPC

    for one in cdk.Stack.of(vpc).node.find_all():
        if isinstance(one, ec2.CfnVPCEndpoint) and one.vpc_id == vpc.vpc_id:
            # The end of `com.amazonaws.eu-west-1.ecr.api`, whose region may be a reference.
            name = json.dumps(cdk.Stack.of(vpc).resolve(one.service_name))
            yield from re.findall(r'\.((?:ecr\.)?[a-z0-9-]+)"\W*$', name)


def selected(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> ec2.SelectedSubnets:
    """Unpack the selection into the keyword arguments that `select_subnets` takes in Python."""
    if selection is None:
        return vpc.select_subnets()
    if selection.subnets:
        return _listed(vpc, selection.subnets)
    return vpc.select_subnets(
        availability_zones=selection.availability_zones,
        one_per_az=selection.one_per_az,
        subnet_filters=selection.subnet_filters,
        subnet_group_name=selection.subnet_group_name,
        subnet_type=selection.subnet_type,
    )


def _listed(vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet]) -> ec2.SelectedSubnets:
    """Return subnets that are listed, as CDK does, which takes them whatever else is selected.

    From Python `select_subnets` asks each for its zone too, and a subnet that was looked up by its
    id alone does not know that.
    """
    from aws_cdk import aws_ec2 as ec2  # noqa: PLC0415 - loaded already, with the VPC

    ids = [subnet.subnet_id for subnet in subnets]
    return ec2.SelectedSubnets(
        availability_zones=[],
        has_public=not {subnet.subnet_id for subnet in vpc.public_subnets}.isdisjoint(ids),
        internet_connectivity_established=DependencyGroup(
            *(subnet.internet_connectivity_established for subnet in subnets)
        ),
        subnet_ids=ids,
        subnets=list(subnets),
    )
