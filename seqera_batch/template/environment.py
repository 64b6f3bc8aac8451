# SPDX-License-Identifier: Apache-2.0
"""Everything that an environment creates, part by part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from seqera_batch.catalog.ids import INSTANCE_PROFILE
from seqera_batch.catalog.names import JOB_ROLES
from seqera_batch.cloudformation.intrinsics import names
from seqera_batch.cloudformation.resource import Resources, rendered
from seqera_batch.plan import ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.records import dataclass
from seqera_batch.template.definitions import job_definitions
from seqera_batch.template.environments import environments
from seqera_batch.template.head_job import head_job
from seqera_batch.template.key import encrypted, kms_key
from seqera_batch.template.logs import logs
from seqera_batch.template.network import place_nodes
from seqera_batch.template.nodes import nodes
from seqera_batch.template.operations import operations
from seqera_batch.template.platform import platform
from seqera_batch.template.queues import queues, scheduling
from seqera_batch.template.registration import of_environment
from seqera_batch.template.roles import roles
from seqera_batch.template.storage import file_systems
from seqera_batch.template.work_bucket import work_bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an environment creates, in the order in which one part refers to those before it.

    Args:
        key: The KMS key.
        logs: Log groups of jobs and nodes.
        work_bucket: The bucket of the work directory.
        job_roles: Roles of head job, compute jobs and ECS.
        node_roles: Roles of nodes and Spot fleet.
        instance_profile: The nodes' profile.
        network: VPC, security groups, and what lies in it.
        file_systems: By kind, such as `efs`.
        node_templates: By key, as in the plan.
        environments: By key.
        scheduling: How queues share their capacity.
        queues: By key.
        head_job: The job definition of the head job.
        job_definitions: Those of tasks, by key.
        platform: What Platform works with.
        operations: What watches the environment, and tells of it.
        registration: What registers the environment with Platform.
    """

    key: Resources = field(default_factory=dict)
    logs: Resources = field(default_factory=dict)
    work_bucket: Resources = field(default_factory=dict)
    job_roles: Resources = field(default_factory=dict)
    node_roles: Resources = field(default_factory=dict)
    instance_profile: Resources = field(default_factory=dict)
    network: Resources = field(default_factory=dict)
    file_systems: Mapping[str, Resources] = field(default_factory=dict)
    node_templates: Mapping[str, Resources] = field(default_factory=dict)
    environments: Mapping[str, Resources] = field(default_factory=dict)
    scheduling: Resources = field(default_factory=dict)
    queues: Mapping[str, Resources] = field(default_factory=dict)
    head_job: Resources = field(default_factory=dict)
    job_definitions: Mapping[str, Resources] = field(default_factory=dict)
    platform: Resources = field(default_factory=dict)
    operations: Resources = field(default_factory=dict)
    registration: Resources = field(default_factory=dict)

    def together(self) -> Resources:
        """Return all resources, by id."""
        return {name: one for _, part in self._each() for name, one in part.items()}

    def owner(self, name: str) -> str | None:
        """Return the field that holds a resource; None where the environment has none such."""
        return next((owner for owner, part in self._each() if name in part), None)

    def crossing(self) -> frozenset[str]:
        """Return what parts refer to in others: resources, and attributes as `Efs.Arn`."""
        return frozenset(
            name
            for _, part in self._each()
            for resource in part.values()
            for name in names(dict(resource.properties))
            if name.partition(".")[0] not in part
        )

    def wait_for_one_each(self) -> bool:
        """Whether what a resource waits for, and does not refer to, is of one part."""
        places = {name: place for place, (_, part) in enumerate(self._each()) for name in part}
        return all(
            len({places[name] for name in resource.waited_for}) <= 1
            for resource in self.together().values()
        )

    def each(self, change: Callable[[Resources], Resources]) -> Parts:
        """Return the parts, each changed."""
        changed: dict[str, Any] = {
            name: {key: change(part) for key, part in getattr(self, name).items()}
            if name in SEVERAL
            else change(getattr(self, name))
            for name in self.__dataclass_fields__
        }
        return Parts(**changed)

    def _each(self) -> Iterator[tuple[str, Resources]]:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            for part in value.values() if name in SEVERAL else (value,):
                yield name, part


FLOW_LOGS = "FlowLogRole"
"""The role that a VPC's flow logs are written with."""

SEVERAL = frozenset({"file_systems", "node_templates", "environments", "queues", "job_definitions"})
"""Fields of `Parts` that hold several parts."""


def environment(plan: ForgePlan, where: Scope) -> Resources:
    """Return all resources that an environment creates, by id; arguments as of `parts`."""
    return parts(plan, where).together()


def digest(resources: Resources) -> str:
    """Return the SHA-256 of resources: what somebody signs, and finds again."""
    text = json.dumps(rendered(resources), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def parts(plan: ForgePlan, where: Scope, *, also: Sequence[ForgePlan] = ()) -> Parts:
    """Return what an environment creates, part by part.

    Args:
        plan: What was decided for its file.
        where: Partition, region and account; `intrinsics.ACCOUNT` where it is the stack's.
        also: Plans of further environments that Platform's identity serves.
    """
    told = role_arns(plan, where)
    iam = roles(plan, where)
    place = None if plan.network is None else place_nodes(plan, plan.network)
    made = Parts(
        key=kms_key(plan, where),
        logs=logs(plan),
        work_bucket=work_bucket(plan.storage.work_bucket, where),
        job_roles={name: one for name, one in iam.items() if name in JOB_ROLES},
        node_roles={
            name: one
            for name, one in iam.items()
            if name not in {*JOB_ROLES, FLOW_LOGS, INSTANCE_PROFILE}
        },
        instance_profile={name: one for name, one in iam.items() if name == INSTANCE_PROFILE},
        network={}
        if place is None
        else {name: one for name, one in iam.items() if name == FLOW_LOGS} | place.resources,
        file_systems={} if place is None else file_systems(plan, place),
        node_templates=nodes(plan),
        environments={} if place is None else environments(plan, place),
        scheduling=scheduling(plan),
        queues=queues(plan),
        head_job=head_job(plan, told),
        job_definitions=job_definitions(plan, told),
        platform=platform(plan, where, also),
        operations=operations(plan, where),
    )
    registers = of_environment(plan, where, roles=told, after=tuple(made.together()))
    return replace(made, registration=registers).each(lambda part: encrypted(part, plan))


def role_arns(plan: ForgePlan, where: Scope) -> dict[str, str]:
    """Return the ARNs of the roles that Platform and Nextflow are told of."""
    return {kind: plan.roles.arn(kind, where) for kind in JOB_ROLES}
