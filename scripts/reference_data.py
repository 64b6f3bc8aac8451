# SPDX-License-Identifier: Apache-2.0
"""Writes the reference pages about data that the commands print: findings, and keys of JSON."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from seqera_batch.account.leaves import LEAVES
from seqera_batch.catalog import endpoints, names
from seqera_batch.cli.main import COMMANDS, parser_of
from seqera_batch.judge.findings import CHECKS, Finding, form
from seqera_batch.judge.report.markup import table
from seqera_batch.node import setup
from seqera_batch.plan import (
    ForgePlan,
    compute,
    costs,
    decision,
    definitions,
    environments,
    key,
    labels,
    logs,
    network,
    nodes,
    operations,
    platform,
    queues,
    roles,
    storage,
)
from seqera_batch.plan.storage import KINDS
from seqera_batch.plan.storage.buckets import WorkBucket
from seqera_batch.policies.access import BucketAccess, Repository
from seqera_batch.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HELP_COLUMNS = 90
"""Width of the help texts on the page."""

FINDINGS_HEAD = """\
What the review of policies looks for, in this order.
An id is the document, the statement and the kind: `HeadJobRole.SubmitTasks:wildcard-resource`.
[Review the policies](../how-to/policies.md) says what to do with a finding.

An error never works, or gives more than anybody can have meant; a warning may be meant so.
Some kinds are one or the other, by how far the statement reaches.
"""

COMMAND_LINE_HEAD = """\
What `seqera-batch` takes, as `seqera-batch COMMAND --help` shows it.

Results go to standard output, problems and hints to standard error.
In a terminal, problems have colours and long lines are folded; in a pipe there is neither.
`NO_COLOR=1` switches colours off, `FORCE_COLOR=1` on.

| exit code | means |
|---|---|
| 0 | nothing is wrong |
| 1 | problems were found, or what the command's help says |
| 2 | the command was called wrongly |
| 130 | Ctrl-C ended it |

A file is written whole or not at all: a full disk or Ctrl-C leaves what was there before.
What a command reads it never writes, and it follows no symbolic link.
What is in the way stays unless `--force` is given.
Only pages and pictures that say they are of `seqera-batch` are made anew without it; a text for
terminals does not say so.
`synth` replaces an assembly, and leaves one alone in which CDK did not write every file.

`-` stands for standard input, and a pipe as shells make for `<(…)` is read like a file: as JSON
where it begins with a bracket, as YAML otherwise.

`seqera-batch completion SHELL` lets bash, zsh or fish complete commands, options and file names.
"""

ANSWERS_HEAD = """\
What [`doctor`](../how-to/doctor.md), [`check`](../how-to/check.md) and
[`leftovers`](../how-to/leftovers.md) can answer; ids are stable.
Words in braces are filled in.
A notice needs nothing to be done, and leaves the exit code 0.
"""

JSON_HEAD = """\
The keys of `--format json`, for programs.
They are a contract: a release adds some; where it has to take one away, the changelog says so under
"Upgrade".

| exit code | means |
|---|---|
| 0 | nothing is wrong |
| 1 | problems were found; results are written all the same where that is safe |
| 2 | the command was called wrongly |
| 130 | Ctrl-C ended it |

Results go to standard output, problems and hints to standard error.
Where there is no result, every command with `--format json` writes what `validate` does instead.
"""

PLANNED = (
    labels.Labels,
    network.Network,
    network.FileSystemGroup,
    network.Zone,
    endpoints.Endpoint,
    storage.Storage,
    WorkBucket,
    BucketAccess,
    *KINDS,
    compute.Compute,
    queues.JobQueue,
    queues.JobStateLimit,
    queues.Fallback,
    queues.FairShare,
    compute.Share,
    environments.ComputeEnvironment,
    environments.Override,
    environments.Image,
    environments.UpdatePolicy,
    nodes.NodeTemplate,
    nodes.Disk,
    setup.NodeSetup,
    setup.AwsCli,
    setup.Mount,
    setup.OwnScript,
    definitions.JobDefinition,
    roles.Roles,
    roles.Role,
    Repository,
    logs.Logs,
    logs.LogGroup,
    key.KmsKey,
    platform.Platform,
    platform.PlatformIdentity,
    operations.Operations,
    operations.QueueCheck,
    operations.Budget,
    costs.Costs,
    decision.IdleCost,
    decision.QuotaUse,
    decision.Decision,
)
"""What a plan is made of, in its own order."""

POLICIES_KEYS = (
    ("arn", "text", "the identity's ARN"),
    ("created", "true or false", "whether the stack makes it"),
    ("version", "text", "of seqera-batch, which wrote the documents"),
    ("digest", "text", "SHA-256 of both documents"),
    ("trust", "policy or null", "who may take it"),
    ("permissions", "policy", "what it may do"),
    ("reasons", "mapping", "the reason of each statement, by Sid"),
    ("findings", "list of `Finding`", "what the review has to say"),
    ("managed_policies", "list of policies", "the permissions in parts that IAM takes"),
)

EXPORT_KEYS = (
    ("text", "text or null", "the export, where it is not written into a file"),
    ("written", "list of text", "the files that were written"),
    ("next", "list of text", "the commands to run next"),
)

REVIEW_KEYS = (
    ("name", "text", "the environment's name"),
    ("environment_id", "text", "what the names of its resources start with"),
    ("file", "text or null", "where it was read from"),
    ("file_digest", "text or null", "SHA-256 of the file"),
    ("digest", "text", "SHA-256 of all resources, which `plan` prints too"),
    ("region", "text", "region code"),
    ("account", "text or null", "12 digits"),
    ("version", "text", "of seqera-batch, which wrote the documents"),
    ("summary", "text", "what the environment is, in a sentence"),
    ("settled", "true or false", "whether nothing is open: what the exit code says"),
    ("residual_risks", "list of text", "what stays possible when nothing is open"),
    ("identities", "list", "each identity, with the keys below"),
    (
        "resources",
        "list",
        "policies on KMS key, work bucket and EFS, with the same keys",
    ),
    ("deployers", "list", "the two ways to deploy, with the same keys"),
    ("published", "mapping", "Seqera's policy: its numbers (`theirs`), ours, and `differences`"),
    ("problems", "list of `Problem`", "warnings and notices about the file"),
    ("acknowledgements", "mapping", "those of the file: id to reason"),
    ("idle_costs", "list of `IdleCost`", "what costs money while no pipeline runs"),
    ("quotas", "list of `QuotaUse`", "what is taken of AWS's fixed quotas"),
    ("assumptions", "list of text", "what has to be so and cannot be seen from here"),
    ("changes", "list", "`field`, `value` and `effect` of each field that is told"),
)

EFFECTS_KEYS = (
    ("verdict", "text", "the gravest of what happens"),
    ("interrupts", "true or false", "whether it ends running jobs or loses something"),
    ("stack", "mapping", "`old` and `new` name; `elsewhere`: whether it is another stack"),
    ("fields", "list", "each field that differs, with the keys below"),
    ("resources", "list", "`id`, `type`, `outcome`, `properties`, `retained` of each that changes"),
    ("refused", "list", "`id`, `type`, `why`, `fix`, `source` of what AWS does not take"),
    ("held", "list", "`id`, `type`, `by`: what makes the stack's deletion fail from then on"),
    ("platform", "mapping", "fields that are `edited`, need an environment `anew`, or are `kept`"),
)

EFFECT_KEYS = (
    ("path", "text", "the field"),
    ("old", "any value", "the value before; null where there was none"),
    ("new", "any value", "the value after; null where there is none"),
    ("effect", "text", "what its change does"),
    ("declared", "text", "what the reference says of a change of the field"),
    ("resources", "list of text", "ids of the resources that it reaches"),
    ("platform", "mapping", "as above"),
    ("by_itself", "true or false", "whether it was changed without the other fields"),
)

ACCOUNT_KEYS = (
    ("name", "text", "the environment's name"),
    ("account", "text", "12 digits: whose credentials they are"),
    ("region", "text", "region code"),
    ("answers", "list", "each answer, with the keys below"),
    ("not_looked_at", "list", "`action`, `why`, `denied`: what could not be read"),
)

ANSWER_KEYS = (
    ("id", "text", "which of the [answers](answers.md) it is"),
    ("severity", "error, warning or notice", "how much it matters"),
    ("about", "text", "what it is about: a name or id, as AWS has it"),
    ("says", "text", "what it means"),
    ("evidence", "mapping", "what was seen, by AWS's own names"),
    ("fix", "text or null", "what to do"),
    ("source", "text", "the page that documents it"),
)

REVIEWED_KEYS = (
    ("name", "text", "kind of role, or `Platform`"),
    ("purpose", "text", "what it is for"),
    ("arn", "text", "its ARN"),
    ("created", "true or false", "whether the stack makes it"),
    ("digest", "text", "SHA-256 of both documents"),
    ("counts", "mapping", "how much it may do, in numbers"),
    ("trust", "policy or null", "who may take it"),
    ("permissions", "policy", "what it may do"),
    ("purposes", "mapping", "by purpose its statements, each with `sid`, `reason`, `source`"),
    ("findings", "list of `Finding`", "what the review has to say"),
)

DIFFERENCE_KEYS = (
    ("generator", "text", "who wrote it"),
    ("name", "text", "the environment's name"),
    ("environment_id", "text", "what the names of its resources start with"),
    ("region", "text", "region code"),
    ("account", "text or null", "12 digits"),
    ("old", "text or null", "file of the earlier version"),
    ("new", "text or null", "file of the later version"),
    ("change", "same, narrowed, widened or not proved narrower", "all in all"),
    ("widened", "true or false", "whether more may be allowed: what the exit code says"),
    ("verdict", "text", "the same as a sentence"),
    ("fields", "list of text", "paths of the file's fields that differ"),
    ("notes", "list", "`about`, `what`, `change`: what holds for the whole environment"),
    ("identities", "list", "each identity that changes, with the keys below"),
    ("protections", "list", "`id`, `type`, `property`, `what`, `change` of what opens or closes"),
    ("resources", "list", "`id`, `type`, `outcome`, `properties` of each resource that changes"),
    ("findings", "list of `Finding`", "open ones that were not there"),
    ("settled", "list of text", "ids of findings that are no longer open"),
    ("acknowledged", "mapping", "acknowledgements that are new or have another reason"),
)

CHANGED_KEYS = (
    ("name", "text", "kind of role, or `Platform`"),
    ("purpose", "text", "what it is for"),
    ("fate", "added, removed or changed", "what becomes of it"),
    ("change", "as above", "what becomes of all that it allows"),
    ("notes", "list", "`about`, `what`, `change`: what changes beside its statements"),
    ("trust", "list", "statements on who may take it, with the keys below"),
    ("permissions", "list", "statements on what it may do, with the keys below"),
)

STATEMENT_KEYS = (
    ("sid", "text", "its Sid"),
    ("allows", "true or false", "whether it allows; else it denies"),
    ("fate", "added, removed, changed or reason only", "what becomes of it"),
    ("change", "as above", "what that does to what is allowed"),
    ("gained", "list", "`actions`, `resources`, `principals`, `conditions` that no statement had"),
    ("lost", "list", "likewise, that no statement has any more"),
    ("old", "statement or null", "as IAM reads it"),
    ("new", "statement or null", "as IAM reads it"),
    ("old_reason", "text or null", "why it was there"),
    ("new_reason", "text or null", "why it is there"),
)

_WORDS = {
    "None": "null",
    "bool": "true or false",
    "int": "number",
    "object": "any value",
    "str": "text",
    "Ports": "list of lists of two numbers",
    "WorkDirectory": "text",
    "PlatformAccessSettings": "`aws.platform_access`, as the file has it",
    "FileSystem": " or ".join(kind.__name__ for kind in KINDS),
    **{
        name: " | ".join(f"'{value}'" for value in values)
        for name, values in {
            "Provisioning": get_args(environments.Provisioning),
            "RoleKind": get_args(names.RoleKind),
            "Severity": tuple(Severity),
            "Need": get_args(endpoints.Need),
        }.items()
    },
}
"""Types in a reader's words."""


def command_line_page(generated: str) -> str:
    """Return the page of the commands: the help of each."""
    lines = ["# Command line", "", generated + COMMAND_LINE_HEAD]
    # As on any machine: argparse asks the terminal.
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(HELP_COLUMNS)
    try:
        parser = parser_of(COMMANDS)
        for name in COMMANDS:
            told = io.StringIO()
            with contextlib.redirect_stdout(told), contextlib.suppress(SystemExit):
                parser.parse_args([name, "--help"])
            lines += [
                f"## `{name}`",
                "",
                "<!-- not run: written from the command itself -->",
                "```text",
                told.getvalue().rstrip(),
                "```",
                "",
            ]
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return "\n".join(lines)


def findings_page(generated: str) -> str:
    """Return the page of all kinds of findings."""
    rows = [row for check in (*CHECKS, form.too_long) for row in _finding_rows(check)]
    return "\n".join(
        [
            "# Findings",
            "",
            generated + FINDINGS_HEAD,
            *table(("kind", "severity", "what is found"), rows),
            "",
        ]
    )


def answers_page(generated: str) -> str:
    """Return the page of all answers about an account."""
    rows = (
        (f"`{leaf.id}`", str(leaf.severity), leaf.says, leaf.fix, f"[page]({leaf.source})")
        for leaf in LEAVES.values()
    )
    head = ("id", "severity", "means", "what to do", "source")
    lines = ["# Answers about an account", "", generated + ANSWERS_HEAD, *table(head, rows), ""]
    return "\n".join(lines)


def _finding_rows(check: Callable[..., Any]) -> Iterator[tuple[str, str, str]]:
    source = inspect.getsource(check)
    what = (inspect.getdoc(check) or "").splitlines()[0].removeprefix("Yield ").rstrip(".")
    # A check that leaves the severity to a helper finds what can never work: an error.
    severities = sorted(set(re.findall(r"Severity\.([A-Z]+)", source))) or [Severity.ERROR]
    for kind in re.findall(r'kind=f?"([A-Za-z-]+)', source):
        shown = f"{kind}…" if kind.endswith("-") else kind
        yield f"`{shown}`", " or ".join(map(str.lower, severities)), what


def json_page(generated: str) -> str:
    """Return the page of the keys of JSON output."""
    lines = [
        "# JSON output",
        "",
        generated + JSON_HEAD,
        "## `validate`",
        "",
        "`files` has one entry a file, with `file`, `valid` and `problems`.",
        "`together` has the problems that only the files together have, or the command line.",
        "",
        *_class("Problem", Problem),
        "## `plan`",
        "",
        "`plans` has one entry a file:",
        "",
        *_fields(ForgePlan, skip={"config"}),
        "| `policies` | mapping | Trust and permissions of each identity that is made, by name. |",
        "| `resources` | mapping | Every resource of the template: type by logical id. |",
        "| `resource_policies` | mapping | Policies of the key, work bucket and EFS, by name. |",
        "",
    ]
    for part in PLANNED:
        lines += _class(part.__name__, part)
    lines += [
        "A node template has `user_data` besides: what its nodes run at start.",
        "",
        "## `policies`",
        "",
        "By the environment's name, then by the identity's:",
        "",
        *_table(POLICIES_KEYS),
        "",
        *_class("Finding", Finding, keys=_finding_keys()),
        "## `export`",
        "",
        "`files` and `together` as of `validate`, and besides, unless the file cannot be used:",
        "",
        *_table(EXPORT_KEYS),
        "",
        "## `review`",
        "",
        "`generator` says who wrote it; `reviews` has one entry a file:",
        "",
        *_table(REVIEW_KEYS),
        "",
        "Each identity:",
        "",
        *_table(REVIEWED_KEYS),
        "",
        "## `effects`",
        "",
        *_table(EFFECTS_KEYS),
        "",
        "Each field:",
        "",
        *_table(EFFECT_KEYS),
        "",
        "## `doctor`, `check`, `leftovers`",
        "",
        *_table(ACCOUNT_KEYS),
        "",
        "Each answer:",
        "",
        *_table(ANSWER_KEYS),
        "",
        "## `review` of two versions",
        "",
        *_table(DIFFERENCE_KEYS),
        "",
        "Each identity:",
        "",
        *_table(CHANGED_KEYS),
        "",
        "Each statement:",
        "",
        *_table(STATEMENT_KEYS),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _table(keys: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    return table(("key", "value", "what"), ((f"`{key}`", kind, what) for key, kind, what in keys))


def _finding_keys() -> set[str]:
    example = Finding(
        document="", sid=None, kind="", severity=Severity.ERROR, message="", fix="", source=""
    )
    return set(example.as_dict())


def _class(name: str, one: type, *, keys: set[str] | None = None) -> list[str]:
    said = (inspect.getdoc(one) or "").splitlines()[0].replace("None", "null")
    skip = set() if keys is None else {each.name for each in fields(one)} - keys
    more = ["| `id` | text | what acknowledges it |"] if keys and "id" in keys else []
    return [f"### `{name}`", "", said, "", *_fields(one, skip=skip), *more, ""]


def _fields(one: type, *, skip: set[str] | None = None) -> list[str]:
    said = _said(one)
    rows = [
        (f"`{each.name}`", _kind(str(each.type)), said.get(each.name, ""))
        for each in fields(one)
        if each.name not in (skip or set())
    ]
    if said:
        return list(table(("key", "value", "what"), rows))
    return list(table(("key", "value"), (row[:2] for row in rows)))


def _said(one: type) -> dict[str, str]:
    """Return what docstrings say of its arguments, those of its bases included, by name."""
    found: dict[str, str] = {}
    for base in reversed(one.__mro__):
        _, _, arguments = inspect.cleandoc(base.__doc__ or "").partition("Args:\n")
        for name, text in re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", arguments, re.MULTILINE):
            found[name] = re.sub(r"\s+", " ", text).replace("None", "null")
    return found


def _kind(annotation: str) -> str:
    """Return the annotation of a field in a reader's words."""
    text = re.sub(r"tuple\[(\w+), \.\.\.\]", r"list of \1", annotation)
    text = re.sub(r"tuple\[.*\]", "list", text)
    text = re.sub(r"dict\[.*?\]", "mapping", text)
    text = re.sub(r"Literal\[(.*?)\]", lambda found: found[1].replace(", ", " | "), text)
    text = re.sub(r"\w+", lambda found: _WORDS.get(found[0], found[0]), text)
    text = re.sub(r"\b([A-Z]\w+)\b(?!')", r"`\1`", text)
    return re.sub(r"['\"](\w+)['\"]", r"`\1`", text).replace(" | ", " or ")
