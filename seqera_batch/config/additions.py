# SPDX-License-Identifier: Apache-2.0
"""What an app adds to an environment file, in the file's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.node_scripts import NodeScript
    from seqera_batch.config.queues import TaskEnvironment, TaskQueue
    from seqera_batch.config.statements import OwnStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What is added before anything is planned: rules, plan, policies and review see it.

    Args:
        queues: Further queues for tasks, as `aws.queues` has them.
        environments: Compute environments behind that of the main queue, in order, as
            `aws.compute.further_environments` has them.
        node_scripts: Scripts that nodes run before they take tasks, after those of the file.
        statements: What roles of the environment may do as well, as `aws.iam.statements` has it.
    """

    queues: Sequence[TaskQueue] = ()
    environments: Sequence[TaskEnvironment] = ()
    node_scripts: Sequence[NodeScript] = ()
    statements: Sequence[OwnStatement] = ()

    def to(self, config: ForgeConfig) -> ForgeConfig:
        """Return the file with all of it, which the rules judge anew."""
        changes: dict[str, object] = {}
        if self.queues:
            changes["queues"] = (*config.aws.queues, *self.queues)
        if self.environments:
            behind = (*config.aws.compute.further_environments, *self.environments)
            changes["compute"] = config.aws.compute.model_copy(
                update={"further_environments": behind}
            )
        if self.node_scripts:
            changes["node_scripts"] = (*config.aws.node_scripts, *self.node_scripts)
        if self.statements:
            said = (*config.aws.iam.statements, *self.statements)
            changes["iam"] = config.aws.iam.model_copy(update={"statements": said})
        return config.with_aws(**changes) if changes else config
