# SPDX-License-Identifier: Apache-2.0
"""Statements of one's own: what a role may do besides what this library gives it."""

from typing import Literal

from seqera_batch.catalog import sources
from seqera_batch.config.formats import IamAction, IamResource, StatementName, Text
from seqera_batch.config.settings import Effect, Section, setting

OwnRole = Literal["head_job", "compute_job", "execution", "instance"]


class OwnStatement(Section, effect=Effect.ROLES, source=sources.AWS_IAM_STATEMENTS):
    """Something that roles of the environment may do as well."""

    name: StatementName = setting()
    """Short name of the statement; its Sid is `Own` and this."""
    roles: tuple[OwnRole, ...] = setting(min_length=1)
    """Which roles get it: those of the head job, of tasks (`compute_job`), of what prepares
    containers (`execution`), of nodes (`instance`).
    """
    actions: tuple[IamAction, ...] = setting(min_length=1)
    """What is allowed, as IAM names it."""
    resources: tuple[IamResource, ...] = setting(min_length=1)
    """On what: ARNs, or `*` where AWS offers nothing narrower."""
    reason: Text = setting(effect=Effect.NOTHING, source="")
    """Why it is needed, and for `*` why nothing narrower does; reviewers read it."""
    condition: dict[Text, dict[Text, Text | tuple[Text, ...]]] = setting(default={})
    """Operators, keys and values that must hold, as IAM's `Condition` has them."""
