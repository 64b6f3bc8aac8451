# SPDX-License-Identifier: Apache-2.0
"""One environment as a reviewer sees it: everything that page, Markdown, SARIF and JSON tell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from seqera_batch.cloudformation.intrinsics import words
from seqera_batch.judge.count import Count, count
from seqera_batch.judge.findings import Finding, findings
from seqera_batch.judge.findings.acknowledge import acknowledge
from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.judge.published.comparison import PublishedDifference, compare
from seqera_batch.judge.published.policies import FULL, Published
from seqera_batch.judge.report.changes import FieldChange, changes
from seqera_batch.judge.report.purposes import Purpose, by_purpose
from seqera_batch.judge.report.summary import residual_risks, summary
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import (
    MANAGED_ROOM,
    PLATFORM,
    Identity,
    identities,
    resource_policies,
)
from seqera_batch.problems import Problem, Severity
from seqera_batch.records import dataclass
from seqera_batch.template.deployer import deployers
from seqera_batch.template.environment import digest, environment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedIdentity:
    """A role, user or told-only identity, with its permissions by purpose.

    Args:
        identity: Name, ARN, trust and permissions, as deployed.
        purposes: The statements of its permissions by what they are for.
        count: How much it may do.
        findings: What the review says of it, with acknowledgements.
    """

    identity: Identity
    purposes: tuple[Purpose, ...]
    count: Count
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """How much a policy for Platform allows, in numbers.

    Args:
        count: Statements, actions, and what is open-ended.
        errors: Findings that are errors, without those that are acknowledged or explained.
        warnings: Findings that are warnings, likewise.
    """

    count: Count
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedComparison:
    """What Seqera's published policy would have allowed instead.

    Args:
        published: The published policy, with its title, state and source.
        theirs: How much it allows.
        ours: How much ours allows.
        differences: Statement by statement, in the published order, then those of ours alone.
    """

    published: Published
    theirs: Allowed
    ours: Allowed
    differences: tuple[PublishedDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An environment, reviewed.

    Args:
        origin: The file; None where the configuration was made in code.
        file_digest: SHA-256 of the file; None where it is not known.
        digest: SHA-256 of all resources, which `plan` prints too.
        acknowledgements: Of the file: id of a finding or rule to the reason somebody gave.
        plan: What will exist: resources, decisions, labels.
        account: 12 digits, or what stands for them where the file names none.
        summary: What the environment is, in a sentence.
        identities: The roles that are made, then Platform's, made or only told.
        resources: The policies on KMS key, work bucket and EFS file system, if there are any.
        deployers: The two ways to deploy; the stack neither makes nor uses these.
        comparison: Platform's permissions beside Seqera's published policy.
        problems: Warnings and notices about the file, with acknowledgements.
        changes: What changing a field later does.
    """

    origin: str | None
    file_digest: str | None
    digest: str
    acknowledgements: Mapping[str, str]
    plan: ForgePlan
    account: str
    summary: str
    identities: tuple[ReviewedIdentity, ...]
    resources: tuple[ReviewedIdentity, ...]
    deployers: tuple[ReviewedIdentity, ...]
    comparison: PublishedComparison
    problems: tuple[Problem, ...]
    changes: tuple[FieldChange, ...]

    @staticmethod
    def of(
        plan: ForgePlan,
        *,
        origin: str | None = None,
        file_digest: str | None = None,
    ) -> Review:
        """Review an environment."""
        where = plan.scope()
        accepted = plan.config.aws.acknowledgements
        own = tuple(_reviewed(one, accepted) for one in identities(plan, where))
        resources = environment(plan, where)
        return Review(
            origin=origin,
            file_digest=file_digest,
            digest=digest(resources),
            acknowledgements=accepted,
            plan=plan,
            account=words(where.account),
            summary=summary(plan),
            identities=own,
            resources=tuple(_reviewed(one, accepted) for one in resource_policies(plan, where)),
            deployers=tuple(
                _reviewed(one, accepted) for one in deployers(plan, where, resources=resources)
            ),
            comparison=_comparison(own),
            problems=plan.problems,
            changes=changes(plan.config),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings about the environment's policies; those of deployers are beside it."""
        everything = (*self.identities, *self.resources)
        return tuple(finding for one in everything for finding in one.findings)

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that neither a statement explains nor anybody has acknowledged."""
        return tuple(finding for finding in self.findings if finding.explained is None)

    @property
    def open_problems(self) -> tuple[Problem, ...]:
        """The warnings about the file that nobody has acknowledged; notices need no answer."""
        return tuple(
            problem
            for problem in self.problems
            if problem.acknowledged is None and problem.severity is not Severity.NOTICE
        )

    @property
    def open_for_deployers(self) -> tuple[Finding, ...]:
        """What is open of those who deploy; whoever grants them answers it, and not the file."""
        found = (finding for one in self.deployers for finding in one.findings)
        return tuple(finding for finding in found if finding.explained is None)

    @property
    def explained_for_deployers(self) -> tuple[Finding, ...]:
        """The findings about those who deploy that their own statements explain."""
        found = (finding for one in self.deployers for finding in one.findings)
        return tuple(finding for finding in found if finding.by_itself)

    @property
    def residual_risks(self) -> tuple[str, ...]:
        """What stays possible when nothing is open: what a signature accepts."""
        return tuple(residual_risks(self.plan))

    @property
    def is_settled(self) -> bool:
        """Whether everything found is explained or acknowledged: what the exit code says."""
        return not self.open_findings and not self.open_problems


def _reviewed(identity: Identity, accepted: Mapping[str, str]) -> ReviewedIdentity:
    identity = identity.in_words()
    return ReviewedIdentity(
        identity=identity,
        purposes=by_purpose(identity.permissions),
        count=count(identity.permissions),
        findings=acknowledge(findings_of(identity), accepted),
    )


def _comparison(own: tuple[ReviewedIdentity, ...]) -> PublishedComparison:
    [platform] = (one for one in own if one.identity.name == PLATFORM)
    return PublishedComparison(
        published=FULL,
        theirs=_allowed_by_published(),
        ours=_allowed(platform.count, platform.findings),
        differences=compare(platform.identity.permissions, FULL),
    )


@cache
def _allowed_by_published() -> Allowed:
    """Return how much the published policy allows: the same beside every environment."""
    policy = FULL.to_dict()
    return _allowed(count(policy), findings(policy, name=FULL.name, limit=MANAGED_ROOM))


def _allowed(number: Count, found: tuple[Finding, ...]) -> Allowed:
    unexplained = [one.severity for one in found if one.explained is None]
    return Allowed(
        count=number,
        errors=unexplained.count(Severity.ERROR),
        warnings=unexplained.count(Severity.WARNING),
    )
