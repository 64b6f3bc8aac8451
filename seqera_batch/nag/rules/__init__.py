# SPDX-License-Identifier: Apache-2.0
"""The rules of the pack, by what they are about."""

from __future__ import annotations

from collections.abc import Mapping

from seqera_batch.nag.model import PackRule
from seqera_batch.nag.rules import compute_environments, jobs, launch_templates, surroundings

RULES: Mapping[str, PackRule] = {
    rule.name: rule
    for rule in sorted(
        (
            value
            for module in (compute_environments, jobs, launch_templates, surroundings)
            for value in vars(module).values()
            if isinstance(value, PackRule)
        ),
        key=lambda rule: rule.name,
    )
}
"""Every rule by its name."""
