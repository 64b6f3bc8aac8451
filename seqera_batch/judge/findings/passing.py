# SPDX-License-Identifier: Apache-2.0
"""Findings about `iam:PassRole`: who may hand which role to which service."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.catalog.authorization.patterns import filled
from seqera_batch.judge.findings.grant import Grant
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.words import listed

PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action


def any_role(policy: Policy) -> Iterator[Finding]:
    """Yield statements that hand on any role of the account."""
    for grant in policy.allowing(PASS_ROLE):
        found = roles_left_open(grant)
        if found:
            yield policy.finding(
                grant,
                kind="pass-any-role",
                message=f"{listed(found)} hands on every role of the account, admins' too",
                fix="name the roles, or the start that they share",
                source=sources.AWS_IAM_PASSING,
                actions=(PASS_ROLE,),
            )


def any_service(policy: Policy) -> Iterator[Finding]:
    """Yield statements that hand roles to whatever service."""
    for grant in policy.allowing(PASS_ROLE):
        services = passed_to(grant)
        if services is None or "*" in services:
            yield policy.finding(
                grant,
                kind="pass-to-any-service",
                message="the roles may be handed to any service that trusts them",
                fix="add the condition StringEquals iam:PassedToService",
                source=sources.AWS_IAM_PASSING,
                actions=(PASS_ROLE,),
            )


def roles_left_open(grant: Grant) -> list[str]:
    """Return the resources of a statement that match roles of any name."""
    return [one for one in grant.resources if set(filled(one).rpartition("role/")[2]) <= {"*", "/"}]


def passed_to(grant: Grant) -> tuple[str, ...] | None:
    """Return the services that a statement hands roles to; None where that is left open."""
    return grant.values("iam:PassedToService", ("StringEquals", "StringLike"))
