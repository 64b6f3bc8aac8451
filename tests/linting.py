# SPDX-License-Identifier: Apache-2.0
"""Asks cfn-lint, whose rules take half a second to load: once for all templates of a region."""

from __future__ import annotations

from functools import cache

from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]
from cfnlint.decode import decode_str  # type: ignore[import-untyped]
from cfnlint.runner import Runner  # type: ignore[import-untyped]


@cache
def _runner(region: str, accepted: tuple[str, ...]) -> Runner:
    return Runner(ConfigMixIn(regions=[region], include_checks=["I"], ignore_checks=list(accepted)))


def said(template: str, region: str, *accepted: str) -> list[str]:
    """Return what cfn-lint finds in a template, down to its informational rules.

    Args:
        template: The text.
        region: Where it is to be deployed.
        accepted: Ids of rules that are not followed.
    """
    data, unreadable = decode_str(template)
    found = unreadable or _runner(region, accepted).validate_template(data)
    return [f"{one.rule.id} {one.message}" for one in found]
