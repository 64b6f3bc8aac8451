# SPDX-License-Identifier: Apache-2.0
"""The nodes' scripts stay within what the rule on `ecs_config` leaves them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.catalog import limits
from seqera_batch.config.rules.nodes import NODE_SCRIPT_RESERVE_BYTES
from seqera_batch.node import render

if TYPE_CHECKING:
    from seqera_batch.node import NodeSetup

EVERYTHING = {
    "name": "n" * 38,
    "region": "ap-southeast-2",
    "work_dir": "s3://bucket/work",
    "forge": {
        "type": "SPOT",
        "max_cpus": 10,
        "efs_create": True,
        "efs_mount": "/mnt/" + "e" * 60,
        "fsx_size": 1200,
        "fsx_mount": "/mnt/" + "f" * 60,
    },
    "aws": {"compute": {"data_disk": {"size": 500}}},
}
DEPLOYED = {
    "Efs": "fs-0123456789abcdef0",
    "Fsx": "fs-0123456789abcdef0",
    "Fsx.DNSName": "fs-0123456789abcdef0.fsx.ap-southeast-2.amazonaws.com",
    "Fsx.LustreMountName": "abcdefgh",
    "NodeLogGroup": f"/seqera-batch/TowerForge-{EVERYTHING['name']}/nodes",
}
"""What stands for the marks when a node starts, and counts."""
FUSION = {"wave_enabled": True, "fusion2_enabled": True, "nvme_storage_enabled": True}


@pytest.mark.parametrize("options", [{}, FUSION], ids=["aws-cli", "fusion-nvme"])
def test_scripts_fit_their_reserve(options: dict[str, bool]) -> None:
    """With every option at its longest the scripts take no more than their share."""
    plan = ForgePlan.of(ForgeConfig.from_dict({**EVERYTHING, **options}))
    for template in plan.compute.node_templates:
        assert _deployed_size(template.setup) <= NODE_SCRIPT_RESERVE_BYTES


def test_longest_ecs_config_fits() -> None:
    """The longest text that the rule lets pass still leaves the user data below EC2's limit."""
    most = limits.USER_DATA_BYTES - NODE_SCRIPT_RESERVE_BYTES
    document = {**EVERYTHING, **FUSION}
    document["forge"] = {**EVERYTHING["forge"], "ecs_config": "#" * most}  # type: ignore[dict-item]
    plan = ForgePlan.of(ForgeConfig.from_dict(document))
    for template in plan.compute.node_templates:
        assert _deployed_size(template.setup) <= limits.USER_DATA_BYTES


def _deployed_size(setup: NodeSetup) -> int:
    text = re.sub(r"@\{([\w.]+)\}", lambda mark: DEPLOYED[mark[1]], render(setup))
    return len(text.encode())
