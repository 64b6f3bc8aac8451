# SPDX-License-Identifier: Apache-2.0
"""Statements of one's own: what a role may do besides what this library gives it."""

from __future__ import annotations

from typing import Literal

from seqera_batch.catalog import sources
from seqera_batch.config.formats import IamAction, IamResource, StatementName, Text
from seqera_batch.config.settings import Effect, Section, setting

OwnRole = Literal["head_job", "compute_job", "execution", "instance"]


class OwnStatement(Section):
    """Something that roles of the environment may do as well."""

    name: StatementName = setting(effect=Effect.ROLES, source=sources.AWS_IAM_STATEMENTS)
    """Short name of the statement; its Sid is `Own` and this."""
    roles: tuple[OwnRole, ...] = setting(
        effect=Effect.ROLES, source=sources.AWS_IAM_STATEMENTS, min_length=1
    )
    """Which roles get it: those of the head job, of tasks (`compute_job`), of what prepares
    containers (`execution`), of nodes (`instance`).
    """
    actions: tuple[IamAction, ...] = setting(
        effect=Effect.ROLES, source=sources.AWS_IAM_STATEMENTS, min_length=1
    )
    """What is allowed, as IAM names it."""
    resources: tuple[IamResource, ...] = setting(
        effect=Effect.ROLES, source=sources.AWS_IAM_STATEMENTS, min_length=1
    )
    """On what: ARNs, or `*` where AWS offers nothing narrower."""
    reason: Text = setting(effect=Effect.NOTHING)
    """Why it is needed, and for `*` why nothing narrower does; reviewers read it."""
    condition: dict[Text, dict[Text, Text | tuple[Text, ...]]] = setting(
        default={}, omitted="none", effect=Effect.ROLES, source=sources.AWS_IAM_STATEMENTS
    )
    """Operators, keys and values that must hold, as IAM's `Condition` has them."""
