# SPDX-License-Identifier: Apache-2.0
"""What is asked of an export, and what it gives: texts, commands, and what there is to say."""

from __future__ import annotations

import json
from dataclasses import field
from typing import Any, Literal

from seqera_batch.problems import Problem
from seqera_batch.records import dataclass

Target = Literal["tw", "api", "seqerakit", "terraform", "nextflow"]
Form = Literal["file-path", "explicit"]
TARGETS: tuple[Target, ...] = ("tw", "api", "seqerakit", "terraform", "nextflow")
FORMS: tuple[Form, ...] = ("file-path", "explicit")
ALLOWABLE = (
    "manual-fargate-head",
    "manual-graviton",
    "terraform-work-dir",
    "tw-cannot-express",
)
"""Ids of refusals that `--allow` lets pass, each to be repeated on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants.

    Args:
        target: Which tool the export is for.
        mode: `manual` registers the stack's queues, `forge` lets Platform create its own.
        form: seqerakit only: everything in one JSON file, or as options.
        workspace: Number of the workspace, or ORGANIZATION/WORKSPACE where the tool takes it.
        credentials: Id of the credentials, or their name where the tool takes it.
        label_ids: Platform's numbers of the resource labels, for the API and Terraform.
        allow: Ids of refusals that are accepted.
    """

    target: Target
    mode: Literal["manual", "forge"] = "manual"
    form: Form = "file-path"
    workspace: str | None = None
    credentials: str | None = None
    label_ids: tuple[int, ...] = ()
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a target's own module makes.

    Args:
        text: The main file.
        suffix: Its ending.
        beside: Files that the main one names, by file name.
        commands: What to run next; `{file}` stands for the main file.
        problems: What the target cannot say.
    """

    text: str
    suffix: str
    beside: dict[str, str] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The finished export, if nothing speaks against it.

    Args:
        rendered: None where an error forbids it.
        placeholders: Texts in it that only a deployment replaces; empty if it can be used.
        problems: Everything there is to say.
    """

    rendered: Rendered | None = None
    placeholders: tuple[str, ...] = ()
    problems: tuple[Problem, ...]


def as_json(data: dict[str, Any]) -> str:
    """Return JSON for people and machines, with a line break at the end."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
