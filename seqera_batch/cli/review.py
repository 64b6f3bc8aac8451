# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch review`: an environment as a security reviewer reads it before signing."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.cli.files import (
    add_file_arguments,
    is_valid,
    load_all,
    load_checked,
    say,
    usable,
    write,
)
from seqera_batch.judge.findings.acknowledge import as_problem
from seqera_batch.judge.report.model import Review
from seqera_batch.plan import ForgePlan, quota_problems
from seqera_batch.problems import refusal

if TYPE_CHECKING:
    import argparse

    from seqera_batch.config.check import Checked

WRITERS = {
    "html": "seqera_batch.judge.report.page",
    "markdown": "seqera_batch.judge.report.markdown",
    "sarif": "seqera_batch.judge.report.sarif",
    "json": "seqera_batch.judge.report.as_json",
    "text": "seqera_batch.judge.report.text",
}
"""What `--format` takes, and the module whose `text(reviews)` writes it."""

ENDINGS = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".sarif": "sarif",
    ".json": "json",
    ".txt": "text",
}
"""Formats that the name of the output says."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_file_arguments(parser, formats=False)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write here, instead of to standard output"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace a file in its place, whoever made it"
    )
    parser.add_argument(
        "--format",
        choices=tuple(WRITERS),
        help="default: what the ending of the output says; text where there is no output",
    )
    parser.add_argument(
        "--against",
        metavar="OLD",
        help="an earlier version of the one file: show what has changed since",
    )
    parser.epilog = """\
Two files that describe the same environment, by region and name, are two versions of it: the
review is of what the second changes, in every format but HTML. What cannot be proved to be no
wider counts as widened.

examples:
  seqera-batch review seqera.yaml -o review.html
  seqera-batch review seqera.yaml --format markdown
  seqera-batch review seqera.yaml -o review.sarif
  seqera-batch review old.yaml seqera.yaml
  git show main:seqera.yaml > old.yaml && seqera-batch review seqera.yaml --against old.yaml

exit codes: 0 if nothing is open, or of two versions nothing is widened; 1 if a finding or a
warning is neither explained nor acknowledged (aws.acknowledgements), something is or may be
widened, or a file cannot be used; 2 if the command was called wrongly"""


def run(options: argparse.Namespace) -> int:
    """Write the review; exit code 1 if anything is open, or a file cannot be used."""
    options.format = _format(options)
    checked = load_all(options)
    if options.against is not None:
        _check_against(options)
        checked = [load_checked(options.against, options.name), *checked]
    reviews = [_review(one) for one in checked if is_valid(one)]
    versions = options.against is not None or _are_versions(reviews)
    together = () if versions else quota_problems(review.plan for review in reviews)
    if not usable(checked, options, together):
        return 1
    if versions:
        # One module more, which reviews of one version do not need.
        difference = import_module("seqera_batch.cli.review_difference")
        configs = [one.usable() for one in checked]
        return int(difference.run(options, *zip(configs, reviews, strict=True)))
    write(options, import_module(WRITERS[options.format]).text(reviews))
    for review in reviews:
        # The problems of the file were said when it was read.
        say(map(as_problem, review.open_findings), review.origin)
    return 0 if all(review.is_settled for review in reviews) else 1


def _review(checked: Checked) -> Review:
    config = checked.usable()
    return Review.of(config, ForgePlan.of(config), origin=checked.origin)


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
