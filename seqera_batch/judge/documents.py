# SPDX-License-Identifier: Apache-2.0
"""What only the documents can tell of a file: acknowledgements of nothing, and too many names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.catalog import limits, sources
from seqera_batch.judge.findings.acknowledge import is_of_finding, unmatched
from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.plan.documents import MANAGED_ROOM, PLATFORM, identities, reading
from seqera_batch.policies.document import PolicyDocument, Scope
from seqera_batch.problems import Problem, Severity
from seqera_batch.template.deployer import deployers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.plan import ForgePlan
    from seqera_batch.plan.documents import Identity

_ANY_ACCOUNT = "000000000000"
"""Stands for an account that the file does not name: no finding depends on it."""


_NAMES = {
    "HeadJobRole": "forge.allow_buckets",
    "ComputeJobRole": "forge.allow_buckets",
    "ExecutionRole": "aws.ecr_repositories",
    "InstanceRole": "aws.ecr_repositories",
    PLATFORM: "aws.platform_access.data_buckets",
}
"""By identity, the field with the names that its permissions grow by."""
_TRUSTED = {
    "role": "aws.platform_access.role.principals",
    "workload_identity": "aws.platform_access.workload_identity.workspaces",
}
"""By kind of Platform's identity, the field with the names that its trust grows by."""


def document_problems(config: ForgeConfig, plan: ForgePlan) -> tuple[Problem, ...]:
    """Return why an environment's documents cannot be deployed as the file has them."""
    return (*oversized_documents(plan), *unmatched_acknowledgements(config, plan))


def oversized_documents(plan: ForgePlan) -> tuple[Problem, ...]:
    """Return the documents that are longer than IAM takes, each as an error of the field."""
    where = _where(plan)
    found = [
        _oversized(path, identity.name, size, limit)
        for identity in identities(plan, where)
        for path, size, limit in _sizes(plan, identity)
        if size > limit
    ]
    return tuple(found)


def _sizes(plan: ForgePlan, identity: Identity) -> Iterator[tuple[str, int, int]]:
    """Yield field, characters and limit of what goes into IAM in one piece."""
    path = _NAMES.get(identity.name, "")
    yield path, identity.permissions.size, identity.room
    if identity.room == MANAGED_ROOM:
        # Between statements it is split, within one it cannot be.
        for statement in identity.permissions.statements:
            alone = PolicyDocument((statement,))
            yield path, alone.size, limits.MANAGED_POLICY_CHARACTERS
    if identity.trust is not None:
        trusted = (
            _TRUSTED.get(plan.platform.identity.kind or "", "") if identity.name == PLATFORM else ""
        )
        yield trusted, identity.trust.size, limits.TRUST_POLICY_CHARACTERS


def _oversized(path: str, name: str, size: int, limit: int) -> Problem:
    return Problem(
        rule="policy-size",
        severity=Severity.ERROR,
        path=path,
        message=f"with so many names a policy of {name} takes {size:,} characters",
        allowed=f"{limit:,}, which is what IAM takes",
        fix="name buckets instead of their folders, or what names start with"
        if path in _NAMES.values()
        else "let several share one role of yours",
        source=sources.AWS_IAM_LIMITS,
    )


def _where(plan: ForgePlan) -> Scope:
    return plan.scope(_ANY_ACCOUNT)


def unmatched_acknowledgements(config: ForgeConfig, plan: ForgePlan) -> tuple[Problem, ...]:
    """Return the acknowledgements of findings that accept nothing, each an error.

    Costs nothing where the file acknowledges no finding.
    """
    acknowledgements = config.aws.acknowledgements
    if not any(map(is_of_finding, acknowledgements)):
        return ()
    where = _where(plan)
    everybody = (
        *identities(plan, where),
        *deployers(config, plan, where),
        *reading(plan, where),
    )
    found = [finding for identity in everybody for finding in findings_of(identity)]
    return tuple(unmatched(found, acknowledgements))
