# SPDX-License-Identifier: Apache-2.0
"""Rights that the file adds: in which documents they are, and what the other side needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.plan.documents import resource_policies, role_documents

if TYPE_CHECKING:
    from seqera_batch.plan import ForgePlan
    from tests.unit.plan.conftest import MakePlan

OWN: dict[str, Any] = {
    "name": "ReadLicence",
    "roles": ["compute_job", "instance"],
    "actions": ["sqs:SendMessage"],
    "resources": ["arn:aws:sqs:eu-west-1:111122223333:results"],
    "condition": {"StringEquals": {"aws:ResourceAccount": ["111122223333", "999988887777"]}},
    "reason": "they say so",
}


def _statements(plan: ForgePlan, sid: str) -> dict[str, dict[str, Any]]:
    return {
        identity.name: statement.to_dict()
        for identity in role_documents(plan, plan.scope())
        for statement in identity.permissions.statements
        if statement.sid == sid
    }


def test_statements_are_in_the_roles_that_they_name(plan: MakePlan) -> None:
    """As they are written, under a Sid that no statement of ours has."""
    found = _statements(plan({}, {"iam": {"statements": [OWN]}}), "OwnReadLicence")
    assert found.keys() == {"ComputeJobRole", "InstanceRole"}
    assert found["ComputeJobRole"] == {
        "Sid": "OwnReadLicence",
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:sqs:eu-west-1:111122223333:results",
        "Condition": {"StringEquals": {"aws:ResourceAccount": ["111122223333", "999988887777"]}},
    }


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"actions": ["s3:*"], "resources": ["*"]}, "wildcard-action"),
        ({"actions": ["sqs:SendMessage"], "resources": ["*"]}, "wildcard-resource"),
        ({"actions": ["sqs:SendMessages"]}, "unknown-action"),
        ({"actions": ["iam:PassRole"], "resources": ["*"]}, "pass-any-role"),
    ],
)
def test_the_review_reads_them(plan: MakePlan, changes: dict[str, Any], kind: str) -> None:
    """What is too wide, or never works, is found as in any other statement."""
    found = plan({}, {"iam": {"statements": [{**OWN, "condition": {}, **changes}]}})
    [role] = (one for one in role_documents(found, found.scope()) if one.name == "ComputeJobRole")
    assert kind in {one.kind for one in findings_of(role) if one.sid == "OwnReadLicence"}


def test_switches(plan: MakePlan) -> None:
    """Mail is the head job's; archived files are restored by head job and tasks."""
    off = plan()
    assert _statements(off, "SendMail") == _statements(off, "RestoreObjects") == {}
    found = plan({}, {"mail_identities": ["example.org"], "restore_archived": True})
    assert _statements(found, "SendMail").keys() == {"HeadJobRole"}
    assert _statements(found, "RestoreObjects").keys() == {"HeadJobRole", "ComputeJobRole"}


def test_what_the_owner_of_a_bucket_writes(plan: MakePlan) -> None:
    """The roles of this environment, on what they use of that bucket and nothing else."""
    found = plan(
        {"allow_buckets": ["s3://own-data"]},
        {
            "account": "111122223333",
            "read_only_buckets": ["s3://shared-genomes/human"],
            "bucket_owners": {"shared-genomes": "999988887777"},
        },
    )
    [policy] = resource_policies(found, found.scope())
    assert (policy.name, policy.created) == ("OtherBucket-shared-genomes", False)
    written = policy.permissions.to_dict()
    assert "own-data" not in str(written)
    for statement in written["Statement"]:
        assert statement["Principal"] == {
            "AWS": [
                "arn:aws:iam::111122223333:role/TowerForge-demo-HeadJobRole",
                "arn:aws:iam::111122223333:role/TowerForge-demo-ComputeJobRole",
            ]
        }
    assert "s3:PutObject" not in str(written)
    assert any("999988887777" in one for one in found.assumptions)
