# SPDX-License-Identifier: Apache-2.0
"""Tags in the two shapes that CloudFormation wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Mapping


def cfn_tags(tags: Mapping[str, str]) -> list[cdk.CfnTag]:
    """Return tags as the list that most resources take."""
    return [cdk.CfnTag(key=key, value=value) for key, value in tags.items()]


def tag_dicts(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as plain data for nested properties."""
    return [{"key": key, "value": value} for key, value in tags.items()]
