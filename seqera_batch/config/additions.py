# SPDX-License-Identifier: Apache-2.0
"""What an app adds to an environment file, in the file's own words."""

from collections.abc import Sequence

from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.node_scripts import NodeScript
from seqera_batch.config.queues import TaskEnvironment, TaskQueue
from seqera_batch.config.settings import Section
from seqera_batch.config.statements import OwnStatement


class Additions(Section):
    """What is added before anything is planned: rules, plan, policies and review see it."""

    queues: Sequence[TaskQueue] = ()
    """Further queues for tasks, as `aws.queues` has them."""
    environments: Sequence[TaskEnvironment] = ()
    """Compute environments behind that of the main queue, in order, as
    `aws.compute.further_environments` has them."""
    node_scripts: Sequence[NodeScript] = ()
    """Scripts that nodes run before they take tasks, after those of the file."""
    statements: Sequence[OwnStatement] = ()
    """What roles of the environment may do as well, as `aws.iam.statements` has it."""

    def to(self, config: ForgeConfig) -> ForgeConfig:
        """Return the file with all of it, which the rules judge anew."""
        aws = config.aws
        changes: dict[str, object] = {}
        if self.queues:
            changes["queues"] = (*aws.queues, *self.queues)
        if self.environments:
            behind = (*aws.compute.further_environments, *self.environments)
            changes["compute"] = aws.compute.model_copy(update={"further_environments": behind})
        if self.node_scripts:
            changes["node_scripts"] = (*aws.node_scripts, *self.node_scripts)
        if self.statements:
            said = (*aws.iam.statements, *self.statements)
            changes["iam"] = aws.iam.model_copy(update={"statements": said})
        return config.with_aws(**changes) if changes else config
