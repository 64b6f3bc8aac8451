# SPDX-License-Identifier: Apache-2.0
"""Every problem of a file says on which line its field stands, in each of the three formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seqera_batch.config.check import ForgeConfig, load
from seqera_batch.config.lines import Lines, line_of, lines
from seqera_batch.problems import ConfigError, errors

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


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("null: 1", "null"),
        ("~: 1", "~"),
        ("yes: 1", "yes"),
        ("0x10: 1", "0x10"),
        ("2026-01-01: 1", "2026-01-01"),
        ("!!binary aGk=: 1", "aGk="),
        ('"": 1', '""'),
        ('"a b": 1', '"a b"'),
        ('"a[0]": 1', '"a[0]"'),
        ('"forge.max_cpus": 1', '"forge.max_cpus"'),
        ("aws: {null: 1}", "aws.null"),
        ('aws: {"x.y": 1}', 'aws."x.y"'),
    ],
)
def test_a_name_is_told_as_it_stands(tmp_path: Path, line: str, path: str) -> None:
    """What YAML makes of a name, or a path would be taken for, is told by what the file has."""
    file = tmp_path / "demo.yaml"
    file.write_text(f"{YAML.splitlines()[0]}\n{line}\n", "utf-8")
    told = [one for one in load(file).problems if one.rule == "unknown-field"]
    assert [(one.path, one.line) for one in told] == [(path, 2)]


def test_a_path_instead_of_a_section_is_told(tmp_path: Path) -> None:
    """A name with the section in it says where the field belongs."""
    file = tmp_path / "demo.yaml"
    file.write_text("forge.minCpus: 1\n", "utf-8")
    [told] = [one for one in load(file).problems if one.rule == "unknown-field"]
    assert told.fix == "write it below forge, as a field of its own"


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("demo.json", b'{"a": 1, "b": {"c": 1,\n"c": 2}, "d": {"c": 3}}', "duplicate-key"),
        ("demo.yaml", b"a: 1\nb: gr\xf6\xdfer\n", "encoding"),
        ("demo.yaml", b"a: gr\xc3\xb6\xc3\x9fer\nb: \x1b[31m\n", "syntax"),
        ("demo.yaml", b"a: 1\nb: 2026-02-30\n", "syntax"),
        ("demo.yaml", b"a: 1\nb: [!!bool maybe]\n", "syntax"),
    ],
)
def test_what_cannot_be_read_has_its_line(
    tmp_path: Path, name: str, content: bytes, rule: str
) -> None:
    """The line is told whatever reads the file, and before there are fields."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        load(file)
    [told] = raised.value.problems
    assert (told.rule, told.line) == (rule, 2)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("head_job_cpus: 99999999999999999999", "head_job_cpus"),
        ("labels: !!set {a}", "labels"),
    ],
)
def test_what_no_field_takes_has_its_line(tmp_path: Path, line: str, path: str) -> None:
    """A value that stops everything says where it stands."""
    file = tmp_path / "demo.yaml"
    file.write_text(f"name: demo\n{line}\n", "utf-8")
    [told] = [one for one in load(file).problems if one.rule == "input-size"]
    assert (told.path, told.line) == (path, 2)


def test_an_empty_field_is_told(tmp_path: Path) -> None:
    """What has lost its value is left out, as in an export, and said: its lines may be comments."""
    file = tmp_path / "demo.yaml"
    text = "name: demo\nregion: eu-west-1\nwork_dir: s3://example-work\naws:\n  kms_key:\n"
    file.write_text(f"{text}  # create: true\n", "utf-8")
    [told] = [one for one in load(file).problems if one.rule == "empty-field"]
    assert (told.path, told.line, told.severity) == ("aws.kms_key", 5, "notice")


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
