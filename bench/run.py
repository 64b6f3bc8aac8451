# SPDX-License-Identifier: Apache-2.0
"""Compares the commands with their baselines: interleaved runs, medians, ratios.

Wall-clock seconds on a shared machine say little by themselves; the ratios of runs that took
turns do. Nothing fails here: the limits are printed beside the ratios for a person to read.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.node import render

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
OWN = [sys.executable, "-m", "seqera_batch"]

ENVIRONMENT = """\
name: env{number}
region: eu-west-1
work_dir: s3://example-work/{number}
forge:
  type: EC2
  max_cpus: 128
  instance_types: [m6i, r6i]
  vpc_id: vpc-0aaaaaaaaaaaaaaa1
  subnets: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2]
"""
"""Ten resources: four roles, profile, log group, security group, template, environment, queue."""


@dataclass(frozen=True)
class Comparison:
    """A command, what it is compared with, and the ratio it should stay below."""

    name: str
    command: list[str]
    baseline: list[str]
    limit: float


def comparisons(folder: Path) -> list[Comparison]:
    """Return what is compared; the environment files are written into the folder."""
    files = []
    for number in range(50):
        file = folder / f"env{number:02}.yaml"
        file.write_text(ENVIRONMENT.format(number=number), encoding="utf-8")
        files.append(str(file))
    script = folder / "node.sh"
    plan = ForgePlan.of(ForgeConfig.from_file(files[0]))
    script.write_text(render(plan.compute.node_templates[0].setup), encoding="utf-8")
    bare = [sys.executable, str(BENCH / "bare.py"), files[0]]
    synth = [*OWN, "synth", "-o", str(folder / "own")]
    fast = [*synth, "--no-validation"]
    return [
        Comparison("validate / bare pydantic + YAML", [*OWN, "validate", files[0]], bare, 1.3),
        Comparison("plan / bare pydantic + YAML", [*OWN, "plan", files[0]], bare, 1.3),
        Comparison("schema / bare pydantic + YAML", [*OWN, "schema"], bare, 1.3),
        Comparison(
            "synth of 40 resources / hand-written L2, no validation",
            [*fast, *files[:4]],
            [sys.executable, str(BENCH / "l2_app.py"), str(folder / "l2"), str(script)],
            0.8,
        ),
        Comparison(
            "synth of 50 environments / of 1, as users run it",
            [*synth, *files],
            [*synth, files[0]],
            1.7,
        ),
        Comparison(
            "synth of 50 environments / of 1, no validation",
            [*fast, *files],
            [*fast, files[0]],
            1.7,
        ),
    ]


def seconds(command: list[str]) -> float:
    """Run a command and return how long it took.

    Raises:
        subprocess.CalledProcessError: The command failed, so its time means nothing.
    """
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    start = time.perf_counter()
    subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def main() -> None:
    """Run everything in turns and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each command (default: 9)")
    parser.add_argument("--only", default="", help="only comparisons whose name contains this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':58} {'command':>8} {'baseline':>8} {'ratio':>6} {'limit':>6}")
        for comparison in comparisons(Path(folder)):
            if options.only not in comparison.name:
                continue
            # One run of each to fill caches, then turns, so that noise meets both alike.
            seconds(comparison.baseline)
            seconds(comparison.command)
            pairs = [
                (seconds(comparison.command), seconds(comparison.baseline))
                for _ in range(options.rounds)
            ]
            own = statistics.median(pair[0] for pair in pairs)
            other = statistics.median(pair[1] for pair in pairs)
            ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
            print(
                f"{comparison.name:58} {own:8.3f} {other:8.3f} {ratio:6.2f} {comparison.limit:6.2f}"
            )


if __name__ == "__main__":
    main()
