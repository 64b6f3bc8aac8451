# SPDX-License-Identifier: Apache-2.0
"""Dataclasses of our own making are used as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any, ClassVar

import pytest

from seqera_batch import records

OURS: Any = records.dataclass
FORMS: tuple[dict[str, bool], ...] = (
    {},
    {"slots": True},
    {"slots": True, "kw_only": True},
    {"order": True},
    {"eq": False},
)


def made(dataclass: Any, **form: bool) -> Any:  # noqa: ANN401 - one of two decorators, and a class
    """Return a class with all kinds of fields."""

    @dataclass(frozen=True, **form)
    class Base:
        name: str
        size: int = 3
        line: int | None = field(default=None, compare=False, repr=False)

    @dataclass(frozen=True, **form)
    class Place(Base):
        kind: ClassVar[str] = "place"
        tags: tuple[str, ...] = field(default_factory=tuple, kw_only=True, metadata={"told": "{}"})

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError("too small")

    return Place


def observed(cls: Any) -> dict[str, object]:  # noqa: ANN401 - a class that was made
    """Return what can be seen of a class and of its objects."""
    one, same, other = cls(name="x", line=1), cls(name="x", tags=(), line=2), cls(name="y")
    with pytest.raises(TypeError) as too_few:
        cls()
    with pytest.raises(TypeError) as unknown:
        cls(name="x", colour="red")
    with pytest.raises(ValueError, match="too small"):
        dataclasses.replace(one, size=-1)
    return {
        "signature": str(inspect.signature(cls)),
        "fields": [(each.name, each.kw_only, each.metadata) for each in dataclasses.fields(cls)],
        "matched": cls.__match_args__,
        "refusals": (str(too_few.value), str(unknown.value)),
        "text": repr(one).rpartition(".")[2],
        "equality": (one == one, one == same, one == other, one == "x", one != other),  # noqa: PLR0124 - with itself
        "hashes": (hash(one) == hash(same), hash(one) == hash(other)),
        "replaced": dataclasses.asdict(dataclasses.replace(one, size=4)),
        "has a dictionary": hasattr(one, "__dict__"),
    }


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_looks_like_the_standard_library_s(form: dict[str, bool]) -> None:
    """Signature, refusals, text, equality, hash and fields are the same."""
    assert observed(made(OURS, **form)) == observed(made(dataclass, **form))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_never_changes(form: dict[str, bool]) -> None:
    """Fields are neither set, nor added, nor deleted."""
    one = made(OURS, **form)(name="x")
    with pytest.raises(FrozenInstanceError, match="name"):
        one.name = "y"
    with pytest.raises(FrozenInstanceError, match="other"):
        one.other = "y"
    with pytest.raises(FrozenInstanceError, match="name"):
        del one.name


def test_is_ordered_as_its_fields_are() -> None:
    """What is sorted is sorted by the first field that differs, whatever is not compared."""
    cls = made(OURS, order=True)
    later, first, second = cls(name="b"), cls(name="a", size=1, line=9), cls(name="a", size=2)
    assert sorted([later, second, first]) == [first, second, later]
    assert first <= second > first
    assert second >= first
    with pytest.raises(TypeError):
        _ = first < "a"


@records.dataclass(frozen=True, slots=True)
class Copied:
    """One that other modules can find."""

    name: str
    inner: list[str]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - our own
def test_is_copied_whole(copied: Any) -> None:  # noqa: ANN401 - a function of anything
    """Copies are equal and share nothing."""
    one = Copied(name="x", inner=["y"])
    other = copied(one)
    assert other == one
    assert other.inner is not one.inner


def test_is_for_frozen_classes_alone() -> None:
    """Whoever asks for another is told so."""
    with pytest.raises(TypeError, match="frozen"):
        made(lambda **form: OURS(**{**form, "frozen": False}))


@pytest.mark.parametrize("dataclass", [OURS, dataclass], ids=["ours", "the standard library's"])
def test_keeps_a_hash_of_its_own(dataclass: Any) -> None:  # noqa: ANN401 - one of two decorators
    """A class whose fields have no hash may say how it is hashed."""

    @dataclass(frozen=True)
    class Told:
        words: dict[str, str]

        def __hash__(self) -> int:
            return hash(str(self.words))

    assert hash(Told({"a": "b"})) == hash(Told({"a": "b"}))
    assert Told({"a": "b"}) != Told({"a": "c"})
