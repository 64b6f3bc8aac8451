# SPDX-License-Identifier: Apache-2.0
"""The wheel holds all it needs, and works where nothing of ours is installed but it."""

from __future__ import annotations

import email
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import yaml
from flit_core.sdist import SdistBuilder  # type: ignore[import-untyped]

import seqera_batch
from scripts.release_source import LINK, full_links, main
from tests.packaging.conftest import ROOT, locked

CHECKOUT = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="an unpacked archive, whose README has full addresses"
)


def test_contents(wheel: Path) -> None:
    """Every file of the package is in it, data and scripts too, and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = ROOT / "seqera_batch"
    expected = {
        file.relative_to(ROOT).as_posix()
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == expected
    assert "seqera_batch/py.typed" in packed
    assert {name for name in packed if name.endswith(".sh")}


def _archived() -> set[str]:
    """Return the files of the source archive."""
    archive = SdistBuilder.from_ini_path(ROOT / "pyproject.toml")
    files = archive.apply_includes_excludes(archive.select_files())
    return {Path(name).as_posix() for name in files}


@CHECKOUT
def test_source_archive() -> None:
    """The source archive has all that is versioned, as tests need it, and nothing else."""

    def listed(*which: str) -> set[str]:
        command = ["git", "ls-files", "-z", *which]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        return {name for name in done.stdout.split("\0") if (ROOT / name).is_file()}

    assert listed() - _archived() == set()
    assert _archived() - listed("--cached", "--others", "--exclude-standard") == set()


def test_builds_are_the_same(tmp_path: Path) -> None:
    """Who builds the same commit gets the same bytes, wheel and source archive, years later too."""
    builds = []
    for name in ("one", "other"):
        source = tmp_path / name / "source"
        for one in _archived():
            (source / one).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / one, source / one)
        for number, file in enumerate(sorted(source.rglob("*"))):
            # Another day, another umask: neither belongs to what is built.
            os.utime(file, (number, number + len(name)))
            if name == "other" and file.is_file():
                file.chmod(file.stat().st_mode & 0o700)
        code = "import flit_core.buildapi as b; b.build_wheel('..'); b.build_sdist('..')"
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=source,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1764288000"},
            check=True,
            capture_output=True,
        )
        files = sorted(one for one in (tmp_path / name).iterdir() if one.is_file())
        assert [file.suffix for file in files] == [".whl", ".gz"]
        builds.append([(file.name, file.read_bytes()) for file in files])
    assert builds[0] == builds[1]


def test_metadata(wheel: Path) -> None:
    """PyPI shows the version, the licence, and the systems and Pythons that CI runs."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [one for one in archive.namelist() if one.endswith(".dist-info/METADATA")]
        told = email.message_from_bytes(archive.read(name))
    assert told["Version"] == seqera_batch.__version__
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Description-Content-Type"] == "text/markdown"
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    pythons = {one.rsplit(" ", 1)[1] for one in told.get_all("Classifier") or () if "3." in one}
    assert pythons == set(matrix["python"])
    systems = [one for one in told.get_all("Classifier") or () if "Operating System" in one]
    assert systems == ["Operating System :: POSIX :: Linux"]


@CHECKOUT
def test_a_release_is_built_of_a_commit(tmp_path: Path) -> None:
    """What is built has the files of the commit, and none that lies about."""
    folder = tmp_path / "source"
    (folder / "left").mkdir(parents=True)
    main(folder)
    assert (folder / "seqera_batch" / "version.py").is_file()
    assert not (folder / "left").exists()
    assert not list(folder.rglob("__pycache__"))


@CHECKOUT
def test_readme_on_pypi() -> None:
    """Where no file stands beside it, each link and picture has the address of the release."""
    where = "https://example.org/lab/seqera-batch"
    text = (ROOT / "README.md").read_text("utf-8")
    page = full_links(text, f"{where}/")
    assert LINK.search(text) is not None
    assert LINK.search(page) is None
    tag = f"v{seqera_batch.__version__}"
    assert f"]({where}/blob/{tag}/docs/tutorial/index.md#5-deploy)" in page
    assert f"]({where}/raw/{tag}/docs/pictures/spot-fusion-nvme.svg)" in page
    assert re.sub(rf"{where}/(blob|raw)/{tag}/", "", page) == text


def test_nothing_of_the_package_names_a_test_tool() -> None:
    """No file of the package reads what only tests are given."""
    for file in (ROOT / "seqera_batch").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            text = file.read_text("utf-8", errors="ignore")
            assert "cloud-copilot" not in text, file
            assert "node_modules" not in text, file


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment with the wheel and what requirements.lock names."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    [packages] = (folder / "lib").glob("python*/site-packages")
    for name in locked("requirements.lock"):
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # another platform's
        for file in distribution.files or ():
            top = packages / file.parts[0]
            if file.parts[0] != ".." and not top.exists():
                top.symlink_to(Path(str(distribution.locate_file(file.parts[0]))))
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", folder, "install",
         "--quiet", "--no-index", "--no-deps", wheel],
        check=True,
    )  # fmt: skip
    return folder / "bin"


def _run(clean: Path, folder: Path, *command: str, **more: str) -> str:
    keep = ("HOME", "LANG", "SYSTEMROOT", "TMPDIR")
    environment = {key: os.environ[key] for key in keep if key in os.environ}
    done = subprocess.run(
        [clean / command[0], *command[1:]],
        cwd=folder,
        env={**environment, "PATH": os.fspath(clean), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_no_development_package_is_there(clean: Path, tmp_path: Path) -> None:
    """The environment is clean: what only tests need cannot be imported."""
    only_tests = locked("requirements-dev.lock").keys() - locked("requirements.lock").keys()
    assert {"pytest", "cfn-lint", "moto"} <= only_tests
    code = "import importlib.metadata as m; print(*(one.name for one in m.distributions()))"
    found = set(_run(clean, tmp_path, "python", "-c", code).lower().split())
    assert "seqera-batch" in found
    assert not found & only_tests


def test_commands(clean: Path, tmp_path: Path) -> None:
    """From nothing to a template, with the commands that the README names."""
    assert _run(clean, tmp_path, "seqera-batch", "--version").strip()
    (tmp_path / "demo.yaml").write_text(_run(clean, tmp_path, "seqera-batch", "init"), "utf-8")
    _run(clean, tmp_path, "seqera-batch", "validate", "demo.yaml")
    plan = json.loads(
        _run(clean, tmp_path, "seqera-batch", "plan", "demo.yaml", "--format", "json")
    )
    assert plan
    _run(clean, tmp_path, "seqera-batch", "review", "demo.yaml", "-o", "review.html")
    assert "<h1>" in (tmp_path / "review.html").read_text("utf-8")
    _run(clean, tmp_path, "seqera-batch", "synth", "demo.yaml", "-o", "out")
    assert list((tmp_path / "out").glob("*.template.json"))


def test_import_in_an_app(clean: Path, tmp_path: Path) -> None:
    """The README's app, in an environment that has nothing but the wheel and what it needs."""
    readme = (ROOT / "README.md").read_text("utf-8")
    [app] = [
        block
        for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
        if "cdk.App()" in block
    ]
    code = app.replace("cdk.App()", "cdk.App(outdir='out')")
    # Its template is validated by the command above.
    _run(clean, tmp_path, "python", "-c", code, CDK_VALIDATION="false")
    assert (tmp_path / "out" / "Pipelines.template.json").is_file()
