# SPDX-License-Identifier: Apache-2.0
"""Ids, names and keys that a release had are there, and are what they were."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

import seqera_batch
from scripts.record_release import CONTRACT, FOLDER, contract, lost, made, missing, unpacked
from seqera_batch.cli.main import main
from tests.releases.notes import upgrade_notes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORDED: dict[str, Any] = json.loads(CONTRACT.read_text("utf-8"))
VERSION: str = RECORDED.pop("version")
FILES: dict[str, str] = unpacked(FOLDER / f"{VERSION}.json.gz")["files"]

IN_AN_ACCOUNT = "doctor, check, leftovers"
"""The keys of these are held by tests/cli/test_account.py, which has an account to answer."""
TWO_VERSIONS = "review of two versions"
LAB = """\
name: lab
region: eu-west-1
work_dir: s3://lab-work/dir
cli_path: /opt/aws-cli/bin/aws
forge: {{type: SPOT, max_cpus: 64, image_id: ami-0123456789abcdef0, allow_buckets: [{bucket}]}}
aws:
  network: {{create: {{mode: {mode}}}}}
  fair_share: {{}}
  share: {{share_identifier: TeamA}}
  job_definitions:
    - {{name: aligner, image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aligner:1"}}
"""
"""Of the examples none has endpoints, shares or job definitions, no two are versions of one."""


def unsaid(recorded: dict[str, Any], now: dict[str, Any], notes: str) -> list[str]:
    """Return what is lost and no upgrade note names in backticks; a resource by its logical id."""
    return [
        line
        for line in lost(recorded, now)
        if f"`{line.rpartition(': ')[2].split()[0]}`" not in notes
    ]


@pytest.fixture(scope="module")
def today() -> dict[str, Any]:
    """Return the contract as it is now, of the examples of the recorded release."""
    _, ids = made(FILES)
    return contract(ids)


def _keys(value: Any, *, below: int = 99) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield keys, of so many objects one below the other."""
    if isinstance(value, dict):
        yield from value
        below -= 1
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, (dict, list)) and below:
            yield from _keys(one, below=below)


def _printed(command: str, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        main([command, "--format", "json", *arguments])
    return json.loads(output.getvalue())


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return by command each key that it prints of the recorded examples."""
    folder = tmp_path_factory.mktemp("recorded")
    files = FILES | {
        "lab.yaml": LAB.format(mode="public", bucket="s3://references"),
        "isolated.yaml": LAB.format(mode="isolated", bucket="s3://others"),
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    with contextlib.chdir(folder):
        data = {
            command: [_printed(command, *more, name) for name in files]
            for command, *more in (
                ("validate",),
                ("plan",),
                ("policies",),
                ("review",),
                ("export", "--to", "api"),
            )
        }
        data["effects"] = [_printed("effects", "lab.yaml", "isolated.yaml")]
        data[TWO_VERSIONS] = [_printed("review", "isolated.yaml", "lab.yaml")]
    found = {command: set(_keys(ones)) for command, ones in data.items()}
    # What is in a plan has names of its own, some of them those of the plan itself.
    inside = found["plan"]
    return found | {"plan": set(_keys(data["plan"], below=2)), "inside": inside}


def test_nothing_recorded_is_lost(today: dict[str, Any]) -> None:
    """What the last release had is there; new things are recorded with the next one."""
    found = unsaid(RECORDED, today, upgrade_notes(VERSION))
    advice = (
        f"{VERSION} is still in work: if this is meant, make record, and read its diff"
        if seqera_batch.__version__ == VERSION
        else f"people build upon these since {VERSION}: keep them, or put each into CHANGELOG.md "
        "under Upgrade, in backticks, with what to do instead"
    )
    assert not found, "\n".join((advice, *found))


def test_recorded_keys_are_printed(printed: dict[str, set[str]]) -> None:
    """Commands print what the record, which is made of a page, says of them."""
    everywhere = set[str]().union(*printed.values())
    now = {
        section: sorted(printed.get(section, everywhere).intersection(keys))
        for section, keys in RECORDED["json"].items()
        if section != IN_AN_ACCOUNT
    }
    recorded = {section: RECORDED["json"][section] for section in now}
    found = unsaid({"json": recorded}, {"json": now}, upgrade_notes(VERSION))
    assert not found, "recorded, and not printed:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (("rules", 0), "rules: "),
        (("rule pack", 0), "rule pack: "),
        (("findings", 0), "findings: "),
        (("answers", 0), "answers: "),
        (("commands", 0), "commands: "),
        (("names", 0), "names: "),
        (("json", "plan", 0), "json: plan: "),
        (("json", "review", 0), "json: review: "),
        (("json", "validate", 0), "json: validate: "),
        (("examples", "efs", "queues", 0), "examples: efs: queues: "),
        (("examples", "efs", "outputs", 0), "examples: efs: outputs: "),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_vanishes_is_named(path: tuple[Any, ...], named: str) -> None:
    """Without one entry of any list the test fails and says which; an upgrade note settles it."""
    now = json.loads(json.dumps(RECORDED))
    *above, last = path
    place = now
    for key in above:
        place = place[key]
    gone = place.pop(last)
    assert unsaid(RECORDED, now, "") == [f"{named}{gone}"]
    assert unsaid(RECORDED, now, f"- `{gone}` is gone") == []


def test_what_changes_is_named() -> None:
    """A resource under another logical id or of another type is told by its construct."""
    now = json.loads(json.dumps(RECORDED))
    constructs = now["examples"]["efs"]["constructs"]
    key, value = next(iter(constructs.items()))
    constructs[key] = f"Another{value}"
    assert unsaid(RECORDED, now, "") == [f"examples: efs: constructs: {key}: {value}"]
    assert unsaid(RECORDED, now, f"- `{value.split()[0]}` is renamed") == []


def test_notes_of_later_releases_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upgrade sections above a release are read, and no other section, nor older ones."""
    text = (
        "# Changelog\n\n## Unreleased\n\n### Added\n\n- new\n\n### Upgrade\n\n- a\n\n"
        "## 0.3.0 - 2027-01-01\n\n### Upgrade\n\n- b\n\n### Fixed\n\n- c\n\n## 0.2.0\n\n"
        "### Upgrade\n\n- d\n"
    )
    (tmp_path / "CHANGELOG.md").write_text(text, "utf-8")
    monkeypatch.setattr("tests.releases.notes.CHANGELOG", tmp_path / "CHANGELOG.md")
    assert upgrade_notes("0.2.0").split() == ["-", "a", "-", "b"]


def test_a_release_waits_for_what_is_missing(tmp_path: Path) -> None:
    """A tag is published with its own number, day, address and records; each is asked for."""
    version = seqera_batch.__version__
    (tmp_path / "pyproject.toml").write_text("[project.urls]\n", "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(f"# C\n\n## {version} (unreleased)\n", "utf-8")
    owners = tmp_path / ".github" / "CODEOWNERS"
    owners.parent.mkdir()
    owners.write_text("# * @\n", "utf-8")
    page = tmp_path / "README.md"
    page.write_text("Not yet on PyPI\n", "utf-8")
    found = missing("v0.0.1", recorded=False, root=tmp_path)
    words = ("tag", "day", "urls", "nobody", "pages", "record")
    for word, said in zip(words, found, strict=True):
        assert word in said
    (tmp_path / "pyproject.toml").write_text('[project.urls]\nRepository = "a"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(f"# C\n\n## {version} (2026-12-01)\n", "utf-8")
    owners.write_text("* @somebody\n", "utf-8")
    page.write_text("pip install\n", "utf-8")
    assert missing(f"v{version}", recorded=True, root=tmp_path) == []
