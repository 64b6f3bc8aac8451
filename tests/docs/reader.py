# SPDX-License-Identifier: Apache-2.0
"""Types the commands of a page, line by line, in a folder of its own."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from seqera_batch.cli import main

PROGRAM = "seqera-batch"
BEYOND_WORDS = set("<>|&;$`*\\")
"""What only a shell understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody at a terminal.

    Args:
        folder: Where they are; the test's own working directory too.
        programs: Folder of the stand-ins, found before all others.
    """

    folder: Path
    programs: Path

    def types(self, text: str) -> tuple[int, str]:
        """Return the exit code and all that was printed, up to the first line that fails."""
        printed = ""
        for line in filter(None, map(str.strip, text.splitlines())):
            code, more = self._here(line) if _plain(line) else self._in_a_shell(line)
            printed += more
            if code:
                return code, printed
        return 0, printed

    def _here(self, line: str) -> tuple[int, str]:
        """Run our own program without starting a process: it is most of what pages show."""
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            try:
                code = main(shlex.split(line, comments=True)[1:])
            except SystemExit as ended:
                code = int(ended.code or 0)
        return code, printed.getvalue()

    def _in_a_shell(self, line: str) -> tuple[int, str]:
        path = (str(self.programs), str(Path(sys.prefix, "bin")), os.environ["PATH"])
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],  # noqa: S607 - the reader's shell
            cwd=self.folder,
            env={**os.environ, "PATH": os.pathsep.join(path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


def _plain(line: str) -> bool:
    command = line.partition(" #")[0]
    return command.startswith(f"{PROGRAM} ") and not BEYOND_WORDS & set(command)
