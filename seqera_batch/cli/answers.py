# SPDX-License-Identifier: Apache-2.0
"""How the commands that look at an account show their answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace

from seqera_batch.account.answer import Answer, Unread
from seqera_batch.account.reading import Account
from seqera_batch.cli.files import say
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import fitted, painted, steps
from seqera_batch.config.check import load
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import Problem, Severity
from seqera_batch.words import counted

Look = Callable[[Account, ForgePlan], Iterable[Answer]]


def show(options: argparse.Namespace, look: Look) -> int:
    """Look at the account of a file and show the answers.

    Args:
        options: The command line.
        look: Gives the answers.

    Raises:
        ConfigError: The file or the account cannot be read.
    """
    checked = load(options.file, name=options.name)
    plan = ForgePlan.of(checked.usable())
    if options.stack is not None:
        plan = replace(plan, stack_name=options.stack)
    from seqera_batch.account.reading import Account  # noqa: PLC0415 - for a good file

    with steps() as tell:
        account = Account(plan.region, account=plan.account, profile=options.profile, tell=tell)
        # Things that several queues share are told once.
        told = {(one.leaf.id, one.about): one for one in look(account, plan)}
    answers = tuple(told.values())
    if options.format == "json":
        put(json.dumps(_as_dict(plan, account, answers), indent=2) + "\n")
    else:
        put("\n".join(fitted(_lines(plan, account, answers))) + "\n")
        say(map(_as_problem, account.unread), None)
    needs = any(one.leaf.severity is not Severity.NOTICE for one in answers)
    return 1 if needs or account.unread else 0


def _lines(plan: ForgePlan, account: Account, answers: tuple[Answer, ...]) -> Iterator[str]:
    yield f"{plan.name}: account {account.account}, {account.region}"
    if not answers:
        yield "nothing found" + (" in what could be looked at" if account.unread else "")
    for answer in answers:
        severity = str(answer.leaf.severity)
        yield ""
        yield f"{painted(severity, severity, sys.stdout)}[{answer.leaf.id}] {answer.says}"
        for name, value in answer.shown.items():
            yield from _evidence(name, value)
        if answer.fix:
            yield f"    fix:    {answer.fix}"
        yield f"    source: {answer.leaf.source}"
    if answers:
        yield ""
        yield counted(len(answers), "answer")


def _evidence(name: str, value: object) -> Iterator[str]:
    if name == "log" and isinstance(value, list):
        yield from (f"    log:    {line}" for line in value)
    elif value is not None:
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        yield f"    seen:   {name} = {shown}"


def _as_problem(unread: Unread) -> Problem:
    return Problem(
        rule="not-looked-at",
        severity=Severity.WARNING,
        path=unread.action,
        message=unread.why,
        fix="allow it, or leave this part out of the answer" if unread.denied else None,
    )


def _as_dict(plan: ForgePlan, account: Account, answers: tuple[Answer, ...]) -> dict[str, object]:
    return {
        "name": plan.name,
        "account": account.account,
        "region": account.region,
        "answers": [one.as_dict() for one in answers],
        "not_looked_at": [asdict(one) for one in account.unread],
    }
