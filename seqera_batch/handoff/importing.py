# SPDX-License-Identifier: Apache-2.0
"""What other tools have written, made an environment file of ours; nothing goes in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from seqera_batch.config.check import ForgeConfig, check
from seqera_batch.config.lines import Lines
from seqera_batch.config.outsized import outsized
from seqera_batch.config.rules import RULES
from seqera_batch.config.secrets import REMOVED
from seqera_batch.handoff.environment_file import render
from seqera_batch.handoff.from_seqerakit import from_seqerakit
from seqera_batch.handoff.from_terraform import from_state, from_terraform
from seqera_batch.handoff.source import Excerpt
from seqera_batch.problems import ConfigError, Problem, Severity, errors, refusal, word_of
from seqera_batch.records import dataclass

READS = (
    "a tw compute-envs export, an answer of Platform's API, a seqerakit YAML, "
    "a Terraform *.tf.json, or the output of terraform show -json"
)
SECRETS = frozenset({"environment-secret", "secret-in-text"})
"""Rules about texts that are secrets."""
NOT_COPIED = "secret-removed"
"""Rule under which it is said that one was not copied."""
_OF_PLATFORM = ("computeEnv", "compute_env", "config", "discriminator", "workDir")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An environment file of ours.

    Args:
        text: Its YAML, commented.
        config: What it says.
        problems: What was replaced, left aside or is worth a warning.
        open_ones: Errors that the written file still has, where an export is judged mildly.
    """

    text: str
    config: ForgeConfig
    problems: tuple[Problem, ...]
    open_ones: tuple[Problem, ...]


def import_environment(  # noqa: PLR0913 - keywords, each about another thing
    data: object,
    *,
    origin: str,
    file_name: str,
    read_beside: Callable[[str], object],
    name: str | None = None,
    pick: str | None = None,
    text: str = "",
) -> Imported:
    """Make an environment file of what another tool has written.

    Args:
        data: The file as read.
        origin: What to call the file in comments and messages.
        file_name: Name of the environment where neither the data nor `name` gives one.
        read_beside: Reads a file that the data names: text, or data where it is JSON.
        name: Name of the environment, instead of the data's own.
        pick: Which environment, where the file holds several.
        text: What the file holds, for the lines of problems; nothing where nobody asks.

    Raises:
        ConfigError: It is no environment on AWS Batch, or cannot be one of ours.
    """
    found = _found(data, read_beside, pick)
    checked = check(found.data, name=name, file_name=file_name, origin=origin)
    problems = (*found.problems, *map(_removed, checked.problems))
    if found.data is data:
        # Other tools' fields have other names.
        problems = Lines(text).of(problems)
    # What only a rule refuses is written all the same, to be corrected there.
    if checked.config is None or any(one.rule not in RULES for one in errors(problems)):
        raise ConfigError(problems, origin=origin)
    rendered = render(checked.config, problems, origin)
    import yaml  # noqa: PLC0415 - only what is written needs it

    again = check(yaml.safe_load(rendered))
    return Imported(
        text=rendered, config=checked.config, problems=problems, open_ones=errors(again.problems)
    )


def _removed(problem: Problem) -> Problem:
    """Return what is said of a secret that an export holds, and that the new file does not get."""
    if problem.rule not in SECRETS:
        return problem
    return replace(
        problem,
        rule=NOT_COPIED,
        severity=Severity.WARNING,
        message=f"{problem.message}; it is not copied",
        fix=f"put it into a pipeline secret of Platform, and its name in place of {REMOVED}",
    )


def _found(data: object, read_beside: Callable[[str], object], pick: str | None) -> Excerpt:
    if isinstance(data, dict):
        beyond = outsized(data)
        if beyond is not None:
            raise ConfigError(beyond)
        if "compute-envs" in data:
            return from_seqerakit(data["compute-envs"], read_beside, pick)
        if "resource" in data:
            return from_terraform(data["resource"], pick)
        if "format_version" in data and ({"values", "planned_values"} & data.keys()):
            return from_state(data.get("values") or data.get("planned_values"), pick)
        if "terraform_version" in data:
            raise refusal(
                "unknown-export",
                "",
                "this is Terraform's own state file, whose form may change",
                value="a state file",
                allowed="the output of terraform show -json",
                fix="run: terraform show -json > state.json",
            )
        if "Resources" in data:
            raise refusal(
                "unknown-export",
                "",
                "this is a template of CloudFormation, which can say far more than a file of ours",
                value="a template",
                allowed=READS,
                fix="name the queues that it makes, as head_queue and compute_queue (Manual mode), "
                "or write what they are like into the file of seqera-batch init",
            )
        if any(key in data for key in _OF_PLATFORM):
            return Excerpt(data=_marked(data))
    raise refusal(
        "unknown-export",
        "",
        "the file is none of the exports that can be imported",
        value=", ".join(map(str, data)) if isinstance(data, dict) else word_of(data),
        allowed=READS,
        fix="export the environment again; a file of ours needs no import",
    )


def _marked(data: dict[Any, Any]) -> dict[str, Any]:
    """Refuse a discriminator that is none, which would otherwise count as left out."""
    for key in ("discriminator", "platform"):
        for section in (data, data.get("computeEnv"), data.get("config")):
            if isinstance(section, dict) and key in section and section[key] == "":
                raise refusal(
                    "other-platform",
                    "",
                    "the export does not say which platform it is of",
                    value="(empty)",
                    allowed="aws-batch",
                    fix="export the environment again",
                )
    return data


def still_open(problems: tuple[Problem, ...], file: str) -> Problem:
    """Return what to say of a file that is written and has errors of its own."""
    return Problem(
        "imported-with-errors",
        "",
        f"{file} keeps {len(problems)} choices that are refused in a new environment",
        severity=Severity.WARNING,
        value=", ".join(problem.rule for problem in problems),
        fix=f"correct them: seqera-batch validate {file}",
    )
