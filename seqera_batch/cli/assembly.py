# SPDX-License-Identifier: Apache-2.0
"""Where an assembly of CDK is put: in place of one that is CDK's to the last file, or nowhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seqera_batch.cli.writing import UNFINISHED, discard, undisturbed
from seqera_batch.problems import ConfigError, refusal

MARK = "cdk.out"
"""File that CDK writes into every assembly; a folder without it is not ours to replace."""
_ALWAYS = frozenset({MARK, "manifest.json", "validation-report.json", ".cache"})
"""What CDK and its CLI write and no manifest names: `.cache` holds assets that were packed."""
_LOCK = re.compile(r"synth\.lock|read\.\d+\.\d+\.lock")
"""What the CDK CLI leaves where it was ended while it worked."""
_SHOWN = 5
"""Names of foreign files that a message tells."""


@contextmanager
def replaced(output: Path) -> Iterator[Path]:
    """Give the path of a new assembly; at the end it takes the place of the one that is there.

    Whatever stops it before leaves the output as it was. A link is followed.

    Raises:
        ConfigError: Something else is in that place, or it cannot be written.
    """
    # Of a link that leads to itself, Path.resolve makes an error that differs by Python's version.
    place = Path(os.path.realpath(output)) if output.is_symlink() else output
    if place.is_symlink():
        raise _in_the_way("this link leads back to itself", str(output), "remove the link")
    refuse_foreign(place, output)
    # Beside the output, so that putting it in place is a rename on the same disk.
    beside = place.parent / f".{place.name}-{os.urandom(8).hex()}"
    # CDK writes elsewhere: its Node.js may outlive us by a moment, and goes on writing.
    with tempfile.TemporaryDirectory(prefix="seqera-batch-", ignore_cleanup_errors=True) as folder:
        UNFINISHED.update((beside, Path(folder)))
        # What Python and jsii put aside for a moment goes with it, when Ctrl-C comes too.
        elsewhere, tempfile.tempdir = tempfile.tempdir, folder
        try:
            with _writing(output):
                place.parent.mkdir(parents=True, exist_ok=True)
                beside.mkdir()
            made = Path(folder) / "cdk.out"
            yield made
            with _writing(output):
                # Not moved: files take the group and the rules of access of where they are made.
                shutil.copytree(made, beside / "fresh", symlinks=True)
                with undisturbed():
                    _exchange(beside / "fresh", place, aside=beside / "replaced")
                    discard()
        finally:
            tempfile.tempdir = elsewhere
            discard()


@contextmanager
def _writing(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror
        if isinstance(error, shutil.Error):
            # It tells of each file, with both paths: `[Errno 28] No space left on device: …`.
            why = error.args[0][0][2].partition("] ")[2].partition(":")[0]
        raise refusal(
            "output-folder",
            "--output",
            f"the folder cannot be written: {why}",
            value=str(output),
            fix="choose another folder",
        ) from None


def _exchange(fresh: Path, place: Path, *, aside: Path) -> None:
    """Put a folder in the place of another one, which stays where that fails."""
    try:
        if place.exists():
            place.rename(aside)
        fresh.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise


def refuse_foreign(place: Path, output: Path) -> None:
    """Keep from replacing anything that is not an assembly, or in which CDK did not write all.

    Args:
        place: Where the assembly will be.
        output: How the command calls it.

    Raises:
        ConfigError: With what is in the way.
    """
    if not place.exists():
        return
    files = sorted(place.iterdir()) if place.is_dir() else None
    if files == []:
        return
    if files is None or not (place / MARK).is_file():
        raise _in_the_way(
            "this is not an assembly of CDK, so it is left as it is",
            str(output),
            "choose another folder",
        )
    known = _written_by_cdk(place)
    foreign = [file.name for file in files if file.name not in known]
    if foreign:
        more = len(foreign) - _SHOWN
        raise _in_the_way(
            f"CDK did not write all that is in {output}, so it is left as it is",
            ", ".join(foreign[:_SHOWN]) + (f" and {more} more" if more > 0 else ""),
            "move these elsewhere, or choose another folder",
        )


def _written_by_cdk(place: Path) -> set[str]:
    """Return the names that the assembly accounts for: a manifest names all that belongs to it."""
    names = {*_ALWAYS, *(file.name for file in place.iterdir() if _LOCK.fullmatch(file.name))}
    for artifact in _mappings(_data(place / "manifest.json").get("artifacts")):
        properties = artifact.get("properties")
        told = [artifact.get("additionalMetadataFile")]
        if isinstance(properties, dict):
            told += [properties.get(key) for key in ("file", "templateFile", "directoryName")]
        names.update(name for name in told if isinstance(name, str))
    # CDK leaves the files of stacks that have gone from an app, and those name each other.
    for manifest in place.glob("*.assets.json"):
        assets = _data(manifest)
        if "version" not in assets:
            continue
        names |= {manifest.name, manifest.name.replace(".assets.json", ".metadata.json")}
        for kind in ("files", "dockerImages"):
            for asset in _mappings(assets.get(kind)):
                source = asset.get("source")
                if isinstance(source, dict):
                    names.update(
                        str(source[key]) for key in ("path", "directory") if source.get(key)
                    )
    return names


def _data(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _mappings(value: object) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else ()
    return [one for one in inner if isinstance(one, dict)]


def _in_the_way(message: str, value: str, fix: str) -> ConfigError:
    return refusal(
        "output-folder",
        "--output",
        message,
        value=value,
        allowed="a new or empty folder, or one in which CDK wrote everything",
        fix=fix,
    )
