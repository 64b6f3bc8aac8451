# SPDX-License-Identifier: Apache-2.0
"""`PlatformRegistration`: a Manual compute environment, registered with Platform at deployment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from seqera_batch import registration as function_source
from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.plan.labels import labels
from seqera_batch.policies.document import Scope
from seqera_batch.policies.registration import RegistrationAccess, registration, trust_lambda
from seqera_batch.problems import ConfigError, Problem, Severity
from seqera_batch.registration.wanted import MARK_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seqera_batch.config.check import ForgeConfig

RESOURCE_TYPE = "Custom::SeqeraComputeEnvironment"
FUNCTION_MINUTES = 10
"""Platform checks a Manual environment in seconds; the rest is for its bad days."""
SERVICE_MINUTES = 12
"""When CloudFormation gives up on a function that never answers, instead of after an hour."""
HTTPS_PORT = 443
MANUAL_FIELDS = ("region", "workDir", "headQueue", "computeQueue")
"""What a Manual environment cannot do without."""


class PlatformRegistration(Construct):
    """Registers an environment with Seqera Platform, in Manual mode, as part of the deployment.

    One Lambda function creates the environment through Platform's API and waits until it is
    available; name, description and credentials are changed in place, anything else makes a new
    one and removes the old; with the stack it is deleted. The function may read one secret.

    Attributes:
        compute_env_id: Id of the environment in Platform, known at deployment.
        function: The function, to add what a private Platform needs.
        role: The function's role.
        resource: The custom resource, for dependencies.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        payload: Mapping[str, Any],
        credentials_id: str,
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
            scope: Where it belongs; queues are named by text, so add a dependency on them.
            construct_id: Id below it; another id is another environment.
            payload: What POST /compute-envs takes (`{"computeEnv": {…}, "labelIds": […]}`);
                any value may be a token.
            credentials_id: Id of the AWS credentials in Platform.
            token_secret: Secret that holds an access token of Platform. With a key of your own,
                the secret must know it (`encryption_key`), or the function cannot decrypt.
            workspace_id: Number of the workspace; None is the token's personal one.
            endpoint: Address of the API.
            name: Name of the environment in Platform; that of the payload if not given.
            token_field: Field of a secret in JSON; None if the secret is the token itself.
            vpc: Where the function runs if Platform is not reached from the internet. It needs
                ways to Platform, Secrets Manager and S3.
            vpc_subnets: Which subnets of the VPC.
            security_groups: Groups of the function; one that lets out HTTPS if not given.
            permissions_boundary: ARN of a policy that bounds the function's role.
            iam_path: Path of the role.
            log_retention: How long the function's log is kept.

        Raises:
            ConfigError: The payload is not that of a Manual environment, or a value has a form
                that Platform does not take.
        """
        super().__init__(scope, construct_id)
        body = _body(payload, credentials_id, name)
        problems = [
            *_payload_problems(body),
            *_address_problems(endpoint, workspace_id, credentials_id),
        ]
        if problems:
            raise ConfigError(problems, origin=self.node.path)
        stack = cdk.Stack.of(self)
        log_group = logs.LogGroup(
            self, "Log", retention=log_retention, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        # A secret that was found by name has no ARN in full; AWS adds six characters to it.
        secret_arn = token_secret.secret_full_arn or f"{token_secret.secret_arn}-??????"
        key = token_secret.encryption_key
        document = registration(
            Scope(partition=stack.partition, region=stack.region, account=stack.account),
            RegistrationAccess(
                token_secret=secret_arn,
                token_key=key.key_arn if key else None,
                log_streams=log_group.log_group_arn,
                in_vpc=vpc is not None,
            ),
        )
        role = iam.CfnRole(
            self,
            "Role",
            path=iam_path,
            description="Registers a compute environment with Seqera Platform",
            assume_role_policy_document=trust_lambda().to_dict(),
            permissions_boundary=permissions_boundary,
            policies=[{"policyName": "Registration", "policyDocument": document.to_dict()}],
        )
        self.role = iam.Role.from_role_arn(self, "RoleOfFunction", role.attr_arn)
        if vpc is not None and security_groups is None:
            security_groups = [_https_only(self, vpc)]
        environment = {"TOKEN_SECRET": token_secret.secret_arn}
        if token_field is not None:
            environment["TOKEN_FIELD"] = token_field
        self.function = lambda_.Function(
            self,
            "Function",
            description=f"Registers {self.node.path} with Seqera Platform"[:256],
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="registration.handler.on_event",
            code=lambda_.Code.from_asset(
                str(Path(function_source.__file__).parents[1]),
                exclude=["*", "!registration", "registration/*", "!registration/*.py"],
                ignore_mode=cdk.IgnoreMode.GIT,
            ),
            memory_size=128,
            timeout=cdk.Duration.minutes(FUNCTION_MINUTES),
            environment=environment,
            role=self.role,
            log_group=log_group,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
            security_groups=security_groups,
        )
        self.resource = cdk.CustomResource(
            self,
            "ComputeEnvironment",
            resource_type=RESOURCE_TYPE,
            service_token=self.function.function_arn,
            service_timeout=cdk.Duration.minutes(SERVICE_MINUTES),
            properties={
                "Endpoint": endpoint.rstrip("/"),
                "WorkspaceId": "" if workspace_id is None else str(workspace_id),
                # As text: CloudFormation would make strings of numbers and booleans.
                "Body": stack.to_json_string(body),
            },
        )

    @classmethod
    def of(
        cls,
        scope: Construct,
        construct_id: str,
        *,
        config: ForgeConfig,
        payload: Mapping[str, Any],
    ) -> PlatformRegistration | None:
        """Create what an environment file asks for; None if it does not ask.

        Args:
            scope: Where it belongs.
            construct_id: Id below it.
            config: The environment file.
            payload: What POST /compute-envs takes.
        """
        wanted = config.aws.platform_registration
        if wanted is None:
            return None
        # The rule registration-credentials has seen to it.
        credentials = str(config.credentials_id)
        secret = secretsmanager.Secret.from_secret_complete_arn(
            scope, f"{construct_id}Token", wanted.token_secret
        )
        registration = cls(
            scope,
            construct_id,
            payload=payload,
            credentials_id=credentials,
            token_secret=secret,
            workspace_id=wanted.workspace_id,
            endpoint=wanted.endpoint,
            token_field=wanted.token_field,
            permissions_boundary=config.aws.iam.permissions_boundary,
            iam_path=config.aws.iam.path,
        )
        for key, value in labels(config).resources.items():
            cdk.Tags.of(registration).add(key, value)
        return registration

    @property
    def compute_env_id(self) -> str:
        """Id of the environment in Platform."""
        return self.resource.ref


def _https_only(scope: Construct, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        scope,
        "SecurityGroup",
        vpc=vpc,
        description="Lets the registration reach Seqera Platform and AWS",
        allow_all_outbound=False,
    )
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS_PORT), "HTTPS")
    return group


def _body(payload: Mapping[str, Any], credentials_id: str, name: str | None) -> dict[str, Any]:
    """Return the payload with the values that were given by themselves."""
    found = payload.get("computeEnv")
    env = dict(found) if isinstance(found, dict) else {}
    env["credentialsId"] = credentials_id
    if name is not None:
        env["name"] = name
    return {**payload, "computeEnv": env}


def _payload_problems(body: Mapping[str, Any]) -> list[Problem]:
    env = body["computeEnv"]
    config = env.get("config")
    config = config if isinstance(config, dict) else {}
    problems = [
        _problem(
            f"payload.computeEnv.config.{key}",
            "a Manual environment cannot do without it",
            fix="take the payload from `seqera-batch export --to api`",
        )
        for key in MANUAL_FIELDS
        if not config.get(key)
    ]
    if env.get("platform") != "aws-batch":
        problems.append(
            _problem(
                "payload.computeEnv.platform",
                "only AWS Batch can be registered",
                value=env.get("platform"),
                allowed="aws-batch",
            )
        )
    if "forge" in config:
        problems.append(
            _problem(
                "payload.computeEnv.config.forge",
                "with it Platform would create resources of its own, in Forge mode",
                fix="leave it out: this construct registers what the stack creates",
            )
        )
    if not _fits(env.get("name"), rf"[A-Za-z0-9_-]{{1,{limits.PLATFORM_NAME_CHARACTERS}}}"):
        problems.append(
            _problem(
                "payload.computeEnv.name",
                "is not a name that Platform takes",
                value=env.get("name"),
                allowed=f"1 to {limits.PLATFORM_NAME_CHARACTERS} letters, digits, - and _",
            )
        )
    room = limits.PLATFORM_DESCRIPTION_CHARACTERS - MARK_CHARACTERS
    if len(env.get("description") or "") > room:
        problems.append(
            _problem(
                "payload.computeEnv.description",
                "leaves no room for the line that says which stack manages the environment",
                value=env["description"],
                allowed=f"{room} characters at most",
            )
        )
    return problems


def _address_problems(
    endpoint: str, workspace_id: str | int | None, credentials_id: str
) -> list[Problem]:
    problems = []
    split = urlsplit("" if cdk.Token.is_unresolved(endpoint) else endpoint)
    bare = not (split.query or split.fragment or split.username)
    if not cdk.Token.is_unresolved(endpoint) and not (
        split.scheme == "https" and split.hostname and bare
    ):
        problems.append(
            _problem(
                "endpoint",
                "is not the address of an API to which a token can be sent",
                value=endpoint,
                allowed=f"{defaults.PLATFORM_ENDPOINT}, or https://<host>/api for Enterprise",
            )
        )
    if workspace_id is not None and not _fits(str(workspace_id), r"[0-9]{1,19}"):
        problems.append(
            _problem(
                "workspace_id",
                "is not the number of a workspace",
                value=workspace_id,
                allowed="digits, as Platform shows them in the list of workspaces",
            )
        )
    if not _fits(credentials_id, limits.PLATFORM_ID):
        problems.append(
            _problem(
                "credentials_id",
                "is not the id of credentials in Platform",
                value=credentials_id,
                allowed="up to 22 letters and digits, as `tw credentials list` shows them",
            )
        )
    return problems


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
