# SPDX-License-Identifier: Apache-2.0
"""What the identities of a plan reach, as the facts that `policies` makes documents of."""

from __future__ import annotations

from seqera_batch.catalog.names import JOB_ROLES
from seqera_batch.config.file_systems import EFS, FSX
from seqera_batch.plan.forge_plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.policies.access import BucketAccess, JobAccess
from seqera_batch.policies.document import Scope
from seqera_batch.policies.platform import ForgeAccess, PlatformAccess


def job_access(plan: ForgePlan, scope: Scope) -> JobAccess:
    """Return what the roles of jobs, nodes and network reach."""
    roles, compute = plan.roles, plan.compute
    nodes, flow, made = plan.logs.nodes, plan.logs.flow, plan.storage.work_bucket
    return JobAccess(
        queues=compute.task_queues,
        buckets=plan.storage.buckets,
        owners={
            **plan.storage.bucket_owners,
            **({} if made is None else {made.name: scope.account}),
        },
        job_log_group=plan.logs.jobs.name,
        node_log_group=None if nodes is None else nodes.name,
        passed_roles=tuple(roles.arn(kind, scope) for kind in ("ComputeJobRole", "ExecutionRole")),
        secrets_key=_secrets_key(plan, scope),
        mounting=tuple(
            statement
            for system in plan.storage.file_systems
            for statement in system.node_statements(scope)
        ),
        job_secrets=roles.job_secrets,
        bucket_keys=_bucket_keys(plan, scope),
        flow_log_group=None if flow is None else flow.name,
        instance_role=roles.arn("InstanceRole", scope) if compute.node_templates else None,
        placement_groups=tuple(
            dict.fromkeys(
                environment.placement_group
                for environment in compute.environments
                if environment.needs_spot_fleet_role and environment.placement_group is not None
            )
        ),
        repositories=roles.repositories,
        job_definitions=roles.job_definitions,
        definition_secrets=roles.definition_secrets,
        consumables=roles.consumables,
        mail_identities=roles.mail_identities,
        restores=roles.restores,
        share=None if compute.share is None else compute.share.identifier,
        sessions=roles.sessions,
        lineage=plan.platform.settings.lineage,
        privileged=roles.privileged,
    )


def platform_access(plan: ForgePlan, scope: Scope) -> PlatformAccess:
    """Return what Platform's credential reaches."""
    asked, work = plan.platform.settings, plan.storage.work_dir
    tags = dict(sorted(asked.job_tags.items()))
    forge = _forge(plan, tags) if asked.mode == "forge" else None
    return PlatformAccess(
        queues=(plan.compute.head_queue,) if forge is None else (f"{plan.prefix}-*",),
        log_group=plan.logs.jobs.name,
        job_roles=tuple(plan.roles.arn(kind, scope) for kind in ("ExecutionRole", "HeadJobRole")),
        work_dir=None if work.bucket is None else BucketAccess(work.bucket, work.folder),
        data=tuple(sorted({BucketAccess.of(uri) for uri in asked.data_buckets})),
        list_buckets=asked.list_buckets,
        keys=_bucket_keys(plan, scope),
        secrets=asked.pipeline_secrets,
        secrets_key=_secrets_key(plan, scope),
        describe_ec2=asked.describe_ec2,
        console_output=asked.console_output,
        lineage=asked.lineage,
        tags=tags,
        probed=tuple(dict.fromkeys(one.bucket for one in plan.storage.buckets))
        if plan.platform.identity.kind == "workload_identity"
        else (),
        separate_workloads=plan.platform.identity.separate_workloads,
        node_tags={ENVIRONMENT_TAG: plan.environment_id}
        if forge is None and plan.compute.node_templates
        else {},
        job_definitions=asked.job_definitions,
        forge=forge,
    )


def _forge(plan: ForgePlan, tags: dict[str, str]) -> ForgeAccess:
    """Return what Platform makes itself in Forge mode."""
    systems = {system.kind: system for system in plan.storage.file_systems}
    efs, fsx = systems.get(EFS.kind), systems.get(FSX.kind)
    return ForgeAccess(
        prefix=plan.prefix,
        own_roles=tuple(
            role.arn
            for kind in JOB_ROLES
            if (role := plan.roles.get(kind)) is not None and role.arn is not None
        ),
        permissions_boundary=plan.roles.permissions_boundary,
        finds_images=plan.platform.finds_images,
        makes_efs=efs is not None and efs.created,
        makes_fsx=fsx is not None and fsx.created,
        reads_fsx=fsx is not None and not fsx.created,
        tags=tags,
    )


def _bucket_keys(plan: ForgePlan, scope: Scope) -> tuple[str, ...]:
    key = plan.key
    own = (key.arn_in(scope),) if key is not None and key.encrypts_work_bucket else ()
    return tuple(dict.fromkeys((*own, *plan.storage.bucket_keys)))


def _secrets_key(plan: ForgePlan, scope: Scope) -> str | None:
    named = plan.roles.secrets_key
    if named is None:
        return None if plan.key is None else plan.key.arn_in(scope)
    return named if named.startswith("arn:") else scope.arn("kms", f"key/{named}")
