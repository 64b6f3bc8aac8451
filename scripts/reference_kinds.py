# SPDX-License-Identifier: Apache-2.0
"""Pages written from the records of CloudFormation types: what replaces them, what they call."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.catalog import limits
from seqera_batch.judge.count import count
from seqera_batch.judge.report.markup import table
from seqera_batch.kinds import KINDS, batch
from seqera_batch.kinds.kind import actions_in
from seqera_batch.policies.document import Scope
from seqera_batch.template.deployer import deployers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seqera_batch.kinds import Kind

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

RESOURCES_HEAD = """\
Every type of resource that the template of an environment can hold, by service.

Another value of a property that can only be set at creation replaces the resource: CloudFormation makes a new one, then deletes the old one unless it is kept.
Where the resource keeps a name that we gave it, in a property marked with ¹, CloudFormation refuses that.
Everything else changes in place; properties that our templates never write may be missing here.
`seqera-batch effects OLD NEW` says what a change of your file does.
"""  # noqa: E501 - a sentence a line
ROLLING = """\
With these properties of a compute environment AWS Batch starts new nodes, and ends the old ones as their jobs end: """  # noqa: E501 - a sentence a line


def resources_page(generated: str) -> str:
    """Return the page of what each type is, what replaces it, and what is then lost."""
    lines = ["# The resources of an environment", "", generated + RESOURCES_HEAD]
    ordered = sorted(KINDS.values(), key=lambda kind: kind.type.lower())
    services = groupby(ordered, key=lambda kind: kind.type.removeprefix("AWS::").partition("::")[0])
    for service, kinds in services:
        lines += [
            f"## {service}",
            "",
            *table(
                (
                    "resource",
                    "what replaces it",
                    "what that ends",
                    "what is paid while idle",
                    "tags in",
                ),
                (
                    (
                        f"{kind.title}, `{kind.type}`",
                        _replacing(kind) or "nothing",
                        kind.stakes.ending or "nothing",
                        kind.stakes.idle_cost or "nothing",
                        "" if kind.tags is None else f"`{kind.tags.property}`",
                    )
                    for kind in kinds
                ),
            ),
            "",
        ]
        if service == "Batch":
            lines += [ROLLING + _code(batch.COMPUTE_ENVIRONMENT.rolls.split()) + ".", ""]
    return "\n".join(lines).rstrip() + "\n"


def deployer_page(generated: str) -> str:
    """Return the page of what CloudFormation calls for each type of resource."""
    lines = [
        "# What whoever deploys may call",
        "",
        f"{generated}By the types of resources that the template of an environment can hold.",
        "`seqera-batch policies FILE --for deployer` gives the policy for yours.",
        "",
        "## In numbers",
        "",
        "On all are statements on `*`, where AWS offers nothing narrower.",
        "Held are those that ask for a tag, a boundary, a service, a policy or a region.",
        "Seqera publishes no policy for whoever deploys.",
        "",
        *table(
            ("example", "statements", "held", "on all", "actions", "characters", "policies"),
            map(_numbers, sorted(EXAMPLES.glob("*.*"))),
        ),
        "",
        "## By type",
        "",
        *table(
            ("type", "calls", "documented, and left out"),
            (
                (
                    f"`{kind.type}` ([source]({kind.source}))",
                    "<br>".join(f"`{action}`" for action in sorted(kind.actions)),
                    "<br>".join(
                        f"{_code(sorted(actions_in(text)))}: {reason}"
                        for reason, text in sorted(kind.omitted.items())
                    ),
                )
                for _, kind in sorted(KINDS.items())
            ),
        ),
    ]
    return "\n".join(lines) + "\n"


def _numbers(example: Path) -> tuple[str, ...]:
    """Return how much whoever deploys an example may do."""
    config = ForgeConfig.from_file(example)
    where = Scope(partition="aws", region=config.region, account="111122223333")
    document = deployers(ForgePlan.of(config), where)[0].permissions
    numbers = count(document)
    return (
        f"`{example.name}`",
        str(numbers.statements),
        str(sum(bool(statement.conditions) for statement in document.statements)),
        str(numbers.on_all),
        str(numbers.actions),
        f"{document.size:,}",
        str(len(document.split(limits.MANAGED_POLICY_CHARACTERS))),
    )


def _replacing(kind: Kind) -> str:
    return ", ".join(
        f"`{name}`{' ¹' if name == kind.name else ''}" for name in kind.create_only.split()
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
