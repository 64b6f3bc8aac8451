# SPDX-License-Identifier: Apache-2.0
"""What a plan says of itself: no field is forgotten, and nothing is told that is not there."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import pytest

from seqera_batch.node import NodeSetup
from seqera_batch.plan.environments import ComputeEnvironment
from seqera_batch.plan.nodes import Disk, NodeTemplate
from seqera_batch.plan.operations import Operations
from seqera_batch.plan.queues import JobQueue
from seqera_batch.words import TOLD, UNTOLD, counted, listed, tell, told, untold

if TYPE_CHECKING:
    from tests.unit.plan.conftest import MakePlan


@dataclass(frozen=True)
class Example:
    """A little of everything."""

    size: int = field(metadata=told("{} GB"))
    types: tuple[str, ...] = field(default=(), metadata=told("types {}"))
    on: bool = field(default=False, metadata=told("on"))
    least: int | None = field(default=None, metadata=told(lambda n: f"from {n}" if n else None))
    key: str = field(default="a", metadata=untold("it is a name"))


def test_fields_are_told_in_their_order() -> None:
    """What has a value is told, several values with commas; what has none is left out."""
    assert list(tell(Example(size=5))) == ["5 GB"]
    everything = Example(size=5, types=("a", "b"), on=True, least=2)
    assert list(tell(everything)) == ["5 GB", "types a, b", "on", "from 2"]
    assert list(tell(Example(size=5, least=0))) == ["5 GB"]


@pytest.mark.parametrize(
    "kind", [ComputeEnvironment, JobQueue, NodeTemplate, Disk, NodeSetup, Operations]
)
def test_nothing_is_forgotten(kind: type) -> None:
    """Each field of what `plan`, picture and review tell says its words, or why it has none."""
    for one in fields(kind):
        assert (TOLD in one.metadata) != (UNTOLD in one.metadata), f"{kind.__name__}.{one.name}"


def test_a_field_is_told_by_every_reader(plan: MakePlan) -> None:
    """A value that a field gets is in the text of the plan and in the picture alike."""
    from seqera_batch.cli import plan as command
    from seqera_batch.judge.report.picture import picture

    decided = plan({"bid_percentage": 61, "ec2_key_pair": "ada"})
    text = "\n".join(command._lines(decided))  # noqa: SLF001 - what the command prints
    for words in ("up to 61% of the On-Demand price", "SSH with the key pair ada"):
        assert words in text
        assert words in picture(decided)


def test_names_in_a_sentence() -> None:
    """One thing is in the singular; of many names the first ones are told."""
    assert (counted(1, "queue"), counted(2, "queue")) == ("1 queue", "2 queues")
    assert listed(("a", "b", "c"), 2) == "a, b and 1 more"
    assert listed(["a", "b"], 2) == "a, b"
