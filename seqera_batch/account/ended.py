# SPDX-License-Identifier: Apache-2.0
"""Why a job failed, and what it left running."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.account.answer import Answer
from seqera_batch.account.facts import Facts
from seqera_batch.account.leaves import answer
from seqera_batch.account.reading import Read
from seqera_batch.account.texts import STOPPED, first, said

SHOWN_LINES = 5
"""Lines of a log that an answer shows as evidence."""
_SHOWN_JOBS = 50
_ENDED_BY_SIGNAL = {130: "job-ended-by-user", 137: "job-killed", 143: "job-ended-by-user"}
"""By exit code; who sends 137's SIGKILL, the kernel or somebody, the code does not tell."""


def failed_answers(job: Read, facts: Facts) -> Iterator[Answer]:
    """Yield why a job failed, and what it left running."""
    attempts = job.get("attempts", ())
    attempt: Read = attempts[-1] if attempts else {}
    container: Read = attempt["container"] if "container" in attempt else job.get("container", {})
    reasons = {
        "statusReason": job.get("statusReason"),
        "attempt.statusReason": attempt.get("statusReason"),
        "container.reason": container.get("reason"),
    }
    seen: dict[str, object] = {name: text for name, text in reasons.items() if text}
    code = container.get("exitCode")
    seen |= {} if code is None else {"exitCode": code}
    leaf = first(STOPPED, "\n".join(map(str, reasons.values())))
    if leaf is None and (job.get("isTerminated") or job.get("isCancelled")):
        leaf = "job-ended-by-user"
    if leaf is None and code is not None:
        leaf = said(facts.log) or _ENDED_BY_SIGNAL.get(code, "run-failed")
    if facts.log:
        seen["log"] = list(facts.log[-SHOWN_LINES:])
    yield answer(leaf or "job-failed-otherwise", job["jobId"], seen, code=code)
    if facts.orphans:
        yield answer(
            "orphaned-tasks",
            job["jobId"],
            {"jobIds": list(facts.orphans[:_SHOWN_JOBS])},
            count=len(facts.orphans),
        )
