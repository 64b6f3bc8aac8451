# SPDX-License-Identifier: Apache-2.0
"""Reads policies as a security reviewer would, and says what is wrong with them.

Any policy can be read: this library's documents, and others as JSON. Nothing is asked of AWS: what
actions exist and what they work on is in `catalog.authorization`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from seqera_batch.catalog import limits
from seqera_batch.judge.findings import (
    companions,
    escalation,
    form,
    passing,
    reach,
    shared,
    trust,
    wildcards,
)
from seqera_batch.judge.findings.grant import Grant, grants, once
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.policies.document import PolicyDocument

Check = Callable[[Policy], Iterator[Finding]]

__all__ = ["CHECKS", "Finding", "findings"]

CHECKS = (
    reach.unknown_actions,
    wildcards.wildcard_actions,
    wildcards.all_but,
    wildcards.wildcard_resources,
    wildcards.wildcard_names,
    wildcards.any_account,
    reach.actions_without_resources,
    reach.resources_that_never_match,
    reach.idle_resources,
    reach.missing_resource_types,
    reach.names_for_ids,
    reach.log_group_children,
    reach.idle_conditions,
    companions.missing_companions,
    companions.missing_services,
    passing.any_role,
    passing.any_service,
    escalation.escalations,
    escalation.escalations_through_roles,
    escalation.through_cloudformation,
    shared.others_things,
    shared.given_tags,
    shared.whole_listing,
    trust.anyone,
    trust.open_resources,
    trust.whole_account,
    trust.vendor_without_external_id,
    trust.any_workload,
    form.same_sid,
)
"""Every check but that of size, which depends on where the document goes."""

_OF_DOCUMENTS = frozenset(
    {
        reach.missing_resource_types,
        reach.log_group_children,
        companions.missing_companions,
        companions.missing_services,
        escalation.escalations_through_roles,
        shared.given_tags,
        form.same_sid,
    }
)
"""The checks that look at several statements together; the others judge each by itself."""
_TOGETHER = tuple(one for one in enumerate(CHECKS) if one[1] in _OF_DOCUMENTS)
_ALONE = tuple(one for one in enumerate(CHECKS) if one[1] not in _OF_DOCUMENTS)


def findings(
    policy: PolicyDocument | Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    name: str = "Policy",
    limit: int = limits.MANAGED_POLICY_CHARACTERS,
) -> tuple[Finding, ...]:
    """Return everything there is to say about a policy, in the order of its statements.

    Args:
        policy: A document of this library, or the JSON of a policy or of bare statements.
        name: What the findings' ids start with.
        limit: Characters that IAM takes where the document goes, white space not counted.

    Raises:
        ValueError: It is no policy.
    """
    return _findings(Policy(name=name, grants=grants(policy), size=_size(policy)), limit)


@once
def _findings(read: Policy, limit: int) -> tuple[Finding, ...]:
    """Return everything there is to say, once for documents that are equal."""
    found = [one for grant in read.grants for one in _of_statement(read.name, grant)]
    found += _checked(read, _TOGETHER)
    found += ((len(CHECKS), finding) for finding in form.too_long(read, limit))
    places = {grant.sid: place for place, grant in enumerate(read.grants)}
    found.sort(key=lambda one: (places.get(one[1].sid or "", -1), one[0]))
    return tuple(finding for _, finding in found)


@once
def _of_statement(name: str, grant: Grant) -> tuple[tuple[int, Finding], ...]:
    """Return what is said of a statement by itself, in whatever document of the name it is."""
    return tuple(_checked(Policy(name=name, grants=(grant,), size=0), _ALONE))


def _checked(policy: Policy, checks: Iterable[tuple[int, Check]]) -> Iterator[tuple[int, Finding]]:
    """Yield what checks say, each with the place of its check."""
    return ((place, finding) for place, check in checks for finding in check(policy))


def _size(policy: PolicyDocument | Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
    if isinstance(policy, PolicyDocument):
        return policy.size
    return len(json.dumps(policy, separators=(",", ":")))
