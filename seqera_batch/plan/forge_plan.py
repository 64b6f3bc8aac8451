# SPDX-License-Identifier: Apache-2.0
"""The plan of one environment: every default decided and explained, without CDK or account."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from seqera_batch.catalog import defaults, limits
from seqera_batch.catalog.names import environment_id, job_log_group, stack_name
from seqera_batch.catalog.regions import partition_of
from seqera_batch.node import job_volumes
from seqera_batch.plan import compute, surroundings
from seqera_batch.plan.assumptions import assumptions
from seqera_batch.plan.buckets import buckets, data_is_kept, in_s3, work_bucket
from seqera_batch.plan.buckets import decisions as data_decisions
from seqera_batch.plan.costs import idle_costs
from seqera_batch.plan.encryption import encrypts_work_bucket, kms_key
from seqera_batch.plan.model import QuotaUse
from seqera_batch.plan.network import network as decide_network
from seqera_batch.plan.platform import platform_access, platform_identity_of, platform_needs
from seqera_batch.plan.storage import Fsx, stand_ins
from seqera_batch.policies.access import JobAccess, KeyAccess, Repository
from seqera_batch.problems import ConfigError, Problem, errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.node import NodeSetup
    from seqera_batch.plan.model import (
        ComputeEnvironment,
        Decision,
        IdleCost,
        JobQueue,
        KmsKey,
        Labels,
        LaunchTemplate,
        Mode,
        Network,
        Role,
        WorkBucket,
    )
    from seqera_batch.plan.platform import PlatformIdentity, PlatformNeeds
    from seqera_batch.plan.storage import FileSystem
    from seqera_batch.policies.access import BucketAccess
    from seqera_batch.policies.document import Scope
    from seqera_batch.policies.platform import PlatformAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgePlan:
    """What will exist for one environment file; in Manual mode that is only roles."""

    name: str
    prefix: str
    environment_id: str
    stack_name: str
    mode: Mode
    region: str
    partition: str
    account: str | None
    work_dir: str
    head_queue: str
    compute_queue: str
    dragen_queue: str | None
    compute_environments: tuple[ComputeEnvironment, ...]
    job_queues: tuple[JobQueue, ...]
    launch_templates: tuple[LaunchTemplate, ...]
    network: Network | None
    file_systems: tuple[FileSystem, ...]
    roles: tuple[Role, ...]
    iam_path: str
    permissions_boundary: str | None
    job_log_group: str
    job_log_group_created: bool
    job_log_group_kept: bool
    job_log_retention_days: int
    node_log_group: str | None
    node_log_retention_days: int
    secrets_kms_key_id: str | None
    buckets: tuple[BucketAccess, ...]
    work_bucket: WorkBucket | None
    kms_key: KmsKey | None
    volumes: tuple[str, ...]
    labels: Labels
    decisions: tuple[Decision, ...]
    idle_costs: tuple[IdleCost, ...]
    quotas: tuple[QuotaUse, ...]
    assumptions: tuple[str, ...]
    problems: tuple[Problem, ...]
    platform: PlatformIdentity
    platform_needs: PlatformNeeds
    kms_key_on_bucket: bool = False
    bucket_keys: tuple[str, ...] = ()
    job_secrets: tuple[str, ...] = ()
    repositories: tuple[Repository, ...] = ()
    registration_secret: str | None = None
    instance_profile: str | None = None
    job_definitions: tuple[str, ...] = ()

    @staticmethod
    def of(
        config: ForgeConfig,
        *,
        network: Network | None = None,
        file_systems: Mapping[str, Mapping[str, str]] | None = None,
    ) -> ForgePlan:
        """Decide everything that the configuration leaves open.

        Args:
            config: The environment file.
            network: Where nodes start, if an app brings it along; the file then names none.
            file_systems: By kind, the ids and names of those that an app brings along.

        Raises:
            ConfigError: The configuration breaks a rule.
        """
        brought = file_systems or {}
        # So that the rules about mount paths and work directories see them.
        names = stand_ins(config.region, brought)
        config = config.with_forge(**names) if names else config
        problems = tuple(one for one in config.problems() if not _answered(one, network, names))
        if errors(problems):
            raise ConfigError(problems)
        return _plan(config, problems, network, brought)

    @property
    def names_job_log_group(self) -> bool:
        """Whether jobs have to be told where their output goes: not to AWS Batch's own group."""
        return self.job_log_group != defaults.JOB_LOG_GROUP

    def role(self, kind: str) -> Role:
        """Return the role of a kind.

        Raises:
            KeyError: The environment has no such role.
        """
        for role in self.roles:
            if role.kind == kind:
                return role
        raise KeyError(kind)

    def role_arn(self, kind: str, scope: Scope) -> str:
        """Return the ARN of a role, existing or to be created, in an account."""
        role = self.role(kind)
        return role.arn or scope.iam_arn(f"role{self.iam_path}{role.name}")

    def job_access(self, scope: Scope) -> JobAccess:
        """Return what the roles reach, for the functions of `policies.roles`."""
        queues = (self.compute_queue, self.dragen_queue)
        return JobAccess(
            queues=tuple(queue for queue in queues if queue is not None),
            buckets=self.buckets,
            job_log_group=self.job_log_group,
            node_log_group=self.node_log_group,
            passed_roles=tuple(
                self.role_arn(kind, scope) for kind in ("ComputeJobRole", "ExecutionRole")
            ),
            secrets_key=self._secrets_key(scope),
            mounting=tuple(
                statement
                for system in self.file_systems
                for statement in system.node_statements(scope)
            ),
            job_secrets=self.job_secrets,
            bucket_keys=self._bucket_keys(scope),
            flow_log_group=None if self.network is None else self.network.flow_log_group,
            instance_role=self.role_arn("InstanceRole", scope) if self.launch_templates else None,
            repositories=self.repositories,
            job_definitions=self.job_definitions,
            lineage=self.platform_needs.settings.lineage,
        )

    def platform_access(self, scope: Scope) -> PlatformAccess:
        """Return what Platform's credential reaches, for the functions of `policies.platform`."""
        return platform_access(
            self.platform_needs,
            prefix=self.prefix,
            head_queue=self.head_queue,
            job_roles=tuple(
                self.role_arn(kind, scope) for kind in ("ExecutionRole", "HeadJobRole")
            ),
            log_group=self.job_log_group,
            work_dir=self.work_dir,
            permissions_boundary=self.permissions_boundary,
            bucket_keys=self._bucket_keys(scope),
            secrets_key=self._secrets_key(scope),
        )

    def kms_key_arn(self, scope: Scope) -> str | None:
        """Return the ARN of the key of what is created; None where AWS's own keys are used."""
        key = self.kms_key
        if key is None:
            return None
        return key.arn or scope.arn("kms", f"key/{key.key_id}")

    def key_access(self) -> KeyAccess | None:
        """Return what uses the key, for `policies.encryption`; None without one."""
        key = self.kms_key
        if key is None:
            return None
        return KeyAccess(
            services=key.services, log_groups=key.log_groups, linked_roles=key.linked_roles
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the whole plan as JSON-ready data; the keys are stable."""
        return {
            name: _plain(getattr(self, name))
            for name in self.__dataclass_fields__
            if name != "platform_needs"
        }

    def _bucket_keys(self, scope: Scope) -> tuple[str, ...]:
        key = self.kms_key_arn(scope)
        mine = (key,) if key is not None and self.kms_key_on_bucket else ()
        return tuple(dict.fromkeys((*mine, *self.bucket_keys)))

    def _secrets_key(self, scope: Scope) -> str | None:
        key = self.secrets_kms_key_id
        if key is None:
            return self.kms_key_arn(scope)
        if key.startswith("arn:"):
            return key
        return scope.arn("kms", f"key/{key}")


def _answered(problem: Problem, network: Network | None, stand_ins: Mapping[str, str]) -> bool:
    """Return whether a rule asks the file for what an app has brought."""
    match problem.rule:
        case "file-system-network":
            here = network is not None and bool(network.security_groups)
            return here or problem.path.removeprefix("forge.") in stand_ins
        case "fsx-mount-name":
            return Fsx.field in stand_ins
        case "efs-one-zone":
            return network is not None and len(network.subnets) == 1
    return False


def _plan(
    config: ForgeConfig,
    problems: tuple[Problem, ...],
    network: Network | None,
    file_systems: Mapping[str, Mapping[str, str]],
) -> ForgePlan:
    forge = config.forge
    decisions: list[Decision] = []
    environments: tuple[ComputeEnvironment, ...] = ()
    queues: tuple[JobQueue, ...] = ()
    templates: tuple[LaunchTemplate, ...] = ()
    systems: tuple[FileSystem, ...] = ()
    place: Network | None = None
    tags = surroundings.labels(config)
    if forge is not None:
        environments, decided = compute.compute_environments(config, forge)
        decisions += decided
        queues, decided = compute.job_queues(config, environments)
        decisions += decided
        systems = tuple(
            system.known_as(file_systems.get(system.kind, {}))
            for system in surroundings.mounted(config, forge, tags.resources)
        )
        place, decided = decide_network(config, forge, systems, network)
        decisions += decided
        templates, decided = compute.launch_templates(config, forge, environments)
        decisions += decided
        templates = tuple(
            replace(template, node=mounting(template.node, systems, config.region))
            for template in templates
        )
    decisions += data_decisions(config)
    by_key = {queue.key: queue.name for queue in queues}
    head = by_key.get("head") or by_key.get("all") or config.head_queue
    work = by_key.get("work") or by_key.get("all") or config.compute_queue
    # The rule manual-needs-queues has made sure of both.
    assert head is not None  # noqa: S101
    assert work is not None  # noqa: S101
    registered = config.aws.platform_registration
    node_logs = next((template.node.log_group for template in templates), None)
    job_logs = config.log_group or defaults.JOB_LOG_GROUP
    if config.aws.logs.create_job_log_group:
        job_logs = config.log_group or job_log_group(config.aws.prefix, config.name)
    identity = platform_identity_of(config)
    bucket = work_bucket(config, tags.resources)
    key = kms_key(
        config,
        environments,
        systems,
        (
            job_logs if config.aws.logs.create_job_log_group else None,
            node_logs,
            None if place is None else place.flow_log_group,
        ),
        secrets=identity.access_key_secret is not None,
    )
    return ForgePlan(
        name=config.name,
        prefix=config.aws.prefix,
        environment_id=environment_id(config.aws.prefix, config.name),
        stack_name=stack_name(config.aws.prefix, config.name),
        mode="manual" if forge is None else "forge",
        region=config.region,
        partition=partition_of(config.region),
        account=config.aws.account,
        work_dir=config.work_dir,
        head_queue=head,
        compute_queue=work,
        dragen_queue=by_key.get("dragen") or config.dragen_queue,
        compute_environments=environments,
        job_queues=queues,
        launch_templates=templates,
        network=place,
        file_systems=systems,
        roles=surroundings.roles(
            config,
            nodes=bool(templates),
            spot_fleet=any(environment.needs_spot_fleet_role for environment in environments),
            flow_logs=place is not None and place.flow_log_group is not None,
        ),
        iam_path=config.aws.iam.path,
        permissions_boundary=config.aws.iam.permissions_boundary,
        job_log_group=job_logs,
        job_log_group_created=config.aws.logs.create_job_log_group,
        job_log_group_kept=data_is_kept(config),
        job_log_retention_days=config.aws.logs.job_retention_days,
        node_log_group=node_logs,
        node_log_retention_days=config.aws.logs.node_retention_days,
        secrets_kms_key_id=config.secrets_kms_key_id,
        buckets=buckets(config),
        work_bucket=bucket,
        kms_key=key,
        volumes=_volumes(config, templates),
        labels=tags,
        decisions=tuple(decisions),
        idle_costs=idle_costs(environments, systems, place, bucket, key),
        quotas=(
            QuotaUse(quota="job queues", used=len(queues), limit=limits.JOB_QUEUES_PER_REGION),
            QuotaUse(
                quota="compute environments",
                used=len(environments),
                limit=limits.COMPUTE_ENVIRONMENTS_PER_REGION,
            ),
        ),
        assumptions=assumptions(config, place, systems),
        problems=problems,
        platform=identity,
        platform_needs=platform_needs(config),
        kms_key_on_bucket=in_s3(config) and encrypts_work_bucket(config),
        bucket_keys=config.aws.bucket_kms_keys,
        job_secrets=surroundings.job_secrets(config),
        repositories=tuple(Repository.of(one) for one in config.aws.ecr_repositories),
        registration_secret=None if registered is None else registered.token_secret,
        instance_profile=config.aws.iam.instance_profile,
        job_definitions=config.aws.job_definitions,
    )


def mounting(
    node: NodeSetup, systems: Iterable[FileSystem], region: str, *, deployed: bool = False
) -> NodeSetup:
    """Return the node with the file systems mounted.

    Args:
        node: The set-up without mounts.
        systems: What to mount.
        region: Region code.
        deployed: Whether ids that AWS gives are marks for the template; else words stand for
            them, for review.
    """
    return replace(
        node, mounts=tuple(system.mount(region, deployed=deployed) for system in systems)
    )


def _volumes(config: ForgeConfig, templates: tuple[LaunchTemplate, ...]) -> tuple[str, ...]:
    needed = job_volumes(templates[0].node) if templates else ()
    return tuple(dict.fromkeys((*needed, *config.volumes)))


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Problem):
        return value.as_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(item) for key, item in asdict(value).items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
