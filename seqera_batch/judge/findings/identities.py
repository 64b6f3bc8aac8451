# SPDX-License-Identifier: Apache-2.0
"""What a reviewer would say of an identity's documents, where each of them goes."""

from __future__ import annotations

from seqera_batch.catalog import limits
from seqera_batch.judge.findings import Finding, findings
from seqera_batch.plan.documents import Identity
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An identity with what the review says of it, acknowledged or not."""

    identity: Identity
    findings: tuple[Finding, ...]


def findings_of(identity: Identity) -> tuple[Finding, ...]:
    """Return the findings about who may take an identity, then about what it may do."""
    trust = (
        findings(identity.trust, name=identity.name, limit=limits.TRUST_POLICY_CHARACTERS)
        if identity.trust is not None
        else ()
    )
    return (
        *trust,
        *findings(identity.permissions, name=identity.name, limit=identity.room),
    )
