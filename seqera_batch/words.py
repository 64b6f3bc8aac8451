# SPDX-License-Identifier: Apache-2.0
"""Words for people: made only when something is printed, from what data says of itself.

The fields of a plan say beside themselves how they are read, or why they need not be, so that
`plan`, the picture and the review tell the same, and a field that is added is told everywhere at
once; a test finds the one that says neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

Words = str | Callable[[Any], str | None]

TOLD, UNTOLD = "told", "untold"


def told(words: Words) -> dict[str, Any]:
    """Return the metadata of a field that is told where it has a value.

    Args:
        words: Text with `{}` for the value, of several with commas; or a function of the value,
            which returns None for one that needs no words.
    """
    return {TOLD: words}


def untold(why: str) -> dict[str, Any]:
    """Return the metadata of a field that is not told by itself, with the reason."""
    return {UNTOLD: why}


def tell(data: Any) -> Iterator[str]:  # noqa: ANN401 - any dataclass
    """Yield what the fields of a dataclass have to say, in their order, a few words each."""
    for field in fields(data):
        words = field.metadata.get(TOLD)
        value = getattr(data, field.name)
        if words is None or value is None or value is False or value == ():
            continue
        text = words(value) if callable(words) else words.format(_joined(value))
        if text is not None:
            yield text


def counted(number: int, what: str) -> str:
    """Return a number of things, in the singular or the plural."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Return names as a reader takes them: the first ones, and how many more there are."""
    more = len(names) - most
    if more <= 0:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {more} more"


def _joined(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "remove it") -> str:
    """Return what to do about a word that is none of those that are known.

    Args:
        word: The word.
        known: Words in its place.
        otherwise: What to do where it is like none of these.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only what is wrong needs it

    near = get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else otherwise
