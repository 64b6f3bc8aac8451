# SPDX-License-Identifier: Apache-2.0
"""Nothing is lost: files are written whole or not at all, and never over what is not ours."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch.cli import writing

if TYPE_CHECKING:
    from tests.cli.conftest import Run

EXPORT = Path(__file__).parents[2] / "examples" / "exported-from-platform.json"
MINE = "ten years of work"

WRITERS = {
    "init": ("init", "{out}"),
    "init --from": ("init", "--from", str(EXPORT), "{out}"),
    "export": ("export", "good.yaml", "--to", "nextflow", "-o", "{out}"),
    "review": ("review", "good.yaml", "-o", "{out}", "--format", "html"),
    "review of two": ("review", "good.yaml", "later.yaml", "-o", "{out}", "--format", "markdown"),
    "plan": ("plan", "good.yaml", "--picture", "{out}"),
}
"""Each command that writes a file, with the place for its name."""
PLACES = {"plan": "out.svg"}
"""What each calls its file: all but pictures may be YAML by name."""


@pytest.fixture(autouse=True)
def _two_versions(good: Path, tmp_path: Path) -> None:
    later = good.read_text("utf-8").replace("max_cpus: 64", "max_cpus: 65")
    (tmp_path / "later.yaml").write_text(later, "utf-8")


def _place(writer: str) -> str:
    return PLACES.get(writer, "out.yaml")


def _call(writer: str, *more: str) -> list[str]:
    return [part.format(out=_place(writer)) for part in WRITERS[writer]] + list(more)


def _everything(folder: Path) -> dict[str, bytes]:
    return {
        file.name: str(file.readlink()).encode() if file.is_symlink() else file.read_bytes()
        for file in folder.iterdir()
    }


@pytest.mark.parametrize("writer", WRITERS)
def test_a_dash_is_no_file(run: Run, tmp_path: Path, writer: str) -> None:
    """Who writes - means standard output, and gets no file of that name but the way to print."""
    before = _everything(tmp_path)
    result = run(*("-" if part == "{out}" else part for part in WRITERS[writer]))
    assert result.exit_code == 1
    assert "got:     -\n" in result.errors
    assert _everything(tmp_path) == before


@pytest.mark.parametrize("writer", WRITERS)
def test_foreign_files_stay(run: Run, tmp_path: Path, writer: str) -> None:
    """A file that we did not write is left as it is; --force replaces it."""
    (tmp_path / _place(writer)).write_text(MINE, "utf-8")
    before = _everything(tmp_path)
    result = run(*_call(writer))
    assert result.exit_code == 1
    assert "error[output-file]" in result.errors
    assert "--force" in result.errors
    assert _everything(tmp_path) == before
    assert "error[output-file]" not in run(*_call(writer, "--force")).errors
    assert (tmp_path / _place(writer)).read_text("utf-8") != MINE
    assert _everything(tmp_path).keys() == before.keys()


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
@pytest.mark.parametrize("writer", [writer for writer in WRITERS if writer != "init"])
def test_no_command_overwrites_its_input(
    run: Run, tmp_path: Path, writer: str, force: tuple[str, ...]
) -> None:
    """What a command reads stays, under whichever name it is called, even with --force."""
    source = tmp_path / "good.yaml"
    if writer == "init --from":
        source = tmp_path / "export.json"
        source.write_bytes(EXPORT.read_bytes())
    call = [str(source) if part == str(EXPORT) else part for part in _call(writer)]
    os.link(source, tmp_path / _place(writer))
    before = _everything(tmp_path)
    result = run(*call, *force)
    assert result.exit_code == 1
    assert "the command reads this file" in result.errors
    assert _everything(tmp_path) == before


def test_the_earlier_version_is_an_input(run: Run, tmp_path: Path) -> None:
    """What `--against` and `--outputs` name is read, so it is not written."""
    before = _everything(tmp_path)
    call = ("review", "later.yaml", "--against", "good.yaml", "--format", "json")
    assert run(*call, "-o", "good.yaml", "--force").exit_code == 1
    outputs = tmp_path / "outputs.json"
    outputs.write_text("{}", "utf-8")
    call = ("export", "good.yaml", "--to", "tw", "--outputs", "outputs.json")
    assert run(*call, "-o", "outputs.json", "--force").exit_code == 1
    assert _everything(tmp_path) == before | {"outputs.json": b"{}"}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("target", ["thesis.txt", "missing.txt"])
def test_links_are_not_followed(run: Run, tmp_path: Path, writer: str, target: str) -> None:
    """A symbolic link stays with what it leads to; --force replaces the link alone."""
    (tmp_path / "thesis.txt").write_text(MINE, "utf-8")
    (tmp_path / _place(writer)).symlink_to(target)
    before = _everything(tmp_path)
    result = run(*_call(writer))
    assert result.exit_code == 1
    assert f"this is a symbolic link to {target}" in result.errors
    assert _everything(tmp_path) == before
    run(*_call(writer, "--force"))
    assert not (tmp_path / _place(writer)).is_symlink()
    assert (tmp_path / "thesis.txt").read_text("utf-8") == MINE
    assert _everything(tmp_path).keys() == before.keys()


@pytest.mark.parametrize(
    ("files", "format_"),
    [
        *((("good.yaml",), format_) for format_ in ("html", "markdown", "sarif", "json")),
        *((("good.yaml", "later.yaml"), format_) for format_ in ("markdown", "sarif", "json")),
    ],
)
def test_pages_are_made_anew(
    run: Run, tmp_path: Path, files: tuple[str, ...], format_: str
) -> None:
    """A page says who wrote it, so that the next one may take its place without being asked."""
    call = ("review", *files, "--format", format_, "-o", "out")
    assert "error" not in run(*call).errors
    (tmp_path / "out").write_text((tmp_path / "out").read_text("utf-8") + "\nan older end\n")
    assert "error" not in run(*call).errors
    assert "an older end" not in (tmp_path / "out").read_text("utf-8")


def test_pictures_are_made_anew(run: Run, tmp_path: Path) -> None:
    """A picture says who wrote it, too."""
    for _ in range(2):
        assert run(*_call("plan")).exit_code == 0


def test_environment_files_are_nobodys_but_their_users(run: Run, tmp_path: Path) -> None:
    """What `init` writes is there to be changed: no command takes it for its own page."""
    run("init", "new.yaml")
    run("init", "--from", str(EXPORT), "imported.yaml")
    for name in ("new.yaml", "imported.yaml"):
        assert run("review", "good.yaml", "--format", "html", "-o", name).exit_code == 1


def test_modes_stay(run: Run, tmp_path: Path) -> None:
    """A new file has the mode that others have; one that is replaced keeps its own."""
    (tmp_path / "usual").touch()
    run("init", "new.yaml")
    usual = (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "new.yaml").stat().st_mode == usual
    (tmp_path / "new.yaml").chmod(0o640)
    run("init", "new.yaml", "--force")
    assert stat.S_IMODE((tmp_path / "new.yaml").stat().st_mode) == 0o640


def test_a_file_that_comes_in_the_meantime_stays(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the writing somebody else may be faster."""
    fill = writing._fill  # noqa: SLF001 - nothing else runs in between

    def slow(made: Path, content: bytes, like: os.stat_result | None) -> None:
        fill(made, content, like)
        (tmp_path / "new.yaml").write_text(MINE, "utf-8")

    monkeypatch.setattr(writing, "_fill", slow)
    result = run("init", "new.yaml")
    assert result.exit_code == 1
    assert "error[output-file] FILE: the file cannot be written: File exists" in result.errors
    assert (tmp_path / "new.yaml").read_text("utf-8") == MINE


def test_file_systems_without_links(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file system has no links, a new file is renamed into its place."""

    def none(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    assert run("init", "new.yaml").exit_code == 0
    assert (tmp_path / "new.yaml").read_text("utf-8") == run("init").output


def test_pipes_get_what_is_written(run: Run, tmp_path: Path) -> None:
    """A pipe or a device, as shells give for `>(…)`, is nothing that could be replaced."""
    reading, writing_end = os.pipe()
    assert run("init", f"/dev/fd/{writing_end}").exit_code == 0
    os.close(writing_end)
    written = os.read(reading, 65_536).decode()
    os.close(reading)
    assert written == run("init").output
    result = run("init", "/dev/full")
    assert result.exit_code == 1
    assert "error[output-file] FILE: the file cannot be written: No space left" in result.errors


def test_what_no_encoding_has(run: Run, tmp_path: Path) -> None:
    """A name of bytes that are no text is shown as bytes, in files and on standard output."""
    name = os.fsdecode(b"caf\xe9.yaml")
    (tmp_path / name).write_bytes((tmp_path / "good.yaml").read_bytes())
    assert run("review", name, "--format", "html", "-o", "out.html").exit_code == 0
    assert run("review", name, "-o", "out.json").exit_code == 0
    [review] = json.loads((tmp_path / "out.json").read_text("utf-8"))["reviews"]
    assert review["file"] == name
