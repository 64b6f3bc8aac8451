# SPDX-License-Identifier: Apache-2.0
"""Writes the reference pages from the code: every field, every rule, the rule pack."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from seqera_batch.config.environment import ForgeConfig
from seqera_batch.config.formats import FORMATS
from seqera_batch.config.platform_export import REPLACEMENTS
from seqera_batch.config.rules import RULES, Rule
from seqera_batch.config.spelling import section_of
from seqera_batch.nag import RULES as PACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from seqera_batch.nag import Rule as PackRule

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
GENERATED = "<!-- written by scripts/reference.py (make docs); do not edit -->\n\n"

RULES_HEAD = f"""\
# Rules

{GENERATED}Each states the condition that must hold.
Errors stop the work; warnings may be acknowledged by id:

```yaml
aws:
  acknowledgements:
    min-cpus-cost: two nodes stay warm for the clinic
```

In an export from Platform some errors are only warnings: what exists should be no dead end.

| id | good condition | in a file | in an export | source |
|---|---|---|---|---|
"""


RULE_PACK_HEAD = f"""\
# The rule pack for AWS Batch

{GENERATED}What any CDK app with AWS Batch can be checked for: see [how](../rule-pack.md).
Errors fail the synthesis; both kinds are acknowledged by id at the construct.

| id | level | good condition |
|---|---|---|
"""


def environment_file() -> str:
    """Return the page of all fields."""
    text = (
        "# The environment file\n\n"
        f"{GENERATED}"
        "One file describes one compute environment.\n"
        "Every name may also be written as the Platform API writes it (`maxCpus`).\n"
        "Null and leaving a field out mean the same.\n"
    )
    return text + "".join(_section("", ForgeConfig))


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
    return "".join(lines)


def _rule_page(rule: PackRule) -> str:
    sources = "".join(f"- <{source}>\n" for source in rule.sources)
    return (
        f"# {rule.id}\n\n{GENERATED}{rule.page}\n\n"
        f"**Level:** {rule.level}.\n\n**Repair:** {rule.fix}.\n\n"
        f"**Sources:**\n\n{sources}\n[All rules](../rule-pack.md)\n"
    )


PAGES: dict[str, Callable[[], str]] = {
    "environment-file.md": environment_file,
    "rule-pack.md": rule_pack,
    "rules.md": rules,
    **{f"rule-pack/{rule.name}.md": partial(_rule_page, rule) for rule in PACK.values()},
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
    yield f"\n## {title}\n\n{(model.__doc__ or '').strip().splitlines()[0]}\n\n"
    yield "| field | what | allowed | left out | changing it |\n|---|---|---|---|---|\n"
    for name, field in model.model_fields.items():
        yield _row(name, field)
    for name in model.model_fields:
        section = section_of(model, name)
        if section is not None:
            yield from _section(f"{path}.{name}" if path else name, section)


def _row(name: str, field: FieldInfo) -> str:
    extra: dict[str, Any] = (
        field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    )
    omitted = "**required**" if field.is_required() else str(extra.get("x-if-omitted", ""))
    what = field.description or ""
    if extra.get("x-source"):
        what += f" [source]({extra['x-source']})"
    cells = (f"`{name}`", what, _allowed(field), omitted, str(extra["x-effect-of-change"]))
    return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"


def _allowed(field: FieldInfo) -> str:
    for part in _parts(field):
        pattern = getattr(part, "pattern", None)
        if pattern in FORMATS:
            return FORMATS[pattern].allowed
    values = [value for value in _values(field.annotation) if isinstance(value, str)]
    if values:
        return ", ".join(f"`{value}`" for value in values)
    bounds = [
        f"{words} {getattr(part, bound)}"
        for part in field.metadata
        for bound, words in (("ge", "at least"), ("le", "at most"))
        if getattr(part, bound, None) is not None
    ]
    if bounds:
        return ", ".join(bounds)
    if bool in (field.annotation, *get_args(field.annotation)):
        return "true, false"
    return ""


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
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main())
