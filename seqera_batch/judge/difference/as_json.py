# SPDX-License-Identifier: Apache-2.0
"""The difference as JSON with stable keys, for other programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from seqera_batch.judge.difference.model import Difference
from seqera_batch.judge.difference.telling import verdict
from seqera_batch.judge.report.as_json import GENERATOR


def text(difference: Difference) -> str:
    """Return the difference as one JSON document."""
    return json.dumps({"generator": GENERATOR} | as_dict(difference), indent=2) + "\n"


def as_dict(difference: Difference) -> dict[str, Any]:
    """Return the difference as JSON-ready data; the keys are stable."""
    plan = difference.new.plan
    return {
        "name": plan.name,
        "environment_id": plan.environment_id,
        "region": plan.region,
        "account": plan.account,
        "old": difference.old.origin,
        "new": difference.new.origin,
        "change": difference.change,
        "widened": difference.change.widens,
        "verdict": verdict(difference),
        "fields": list(difference.fields),
        "notes": [asdict(one) for one in difference.notes],
        "identities": [asdict(one) | {"change": one.change} for one in difference.identities],
        "protections": [asdict(one) for one in difference.protections],
        "resources": [
            {
                "id": one.id,
                "type": one.type,
                "outcome": str(one.outcome),
                "properties": list(one.properties),
            }
            for one in difference.resources
        ],
        "findings": [finding.as_dict() for finding in difference.findings],
        "settled": list(difference.settled),
        "acknowledged": dict(difference.acknowledged),
    }
