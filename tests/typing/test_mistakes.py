# SPDX-License-Identifier: Apache-2.0
"""A type checker finds in an app what would be wrong in a file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIGURATION = "[mypy]\nstrict = true\n{plugin}[mypy-{ours}]\nfollow_imports = skip\n"
"""An app's own, but that CDK is left out: its types take a minute to read."""

GOOD = """\
from seqera_batch import AwsSettings, CreatedNetwork, ForgeConfig, ForgeSettings, NetworkSettings

config = ForgeConfig(
    name="demo",
    region="eu-west-1",
    work_dir="s3://example-work",
    labels={"team": "a"},
    forge=ForgeSettings(type="SPOT", max_cpus=64, instance_types=("m6i",)),
    aws=AwsSettings(network=NetworkSettings(create=CreatedNetwork(mode="private"))),
)
"""

MISTAKES = {
    'ForgeSettings(type="SPOTT", max_cpus=64)': "arg-type",
    'ForgeSettings(max_cpus="64")': "arg-type",
    "ForgeSettings(max_cpus=64, min_cpuss=0)": "call-arg",
    "ForgeSettings()": "call-arg",
    'ForgeConfig(name="demo", region="eu-west-1")': "call-arg",
    'CreatedNetwork(mode="open")': "arg-type",
    'config.name = "other"': "misc",
    "config.forge.max_cpus": "union-attr",
}
"""A line, and the code of mypy's error for it."""


def errors(app: str, folder: Path, cache: Path, *, plugin: bool) -> dict[str, str]:
    """Return the code of the error that mypy strictly finds, by line."""
    (folder / "app.py").write_text(app, encoding="utf-8")
    (folder / "mypy.ini").write_text(
        CONFIGURATION.format(
            plugin="plugins = pydantic.mypy\n" if plugin else "",
            ours="aws_cdk.*,constructs.*,jsii.*",
        ),
        encoding="utf-8",
    )
    mypy = (sys.executable, "-m", "mypy", "--config-file", str(folder / "mypy.ini"))
    done = subprocess.run(
        [*mypy, "--cache-dir", str(cache), str(folder / "app.py")],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert not done.stderr
    lines = app.splitlines()
    found = re.findall(r"app\.py:(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.MULTILINE)
    assert len(found) == done.stdout.count(": error:"), done.stdout
    return {lines[int(number) - 1]: code for number, code in found}


@pytest.mark.parametrize("plugin", [False, True], ids=["plain", "pydantic"])
def test_mistakes(tmp_path: Path, *, plugin: bool) -> None:
    """Each mistake is an error at its own line, and nothing else is; with pydantic's plugin too."""
    app = GOOD + "\n".join(MISTAKES) + "\n"
    cache = ROOT / ".mypy_cache" / f"mistakes-{plugin}"
    assert errors(app, tmp_path, cache, plugin=plugin) == MISTAKES
