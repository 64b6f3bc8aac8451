# SPDX-License-Identifier: Apache-2.0
"""Puts constructs that somebody brings along into a plan, in the place of what it would create."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import aws_cdk as cdk

from seqera_batch.config.encryption import KmsKeySettings
from seqera_batch.plan.model import Network
from seqera_batch.plan.storage import KINDS
from seqera_batch.policies.access import BucketAccess
from seqera_batch.problems import ConfigError, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_fsx as fsx
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from constructs import IDependable

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan import ForgePlan


def network(
    config: ForgeConfig,
    vpc: ec2.IVpc | None,
    vpc_subnets: ec2.SubnetSelection | None,
    security_groups: Sequence[ec2.ISecurityGroup],
) -> tuple[Network | None, IDependable | None]:
    """Return the network made of constructs, and its way out; nothing where none is brought.

    Raises:
        ConfigError: The file describes a network too, or groups come without their VPC.
    """
    if vpc is None:
        if security_groups or vpc_subnets is not None:
            raise _refused(
                "vpc",
                "security groups and subnets come without the VPC they are in",
                fix="pass vpc too",
            )
        return None, None
    forge = config.forge
    if forge is None or config.aws.network is not None or forge.subnets:
        raise _refused(
            "vpc",
            "a VPC is passed, and the file "
            + ("is in Manual mode" if forge is None else "describes a network too"),
            fix="pass no vpc, or remove forge.vpc_id, forge.subnets and aws.network",
        )
    chosen = (
        vpc.select_subnets(subnet_type=_with_a_way_out(vpc))
        if vpc_subnets is None
        else _selected(vpc, vpc_subnets)
    )
    brought = Network(
        mode="existing",
        vpc_id=vpc.vpc_id,
        subnets=tuple(chosen.subnet_ids),
        security_groups=tuple(group.security_group_id for group in security_groups),
        creates_security_group=not security_groups,
    )
    return brought, chosen.internet_connectivity_established


def file_systems(
    config: ForgeConfig,
    place: Network | None,
    *,
    efs: efs.IFileSystem | None,
    fsx: fsx.LustreFileSystem | None,
) -> dict[str, dict[str, str]]:
    """Return the names of the file systems that are brought along, by kind.

    Raises:
        ConfigError: The file describes one of the kind too, or nodes could not reach it.
    """
    found: dict[str, dict[str, str]] = {}
    if efs is not None:
        found["efs"] = {"file_system_id": efs.file_system_id}
    if fsx is not None:
        found["fsx"] = {
            "file_system_id": fsx.file_system_id,
            "dns_name": fsx.dns_name,
            "mount_name": fsx.mount_name,
        }
    if not found:
        return found
    forge = config.forge
    if forge is None:
        raise _refused(
            "forge", "a file system is passed, and the file is in Manual mode", fix="pass none"
        )
    for kind in KINDS:
        said = [name for name in kind.fields if getattr(forge, name)]
        if kind.short in found and said:
            raise _refused(
                f"forge.{said[0]}",
                f"an {kind.title} file system is passed, and the file describes another",
                fix=f"pass none, or remove forge.{said[0]}",
            )
    asked = config.aws.network
    existing = (asked.existing if asked else None) or forge
    if place is None and not existing.subnets:
        raise _refused(
            "vpc",
            "a file system is passed, and nodes would start in a new VPC that it is not in",
            fix="pass the file system's vpc too, or name its subnets in the file",
        )
    groups = place.security_groups if place is not None else existing.security_groups
    if asked is not None and asked.egress == "restricted" and not groups:
        raise _refused(
            "aws.network.egress",
            "the created security group would not let nodes out to the file system that is passed",
            fix="name security groups that do, or set aws.network.egress: all",
        )
    return found


def key(config: ForgeConfig, encryption_key: kms.IKey | None) -> ForgeConfig:
    """Return the configuration with a key that is brought along, as one that exists.

    Raises:
        ConfigError: The file asks for a key too.
    """
    if encryption_key is None:
        return config
    if config.aws.kms_key is not None:
        raise _refused(
            "aws.kms_key",
            "a KMS key is passed, and the file asks for one too",
            fix="remove one of the two",
        )
    # Not validated: the ARN may be a token.
    settings = KmsKeySettings.model_construct(arn=encryption_key.key_arn, create=False)
    return config.with_kms_key(settings)


def into_plan(
    plan: ForgePlan,
    *,
    region: str | None,
    work_bucket: s3.IBucket | None,
    roles: Mapping[RoleKind, iam.IRole | None],
) -> ForgePlan:
    """Return the plan with what was brought along; `region` is the stack's, if it is known.

    Raises:
        ConfigError: The stack is in another region, or a bucket or role contradicts the file.
    """
    if region not in {None, plan.region}:
        raise _refused(
            "region",
            f"the environment is for {plan.region}, the stack for {region}",
            fix=f"give the stack env=Environment(region={plan.region!r}), or change region",
        )
    adopted = tuple(
        role if brought is None else replace(role, name=None, arn=brought.role_arn)
        for role in plan.roles
        for brought in (roles.get(role.kind),)
    )
    for role in plan.roles:
        if role.arn is not None and roles.get(role.kind) is not None:
            raise _refused(
                role.kind,
                "a role is passed, and the file names another",
                fix="remove one of the two",
            )
    plan = replace(plan, roles=adopted)
    return plan if work_bucket is None else _with_bucket(plan, work_bucket)


def _with_bucket(plan: ForgePlan, bucket: s3.IBucket) -> ForgePlan:
    """Let the policies name the construct's bucket and key instead of a name in the file."""
    if plan.work_bucket is not None:
        raise _refused(
            "aws.work_bucket",
            "a work bucket is passed, and the file asks for one to be created",
            fix="remove one of the two",
        )
    named = BucketAccess.of(plan.work_dir).bucket if plan.work_dir.startswith("s3://") else None
    written = _written_name(bucket)
    if named is None or (written is not None and written != named):
        raise _refused(
            "work_dir",
            f"the work directory {plan.work_dir} is not in the bucket that is passed",
            fix=f"set work_dir to s3://{written or '<its name>'}/work",
        )
    buckets = tuple(
        replace(access, bucket=bucket.bucket_name) if access.bucket == named else access
        for access in plan.buckets
    )
    own = bucket.encryption_key
    keys = (*plan.bucket_keys, *((own.key_arn,) if own else ()))
    return replace(plan, buckets=buckets, bucket_keys=keys)


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
        raise _refused(
            "vpc_subnets",
            "the VPC has neither private subnets with a way out nor public ones",
            fix="pass vpc_subnets=ec2.SubnetSelection(subnet_type="
            "ec2.SubnetType.PRIVATE_ISOLATED), and see that it has the endpoints of "
            "docs/how-to/networks.md",
        )
    return ec2.SubnetType.PRIVATE_WITH_EGRESS if vpc.private_subnets else ec2.SubnetType.PUBLIC


def _selected(vpc: ec2.IVpc, selection: ec2.SubnetSelection) -> ec2.SelectedSubnets:
    """Unpack the selection into the keyword arguments that `select_subnets` takes in Python."""
    return vpc.select_subnets(
        availability_zones=selection.availability_zones,
        one_per_az=selection.one_per_az,
        subnet_filters=selection.subnet_filters,
        subnet_group_name=selection.subnet_group_name,
        subnets=selection.subnets,
        subnet_type=selection.subnet_type,
    )


def _refused(path: str, message: str, *, fix: str) -> ConfigError:
    problem = Problem(
        rule="brought-along", severity=Severity.ERROR, path=path, message=message, fix=fix
    )
    return ConfigError([problem])
