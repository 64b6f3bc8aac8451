# SPDX-License-Identifier: Apache-2.0
"""Every problem of a file says on which line its field stands, in each of the three formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seqera_batch.config.check import ForgeConfig, load
from seqera_batch.config.lines import Lines, line_of, lines
from seqera_batch.problems import errors

if TYPE_CHECKING:
    from pathlib import Path

YAML = """\
name: demo
region: eu-west-1
work_dir: s3://example-work
labels:
  costCenter: 4711
forge:
  max_cpu: 64
  instance_types:
    - m5
    - nothing
environment:
  - name: A
  - {name: "1"}
aws: {network: {egress: some}}
"""
TOML = """\
name = "demo"
region = "eu-west-1"
work_dir = "s3://example-work"
nextflow_config = '''
[forge]
max_cpu = 1
'''
"labels"."costCenter" = 4711
[forge] # of Platform
max_cpu = 64
instance_types = ["m5", "nothing"]
[[environment]]
name = "A"
[[environment]]
name = "1"
[ aws . network ]
egress = "some"
"""
EXPORT = """\
{
  "computeEnv": {
    "name": "demo",
    "config": {
      "discriminator": "aws-batch",
      "region": "eu-west-1",
      "workDir": "s3://example-work",
      "headJobCpus": "2",
      "nvnmeStorageEnabled": 1,
      "forge": {"maxCpus": 64,
        "minCpus": 65}
    }
  }
}
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "demo.yaml",
            YAML,
            {
                "labels.costCenter": 5,
                "forge.max_cpu": 7,
                "forge.max_cpus": 6,
                "forge.instance_types[1]": 10,
                "environment[1].name": 13,
                "aws.network.egress": 14,
            },
        ),
        (
            "demo.toml",
            TOML,
            {
                "labels.costCenter": 8,
                "forge.max_cpu": 10,
                "forge.max_cpus": 9,
                "forge.instance_types[1]": 11,
                "environment[1].name": 15,
                "aws.network.egress": 17,
            },
        ),
        (
            "demo.json",
            EXPORT,
            {"head_job_cpus": 8, "nvme_storage_enabled": 9, "forge.min_cpus": 11},
        ),
    ],
)
def test_every_problem_has_its_line(
    tmp_path: Path, name: str, text: str, expected: dict[str, int]
) -> None:
    """The line is the field's; where a field is missing it is that of the section around."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    assert {one.path: one.line for one in errors(load(file).problems)} == expected


def test_later_problems_have_their_lines(tmp_path: Path) -> None:
    """What a configuration says of itself has the lines of the file that it was read from."""
    file = tmp_path / "demo.yaml"
    file.write_text(YAML.replace("max_cpu", "min_cpus: 4\n  max_cpus"), "utf-8")
    config = load(file).config
    assert config is not None
    told = {problem.rule: problem.line for problem in config.problems()}
    assert told["min-cpus-cost"] == 7


def test_without_a_file_there_are_no_lines() -> None:
    """A configuration that was made in code has problems without lines."""
    data = {"name": "demo", "region": "eu-west-1", "work_dir": "s3://example-work"}
    config = ForgeConfig.from_dict({**data, "forge": {"max_cpus": 64, "min_cpus": 4}})
    assert [problem.line for problem in config.problems()] == [None]
    assert lines(None) == {}
    assert lines("/dev/null") == {}


def test_the_nearest_section() -> None:
    """A field that stands nowhere is shown at the section that would hold it, or at the top."""
    known = Lines("a: 1\nb:\n  c: [1, 2]\n").known
    assert line_of("b.c[7].d", known) == 3
    assert line_of("b.z", known) == 2
    assert line_of("z", known) == 1
