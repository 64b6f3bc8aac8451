# SPDX-License-Identifier: Apache-2.0
"""Decides the roles of jobs, nodes and network: those that exist, and new ones for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from seqera_batch.catalog.ids import INSTANCE_PROFILE
from seqera_batch.catalog.names import JOB_ROLES, RoleKind, generated_name, role_name
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.definitions import name_in_aws
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.plan.own_statements import own_statements
from seqera_batch.policies.access import Repository
from seqera_batch.policies.document import Scope, Statement
from seqera_batch.records import dataclass

GENERATED = "named by CloudFormation"
"""What stands for people where a role has no name before it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: created, under `name` unless CloudFormation names it, or existing under `arn`."""

    kind: RoleKind
    purpose: str
    name: str | None = None
    arn: str | None = None

    @property
    def created(self) -> bool:
        """Whether the stack makes it."""
        return self.arn is None

    @property
    def titled(self) -> str:
        """Name of a created one, for people."""
        return self.name or GENERATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The roles of an environment, and what the file says of them beside.

    Args:
        roles: One of each kind that is needed.
        path: Path of those that are created, and of what else is made in IAM.
        generated_names: Whether CloudFormation names those that only AWS's services are told of.
        permissions_boundary: ARN of the boundary of those that are created.
        instance_profile: ARN of the nodes' profile; a mark where it is created, None without nodes.
        job_secrets: ARNs of secrets that the head job's definition hands to it.
        repositories: Repositories of Amazon ECR that images come from.
        job_definitions: Names of job definitions that pipelines name themselves.
        definition_secrets: ARNs of secrets that those that are made hand to tasks and registries.
        secrets_key: ARN or id of the KMS key of pipeline secrets, where the file names one.
        statements: What roles may do besides, by kind of role.
        consumables: Names of consumable resources that tasks may ask for.
        mail_identities: What the head job sends mail from.
        restores: Whether jobs restore archived files.
        sessions: Whether Session Manager opens sessions on nodes.
        privileged: Whether tasks may have privileged containers: Fusion and DRAGEN need them.
    """

    roles: tuple[Role, ...]
    path: str
    generated_names: bool = False
    permissions_boundary: str | None = None
    instance_profile: str | None = None
    job_secrets: tuple[str, ...] = ()
    repositories: tuple[Repository, ...] = ()
    job_definitions: tuple[str, ...] = ()
    definition_secrets: tuple[str, ...] = ()
    secrets_key: str | None = None
    statements: Mapping[RoleKind, tuple[Statement, ...]] = field(default_factory=dict)
    consumables: tuple[str, ...] = ()
    mail_identities: tuple[str, ...] = ()
    restores: bool = False
    sessions: bool = False
    privileged: bool = True

    def __iter__(self) -> Iterator[Role]:
        """Yield the roles."""
        return iter(self.roles)

    def get(self, kind: str) -> Role | None:
        """Return the role of a kind; None where the environment needs none."""
        return next((role for role in self.roles if role.kind == kind), None)

    def arn(self, kind: str, scope: Scope) -> str:
        """Return the ARN of a role, existing or to be created, in an account.

        Raises:
            KeyError: The environment has no such role.
        """
        role = self.get(kind)
        if role is None:
            raise KeyError(kind)
        return role.arn or scope.iam_arn(f"role{self.path}{role.name or ref(kind)}")

    def pattern(self, kind: str, scope: Scope, stack: str) -> str:
        """Return the ARN of a role for policies outside its stack, which know no generated name.

        Raises:
            KeyError: The environment has no such role.
        """
        arn = self.arn(kind, scope)
        return arn.replace(ref(kind), generated_name(stack, kind))

    def of_function(self, resource_id: str, name: str, scope: Scope) -> str:
        """Return the ARN of the role of a function, which no job and nobody outside needs.

        Args:
            resource_id: Id of the role in the template.
            name: Its name, unless CloudFormation makes one.
            scope: Where.
        """
        return scope.iam_arn(f"role{self.path}{ref(resource_id) if self.generated_names else name}")


def roles(
    config: ForgeConfig, environments: tuple[ComputeEnvironment, ...], *, flow_logs: bool
) -> Roles:
    """Return the roles: those that the file names or an app brings, and new ones for the rest."""
    iam = config.aws.iam
    nodes = any(environment.on_ec2 for environment in environments)
    needed: dict[RoleKind, tuple[str, str | None]] = {
        "HeadJobRole": ("what the Nextflow head job may do", config.head_job_role),
        "ComputeJobRole": ("what tasks may do", config.compute_job_role),
        "ExecutionRole": (
            "with what ECS prepares a job: image, log, secrets",
            config.execution_role,
        ),
    }
    if nodes:
        needed["InstanceRole"] = ("what the ECS agent of a node may do", _instance_role(config))
    if any(environment.needs_spot_fleet_role for environment in environments):
        needed["FleetRole"] = ("Spot fleet, which BEST_FIT needs", iam.spot_fleet_role)
    if flow_logs:
        needed["FlowLogRole"] = ("with what the VPC writes its flow logs", None)
    return Roles(
        roles=tuple(
            Role(
                kind=kind,
                purpose=purpose,
                name=None
                if arn or (iam.generated_names and kind not in JOB_ROLES)
                else role_name(config.aws.prefix, config.name, kind),
                arn=arn,
            )
            for kind, (purpose, named) in needed.items()
            for arn in (config.given.roles.get(kind) or named,)
        ),
        path=iam.path,
        generated_names=iam.generated_names,
        permissions_boundary=iam.permissions_boundary,
        instance_profile=(iam.instance_profile or get_att(INSTANCE_PROFILE, "Arn"))
        if nodes
        else None,
        job_secrets=_job_secrets(config),
        repositories=tuple(map(Repository.of, config.aws.ecr_repositories)),
        job_definitions=tuple(name_in_aws(config, one) for one in config.aws.job_definitions),
        definition_secrets=_definition_secrets(config),
        secrets_key=config.secrets_kms_key_id,
        statements=own_statements(config),
        consumables=config.aws.consumable_resources,
        mail_identities=config.aws.mail_identities,
        restores=config.aws.restore_archived,
        sessions=nodes and config.aws.session_manager,
        privileged=config.fusion2_enabled
        or config.dragen_queue is not None
        or (config.forge is not None and config.forge.dragen_enabled),
    )


def _instance_role(config: ForgeConfig) -> str | None:
    """Return the ARN of the role in an instance profile that exists; they mostly share a name."""
    iam = config.aws.iam
    if iam.instance_profile is None:
        return None
    return iam.instance_role or iam.instance_profile.replace(":instance-profile/", ":role/")


def _job_secrets(config: ForgeConfig) -> tuple[str, ...]:
    """Return the ARNs of the head job's secrets, without the key or version asked for in one."""
    definition = config.aws.head_job_definition
    return _whole(definition.secrets.values() if definition else ())


def _definition_secrets(config: ForgeConfig) -> tuple[str, ...]:
    """Return the ARNs of the secrets of definitions for tasks, and of their registries."""
    made = config.aws.job_definitions
    registries = (one.registry_credentials for one in made)
    of_jobs = (arn for one in made for arn in one.secrets.values())
    return _whole((*of_jobs, *(arn for arn in registries if arn is not None)))


def _whole(arns: Iterable[str]) -> tuple[str, ...]:
    parts = len(["arn", "partition", "secretsmanager", "region", "account", "secret", "name"])
    return tuple(sorted({":".join(arn.split(":")[:parts]) for arn in arns}))
