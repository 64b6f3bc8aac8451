# SPDX-License-Identifier: Apache-2.0
"""The user data as text: its MIME structure, its size, and what it holds for which set-up."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from email.message import Message

import pytest

from seqera_batch.node import (
    ECS_AGENT_SETTINGS,
    MAX_USER_DATA_BYTES,
    AwsCli,
    NodeSetup,
    render,
)
from tests.mounts import efs, lustre

TOKEN = "${Token[TOKEN.12]}"  # noqa: S105
PLAIN = NodeSetup(environment="TowerForge-cpu")
EVERYTHING = NodeSetup(
    environment="TowerForge-cpu",
    fusion_scratch=True,
    aws_cli=AwsCli(version="2.27.1"),
    log_group="/seqera/nodes",
    mounts=(
        efs("fs-1", zone="eu-west-1a"),
        lustre("fs-2.example", mount_path="/fsx"),
    ),
    ecs_config="ECS_LOGLEVEL=debug\n",
)


def script(setup: NodeSetup) -> str:
    """Return the one script of the user data, as Python's MIME parser finds it."""
    message = email.message_from_string(render(setup))
    assert message.get_content_type() == "multipart/mixed"
    parts = message.get_payload()
    assert isinstance(parts, list)
    [part] = parts
    assert isinstance(part, Message)
    assert part.get_content_type() == "text/x-shellscript"
    assert not message.defects
    assert not part.defects
    payload = part.get_payload()
    assert isinstance(payload, str)
    return payload


def here_document(setup: NodeSetup, function: str) -> str:
    """Return the text that a function of the script reads."""
    document = re.compile(rf"^{function} <<'(\w+)'[^\n]*\n(.*?)\n\1$", re.MULTILINE | re.DOTALL)
    found = document.search(script(setup))
    assert found
    return found.group(2)


@pytest.mark.parametrize("setup", [PLAIN, EVERYTHING])
def test_user_data_is_one_shell_script_in_a_multipart_message(setup: NodeSetup) -> None:
    """AWS Batch refuses user data that is not MIME multipart (U8)."""
    assert render(setup).startswith("MIME-Version: 1.0\nContent-Type: multipart/mixed;")
    assert script(setup).startswith("#!/bin/bash\n")


def test_the_same_set_up_gives_the_same_bytes() -> None:
    """A launch template changes only when the set-up does."""
    assert render(EVERYTHING) == render(replace(EVERYTHING))


def test_the_largest_user_data_leaves_a_third_of_the_limit_free() -> None:
    """Room stays for the user's own agent settings and for AWS Batch's part (U9)."""
    # With disks and the AWS CLI, which no plan has together.
    assert len(render(EVERYTHING).encode()) < MAX_USER_DATA_BYTES * 2 / 3


def test_no_comment_reaches_the_nodes() -> None:
    """Comments are for readers of the repository; only interpreter lines stay."""
    comments = [line for line in script(EVERYTHING).splitlines() if line.lstrip().startswith("#")]

    assert comments == ["#!/bin/bash", "#!/bin/sh"]


@pytest.mark.parametrize(
    ("setup", "function"),
    [
        (replace(PLAIN, log_group="g"), "ship_logs"),
        (replace(PLAIN, fusion=True), "limit_dirty_pages"),
        (replace(PLAIN, fusion_scratch=True), "mount_scratch"),
        (replace(PLAIN, mounts=EVERYTHING.mounts[:1]), "mount_efs"),
        (replace(PLAIN, mounts=EVERYTHING.mounts[1:]), "mount_lustre"),
        (replace(PLAIN, aws_cli=AwsCli()), "install_aws_cli"),
        (replace(PLAIN, aws_cli=AwsCli(install=False)), "require_aws_cli"),
    ],
)
def test_a_function_comes_only_with_its_option(setup: NodeSetup, function: str) -> None:
    """Each option brings its function, and a plain node has none of them."""
    assert re.search(rf"^{function}\b(?!\()", script(setup), re.MULTILINE)
    assert function not in script(PLAIN)


def test_a_plain_node_downloads_nothing() -> None:
    """Nothing is fetched or installed that no option asks for (U5)."""
    commands = script(PLAIN).partition("step 'configure the ECS agent'")[2]

    assert "install" not in commands
    assert "curl" not in script(PLAIN)
    assert "http" not in script(PLAIN)


def test_the_agent_is_configured_last_and_logs_are_shipped_beside() -> None:
    """What a node needs is one function, and what it can do without another."""
    needed, optional = (
        re.findall(r"^step '([^']*)'", function, re.MULTILINE)
        for function in re.findall(
            r"^(?:set_up|optional_steps)\(\) \{\n(.*?)^\}$",
            script(EVERYTHING),
            re.MULTILINE | re.DOTALL,
        )
    )

    assert needed == [
        "mount the NVMe instance store on /scratch/fusion",
        "mount /mnt/efs",
        "mount /fsx",
        "provide the AWS CLI",
        "configure the ECS agent",
    ]
    assert optional == ["ship the logs of the node"]
    assert script(EVERYTHING).endswith("}\nrun set_up optional_steps\n")
    assert script(PLAIN).endswith("}\nrun set_up\n")


def test_the_users_agent_settings_follow_ours() -> None:
    """The ECS agent takes the last assignment of a variable, so the user's win."""
    assert here_document(EVERYTHING, "configure_ecs_agent").splitlines() == [
        *map(str, ECS_AGENT_SETTINGS),
        "ECS_LOGLEVEL=debug",
    ]


def test_every_agent_setting_has_a_reason_and_a_source() -> None:
    """The table explains itself, and no variable is in it twice."""
    assert all(setting.reason and setting.source for setting in ECS_AGENT_SETTINGS)
    assert len({setting.name for setting in ECS_AGENT_SETTINGS}) == len(ECS_AGENT_SETTINGS)


def test_the_cluster_is_left_to_aws_batch() -> None:
    """AWS Batch names the cluster in its own part of the user data."""
    assert "ECS_CLUSTER" not in render(EVERYTHING)


def test_docker_keeps_running() -> None:
    """Stopping docker broke the downloads that followed, so nothing stops it (U4)."""
    assert "docker" not in render(EVERYTHING)
    assert "cloud-config" not in render(EVERYTHING)


def test_no_processor_architecture_is_written_down() -> None:
    """Packages and downloads follow the machine (U2)."""
    assert not re.search(r"amd64|arm64|x86_64|aarch64", render(EVERYTHING))


@pytest.mark.parametrize(
    "setup",
    [
        replace(PLAIN, log_group=TOKEN),
        replace(PLAIN, mounts=(efs(TOKEN),)),
        replace(
            PLAIN,
            mounts=(lustre(TOKEN, mount_path="/fsx"),),
        ),
        replace(PLAIN, ecs_config=f"ECS_INSTANCE_ATTRIBUTES={TOKEN}"),
    ],
)
def test_tokens_pass_through(setup: NodeSetup) -> None:
    """CDK finds its tokens unchanged, and not where bash would expand them."""
    assert TOKEN in render(setup)
    assert f'"{TOKEN}"' not in render(replace(setup, log_group=None))


def test_settings_cannot_break_out_of_their_here_document() -> None:
    """A line that looks like the end of the document is a line of the document."""
    setup = replace(PLAIN, ecs_config="A=1\nEND\nEND_\nB=$(reboot)")

    assert here_document(setup, "configure_ecs_agent").splitlines()[-4:] == [
        "A=1",
        "END",
        "END_",
        "B=$(reboot)",
    ]


def test_settings_cannot_end_the_part() -> None:
    """A line that looks like the boundary makes the boundary another one."""
    setup = replace(PLAIN, ecs_config="--==SEQERA_BATCH==--")

    assert "\n--==SEQERA_BATCH==--\n" in script(setup)


def test_settings_from_windows_have_plain_line_ends() -> None:
    """A carriage return would become part of a value."""
    assert "\r" not in render(replace(PLAIN, ecs_config="A=1\r\nB=2\r\n"))


def test_text_beyond_ascii_is_refused() -> None:
    """The message shows the line to change."""
    with pytest.raises(ValueError, match="user data must be ASCII, got '# Knöpfe'"):
        render(replace(PLAIN, ecs_config="A=1\n# Knöpfe"))


def test_a_quote_in_a_value_stays_in_the_value() -> None:
    """Single quotes are closed, escaped and opened again."""
    assert "ENVIRONMENT='it'\\''s'\n" in script(replace(PLAIN, environment="it's"))
