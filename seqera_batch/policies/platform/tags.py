# SPDX-License-Identifier: Apache-2.0
"""Conditions on the tags that Platform's resource labels become; none where no tag is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from seqera_batch.policies.document import Conditions


def requested(tags: Mapping[str, str]) -> Conditions:
    """Return that a request gives these tags to what it makes."""
    return _all("aws:RequestTag", tags)


def tagging(tags: Mapping[str, str]) -> Conditions:
    """Return that a request writes these tags, and on nothing that carries another value.

    What carries none passes: what is just being made has no tags yet.
    """
    if not tags:
        return {}
    kept = {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
    return {**requested(tags), "StringEqualsIfExists": kept}


def carried(tags: Mapping[str, str]) -> Conditions:
    """Return that what a request is about carries these tags."""
    return _all("aws:ResourceTag", tags)


def _all(key: str, tags: Mapping[str, str]) -> Conditions:
    # Not IfExists: whatever lacks the tag would pass.
    wanted: dict[str, str | list[str]] = {f"{key}/{name}": value for name, value in tags.items()}
    return {"StringEquals": wanted} if wanted else {}
