# SPDX-License-Identifier: Apache-2.0
"""What only a plan can tell of a file: acknowledgements of nothing, too many names, a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from operator import attrgetter, itemgetter
from typing import Any, cast

from seqera_batch.catalog import limits, sources
from seqera_batch.config.check import ForgeConfig
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import MANAGED_ROOM, Identity, identities, reading
from seqera_batch.policies.document import PolicyDocument, Scope
from seqera_batch.policies.growth import Growth
from seqera_batch.problems import ConfigError, Problem, errors

_ANY_ACCOUNT = "000000000000"
"""Stands for an account that the file does not name: no finding depends on it."""


def refuse_undeployable(plan: ForgePlan) -> None:
    """Refuse documents that AWS would refuse.

    Raises:
        ConfigError: With what is wrong with them.
    """
    undeployable = document_problems(plan)
    if undeployable:
        raise ConfigError(undeployable)


def document_problems(plan: ForgePlan) -> tuple[Problem, ...]:
    """Return why an environment's documents cannot be deployed as the file has them."""
    return (
        *_oversized_documents(plan),
        *unmatched_acknowledgements(plan),
        *_unregistrable(plan.config),
    )


def _unregistrable(config: ForgeConfig) -> tuple[Problem, ...]:
    """Return what Platform would refuse of an environment that the deployment registers."""
    if config.aws.platform_registration is None:
        return ()
    from seqera_batch.handoff.honesty import registration_problems  # noqa: PLC0415 - seldom needed
    from seqera_batch.handoff.target import Request  # noqa: PLC0415 - as above

    return errors(registration_problems(config, Request(target="api")))


def _oversized_documents(plan: ForgePlan) -> tuple[Problem, ...]:
    """Return what is longer than IAM takes: an error for each field that makes it so."""
    longest: dict[str, tuple[int, Problem]] = {}
    for identity in identities(plan, _where(plan)):
        for document, allowed in _too_long(identity):
            problem = _oversized(plan.config, identity.name, document, allowed)
            longest[problem.path] = max(
                longest.get(problem.path, (0, problem)), (document.size, problem), key=itemgetter(0)
            )
    return tuple(problem for _, problem in longest.values())


def _too_long(identity: Identity) -> Iterator[tuple[PolicyDocument, str]]:
    """Yield what IAM does not take in one piece, and what it takes."""
    permissions, trust = identity.permissions, identity.trust
    if identity.room == MANAGED_ROOM:
        # Between statements they are split, within one they cannot be.
        limit, count = limits.MANAGED_POLICY_CHARACTERS, limits.MANAGED_POLICIES_PER_IDENTITY
        statements = (PolicyDocument((statement,)) for statement in permissions.statements)
        largest = max(statements, key=attrgetter("size"))
        if largest.size > limit:
            yield largest, f"{limit:,}"
        elif len(permissions.split(limit)) > count:
            yield permissions, f"{count} policies of {limit:,}, each with whole statements"
    elif permissions.size > identity.room:
        yield permissions, f"{identity.room:,}"
    if trust is not None and trust.size > limits.TRUST_POLICY_CHARACTERS:
        yield trust, f"{limits.TRUST_POLICY_CHARACTERS:,}"


def _oversized(config: ForgeConfig, name: str, document: PolicyDocument, allowed: str) -> Problem:
    growth = _grown_by(config, document)
    count = len(_entries(config, growth))
    return Problem(
        "policy-size",
        growth.field,
        f"with so many entries a policy of {name} takes {document.size:,} characters",
        value=f"{count} entries",
        allowed=f"{allowed}, which is what IAM takes",
        fix=growth.shorten,
        source=sources.AWS_IAM_LIMITS,
    )


def _grown_by(config: ForgeConfig, document: PolicyDocument) -> Growth:
    """Return the field by which most of a document has grown, of those that the file has."""
    sizes: Counter[Growth] = Counter()
    for statement in document.statements:
        said = [growth for growth in statement.grows_by if _entries(config, growth)]
        if said:
            most = max(said, key=lambda growth: len(str(_entries(config, growth))))
            sizes[most] += PolicyDocument((statement,)).size
    [(growth, _)] = sizes.most_common(1)
    return growth


def _entries(config: ForgeConfig, growth: Growth) -> Collection[str]:
    found: Any = config
    for part in growth.field.split("."):
        found = getattr(found, part, ())
    return cast("Collection[str]", found)


def _where(plan: ForgePlan) -> Scope:
    return plan.scope(_ANY_ACCOUNT)


def unmatched_acknowledgements(plan: ForgePlan) -> tuple[Problem, ...]:
    """Return the acknowledgements of findings that accept nothing, each an error.

    Costs nothing where the file acknowledges no finding.
    """
    acknowledgements = plan.config.aws.acknowledgements
    if not acknowledgements:
        return ()
    from seqera_batch.judge.findings.acknowledge import (  # noqa: PLC0415 - few files need them
        is_of_finding,
        unmatched,
    )
    from seqera_batch.judge.findings.identities import findings_of  # noqa: PLC0415 - as above
    from seqera_batch.template.deployer import deployers  # noqa: PLC0415 - as above

    if not any(map(is_of_finding, acknowledgements)):
        return ()
    where = _where(plan)
    everybody = (*identities(plan, where), *deployers(plan, where), *reading(plan, where))
    found = [finding for identity in everybody for finding in findings_of(identity)]
    return tuple(unmatched(found, acknowledgements))
