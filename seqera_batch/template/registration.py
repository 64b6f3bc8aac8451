# SPDX-License-Identifier: Apache-2.0
"""The function that registers an environment with Platform, and the registration itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field

from seqera_batch.catalog.ids import (
    KMS_KEY,
    REGISTRATION,
    REGISTRATION_FUNCTION,
    REGISTRATION_LOG_GROUP,
    REGISTRATION_ROLE,
    REGISTRATION_SECURITY_GROUP,
)
from seqera_batch.catalog.names import registration_name
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, present, tag_list
from seqera_batch.handoff.api import body
from seqera_batch.handoff.settings import manual_settings
from seqera_batch.kinds import cloudformation, ec2, iam, lambda_, logs
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import registration_documents
from seqera_batch.policies.document import PolicyDocument, Scope
from seqera_batch.policies.registration import trust_lambda
from seqera_batch.records import dataclass
from seqera_batch.template.key import key_arn

CODE_BUCKET = get_att("RegistrationCode", "Bucket")
CODE_KEY = get_att("RegistrationCode", "Key")
"""Marks of where the function's code is, which whoever deploys has stored there."""
DESCRIPTION = "Registers a compute environment with Seqera Platform"
FUNCTION_MINUTES = 10
"""Platform checks a Manual environment in seconds; the rest is for its bad days."""
SERVICE_MINUTES = 12
"""When CloudFormation gives up on a function that never answers, instead of after an hour."""
HTTPS_PORT = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is registered, and by which function; values may be marks or tokens.

    Args:
        body: What POST /compute-envs takes, as text: CloudFormation would make strings of numbers
            and booleans.
        endpoint: Address of Platform's API.
        workspace_id: Number of the workspace; None for the token's personal one.
        token_secret: ARN of the secret with Platform's access token, or what it starts with.
        token_field: Field of a secret in JSON that holds the token.
        permissions: What the function may do.
        log_retention_days: Days for which its log is kept; None is for ever.
        iam_path: Path of the role.
        permissions_boundary: ARN of the policy that bounds the role.
        name: Of the function; CloudFormation names it if left out.
        role_name: Of its role, likewise.
        log_group: Name of the function's log group, likewise.
        vpc_id: Where the function runs, if it has no security groups yet.
        subnets: Where it runs in a VPC; none outside.
        security_groups: Of the function; one that lets out HTTPS is made if there are none.
        tags: Of everything that takes tags.
        after: Ids of resources that must be there before the registration, and outlive it.
    """

    body: str
    endpoint: str
    workspace_id: str | int | None
    token_secret: str
    token_field: str | None
    permissions: PolicyDocument
    log_retention_days: float | None
    iam_path: str
    permissions_boundary: str | None
    name: str | None = None
    role_name: str | None = None
    log_group: str | None = None
    vpc_id: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()


def of_environment(
    plan: ForgePlan,
    where: Scope,
    *,
    roles: Mapping[str, str],
    after: tuple[str, ...],
) -> Resources:
    """Return what registers an environment; nothing where the file does not ask for it.

    Args:
        plan: What was decided for its file.
        where: Partition, region and account.
        roles: ARN by kind of role.
        after: Ids of all else that is created: queues are named by text, which orders nothing.
    """
    asked, key = plan.config.aws.platform_registration, key_arn(plan)
    log_group = plan.logs.registration
    if asked is None or log_group is None:
        return {}
    [identity] = registration_documents(plan, where)
    settings = manual_settings(plan, {**roles, **({} if key is None else {KMS_KEY: key})})
    return registration(
        Registration(
            body=json.dumps(body(plan.config, settings), separators=(",", ":")),
            endpoint=asked.endpoint,
            workspace_id=asked.workspace_id,
            token_secret=asked.token_secret,
            token_field=asked.token_field,
            permissions=identity.permissions,
            name=registration_name(plan.prefix, plan.name),
            role_name=identity.role_name,
            log_group=log_group.name,
            log_retention_days=log_group.retention_days,
            iam_path=plan.roles.path,
            permissions_boundary=plan.roles.permissions_boundary,
            tags=plan.labels.resources,
            after=after,
        )
    )


def registration(asked: Registration) -> Resources:
    """Return the function with its role and log, and the registration that it makes."""
    made: Resources = {
        REGISTRATION_LOG_GROUP: Resource.of(
            logs.LOG_GROUP,
            LogGroupName=asked.log_group,
            RetentionInDays=asked.log_retention_days,
            Tags=_tags(asked),
            keep_on_delete=False,
        ),
        REGISTRATION_ROLE: Resource.of(
            iam.ROLE,
            RoleName=asked.role_name,
            Path=asked.iam_path,
            Description=DESCRIPTION,
            AssumeRolePolicyDocument=trust_lambda().to_dict(),
            PermissionsBoundary=asked.permissions_boundary,
            Policies=[{"PolicyName": REGISTRATION, "PolicyDocument": asked.permissions.to_dict()}],
            Tags=_tags(asked),
        ),
    }
    groups = list(asked.security_groups)
    if asked.subnets and not groups:
        made[REGISTRATION_SECURITY_GROUP] = _https_only(asked)
        groups = [get_att(REGISTRATION_SECURITY_GROUP, "GroupId")]
    made[REGISTRATION_FUNCTION] = Resource.of(
        lambda_.FUNCTION,
        FunctionName=asked.name,
        Description=DESCRIPTION,
        Runtime="python3.14",
        Handler="registration.handler.on_event",
        Code={"S3Bucket": CODE_BUCKET, "S3Key": CODE_KEY},
        MemorySize=128,
        Timeout=FUNCTION_MINUTES * 60,
        Environment={
            "Variables": present(TOKEN_SECRET=asked.token_secret, TOKEN_FIELD=asked.token_field)
        },
        Role=get_att(REGISTRATION_ROLE, "Arn"),
        LoggingConfig={"LogGroup": ref(REGISTRATION_LOG_GROUP)},
        VpcConfig={"SubnetIds": list(asked.subnets), "SecurityGroupIds": groups}
        if asked.subnets
        else None,
        Tags=_tags(asked),
    )
    made[REGISTRATION] = Resource.of(
        cloudformation.REGISTRATION,
        ServiceToken=get_att(REGISTRATION_FUNCTION, "Arn"),
        ServiceTimeout=str(SERVICE_MINUTES * 60),
        Endpoint=asked.endpoint.rstrip("/"),
        WorkspaceId="" if asked.workspace_id is None else str(asked.workspace_id),
        Body=asked.body,
        depends_on=asked.after,
    )
    return made


def _https_only(asked: Registration) -> Resource:
    return Resource.of(
        ec2.SECURITY_GROUP,
        GroupDescription="Lets the registration reach Seqera Platform and AWS",
        VpcId=asked.vpc_id,
        SecurityGroupEgress=[
            {
                "IpProtocol": "tcp",
                "FromPort": HTTPS_PORT,
                "ToPort": HTTPS_PORT,
                "CidrIp": "0.0.0.0/0",
                "Description": "HTTPS",
            }
        ],
        Tags=_tags(asked),
    )


def _tags(asked: Registration) -> list[dict[str, str]] | None:
    return tag_list(asked.tags) or None
