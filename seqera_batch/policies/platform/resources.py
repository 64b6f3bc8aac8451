# SPDX-License-Identifier: Apache-2.0
"""What Platform's credential needs to make AWS resources itself: Batch Forge."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.catalog.principals import BATCH, EC2, ECS_TASKS, EFS, FSX, SPOT, SPOT_FLEET
from seqera_batch.policies import growth
from seqera_batch.policies.document import Scope, Statement
from seqera_batch.policies.platform.access import ForgeAccess
from seqera_batch.policies.platform.tags import carried, requested, tagging
from seqera_batch.policies.trust import ec2_of

FORGE_MANAGED_POLICIES = (
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonS3ReadOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "service-role/AWSBatchServiceRole",
    "service-role/AmazonEC2ContainerServiceforEC2Role",
    "service-role/AmazonEC2SpotFleetTaggingRole",
    "service-role/AmazonECSTaskExecutionRolePolicy",
)
"""AWS managed policies that Forge attaches, or Seqera's pages name; none grants IAM rights."""


_LINKED = (BATCH, SPOT, SPOT_FLEET)
_BY_ID = "AWS names it by id, so that only labels narrow it (aws.platform_access.job_tags)"
_IMAGE_PARAMETERS = "/aws/service/ecs/optimized-ami/*"


def launch_templates(scope: Scope, forge: ForgeAccess) -> Iterator[Statement]:
    """Yield what making launch templates needs; AWS gives them ids, so names cannot narrow it."""
    templates = scope.arn("ec2", "launch-template/*")
    yield Statement(
        sid="LaunchTemplateListing",
        actions=("ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"),
        resources=("*",),
        conditions=scope.only_here,
        reason="Forge reads its launch templates; AWS offers no narrower resource",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="LaunchTemplateCreation",
        actions=("ec2:CreateLaunchTemplate",),
        resources=(templates,),
        conditions=requested(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge makes a launch template for each environment; {_BY_ID}",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="LaunchTemplateDeletion",
        actions=("ec2:DeleteLaunchTemplate",),
        resources=(templates,),
        conditions=carried(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge deletes its launch template with the environment; {_BY_ID}",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="LaunchTemplateTagging",
        actions=("ec2:CreateTags",),
        resources=(templates,),
        conditions={"StringEquals": {"ec2:CreateAction": "CreateLaunchTemplate"}},
        reason="launch templates get their labels as they are made, and at no other time",
        source=sources.AWS_EC2_TAG_ON_CREATE,
    )


def pass_roles(scope: Scope, forge: ForgeAccess) -> Iterator[Statement]:
    """Yield the right to hand Forge's roles and the named ones to the services that use them."""
    made = (scope.iam_arn(f"role/{forge.prefix}-*"),) if forge.makes_roles else ()
    resources = (*made, *forge.own_roles)
    if not resources:
        return
    services = dict.fromkeys((BATCH, EC2, ec2_of(scope), ECS_TASKS, SPOT_FLEET))
    yield Statement(
        sid="PassRolesToBatch",
        actions=("iam:PassRole",),
        resources=resources,
        conditions={"StringEquals": {"iam:PassedToService": sorted(services)}},
        reason="environments, nodes, jobs and Spot fleet run under these roles and no others",
        source=sources.AWS_BATCH_AUTHORIZATION,
    )


def roles(scope: Scope, forge: ForgeAccess) -> Iterator[Statement]:
    """Yield what making roles needs; with a boundary, no role can be made to exceed it."""
    if not forge.makes_roles:
        return
    made = (scope.iam_arn(f"role/{forge.prefix}-*"),)
    policies = [
        f"arn:{scope.partition}:iam::aws:policy/{policy}" for policy in FORGE_MANAGED_POLICIES
    ]
    boundary = forge.permissions_boundary
    bounded: dict[str, str | list[str]] = (
        {} if boundary is None else {"iam:PermissionsBoundary": boundary}
    )
    within = "" if boundary is None else ", only within the permissions boundary"
    only_bounded = {"StringEquals": bounded} if bounded else {}
    yield Statement(
        sid="IamRoleCreation",
        actions=("iam:CreateRole", "iam:PutRolePolicy"),
        resources=made,
        conditions=only_bounded,
        reason=f"Forge makes roles for nodes and jobs{within}",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="IamRolePolicies",
        actions=("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        resources=made,
        conditions={"ArnEquals": {"iam:PolicyARN": policies}, **only_bounded},
        reason=f"Forge gives its roles these managed policies and no others{within}",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="IamRoleManagement",
        actions=(
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:GetRole",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:TagRole",
        ),
        resources=made,
        reason="Forge reads, tags and deletes the roles it has made",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="IamProfileManagement",
        actions=(
            "iam:AddRoleToInstanceProfile",
            "iam:CreateInstanceProfile",
            "iam:DeleteInstanceProfile",
            "iam:GetInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:TagInstanceProfile",
        ),
        resources=(scope.iam_arn(f"instance-profile/{forge.prefix}-*"),),
        reason="nodes take their role through a profile that Forge makes",
        source=sources.SEQERA_AWS_BATCH,
    )


def images(scope: Scope) -> Iterator[Statement]:
    """Yield look-up of Amazon's ECS images; their parameters belong to no account."""
    parameters = f"arn:{scope.partition}:ssm:{scope.region}::parameter{_IMAGE_PARAMETERS}"
    yield Statement(
        sid="FetchOptimizedAmiMetadata",
        actions=("ssm:GetParameters",),
        # Nobody can make parameters below /aws, so the second gives nothing of the account's.
        resources=(parameters, scope.arn("ssm", f"parameter{_IMAGE_PARAMETERS}")),
        reason="Forge finds Amazon's image for ECS, unless it is told of another; AWS's own "
        "parameters have no account, or the caller's",
        source=sources.SEQERA_AWS_BATCH,
    )


def describe_ec2(scope: Scope) -> Iterator[Statement]:
    """Yield what the menus of Platform's forms read."""
    yield Statement(
        sid="Ec2MetadataDescribe",
        actions=(
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeImages",
            "ec2:DescribeInstanceTypeOfferings",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeKeyPairs",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ),
        resources=("*",),
        conditions=scope.only_here,
        reason="menus offer networks, images and keys; AWS offers no narrower resource",
        source=sources.SEQERA_AWS_BATCH,
    )


def fsx(scope: Scope, forge: ForgeAccess) -> Iterator[Statement]:
    """Yield what finding and making FSx for Lustre file systems needs; AWS names them by id."""
    systems = scope.arn("fsx", "file-system/*")
    looking = Statement(
        sid="FsxDescribe",
        actions=("fsx:DescribeFileSystems",),
        resources=("*",),
        conditions=scope.only_here,
        reason="Forge waits for its file system, or finds out how to mount one; AWS offers no "
        "narrower resource",
        source=sources.SEQERA_AWS_BATCH,
    )
    if not forge.makes_fsx:
        yield from [looking] if forge.reads_fsx else []
        return
    yield looking
    yield Statement(
        sid="FsxCreation",
        actions=("fsx:CreateFileSystem",),
        resources=(systems,),
        conditions=requested(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge makes file systems; {_BY_ID}",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="FsxTagging",
        actions=("fsx:TagResource",),
        resources=(systems,),
        conditions=tagging(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"file systems get their labels; {_BY_ID}, and what has none yet can be given them",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="FsxDeletion",
        actions=("fsx:DeleteFileSystem",),
        resources=(systems,),
        conditions=carried(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge deletes its file system with the environment; {_BY_ID}",
        source=sources.SEQERA_AWS_BATCH,
    )


def efs(scope: Scope, forge: ForgeAccess) -> Iterator[Statement]:
    """Yield what making EFS file systems needs; AWS names them by id."""
    if not forge.makes_efs:
        return
    systems = scope.arn("elasticfilesystem", "file-system/*")
    yield Statement(
        sid="EfsCreation",
        actions=("elasticfilesystem:CreateFileSystem",),
        resources=("*",),
        conditions={
            "StringEquals": {
                **scope.only_here["StringEquals"],
                **requested(forge.tags).get("StringEquals", {}),
            }
        },
        grows_by=(growth.JOB_TAGS,),
        reason="Forge makes a file system; AWS offers no narrower resource for what is not yet",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="EfsTagging",
        actions=("elasticfilesystem:TagResource",),
        resources=(systems,),
        conditions={
            "StringEquals": {
                "elasticfilesystem:CreateAction": "CreateFileSystem",
                **requested(forge.tags).get("StringEquals", {}),
            }
        },
        grows_by=(growth.JOB_TAGS,),
        reason="file systems get their labels as they are made, and at no other time",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="EfsDescribe",
        actions=(
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeMountTargets",
        ),
        resources=(systems,),
        reason="Forge waits for its file system, which AWS names by id",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="EfsManagement",
        actions=(
            "elasticfilesystem:CreateMountTarget",
            "elasticfilesystem:DeleteFileSystem",
            "elasticfilesystem:DeleteMountTarget",
            "elasticfilesystem:PutLifecycleConfiguration",
            "elasticfilesystem:UpdateFileSystem",
        ),
        resources=(systems,),
        conditions=carried(forge.tags),
        grows_by=(growth.JOB_TAGS,),
        reason=f"Forge mounts, sets up and deletes its file system; {_BY_ID}",
        source=sources.SEQERA_AWS_BATCH,
    )
    yield Statement(
        sid="EfsNetworkInterfaces",
        actions=("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
        resources=tuple(
            scope.arn("ec2", f"{kind}/*")
            for kind in ("network-interface", "security-group", "subnet")
        ),
        reason="a mount target is a network interface in the caller's name, made and deleted "
        "with it; EC2 deletes none that is in use",
        source=sources.AWS_EFS_PERMISSIONS,
    )
    yield Statement(
        sid="EfsNetworkListing",
        actions=("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
        resources=("*",),
        conditions=scope.only_here,
        reason="mount targets are made after a look at the subnet; AWS offers no narrower resource",
        source=sources.AWS_EFS_PERMISSIONS,
    )


def service_linked_roles(scope: Scope, forge: ForgeAccess) -> Iterator[Statement]:
    """Yield the first use of services in an account, whose own roles AWS writes."""
    services = [*_LINKED]
    if forge.makes_efs:
        services.append(EFS)
    if forge.makes_fsx:
        services.append(FSX)
    yield Statement(
        sid="ServiceLinkedRoles",
        actions=("iam:CreateServiceLinkedRole",),
        resources=tuple(
            scope.iam_arn(f"role/aws-service-role/{service}/*") for service in services
        ),
        conditions={"StringEquals": {"iam:AWSServiceName": services}},
        reason="the first use of a service in an account makes its own role, of which AWS "
        "writes both trust and permissions",
        source=sources.AWS_SERVICE_LINKED_ROLES,
    )
