# SPDX-License-Identifier: Apache-2.0
"""The whole way from a file to a checked configuration, with every problem found on it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from seqera_batch.config import platform_export, spelling
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.given import Given
from seqera_batch.config.lines import Lines
from seqera_batch.config.loading import read_both
from seqera_batch.config.node_scripts import with_files
from seqera_batch.config.outsized import outsized
from seqera_batch.config.rules import RULES, acknowledged, broken_rules
from seqera_batch.config.shape import validate
from seqera_batch.problems import ConfigError, Problem, Severity, errors, word_of
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What the rules have said of a configuration, once they have; no part of it, so all equal."""

    broken: tuple[Problem, ...] | None = field(default=None, compare=False)
    problems: tuple[Problem, ...] | None = field(default=None, compare=False)


class ForgeConfig(EnvironmentFile):
    """One environment: its file, read and checked.

    Constructing it checks each field, and raises ConfigError with every wrong one; `problems()`
    and `ForgePlan.of` check them together.
    """

    _lines = PrivateAttr(default_factory=Lines)
    _judgement = PrivateAttr(default_factory=_Judgement)

    @staticmethod
    def from_file(path: str | Path, *, name: str | None = None) -> ForgeConfig:
        """Read an environment file (YAML, TOML, JSON) or a JSON exported from Platform.

        What an app may still settle by what it brings along, such as a work directory on a file
        system that only the app knows, is left to `ForgePlan.of`.

        Args:
            path: The file.
            name: Name of the environment, instead of the file's own.

        Raises:
            ConfigError: With every problem of the file, not the first.
        """
        return load(path, name=name).usable(in_app=True)

    @staticmethod
    def from_dict(data: dict[str, Any], *, name: str | None = None) -> ForgeConfig:
        """Like `from_file`, from data already in memory.

        Raises:
            ConfigError: With every problem of the data, not the first.
        """
        return check(data, name=name).usable(in_app=True)

    def remember_lines(self, lines: Lines) -> None:
        """Keep where its fields stand; for the loader only."""
        self._lines = lines

    def with_given(self, given: Given) -> ForgeConfig:
        """Return the file together with what an app brings along, which the rules judge anew."""
        changed = self.model_copy()
        changed._given = given  # noqa: SLF001 - its own
        return changed

    def with_aws(self, **changes: object) -> ForgeConfig:
        """Return the file with other values in `aws`, which the rules judge anew."""
        return self.model_copy(update={"aws": self.aws.model_copy(update=changes)})

    if not TYPE_CHECKING:

        def model_copy(self, **kwargs: object) -> ForgeConfig:
            """Pydantic's way to copy, after which the rules judge anew."""
            copied = super().model_copy(**kwargs)
            copied._judgement = _Judgement()  # noqa: SLF001 - its own
            return copied

    def broken(self) -> tuple[Problem, ...]:
        """Return what breaks a rule, acknowledged or not."""
        if self._judgement.broken is None:
            self._judgement = _Judgement(broken_rules(self))
        return self._judgement.broken or ()

    def problems(self) -> tuple[Problem, ...]:
        """Return everything wrong or worth saying: loading notices, then broken rules."""
        if self._judgement.problems is None:
            broken = self.broken()
            noted = acknowledged((*self._notices, *broken), self.aws.acknowledgements)
            self._judgement = _Judgement(broken, self._lines.of(noted))
        return self._judgement.problems or ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A configuration with everything there is to say about it."""

    origin: str | None
    config: ForgeConfig | None
    problems: tuple[Problem, ...]
    lines: Lines = field(default_factory=Lines)
    digest: str | None = None
    """SHA-256 of the file; None of what is none."""

    def usable(self, *, in_app: bool = False) -> ForgeConfig:
        """Return the configuration.

        Args:
            in_app: Whether an app may still settle something by what it brings along.

        Raises:
            ConfigError: At least one problem is an error.
        """
        broken = [
            problem
            for problem in errors(self.problems)
            if not (in_app and problem.rule in RULES and RULES[problem.rule].settled_by_app)
        ]
        if self.config is None or broken:
            raise ConfigError(self.problems, origin=self.origin)
        return self.config


def load(path: str | Path, *, name: str | None = None) -> Checked:
    """Read and check a file.

    Args:
        path: YAML, TOML or JSON; our own, or exported from Platform.
        name: Name of the environment, instead of the file's own.

    Raises:
        ConfigError: The file cannot even be read as data.
    """
    data, text = read_both(path)
    unread = with_files(data, Path(path).parent)
    checked = check(data, name=name, file_name=Path(path).stem, origin=str(path))
    digest = hashlib.sha256(text.encode()).hexdigest()
    lines = Lines(text, toml=Path(path).suffix.lower() == ".toml")
    if checked.config is not None:
        checked.config.remember_lines(lines)
    return replace(
        checked, problems=lines.of((*checked.problems, *unread)), lines=lines, digest=digest
    )


def check(
    data: object,
    *,
    name: str | None = None,
    file_name: str | None = None,
    origin: str | None = None,
) -> Checked:
    """Check data that stands for one environment; never raises."""
    if not isinstance(data, dict):
        return Checked(origin, None, (_not_a_mapping(data),))
    beyond = outsized(data)
    if beyond is not None:
        return Checked(origin, None, (beyond,))
    other = other_file(data)
    if other is not None:
        return Checked(origin, None, (other,))
    document = platform_export.unwrap(data)
    if isinstance(document, Problem):
        return Checked(origin, None, (document,))
    known, found = spelling.normalise(document.data, ForgeConfig, exported=document.exported)
    # A program says None for what it leaves out; in a file a value may have been lost.
    found = [one for one in found if origin is not None or one.rule != spelling.EMPTY]
    notices = [*document.notices, *found]
    if document.exported:
        known, adapted = platform_export.adapt(known, document.forged)
        notices += adapted
    notices += _take_name(known, name, (file_name or "") if document.exported else None)
    if isinstance(known.get("labels"), list):
        known["labels"], found = platform_export.labels_by_name(known["labels"])
        notices += found
    config, wrong, fields = validate(known, ForgeConfig)
    if config is None:
        return Checked(origin, None, (*notices, *wrong))
    config.remember(notices, exported=document.exported)
    broken = [
        problem
        for problem in config.broken()
        if not any(
            _within(path, field) for path in (problem.path, *problem.about) for field in fields
        )
    ]
    problems = acknowledged([*notices, *wrong, *broken], config.aws.acknowledgements)
    return Checked(origin, config, tuple(problems))


def _take_name(known: dict[str, Any], name: str | None, file_name: str | None) -> list[Problem]:
    """Settle the environment's name: the caller's, the document's, or the exported file's.

    Args:
        known: The settings; the name is put into them.
        name: The caller's.
        file_name: The exported file's; None for files of ours, which name themselves.
    """
    if name is not None:
        known["name"] = name
        return []
    if file_name is None:
        return []
    carried = known.get("name")
    given = file_name if carried is None else carried
    if not isinstance(given, str):
        return []
    # Platform takes spaces and brackets in names, AWS in the names made from them does not.
    taken = re.sub(r"[^A-Za-z0-9_-]+", "-", given).strip("-")
    if taken in {"", carried}:
        return []
    known["name"] = taken
    why = (
        "an export carries no name, so the file's name is taken"
        if carried is None
        else f"AWS takes no such name as {carried}, so this one is made of it"
    )
    return [
        Problem(
            "export-name",
            "name",
            why,
            severity=Severity.NOTICE,
            value=known["name"],
            fix="give another with --name",
        )
    ]


def _within(path: str, field: str) -> bool:
    """Whether a path is the field, a part of it, or a section that holds it."""
    plain = re.sub(r"\[\d+\]", "", path)
    return plain == field or plain.startswith(f"{field}.") or field.startswith(f"{plain}.")


_OTHER_FILES = {
    "AWSTemplateFormatVersion": "a template of CloudFormation",
    "Resources": "a template of CloudFormation",
    "apiVersion": "a manifest of Kubernetes",
    "services": "a file of Docker Compose",
    "compute-envs": "a file of seqerakit",
    "computeEnvs": "a list of Platform's environments; GET /compute-envs/{id} gives one",
    "computeEnvironments": "what AWS Batch says of environments",
    "jobQueues": "what AWS Batch says of queues",
    "terraform_version": "a state of Terraform",
    "resource": "a configuration of Terraform",
    "tool": "a project of Python",
    "app": "a cdk.json",
}
"""Fields by which files of other tools are known; none is one of ours."""


def other_file(data: dict[str, object]) -> Problem | None:
    """Return what a file is that is another tool's; None where it may be ours."""
    named = next((name for name in _OTHER_FILES if name in data), None)
    if named is None or "work_dir" in data or "workDir" in data:
        return None
    return Problem(
        "other-file",
        named,
        f"this is no environment file, but {_OTHER_FILES[named]}",
        allowed="our own file, or an export from Platform",
        fix="what seqerakit and Terraform have is read by: seqera-batch init --from FILE",
    )


def _not_a_mapping(data: object) -> Problem:
    return Problem(
        "top-level",
        "",
        "the file does not hold one environment",
        value=word_of(data),
        allowed="a mapping of fields at the top level",
        fix="one file describes one environment; give several files for several",
    )
