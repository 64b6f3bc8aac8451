# SPDX-License-Identifier: Apache-2.0
"""Statements that the file adds to roles, as the documents have them."""

from __future__ import annotations

from seqera_batch.catalog.names import RoleKind
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.statements import OwnRole, OwnStatement
from seqera_batch.policies import growth
from seqera_batch.policies.document import Statement

_KINDS: dict[OwnRole, RoleKind] = {
    "head_job": "HeadJobRole",
    "compute_job": "ComputeJobRole",
    "execution": "ExecutionRole",
    "instance": "InstanceRole",
}


def own_statements(config: ForgeConfig) -> dict[RoleKind, tuple[Statement, ...]]:
    """Return the statements that the file adds, by kind of role."""
    return {
        kind: tuple(_statement(one) for one in config.aws.iam.statements if role in one.roles)
        for role, kind in _KINDS.items()
        if any(role in one.roles for one in config.aws.iam.statements)
    }


def _statement(said: OwnStatement) -> Statement:
    return Statement(
        # No statement of ours starts so, whatever name somebody gives.
        sid=f"Own{said.name}",
        actions=tuple(dict.fromkeys(said.actions)),
        resources=tuple(dict.fromkeys(said.resources)),
        conditions={
            operator: {
                key: value if isinstance(value, str) else list(value) for key, value in keys.items()
            }
            for operator, keys in said.condition.items()
        },
        reason=said.reason,
        grows_by=(growth.STATEMENTS,),
    )
