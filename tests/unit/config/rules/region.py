# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks the rule about the region."""

from typing import Any

ROWS: dict[str, dict[str, Any]] = {
    "stack-region": {"own": "warning", "exported": "warning", "keeps": [{}], "breaks": []},
    "region-known": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{"region": one} for one in ("us-east-1", "cn-north-1", "us-gov-west-1")],
        "breaks": [
            {
                "with": {"region": "eu-wst-1"},
                "paths": ["region"],
                "says": "no such region",
                "fixes": "did you mean eu-west-1?",
            },
            {
                "with": {"region": "zz-far-away-9"},
                "paths": ["region"],
                "says": "newer than this release",
                "fixes": "check the code",
            },
        ],
    },
}
