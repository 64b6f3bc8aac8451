# SPDX-License-Identifier: Apache-2.0
"""Renders a node's set-up as the MIME multipart user data that AWS Batch can merge with its own.

Values reach the script between single quotes or in quoted here-documents, so that a CDK token,
``${Token[TOKEN.12]}``, passes through unchanged for CDK to resolve.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

from seqera_batch.catalog.defaults import AWS_CLI_VERSION
from seqera_batch.catalog.limits import USER_DATA_BYTES
from seqera_batch.node.ecs_agent import ECS_AGENT_SETTINGS
from seqera_batch.node.node_logs import NODE_FAILED, NODE_LOG_FILES
from seqera_batch.node.setup import DATA_PATH, SCRATCH_PATH, AwsCli, Mount, NodeSetup
from seqera_batch.records import dataclass

MAX_USER_DATA_BYTES: Final = USER_DATA_BYTES

_EVERY_SCRIPT_STARTS_WITH: Final = "prelude.sh"
# But not the interpreter line of a script that a script writes.
_COMMENT_OR_BLANK: Final = re.compile(r"\s*(#(?!!)|$)")


def render(setup: NodeSetup) -> str:
    """Return the user data, before base64: the same text for the same set-up.

    Raises:
        ValueError: if a value has a character beyond ASCII.
    """
    script = _script(setup)
    _check_ascii(script)
    return _as_multipart(script)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What a node does, with the functions that it takes and the call of them."""

    title: str
    scripts: tuple[str, ...]
    call: str


def _script(setup: NodeSetup) -> str:
    steps = {"set_up": tuple(_steps(setup)), "optional_steps": tuple(_optional_steps(setup))}
    scripts = dict.fromkeys(
        script for several in steps.values() for step in several for script in step.scripts
    )
    return "\n".join(
        [
            "#!/bin/bash",
            f"ENVIRONMENT={_quoted(setup.environment)}",
            f"NODE_FAILED={_quoted(NODE_FAILED)}",
            *map(_functions, (_EVERY_SCRIPT_STARTS_WITH, *scripts)),
            *(_as_function(name, several) for name, several in steps.items() if several),
            f"run {' '.join(name for name, several in steps.items() if several)}",
            "",
        ]
    )


def _as_function(name: str, steps: tuple[_Step, ...]) -> str:
    return "\n".join(
        [
            f"{name}() {{",
            *(f"step {_quoted(step.title)}\n{step.call}" for step in steps),
            "}",
        ]
    )


def _steps(setup: NodeSetup) -> Iterator[_Step]:
    if setup.fusion:
        yield _Step(
            title="limit unwritten data",
            scripts=("dirty_pages.sh",),
            call="limit_dirty_pages",
        )
    if setup.fusion_scratch:
        yield _Step(
            title=f"mount the NVMe instance store on {SCRATCH_PATH}",
            scripts=("mounts.sh", "fusion_scratch.sh"),
            call=_command("mount_scratch", SCRATCH_PATH),
        )
    if setup.data_disk:
        yield _Step(
            title=f"mount the data disk on {DATA_PATH}",
            scripts=("mounts.sh", "data_disk.sh"),
            call=_command("mount_data_disk", DATA_PATH),
        )
    for mount in setup.mounts:
        yield _mount(mount)
    if setup.aws_cli is not None:
        yield _aws_cli(setup.aws_cli)
    for own in setup.own_scripts:
        yield _Step(
            title=f"own script: {own.name}",
            scripts=("own_script.sh",),
            call=_here_document("run_own_script", own.text.rstrip("\n")),
        )
    yield _Step(
        title="configure the ECS agent",
        scripts=("ecs_agent.sh",),
        call=_here_document("configure_ecs_agent", _ecs_config(setup)),
    )


def _optional_steps(setup: NodeSetup) -> Iterator[_Step]:
    """Yield what runs beside the node's work, or beside its end, and decides nothing."""
    if setup.log_group is not None:
        yield _Step(
            title="ship the logs of the node",
            scripts=("node_logs.sh",),
            call=f"{_command('ship_logs', setup.log_group, *NODE_LOG_FILES)} ||\n"
            "log 'warning: the logs of this node stay on the node'",
        )


def _mount(mount: Mount) -> _Step:
    return _Step(
        title=f"mount {mount.mount_path}",
        scripts=("mounts.sh", mount.script),
        call=_command(mount.function, *mount.arguments),
    )


def _aws_cli(cli: AwsCli) -> _Step:
    version = AWS_CLI_VERSION if cli.version is None else cli.version
    return _Step(
        title="provide the AWS CLI",
        scripts=("aws_cli.sh",),
        call=_command("install_aws_cli", cli.path, version)
        if cli.install
        else _command("require_aws_cli", cli.path),
    )


def _ecs_config(setup: NodeSetup) -> str:
    theirs = (setup.ecs_config or "").strip().splitlines()
    return "\n".join([*map(str, ECS_AGENT_SETTINGS), *theirs])


@cache
def _functions(script: str) -> str:
    """Return a script without comments, blank lines and indents, which the nodes do not need."""
    text = resources.files(__package__).joinpath("scripts", script).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if not _COMMENT_OR_BLANK.match(line))


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _command(function: str, *arguments: str) -> str:
    return " ".join([function, *map(_quoted, arguments)])


def _here_document(function: str, text: str) -> str:
    end = _absent("END", text)
    return f"{function} <<'{end}'\n{text}\n{end}"


def _absent(word: str, text: str) -> str:
    """Return the word, lengthened until the text that it is to delimit does not contain it."""
    while word in text:
        word += "_"
    return word


def _check_ascii(script: str) -> None:
    """Refuse what only some of cloud-init's releases read as it was meant."""
    for line in script.splitlines():
        if not line.isascii():
            raise ValueError(f"user data must be ASCII, got {line!r}; reword it")


def _as_multipart(script: str) -> str:
    boundary = _absent("==SEQERA_BATCH==", script)
    return "\n".join(
        [
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{boundary}"',
            "",
            f"--{boundary}",
            'Content-Type: text/x-shellscript; charset="us-ascii"',
            "MIME-Version: 1.0",
            "Content-Transfer-Encoding: 7bit",
            "",
            script,
            f"--{boundary}--",
            "",
        ]
    )
