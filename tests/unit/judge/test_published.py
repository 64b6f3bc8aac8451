# SPDX-License-Identifier: Apache-2.0
"""Seqera's published policies: the facts about them, their known defects, and where ours differ."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog.authorization.patterns import covers
from seqera_batch.judge.count import count
from seqera_batch.judge.findings import findings
from seqera_batch.judge.findings.grant import grants
from seqera_batch.judge.published.comparison import compare
from seqera_batch.judge.published.policies import EARLIER, FULL, PUBLISHED, RESTRICTED, Published
from seqera_batch.judge.published.quick_start import quick_start
from seqera_batch.judge.published.sections import OURS_ALONE, SECTIONS
from seqera_batch.policies import platform
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.policies.platform import ForgeAccess, PlatformAccess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")
KEY = HERE.arn("kms", "key/01234567-89ab-cdef-0123-456789abcdef")
FORGE = ForgeAccess(
    prefix="TowerForge",
    permissions_boundary=HERE.iam_arn("policy/boundary"),
    makes_efs=True,
    makes_fsx=True,
)
FULL_ACCESS = PlatformAccess(
    queues=("TowerForge-*",),
    job_roles=(HERE.iam_arn("role/TowerForge-demo-HeadJobRole"),),
    log_group="/aws/batch/job",
    work_dir=BucketAccess("work", "runs"),
    data=(BucketAccess("data"), BucketAccess("shared", "folder")),
    list_buckets=True,
    keys=(KEY,),
    secrets=True,
    secrets_key=KEY,
    describe_ec2=True,
    console_output=True,
    lineage=True,
    forge=FORGE,
)
OURS = {
    "forge": platform.forge(HERE, FULL_ACCESS),
    "manual": platform.manual(HERE, replace(FULL_ACCESS, forge=None)),
    "bare": platform.manual(HERE, PlatformAccess(queues=("q",), log_group="/aws/batch/job")),
    "quick-start": quick_start(HERE),
}


def _canonical(policy: Published) -> str:
    """Return the policy whatever the order in which its actions and resources are written."""
    statements = [
        {key: sorted(value) if isinstance(value, list) else value for key, value in one.items()}
        for one in policy.to_dict()["Statement"]
    ]
    return json.dumps(statements, sort_keys=True)


@pytest.mark.parametrize(
    ("policy", "digest"),
    [
        (FULL, "9d926bb8a9f59581"),
        (EARLIER, "0c328b8fb80499fd"),
        (RESTRICTED, "5a1bd0dd8c62870d"),
    ],
    ids=lambda value: value.name if isinstance(value, Published) else "",
)
def test_the_facts_are_as_read(policy: Published, digest: str) -> None:
    """The facts were compared with Seqera's files; whoever changes one compares again."""
    assert hashlib.sha256(_canonical(policy).encode()).hexdigest()[:16] == digest


FILES = {
    "full": "docs-2026-05-full-policy.json",
    "earlier": "seed-full-policy.json",
    "restricted": "seed-least-privilege-fragments.json",
}
FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "policies"


@pytest.mark.skipif(not FOLDER.is_dir(), reason="Seqera's files are not beside this repository")
@pytest.mark.parametrize("policy", PUBLISHED, ids=lambda policy: policy.name)
def test_the_facts_are_those_of_the_files(policy: Published) -> None:
    """Where Seqera's files are at hand, the facts are compared with them."""
    data = json.loads((FOLDER / FILES[policy.name]).read_text("utf-8"))
    statements = data if isinstance(data, list) else data["Statement"]
    assert _plain(one for one in statements if "Sid" in one) == _plain(
        policy.to_dict()["Statement"]
    )


def _plain(statements: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **one,
            **{
                key: sorted([one[key]] if isinstance(one[key], str) else one[key])
                for key in ("Action", "Resource")
            },
        }
        for one in statements
    ]


def _found(*policies: Published, without: str = "") -> dict[str, Any]:
    """Return the findings about statements of several pages together, as a reader joins them."""
    statements = [
        one for policy in policies for one in policy.to_dict()["Statement"] if one["Sid"] != without
    ]
    return {one.id.partition(".")[2]: one for one in findings(statements)}


# Trap of Seqera's pages, in which of them, the finding's id, and what it names.
DEFECTS = [
    (
        "profiles under roles' ARNs",
        (EARLIER,),
        "OptionalIAMManagementCanBeRestricted:resource-never-matches",
        {
            "iam:AddRoleToInstanceProfile",
            "iam:CreateInstanceProfile",
            "iam:DeleteInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:TagInstanceProfile",
        },
    ),
    (
        "profiles under roles' ARNs, restricted",
        (RESTRICTED,),
        "IAMRoleAndProfileManagement:resource-never-matches",
        {"iam:CreateInstanceProfile"},
    ),
    (
        "Describe on ARNs",
        (EARLIER,),
        "BatchEnvironmentManagementCanBeRestricted:action-needs-all",
        {"batch:DescribeComputeEnvironments", "batch:DescribeJobQueues"},
    ),
    (
        "Describe on ARNs, restricted",
        (RESTRICTED,),
        "BatchJobsManagement:action-needs-all",
        {"batch:DescribeJobDefinitions", "batch:DescribeJobs", "batch:ListJobs"},
    ),
    (
        "SubmitJob without the queue",
        (RESTRICTED,),
        "BatchJobsManagement:resource-missing-SubmitJob",
        {"batch:SubmitJob"},
    ),
    (
        "TagResource on queue and environment",
        (EARLIER, RESTRICTED),
        "BatchEnvironmentManagementCanBeRestricted:companion-missing-CreateComputeEnvironment",
        {"batch:CreateComputeEnvironment", "batch:TagResource"},
    ),
    (
        "services that roles are passed to",
        (EARLIER,),
        "PassRolesToBatchCanBeRestricted:pass-role-lacks-service",
        {"iam:PassRole", "batch:CreateComputeEnvironment", "batch:RegisterJobDefinition"},
    ),
    (
        "services that roles are passed to, today",
        (FULL,),
        "PassRolesToBatchCanBeRestricted:pass-role-lacks-service",
        {"iam:PassRole"},
    ),
    (
        "log group that matches its children only",
        (RESTRICTED,),
        "CloudWatchLogsAccess:log-group-children",
        {"logs:FilterLogEvents"},
    ),
    (
        "log actions that take no group",
        (RESTRICTED,),
        "CloudWatchLogsAccess:action-needs-all",
        {"logs:StopQuery", "logs:TestMetricFilter", "logs:DescribeLogGroups"},
    ),
    (
        "launch templates can be restricted",
        (FULL,),
        "LaunchTemplateManagement:wildcard-resource",
        {"ec2:CreateLaunchTemplate", "ec2:DeleteLaunchTemplate"},
    ),
    (
        "launch templates with tags",
        (FULL,),
        "LaunchTemplateManagement:companion-missing-CreateLaunchTemplate",
        {"ec2:CreateTags"},
    ),
    ("FSx by name", (RESTRICTED,), "FSxManagement:name-for-id", {"fsx:CreateFileSystem"}),
    ("EFS by name", (RESTRICTED,), "EFSManagement:name-for-id", {"elasticfilesystem:TagResource"}),
    (
        "CreateFileSystem on an ARN",
        (RESTRICTED,),
        "EFSManagement:action-needs-all",
        {"elasticfilesystem:CreateFileSystem"},
    ),
    (
        "mount targets without their interface",
        (FULL,),
        "OptionalEFSManagementCanBeRestricted:companion-missing-CreateMountTarget",
        {"ec2:CreateNetworkInterface"},
    ),
    (
        "a condition that restricts nothing",
        (RESTRICTED,),
        "BatchJobsManagement:condition-idle-aws-ResourceTag",
        {"batch:RegisterJobDefinition", "batch:DescribeJobs"},
    ),
    (
        "any role",
        (FULL,),
        "PassRolesToBatchCanBeRestricted:escalation-PassRole-CreateComputeEnvironment",
        {"iam:PassRole", "batch:CreateComputeEnvironment"},
    ),
    (
        "AdministratorAccess for a role",
        (FULL,),
        "OptionalIAMManagementCanBeRestricted:escalation-AttachRolePolicy",
        {"iam:AttachRolePolicy"},
    ),
    (
        "any rights for a role",
        (RESTRICTED,),
        "IAMRoleAndProfileManagement:escalation-PutRolePolicy",
        {"iam:PutRolePolicy"},
    ),
]


@pytest.mark.parametrize(
    ("pages", "name", "actions"),
    [row[1:] for row in DEFECTS],
    ids=[row[0].replace(" ", "-") for row in DEFECTS],
)
def test_known_defects_are_found(
    pages: tuple[Published, ...], name: str, actions: set[str]
) -> None:
    """Each defect that is known of Seqera's policies is found, where it is, with its actions."""
    # Who restricts jobs takes the full policy's statement for them out.
    without = "BatchJobsManagementCanBeRestricted" if len(pages) > 1 else ""
    assert actions <= set(_found(*pages, without=without)[name].actions)


@pytest.mark.parametrize("name", ["forge", "manual", "bare"])
def test_ours_has_none_of_them(name: str) -> None:
    """Ours has nothing to find, but for what its statements explain."""
    found = findings(OURS[name], limit=100_000)
    assert [one.id for one in found if one.explained is None] == []


def test_every_published_statement_has_a_section() -> None:
    """For each statement there is a reason, and none for a statement that is gone."""
    assert list(SECTIONS) == [one.sid for one in FULL.statements]
    assert {one.sid for one in EARLIER.statements} <= SECTIONS.keys()
    for section in SECTIONS.values():
        assert len(section.why) > 10
        assert all(len(reason) > 10 for reason in section.left_out.values())


@pytest.mark.parametrize("name", OURS)
def test_every_statement_is_compared_once(name: str) -> None:
    """Each statement of both sides is in the comparison, with a reason for what is not there."""
    found = compare(OURS[name], FULL)
    theirs = [sid for one in found if one.theirs for sid in one.theirs.sids]
    ours = [sid for one in found if one.ours for sid in one.ours.sids]
    assert theirs == [one.sid for one in FULL.statements]
    assert sorted(ours) == sorted(one.sid for one in OURS[name].statements)
    for one in found:
        assert one.why
        assert all(one.left_out.values())


def test_what_only_ours_has_is_told() -> None:
    """Statements without a counterpart are known, each with its reason."""
    alone = [one.ours for one in compare(OURS["forge"], FULL) if one.theirs is None]
    sids = [sid for side in alone if side is not None for sid in side.sids]
    assert sids == list(OURS_ALONE)


def test_nothing_is_left_out_without_a_reason_of_its_own() -> None:
    """With every option in use, all that Forge mode leaves out was meant by a pattern."""
    patterns = {action for one in FULL.statements for action in one.actions if "*" in action}
    left_out = {action for one in compare(OURS["forge"], FULL) for action in one.left_out} - {
        "logs:TestMetricFilter"
    }
    assert all(any(covers(pattern, action) for pattern in patterns) for action in left_out)


def _pairs() -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Yield what ours and theirs both allow: statement, action, our ARNs, theirs."""
    theirs: dict[str, set[str]] = {}
    for grant in grants(FULL.to_dict()):
        for _, action in grant.known_actions():
            theirs.setdefault(action.full_name, set()).update(grant.resources)
    for one in OURS["forge"].statements:
        for name in one.actions:
            if name in theirs:
                yield one.sid, name, one.resources, tuple(theirs[name])


def test_nothing_of_ours_reaches_further() -> None:
    """On every action that both allow, ours names what theirs matches too."""
    pairs = list(_pairs())
    assert len(pairs) > 60
    for sid, action, ours, theirs in pairs:
        for arn in ours:
            assert any(covers(wide, arn) for wide in theirs), (sid, action, arn)


def test_counts() -> None:
    """Ours allows less in every respect that a reviewer counts."""
    published = count(FULL.to_dict())
    assert (published.statements, published.on_all, published.anywhere) == (16, 10, 10)
    for name in ("forge", "manual"):
        own = count(OURS[name])
        assert own.actions < published.actions / 2
        assert own.open_ended == 0 < published.open_ended
        assert own.on_all < published.on_all
        assert own.anywhere == 0


def test_what_is_denied_is_not_counted_as_allowed() -> None:
    """A statement that denies is a statement, and adds nothing to what a policy allows."""
    deny = Statement(
        sid="No", effect="Deny", actions=("s3:*",), resources=("*",), reason="nobody may"
    )
    found = count(PolicyDocument((deny,)))
    assert (found.statements, found.actions, found.on_all, found.open_ended) == (1, 0, 0, 0)


@pytest.mark.parametrize("name", OURS)
def test_every_reason_is_said_in_words(name: str) -> None:
    """What is left out names the setting that asks for it: no reason has a hole."""
    for one in compare(OURS[name], FULL):
        assert "None" not in " ".join((one.why, *one.left_out.values()))


def test_a_statement_that_only_ours_has_says_why_itself() -> None:
    """A statement that nobody has given a section is shown with its own reason."""
    new = Statement(sid="New", actions=("s3:GetObject",), resources=("*",), reason="it is new")
    *_, last = compare(PolicyDocument((new,)), FULL)
    assert (last.theirs, last.why, last.added) == (None, "it is new", ("s3:GetObject",))


def test_all_policies_are_told_apart() -> None:
    """Names are unique: findings carry them."""
    assert len({policy.name for policy in PUBLISHED}) == len(PUBLISHED)
