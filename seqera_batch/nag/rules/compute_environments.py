# SPDX-License-Identifier: Apache-2.0
"""Rules about compute environments."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import instances, sources
from seqera_batch.nag.model import (
    Fault,
    Level,
    Stack,
    is_call,
    is_false,
    listed,
    provisioning,
    rule,
    text,
)


@rule(
    "AllocationStrategyUnset",
    fix="set AllocationStrategy to BEST_FIT_PROGRESSIVE, or SPOT_PRICE_CAPACITY_OPTIMIZED on Spot",
    sources=(sources.AWS_BATCH_ALLOCATION, sources.AWS_BATCH_API_COMPUTE),
)
def allocation_strategy_unset(stack: Stack) -> Iterator[Fault]:
    """The allocation strategy is written down.

    Without one AWS Batch takes BEST_FIT, with which an environment cannot be updated in
    place.
    """
    for environment in stack.ec2_environments:
        if environment.get("ComputeResources.AllocationStrategy") is None:
            yield environment.says("ComputeResources", "AllocationStrategy is absent")


OLD = {"ECS_AL2", "ECS_AL2_NVIDIA", "EKS_AL2", "EKS_AL2_NVIDIA"}
"""Image types of Amazon Linux 2."""


@rule(
    "AmazonLinux2",
    fix="use ECS_AL2023, or ECS_AL2023_NVIDIA for GPUs",
    sources=(sources.AWS_BATCH_AMI,),
)
def amazon_linux_2(stack: Stack) -> Iterator[Fault]:
    """Nodes run Amazon Linux 2023.

    The Amazon Linux 2 images for Amazon ECS have had no updates since 30 June 2026, and AWS
    Batch refuses new environments on those that it provides.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.Ec2Configuration"
        for number, one in enumerate(listed(environment.get(path))):
            kind = text(one.get("ImageType")) if isinstance(one, dict) else None
            if kind in OLD:
                yield environment.says(f"{path}[{number}].ImageType", f"the image type is {kind}")


@rule(
    "BestFit",
    fix="use BEST_FIT_PROGRESSIVE, or SPOT_PRICE_CAPACITY_OPTIMIZED on Spot",
    sources=(sources.AWS_BATCH_ALLOCATION, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def best_fit(stack: Stack) -> Iterator[Fault]:
    """The allocation strategy is not BEST_FIT.

    An environment with BEST_FIT waits for one instance type instead of taking another that is
    available, and cannot be updated in place: a change of image, disks or types needs a new
    environment.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.AllocationStrategy"
        if environment.get(path) == "BEST_FIT":
            yield environment.says(path, "the strategy is BEST_FIT")


@rule(
    "CustomEnvironmentName",
    fix="leave ComputeEnvironmentName out",
    sources=(sources.CFN_COMPUTE_ENVIRONMENT,),
)
def custom_environment_name(stack: Stack) -> Iterator[Fault]:
    """CloudFormation names the compute environment.

    A change that replaces an environment with a name of its own fails: CloudFormation makes
    the new one first, and AWS Batch refuses a second one of that name. Queues refer to
    environments by ARN, so nobody needs the name.
    """
    for environment in stack.environments:
        if environment.get("ComputeEnvironmentName") is not None:
            yield environment.says("ComputeEnvironmentName", "the environment has a fixed name")


@rule(
    "CustomServiceRole",
    fix="leave ServiceRole out: AWS Batch uses AWSServiceRoleForBatch",
    sources=(sources.AWS_BATCH_INFRASTRUCTURE_UPDATES, sources.CFN_COMPUTE_ENVIRONMENT),
)
def custom_service_role(stack: Stack) -> Iterator[Fault]:
    """AWS Batch works under its service-linked role.

    With a service role of your own an environment cannot be updated in place, and cannot be
    moved to the service-linked role later. The role also has to be kept up with what AWS
    Batch needs.
    """
    for environment in stack.environments:
        role = environment.get("ServiceRole")
        name = text(role)
        if role is not None and not (name and name.endswith("/AWSServiceRoleForBatch")):
            yield environment.says("ServiceRole", "a role of your own is named")


@rule(
    "Ec2ConfigurationAbsent",
    fix="name the image type in Ec2Configuration",
    sources=(sources.AWS_BATCH_AMI, sources.AWS_BATCH_API_COMPUTE),
)
def ec2_configuration_absent(stack: Stack) -> Iterator[Fault]:
    """The image type is written down.

    Without Ec2Configuration AWS Batch decides which operating system the nodes run: it has
    changed its mind before, and user data written for one system fails on another.
    """
    for environment in stack.ec2_environments:
        value = environment.get("ComputeResources.Ec2Configuration")
        if value is None or value == []:
            yield environment.says("ComputeResources", "Ec2Configuration is absent")


EC2_ONLY = (
    "AllocationStrategy",
    "BidPercentage",
    "DesiredvCpus",
    "Ec2Configuration",
    "Ec2KeyPair",
    "ImageId",
    "InstanceRole",
    "InstanceTypes",
    "LaunchTemplate",
    "MinvCpus",
    "PlacementGroup",
    "SpotIamFleetRole",
    "Tags",
)
"""What the API refuses on Fargate."""


@rule(
    "Ec2FieldsOnFargate",
    fix="leave out what is about EC2 instances",
    sources=(sources.AWS_BATCH_FARGATE, sources.AWS_BATCH_API_COMPUTE),
)
def ec2_fields_on_fargate(stack: Stack) -> Iterator[Fault]:
    """An environment on Fargate has no settings of EC2 instances.

    Fargate has no instances that could take them, and AWS Batch refuses the environment.
    """
    for environment in stack.environments:
        if not (provisioning(environment) or "").startswith("FARGATE"):
            continue
        for name in EC2_ONLY:
            if environment.get(f"ComputeResources.{name}") is not None:
                yield environment.says(f"ComputeResources.{name}", f"{name} is given")


ALIASES = {"default_arm64": "arm64", "default_x86_64": "x86_64", "optimal": "x86_64"}
"""Names that stand for several families."""


@rule(
    "MixedArchitecture",
    fix="make an environment for each architecture",
    sources=(sources.AWS_BATCH_API_COMPUTE, sources.AWS_BATCH_DEFAULT_TYPES),
)
def mixed_architecture(stack: Stack) -> Iterator[Fault]:
    """Instance types have one architecture.

    A compute environment takes one image, so AWS Batch refuses types of x86-64 and of ARM64
    (Graviton) together; a container image for one does not start on the other.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.InstanceTypes"
        found = {_architecture(name) for name in listed(environment.get(path))} - {None}
        if len(found) > 1:
            yield environment.says(
                path, f"the types are of {' and '.join(sorted(map(str, found)))}"
            )


def _architecture(name: object) -> str | None:
    if not isinstance(name, str):
        return None
    if name in ALIASES:
        return ALIASES[name]
    family = instances.family(name)
    return None if family is None else str(family.architecture)


@rule(
    "MutableTags",
    level=Level.WARNING,
    fix="leave the environment's own tags out; ComputeResources.Tags are those of the instances",
    sources=(sources.CFN_COMPUTE_ENVIRONMENT,),
)
def mutable_tags(stack: Stack) -> Iterator[Fault]:
    """A compute environment carries no tags of its own.

    CloudFormation replaces an environment when one of its tags changes, even with
    ReplaceComputeEnvironment: false, and ends the jobs in it. Tags of the stack or app reach
    it as well.
    """
    for environment in stack.environments:
        if environment.get("Tags"):
            yield environment.says("Tags", "a change of a tag replaces the environment")


@rule(
    "NeedlessSpotFleetRole",
    fix="leave SpotIamFleetRole out",
    sources=(sources.AWS_BATCH_API_COMPUTE, sources.AWS_BATCH_ALLOCATION),
)
def needless_spot_fleet_role(stack: Stack) -> Iterator[Fault]:
    """A Spot fleet role is given only where AWS Batch uses it.

    Only Spot with BEST_FIT makes Spot fleets. Elsewhere the role is a right that nobody
    needs, and it cannot be changed without replacing the environment.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.SpotIamFleetRole"
        strategy = environment.get("ComputeResources.AllocationStrategy")
        needed = provisioning(environment) == "SPOT" and strategy in (None, "BEST_FIT")
        if environment.get(path) is not None and not needed and not is_call(strategy):
            yield environment.says(path, f"with {strategy or 'On-Demand'} no Spot fleet is made")


@rule(
    "OptimalInstanceType",
    level=Level.WARNING,
    fix="name families, or default_x86_64 or default_arm64",
    sources=(sources.AWS_BATCH_DEFAULT_TYPES,),
)
def optimal_instance_type(stack: Stack) -> Iterator[Fault]:
    """Instance types do not use the old alias `optimal`.

    What `optimal` stands for has changed over the years: first the m4, c4 and r4 families,
    since November 2025 the same as `default_x86_64`. A reader cannot tell what will start,
    and neither prices nor local disks are known.
    """
    for environment in stack.ec2_environments:
        path = "ComputeResources.InstanceTypes"
        if "optimal" in listed(environment.get(path)):
            yield environment.says(path, "the types contain optimal")


@rule(
    "ReplaceOnUpdate",
    fix="set ReplaceComputeEnvironment to false",
    sources=(sources.CFN_COMPUTE_ENVIRONMENT, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def replace_on_update(stack: Stack) -> Iterator[Fault]:
    """Updates of a compute environment happen in place.

    ReplaceComputeEnvironment is true where it is absent. Changes of disks, types, image or
    network then make a new environment, and end the jobs that run in the old one; in place,
    nodes are exchanged as their jobs end.
    """
    for environment in stack.ec2_environments:
        value = environment.get("ReplaceComputeEnvironment")
        if not is_false(value) and not is_call(value):
            found = "absent, which means true" if value is None else "true"
            yield environment.says("ReplaceComputeEnvironment", f"it is {found}")
