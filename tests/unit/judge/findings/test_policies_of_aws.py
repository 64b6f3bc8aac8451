# SPDX-License-Identifier: Apache-2.0
"""AWS's own managed policies under review: all of them can be read, and some are known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from seqera_batch.judge.findings import findings

POLICIES: dict[str, Any] = {
    name: policy["Document"] for name, policy in json.loads(aws_managed_policies_data).items()
}
SHARE = 25
"""One in so many is read: all take a quarter of a minute, and none has ever failed."""


def test_any_policy_can_be_read() -> None:
    """Whatever AWS writes is read, and what is said is told apart by its id."""
    for name in sorted(POLICIES)[::SHARE]:
        found = findings(POLICIES[name], name=name)
        assert all(one.message and one.fix for one in found)
        kinds = [(one.id, one.message) for one in found]
        assert len(set(kinds)) == len(kinds), name


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("AdministratorAccess", {"wildcard-action", "escalation-PutRolePolicy", "pass-any-role"}),
        ("IAMFullAccess", {"wildcard-action", "escalation-CreatePolicyVersion"}),
        ("AmazonEC2SpotFleetTaggingRole", {"pass-any-role", "escalation-PassRole-RunInstances"}),
        ("AmazonECSTaskExecutionRolePolicy", {"wildcard-resource"}),
    ],
)
def test_what_is_known_of_some(name: str, kinds: set[str]) -> None:
    """Policies that are known to be wide are found to be."""
    assert kinds <= {one.kind for one in findings(POLICIES[name])}
