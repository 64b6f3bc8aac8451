# SPDX-License-Identifier: Apache-2.0
"""From a file to data: whatever is wrong with the file is one clear problem, never a traceback."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqera_batch.catalog import limits
from seqera_batch.config.check import check, load
from seqera_batch.config.loading import SUFFIXES, read
from seqera_batch.problems import ConfigError, Problem, Severity, errors

Write = Callable[..., Path]

YAML = "name: demo\nregion: eu-west-1\nwork_dir: s3://example-work\nforge:\n  max_cpus: 64\n"
TOML = """
name = "demo"
region = "eu-west-1"
work_dir = "s3://example-work"
[forge]
max_cpus = 64
"""
JSON = """
{"name": "demo", "region": "eu-west-1", "work_dir": "s3://example-work", "forge": {"max_cpus": 64}}
"""


def refusal(file: Path) -> Problem:
    """Give the one problem for which a file cannot be read."""
    with pytest.raises(ConfigError) as caught:
        read(file)
    (problem,) = caught.value.problems
    assert problem.severity is Severity.ERROR
    assert problem.fix
    assert caught.value.origin == str(file)
    return problem


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("demo.yaml", YAML),
        ("demo.yml", YAML),
        ("demo.json", JSON),
        ("demo.toml", TOML),
        ("DEMO.YAML", YAML),
        ("demo.yaml", JSON),
        ("demo.yaml", YAML.replace("\n", "\r\n")),
        ("demo.toml", TOML.replace("\n", "\r\n")),
        ("demo.yaml", codecs.BOM_UTF8 + YAML.encode()),
        ("demo.json", codecs.BOM_UTF8 + JSON.encode()),
        ("demo.toml", codecs.BOM_UTF8 + TOML.encode()),
        ("demo.yaml", f"%YAML 1.1\n---\n{YAML}...\n"),
    ],
)
def test_three_formats_say_the_same(name: str, content: str | bytes, written: Write) -> None:
    """YAML, JSON and TOML give one configuration, with any line ending or byte order mark."""
    assert load(written(content, name)).usable() == check(read(written(JSON, "same.json"))).usable()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """There is nothing to read."""
    assert refusal(tmp_path / "missing.yaml").rule == "missing-file"


@pytest.mark.parametrize("name", ["nul\0.yaml", "folder\0/demo.json"])
def test_a_path_that_no_file_can_have_is_a_missing_file(name: str) -> None:
    """A path with a NUL character names nothing."""
    assert refusal(Path(name)).rule == "missing-file"


def test_a_path_that_is_too_long_is_said() -> None:
    """The operating system's reason is repeated."""
    assert refusal(Path("x" * 5000 + ".yaml")).rule == "unreadable-file"


@pytest.mark.parametrize("name", [f"folder{suffix}" for suffix in SUFFIXES])
def test_a_folder_is_no_file(name: str, tmp_path: Path) -> None:
    """A directory with a known ending cannot be read."""
    folder = tmp_path / name
    folder.mkdir()
    problem = refusal(folder)

    assert problem.rule == "unreadable-file"
    assert "the file cannot be read: " in problem.message


def test_a_file_below_a_file_is_said(written: Write) -> None:
    """A path through a file leads nowhere."""
    assert refusal(written(YAML) / "demo.yaml").rule == "unreadable-file"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_said(written: Write) -> None:
    """The operating system's reason is repeated."""
    file = written(YAML)
    file.chmod(0)

    assert refusal(file).rule == "unreadable-file"


def test_an_operating_system_error_is_said(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps the file from being opened is a problem of the file."""
    file = written(YAML)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    problem = refusal(file)

    assert problem.rule == "unreadable-file"
    assert "Permission denied" in problem.message


@pytest.mark.parametrize("name", ["demo", "demo.txt", "demo.yaml.bak", ".yaml", "demo.tf"])
def test_the_ending_says_the_format(name: str, written: Write) -> None:
    """A file of another ending is refused before it is opened."""
    problem = refusal(written(YAML, name))

    assert problem.rule == "format"
    assert problem.allowed == ".yaml, .yml, .json, .toml"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [b"", b" ", b"\n\t\n", codecs.BOM_UTF8])
def test_an_empty_file_is_said(content: bytes, suffix: str, written: Write) -> None:
    """Nothing, blanks, or a byte order mark alone are an empty file."""
    assert refusal(written(content, f"demo{suffix}")).rule == "empty-file"


@pytest.mark.parametrize(
    "content", ["# a comment\n", "---\n", "~\n", "null\n", "- a\n", "just text\n", "7\n", "true\n"]
)
def test_a_yaml_file_of_another_type_is_no_environment(content: str, written: Write) -> None:
    """The top level has to be a mapping of fields."""
    result = load(written(content))

    assert result.config is None
    assert [problem.rule for problem in result.problems] == ["top-level"]
    assert result.problems[0].allowed
    assert result.problems[0].fix
    with pytest.raises(ConfigError, match="does not hold one environment"):
        result.usable()


@pytest.mark.parametrize("content", ["[]", '"text"', "7", "null", "true", "NaN", "[{}]"])
def test_a_json_file_of_another_type_is_no_environment(content: str, written: Write) -> None:
    """The top level has to be an object."""
    assert [problem.rule for problem in load(written(content, "demo.json")).problems] == [
        "top-level"
    ]


@pytest.mark.parametrize(
    ("name", "content", "fragment"),
    [
        ("demo.yaml", "name: [a\nregion: b\n", "not valid YAML: "),
        ("demo.yaml", "a: *nowhere\n", "undefined alias"),
        ("demo.yaml", "--- a\n--- b\n", "several documents"),
        ("demo.yaml", "a: \0\n", "control characters"),
        ("demo.yaml", "when: 2026-02-30\n", "put it in quotes"),
        ("demo.yaml", "wave_enabled: !!bool maybe\n", "put it in quotes"),
        ("demo.yaml", "head_job_cpus: !!float ''\n", "put it in quotes"),
        ("demo.yaml", "when: !!timestamp now\n", "put it in quotes"),
        ("demo.yaml", "name: !!binary zzz\n", "base64"),
        ("demo.yaml", "? [a]\n: b\n", "a key is a list"),
        ("demo.yaml", "? {a: b}\n: c\n", "a key is a list"),
        ("demo.yaml", f"head_job_cpus: {'9' * 5000}\n", "put it in quotes"),
        ("demo.yaml", "<<: 7\n", "mapping"),
        ("demo.json", '{"name": "a"} x', "Extra data"),
        ("demo.json", '{"name": "a', "Unterminated string"),
        ("demo.json", YAML, "not valid JSON"),
        ("demo.json", f'{{"head_job_cpus": {"9" * 5000}}}', "a number is too long"),
        ("demo.toml", YAML, "not valid TOML"),
        ("demo.toml", f"head_job_cpus = {'9' * 5000}\n", "a number is too long"),
    ],
)
def test_broken_syntax_is_said_in_the_parsers_words(
    name: str, content: str, fragment: str, written: Write
) -> None:
    """The parser's words come with the name of the format."""
    problem = refusal(written(content, name))

    assert problem.rule == "syntax"
    assert fragment in problem.message
    assert "\n" not in problem.message


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("demo.yaml", "name: 'a\n", 2),
        ("demo.yaml", "a: b: c\n", 1),
        ("demo.yaml", "a:\n\tb: c\n", 2),
        ("demo.json", '{"name": "a",}', 1),
        ("demo.json", "{\n  'name': 'a'\n}", 2),
        ("demo.toml", "name = demo\n", 1),
        ("demo.yaml", "name: a\nregion: b\nname: c\n", 3),
        ("demo.yaml", "forge:\n  type: a\n  'type': b\n", 3),
    ],
)
def test_broken_syntax_is_said_with_its_line(
    name: str, content: str, line: int, written: Write
) -> None:
    """Where the parser knows the line, it stands behind the file's name."""
    file = written(content, name)
    problem = refusal(file)

    assert problem.line == line
    assert problem.text(str(file)).startswith(f"{file}:{line}: error[")


@pytest.mark.parametrize(
    ("value", "read"),
    [("064", "52"), ("1:30", "90"), ("-010", "-8"), ("12:30:45", "45045"), ("1:30.5", "90.5")],
)
def test_numbers_that_yaml_reads_otherwise_are_refused(
    value: str, read: str, written: Write
) -> None:
    """Nobody means numbers of eight or of sixty: what YAML makes of them is said, with the line."""
    problem = refusal(written(f"name: demo\nhead_job_cpus: {value}\n", "demo.yaml"))

    assert (problem.rule, problem.line) == ("number-form", 2)
    assert problem.message == f"YAML reads {value} as {read}"


@pytest.mark.parametrize("value", ["!!float []", "!!int {}", "!!float {a: 1}"])
def test_a_tag_of_a_number_on_something_else_is_refused(value: str, written: Write) -> None:
    """A list that says it is a number is no YAML, and says so with its line."""
    problem = refusal(written(f"name: demo\nhead_job_cpus: {value}\n", "demo.yaml"))

    assert (problem.rule, problem.line) == ("syntax", 2)


@pytest.mark.parametrize("value", ["0", "10", "0x10", "1_000", "1.5", '"064"', "09"])
def test_other_numbers_are_read(value: str, written: Write) -> None:
    """Usual numbers, hexadecimal ones, and texts in quotes are what they are."""
    rules = {one.rule for one in load(written(f"name: {value}\n", "demo.yaml")).problems}

    assert "number-form" not in rules


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("demo.yaml", "name: a\nregion: b\nname: c\n", "the key name is given twice"),
        ("demo.yaml", "forge:\n  type: a\n  'type': b\n", "the key type is given twice"),
        ("demo.yaml", "environment: [{name: a, name: b}]\n", "the key name is given twice"),
        ("demo.yaml", "a: {<<: {b: 1}, <<: {c: 1}}\n", "the key << is given twice"),
        ("demo.json", '{"name": "a", "name": "a"}', "the key name is given twice"),
        ("demo.json", '{"forge": {"type": 1, "type": 2}}', "the key type is given twice"),
        ("demo.json", '{"a": [{"b": {"c": 1, "c": 2}}]}', "the key c is given twice"),
    ],
)
def test_a_key_given_twice_is_refused(
    name: str, content: str, message: str, written: Write
) -> None:
    """Which of two values was meant cannot be known, so neither is taken."""
    problem = refusal(written(content, name))

    assert problem.rule == "duplicate-key"
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    "content",
    [
        'name = "a"\nname = "b"\n',
        "[forge]\nmax_cpus = 1\n[forge]\nmin_cpus = 0\n",
        "[forge]\nmax_cpus = 1\nmax_cpus = 2\n",
    ],
)
def test_a_key_given_twice_is_no_toml(content: str, written: Write) -> None:
    """TOML itself forbids it, and its parser says where."""
    problem = refusal(written(content, "demo.toml"))

    assert problem.rule == "syntax"
    assert problem.line is not None


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + YAML.encode("utf-16-le"),
        YAML.encode("utf-16-be"),
        "name: größer\n".encode("latin-1"),
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08\x00\x00",
    ],
)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_other_encodings_and_binaries_are_refused(
    content: bytes, suffix: str, written: Write
) -> None:
    """Bytes that are no text in UTF-8 are pointed out, or are no valid syntax."""
    assert refusal(written(content, f"demo{suffix}")).rule in {"encoding", "syntax"}


def test_the_first_byte_that_is_not_utf8_is_named(written: Write) -> None:
    """Somebody with an editor finds the place."""
    assert refusal(written(b"name: gr\xf6sser\n")).message == "byte 8 is not UTF-8"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_ten_megabytes_is_refused_unread(suffix: str, written: Write) -> None:
    """An environment file is a few kilobytes: this is another file."""
    problem = refusal(written(b"# 0123456\n" * 1024 * 1024, f"demo{suffix}"))

    assert problem.rule == "file-size"
    assert problem.value == f"{10 * 1024 * 1024} bytes"


def test_the_largest_file_is_read(written: Write) -> None:
    """The limit itself is allowed, and one byte more is not."""
    room = limits.INPUT_BYTES - len(YAML)

    assert read(written(f"{YAML}{'#' * room}")) == read(written(JSON, "demo.json"))
    assert refusal(written(f"{YAML}{'#' * (room + 1)}")).rule == "file-size"


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system [exit 1]",
        "!!python/object/new:os.system [exit 1]",
        "!!python/object:pathlib.Path {}",
        "!!python/name:os.system ''",
        "!!python/module:os ''",
        "!!python/tuple [a]",
        "!Ref name",
    ],
)
def test_tags_that_would_run_code_are_refused(tag: str, written: Write) -> None:
    """Only plain data is read, whatever a file asks for."""
    problem = refusal(written(f"name: {tag}\n"))

    assert problem.rule == "syntax"
    assert "only another tool reads" in problem.message


@pytest.mark.parametrize(
    ("content", "data"),
    [
        ("a: &a {x: 1}\nb: *a\n", {"a": {"x": 1}, "b": {"x": 1}}),
        ("a: &a {x: 1, y: 1}\nb: {<<: *a, x: 2}\n", {"a": {"x": 1, "y": 1}, "b": {"x": 2, "y": 1}}),
        ("b: {<<: [{x: 1}, {x: 2, y: 2}], z: 3}\n", {"b": {"x": 1, "y": 2, "z": 3}}),
        # PyYAML tells keys of one letter from others: it takes them for the same object.
        ("b: {<<: [{one: 1}, {one: 2, two: 2}]}\n", {"b": {"one": 1, "two": 2}}),
        (
            "a: &a {one: 1}\nb: &b {<<: *a, one: 2}\nc: {<<: [*b, *a]}\n",
            {"a": {"one": 1}, "b": {"one": 2}, "c": {"one": 2}},
        ),
        ("b: {<<: {=: 1}, =: 2}\n", {"b": {"=": 2}}),
        (
            # The inner mapping is merged into another one before its own turn comes.
            "a: &a {x: 1}\nb: {c: &c {<<: *a, x: 2}}\nd: {<<: *c}\n",
            {"a": {"x": 1}, "b": {"c": {"x": 2}}, "d": {"x": 2}},
        ),
    ],
)
def test_aliases_and_merge_keys_are_allowed(
    content: str, data: dict[str, Any], written: Write
) -> None:
    """YAML's own means against repetition work, and overriding a merged key is no duplicate."""
    assert read(written(content)) == data


def test_a_file_may_share_a_section_by_alias(written: Write) -> None:
    """Aliases are as good as what they stand for, all the way to the configuration."""
    content = YAML.replace("forge:", "labels: &tags {team: a}\naws: {tags: *tags}\nforge:")
    config = load(written(content)).usable()

    assert config.labels == config.aws.tags == {"team": "a"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("demo.json", "[" * 100_000),
        ("demo.json", '{"a":' * 100_000),
        ("demo.toml", f"a = {'[' * 100_000}"),
        ("demo.toml", f"a = {'{a=' * 50_000}"),
        ("demo.yaml", "[" * 600),
    ],
)
def test_deep_nesting_is_refused(name: str, content: str, written: Write) -> None:
    """A file nested deeper than any parser goes is one problem."""
    assert refusal(written(content, name)).rule == "syntax"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_very_deep_yaml_does_not_end_the_process(opening: str, written: Write) -> None:
    """Nesting that the C parser cannot take is refused before it gets there."""
    file = written(opening * 100_000)
    program = f"from seqera_batch import load\nload({str(file)!r}).usable()"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert "ConfigError" in run.stderr


@pytest.mark.parametrize("use", ["{}", "volumes: {}\n", "workDir: s3://example-work\nforge: {}\n"])
def test_a_billion_laughs_are_refused(use: str, written: Write) -> None:
    """A few lines of aliases that stand for a billion values are one problem, at once."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    content = "\n".join([*lines, use.format("*a9" if use != "{}" else "")])
    result = load(written(content))

    assert [problem.rule for problem in errors(result.problems)] == ["input-size"]


def test_a_billion_merged_laughs_are_refused(written: Write) -> None:
    """Mappings that are merged into ever more others make many values of few lines."""
    lines = ["a0: &a0 {k0: 1}"]
    lines += [f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: 1}}" for n in range(1, 300)]

    assert refusal(written("\n".join(lines))).rule == "input-size"


@pytest.mark.parametrize(
    "content",
    [
        "&a {forge: *a}\n",
        "name: &a [*a]\n",
        "labels: &a {b: *a}\n",
        f"{YAML}aws: &a {{head: *a}}\n",
    ],
)
def test_an_alias_to_itself_is_refused(content: str, written: Write) -> None:
    """A value that holds itself has no end, and is one problem."""
    assert errors(load(written(content)).problems)


@pytest.mark.parametrize("name", ["demo.json", "demo.yaml"])
def test_nesting_that_only_the_parser_survives_is_refused(name: str, written: Write) -> None:
    """What could be parsed but not walked through is one problem."""
    content = f'{{"name": {"[" * 900}{"]" * 900}}}'

    assert errors(load(written(content, name)).problems)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("demo.yaml", f"name: 0x{'f' * 5000}\n"),
        ("demo.toml", f"name = 0x{'f' * 5000}\n"),
        ("demo.yaml", f"{YAML}  min_cpus: 0x{'f' * 5000}\n"),
    ],
)
def test_a_number_too_long_to_print_is_refused(name: str, content: str, written: Write) -> None:
    """A number that no field takes does not stop the message about it."""
    found = errors(load(written(content, name)).problems)

    assert found
    assert all(problem.text() and problem.as_dict() for problem in found)


@pytest.mark.parametrize(
    "content",
    ['{"\\ud800": 1}', '{"pre_run_script": "\\ud800"}'],
)
def test_half_a_character_in_json_is_refused(content: str, written: Write) -> None:
    """JSON can spell what no output can write; the message about it can be written."""
    found = errors(load(written(content, "demo.json")).problems)

    assert found
    assert "\n".join(problem.text() for problem in found).encode()


def test_a_set_is_no_list(written: Write) -> None:
    """YAML's sets would come out in another order each time."""
    content = f"{YAML}  instance_types: !!set {{m6i, c6i, r6i}}\n"

    assert errors(load(written(content)).problems)


@pytest.mark.parametrize(
    ("content", "path", "line"),
    [
        ("pre_run_script: |\n  echo @{Vpc}\n", "pre_run_script", 1),
        ("name: x\nenvironment:\n- name: A\n  value: a@{AWS::Region}\n", "environment[0].value", 4),
        ("labels:\n  '@{Efs.Arn}': x\n", "labels", 1),
    ],
)
def test_what_would_become_a_reference_is_refused(
    content: str, path: str, line: int, written: Write
) -> None:
    """A text that this library would turn into a resource's name is told where it stands."""
    [problem] = load(written(content)).problems
    assert (problem.rule, problem.path, problem.line) == ("text-with-mark", path, line)


def test_what_shells_and_git_write_is_kept(written: Write) -> None:
    """Signs that look like a reference and are none go through to the script."""
    script = "git rev-parse @{u} && echo ${PATH} @{push} '@{ Vpc}'"
    checked = load(written(f'pre_run_script: "{script}"\n'))
    assert not any(one.rule == "text-with-mark" for one in checked.problems)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> x\n", "a merge that is not finished"),
        ("name: {{ .Values.name }}\n", "put text with brackets or {{ }} in quotes"),
        ("name: a\n---\nname: b\n", "one file is one environment"),
        ("name: !Ref Name\n", "a tag (!) gives a value that only another tool reads"),
    ],
)
def test_what_other_tools_write_is_told(content: str, says: str, written: Write) -> None:
    """Templates, merges and several documents are named for what they are."""
    problem = refusal(written(content, "a.yaml"))
    assert problem.rule == "syntax"
    assert says in problem.message
    assert problem.line is not None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"AWSTemplateFormatVersion": "2010-09-09"}, "a template of CloudFormation"),
        ({"version": "3", "services": {}}, "Docker Compose"),
        ({"version": 4, "terraform_version": "1.9"}, "a state of Terraform"),
        ({"computeEnvs": [{"id": "a"}]}, "GET /compute-envs/{id} gives one"),
        ({"jobQueues": []}, "what AWS Batch says of queues"),
        ({"app": "python app.py", "context": {}}, "a cdk.json"),
    ],
)
def test_files_of_other_tools_are_told(data: dict[str, Any], says: str) -> None:
    """What is wrong is said once, instead of for every field that is not ours."""
    (problem,) = check(data).problems
    assert problem.rule == "other-file"
    assert says in problem.message


def test_a_mapping_is_no_list() -> None:
    """Variables as a mapping are told as what they are: the field takes a list."""
    data = {"name": "a", "region": "eu-west-1", "work_dir": "s3://abc", "environment": {"A": "b"}}
    (problem,) = check({**data, "forge": {"max_cpus": 1}}).problems
    assert (problem.path, problem.value, problem.allowed) == ("environment", '{"A": "b"}', "a list")


@pytest.mark.parametrize("folder", ["a*", "a?b", "${aws:username}/a", "/a", "a//b"])
def test_folders_are_no_patterns(folder: str) -> None:
    """What a policy would take for a wildcard or a variable is no name of a folder."""
    data = {"name": "a", "region": "eu-west-1", "work_dir": "s3://abc", "forge": {"max_cpus": 1}}
    (problem,) = check({**data, "aws": {"read_only_buckets": [f"s3://data/{folder}"]}}).problems
    assert problem.path == "aws.read_only_buckets[0]"
    assert "which are wildcards and variables of policies" in str(problem.allowed)
