# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch policies`: the IAM documents, as they are reviewed and deployed."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from seqera_batch.catalog import ids, limits
from seqera_batch.catalog.names import QUALIFIER
from seqera_batch.catalog.regions import Region
from seqera_batch.cli.files import load_all, say, usable
from seqera_batch.cli.markdown import findings_lines
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import counting, fitted
from seqera_batch.config.formats import FORMATS, Account
from seqera_batch.config.formats import Region as RegionCode
from seqera_batch.judge.count import count
from seqera_batch.judge.findings.acknowledge import acknowledge, as_problem
from seqera_batch.judge.findings.identities import Reviewed, findings_of
from seqera_batch.judge.report.markup import code, table
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.access import platform_access
from seqera_batch.plan.documents import (
    LAUNCHER,
    OTHER_BUCKET,
    PLATFORM,
    PRINCIPALS,
    READERS,
    SUBMITTER,
    Identity,
    identities,
    launching,
    reading,
    resource_policies,
)
from seqera_batch.plan.storage import KINDS
from seqera_batch.policies import platform
from seqera_batch.policies.by_role import DOCUMENTS
from seqera_batch.policies.document import PolicyDocument, Scope, Statement, each_condition
from seqera_batch.problems import ConfigError, Problem, Severity, refusal
from seqera_batch.version import __version__
from seqera_batch.words import counted

DEPLOYERS = frozenset({"Deployer", "DeployerThroughBootstrap"})
LAUNCHERS = frozenset({LAUNCHER, SUBMITTER})
ON_REQUEST = DEPLOYERS | LAUNCHERS | READERS.keys()
"""Identities that the stack neither makes nor uses: shown only where they are asked for."""

ON_FILE_SYSTEMS = frozenset(kind.resource_id for kind in KINDS)
ON_OPERATIONS = frozenset({ids.OPERATIONS_TOPIC, ids.SPOT_RECLAIM_EVENTS})
ON_RESOURCES = (
    frozenset({ids.KMS_KEY, ids.WORK_BUCKET, OTHER_BUCKET}) | ON_FILE_SYSTEMS | ON_OPERATIONS
)
"""What is no identity: policies that are on a resource, and say who it is for."""

IDENTITIES = {
    "platform": frozenset({PLATFORM, PRINCIPALS}),
    "head-job": frozenset({"HeadJobRole"}),
    "compute-job": frozenset({"ComputeJobRole"}),
    "execution": frozenset({"ExecutionRole"}),
    "instance": frozenset({"InstanceRole"}),
    "flow-logs": frozenset({"FlowLogRole"}),
    "spot-fleet": frozenset({"FleetRole"}),
    "registration": frozenset({ids.REGISTRATION_ROLE}),
    "kms-key": frozenset({ids.KMS_KEY}),
    "work-bucket": frozenset({ids.WORK_BUCKET}),
    "file-system": ON_FILE_SYSTEMS,
    "other-buckets": frozenset({OTHER_BUCKET}),
    "queue-check": frozenset({ids.QUEUE_CHECK_ROLE}),
    "topic": ON_OPERATIONS,
    "deployer": DEPLOYERS,
    "launcher": LAUNCHERS,
    **{name.lower(): frozenset({name}) for name in READERS},
}
"""The identities that `--for` means by what it takes."""


def run(options: argparse.Namespace) -> int:
    """Print the documents; exit code 1 if a file cannot be used, or nobody should deploy it."""
    if options.format is None:
        options.format = "text" if options.diff is None else "markdown"
    _check_place(options)
    _check_diff(options)
    checked = load_all(options)
    if not usable(checked, options):
        return 1
    wanted = {one for name in options.identity for one in IDENTITIES[name]}
    wanted = wanted or {one for ones in IDENTITIES.values() for one in ones} - ON_REQUEST
    if options.diff is not None:
        wanted = {PLATFORM, *DOCUMENTS} - {"FlowLogRole"}
    plans = [ForgePlan.of(one.usable()) for one in checked]
    found = {
        plan.name: [
            Reviewed(identity, acknowledge(findings_of(identity), plan.config.aws.acknowledgements))
            for identity in map(Identity.in_words, _identities(plan, options))
            if _kind(identity) in wanted
        ]
        for plan in counting(plans, "judging environment")
    }
    missing = [name for name, ones in found.items() if not ones]
    if missing:
        raise ConfigError(
            [
                Problem(
                    "no-identity",
                    "--for",
                    f"{name} makes no such identity: it names one that exists, or none",
                    fix="leave --for out to see all",
                )
                for name in missing
            ]
        )
    as_json, as_lines = _as_json, _markdown
    if options.diff is not None:
        from seqera_batch.cli import comparison  # noqa: PLC0415 - needed here only

        as_json, as_lines = comparison.as_json, comparison.as_lines
    if options.format == "json":
        data = {name: as_json(ones) for name, ones in found.items()}
        put(json.dumps(data, indent=2) + "\n")
    elif options.format == "markdown":
        for plan in plans:
            put("\n".join(as_lines(plan, found[plan.name])) + "\n")
    else:
        put(
            "\n".join(
                "".join(f"{line}\n" for line in fitted(_text(plan, found[plan.name])))
                for plan in plans
            )
        )
    # Another way of working is shown to compare with; nothing of it is deployed.
    shown_only = {PLATFORM} if options.mode is not None else set()
    refused = [
        as_problem(finding)
        for ones in found.values()
        for one in ones
        if one.identity.name not in shown_only
        for finding in one.findings
        if finding.severity is Severity.ERROR and finding.explained is None
    ]
    say(refused, None)
    return 1 if refused else 0


def _identities(plan: ForgePlan, options: argparse.Namespace) -> Iterator[Identity]:
    where = _scope(plan, options)
    if "deployer" in options.identity:
        from seqera_batch.template.deployer import deployers  # noqa: PLC0415 - needed here only

        yield from deployers(plan, where, qualifier=options.qualifier or QUALIFIER)
    yield from reading(plan, where)
    yield from launching(plan, where)
    for identity in identities(plan, where):
        if identity.name == PLATFORM and options.mode is not None:
            yield _in_mode(plan, where, identity, options.mode)
        else:
            yield identity
    yield from resource_policies(plan, where)


def _kind(identity: Identity) -> str:
    """Return the name by which `--for` knows it; of buckets of others there may be several."""
    return identity.name.partition("-")[0]


def _in_mode(plan: ForgePlan, where: Scope, identity: Identity, mode: str) -> Identity:
    if mode == "quick-start":
        from seqera_batch.judge.published.quick_start import (  # noqa: PLC0415 - needed here only
            quick_start,
        )

        return replace(
            identity,
            purpose="Seqera's quick start with its defects mended: to compare with, not to use",
            permissions=quick_start(where, prefix=plan.prefix),
        )
    settings = plan.platform.settings.model_copy(update={"mode": mode})
    other = replace(plan, platform=replace(plan.platform, settings=settings))
    return replace(identity, permissions=platform.of(where, platform_access(other, where)))


def _scope(plan: ForgePlan, options: argparse.Namespace) -> Scope:
    region = Region.of(options.region or plan.region)
    return Scope(
        partition=region.partition,
        region=region.code,
        account=options.account or plan.scope().account,
    )


def _check_diff(options: argparse.Namespace) -> None:
    if options.diff is not None and options.format == "text":
        raise refusal(
            "policies-format",
            "--format",
            "a comparison is a table, which a terminal is too narrow for",
            value=options.format,
            allowed="markdown or json with --diff",
            fix="leave --format out",
        )
    others = [name for name in options.identity if name != "platform"]
    if options.diff is not None and others:
        raise refusal(
            "no-published-policy",
            "--for",
            (
                "statement by statement Platform's policy is compared, and the roles' "
                "in numbers beside it"
            ),
            value=", ".join(others),
            allowed="platform, or no --for",
            fix="leave --for out",
        )


def _check_place(options: argparse.Namespace) -> None:
    given = (("--account", options.account, Account), ("--region", options.region, RegionCode))
    problems = [
        Problem(
            path.removeprefix("--"),
            path,
            f"this is no {path.removeprefix('--')} of AWS",
            value=value,
            allowed=form.allowed,
            fix=f"for example {form.example}",
        )
        for path, value, kind in given
        for form in (FORMATS[get_args(kind)[1].pattern],)
        if value is not None and not re.fullmatch(form.pattern, value)
    ]
    if problems:
        raise ConfigError(problems)


def _as_json(found: list[Reviewed]) -> dict[str, object]:
    return {
        one.identity.name: {
            "arn": one.identity.arn,
            "created": one.identity.created,
            "version": __version__,
            "digest": one.identity.digest,
            "trust": one.identity.trust and one.identity.trust.to_dict(),
            "permissions": one.identity.permissions.to_dict(),
            "reasons": {
                statement.sid: statement.reason
                for document in (one.identity.trust, one.identity.permissions)
                if document is not None
                for statement in document.statements
            },
            "findings": [finding.as_dict() for finding in one.findings],
        }
        | _in_parts(one.identity)
        for one in found
    }


def _in_parts(identity: Identity) -> dict[str, object]:
    """Return the managed policies that hold the permissions, where one is too small for them."""
    if identity.room == limits.ROLE_INLINE_POLICY_CHARACTERS:
        return {}
    parts = identity.permissions.split(limits.MANAGED_POLICY_CHARACTERS)
    return {"managed_policies": [part.to_dict() for part in parts]}


def _text(plan: ForgePlan, found: list[Reviewed]) -> Iterator[str]:
    yield f"{plan.name}: who may do what, in {plan.region}; names start with {plan.environment_id}"
    for one in found:
        identity = one.identity
        made = "" if identity.created else ", which exists" if identity.arn else "not created"
        yield ""
        yield f"{identity.name}: {identity.purpose} ({identity.arn}{made})"
        yield f"  {_counts(identity.permissions)}"
        for document in (identity.trust, identity.permissions):
            for statement in document.statements if document is not None else ():
                yield f"  {statement.sid}: {statement.reason}"
                yield from (f"      {line}" for line in _told(statement))
        yield f"  {next(findings_lines(one.findings))}"
        for finding in one.findings:
            if finding.by_itself:
                continue
            why = f" (acknowledged: {finding.explained})" if finding.explained else ""
            yield f"  {finding.severity}: {finding.id}: {finding.message}{why}"
            yield f"      fix: {finding.fix}"


def _told(statement: Statement) -> Iterator[str]:
    """Yield who may do what, on what and only if."""
    denied = statement.effect == "Deny"
    if statement.who:
        yield ("nobody, not even: " if denied else "who: ") + ", ".join(statement.who)
    yield ("denied: " if denied else "may: ") + ", ".join(sorted(statement.actions))
    if statement.resources:
        yield "on: " + ", ".join(statement.resources)
    for key, operator, values in each_condition(statement.conditions):
        yield f"only if: {key} {operator} {', '.join(values)}"


def _markdown(plan: ForgePlan, found: list[Reviewed]) -> Iterator[str]:
    yield f"# {plan.name}: who may do what"
    yield ""
    yield f"Region {plan.region}, names start with `{plan.environment_id}`."
    yield f"Written by seqera-batch {__version__}; a digest is of both documents of an identity."
    for one in found:
        identity = one.identity
        yield ""
        yield f"## {identity.name}"
        yield ""
        yield f"{identity.purpose[0].upper()}{identity.purpose[1:]}."
        if identity.created:
            yield f"`{identity.arn}`."
        elif identity.arn:
            yield f"`{identity.arn}`, which exists."
        else:
            yield "Not created: this is what it needs, for an identity of your own."
        yield _counts(identity.permissions)
        yield f"`{plan.environment_id}` {identity.name}, sha256 `{identity.digest}`."
        if identity.trust is not None:
            yield from ("", "Who may take it:", "")
            yield from _table(identity.trust, "who")
        yield ""
        if _kind(identity) in ON_RESOURCES:
            yield from _table(identity.permissions, "who", "actions")
        else:
            yield from ("What it may do:", "")
            yield from _table(identity.permissions, "actions", "on")
        yield ""
        yield from findings_lines(one.findings)


def _counts(document: PolicyDocument) -> str:
    number = count(document)
    return (
        f"{counted(number.statements, 'statement')}, {counted(number.actions, 'action')} allowed, "
        f"{counted(number.on_all, 'statement')} on all resources, {document.size} characters."
    )


def _table(document: PolicyDocument, *about: str) -> Iterator[str]:
    """Yield the table of a document's statements, with the columns that tell what each is about."""
    columns = ("statement", *about, "only if", "why")
    cells = map(_cells, document.statements)
    yield from table(columns, (tuple(one[name] for name in columns) for one in cells))


def _cells(statement: Statement) -> dict[str, str]:
    denied = "nobody, not even " if statement.effect == "Deny" else ""
    source = f" ([source]({statement.source}))" if statement.source else ""
    return {
        "statement": code(statement.sid),
        "who": denied + "<br>".join(map(code, statement.who)),
        "actions": "<br>".join(map(code, sorted(statement.actions))),
        "on": "<br>".join(map(code, statement.resources)),
        "only if": "<br>".join(
            f"{code(key)} {operator} {', '.join(map(code, values))}"
            for key, operator, values in each_condition(statement.conditions)
        ),
        "why": statement.reason + source,
    }
