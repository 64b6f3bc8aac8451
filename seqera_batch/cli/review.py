# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch review`: an environment as a security reviewer reads it before signing."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from seqera_batch.cli.files import is_valid, load_all, load_checked, say, usable, write
from seqera_batch.cli.terminal import counting, progress
from seqera_batch.config.check import Checked
from seqera_batch.judge.difference import WRITERS as OF_TWO
from seqera_batch.judge.findings.acknowledge import as_problem
from seqera_batch.judge.report import WRITERS
from seqera_batch.judge.report.model import Review
from seqera_batch.plan import ForgePlan, quota_problems
from seqera_batch.problems import refusal

ENDINGS = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".sarif": "sarif",
    ".json": "json",
    ".txt": "text",
}
"""Formats that the name of the output says."""


def run(options: argparse.Namespace) -> int:
    """Write the review; exit code 1 if anything is open, or a file cannot be used."""
    options.format = _format(options)
    checked = load_all(options)
    if options.against is not None:
        _check_against(options)
        checked = [load_checked(options.against, options.name), *checked]
    usable_ones = [one for one in checked if is_valid(one)]
    reviews = [_review(one) for one in counting(usable_ones, "reviewing environment")]
    versions = options.against is not None or _are_versions(reviews)
    together = () if versions else quota_problems(review.plan for review in reviews)
    if not usable(checked, options, together):
        return 1
    if versions:
        # What reviews of one version do not need.
        from seqera_batch.judge.difference.model import difference  # noqa: PLC0415

        found = difference(*reviews)
        write(options, import_module(OF_TWO[options.format]).text(found))
        return 1 if found.change.widens else 0
    with progress("writing the review"):
        text = import_module(WRITERS[options.format]).text(reviews)
    write(options, text)
    for review in reviews:
        # The problems of the file were said when it was read.
        say(map(as_problem, review.open_findings), review.origin)
    return 0 if all(review.is_settled for review in reviews) else 1


def _review(checked: Checked) -> Review:
    plan = ForgePlan.of(checked.usable())
    return Review.of(plan, origin=checked.origin, file_digest=checked.digest)


def _are_versions(reviews: list[Review]) -> bool:
    """Return whether two files are two versions of one, of which one may name no account."""
    plans = [review.plan for review in reviews]
    accounts = {plan.account for plan in plans} - {None}
    places = {(plan.region, plan.environment_id) for plan in plans}
    return len(plans) == len(["old", "new"]) and len(places) == 1 and len(accounts) <= 1


def _format(options: argparse.Namespace) -> str:
    if options.format is not None:
        return str(options.format)
    if options.output is None:
        return "text"
    found = ENDINGS.get(Path(options.output).suffix.lower())
    if found is None:
        raise refusal(
            "review-format",
            "--output",
            "the ending says no format",
            value=options.output,
            allowed=", ".join(ENDINGS),
            fix="choose another name, or say --format",
        )
    return found


def _check_against(options: argparse.Namespace) -> None:
    if len(options.files) > 1:
        raise refusal(
            "review-against",
            "--against",
            "an earlier version can be of one file only",
            value=", ".join(options.files),
            allowed="one FILE with --against",
            fix="review the files one by one",
        )
