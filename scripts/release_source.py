# SPDX-License-Identifier: Apache-2.0
"""Writes what a release is built from (make build): the commit, with full addresses in its README.

PyPI shows the README too, and has no files beside it. The address is the one of `[project.urls]`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import seqera_batch

ROOT = Path(__file__).resolve().parents[1]
GIT, TAR = "git", "tar"
LINK = re.compile(r"(?P<text>(?P<picture>!?)\[[^]]*\]\()(?!https?:|#)(?P<file>[^)]+)")
"""A link or a picture in Markdown that names a file of the repository."""


def full_links(page: str, repository: str) -> str:
    """Return a page whose links lead to the files as the release has them."""
    tag = f"v{seqera_batch.__version__}"
    return LINK.sub(
        lambda found: (
            f"{found['text']}{repository.rstrip('/')}/{'raw' if found['picture'] else 'blob'}/{tag}"
            f"/{found['file']}"
        ),
        page,
    )


def main(folder: Path) -> None:
    """Write the commit into a folder, in place of what is there."""
    if not (ROOT / ".git").exists():
        sys.exit("no commit is here: in an unpacked archive, call python -m build")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    packed = subprocess.run([GIT, "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run([TAR, "-x", "-C", folder], input=packed.stdout, check=True)
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    if "Repository" in project["urls"]:
        readme = folder / project["readme"]
        readme.write_text(
            full_links(readme.read_text("utf-8"), project["urls"]["Repository"]), "utf-8"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
