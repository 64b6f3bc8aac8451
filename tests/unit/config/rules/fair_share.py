# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about fair share."""

from typing import Any

BY = {"aws.share.share_identifier": "TeamA"}
MANUAL = {"forge": None, "head_queue": "existing-head", "compute_queue": "existing-work"}


def shares(*names: str) -> dict[str, Any]:
    """Share among identifiers."""
    return {"aws.fair_share": {"shares": [{"share_identifier": name} for name in names]}, **BY}


ROWS: dict[str, dict[str, Any]] = {
    "fair-share-identifier": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, shares("TeamA"), {**MANUAL, **BY}],
        "breaks": [
            {
                "with": {"aws.fair_share": {}},
                "paths": ["aws.share"],
                "says": "take no task without an identifier",
            },
            {"with": BY, "paths": ["aws.share"], "says": "take no task with an identifier"},
        ],
    },
    "fair-share-head": {
        "own": "error",
        "exported": "error",
        "keeps": [shares("TeamA"), {"forge.type": "EC2"}],
        "breaks": [
            {
                "with": {"forge.type": "EC2", **shares("TeamA")},
                "paths": ["aws.fair_share"],
                "says": "submits head jobs without an identifier",
            },
        ],
    },
    "shares-apart": {
        "own": "error",
        "exported": "error",
        "keeps": [shares("TeamA", "TeamB", "Ward*"), shares("Team", "TeamA"), shares("A*", "B*")],
        "breaks": [
            {
                "with": shares("TeamA", "TeamA"),
                "paths": ["aws.fair_share.shares[1].share_identifier"],
                "says": "it meets TeamA",
            },
            {
                "with": shares("TeamA", "Team*"),
                "paths": ["aws.fair_share.shares[1].share_identifier"],
                "says": "it meets TeamA",
            },
            {
                "with": shares("Team*", "T*"),
                "paths": ["aws.fair_share.shares[1].share_identifier"],
                "says": "it meets Team*",
            },
        ],
    },
    "fair-share-for-good": {
        "own": "notice",
        "exported": "notice",
        "keeps": [{}, {**MANUAL, **BY}],
        "breaks": [
            {
                "with": shares("TeamA"),
                "paths": ["aws.fair_share"],
                "says": "never gains or loses fair share",
            },
        ],
    },
}
