# SPDX-License-Identifier: Apache-2.0
"""One record for each CloudFormation type that is made here, one module a service.

What replaces a resource, what is lost with it, what its deployment calls, where its tags, key and
ARNs are: stated in the record and nowhere else. Policies, effects, differences, encryption,
explanations and pages are views of the records, and tests hold them against AWS's schemas.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from seqera_batch.kinds.kind import Kind

__all__ = ["KINDS", "Kind", "kind_of"]

KINDS = {
    kind.type: kind
    for module in iter_modules(__path__)
    for kind in vars(import_module(f"{__name__}.{module.name}")).values()
    if isinstance(kind, Kind)
}
"""Every record of a module in this folder, by CloudFormation's name of the type."""


def kind_of(type_: str) -> Kind | None:
    """Return the record of a type; None for a type that nothing here makes."""
    return KINDS.get(type_)
