# SPDX-License-Identifier: Apache-2.0
"""Findings about known ways from some rights to more: by changing IAM, or through a passed role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from seqera_batch.catalog import authorization
from seqera_batch.catalog.authorization.patterns import covers, filled, overlap
from seqera_batch.judge.findings.grant import Grant
from seqera_batch.judge.findings.passing import PASS_ROLE, passed_to, roles_left_open
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.problems import Severity
from seqera_batch.records import dataclass
from seqera_batch.words import listed

RHINO = "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/"
PMAPPER = "https://github.com/nccgroup/PMapper/wiki/Identified-Privilege-Escalation-Risks"
BOUNDARIES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"

BOOTSTRAP = (
    "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"
    "#bootstrapping-env-permissions-cfn"
)

BOUNDARY = "iam:PermissionsBoundary"
POLICY = "iam:PolicyARN"
# Of one service, which alone takes them; IAM lets nobody else make roles of that path.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
_SERVICE_LINKED = re.compile(r"arn:[^:]*:iam::[^:]*:role/aws-service-role/[a-z0-9.-]+/.+")
# What the roles are called that CDK's bootstrap makes for whoever deploys, of any qualifier.
_DEPLOY_ROLE = re.compile(r"arn:[^:]*:iam::[^:]*:role/cdk-[^/]+-deploy-role-[^/]+")
_EXACT = ("ArnEquals", "ArnLike", "StringEquals", "StringLike")
_ADMINISTRATOR = "arn:*:iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True, slots=True)
class Way:
    """A right that gives its holder more rights.

    Args:
        action: The right.
        gives: What it comes to.
        tamed_by: Condition keys that keep it within bounds.
        source: Where it is described.
    """

    action: str
    gives: str
    tamed_by: tuple[str, ...] = ()
    source: str = RHINO


WAYS = (
    Way("iam:AddUserToGroup", "the rights of any group it reaches, by joining it"),
    Way("iam:AttachGroupPolicy", "any managed policy for a group", (POLICY,)),
    Way(
        "iam:AttachRolePolicy",
        "any managed policy for a role, AdministratorAccess too",
        (POLICY, BOUNDARY),
    ),
    Way(
        "iam:AttachUserPolicy",
        "any managed policy for a user, AdministratorAccess too",
        (POLICY, BOUNDARY),
    ),
    Way("iam:CreateAccessKey", "another user's key"),
    Way("iam:CreateLoginProfile", "another user's password"),
    Way("iam:CreatePolicyVersion", "any rights, by rewriting a policy in use"),
    Way("iam:DeleteRolePermissionsBoundary", "a role without its boundary", source=BOUNDARIES),
    Way("iam:DeleteUserPermissionsBoundary", "a user without its boundary", source=BOUNDARIES),
    Way("iam:PutGroupPolicy", "any rights for a group, written into it"),
    Way(
        "iam:PutRolePermissionsBoundary",
        "a role with a wider boundary",
        (BOUNDARY,),
        source=BOUNDARIES,
    ),
    Way("iam:PutRolePolicy", "any rights for a role, written into it", (BOUNDARY,)),
    Way(
        "iam:PutUserPermissionsBoundary",
        "a user with a wider boundary",
        (BOUNDARY,),
        source=BOUNDARIES,
    ),
    Way("iam:PutUserPolicy", "any rights for a user, written into it", (BOUNDARY,)),
    Way("iam:SetDefaultPolicyVersion", "an older, wider version of a policy in use"),
    Way("iam:UpdateAssumeRolePolicy", "the rights of a role, by letting oneself take it"),
    Way("iam:UpdateLoginProfile", "another user's password, by setting it"),
    Way("lambda:UpdateFunctionCode", "the rights of a function's role, by changing what it runs"),
    Way(
        "lambda:UpdateFunctionConfiguration",
        "the rights of a function's role, by adding a layer to what it runs",
    ),
    Way("ssm:SendCommand", "the rights of an instance's role, by a command on it", source=PMAPPER),
    Way("ssm:StartSession", "the rights of an instance's role, by a session on it", source=PMAPPER),
    Way("sts:AssumeRole", "the rights of every role that trusts the account"),
)
"""Rights that are enough alone."""

THROUGH_ROLES = {
    "autoscaling:CreateAutoScalingGroup": ("ec2.amazonaws.com", PMAPPER),
    "batch:CreateComputeEnvironment": ("ec2.amazonaws.com", authorization.SOURCE),
    "batch:RegisterJobDefinition": ("ecs-tasks.amazonaws.com", authorization.SOURCE),
    "cloudformation:CreateStack": ("cloudformation.amazonaws.com", RHINO),
    "codebuild:CreateProject": ("codebuild.amazonaws.com", PMAPPER),
    "datapipeline:CreatePipeline": ("datapipeline.amazonaws.com", RHINO),
    "ec2:AssociateIamInstanceProfile": ("ec2.amazonaws.com", PMAPPER),
    "ec2:RunInstances": ("ec2.amazonaws.com", RHINO),
    "ecs:RegisterTaskDefinition": ("ecs-tasks.amazonaws.com", RHINO),
    "glue:CreateDevEndpoint": ("glue.amazonaws.com", RHINO),
    "lambda:CreateFunction": ("lambda.amazonaws.com", RHINO),
    "sagemaker:CreateNotebookInstance": ("sagemaker.amazonaws.com", PMAPPER),
}
"""Rights that are enough with a role to pass: the service that the role goes to, and the source."""


def escalations(policy: Policy) -> Iterator[Finding]:
    """Yield rights that give more rights, unless a condition or narrow resources hold them."""
    for grant in policy.permissions:
        for way in _ways(grant.actions):
            reach = _reach(grant, way.action)
            if not reach or any(_tamed(grant, key) for key in way.tamed_by):
                continue
            if way.action == "sts:AssumeRole" and not roles_left_open(grant):
                continue
            open_ended = [one for one in reach if "*" in filled(one).rpartition(":")[2]]
            yield policy.finding(
                grant,
                kind=f"escalation-{way.action.partition(':')[2]}",
                # On what is named it reaches no further than that: for a person to judge.
                severity=Severity.ERROR if open_ended else Severity.WARNING,
                message=f"{way.action} on {listed(reach, 1)} gives {way.gives}",
                fix=_fix(way),
                source=way.source,
                actions=(way.action,),
            )


def through_cloudformation(policy: Policy) -> Iterator[Finding]:
    """Yield the taking of CDK's role for deployments, whose templates have CloudFormation's rights.

    It is the way to deploy that CDK means, and as strong as CloudFormation's own role.
    """
    for grant in policy.allowing("sts:AssumeRole"):
        found = [one for one in grant.resources if _DEPLOY_ROLE.fullmatch(filled(one))]
        if found:
            yield policy.finding(
                grant,
                kind="escalation-through-CloudFormation",
                severity=Severity.WARNING,
                message=f"{listed(found)} deploys, changes and deletes any stack of the account "
                "with the rights of CloudFormation's own role: an administrator's, unless `cdk "
                "bootstrap` was given policies",
                fix="hold CloudFormation's role to what its stacks need: "
                "cdk bootstrap --cloudformation-execution-policies",
                source=BOOTSTRAP,
                actions=("sts:AssumeRole",),
            )


def escalations_through_roles(policy: Policy) -> Iterator[Finding]:
    """Yield services that can be started with a role of more rights than the holder's."""
    for grant in policy.allowing(PASS_ROLE):
        if not roles_left_open(grant):
            continue
        services = passed_to(grant)
        found = [
            action
            for action, (service, _) in THROUGH_ROLES.items()
            if any(policy.allowing(action))
            and (services is None or any(covers(name, service) for name in services))
        ]
        for action in found:
            service, source = THROUGH_ROLES[action]
            yield policy.finding(
                grant,
                kind=f"escalation-PassRole-{action.partition(':')[2]}",
                message=f"{PASS_ROLE} with {action} gives the rights of any role that "
                f"{service} may take",
                fix="name the roles that may be passed",
                source=source,
                actions=(PASS_ROLE, action),
            )


@cache
def _ways(patterns: tuple[str, ...]) -> tuple[Way, ...]:
    """Return the rights that are among actions."""
    names = [pattern.lower() for pattern in patterns]
    return tuple(way for way in WAYS if any(overlap(one, way.action.lower()) for one in names))


def _reach(grant: Grant, action: str) -> list[str]:
    """Return the resources of the statement that the action can be about."""
    details = authorization.actions(action)
    return [
        resource
        for resource in grant.resources
        if resource == "*" or any(one.may_name(resource) for one in details)
        if not _SERVICE_LINKED.fullmatch(resource)
    ]


def _tamed(grant: Grant, key: str) -> bool:
    values = grant.values(key, _EXACT)
    if not values:
        return False
    if key == POLICY:
        return not any(overlap(value, _ADMINISTRATOR) for value in values)
    return not any(set(value) <= {"*"} for value in values)


def _fix(way: Way) -> str:
    if BOUNDARY in way.tamed_by:
        also = f"{POLICY}, or " if POLICY in way.tamed_by else ""
        return f"add a condition on {also}{BOUNDARY} (aws.iam.permissions_boundary)"
    if POLICY in way.tamed_by:
        return f"add a condition on {POLICY}"
    return "leave it out, or name what it may change"
