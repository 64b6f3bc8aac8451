# SPDX-License-Identifier: Apache-2.0
"""The table of answers as a whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from seqera_batch.account.leaves import LEAVES
from seqera_batch.account.texts import BLOCKED, INVALID, SAID, SCALING, STOPPED
from tests.account import test_check, test_doctor, test_leftovers
from tests.docs.stand_ins import aws

FIELDS = Path(__file__).parents[2] / "docs" / "reference" / "environment-file.md"


def test_each_is_given_by_a_scenario() -> None:
    """There is no answer without an account of which it is true."""
    given = {
        leaf
        for scenarios in (test_doctor.SCENARIOS, test_doctor.ASKED, test_check.SCENARIOS)
        for *_, expected in scenarios.values()
        for leaf in expected
    }
    given |= {leaf for _, leaf, _ in test_leftovers.SCENARIOS.values()}
    # A job behind another has a test of its own.
    given |= {leaf for _, expected in test_doctor.BUDGETS.values() for leaf in expected}
    assert given | {"job-not-first"} == LEAVES.keys()


def test_commands_are_those_of_awss_cli() -> None:
    """Whatever command a fix names, AWS's CLI takes it; a test of `leftovers` holds its own."""
    for leaf in LEAVES.values():
        for command in re.findall(r"`aws ([^`]+)`", leaf.fix):
            option = command.replace("{option}", "enable-dns-support")
            aws(shlex.split(re.sub(r"[{}]", "", option)))


def test_fields_are_those_of_a_file() -> None:
    """Whatever field of a file a fix names, there is."""
    known = set(re.findall(r"^#+ `([a-z0-9_.]+)`$", FIELDS.read_text("utf-8"), re.MULTILINE))
    for leaf in LEAVES.values():
        named = re.findall(r"\b(?:forge|aws)\.[a-z_.]+", f"{leaf.says} {leaf.fix}")
        assert {one.rstrip(".") for one in named} <= known | {"aws.compute", "aws.head"}, leaf.id


def test_texts_lead_to_answers() -> None:
    """Every text of AWS that is known leads to an answer."""
    for table in (BLOCKED, INVALID, SAID, SCALING, STOPPED):
        assert set(table.values()) <= LEAVES.keys()
