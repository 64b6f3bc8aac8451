# SPDX-License-Identifier: Apache-2.0
"""Writes from the code: pages of fields, rules, findings, resources, policies; pictures."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from scripts.reference_data import answers_page, command_line_page, findings_page, json_page
from scripts.reference_kinds import deployer_page, resources_page
from seqera_batch.cli.comparison import beside, counts, differences
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.formats import FORMATS
from seqera_batch.config.platform_export import REPLACEMENTS
from seqera_batch.config.rules import RULES, Rule
from seqera_batch.config.schema import json_schema
from seqera_batch.config.settings import Mode, says
from seqera_batch.config.shape import section_of
from seqera_batch.judge.findings import findings
from seqera_batch.judge.published.comparison import compare
from seqera_batch.judge.published.policies import EARLIER, FULL, PUBLISHED
from seqera_batch.judge.report.markup import table
from seqera_batch.judge.report.picture import picture
from seqera_batch.nag import RULES as PACK
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import PLATFORM, identities
from seqera_batch.policies import platform
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.document import Scope
from seqera_batch.policies.platform import ForgeAccess, PlatformAccess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from seqera_batch.nag import PackRule
    from seqera_batch.policies.document import PolicyDocument

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
EXAMPLES = sorted(ROOT.glob("examples/*.*"))
GENERATED = "<!-- written by scripts/reference.py (make docs); do not edit -->\n\n"

BY_PLACE = ", ".join(f"`{rule.id}`" for rule in RULES.values() if rule.by_place)

RULES_HEAD = f"""\
# Rules

{GENERATED}Each states the condition that must hold.
Errors stop the work; warnings may be acknowledged by id, and so may findings about policies,
which `seqera-batch policies` shows:

```yaml
aws:
  acknowledgements:
    min-cpus-cost: two nodes stay warm for the clinic
    Deployer.IamRights:escalation-PutRolePolicy: the pipeline is reviewed by the security team
```

An acknowledgement counts wherever the rule warns, or behind `@` for one field alone:
`min-cpus-cost@forge.min_cpus`.
Errors of these rules alone can be acknowledged, and only so: {BY_PLACE}.

In an export from Platform some errors are only warnings: what exists should be no dead end.

| id | good condition | in a file | in an export | source |
|---|---|---|---|---|
"""

MODES = {
    str(Mode.FORGE): "Batch Forge mode: there is a forge section",
    str(Mode.MANUAL): "Manual mode",
}

POLICIES_HEAD = f"""\
[Seqera's page]({FULL.source}) has a policy for Platform's credential.
Ours allows what Platform does and no more, and mends what the published one gets wrong.
Each statement of it is below, with ours in its place and the reason;
`seqera-batch policies FILE --diff published` shows the same for your environment.
`111122223333`, `eu-west-1` and `example` stand for your own.
"""


RULE_PACK_HEAD = f"""\
# The rule pack for AWS Batch

{GENERATED}What any CDK app with AWS Batch can be checked for: see [how](../how-to/rule-pack.md).
Errors fail the synthesis; both kinds are acknowledged by id at the construct.

| id | level | good condition |
|---|---|---|
"""


def environment_file() -> str:
    """Return the page of all fields."""
    text = (
        "# The environment file\n\n"
        f"{GENERATED}"
        "One file describes one environment.\n"
        "Every name may also be written as the Platform API writes it (`maxCpus`).\n"
        "Null and leaving a field out mean the same.\n"
    )
    return text + "".join(_section("", ForgeConfig))


def schema() -> str:
    """Return the JSON Schema, as `seqera-batch schema` prints it."""
    return json.dumps(json_schema(), indent=2) + "\n"


def rules() -> str:
    """Return the page of all rules."""
    lines = [RULES_HEAD]
    lines += [
        f"| `{rule.id}` | {_cell(rule.good)} | {rule.severity} | {_in_exports(rule)} "
        f"| [page]({rule.source}) |\n"
        for rule in RULES.values()
    ]
    lines.append(
        "\nOnly exports give these warnings, each with the replacement that was taken: "
        + ", ".join(f"`{rule_id}`" for rule_id in REPLACEMENTS)
        + ".\n"
    )
    return "".join(lines)


def rule_pack() -> str:
    """Return the page that lists the rule pack."""
    lines = [RULE_PACK_HEAD]
    lines += [
        f"| [`{rule.id}`](rule-pack/{rule.name}.md) | {rule.level} | {_cell(rule.title)} |\n"
        for rule in PACK.values()
    ]
    lines.append("\n```{toctree}\n:hidden:\n:glob:\n\nrule-pack/*\n```\n")
    return "".join(lines)


def _rule_page(rule: PackRule) -> str:
    sources = "".join(f"- <{source}>\n" for source in rule.sources)
    return (
        f"# {rule.id}\n\n{GENERATED}{rule.page}\n\n"
        f"**Level:** {rule.level}.\n\n**Repair:** {rule.fix}.\n\n"
        f"**Sources:**\n\n{sources}\n[All rules](../rule-pack.md)\n"
    )


def _documents_of(file: Path) -> dict[str, PolicyDocument]:
    """Return the documents of an environment's roles."""
    plan = ForgePlan.of(ForgeConfig.from_file(file))
    where = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    return {one.name: one.permissions for one in identities(plan, where) if one.name != PLATFORM}


def policy_differences() -> str:
    """Return the page of how our policies differ from Seqera's, and why."""
    lines = [
        "# Differences from Seqera's policies",
        "",
        GENERATED + POLICIES_HEAD,
        "## In numbers",
        "",
        *counts(
            {
                f"{FULL.title} ({FULL.state})": FULL.to_dict(),
                f"the same ({EARLIER.state})": EARLIER.to_dict(),
                "ours: Platform makes the resources": everything(forge=True),
                "ours: Platform only launches": everything(forge=False),
            }
        ),
        "",
        "Ours are counted with every option in use.",
        "",
        (
            "The roles of an environment (`examples/spot-fusion-nvme.yaml`) beside what Seqera's "
            "manual set-up gives them; open-ended are actions on `*` that could name resources, "
            "and any account are ARNs that leave account or region open:"
        ),
        "",
        *beside(_documents_of(ROOT / "examples" / "spot-fusion-nvme.yaml")),
        "",
        "## Where Platform makes the resources",
        "",
        "`aws.platform_access.mode: forge`, with every option and a permissions boundary.",
        "",
        *differences(compare(everything(forge=True), FULL)),
        "",
        "## Where Platform only launches",
        "",
        "`aws.platform_access.mode: manual`, the default, with every option.",
        "",
        *differences(compare(everything(forge=False), FULL)),
        "",
        "## What the review finds in the published policies",
        "",
        "The ids are those of `seqera-batch policies`; none of these is in ours.",
    ]
    for policy in PUBLISHED:
        lines += [
            "",
            f"### {policy.title} ({policy.state})",
            "",
            *table(
                ("finding", "severity", "what", "fix"),
                (
                    (
                        f"`{one.id.partition('.')[2] or one.id}`",
                        str(one.severity),
                        f"{one.message} ([source]({one.source}))",
                        one.fix,
                    )
                    for one in findings(policy.to_dict(), name=policy.name)
                ),
            ),
        ]
    return "\n".join(lines) + "\n"


def everything(*, forge: bool) -> PolicyDocument:
    """Return Platform's permissions with every option in use."""
    where = Scope(partition="aws", region="eu-west-1", account="111122223333")
    key = where.arn("kms", "key/01234567-89ab-cdef-0123-456789abcdef")
    access = PlatformAccess(
        queues=("TowerForge-*" if forge else "TowerForge-example-head",),
        job_roles=tuple(
            where.iam_arn(f"role/TowerForge-example-{kind}")
            for kind in ("ExecutionRole", "HeadJobRole")
        ),
        log_group="/aws/batch/job",
        work_dir=BucketAccess("example-work", "runs"),
        data=(BucketAccess("example-data"),),
        list_buckets=True,
        keys=(key,),
        secrets=True,
        secrets_key=key,
        describe_ec2=True,
        console_output=True,
        lineage=True,
        forge=ForgeAccess(
            prefix="TowerForge",
            permissions_boundary=where.iam_arn("policy/boundary"),
            makes_efs=True,
            makes_fsx=True,
        )
        if forge
        else None,
    )
    return platform.of(where, access)


def _picture(example: Path) -> str:
    return picture(ForgePlan.of(ForgeConfig.from_file(example)))


PAGES: dict[str, Callable[[], str]] = {
    "answers.md": partial(answers_page, GENERATED),
    "command-line.md": partial(command_line_page, GENERATED),
    "deployer.md": partial(deployer_page, GENERATED),
    "differences-from-seqera-policies.md": policy_differences,
    "environment-file.md": environment_file,
    "environment-file.schema.json": schema,
    "findings.md": partial(findings_page, GENERATED),
    "json-output.md": partial(json_page, GENERATED),
    "resources.md": partial(resources_page, GENERATED),
    "rule-pack.md": rule_pack,
    "rules.md": rules,
    **{f"rule-pack/{rule.name}.md": partial(_rule_page, rule) for rule in PACK.values()},
    **{f"../pictures/{example.stem}.svg": partial(_picture, example) for example in EXAMPLES},
}


def main() -> int:
    """Write the pages, or with --check say whether they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if out of date")
    options = parser.parse_args()
    stale = [
        name
        for name, page in PAGES.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != page()
    ]
    if options.check:
        for name in stale:
            print(f"docs/reference/{name} is out of date: run make docs", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
    return 0


def _in_exports(rule: Rule) -> str:
    return "warning, replaced" if rule.id in REPLACEMENTS else str(rule.in_exports)


def _section(path: str, model: type[BaseModel]) -> Iterator[str]:
    title = f"`{path}`" if path else "Top level"
    yield f"\n## {title}\n\n{(model.__doc__ or '').strip().splitlines()[0]}\n"
    for name, field in model.model_fields.items():
        yield from _field(f"{path}.{name}" if path else name, field, says(model, name))
    for name in model.model_fields:
        section = section_of(model, name)
        if section is not None:
            yield from _section(f"{path}.{name}" if path else name, section)


def _field(path: str, field: FieldInfo, what: str) -> Iterator[str]:
    extra: dict[str, Any] = (
        field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    )
    required = " **Required.**" if field.is_required() else ""
    yield f"\n### `{path}`\n\n{_text(what)}{required}\n\n"
    for word, said in (
        ("allowed", _allowed(field)),
        ("left out", str(extra.get("x-if-omitted", ""))),
        (
            "only in",
            MODES.get(Mode(extra["x-only-in-mode"]), "") if "x-only-in-mode" in extra else "",
        ),
        ("changing it", str(extra["x-effect-of-change"])),
        ("source", f"<{extra['x-source']}>" if extra.get("x-source") else ""),
    ):
        if said:
            yield f"- {word}: {said if word == 'source' else _text(said)}\n"


def _allowed(field: FieldInfo) -> str:
    for part in _parts(field):
        pattern = getattr(part, "pattern", None)
        if pattern in FORMATS:
            one = [inner for part in _parts(field) for inner in getattr(part, "metadata", ())]
            return "; or several: ".join(filter(None, (_bounds(one), FORMATS[pattern].allowed)))
    values = [value for value in _values(field.annotation) if isinstance(value, str)]
    if values:
        return ", ".join(f"`{value}`" for value in values)
    if bounds := _bounds(field.metadata):
        return bounds
    if bool in (field.annotation, *get_args(field.annotation)):
        return "true, false"
    return ""


def _bounds(constraints: Iterable[object]) -> str:
    return ", ".join(
        f"{words} {getattr(part, bound)}"
        for part in constraints
        for bound, words in (("ge", "at least"), ("le", "at most"))
        if getattr(part, bound, None) is not None
    )


def _parts(field: FieldInfo) -> Iterator[object]:
    """Yield the constraints of a field, and of the items of a list."""
    yield from field.metadata

    def inside(annotation: object) -> Iterator[object]:
        for argument in get_args(annotation):
            yield argument
            yield from inside(argument)

    yield from inside(field.annotation)


def _values(annotation: object) -> Iterator[object]:
    for argument in get_args(annotation):
        if isinstance(argument, str):
            yield argument
        else:
            yield from _values(argument)


def _cell(text: str) -> str:
    return _text(text).replace("|", "\\|")


def _text(text: str) -> str:
    """Return words as Markdown takes them: outside code, angle brackets would be tags."""
    parts = text.replace("\n", " ").split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


if __name__ == "__main__":
    sys.exit(main())
