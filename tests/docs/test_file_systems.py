# SPDX-License-Identifier: Apache-2.0
"""The page about file systems says what rules, plan and scripts say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.catalog import defaults, limits
from seqera_batch.config.file_systems import FsxSettings
from seqera_batch.config.rules import RULES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "file-systems.md").read_text("utf-8")
SNIPPETS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
ROWS = re.findall(
    r"^\| (\S[^|]*) \| `forge\.(\w+)` \| ([^|]*) \| ([^|]*) \| `([^|]*)` \|$", PAGE, re.MULTILINE
)
VALUES: dict[str, Any] = {
    "efs_create": True,
    "efs_id": "fs-0123456789abcdef0",
    "fsx_size": 1200,
    "fsx_name": "fs-0123456789abcdef1.fsx.eu-west-1.amazonaws.com",
}
REACHABLE = {
    "subnets": ["subnet-0123456789abcdef0"],
    "security_groups": ["sg-0123456789abcdef0"],
}


def _plan(**given: Any) -> ForgePlan:  # noqa: ANN401 - any part of a file
    forge = {"type": "SPOT", "max_cpus": 64, **given.pop("forge", {})}
    data = {"name": "demo", "region": "eu-west-1", "work_dir": "s3://example-work", **given}
    return ForgePlan.of(ForgeConfig.from_dict({**data, "forge": forge}))


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_snippets_are_valid(snippet: str) -> None:
    """What the page shows can be copied into a file."""
    assert len(_plan(**yaml.safe_load(snippet)).storage.file_systems) == 1


def test_every_field_has_a_row() -> None:
    """The table lists every way to ask for a file system."""
    assert [row[1] for row in ROWS] == list(VALUES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_rows(row: tuple[str, ...]) -> None:
    """Name, cost, ports and path are those of the plan."""
    title, field, cost, ports, path = row
    exists = {} if field in {"efs_create", "fsx_size"} else REACHABLE
    plan = _plan(forge={field: VALUES[field], **exists})
    [system] = plan.storage.file_systems
    assert title.removesuffix(" that exists") == system.title
    assert title.endswith("that exists") is not system.created
    assert path == system.mount_path
    spans = [str(one) if one == other else f"{one}-{other}" for one, other in system.ports]
    assert ports == ", ".join(spans)
    assert bool(plan.costs.idle) is (cost != "nothing more than before")


def test_deployment_types() -> None:
    """Types, sizes and throughput are those that the rules allow."""
    rows = re.findall(r"^\| `(\w+_\d)` \| ([^|]*) \| ([^|]*) \|", PAGE, re.MULTILINE)
    annotation = FsxSettings.model_fields["deployment_type"].annotation
    assert [kind for kind, _, _ in rows] == list(annotation.__args__)  # type: ignore[union-attr]
    for kind, size, throughput in rows:
        assert size == f"{limits.FSX_GB_MIN}, or a multiple of {limits.FSX_GB_STEP}"
        offered = limits.FSX_THROUGHPUT.get(kind)
        assert throughput == ("200" if offered is None else ", ".join(map(str, offered)))
        assert offered is None or defaults.FSX_THROUGHPUT[kind] == min(offered)


def test_words_of_the_log() -> None:
    """What the page says of the log is what the scripts write."""
    scripts = "".join(
        file.read_text("utf-8") for file in (ROOT / "seqera_batch/node/scripts").glob("*.sh")
    )
    for words in (
        "does not resolve: check the VPC's DNS settings",
        "cannot mount ",
        "is not a Lustre file system",
        "describe-file-systems",
    ):
        assert words in PAGE
        assert words in scripts
    assert "ATTEMPTS=10" in scripts
    assert "SHUTDOWN_MINUTES=3" in scripts


def test_rules_named_exist() -> None:
    """The rules that the page names are rules."""
    named = set(re.findall(r"\(`([a-z0-9-]+)`\)", PAGE))
    assert len(named) > 5
    assert named <= RULES.keys()
