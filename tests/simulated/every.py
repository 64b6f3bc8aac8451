# SPDX-License-Identifier: Apache-2.0
"""All tables, one for each document."""

from __future__ import annotations

from tests.simulated import deployment, forge, jobs, nodes, platform, readers

TABLES = (
    *jobs.TABLES,
    *nodes.TABLES,
    *platform.TABLES,
    *forge.TABLES,
    *deployment.TABLES,
    *readers.TABLES,
)
