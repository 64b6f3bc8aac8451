# SPDX-License-Identifier: Apache-2.0
"""Asks cfn-lint, whose rules take half a second to load: once for all templates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]
from cfnlint.decode import decode_str  # type: ignore[import-untyped]
from cfnlint.runner import Runner  # type: ignore[import-untyped]
from cfnlint.runner.template import run_template_by_data  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from cfnlint.rules import Rules  # type: ignore[import-untyped]


@cache
def _rules() -> Rules:
    return Runner(ConfigMixIn()).rules


def said(template: str, region: str, *accepted: str) -> list[str]:
    """Return what cfn-lint finds in a template, down to its informational rules.

    Args:
        template: The text.
        region: Where it is to be deployed.
        accepted: Ids of rules that are not followed.
    """
    data, unreadable = decode_str(template)
    config = ConfigMixIn(regions=[region], include_checks=["I"], ignore_checks=list(accepted))
    found = unreadable or run_template_by_data(data, config, _rules())
    return [f"{one.rule.id} {one.message}" for one in found]
