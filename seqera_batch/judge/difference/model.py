# SPDX-License-Identifier: Apache-2.0
"""What a pull request changes: identities, statements, protections, resources, findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seqera_batch.catalog.ids import REGISTRATION
from seqera_batch.cloudformation.intrinsics import ACCOUNT
from seqera_batch.judge.containment import Shift
from seqera_batch.judge.difference.identities import IdentityChange, Note, compare_identities
from seqera_batch.judge.difference.protections import Protection, protections
from seqera_batch.judge.effects import ResourceEffect
from seqera_batch.judge.findings import Finding
from seqera_batch.judge.report.model import Review
from seqera_batch.plan.documents import Identity, identities
from seqera_batch.policies.document import Scope
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One of two versions of an environment.

    Args:
        review: Of the file.
        resources: What it creates, as CloudFormation reads it, by id.
    """

    review: Review
    resources: Mapping[str, Mapping[str, Any]]

    @property
    def token_goes_to(self) -> str | None:
        """Where the stack sends Platform's token to register the environment, if it does."""
        made = self.resources.get(REGISTRATION)
        return None if made is None else made["Properties"]["Endpoint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a new version of an environment changes.

    Args:
        old: The earlier version.
        new: The later one.
        fields: Paths of the file's fields that differ.
        notes: What holds for the environment as a whole.
        identities: Changed ones, in the order of the new version, then those that go.
        protections: What changes in resources that matters to their security.
        resources: What becomes of each resource that changes.
        findings: Open ones that the earlier version had not.
        settled: Ids of findings that were open and are no more, found or acknowledged.
        acknowledged: Acknowledgements that are new or have another reason, by id.
    """

    old: Review
    new: Review
    fields: tuple[str, ...]
    notes: tuple[Note, ...]
    identities: tuple[IdentityChange, ...]
    protections: tuple[Protection, ...]
    resources: tuple[ResourceEffect, ...]
    findings: tuple[Finding, ...]
    settled: tuple[str, ...]
    acknowledged: Mapping[str, str]

    @property
    def change(self) -> Shift:
        """What becomes of all that is allowed."""
        return Shift.worst(
            (
                *(one.change for one in self.notes),
                *(one.change for one in self.identities),
                *(one.change for one in self.protections),
            )
        )


def difference(
    old: Version,
    new: Version,
    *,
    fields: tuple[str, ...],
    resources: tuple[ResourceEffect, ...],
) -> Difference:
    """Compare two versions of one environment."""
    before, after = old.review, new.review
    earlier = {finding.id for finding in before.open_findings}
    later = {finding.id for finding in after.open_findings}
    return Difference(
        old=before,
        new=after,
        fields=fields,
        notes=tuple(_notes(old, new)),
        identities=compare_identities(
            before.plan,
            _told(before, after),
            after.plan,
            _told(after, before),
        ),
        protections=protections(old.resources, new.resources),
        resources=resources,
        findings=tuple(one for one in after.open_findings if one.id not in earlier),
        settled=tuple(one.id for one in before.open_findings if one.id not in later),
        acknowledged={
            name: reason
            for name, reason in after.acknowledgements.items()
            if before.acknowledgements.get(name) != reason
        },
    )


def _told(review: Review, other: Review) -> tuple[Identity, ...]:
    every = identities(review.plan, where(review, other))
    return tuple(identity.in_words() for identity in every)


def where(review: Review, other: Review, *, unknown: str = ACCOUNT) -> Scope:
    """Return where a version is deployed.

    A file that names no account is deployed to the one that the other names.

    Args:
        review: The version.
        other: The one that it is compared with.
        unknown: Stands for the account where neither names one.
    """
    return review.plan.scope(other.plan.account or unknown)


def _notes(old: Version, new: Version) -> Iterator[Note]:
    before, after = (one.review.plan.roles.permissions_boundary for one in (old, new))
    if before != after:
        about = "permissions boundary"
        if before is None:
            yield Note(about=about, what=f"added: {after}", change=Shift.NARROWED)
        elif after is None:
            yield Note(about=about, what=f"removed: {before}", change=Shift.WIDENED)
        else:
            yield Note(
                about=about,
                what=f"{after} instead of {before}; what a boundary allows is not seen here",
                change=Shift.UNCLEAR,
            )
    yield from _registration(old.token_goes_to, new.token_goes_to)


def _registration(old: str | None, new: str | None) -> Iterator[Note]:
    about = "registration with Seqera Platform"
    if old == new:
        return
    if old is None:
        what = f"the stack gets a function that does it, and sends the token to {new}"
        yield Note(about=about, what=what, change=Shift.WIDENED)
    elif new is None:
        yield Note(about=about, what="the stack's function for it goes", change=Shift.NARROWED)
    else:
        what = f"the token is sent to {new} instead of {old}"
        yield Note(about=about, what=what, change=Shift.UNCLEAR)
