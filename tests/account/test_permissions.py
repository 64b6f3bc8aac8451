# SPDX-License-Identifier: Apache-2.0
"""What the commands call is what their documents allow, no more and no less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgePlan
from seqera_batch.account.check import check
from seqera_batch.account.doctor import doctor
from seqera_batch.account.leftovers import leftovers
from seqera_batch.account.reading import Account, action_of
from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.plan.documents import reading
from seqera_batch.policies.document import Scope
from seqera_batch.problems import Severity
from tests.account import test_check, test_doctor, test_leftovers
from tests.account.conftest import ACCOUNT, REGION, Double, config, failure, well

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Scope(partition="aws", region=REGION, account=ACCOUNT)
WATCHED: dict[str, Any] = {"budget": {"amount": 1}}
TOLD = {"topic": test_check.TOPIC, "queue_check": {}}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def _doctor(double: Double) -> Iterator[ForgePlan]:
    for changes, _ in test_doctor.SCENARIOS.values():
        well(double)
        for change in changes:
            change(double)
        yield ForgePlan.of(config())
        double.replies.clear()
    well(double)
    yield ForgePlan.of(config(aws={"operations": WATCHED}))
    # Security groups that exist are looked at where a node reaches nothing.
    well(double)
    test_doctor.node(test_doctor.said())(double)
    yield ForgePlan.of(config(**test_check.EXISTING))


def _check(double: Double) -> Iterator[ForgePlan]:
    for said, changes, _ in test_check.SCENARIOS.values():
        well(double)
        test_check.prepare(double)
        for change in changes:
            change(double)
        yield ForgePlan.of(config(**said))
        double.replies.clear()


def _leftovers(double: Double) -> Iterator[ForgePlan]:
    plan = ForgePlan.of(config(**test_leftovers.KEPT))
    lists, _, _ = test_leftovers.SCENARIOS["instance"]
    double.having(**lists)
    yield plan
    test_leftovers.half(double)
    double.having(ec2_DescribeVpcs__Vpcs=[{"VpcId": "vpc-1"}])
    yield plan
    double.having(
        cloudformation_DescribeStacks=failure("ValidationError"),
        batch_DescribeJobQueues__jobQueues=[],
    )
    yield plan


COMMANDS: dict[str, tuple[Callable[..., Any], Callable[[Double], Iterator[ForgePlan]]]] = {
    "Doctor": (doctor, _doctor),
    "Check": (check, _check),
    "Leftovers": (leftovers, _leftovers),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_calls_are_what_is_allowed(
    name: str, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all scenarios every action of the document is called, and no other."""
    command, plans = COMMANDS[name]
    called: set[str] = set()
    original = Account._safely  # noqa: SLF001 - every call goes through it

    def noted(account: Account, service: str, operation: str, *rest: Any) -> Any:
        called.add(action_of(service, operation))
        return original(account, service, operation, *rest)

    monkeypatch.setattr(Account, "_safely", noted)
    for plan in plans(double):
        list(command(Account(REGION), plan))
    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/own"
    named = {"permissions_boundary": BOUNDARY, "instance_profile": profile}
    plan = ForgePlan.of(
        config(
            aws={"iam": named, "operations": TOLD | WATCHED}, forge={"alloc_strategy": "BEST_FIT"}
        )
    )
    [identity] = (one for one in reading(plan, HERE) if one.name == name)
    allowed = {a for one in identity.permissions.statements for a in one.actions}
    # Nobody needs a permission to learn who they are.
    assert called - {"sts:GetCallerIdentity"} == allowed


@pytest.mark.parametrize("mode", ["forge", "manual"])
def test_documents_are_reviewed(mode: str) -> None:
    """The review finds no more than what AWS lets nobody narrow, and names that others chose."""
    plan = ForgePlan.of(config() if mode == "forge" else test_doctor.manual())
    # Nodes that others' environments start have no label to know them by.
    # With BEST_FIT, neither have requests of Spot Fleet.
    of_others = {"wildcard-name"} if mode == "manual" else set()
    for identity in reading(plan, HERE):
        found = findings_of(identity)
        assert {one.id.rpartition(":")[2] for one in found} <= {"wildcard-resource"} | of_others
        assert not [one for one in found if one.severity is Severity.ERROR]
