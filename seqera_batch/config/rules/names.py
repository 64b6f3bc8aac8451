# SPDX-License-Identifier: Apache-2.0
"""Rules about names, labels, tags, and what Platform limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seqera_batch.catalog import limits, sources
from seqera_batch.catalog.names import LONGEST_ROLE_KIND, role_name
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.queue_names import FIELDS, created_queues
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.config.secrets import spotted
from seqera_batch.problems import Severity


@rule("role-name-length", source=sources.AWS_IAM_LIMITS)
def role_name_length(config: EnvironmentFile) -> Breaches:
    """The names of the roles made from prefix and name fit into IAM's limit."""
    longest = role_name(config.aws.prefix, config.name, LONGEST_ROLE_KIND)
    over = len(longest) - limits.ROLE_NAME_CHARACTERS
    if over > 0:
        yield Breach(
            path="name",
            message=f"the role {longest} would have a name longer than IAM takes",
            allowed=f"a name of at most {len(config.name) - over} characters with the prefix "
            f"{config.aws.prefix}",
            fix="shorten name (or give --name), or shorten aws.prefix",
            about=("aws.prefix",),
        )


@rule("queue-names-differ", source=sources.SEQERA_AWS_BATCH)
def queue_names_differ(config: EnvironmentFile) -> Breaches:
    """Queues that are created have names of their own, and only they are named."""
    given = config.aws.queue_names
    created = created_queues(config)
    if "all" in created and given.head is not None and given.head != given.compute:
        yield Breach(
            path="aws.queue_names.head",
            message="On-Demand environments have one queue for head job and compute jobs",
            allowed="nothing while forge.type is EC2",
            fix="use aws.queue_names.compute for the name of the one queue",
            about=("forge.type", "aws.queue_names.compute"),
        )
    if config.forge and not config.forge.dragen_enabled and given.dragen is not None:
        yield Breach(
            path="aws.queue_names.dragen",
            message="there is no DRAGEN queue to name",
            allowed="nothing without forge.dragen_enabled",
            fix="set forge.dragen_enabled: true, or remove aws.queue_names.dragen",
            about=("forge.dragen_enabled",),
        )
    names = list(created.values())
    further = {queue.name: index for index, queue in enumerate(config.aws.queues)}
    for index, (key, name) in enumerate(created.items()):
        if name in names[:index]:
            yield Breach(
                path=f"aws.queue_names.{FIELDS[key]}"
                if key in FIELDS
                else f"aws.queues[{further[key]}]",
                message="two queues cannot have the same name",
                value=name,
                allowed="a name of its own",
                fix="change one of them",
                about=("aws.queue_names", "name", "aws.prefix", "forge.type"),
            )


@rule("tag-format", source=sources.AWS_TAGS)
def tag_format(config: EnvironmentFile) -> Breaches:
    """Labels and tags are what AWS takes as tags."""
    for path, key, value in _tags(config):
        if not 0 < len(key) <= limits.TAG_KEY_CHARACTERS or key.lower().startswith(
            limits.RESERVED_TAG_PREFIX
        ):
            yield Breach(
                path=path,
                message="AWS takes no such tag key",
                value=key,
                allowed=f"1 to {limits.TAG_KEY_CHARACTERS} characters, "
                f"not starting with {limits.RESERVED_TAG_PREFIX}",
                fix="change the key",
            )
        if len(value) > limits.TAG_VALUE_CHARACTERS:
            yield Breach(
                path=path,
                message="AWS takes no tag value of this length",
                value=value,
                allowed=f"at most {limits.TAG_VALUE_CHARACTERS} characters",
                fix="shorten the value",
            )
        for text in (key, value):
            if not re.fullmatch(limits.TAG_CHARACTERS, text):
                yield Breach(
                    path=path,
                    message="AWS takes no such characters in tags",
                    value=text,
                    allowed="letters, digits, spaces and _ . : / = + - @",
                    fix="leave the other characters out",
                )


@rule("label-format", source=sources.SEQERA_LABELS, severity=Severity.WARNING)
def label_format(config: EnvironmentFile) -> Breaches:
    """Labels are what Platform takes as resource labels, which is less than AWS's tags may be."""
    if config.aws.used_by == ("nextflow",):
        return
    for key, value in config.labels.items():
        for what, text in (("key", key), ("value", value)):
            if not re.fullmatch(limits.PLATFORM_LABEL, text):
                yield Breach(
                    path=f"labels.{key}",
                    message=f"Platform takes no such {what} of a label",
                    # A secret, which an import leaves out, is not repeated.
                    value=None if any(spotted({"labels": {key: value}})) else text,
                    allowed="2 to 39 letters and digits, with single - or _ between them",
                    fix="change it, or move it to aws.tags, which Platform does not see",
                    about=("aws.used_by",),
                )


@rule("tag-count", source=sources.AWS_TAGS)
def tag_count(config: EnvironmentFile) -> Breaches:
    """Labels and tags together leave room for ours below AWS's limit."""
    most = limits.TAGS_PER_RESOURCE - limits.TAGS_OF_OURS
    count = len({**config.labels, **config.aws.tags})
    if count > most:
        yield Breach(
            path="labels",
            message="there are more labels and tags than a resource can have",
            value=count,
            allowed=f"at most {most}: AWS takes {limits.TAGS_PER_RESOURCE}, "
            f"{limits.TAGS_OF_OURS} are ours",
            fix="remove some",
            about=("aws.tags",),
        )


@rule("tag-once", source=sources.SEQERA_LABELS)
def tag_once(config: EnvironmentFile) -> Breaches:
    """No key is both a label and a tag with different values."""
    for key in sorted(config.labels.keys() & config.aws.tags.keys()):
        if config.labels[key] != config.aws.tags[key]:
            yield Breach(
                path=f"aws.tags.{key}",
                message="the key is a label with another value",
                value=config.aws.tags[key],
                allowed=f"{config.labels[key]}, or another key",
                fix="remove the tag",
                about=("labels",),
            )


@rule("run-script-size", source=sources.SEQERA_TERRAFORM, severity=Severity.WARNING)
def run_script_size(config: EnvironmentFile) -> Breaches:
    """Pre-run and post-run scripts are as short as Seqera Cloud takes them."""
    for field in ("pre_run_script", "post_run_script"):
        script: str | None = getattr(config, field)
        size = len((script or "").encode())
        if size > limits.PLATFORM_RUN_SCRIPT_BYTES:
            yield Breach(
                path=field,
                message="Seqera Cloud refuses scripts of this size; Enterprise can allow them",
                value=f"{size} bytes",
                allowed=f"{limits.PLATFORM_RUN_SCRIPT_BYTES} bytes",
                fix="fetch the long part from a bucket in a short script",
            )


def _tags(config: EnvironmentFile) -> Iterator[tuple[str, str, str]]:
    for key, value in config.labels.items():
        yield f"labels.{key}", key, value
    for key, value in config.aws.tags.items():
        yield f"aws.tags.{key}", key, value
