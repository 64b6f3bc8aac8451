# SPDX-License-Identifier: Apache-2.0
"""Text that shows what it is: nothing in it can hide or turn around other text."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, or turning text around
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # no characters at all
    "|[\U0001fffe\U0001ffff]"
)


def printable(text: str) -> str:
    """Return text with a replacement character for each that a reader would not see.

    XML and HTML have no way to write some of them, and some would let a name look like another.
    """
    return _UNPRINTABLE.sub("\ufffd", text)
