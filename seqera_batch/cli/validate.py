# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch validate`: every problem and warning, with path, rule id and fix."""

from __future__ import annotations

import argparse

from seqera_batch.cli.files import is_valid, load_all, put_verdicts, say, with_files
from seqera_batch.cli.streams import put
from seqera_batch.config.check import Checked
from seqera_batch.problems import Problem, Severity, errors, visible
from seqera_batch.words import counted


def run(options: argparse.Namespace) -> int:
    """Show the problems; exit code 1 if any is an error."""
    checked = load_all(options)
    together = with_files(_together(checked), checked) if len(checked) > 1 else ()
    if options.format == "json":
        put_verdicts(checked, together)
    else:
        for one in checked:
            say(one.problems, one.origin)
            put(f"{visible(str(one.origin))}: {_summary(one.problems)}\n")
        say(together, None)
    everything = [*(problem for one in checked for problem in one.problems), *together]
    return 1 if errors(everything) else 0


def _together(checked: list[Checked]) -> tuple[Problem, ...]:
    """Return what is wrong only because there are several environments."""
    from seqera_batch.plan import ForgePlan, quota_problems  # noqa: PLC0415 - one file needs none

    return quota_problems(ForgePlan.of(one.usable()) for one in checked if is_valid(one))


def _summary(problems: tuple[Problem, ...]) -> str:
    counts = [
        counted(sum(problem.severity is severity for problem in problems), str(severity))
        for severity in (Severity.ERROR, Severity.WARNING)
    ]
    accepted = sum(problem.acknowledged is not None for problem in problems)
    verdict = "not usable" if errors(problems) else "valid"
    return f"{verdict}, {', '.join(counts)}" + (f" ({accepted} acknowledged)" if accepted else "")
