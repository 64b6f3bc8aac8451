# SPDX-License-Identifier: Apache-2.0
"""What the picture shows of a plan: cards in their places, and who passes which role."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from seqera_batch.cloudformation.intrinsics import words
from seqera_batch.judge.report.picture import cards
from seqera_batch.judge.report.picture.cards import Card
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import PLATFORM, Identity, identities
from seqera_batch.policies.document import PolicyDocument, Scope
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A queue with what runs its jobs; `templates` are keys of cards of `Parts.templates`."""

    queue: Card
    environment: Card | None = None
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that is drawn.

    Args:
        title: What the picture is called.
        account: What the frame of account and region is called.
        platform: Seqera Platform, which is outside of the account.
        lanes: Queues and what runs their jobs.
        templates: Launch templates, in the order in which lanes use them.
        network_title: What the frame of the VPC is called; None where no nodes are made.
        network_created: Whether the VPC is made.
        network: What is in the VPC besides nodes.
        data: Buckets, logs, secrets and keys.
        identities: Roles, Platform's identity first.
        passes: Key of an identity to the keys of the roles it may pass.
    """

    title: str
    account: str
    platform: Card
    lanes: tuple[Lane, ...]
    templates: tuple[Card, ...]
    network_title: str | None
    network_created: bool
    network: tuple[Card, ...]
    data: tuple[Card, ...]
    identities: tuple[Card, ...]
    passes: dict[str, tuple[str, ...]]

    def told(self) -> str:
        """Return the picture in words, for those who do not see it."""
        sentences = [f"{self.platform.title}: {', '.join(self.platform.lines)}"]
        for lane in self.lanes:
            told = _told(lane.queue)
            if lane.environment is not None:
                told += f", on {_told(lane.environment)}"
            sentences.append(told)
        sentences += map(_told, self.templates)
        if self.network_title is not None:
            sentences.append(self.network_title)
        sentences += map(_told, (*self.network, *self.data, *self.identities))
        names = {card.key: card.kind for card in self.identities}
        sentences += [
            f"{names[giver]} may pass {', '.join(names[taker] for taker in takers)}"
            for giver, takers in self.passes.items()
        ]
        return f"In {self.account}. " + ". ".join(sentences) + "."


def parts_of(plan: ForgePlan, where: Scope) -> Parts:
    """Return what is drawn of a plan."""
    found = tuple(identity.in_words() for identity in identities(plan, where))
    return Parts(
        title=f"Architecture of {plan.name}",
        account=f"AWS account {plan.account} · {plan.region}"
        if plan.account
        else f"AWS account · {plan.region}",
        platform=cards.platform(plan),
        lanes=tuple(_lanes(plan)),
        templates=tuple(map(cards.template, plan.compute.node_templates)),
        network_title=None if plan.network is None else cards.network_title(plan.network),
        network_created=plan.network is not None and plan.network.created,
        network=(
            *(() if plan.network is None else cards.network(plan.network)),
            *map(cards.file_system, plan.storage.file_systems),
        ),
        data=tuple(cards.data(plan)),
        identities=tuple(cards.identities(plan, found)),
        passes=_passes(plan, found, where),
    )


def _told(card: Card) -> str:
    exists = "" if card.created else " (not made by the stack)"
    details = "; ".join((*card.lines, *card.beside))
    return f"{card.kind} {card.title}{exists}" + (f": {details}" if details else "")


def _lanes(plan: ForgePlan) -> Iterator[Lane]:
    for queue in plan.compute.queues:
        for order, environment in enumerate(plan.compute.behind(queue.name), start=1):
            yield Lane(
                queue=cards.queue(queue, order),
                environment=cards.environment(environment),
                templates=tuple(f"template-{key}" for key in environment.templates),
            )
    if plan.mode == "manual":
        yield from (Lane(queue=card) for card in cards.existing_queues(plan))


def _passes(
    plan: ForgePlan, found: tuple[Identity, ...], where: Scope
) -> dict[str, tuple[str, ...]]:
    takers = {role.kind: words(plan.roles.arn(role.kind, where)) for role in plan.roles}
    ordered = sorted(found, key=lambda one: one.name != PLATFORM)
    passed = {
        one.name: tuple(
            kind
            for kind, arn in takers.items()
            if any(fnmatchcase(arn, pattern) for pattern in _passable(one.permissions))
        )
        for one in ordered
    }
    return {name: kinds for name, kinds in passed.items() if kinds}


def _passable(document: PolicyDocument) -> Iterator[str]:
    for statement in document.statements:
        if statement.effect == "Allow" and "iam:PassRole" in statement.actions:
            yield from statement.resources
