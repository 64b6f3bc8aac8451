# SPDX-License-Identifier: Apache-2.0
"""What upgrades may break: what the changelog says of them."""

from __future__ import annotations

import re
from pathlib import Path

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def upgrade_notes(since: str) -> str:
    """Return what the changelog says under Upgrade of all that came after a release."""
    changelog = CHANGELOG.read_text("utf-8")
    newer = re.split(rf"^## {re.escape(since)}\b", changelog, flags=re.MULTILINE)[0]
    sections = re.findall(r"^### Upgrade\n(.*?)(?=^##|\Z)", newer, re.MULTILINE | re.DOTALL)
    return "\n".join(sections)
