# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch effects`: what deploying a changed file will do, field by field."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from seqera_batch.cli.files import load_checked, usable
from seqera_batch.cli.streams import put
from seqera_batch.cli.terminal import fitted
from seqera_batch.judge.effects import (
    Effects,
    FieldEffect,
    Outcome,
    ResourceEffect,
    Verdict,
    effects,
)
from seqera_batch.judge.effects.platform import PlatformEffect
from seqera_batch.judge.effects.resources import FATE
from seqera_batch.kinds import kind_of

_WORDS = {
    Verdict.NOTHING: "nothing changes in AWS",
    Verdict.IN_PLACE: "changed in place, nothing is interrupted",
    Verdict.ROLLING: "changed in place: nodes are replaced as their jobs end",
    Verdict.REMOVED: "something that holds jobs or data leaves the stack",
    Verdict.REPLACED: "resources are replaced",
    Verdict.NEW_STACK: "a new stack; the old one stays until it is deleted",
    Verdict.REFUSED: "refused by AWS: nothing will change",
}

_SIGNS = {
    Outcome.CREATED: "+",
    Outcome.IN_PLACE: "~",
    Outcome.ROLLING: "~",
    Outcome.REPLACED: "!",
    Outcome.DELETED: "-",
    Outcome.KEPT: "-",
}

_UNHELD = (
    "copy its files, and delete the file system and then its group by hand before the stack; or "
    "turn forge.dispose_on_deletion and aws.destroy_data on and deploy before this change, and it "
    "goes with its files"
)
"""What to do about a network that a file system holds; nothing else holds what goes."""

_LONGEST_VALUE = 40
"""Characters of a value that a line shows."""
_MOST_PROPERTIES = 4
"""Properties of a resource that a line names; JSON has all."""


def run(options: argparse.Namespace) -> int:
    """Show the effects; exit code 1 if something is interrupted."""
    checked = [load_checked(file, options.name) for file in (options.old, options.new)]
    if not usable(checked, options):
        return 1
    old, new = (one.usable() for one in checked)
    found = effects(old, new)
    if options.format == "json":
        put(json.dumps(_as_dict(found), indent=2) + "\n")
    else:
        put("\n".join(fitted(_lines(found))) + "\n")
    return 1 if found.interrupts else 0


def _lines(found: Effects) -> Iterator[str]:
    if not found.fields:
        yield "nothing changes"
        return
    yield "Changed fields"
    for one in found.fields:
        yield f"  {one.path}: {_text(one.old)} -> {_text(one.new)}"
        yield f"      {_field(one)}"
    if found.verdict is Verdict.NEW_STACK:
        yield ""
        yield from _stacks(found)
    if found.comparison.resources:
        yield ""
        would = "Resources, if it were not refused" if found.comparison.refused else "Resources"
        yield f"{would} (+ created, ~ in place, ! replaced, - removed)"
        yield from _resources(found)
    for refusal in found.comparison.refused:
        yield ""
        yield f"AWS refuses: {refusal.id}: {refusal.why}"
        yield f"    fix: {refusal.fix}"
    yield from _held(found)
    yield ""
    yield "Seqera Platform"
    yield from (f"  {line}" for line in _platform(found.platform, registers=found.registers))
    yield ""
    yield f"All in all: {_WORDS[found.verdict]}"


def _held(found: Effects) -> Iterator[str]:
    held = found.comparison.held
    if not held:
        return
    holders = dict.fromkeys(name for one in held for name in one.by)
    yield ""
    yield (
        f"The stack cannot be deleted afterwards: {', '.join(holders)} will stay in the account "
        f"and hold {', '.join(one.id for one in held)}"
    )
    yield f"    fix: {_UNHELD}"


def _field(one: FieldEffect) -> str:
    said = _WORDS[one.verdict]
    if one.platform.anew:
        said += "; Platform needs a new compute environment"
    elif one.platform.edited:
        said += "; Platform can edit it"
    elif one.platform.kept:
        said += "; Platform goes on with the old ones"
    if not one.by_itself:
        said += " (together with the other changes: it does not hold by itself)"
    return said


def _resources(found: Effects) -> Iterator[str]:
    width = max(len(one.id) for one in found.comparison.resources)
    for one in found.comparison.resources:
        yield f"  {_SIGNS[one.outcome]} {one.id:{width}}  {one.type}: {_resource(one)}"


def _resource(one: ResourceEffect) -> str:
    said = str(one.outcome)
    if one.outcome is Outcome.ROLLING:
        said = "in place, nodes are replaced as their jobs end"
    if one.outcome is Outcome.KEPT:
        return "leaves the stack and stays in the account"
    kind = kind_of(one.type)
    ending = "what that ends is not known here" if kind is None else kind.stakes.ending
    if one.retained and kind is not None and kind.stakes.data:
        ending = "the old one stays in the account, the new one is empty"
    if one.outcome in {Outcome.REPLACED, Outcome.DELETED} and ending:
        said += f"; {ending}"
    if FATE in one.properties:
        fate = "is deleted with the stack" if one.retained else "stays when the stack is deleted"
        said += f"; from then on it {fate}"
    properties = list(dict.fromkeys(name.split(".")[-1] for name in one.properties))
    if properties:
        more = len(properties) - _MOST_PROPERTIES
        shown = ", ".join(properties[:_MOST_PROPERTIES])
        said += f" ({shown}{f' and {more} more' if more > 0 else ''})"
    return said


def _platform(effect: PlatformEffect, *, registers: bool) -> Iterator[str]:
    if effect.anew:
        yield f"a new compute environment is needed for: {', '.join(effect.anew)}"
        yield (
            "this stack registers it"
            if registers
            else "register it with: seqera-batch export NEW --to tw --outputs cdk-outputs.json"
        )
    if effect.edited:
        yield f"can be edited there: {', '.join(effect.edited)}"
    if effect.kept:
        yield "labels: runs keep those that were registered until it is registered anew"
    if not (effect.anew or effect.edited or effect.kept):
        yield "nothing changes"


def _stacks(found: Effects) -> Iterator[str]:
    if found.elsewhere:
        yield "region or account change, so nothing of the old stack is updated"
        return
    yield f"{found.new_stack} is created beside {found.old_stack}, of which nothing changes;"
    yield "what follows is for a stack of your own app, which keeps its name"


def _text(value: object) -> str:
    if value is None:
        return "left out"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _as_dict(found: Effects) -> dict[str, Any]:
    return {
        "verdict": str(found.verdict),
        "interrupts": found.interrupts,
        "stack": {"old": found.old_stack, "new": found.new_stack, "elsewhere": found.elsewhere},
        "fields": [
            {
                "path": one.path,
                "old": one.old,
                "new": one.new,
                "effect": str(one.verdict),
                "declared": one.declared,
                "resources": list(one.resources),
                "platform": asdict(one.platform),
                "by_itself": one.by_itself,
            }
            for one in found.fields
        ],
        "resources": [asdict(one) for one in found.comparison.resources],
        "refused": [asdict(one) for one in found.comparison.refused],
        "held": [asdict(one) for one in found.comparison.held],
        "platform": asdict(found.platform),
    }
