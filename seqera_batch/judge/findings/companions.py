# SPDX-License-Identifier: Apache-2.0
"""Findings about rights that work with others only: tags at creation, roles that are passed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from seqera_batch.catalog import authorization, sources
from seqera_batch.catalog.authorization.patterns import covers, overlap
from seqera_batch.catalog.principals import BATCH, EC2, ECS_TASKS, SPOT_FLEET
from seqera_batch.judge.findings.grant import Grant
from seqera_batch.judge.findings.passing import PASS_ROLE, passed_to
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.problems import Severity
from seqera_batch.records import dataclass
from seqera_batch.words import listed


@dataclass(frozen=True, slots=True)
class Companion:
    """An action that AWS checks too when another is called.

    Args:
        of: The call.
        action: What is checked with it.
        when: In which calls.
        source: Where AWS says so.
        same_resource: Whether it is checked on the resource that the call makes.
    """

    of: str
    action: str
    when: str
    source: str
    same_resource: bool = True


COMPANIONS = (
    *(
        Companion(call, "batch:TagResource", "with tags", sources.AWS_BATCH_AUTHORIZATION)
        for call in (
            "batch:CreateComputeEnvironment",
            "batch:CreateJobQueue",
            "batch:RegisterJobDefinition",
        )
    ),
    Companion(
        "ec2:CreateLaunchTemplate", "ec2:CreateTags", "with tags", sources.AWS_EC2_TAG_ON_CREATE
    ),
    *(
        Companion(
            "elasticfilesystem:CreateMountTarget",
            action,
            "always",
            sources.AWS_EFS_PERMISSIONS,
            same_resource=False,
        )
        for action in (
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
        )
    ),
)

PASSED_TO = {
    "batch:CreateComputeEnvironment": (BATCH, f"{EC2}*", SPOT_FLEET),
    "batch:RegisterJobDefinition": (ECS_TASKS,),
}
"""To which services a call hands roles on; EC2's name ends otherwise in China.

The service authorization reference of AWS Batch, and for jobs' roles that of Amazon ECS.
"""


def missing_companions(policy: Policy) -> Iterator[Finding]:
    """Yield calls that are refused in part, since what AWS checks with them is not allowed."""
    for grant in policy.permissions:
        missing = [one for one in _of_calls(grant.actions) if _lacks(policy, grant, one)]
        for call in dict.fromkeys(one.of for one in missing):
            found = [one for one in missing if one.of == call]
            actions = [one.action for one in found]
            yield policy.finding(
                grant,
                kind=f"companion-missing-{call.partition(':')[2]}",
                severity=Severity.WARNING,
                message=f"{call} also takes {listed(actions)}, {found[0].when}, which is not "
                "allowed on all that it may make",
                fix=f"allow {listed(actions)} on the same resources"
                if found[0].same_resource
                else f"allow {listed(actions)}",
                source=found[0].source,
                actions=(call, *actions),
            )


def missing_services(policy: Policy) -> Iterator[Finding]:
    """Yield conditions on `iam:PassRole` that leave out a service which a call hands roles to."""
    passing = [grant for grant in policy.allowing(PASS_ROLE) if passed_to(grant) is not None]
    if not passing:
        return
    allowed = [name for grant in passing for name in passed_to(grant) or ()]
    # Only BEST_FIT has a Spot fleet: of roles that are named in full, none may be a fleet's.
    fleets = any(
        "*" in arn for one in passing if BATCH in (passed_to(one) or ()) for arn in one.resources
    )
    needed = {
        service: call
        for call, services in PASSED_TO.items()
        if any(policy.allowing(call))
        for service in services
        if not any(overlap(service, name) for name in allowed)
        if fleets or service != SPOT_FLEET
    }
    if needed:
        yield policy.finding(
            passing[0],
            kind="pass-role-lacks-service",
            severity=Severity.WARNING,
            message=f"roles cannot be handed to {listed(sorted(needed))}, as "
            f"{listed(sorted(set(needed.values())))} does",
            fix="add them to iam:PassedToService",
            source=authorization.SOURCE,
            actions=(PASS_ROLE, *sorted(set(needed.values()))),
        )


@cache
def _of_calls(patterns: tuple[str, ...]) -> tuple[Companion, ...]:
    calls = {action.full_name for one in patterns for action in authorization.actions(one)}
    return tuple(one for one in COMPANIONS if one.of in calls)


def _lacks(policy: Policy, grant: Grant, companion: Companion) -> bool:
    allowed = [
        resource for other in policy.allowing(companion.action) for resource in other.resources
    ]
    if not companion.same_resource:
        return not allowed
    [call] = authorization.actions(companion.of)
    made = [resource for resource in grant.resources if resource == "*" or call.may_name(resource)]
    return any(not any(covers(wide, one) for wide in allowed) for one in _of_call(made, call.name))


_REFERRED_TO = {
    "CreateJobQueue": ":compute-environment/",
    "RegisterJobDefinition": ":consumable-resource/",
}
"""What a call names and does not make, so that it gets no tags: of a queue, its environments."""


def _of_call(resources: list[str], name: str) -> list[str]:
    """Leave out what a call only refers to."""
    referred = _REFERRED_TO.get(name)
    return [one for one in resources if referred is None or referred not in one]
