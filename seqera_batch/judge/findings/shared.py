# SPDX-License-Identifier: Apache-2.0
"""Findings about what reaches others' things: whatever AWS names, and no condition tells apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from seqera_batch.catalog import authorization
from seqera_batch.catalog.authorization import Action
from seqera_batch.catalog.authorization.patterns import filled, is_everything, overlap
from seqera_batch.judge.findings.grant import Grant
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.policies.document import each_condition
from seqera_batch.problems import Severity
from seqera_batch.words import listed

ABAC = "https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html"
KMS_GRANTS = "https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"

MEANS = {
    "batch:CancelJob": "ends jobs of others",
    "batch:RegisterJobDefinition": "puts a revision of its own in the place of others' definitions",
    "batch:SubmitJob": "runs others' definitions, each with the role in it: nothing is passed",
    "batch:TerminateJob": "ends jobs of others",
    "ec2:AuthorizeSecurityGroupIngress": "lets traffic into others' security groups",
    "ec2:GetConsoleOutput": "reads what others' instances print as they start",
    "ec2:ModifyNetworkInterfaceAttribute": "puts others' network interfaces into other groups",
    "ecs:Poll": "gets the tasks of the place that it takes, and their roles' credentials",
    "ecs:RegisterContainerInstance": "joins others' clusters, whose tasks come with their roles",
    "elasticfilesystem:PutFileSystemPolicy": "opens others' file systems",
    "kms:CreateGrant": "gives the use of others' keys away",
    "kms:Decrypt": "decrypts what others' keys encrypt",
    "kms:PutKeyPolicy": "rewrites who may use others' keys",
}
"""What calls come to on what somebody else has made, by their names."""
_OPENED = {
    "ec2:AuthorizeSecurityGroupIngress": "security-group",
    "ec2:ModifyNetworkInterfaceAttribute": "network-interface",
}
"""Of calls that name more than one thing, the type of what is others'."""
_ENDS = ("Delete", "Release", "Terminate")
_BY_ID = {"batch", "ec2", "elasticfilesystem", "fsx"}
_KMS = {"kms:CreateGrant", "kms:Decrypt", "kms:PutKeyPolicy"}
_TELLS_APART = (
    "aws:resourcetag/",
    "ec2:resourcetag/",
    "ec2:subnet",
    "kms:encryptioncontext:",
    "kms:viaservice",
)
_TELLS_CALLS_APART = ("kms:grantisforawsresource", "aws:resourceaccount")
_TAGGING = ("CreateTags", "TagResource")


def others_things(policy: Policy) -> Iterator[Finding]:
    """Yield calls that reach whatever others have made: explained by the statement's reason."""
    for grant in policy.permissions:
        meaning = _meaning(grant.actions)
        if not meaning or _strict(grant, (*_TELLS_APART, *_TELLS_CALLS_APART)):
            continue
        for action, means in meaning:
            reach = [one for one in grant.resources if _is_open(one, action)]
            if not reach:
                continue
            # A key that is open to everything opens everything.
            severity = (
                Severity.ERROR
                if action.full_name in _KMS and not grant.conditions
                else Severity.WARNING
            )
            yield policy.finding(
                grant,
                kind=f"shared-{action.name}",
                severity=severity,
                message=f"{action.full_name} on {listed(reach, 1)} {means}",
                fix="name what is meant, or add a condition on aws:ResourceTag"
                + (
                    ", kms:ViaService or kms:GrantIsForAWSResource"
                    if action.service == "kms"
                    else ""
                ),
                source=KMS_GRANTS if action.service == "kms" else ABAC,
                actions=(action.full_name,),
                by_reason=severity is not Severity.ERROR,
            )


def given_tags(policy: Policy) -> Iterator[Finding]:
    """Yield conditions on tags that the same identity can write on what has none."""
    for grant in policy.permissions:
        for key in _strict(grant, "aws:resourcetag/"):
            if key.lower().startswith("aws:resourcetag/aws:"):
                continue  # Nobody but AWS writes these.
            writers = [
                (one, action)
                for one in policy.permissions
                for _, action in one.known_actions()
                if action.name in _TAGGING and action.service in grant.services()
                if any(
                    overlap(ours, theirs) for ours in one.resources for theirs in grant.resources
                )
                if not _strict(one, "aws:resourcetag/") and not _at_creation(one)
            ]
            if writers:
                yield policy.finding(
                    grant,
                    kind="tag-can-be-given",
                    severity=Severity.WARNING,
                    message=f"{listed(sorted({one.sid for one, _ in writers}))} can write the tag "
                    f"that {key} asks for on what has none, which is then reached",
                    fix="allow tagging at creation only, where the service has a CreateAction key",
                    source=ABAC,
                    actions=tuple(dict.fromkeys(action.full_name for _, action in writers)),
                    by_reason=True,
                )


def whole_listing(policy: Policy) -> Iterator[Finding]:
    """Yield listings held to a folder only where the request names one."""
    for grant in policy.allowing("s3:ListBucket"):
        if_exists = [
            key
            for key, operator, _ in each_condition(grant.conditions)
            if operator.lower().endswith("ifexists") and key.lower() == "s3:prefix"
        ]
        if if_exists:
            yield policy.finding(
                grant,
                kind="lists-whole-bucket",
                severity=Severity.WARNING,
                message="a request that names no prefix lists the whole bucket",
                fix="ask for s3:prefix without IfExists, unless the bucket alone is checked",
                source=authorization.SOURCE,
                actions=("s3:ListBucket",),
                by_reason=True,
            )


@cache
def _meaning(patterns: tuple[str, ...]) -> tuple[tuple[Action, str], ...]:
    """Return the actions that come to something on what somebody else has made."""
    known = (action for pattern in patterns for action in authorization.actions(pattern))
    return tuple((action, means) for action in known if (means := _means(action)) is not None)


def _means(action: Action) -> str | None:
    if action.full_name in MEANS:
        return MEANS[action.full_name]
    ends = action.name.startswith(_ENDS) and "Tagging" not in action.level
    # What somebody names is judged by its name.
    return "ends what others have made" if ends and action.service in _BY_ID else None


def _is_open(resource: str, action: Action) -> bool:
    """Whether a pattern leaves a name open; what is on `*` has a finding of its own."""
    if is_everything(resource):
        return False
    name = filled(resource).split(":", 5)[-1].removesuffix(":*")
    type_ = name.partition("/")[0]
    theirs = "*" in type_ or type_ == _OPENED.get(action.full_name, type_)
    return theirs and "*" in name and action.may_name(resource)


def _strict(grant: Grant, start: str | tuple[str, ...]) -> list[str]:
    """Return condition keys of a statement that refuse a request in which they are missing."""
    return [key for key, _ in grant.held_by() if key.lower().startswith(start)]


def _at_creation(grant: Grant) -> bool:
    keys = (key for key, _, _ in each_condition(grant.conditions))
    return any(key.lower().endswith(":createaction") for key in keys)
