# SPDX-License-Identifier: Apache-2.0
"""Text that shows what it is: nothing in it can hide or turn around other text."""

from __future__ import annotations

from seqera_batch.problems import UNPRINTABLE


def printable(text: str) -> str:
    """Return text with a replacement character for each that a reader would not see.

    XML and HTML have no way to write some of them, and some would let a name look like another.
    """
    return UNPRINTABLE.sub("\ufffd", text)
