# SPDX-License-Identifier: Apache-2.0
"""Findings about what IAM refuses whatever it says: size, and statements of the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.words import listed


def too_long(policy: Policy, limit: int) -> Iterator[Finding]:
    """Yield the document if it is longer than IAM takes.

    Args:
        policy: The document.
        limit: Characters without white space.
    """
    if policy.size > limit:
        yield policy.finding(
            None,
            kind="too-long",
            message=f"the document has {policy.size} characters without white space, more than "
            f"the {limit} that IAM takes here",
            fix="split it, or name fewer resources by the start that they share",
            source=sources.AWS_IAM_LIMITS,
        )


def same_sid(policy: Policy) -> Iterator[Finding]:
    """Yield Sids that two statements have."""
    sids = [one.sid for one in policy.grants]
    if len(set(sids)) < len(sids):
        found = [sid for sid, count in Counter(sids).items() if count > 1]
        yield policy.finding(
            None,
            kind="same-sid",
            message=f"{listed(found)} names more than one statement, which IAM refuses",
            fix="give each statement a Sid of its own",
            source="https://docs.aws.amazon.com/IAM/latest/UserGuide/"
            "reference_policies_elements_sid.html",
        )
