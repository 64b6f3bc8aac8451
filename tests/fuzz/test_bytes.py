# SPDX-License-Identifier: Apache-2.0
"""Files of damaged or arbitrary bytes: an answer about the file, never an exception."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.cli import main
from seqera_batch.config.loading import SUFFIXES
from tests.chance import cases

EXAMPLES = [
    file.read_bytes()
    for file in sorted(Path(__file__).parents[2].glob("examples/*.*"))
    if file.suffix in SUFFIXES
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Give an example with a piece cut out, doubled, or replaced."""
    content = draw(st.sampled_from(EXAMPLES))
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 40)))
    piece = draw(
        st.binary(max_size=8)
        | st.just(content[start:end] * 2)
        | st.sampled_from([b"\n", b"  ", b"- ", b": ", b"{", b"]", b'"', b"&a ", b"*a ", b"\x00"])
    )
    return content[:start] + piece + content[end:]


@cases(usual=100, nightly=10_000)
@given(content=damaged() | st.binary(max_size=60), suffix=st.sampled_from(sorted(SUFFIXES)))
def test_any_bytes_are_answered(content: bytes, suffix: str) -> None:
    """`validate` ends with 0 or 1, and says of a refused file what is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"file{suffix}"
        file.write_bytes(content)
        said, result = io.StringIO(), io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(result):
            exit_code = main(["validate", str(file)])
    assert exit_code in {0, 1}
    assert ("error[" in said.getvalue()) is (exit_code == 1)
