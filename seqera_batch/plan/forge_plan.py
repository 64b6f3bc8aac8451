# SPDX-License-Identifier: Apache-2.0
"""The plan of one environment: every default decided and explained, without CDK or account."""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass
from typing import Any, Literal

from pydantic import BaseModel

from seqera_batch.catalog.names import environment_id, stack_name
from seqera_batch.catalog.regions import Region
from seqera_batch.catalog.work_directory import WorkDirectory
from seqera_batch.cloudformation.intrinsics import ACCOUNT
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.given import Given
from seqera_batch.plan.assumptions import assumptions
from seqera_batch.plan.compute import Compute, compute
from seqera_batch.plan.costs import Costs, costs
from seqera_batch.plan.decision import Decision, Decisions
from seqera_batch.plan.given import given_problems
from seqera_batch.plan.key import KmsKey, kms_key
from seqera_batch.plan.labels import Labels, labels
from seqera_batch.plan.logs import Logs, logs
from seqera_batch.plan.network import Network, network
from seqera_batch.plan.operations import Operations, operations
from seqera_batch.plan.platform import Platform, platform
from seqera_batch.plan.roles import Roles, roles
from seqera_batch.plan.storage import Storage, data_is_kept, storage
from seqera_batch.policies.document import Scope
from seqera_batch.problems import ConfigError, Problem, errors
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgePlan:
    """What will exist for one environment file; in Manual mode that is only roles.

    It is final: nothing is decided after it, and what only the deployment knows stands in it as a
    mark (`cloudformation.intrinsics`). A section has the same name in the file, here, in the
    template and in the documentation.

    Args:
        name: Name of the environment.
        prefix: First part of all names.
        environment_id: What all names of the environment start with.
        stack_name: Name of its stack.
        mode: Whether queues are created (`forge`) or exist (`manual`).
        region: Region code.
        account: 12 digits; None where the file names none.
        labels: Tags of what is created.
        network: Where nodes start; None in Manual mode.
        storage: Work directory, buckets, file systems.
        compute: Queues, compute environments, node templates.
        roles: Roles of jobs, nodes and network.
        logs: Log groups.
        key: KMS key of everything that holds data; None with AWS's own keys.
        platform: What Seqera Platform works with.
        operations: What is watched after the deployment; None where nothing is.
        costs: What it takes while idle.
        decisions: What the file leaves open, each with the reason.
        assumptions: What has to be so, and cannot be seen without an account.
        problems: Warnings and notices about the file.
        config: The file that was planned, with what an app brings along; not part of the JSON.
    """

    name: str
    prefix: str
    environment_id: str
    stack_name: str
    mode: Literal["forge", "manual"]
    region: str
    account: str | None
    labels: Labels
    network: Network | None
    storage: Storage
    compute: Compute
    roles: Roles
    logs: Logs
    key: KmsKey | None
    platform: Platform
    operations: Operations | None
    costs: Costs
    decisions: tuple[Decision, ...]
    assumptions: tuple[str, ...]
    problems: tuple[Problem, ...]
    config: ForgeConfig = field(repr=False)

    @staticmethod
    def of(config: ForgeConfig, *, given: Given | None = None) -> ForgePlan:
        """Decide everything that the configuration leaves open.

        Args:
            config: The environment file.
            given: What an app brings along, as values or as marks; the file then says nothing of
                it.

        Raises:
            ConfigError: The configuration breaks a rule, or contradicts what is given.
        """
        if given is not None:
            config = config.with_given(given)
        problems = (*config.problems(), *given_problems(config))
        if errors(problems):
            raise ConfigError(problems)
        return _plan(config, problems)

    @property
    def partition(self) -> str:
        """Second part of every ARN in the region."""
        return Region.of(self.region).partition

    def scope(self, account: str = ACCOUNT) -> Scope:
        """Return where its policies hold.

        Args:
            account: Stands for the account where the file names none.
        """
        return Scope(partition=self.partition, region=self.region, account=self.account or account)

    def to_dict(self) -> dict[str, Any]:
        """Return the whole plan as JSON-ready data; the keys are stable."""
        return {
            name: _plain(getattr(self, name))
            for name in self.__dataclass_fields__
            if name != "config"
        }


def _plan(config: ForgeConfig, problems: tuple[Problem, ...]) -> ForgePlan:
    decisions = Decisions()
    tags = labels(config)
    files = storage(config, tags.resources, decisions)
    groups = logs(config, kept=data_is_kept(config), decisions=decisions)
    batch = compute(config, files.file_systems, groups, decisions)
    place = (
        None if config.forge is None else network(config, files.ingress, files.groups, decisions)
    )
    worker = platform(config)
    watched = operations(config, batch, decisions)
    key = kms_key(
        config,
        batch.environments,
        files.file_systems,
        groups,
        watched,
        secrets=worker.identity.access_key_secret is not None,
    )
    return ForgePlan(
        name=config.name,
        prefix=config.aws.prefix,
        environment_id=environment_id(config.aws.prefix, config.name),
        stack_name=stack_name(config.aws.prefix, config.name),
        mode="manual" if config.forge is None else "forge",
        region=config.region,
        account=config.aws.account,
        labels=tags,
        network=place,
        storage=files,
        compute=batch,
        roles=roles(config, batch.environments, flow_logs=groups.flow is not None),
        logs=groups,
        key=key,
        platform=worker,
        operations=watched,
        costs=costs(batch, files, place, key, watched, worker.identity),
        decisions=tuple(decisions),
        assumptions=tuple(
            assumptions(
                config,
                place=place,
                systems=files.file_systems,
                key=key,
                compute=batch,
                watched=watched,
            )
        ),
        problems=problems,
        config=config,
    )


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Problem):
        return value.as_dict()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, WorkDirectory):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
