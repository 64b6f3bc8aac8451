# SPDX-License-Identifier: Apache-2.0
"""A commented environment file from a configuration: what differs from the defaults, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.secrets import without_secrets
from seqera_batch.config.settings import says
from seqera_batch.config.shape import section_of
from seqera_batch.handoff.yaml_text import dumped
from seqera_batch.problems import Problem

_WIDTH = 98
_ALWAYS = frozenset({"type", "max_cpus"})
"""Fields that people look for first, written even where they are the default."""
_IMPLIED = frozenset({"platform", "discriminator"})


def render(config: ForgeConfig, problems: Iterable[Problem], origin: str) -> str:
    """Return the YAML of an environment file.

    Args:
        config: What it has to say.
        problems: What the import has to say, which is kept as comments.
        origin: Where the settings come from.
    """
    lines = [*_comment(f"Made by seqera-batch init --from {origin}.")]
    said = [problem for problem in problems if problem.acknowledged is None]
    if said:
        lines += ["#", *_comment("Left aside, taken differently, or worth a look:")]
        for problem in said:
            value = "" if problem.value is None else f" ({problem.as_dict()['value']})"
            lines += _comment(f"- {problem.path or problem.rule}: {problem.message}{value}")
    data = without_secrets(config.model_dump(mode="json", exclude_unset=True))
    lines += ["", *_section(config, data)]
    return "\n".join(lines) + "\n"


def _section(section: BaseModel, data: dict[str, Any]) -> Iterator[str]:
    model = type(section)
    for name, field in model.model_fields.items():
        if name in _IMPLIED or name not in data or data[name] in (None, [], {}):
            continue
        value = getattr(section, name)
        if value == field.default and name not in _ALWAYS:
            continue
        yield from _comment(says(model, name))
        if section_of(model, name) is not None and isinstance(data[name], dict):
            yield f"{name}:"
            inner = [*_section(value, data[name])]
            yield from textwrap.indent("\n".join(inner), "  ").split("\n") if inner else ("  {}",)
        else:
            yield from dumped({name: data[name]}, width=_WIDTH).removesuffix("\n").split("\n")


def _comment(text: str) -> list[str]:
    """Return a text as comment lines; what a comment cannot hold becomes a question mark."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    indent = "  " if plain.startswith("- ") else ""
    return [
        f"# {line}"
        for line in textwrap.wrap(
            plain, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
    ]
