# SPDX-License-Identifier: Apache-2.0
"""The documents of whoever deploys: what the resources of the template need, by their ARNs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.documents import MANAGED_ROOM, Identity
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.deployer import DeployerAccess, deployer, through_bootstrap
from seqera_batch.policies.deployer.iam import DATA_REPOSITORY
from seqera_batch.policies.registration import LAMBDA
from seqera_batch.policies.trust import BATCH, ECS_TASKS, SPOT_FLEET, ec2_of
from seqera_batch.template.environment import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.cloudformation.resource import Resource
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan import ForgePlan
    from seqera_batch.policies.document import Scope


_LINKED = {
    "AWS::EFS::FileSystem": "elasticfilesystem.amazonaws.com",
    "AWS::FSx::DataRepositoryAssociation": DATA_REPOSITORY,
    "AWS::FSx::FileSystem": "fsx.amazonaws.com",
}
_NAMED: dict[str, tuple[str, tuple[str, ...]]] = {
    # CloudFormation names environments, so that a new one can take an old one's place.
    "AWS::Batch::ComputeEnvironment": ("batch", ("compute-environment/*",)),
    "AWS::Batch::JobDefinition": (
        "batch",
        ("job-definition/{JobDefinitionName}", "job-definition/{JobDefinitionName}:*"),
    ),
    "AWS::Batch::JobQueue": ("batch", ("job-queue/{JobQueueName}",)),
    "AWS::EFS::FileSystem": ("elasticfilesystem", ("file-system/*",)),
    "AWS::FSx::DataRepositoryAssociation": ("fsx", ("association/*",)),
    "AWS::FSx::FileSystem": ("fsx", ("file-system/*",)),
    "AWS::IAM::InstanceProfile": ("iam", ("instance-profile{Path}{InstanceProfileName}",)),
    "AWS::IAM::ManagedPolicy": ("iam", ("policy{Path}{ManagedPolicyName}",)),
    "AWS::IAM::OIDCProvider": ("iam", ("oidc-provider/{Url}",)),
    "AWS::IAM::Role": ("iam", ("role{Path}{RoleName}",)),
    "AWS::IAM::User": ("iam", ("user{Path}{UserName}",)),
    "AWS::KMS::Key": ("kms", ("key/*",)),
    "AWS::Logs::LogGroup": ("logs", ("log-group:{LogGroupName}", "log-group:{LogGroupName}:*")),
    "AWS::S3::Bucket": ("s3", ("{BucketName}",)),
    # AWS adds six characters to the name.
    "AWS::SecretsManager::Secret": ("secretsmanager", ("secret:{Name}-??????",)),
}
"""Of each type, the service and how its ARNs end, with the template's properties."""
_REGISTRATION = frozenset({"AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Logs::LogGroup"})
"""What `PlatformRegistration` adds to the stack."""


def deployers(config: ForgeConfig, plan: ForgePlan, where: Scope) -> tuple[Identity, ...]:
    """Return the two ways to deploy: with rights of one's own, or with CDK's bootstrap roles."""
    return (
        Identity(
            name="Deployer",
            purpose="what CloudFormation does for this stack, and the CDK CLI before: for whoever "
            "deploys without bootstrap roles, or as the policies of CloudFormation's own role "
            "(`cdk bootstrap --cloudformation-execution-policies`), which is an administrator "
            "otherwise",
            arn="",
            trust=None,
            permissions=deployer(where, deployer_access(config, plan, where)),
            created=False,
            room=MANAGED_ROOM,
        ),
        Identity(
            name="DeployerThroughBootstrap",
            purpose="what whoever runs `cdk deploy` needs in a bootstrapped account and region",
            arn="",
            trust=None,
            permissions=through_bootstrap(where),
            created=False,
            room=MANAGED_ROOM,
        ),
    )


def deployer_access(config: ForgeConfig, plan: ForgePlan, where: Scope) -> DeployerAccess:
    """Return what the stack of an environment holds."""
    resources = environment(config, plan, where).values()
    types = {resource.type for resource in resources}
    arns: dict[str, list[str]] = {}
    for resource in resources:
        for arn in _arns(resource, where):
            arns.setdefault(arn.split(":")[2], []).append(arn)
    if plan.key is not None and plan.key.arn is not None:
        arns["kms"] = [plan.key.arn]
    services = [*(_passed_to(plan, where) if types else ())]
    passed = [plan.roles.arn(role.kind, where) for role in plan.roles]
    if config.aws.platform_registration is not None:
        types |= _REGISTRATION
        role = where.iam_arn(f"role{plan.roles.path}{plan.stack_name}-*")
        arns.setdefault("iam", []).append(role)
        passed.append(role)
        services.append(LAMBDA)
        name = f"{plan.stack_name}-*"
        arns.setdefault("lambda", []).append(where.arn("lambda", f"function:{name}"))
        arns.setdefault("logs", []).extend(
            where.arn("logs", f"log-group:{form}") for form in (name, f"{name}:*")
        )
    return DeployerAccess(
        stack=plan.stack_name,
        types=frozenset(types),
        arns={service: tuple(dict.fromkeys(found)) for service, found in arns.items()},
        passed=tuple(passed),
        passed_to=tuple(dict.fromkeys(services)),
        linked=_linked(plan, types),
        policies=tuple(arn for arn in arns.get("iam", ()) if ":policy/" in arn),
        permissions_boundary=plan.roles.permissions_boundary,
    )


def _arns(resource: Resource, where: Scope) -> Iterator[str]:
    """Yield how a resource is named in policies: by its name if the template gives it one."""
    service, forms = _NAMED.get(resource.type, ("", ()))
    given = {"Path": "/", **resource.properties}
    if "Url" in given:
        given["Url"] = str(given["Url"]).removeprefix("https://")
    for form in forms:
        name = form.format_map(given)
        match service:
            case "iam":
                yield where.iam_arn(name)
            case "s3":
                yield where.bucket_arn(name)
            case _:
                yield where.arn(service, name)
    if resource.type == "AWS::FSx::DataRepositoryAssociation":
        yield where.bucket_arn(BucketAccess.of(given["DataRepositoryPath"]).bucket)


def _passed_to(plan: ForgePlan, where: Scope) -> Iterator[str]:
    if plan.compute.environments:
        yield from (BATCH, ec2_of(where), SPOT_FLEET)
    yield ECS_TASKS


def _linked(plan: ForgePlan, types: set[str]) -> tuple[str, ...]:
    found = [service for kind, service in sorted(_LINKED.items()) if kind in types]
    if plan.compute.environments:
        found.append("batch.amazonaws.com")
    if any(one.needs_spot_fleet_role for one in plan.compute.environments):
        found.append("spotfleet.amazonaws.com")
    if any("SPOT" in str(one.type) for one in plan.compute.environments):
        found.append("spot.amazonaws.com")
    return tuple(found)
