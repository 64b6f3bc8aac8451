# SPDX-License-Identifier: Apache-2.0
"""The table of answers as a whole."""

from __future__ import annotations

from seqera_batch.account.leaves import LEAVES
from seqera_batch.account.texts import BLOCKED, INVALID, SAID, SCALING, STOPPED
from tests.account import test_check, test_doctor, test_leftovers


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


def test_texts_lead_to_answers() -> None:
    """Every text of AWS that is known leads to an answer."""
    for table in (BLOCKED, INVALID, SAID, SCALING, STOPPED):
        assert set(table.values()) <= LEAVES.keys()
