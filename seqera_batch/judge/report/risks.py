# SPDX-License-Identifier: Apache-2.0
"""What stays possible when everything is as it should be: what a signature accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.plan import ForgePlan


def residual_risks(plan: ForgePlan) -> tuple[str, ...]:
    """Return the risks that remain, the widest first; the page on security says more of each."""
    return tuple(_risks(plan))


def _risks(plan: ForgePlan) -> Iterator[str]:
    written = ", ".join(one.uri for one in plan.storage.buckets if not one.read_only)
    where = f", and all files in {written}" if written else ""
    yield f"Who starts a run runs any code, with the rights of head job and tasks{where}."
    yield (
        "Environments of one account and region are not apart: a run can use another's job "
        "definitions, and end its jobs."
    )
    if plan.platform.identity.access_key_secret is not None:
        yield "Platform has an access key that lasts until somebody changes it."
    if plan.compute.node_templates:
        yield "A task can ask its node for the node's credentials, and take a node's place."
    if plan.storage.file_systems:
        yield "Every job can read and write, as root, the file systems that nodes mount."
    network = plan.network
    if network is not None and network.mode != "isolated":
        out = "by HTTPS " if network.restricted_egress else ""
        yield f"Jobs can send data {out}to any address."
