# SPDX-License-Identifier: Apache-2.0
"""Findings as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import PurePath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from seqera_batch.config.lines import line_of, lines
from seqera_batch.judge.findings import Finding
from seqera_batch.judge.report.model import Review
from seqera_batch.problems import Problem, Severity
from seqera_batch.records import dataclass
from seqera_batch.version import __version__

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}
SOURCE_ROOT = "%SRCROOT%"
"""Code scanning's name for the folder of the repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that code scanning shows.

    Args:
        rule: Stable id of the kind.
        level: `error`, `warning` or `note`.
        message: What is wrong.
        file: The environment file; None where there is none.
        line: In the file.
        identity: What makes it the same result in another run: no line, no wording.
        fix: What to do about results of the rule.
        source: Page about the rule.
        explained: Why it is right so, where somebody has said so.
        by_itself: Whether the statement itself says so, and not the file.
        in_file: Whether the file may accept it, with a reason.
    """

    rule: str
    level: str
    message: str
    file: str | None
    line: int
    identity: str
    fix: str | None = None
    source: str | None = None
    explained: str | None = None
    by_itself: bool = False
    in_file: bool = True


def text(reviews: Sequence[Review]) -> str:
    """Return the findings and problems of environments as one SARIF log."""
    return log(result for review in reviews for result in _results(review))


def log(results: Iterable[Result]) -> str:
    """Return results as a SARIF log of one run."""
    found = tuple(results)
    rules = tuple({one.rule: one for one in reversed(found)}.values())[::-1]
    places = {one.rule: place for place, one in enumerate(rules)}
    driver = {
        "name": "seqera-batch",
        "semanticVersion": __version__,
        "rules": [_rule(one) for one in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, places[one.rule]) for one in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def of_finding(finding: Finding, review: Review, known: dict[str, int]) -> Result:
    """Return what the review found as a result."""
    return Result(
        rule=finding.kind,
        level=LEVELS[finding.severity],
        message=f"{finding.id.rpartition(':')[0]}: {finding.message}",
        file=review.origin,
        line=line_of(f"aws.acknowledgements.{finding.id}", known),
        identity=identity(review, finding.id),
        fix=finding.fix,
        source=finding.source,
        explained=finding.explained,
        by_itself=finding.by_itself,
    )


def identity(review: Review, name: str) -> str:
    """Return what is told apart from other environments' results of the same name."""
    return f"{review.plan.region}/{review.plan.environment_id}/{name}"


def _results(review: Review) -> Iterator[Result]:
    known = lines(review.origin)
    yield from (of_finding(finding, review, known) for finding in review.findings)
    yield from (_of_problem(problem, review, known) for problem in review.problems)


def _of_problem(problem: Problem, review: Review, known: dict[str, int]) -> Result:
    return Result(
        rule=problem.rule,
        level=LEVELS[problem.severity],
        message=f"{problem.path}: {problem.message}" if problem.path else problem.message,
        file=review.origin,
        line=line_of(problem.path, known),
        identity=identity(review, f"{problem.path}:{problem.rule}"),
        fix=problem.fix,
        source=problem.source,
        explained=problem.acknowledged,
    )


def _rule(one: Result) -> dict[str, Any]:
    words = one.rule.replace("-", " ")
    advice = [] if one.fix is None else [f"What to do: {one.fix}."]
    if one.in_file:
        advice.append("What is meant so can be acknowledged in aws.acknowledgements, by its id.")
    if one.source is not None:
        advice.append(f"Source: {one.source}")
    rule: dict[str, Any] = {
        "id": one.rule,
        "shortDescription": {"text": words[:1].upper() + words[1:]},
        "help": {"text": "\n".join(advice), "markdown": "\n\n".join(advice)},
        "defaultConfiguration": {"level": one.level},
        "properties": {"tags": ["security"]},
    }
    if one.source is not None:
        rule["helpUri"] = one.source
    return rule


def _result(one: Result, place: int) -> dict[str, Any]:
    digest = sha256(f"{one.rule}\n{one.identity}".encode()).hexdigest()[:32]
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": place,
        "level": one.level,
        "message": {"text": one.message},
        # GitHub tells results apart by the second; it would else be made of the line.
        "partialFingerprints": {"seqeraBatch/v1": digest, "primaryLocationLineHash": digest},
    }
    if one.file is not None:
        location = {
            "artifactLocation": _artifact(one.file),
            "region": {"startLine": one.line},
        }
        result["locations"] = [{"physicalLocation": location}]
    if one.explained is not None:
        result["suppressions"] = [
            {
                "kind": "external" if one.by_itself else "inSource",
                "status": "accepted",
                "justification": one.explained,
            }
        ]
    return result


def _artifact(file: str) -> dict[str, str]:
    path = PureWindowsPath(file) if "\\" in file else PurePath(file)
    name = path.as_posix()
    if not path.is_absolute():
        return {"uri": quote(name), "uriBaseId": SOURCE_ROOT}
    # A share of Windows, //server/share, has its slashes already.
    start = "file:" if path.drive.startswith("\\\\") else "file:///" if path.drive else "file://"
    return {"uri": start + quote(name, safe="/:" if path.drive else "/")}
