# SPDX-License-Identifier: Apache-2.0
"""Rules about job definitions for tasks."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import limits, sources
from seqera_batch.catalog.ids import id_of
from seqera_batch.catalog.names import head_job_definition_name
from seqera_batch.config.definitions import name_in_aws, volumes
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.job_definitions import JobDefinitionSettings
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

_SECTION = "aws.job_definitions"
_RESERVED = "AWS_BATCH"


@rule("job-definition-once", source=sources.AWS_BATCH_JOB_DEFINITIONS)
def job_definition_once(config: EnvironmentFile) -> Breaches:
    """Each job definition has a name of its own, other than the head job's, that AWS takes."""
    aws = config.aws
    taken = {head_job_definition_name(aws.prefix, config.name), id_of("head", "")}
    for path, one in _definitions(config):
        name = name_in_aws(config, one)
        ids = {name} if one.image is None else {name, id_of(one.name, "")}
        if ids & taken or len(name) > limits.BATCH_NAME_CHARACTERS:
            yield Breach(
                path=f"{path}.name",
                message="AWS Batch takes no such name"
                if len(name) > limits.BATCH_NAME_CHARACTERS
                else "another definition has the name",
                value=name,
                allowed="a name of its own, with prefix and environment at most "
                f"{limits.BATCH_NAME_CHARACTERS} characters",
                fix="change or shorten it",
                about=(_SECTION, "aws.prefix", "name"),
            )
        taken |= ids


@rule("job-definition-image", source=sources.AWS_BATCH_JOB_DEFINITIONS)
def job_definition_image(config: EnvironmentFile) -> Breaches:
    """A definition that is described has an image, pinned so that it is the same tomorrow."""
    for path, one in _definitions(config):
        said = sorted(
            name
            for name, field in type(one).model_fields.items()
            if name != "name" and getattr(one, name) != field.default
        )
        if one.image is None and said:
            yield Breach(
                path=f"{path}.image",
                message="without an image the definition exists, and is not changed from here",
                value=", ".join(said),
                allowed="an image beside them, or the name alone",
                fix=f"add {path}.image, or remove the rest",
            )
        elif one.image is not None and one.image.endswith(":latest"):
            yield Breach(
                path=f"{path}.image",
                message="the tag latest is another image tomorrow",
                allowed="a tag of one release, or a digest",
                fix="name a release",
            )


@rule("job-definition-selectors", source=sources.NEXTFLOW_JOB_DEFINITIONS)
def job_definition_selectors(config: EnvironmentFile) -> Breaches:
    """A label, or the name of a process, chooses one definition, and Wave is off."""
    seen: set[tuple[str, str]] = set()
    for path, one in _definitions(config):
        for field in ("process_labels", "process_names"):
            chosen: tuple[str, ...] = getattr(one, field)
            if chosen and config.wave_enabled:
                yield Breach(
                    path=f"{path}.{field}",
                    message="Nextflow would ask Wave for an image of the definition's name",
                    allowed="nothing while wave_enabled is true",
                    fix="remove it, or set wave_enabled: false",
                    about=("wave_enabled",),
                )
            for name in chosen:
                if (field, name) in seen:
                    yield Breach(
                        path=f"{path}.{field}",
                        message="two definitions are chosen alike",
                        value=name,
                        allowed="each label or name once",
                        fix="remove it from one of the two",
                        about=(_SECTION,),
                    )
                seen.add((field, name))


@rule(
    "job-definition-with-wave",
    source=sources.NEXTFLOW_JOB_DEFINITIONS,
    severity=Severity.WARNING,
)
def job_definition_with_wave(config: EnvironmentFile) -> Breaches:
    """Pipelines that name job definitions run without Wave, which knows images only."""
    if config.wave_enabled and config.aws.job_definitions:
        yield Breach(
            path=_SECTION,
            message="Nextflow asks Wave for an image of the definition's name, and the task fails; "
            "Fusion is in none of its containers",
            value=", ".join(one.name for one in config.aws.job_definitions),
            allowed="without Wave and Fusion, or for jobs that Nextflow does not submit",
            fix="set wave_enabled: false, or acknowledge this warning",
            about=("wave_enabled",),
        )


@rule("job-definition-variables", source=sources.AWS_BATCH_SECRETS)
def job_definition_variables(config: EnvironmentFile) -> Breaches:
    """Variables of a definition are given once, by names that AWS Batch leaves free."""
    for path, one in _definitions(config):
        for field in ("environment", "secrets"):
            for name in getattr(one, field):
                twice = field == "secrets" and name in one.environment
                if twice or name.startswith(_RESERVED):
                    yield Breach(
                        path=f"{path}.{field}",
                        message="the name of the variable is "
                        + ("in environment too" if twice else "reserved"),
                        value=name,
                        allowed=f"a name that is given once, and does not start with {_RESERVED}",
                        fix="rename or remove the variable",
                        about=(_SECTION,),
                    )


@rule("job-definition-volumes", source=sources.AWS_BATCH_JOB_DEFINITIONS)
def job_definition_volumes(config: EnvironmentFile) -> Breaches:
    """No two folders of a node are mounted on one folder of a container."""
    everywhere = {_inside(text) for text in config.volumes}
    seen: set[tuple[str, str]] = set()
    for path, text in volumes(config):
        section, inside = path.rpartition(".volumes")[0], _inside(text)
        if section and (inside in everywhere or (section, inside) in seen):
            yield Breach(
                path=path,
                message="another volume is mounted there",
                allowed="each folder of the container once",
                fix="remove one of the two, or mount it elsewhere",
                about=("volumes", _SECTION),
            )
        seen.add((section, inside))


def _inside(volume: str) -> str:
    folder, *rest = volume.split(":")
    return next((one for one in rest if one.startswith("/")), folder)


def _definitions(config: EnvironmentFile) -> Iterator[tuple[str, JobDefinitionSettings]]:
    for index, one in enumerate(config.aws.job_definitions):
        yield f"{_SECTION}[{index}]", one
