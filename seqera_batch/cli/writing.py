# SPDX-License-Identifier: Apache-2.0
"""The one way in which commands write files: whole or not at all, and never over foreign ones."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from seqera_batch.config.loading import STANDARD_INPUT
from seqera_batch.problems import ConfigError, Problem

_OURS = re.compile(
    rb'<!-- generator: seqera-batch|name="generator" content="seqera-batch'
    rb'|"generator": "seqera-batch|"driver": \{\s*"name": "seqera-batch"'
)
"""How a picture, a page, a review in Markdown or JSON, and a SARIF log say who wrote them."""
UNFINISHED: set[Path] = set()
"""Files and folders of ours that have not got their place yet."""
_BEGINNING = 4096
"""Bytes of a file in which they say so."""


def write_files(
    files: Mapping[Path, str],
    *,
    option: str,
    force: bool,
    inputs: Iterable[str | Path] = (),
    remade: bool = False,
) -> None:
    """Write files, the first one last: each whole, and none if one is in the way.

    A text goes into a new file beside its place, and takes the place once the disk has it. What
    stops that, a full disk or Ctrl-C, leaves everything as it was.

    Args:
        files: Text by place; a pipe or a device gets it as it is.
        option: What the command calls the place.
        force: Whether to replace what exists, too.
        inputs: Files that the command reads, which are never written.
        remade: Whether the text is made anew each time, so that an earlier one that says it is
            ours may be replaced without being asked.

    Raises:
        ConfigError: Something is in the way, or a file cannot be written.
    """
    read = [known for file in inputs if (known := _status(file)) is not None]
    problems = [
        Problem("output-file", option, message, value=str(file), fix=fix)
        for file in files
        for message, fix in _in_the_way(file, read, force=force, remade=remade)
    ]
    if problems:
        raise ConfigError(problems)
    fresh: dict[Path, Path] = {}
    file = next(iter(files))
    try:
        for file, text in files.items():
            content = text.encode("utf-8", "backslashreplace")
            if _is_stream(file):
                file.write_bytes(content)
            else:
                fresh[file] = file.parent / f".seqera-batch-{os.urandom(8).hex()}"
                UNFINISHED.add(fresh[file])
                _fill(fresh[file], content, like=_status(file))
        with undisturbed():
            for file, made in reversed(fresh.items()):
                _put(made, file, over=force or remade)
    except OSError as error:
        raise ConfigError(_unwritable(file, error, option)) from None
    finally:
        discard()


def discard() -> None:
    """Remove what was begun and has not got its place: after an error, or before the end."""
    for made in tuple(UNFINISHED):
        if made.is_dir():
            shutil.rmtree(made, ignore_errors=True)
        else:
            with suppress(OSError):
                made.unlink()
        UNFINISHED.discard(made)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let signals wait for what takes a moment and must be whole: to give files their places."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _in_the_way(
    file: Path, read: list[os.stat_result], *, force: bool, remade: bool
) -> Iterator[tuple[str, str]]:
    """Yield what speaks against writing a file, and what to do."""
    status = _status(file)
    if str(file) == STANDARD_INPUT:
        yield "- is standard input elsewhere, and no file's name", "leave it out to have it printed"
    elif status is not None and stat.S_ISDIR(status.st_mode):
        yield "this is a folder", "name a file in it"
    elif status is not None and any(os.path.samestat(status, one) for one in read):
        yield "the command reads this file, and would overwrite it", "name another file"
    elif _is_stream(file):
        return
    elif file.is_symlink() and not force:
        yield (
            f"this is a symbolic link to {file.readlink()}, and both are left as they are",
            "name the file itself; --force replaces the link",
        )
    elif status is None:
        return
    elif not (force or remade):
        yield "the file exists, and is left as it is", "--force replaces it"
    elif not (force or _says_it_is_ours(file)):
        yield (
            "the file exists and does not say that seqera-batch wrote it, so it is left as it is",
            "choose another path; --force replaces it",
        )
    elif not os.access(file, os.W_OK):
        yield "the file is write-protected", "choose another path"


def _status(file: str | Path) -> os.stat_result | None:
    """Return what a path leads to; None where it leads nowhere, or is not for us to see."""
    try:
        return Path(file).stat()
    except (OSError, ValueError):
        return None


def _is_stream(file: Path) -> bool:
    """Return whether a path is a pipe or a device, such as /dev/stdout: nothing to replace."""
    status = _status(file)
    return status is not None and not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode))


def _says_it_is_ours(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return _OURS.search(stream.read(_BEGINNING)) is not None
    except OSError:
        return False


def _fill(made: Path, content: bytes, like: os.stat_result | None) -> None:
    """Write a new file with the mode of the one it will replace, and wait until the disk has it."""
    with made.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if like is not None and made.stat().st_mode != like.st_mode:
        made.chmod(stat.S_IMODE(like.st_mode))


def _put(made: Path, file: Path, *, over: bool) -> None:
    """Give a new file its place; without `over` not even one that has come in the meantime goes."""
    if not over:
        try:
            os.link(made, file)
        except FileExistsError:
            raise
        except OSError:
            # A file system without links: what is left is the look that was taken before.
            pass
        else:
            return
    made.replace(file)


def _unwritable(file: Path, error: OSError, option: str) -> Problem:
    """Return what is wrong with an output that the system refuses."""
    message, fix = f"the file cannot be written: {error.strerror}", "choose another path"
    if not file.parent.is_dir():
        message = "the folder that it is in does not exist"
        fix = "make the folder, or choose another"
    return Problem("output-file", option, message, value=str(file), fix=fix)
