# SPDX-License-Identifier: Apache-2.0
"""The rules of AWS Batch that the model keeps, each with where AWS says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.lifecycle.emulator import shapes

_API = "https://docs.aws.amazon.com/batch/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/"
_SCHEMA = "CloudFormation's resource schema, as cfn-lint bundles it"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, in a sentence, and its source."""

    says: str
    source: str


class BatchError(Exception):
    """A request that AWS Batch refuses: `ClientException`."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        assert rule in RULES
        self.rule = rule


def well_formed(operation: str, request: dict[str, Any]) -> None:
    """Refuse what is not in AWS's own model of the request."""
    if found := shapes.problems("batch", operation, request):
        raise BatchError("api-shape", "; ".join(found))


RULES = {
    "api-shape": Rule(
        "Members are known, of the right type, required ones present, enumerations kept.",
        "the service model of AWS Batch in botocore",
    ),
    "name-form": Rule(
        "Names are letters, digits, hyphens and underscores, at most 128.",
        _API + "API_CreateJobQueue.html",
    ),
    "name-free": Rule(
        "A name is taken once in an account and region.",
        _API + "API_CreateComputeEnvironment.html",
    ),
    "vcpus-order": Rule("minvCpus is not above maxvCpus.", _API + "API_ComputeResource.html"),
    "fargate-fields": Rule(
        "Fargate takes maxvCpus, subnets and security groups (required), and nothing of EC2.",
        _GUIDE + "fargate-compute-environments.html",
    ),
    "ec2-fields": Rule(
        "On EC2, instance types and an instance profile are required.",
        _API + "API_ComputeResource.html",
    ),
    "spot-fleet-role": Rule(
        "SPOT with BEST_FIT, or without a strategy, requires spotIamFleetRole.",
        _API + "API_ComputeResource.html",
    ),
    "spot-strategy": Rule(
        "The SPOT_ strategies are for Spot alone.", _API + "API_ComputeResource.html"
    ),
    "network-exists": Rule(
        "Subnets and security groups exist.", _GUIDE + "create-compute-environment.html"
    ),
    "template-exists": Rule(
        "The launch template and its version exist.", _GUIDE + "launch-templates.html"
    ),
    "user-data-mime": Rule(
        "User data of the launch template is MIME multipart; else the environment is INVALID.",
        _GUIDE + "launch-templates.html",
    ),
    "roles-exist": Rule(
        "An environment whose instance profile or roles have gone is INVALID.",
        _GUIDE + "invalid_compute_environment.html",
    ),
    "delete-needs-service-role": Rule(
        "While its service role is gone an environment cannot be deleted.",
        _GUIDE + "troubleshooting.html",
    ),
    "service-linked-role": Rule(
        "Without a serviceRole, Batch uses AWSServiceRoleForBatch and creates it if it is missing.",
        _API + "API_CreateComputeEnvironment.html",
    ),
    "service-role-kept": Rule(
        "An environment does not change between the service-linked role and another.",
        _GUIDE + "updating-compute-environments.html",
    ),
    "infrastructure-update": Rule(
        "More than scaling is updated only with the service-linked role and a strategy that is "
        "BEST_FIT_PROGRESSIVE or one of Spot capacity.",
        _GUIDE + "infrastructure-updates.html",
    ),
    "fargate-update": Rule(
        "On Fargate, only vCPUs, subnets and security groups are updated; AWS's message lists the "
        "type, so FARGATE and FARGATE_SPOT are not exchanged either.",
        _GUIDE + "updating-compute-environments.html, https://github.com/aws/aws-cdk/issues/27054",
    ),
    "kind-kept": Rule(
        "An environment does not change between EC2 and Fargate. From Fargate: AWS's message "
        "lists the type among what cannot be updated. To Fargate: the values that an "
        "infrastructure update gives the type are EC2 and SPOT.",
        _GUIDE + "infrastructure-updates.html, https://github.com/aws/aws-cdk/issues/27054",
    ),
    "max-above-desired": Rule(
        "maxvCpus does not go below what the environment has at the moment.",
        _API + "API_ComputeResourceUpdate.html",
    ),
    "updating": Rule(
        "While jobs run on nodes that an infrastructure update replaces, the environment is "
        "UPDATING, unless the update terminates them.",
        _GUIDE + "infrastructure-updates.html",
    ),
    "updating-alone": Rule(
        "An environment that is UPDATING is neither updated nor deleted. Inferred: AWS's message "
        "`resource is being modified` is known of other states that are on their way.",
        _API + "API_UpdateComputeEnvironment.html",
    ),
    "update-waits": Rule(
        "CloudFormation waits for the end of the update, 120 minutes at most, and then fails. "
        "Inferred: its handlers must not succeed before everything is applied, and the type's "
        "schema names no other time; whether this handler waits was never seen.",
        "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/"
        "resource-type-test-contract.html, .../resource-type-schema.html",
    ),
    "definition-fargate": Rule(
        "A definition for Fargate has an execution role, a size that Fargate offers, and nothing "
        "of EC2; one for EC2 has nothing of Fargate.",
        _API + "API_ContainerProperties.html",
    ),
    "definition-fits-queue": Rule(
        "A job's definition is for the kind of environment behind its queue.",
        _API + "API_RegisterJobDefinition.html",
    ),
    "fargate-jobs-first": Rule(
        "Jobs on Fargate end before their environment is deleted.",
        _API + "API_DeleteComputeEnvironment.html",
    ),
    "launch-tags": Rule(
        "The Spot fleet role of BEST_FIT tags everything that the launch template tags, as it is "
        "launched; one tag that it may not set refuses the launch.",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
    ),
    "launch-role": Rule(
        "The Spot fleet role of BEST_FIT may launch what nodes are made of, and pass their role.",
        _GUIDE + "spot_fleet_IAM_role.html",
    ),
    "launch-key": Rule(
        "The policy of a KMS key lets the service-linked roles that start nodes use it and make "
        "grants of it; else nodes end as they start.",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html",
    ),
    "delete-disabled-first": Rule(
        "Queues and environments are DISABLED before they are deleted.",
        _API + "API_DeleteJobQueue.html",
    ),
    "environment-in-use": Rule(
        "An environment that a queue refers to cannot be deleted.",
        _API + "API_DeleteComputeEnvironment.html",
    ),
    "delete-ends-jobs": Rule(
        "Deleting a queue ends the jobs in it.", _API + "API_DeleteJobQueue.html"
    ),
    "queue-environments": Rule(
        "A queue has one to three environments, all VALID.", _API + "API_CreateJobQueue.html"
    ),
    "one-kind-a-queue": Rule(
        "Environments of a queue are all EC2 or all Fargate.", _API + "API_CreateJobQueue.html"
    ),
    "time-limit": Rule(
        "A limit is for RUNNABLE, 600 to 86400 seconds.",
        _API + "API_JobStateTimeLimitAction.html",
    ),
    "submit-enabled": Rule("A DISABLED queue takes no jobs.", _API + "API_UpdateJobQueue.html"),
    "create-only": Rule(
        "Name, top-level tags, type and Spot fleet role of an environment, name and type of a "
        "queue, are set at creation: a change replaces.",
        _SCHEMA,
    ),
    "replace-if-asked": Rule(
        "Infrastructure of an environment is replaced unless ReplaceComputeEnvironment is false.",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "aws-resource-batch-computeenvironment.html",
    ),
    "custom-name": Rule(
        "CloudFormation does not replace a resource that keeps a name of its own.",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-supported-actions.html",
    ),
}
