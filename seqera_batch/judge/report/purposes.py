# SPDX-License-Identifier: Apache-2.0
"""What statements are for, in a reviewer's words: permissions are read by purpose, not by Sid."""

from __future__ import annotations

from functools import cache

from seqera_batch.policies.document import PolicyDocument, Statement
from seqera_batch.records import dataclass

PURPOSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Hand over roles", ("iam:PassRole",)),
    ("Take other roles", ("sts:",)),
    ("Manage roles and identities", ("iam:",)),
    ("Run and follow jobs", ("batch:",)),
    ("Read and write files in S3", ("s3:",)),
    ("Use file systems", ("elasticfilesystem:", "fsx:")),
    ("Read secrets", ("secretsmanager:",)),
    ("Use encryption keys", ("kms:",)),
    ("Pull container images", ("ecr:",)),
    ("Run containers on nodes", ("ecs:",)),
    ("Read and write logs", ("logs:",)),
    ("See instances and networks", ("ec2:", "route53:")),
    ("Open sessions on nodes", ("ssmmessages:",)),
    ("Send mail", ("ses:",)),
    ("Find machine images", ("ssm:",)),
    ("Exchange messages", ("sqs:",)),
    ("Run functions", ("lambda:",)),
    ("Watch and tell", ("billing:", "budgets:", "cloudwatch:", "events:", "sns:")),
    ("Deploy stacks", ("cloudformation:",)),
)
"""What a statement is for, by the start of one of its actions; the first that fits has it.

What gives the most comes first, so that a reviewer meets it first.
"""

OTHERWISE = "Other"
"""Where no purpose fits: a test keeps statements of ours out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """The statements of a document that serve one purpose, in the document's order.

    Args:
        title: What they are for.
        statements: The statements; an action may be in several.
    """

    title: str
    statements: tuple[Statement, ...]


def by_purpose(document: PolicyDocument) -> tuple[Purpose, ...]:
    """Return a document's statements by purpose, in the order of `PURPOSES`; none is lost."""
    found: dict[str, list[Statement]] = {title: [] for title, _ in PURPOSES}
    found[OTHERWISE] = []
    for statement in document.statements:
        found[_purpose(statement.actions)].append(statement)
    return tuple(
        Purpose(title=title, statements=tuple(statements))
        for title, statements in found.items()
        if statements
    )


@cache
def _purpose(actions: tuple[str, ...]) -> str:
    for title, starts in PURPOSES:
        if any(action.startswith(starts) for action in actions):
            return title
    return OTHERWISE
