# SPDX-License-Identifier: Apache-2.0
"""The review as JSON with stable keys, for other programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from seqera_batch.judge.report.model import Allowed, Review, ReviewedIdentity
from seqera_batch.policies.document import PolicyDocument, Statement
from seqera_batch.version import __version__

GENERATOR = f"seqera-batch {__version__}"
"""Who writes it, which tells a later command that the file is ours."""


def text(reviews: Sequence[Review]) -> str:
    """Return the reviews as one JSON document: who wrote it, and `reviews`."""
    data = {"generator": GENERATOR, "reviews": [as_dict(review) for review in reviews]}
    return json.dumps(data, indent=2) + "\n"


def as_dict(review: Review) -> dict[str, Any]:
    """Return a review as JSON-ready data; the keys are stable."""
    plan, published = review.plan, review.comparison.published
    return {
        "name": plan.name,
        "environment_id": plan.environment_id,
        "file": review.origin,
        "file_digest": review.file_digest,
        "digest": review.digest,
        "region": plan.region,
        "account": plan.account,
        "version": __version__,
        "summary": review.summary,
        "settled": review.is_settled,
        "residual_risks": list(review.residual_risks),
        "identities": [_identity(one) for one in review.identities],
        "resources": [_identity(one) for one in review.resources],
        "deployers": [_identity(one) for one in review.deployers],
        "published": {
            "title": published.title,
            "state": published.state,
            "source": published.source,
            "theirs": _allowed(review.comparison.theirs),
            "ours": _allowed(review.comparison.ours),
            "differences": [asdict(one) for one in review.comparison.differences],
        },
        "problems": [problem.as_dict() for problem in review.problems],
        "acknowledgements": dict(review.acknowledgements),
        "idle_costs": [asdict(cost) for cost in plan.costs.idle],
        "quotas": [asdict(use) for use in plan.costs.quotas],
        "assumptions": list(plan.assumptions),
        "changes": [
            {"field": one.field, "value": one.value, "effect": str(one.effect)}
            for one in review.changes
        ],
    }


def _identity(one: ReviewedIdentity) -> dict[str, Any]:
    identity = one.identity
    return {
        "name": identity.name,
        "purpose": identity.purpose,
        "arn": identity.arn,
        "created": identity.created,
        "digest": identity.digest,
        "counts": asdict(one.count),
        "trust": _document(identity.trust),
        "permissions": _document(identity.permissions),
        "purposes": {
            purpose.title: [_told(statement) for statement in purpose.statements]
            for purpose in one.purposes
        },
        "findings": [finding.as_dict() for finding in one.findings],
    }


def _document(document: PolicyDocument | None) -> dict[str, Any] | None:
    return None if document is None else document.to_dict()


def _told(statement: Statement) -> dict[str, Any]:
    return {"sid": statement.sid, "reason": statement.reason, "source": statement.source}


def _allowed(one: Allowed) -> dict[str, Any]:
    return asdict(one.count) | {"errors": one.errors, "warnings": one.warnings}
