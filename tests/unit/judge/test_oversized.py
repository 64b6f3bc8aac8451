# SPDX-License-Identifier: Apache-2.0
"""Documents that IAM does not take: the field that made them long is named, and no other one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog import limits
from seqera_batch.cli.files import SHORT_FILE, characters
from seqera_batch.config.check import check
from seqera_batch.judge.documents import document_problems
from seqera_batch.plan import ForgePlan
from seqera_batch.policies import growth
from seqera_batch.policies.growth import Growth
from tests.unit.config.conftest import changed

if TYPE_CHECKING:
    from collections.abc import Callable

USER: dict[str, Any] = {"aws.platform_access.user": {}}
URL = {"aws.platform_access.workload_identity.url": "https://seqera.example.org/api"}
IMAGE = {"aws.head_job_definition.image": "quay.io/seqeralabs/nf-launcher:j17"}
FILE_SYSTEMS = {"forge.efs_create": True, "forge.fsx_size": 1200}
LONG_NAMES = {"name": "n" * 36, "aws.iam.path": f"/{'p' * 300}/"}
"""What stands in many places of a policy."""
IAM = "arn:aws:iam::111122223333:"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:"  # noqa: S105 - an ARN's start
KEY = "arn:aws:kms:eu-west-1:111122223333:key/"


@dataclass(frozen=True)
class Grown:
    """How a field gets entries, and what else a file needs for it."""

    entry: Callable[[int], str | tuple[str, str] | dict[str, Any]]
    around: dict[str, Any]

    def entries(self, count: int) -> Any:  # noqa: ANN401 - what the field holds
        """Return that many entries, all different."""
        made: list[Any] = [self.entry(number) for number in range(count)]
        return dict(made) if isinstance(made[0], tuple) else made


def _statement(number: int) -> dict[str, Any]:
    return {
        "name": f"A{number}",
        "roles": ["compute_job"],
        "actions": ["sqs:SendMessage"],
        "resources": [f"arn:aws:sqs:eu-west-1:111122223333:{number}"],
        "reason": "they say so",
    }


GROWN: dict[Growth, Grown] = {
    growth.ALLOWED_BUCKETS: Grown("s3://b{0:02}/{0}".format, {}),
    growth.READ_BUCKETS: Grown("s3://r{0:02}/{0}".format, {}),
    growth.DATA_BUCKETS: Grown("s3://d{0:02}/{0}".format, USER),
    growth.BUCKET_KEYS: Grown(f"{KEY}{{}}".format, {}),
    growth.REPOSITORIES: Grown("r{}".format, {}),
    growth.EXISTING_QUEUES: Grown("q{}".format, {}),
    growth.JOB_DEFINITIONS: Grown("j{}".format, {}),
    growth.PLATFORM_JOB_DEFINITIONS: Grown("p{}".format, USER),
    growth.JOB_SECRETS: Grown(lambda number: (f"V{number}", f"{SECRET}{number}"), IMAGE),
    growth.JOB_TAGS: Grown(
        lambda number: (f"t{number}", "v"), {**USER, "aws.platform_access.mode": "forge"}
    ),
    growth.CONSUMABLES: Grown("c{}".format, {}),
    growth.MAIL_IDENTITIES: Grown("m{}.example.org".format, {}),
    growth.STATEMENTS: Grown(_statement, {}),
    growth.PRINCIPALS: Grown(f"{IAM}user/{{}}".format, {}),
    growth.WORKSPACES: Grown("org:{0}:wsp:{0}".format, URL),
}
GROWTHS = [pytest.param(one, id=one.field) for one in GROWN]


def _problems(changes: dict[str, Any]) -> list[Any]:
    config = check(changed(changes)).usable()
    return list(document_problems(ForgePlan.of(config)))


def test_every_field_is_tried() -> None:
    """Each field by which policies grow has its row here."""
    assert {one for one in vars(growth).values() if isinstance(one, Growth)} == GROWN.keys()


@pytest.mark.parametrize("grown", GROWTHS)
def test_the_field_is_named(grown: Growth) -> None:
    """The field with most of the policy is named, with its entries, what IAM takes and the fix."""
    row = GROWN[grown]
    little = {
        other.field: GROWN[other].entries(2)
        for other in (growth.ALLOWED_BUCKETS, growth.READ_BUCKETS, growth.REPOSITORIES)
    }
    [problem] = _problems({**little, **row.around, grown.field: row.entries(300)})
    assert (problem.rule, problem.path) == ("policy-size", grown.field)
    assert (problem.value, problem.fix) == ("300 entries", grown.shorten)
    assert problem.allowed.endswith("which is what IAM takes")


def test_each_field_is_told_once() -> None:
    """Two fields that are too long are two errors, however many policies each makes long."""
    grown = (growth.ALLOWED_BUCKETS, growth.REPOSITORIES, growth.PRINCIPALS)
    problems = _problems({one.field: GROWN[one].entries(300) for one in grown})
    assert [problem.path for problem in problems] == [one.field for one in grown]


def test_statements_that_fit_one_by_one_and_not_together() -> None:
    """A statement is not split, so ten policies may hold less than ten times their room."""
    room = limits.MANAGED_POLICY_CHARACTERS * limits.MANAGED_POLICIES_PER_IDENTITY
    row = GROWN[growth.JOB_TAGS]
    tags = {growth.JOB_TAGS.field: row.entries(95)}
    [problem] = _problems({**row.around, **FILE_SYSTEMS, **tags})
    assert problem.path == growth.JOB_TAGS.field
    assert problem.allowed.startswith("10 policies of 6,144")
    assert int(problem.message.split()[-2].replace(",", "")) < room


@pytest.mark.parametrize("grown", GROWTHS)
@pytest.mark.parametrize("letters", [0, 90], ids=["short", "long"])
def test_a_short_file_fits(grown: Growth, letters: int) -> None:
    """What `validate` does not plan has no policy that IAM refuses, whatever the file names."""
    row = GROWN[grown]

    def changes(count: int) -> dict[str, Any]:
        entries = row.entries(count)
        if letters and isinstance(entries, list):
            entries = [
                entry if isinstance(entry, dict) else f"{entry}{'1' * letters}" for entry in entries
            ]
        around = {**FILE_SYSTEMS, **LONG_NAMES, **row.around}
        return {**around, grown.field: entries}

    count = 1
    while characters(check(changed(changes(count + 1))).usable()) <= SHORT_FILE:
        count += 1
    assert count > 1
    assert _problems(changes(count)) == []
