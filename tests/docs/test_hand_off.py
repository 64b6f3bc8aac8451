# SPDX-License-Identifier: Apache-2.0
"""The page on the hand-off: its commands run, in order, as a reader would type them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.cli import main
from seqera_batch.config.check import check
from seqera_batch.config.environment import ForgeConfig
from seqera_batch.handoff.honesty import ALLOWABLE
from seqera_batch.handoff.target import TARGETS
from seqera_batch.plan import ForgePlan
from tests.handoff.conftest import outputs_of

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "hand-off.md").read_text("utf-8")
BLOCKS = re.findall(r"<!-- runs in the tests -->\n```console\n(.*?)```", PAGE, re.DOTALL)


def test_the_commands_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command ends well, the deployment between them apart."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "exported-from-platform.json", tmp_path)
    importing, exporting = BLOCKS
    for line in importing.splitlines():
        assert main(shlex.split(line)[1:]) == 0, line
    config = ForgeConfig.from_file("seqera.yaml")
    plan = ForgePlan.of(config)
    Path("cdk-outputs.json").write_text(json.dumps({plan.stack_name: outputs_of(config, plan)}))
    for line in exporting.splitlines():
        words = shlex.split(line)
        assert words[0] == "seqera-batch"
        assert main(words[1:]) == 0, line
        assert (tmp_path / words[-1]).is_file()
    printed = capsys.readouterr().out
    assert "next: tw compute-envs import ce.json --name" in printed


def test_the_page_names_every_target_and_what_can_be_allowed_in_manual_mode() -> None:
    """A reader learns of all of them."""
    assert all(f"| `{target}` |" in PAGE for target in TARGETS)
    for rule in ALLOWABLE:
        assert rule in PAGE or rule == "terraform-work-dir"


def test_the_environment_of_the_page_is_one() -> None:
    """The section on the head job is valid as it stands."""
    import yaml

    [text] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    own = {
        "name": "demo",
        "region": "eu-west-1",
        "work_dir": "s3://example-work",
        "forge": {"max_cpus": 8},
    }
    assert check({**own, **yaml.safe_load(text)}).usable().aws.head_job_definition is not None
