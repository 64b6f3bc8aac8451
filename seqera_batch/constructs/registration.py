# SPDX-License-Identifier: Apache-2.0
"""`PlatformRegistration`: a Manual compute environment, registered with Platform at deployment."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from seqera_batch import registration as function_source
from seqera_batch.catalog import defaults, ids, limits, sources
from seqera_batch.catalog.names import JOB_ROLES
from seqera_batch.cloudformation.intrinsics import get_att
from seqera_batch.constructs.adopt import selected
from seqera_batch.constructs.arns import role_arn
from seqera_batch.constructs.include import Included
from seqera_batch.constructs.part import Part
from seqera_batch.handoff.api import body as body_of
from seqera_batch.handoff.settings import manual_settings
from seqera_batch.policies import registration as policies
from seqera_batch.policies.document import Scope
from seqera_batch.problems import ConfigError, Problem, Severity
from seqera_batch.registration.wanted import MARK_CHARACTERS
from seqera_batch.template.registration import CODE_BUCKET, CODE_KEY, Registration, registration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk.cloudformation_include import CfnInclude

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.plan import ForgePlan


class _Environment(Protocol):
    """What is needed of `BatchForge`."""

    @property
    def plan(self) -> ForgePlan: ...
    @property
    def encryption_key_arn(self) -> str | None: ...
    @property
    def registration(self) -> Registered | None: ...
    def role_arn(self, kind: RoleKind) -> str: ...
    def _answered(self, text: str) -> str: ...


MANUAL_FIELDS = ("region", "workDir", "headQueue", "computeQueue")
"""What a Manual environment cannot do without."""


class Registered:
    """What registers an environment with Seqera Platform, as constructs.

    Attributes:
        compute_env_id: Id of the environment in Platform, known at deployment.
        cfn_function: The function as CloudFormation has it, to add what a private Platform needs.
        resource: The custom resource, for dependencies.
    """

    def __init__(
        self, scope: Construct, included: CfnInclude | Part, group: ec2.ISecurityGroup | None = None
    ) -> None:
        """Look at resources that were made.

        Args:
            scope: Where they are.
            included: The resources, under their ids.
            group: A security group of the function in a VPC.
        """
        get = included.resource if isinstance(included, Part) else included.get_resource
        self.resource = get(ids.REGISTRATION)
        self.cfn_function = cast("lambda_.CfnFunction", get(ids.REGISTRATION_FUNCTION))
        self.compute_env_id = self.resource.ref
        self._cfn_role = cast("iam.CfnRole", get(ids.REGISTRATION_ROLE))
        self._scope, self._group = scope, group

    @cached_property
    def role(self) -> iam.IRole:
        """The function's role; what it is granted comes before the registration."""
        role = iam.Role.from_role_arn(
            self._scope, f"{ids.REGISTRATION_ROLE}Reference", role_arn(self._cfn_role)
        )
        self.resource.node.add_dependency(role)
        return role

    @cached_property
    def function(self) -> lambda_.IFunction:
        """The function, for grants and, in a VPC, connections."""
        return lambda_.Function.from_function_attributes(
            self._scope,
            f"{ids.REGISTRATION_FUNCTION}Reference",
            function_arn=self.cfn_function.attr_arn,
            role=self.role,
            same_environment=True,
            security_group=self._group,
        )


def code(scope: Construct) -> dict[str, str]:
    """Add the function's code to what whoever deploys stores; return where, by its marks."""
    asset = s3_assets.Asset(
        scope,
        "RegistrationCode",
        path=str(Path(function_source.__file__).parents[1]),
        exclude=["*", "!registration", "registration/*", "!registration/*.py"],
        ignore_mode=cdk.IgnoreMode.GIT,
    )
    return {CODE_BUCKET[2:-1]: asset.s3_bucket_name, CODE_KEY[2:-1]: asset.s3_object_key}


class PlatformRegistration(Construct):
    """Registers an environment with Seqera Platform, in Manual mode, as part of the deployment.

    One Lambda function creates the environment through Platform's API and waits until it is
    available; name, description and credentials are changed in place, anything else makes a new
    one and removes the old; with the stack it is deleted. The function may read one secret.
    `BatchForge` does this itself where its file asks for it.

    Attributes:
        compute_env_id: Id of the environment in Platform, known at deployment.
        function: The function, for grants and connections.
        cfn_function: The same as CloudFormation has it, to add what a private Platform needs.
        role: The function's role.
        resource: The custom resource, for dependencies.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: _Environment | None = None,
        payload: Mapping[str, Any] | None = None,
        credentials_id: str | None = None,
        token_secret: secretsmanager.ISecret,
        workspace_id: str | int | None = None,
        endpoint: str = defaults.PLATFORM_ENDPOINT,
        name: str | None = None,
        token_field: str | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        permissions_boundary: str | None = None,
        iam_path: str = defaults.IAM_PATH,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
    ) -> None:
        """Create function, role, log group and the registration itself.

        Args:
            scope: Where it belongs, in any stack.
            construct_id: Id below it; another id is another environment.
            environment: The `BatchForge` that is registered, once all of it is there.
            payload: Instead of it, what POST /compute-envs takes
                (`{"computeEnv": {…}, "labelIds": […]}`); any value may be a token. Queues are named
                by text, so add a dependency on them.
            credentials_id: Id of the AWS credentials in Platform; that of the environment's file
                or of the payload if not given.
            token_secret: Secret that holds an access token of Platform. With a key of your own,
                the secret must know it (`encryption_key`), or the function cannot decrypt.
            workspace_id: Number of the workspace; None is the token's personal one.
            endpoint: Address of the API.
            name: Name of the environment in Platform; its own if not given.
            token_field: Field of a secret in JSON; None if the secret is the token itself.
            vpc: Where the function runs if Platform is not reached from the internet. It needs
                ways to Platform, Secrets Manager and S3.
            vpc_subnets: Which subnets of the VPC.
            security_groups: Groups of the function; one that lets out HTTPS if not given.
            permissions_boundary: ARN of a policy that bounds the function's role.
            iam_path: Path of the role.
            log_retention: How long the function's log is kept.

        Raises:
            ConfigError: There is not one environment or payload, the environment registers
                itself, the payload is not that of a Manual environment, a value has a form that
                Platform does not take, or the network is none that the function can use.
        """
        path = f"{scope.node.path}/{construct_id}"
        wrong = [*_subject_problems(environment, payload)]
        if wrong:
            raise ConfigError(wrong, origin=path)
        told = _told(environment) if environment is not None else payload or {}
        body = _body(told, credentials_id, name)
        chosen = None if vpc is None else selected(vpc, vpc_subnets)
        groups = security_groups or ()
        problems = [
            *_payload_problems(body),
            *_address_problems(endpoint, workspace_id, body["computeEnv"].get("credentialsId")),
            *_network_problems(chosen, vpc_subnets, groups),
        ]
        if problems:
            raise ConfigError(problems, origin=path)
        super().__init__(scope, construct_id)
        if environment is not None:
            self.node.add_dependency(cast("Construct", environment))
        stack, key = cdk.Stack.of(self), token_secret.encryption_key
        access = policies.RegistrationAccess(
            # A secret that was found by name has no ARN in full; AWS adds six characters to it.
            token_secret=token_secret.secret_full_arn or f"{token_secret.secret_arn}-??????",
            token_key=key.key_arn if key else None,
            log_streams=get_att(ids.REGISTRATION_LOG_GROUP, "Arn"),
            in_vpc=vpc is not None,
        )
        where = Scope(partition=stack.partition, region=stack.region, account=stack.account)
        asked = Registration(
            body=stack.to_json_string(body),
            endpoint=endpoint,
            workspace_id=workspace_id,
            token_secret=token_secret.secret_arn,
            token_field=token_field,
            permissions=policies.registration(where, access),
            log_retention_days=_days(log_retention),
            iam_path=iam_path,
            permissions_boundary=permissions_boundary,
            vpc_id=None if vpc is None else vpc.vpc_id,
            subnets=() if chosen is None else tuple(chosen.subnet_ids),
            security_groups=tuple(group.security_group_id for group in groups),
        )
        stored = code(self)
        included = Included(
            self,
            "Default",
            {name: one.answered(stored.get) for name, one in registration(asked).items()},
        )
        if chosen is None:
            made = Registered(self, included)
        else:
            made = Registered(self, included, groups[0] if groups else _made_group(self, included))
            made.cfn_function.node.add_dependency(chosen.internet_connectivity_established)
        self.compute_env_id, self.resource = made.compute_env_id, made.resource
        self.function, self.cfn_function, self.role = made.function, made.cfn_function, made.role


def _made_group(scope: Construct, included: CfnInclude) -> ec2.ISecurityGroup:
    group = cast("ec2.CfnSecurityGroup", included.get_resource(ids.REGISTRATION_SECURITY_GROUP))
    return ec2.SecurityGroup.from_security_group_id(
        scope,
        f"{ids.REGISTRATION_SECURITY_GROUP}Reference",
        group.attr_group_id,
        # What else the function is let reach has to be a rule of its own.
        allow_all_outbound=False,
    )


def _days(retention: logs.RetentionDays) -> float | None:
    """Return the days that a name of CDK's stands for, which only Node.js knows; None for ever."""
    group = logs.LogGroup(cdk.Stack(), "Log", retention=retention).node.default_child
    return cast("logs.CfnLogGroup", group).retention_in_days


def _subject_problems(
    environment: _Environment | None, payload: Mapping[str, Any] | None
) -> Iterator[Problem]:
    if (environment is None) == (payload is None):
        yield _problem(
            "environment",
            "one thing is registered",
            value="neither" if environment is None else "both",
            allowed="either environment, a BatchForge, or payload",
            fix="pass environment=forge",
        )
    elif environment is not None and environment.registration is not None:
        yield _problem(
            "environment",
            "the environment registers itself, as its file asks for",
            value=environment.plan.environment_id,
            allowed="an environment whose file has no aws.platform_registration",
            fix="remove aws.platform_registration, or take forge.registration instead",
        )


def _told(environment: _Environment) -> dict[str, Any]:
    """Return what Platform is told of an environment, as `template.registration` tells it."""
    plan, key = environment.plan, environment.encryption_key_arn
    arns = {kind: environment.role_arn(kind) for kind in JOB_ROLES}
    settings = manual_settings(plan, arns | ({} if key is None else {ids.KMS_KEY: key}))
    # Tokens of CDK are texts, so they pass through JSON.
    answered = environment._answered(json.dumps(body_of(plan.config, settings)))  # noqa: SLF001 - of this package
    told: dict[str, Any] = json.loads(answered)
    return told


def _body(
    payload: Mapping[str, Any], credentials_id: str | None, name: str | None
) -> dict[str, Any]:
    """Return the payload with the values that were given by themselves."""
    found = payload.get("computeEnv")
    env = dict(found) if isinstance(found, dict) else {}
    if credentials_id is not None:
        env["credentialsId"] = credentials_id
    if name is not None:
        env["name"] = name
    return {**payload, "computeEnv": env}


def _payload_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    env = body["computeEnv"]
    config = env.get("config")
    config = config if isinstance(config, dict) else {}
    for key in MANUAL_FIELDS:
        if not config.get(key):
            yield _problem(
                f"payload.computeEnv.config.{key}",
                "a Manual environment cannot do without it",
                fix="take the payload from `seqera-batch export --to api`",
            )
    if env.get("platform") != "aws-batch":
        yield _problem(
            "payload.computeEnv.platform",
            "only AWS Batch can be registered",
            value=env.get("platform"),
            allowed="aws-batch",
        )
    if "forge" in config:
        yield _problem(
            "payload.computeEnv.config.forge",
            "with it Platform would create resources of its own, in Forge mode",
            fix="leave it out: this construct registers what the stack creates",
        )
    if not _fits(env.get("name"), rf"[A-Za-z0-9_-]{{1,{limits.PLATFORM_NAME_CHARACTERS}}}"):
        yield _problem(
            "payload.computeEnv.name",
            "is not a name that Platform takes",
            value=env.get("name"),
            allowed=f"1 to {limits.PLATFORM_NAME_CHARACTERS} letters, digits, - and _",
        )
    room = limits.PLATFORM_DESCRIPTION_CHARACTERS - MARK_CHARACTERS
    if len(env.get("description") or "") > room:
        yield _problem(
            "payload.computeEnv.description",
            "leaves no room for the line that says which stack manages the environment",
            value=env["description"],
            allowed=f"{room} characters at most",
        )


def _address_problems(
    endpoint: str, workspace_id: str | int | None, credentials_id: str | None
) -> Iterator[Problem]:
    if not cdk.Token.is_unresolved(endpoint):
        split = urlsplit(endpoint)
        bare = not (split.query or split.fragment or split.username)
        if not (split.scheme == "https" and split.hostname and bare):
            yield _problem(
                "endpoint",
                "is not the address of an API to which a token can be sent",
                value=endpoint,
                allowed=f"{defaults.PLATFORM_ENDPOINT}, or https://<host>/api for Enterprise",
            )
    if workspace_id is not None and not _fits(str(workspace_id), r"[0-9]{1,19}"):
        yield _problem(
            "workspace_id",
            "is not the number of a workspace",
            value=workspace_id,
            allowed="digits, as Platform shows them in the list of workspaces",
        )
    if not _fits(credentials_id, limits.PLATFORM_ID):
        yield _problem(
            "credentials_id",
            "is not the id of credentials in Platform",
            value=credentials_id,
            allowed="up to 22 letters and digits, as `tw credentials list` shows them",
        )


def _network_problems(
    chosen: ec2.SelectedSubnets | None,
    vpc_subnets: ec2.SubnetSelection | None,
    groups: Sequence[ec2.ISecurityGroup],
) -> Iterator[Problem]:
    if chosen is None and (vpc_subnets is not None or groups):
        yield _problem("vpc", "subnets and groups come without their VPC", fix="pass vpc too")
    if chosen is not None and chosen.has_public:
        yield _problem(
            "vpc_subnets",
            "in a public subnet a function does not reach the internet",
            allowed="private subnets",
            fix="choose others, or leave vpc out",
        )


def _fits(value: object, pattern: str) -> bool:
    """Whether a value has a form; what is known at deployment only has any."""
    return cdk.Token.is_unresolved(value) or (
        isinstance(value, str) and re.fullmatch(pattern, value) is not None
    )


def _problem(path: str, message: str, **details: Any) -> Problem:  # noqa: ANN401 - fields of Problem
    return Problem(
        rule="platform-registration",
        severity=Severity.ERROR,
        path=path,
        message=message,
        source=sources.SEQERA_API,
        **details,
    )
