# SPDX-License-Identifier: Apache-2.0
"""What a pull request changes: identities, statements, protections, resources, findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seqera_batch.catalog.ids import REGISTRATION
from seqera_batch.cloudformation.intrinsics import ACCOUNT
from seqera_batch.cloudformation.resource import Resources, rendered
from seqera_batch.judge.containment import Shift
from seqera_batch.judge.difference.identities import IdentityChange, Note, compare_identities
from seqera_batch.judge.difference.protections import Protection, protections
from seqera_batch.judge.effects import ResourceEffect, compare
from seqera_batch.judge.effects.effects import changed_fields
from seqera_batch.judge.findings import Finding
from seqera_batch.judge.report.model import Review
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import Identity, identities
from seqera_batch.policies.document import Scope
from seqera_batch.records import dataclass
from seqera_batch.template.environment import environment


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


def difference(old: Review, new: Review) -> Difference:
    """Compare two versions of one environment."""
    before, after = _where(old, new), _where(new, old)
    was, is_now = environment(old.plan, before), environment(new.plan, after)
    earlier = {finding.id for finding in old.open_findings}
    later = {finding.id for finding in new.open_findings}
    return Difference(
        old=old,
        new=new,
        fields=tuple(path for path, _ in changed_fields(old.plan.config, new.plan.config)),
        notes=(*_boundary(old, new), *_registration(*map(_token_goes_to, (was, is_now)))),
        identities=compare_identities(
            old.plan, _told(old.plan, before), new.plan, _told(new.plan, after)
        ),
        protections=protections(rendered(was), rendered(is_now)),
        resources=compare(was, is_now).resources,
        findings=tuple(one for one in new.open_findings if one.id not in earlier),
        settled=tuple(one.id for one in old.open_findings if one.id not in later),
        acknowledged={
            name: reason
            for name, reason in new.acknowledgements.items()
            if old.acknowledgements.get(name) != reason
        },
    )


def _where(review: Review, other: Review) -> Scope:
    """Return where a version is deployed: without an account, to the one that the other names."""
    return review.plan.scope(other.plan.account or ACCOUNT)


def _told(plan: ForgePlan, where: Scope) -> tuple[Identity, ...]:
    return tuple(identity.in_words() for identity in identities(plan, where))


def _token_goes_to(resources: Resources) -> str | None:
    """Return where the stack sends Platform's token to register the environment, if it does."""
    made = resources.get(REGISTRATION)
    return None if made is None else made.to_dict()["Properties"]["Endpoint"]


def _boundary(old: Review, new: Review) -> Iterator[Note]:
    before, after = (one.plan.roles.permissions_boundary for one in (old, new))
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
