# SPDX-License-Identifier: Apache-2.0
"""The package is its `__all__`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

import seqera_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel


def test_sorted() -> None:
    """`__all__` is sorted, so that a new name has one place."""
    assert seqera_batch.__all__ == sorted(seqera_batch.__all__)


def test_all_and_nothing_else() -> None:
    """Every name of `__all__` exists, is told by `dir`, and no other one is public."""
    assert dir(seqera_batch) == seqera_batch.__all__
    public = {
        name
        for name, value in vars(seqera_batch).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    helpers = {"Any", "TYPE_CHECKING", "annotations", "import_module"}
    assert public - helpers <= set(seqera_batch.__all__)


@pytest.mark.parametrize("name", seqera_batch.__all__)
def test_each_name_loads(name: str) -> None:
    """Every public name loads, with CDK where it needs it, and describes itself."""
    value = getattr(seqera_batch, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__name__ == name
        assert value.__doc__


def test_lazy_names_are_the_real_ones() -> None:
    """A name loaded on first use is the same object as in its module."""
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.constructs.forge import BatchForge
    from seqera_batch.stack import SeqeraBatchStack

    assert seqera_batch.ForgeConfig is ForgeConfig
    assert seqera_batch.BatchForge is BatchForge
    assert seqera_batch.SeqeraBatchStack is SeqeraBatchStack


def test_unknown_name() -> None:
    """A name that does not exist is said as Python says it."""
    with pytest.raises(AttributeError, match="module 'seqera_batch' has no attribute 'Nothing'"):
        _ = seqera_batch.Nothing


def test_every_section_is_exported() -> None:
    """Whoever composes a configuration in code finds each section's class."""
    from seqera_batch.config.shape import section_of

    def walk(model: type[BaseModel]) -> Iterator[str]:
        for field in model.model_fields:
            section = section_of(model, field)
            if section is not None:
                yield section.__name__
                yield from walk(section)

    assert {*walk(seqera_batch.ForgeConfig)} <= set(seqera_batch.__all__)
