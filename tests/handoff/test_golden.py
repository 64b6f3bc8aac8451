# SPDX-License-Identifier: Apache-2.0
"""Every target's bytes for the scenarios; `pytest tests/handoff --snapshot-update` accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion

SCENARIOS = [
    ("spot-fusion-nvme", "manual"),
    ("spot-fusion-nvme", "forge"),
    ("on-demand", "manual"),
    ("efs", "forge"),
    ("dragen", "manual"),
    ("manual", "manual"),
    ("queues", "manual"),
]
TARGETS = [
    ("tw", {}),
    ("api", {"workspace": "4242", "credentials": "1aBcDeFgHiJkLmNoPqRsTu", "label_ids": (7, 8)}),
    ("seqerakit", {"workspace": "lab/genomics", "credentials": "aws"}),
    ("seqerakit", {"form": "explicit", "workspace": "lab/genomics", "credentials": "aws"}),
    ("terraform", {}),
    ("nextflow", {}),
]


class TextExtension(SingleFileSnapshotExtension):
    """One readable file a snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.mark.parametrize(("name", "mode"), SCENARIOS)
@pytest.mark.parametrize(
    ("target", "wanted"), TARGETS, ids=["tw", "api", "seqerakit", "explicit", "tf", "nextflow"]
)
def test_export(  # noqa: PLR0913, PLR0917 - two tables
    name: str,
    mode: str,
    target: str,
    wanted: dict[str, Any],
    exported: Callable[..., Any],
    snapshot: SnapshotAssertion,
) -> None:
    """The export is what was reviewed, the files beside it and the commands included."""
    if target == "nextflow" and mode == "forge":
        pytest.skip("Nextflow uses the queues of the stack only")
    rendered = exported(name, target, mode=mode, **wanted)
    parts = [
        rendered.text,
        *(f"--- {file}\n{text}" for file, text in rendered.beside.items()),
        "--- next\n" + "\n".join(rendered.commands) + "\n",
    ]
    assert "\n".join(parts) == snapshot(extension_class=TextExtension)
