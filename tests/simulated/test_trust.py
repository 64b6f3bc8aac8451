# SPDX-License-Identifier: Apache-2.0
"""Who may take which role, and who may not, asked of a policy simulator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from seqera_batch.policies import credential, flow_logs, registration, trust
from tests.simulated.calls import ABROAD, ACCOUNT, STRANGER, arn, iam
from tests.simulated.conftest import HERE, SIMULATOR, simulate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seqera_batch.policies.document import PolicyDocument

ROLE = iam("role/TowerForge-spot-HeadJobRole")
SEQERA = credential.SEQERA_CLOUD_ROLE
ADA, BOB = iam("user/ada"), iam("user/bob")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Somebody takes a role.

    Args:
        who: A service, or the ARN of a user or role.
        action: What is called.
        context: Condition keys of the request.
    """

    who: str
    action: str = "sts:AssumeRole"
    context: Mapping[str, str] = field(default_factory=dict)


def _from(service: str, resource: str, *, account: str = ACCOUNT, **where: str) -> dict[str, str]:
    return {
        "aws:SourceAccount": account,
        "aws:SourceArn": arn(service, resource, account=account, **where),
    }


TASKS = "ecs-tasks.amazonaws.com"
FLOW_LOGS = "vpc-flow-logs.amazonaws.com"
ROWS: dict[str, tuple[PolicyDocument, list[Taking], list[Taking]]] = {
    "jobs": (
        trust.trust_ecs_tasks(HERE),
        [Taking(who=TASKS, context=_from("ecs", "task/x/0a"))],
        [
            Taking(who=TASKS),
            Taking(who=TASKS, context=_from("ecs", "task/x/0a", account=STRANGER)),
            Taking(who=TASKS, context=_from("ecs", "task/x/0a", region=ABROAD)),
            Taking(who=TASKS, context=_from("batch", "job/0a")),
            Taking(who="ec2.amazonaws.com", context=_from("ecs", "task/x/0a")),
            Taking(who="lambda.amazonaws.com"),
            Taking(who=ADA),
            Taking(who=SEQERA),
        ],
    ),
    "nodes": (
        trust.trust_ec2(HERE),
        [Taking(who="ec2.amazonaws.com")],
        [Taking(who=TASKS), Taking(who=ADA), Taking(who="spotfleet.amazonaws.com")],
    ),
    "fleet": (
        trust.trust_spot_fleet(HERE),
        [Taking(who="spotfleet.amazonaws.com")],
        [Taking(who="ec2.amazonaws.com"), Taking(who=ADA)],
    ),
    "flow logs": (
        flow_logs.trust_flow_logs(HERE),
        [Taking(who=FLOW_LOGS, context=_from("ec2", "vpc-flow-log/fl-0"))],
        [
            Taking(who=FLOW_LOGS),
            Taking(who=FLOW_LOGS, context=_from("ec2", "vpc-flow-log/fl-0", account=STRANGER)),
            Taking(who=FLOW_LOGS, context=_from("ec2", "vpc-flow-log/fl-0", region=ABROAD)),
            Taking(who="ec2.amazonaws.com"),
        ],
    ),
    "registration": (
        registration.trust_lambda(),
        [Taking(who="lambda.amazonaws.com")],
        [Taking(who=ADA), Taking(who="ec2.amazonaws.com")],
    ),
    "users": (
        credential.trust_users((ADA, BOB)),
        [Taking(who=ADA), Taking(who=BOB)],
        [
            Taking(who=iam("user/eve")),
            Taking(who=iam("role/admin")),
            Taking(who=iam("user/ada", account=STRANGER)),
            Taking(who=ADA, action="sts:TagSession"),
            Taking(who=SEQERA),
        ],
    ),
    "cloud": (
        credential.trust_seqera_cloud("own-id"),
        [
            Taking(who=SEQERA, context={"sts:ExternalId": "own-id"}),
            Taking(who=SEQERA, action="sts:TagSession"),
        ],
        [
            Taking(who=SEQERA),
            Taking(who=SEQERA, context={"sts:ExternalId": "another-workspace"}),
            Taking(who=SEQERA, action="sts:SetSourceIdentity"),
            Taking(
                who=iam("role/SeqeraPlatformCloudAccessRole", account=STRANGER),
                context={"sts:ExternalId": "own-id"},
            ),
            Taking(
                who=iam("role/Other", account="161471496260"),
                context={"sts:ExternalId": "own-id"},
            ),
            Taking(who=ADA, context={"sts:ExternalId": "own-id"}),
        ],
    ),
    "cloud, before the External ID": (
        credential.trust_seqera_cloud(None),
        [],
        [
            Taking(who=SEQERA),
            Taking(who=SEQERA, context={"sts:ExternalId": "own-id"}),
            Taking(who=SEQERA, action="sts:TagSession"),
            Taking(who=ADA),
        ],
    ),
}
"""Of each trust, who may take the role and who may not.

The workload identity is not here: the simulator knows the keys of well-known issuers only.
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, list[bool]]:
    """Return the answers to all rows, asked at once: of each trust, in the rows' order."""
    if not SIMULATOR.is_dir():
        pytest.skip("npm could not install tests/package.json, which has the policy simulator")
    requests = [
        {
            "policy": name,
            "principal": one.who,
            "action": one.action,
            "resource": ROLE,
            "account": ACCOUNT,
            "context": dict(one.context),
            "side": "resource",
        }
        for name, (_, may, may_not) in ROWS.items()
        for one in (*may, *may_not)
    ]
    answered = simulate(
        {
            "policies": {name: one.to_dict() for name, (one, _, _) in ROWS.items()},
            "requests": requests,
        }
    )
    assert [one for one in answered if one.startswith("error")] == []
    found = iter(answered)
    return {
        name: [next(found) == "Allowed" for _ in (*may, *may_not)]
        for name, (_, may, may_not) in ROWS.items()
    }


@pytest.mark.parametrize("name", ROWS)
def test_who_may_take_it(name: str, answers: dict[str, list[bool]]) -> None:
    """Those who work with a role take it, and nobody else does."""
    _, may, may_not = ROWS[name]
    assert answers[name] == [True] * len(may) + [False] * len(may_not)
