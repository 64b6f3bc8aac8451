# SPDX-License-Identifier: Apache-2.0
"""What every section of the environment file shares: a frozen base and documented fields."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from copy import copy, deepcopy
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from seqera_batch.config.shape import validated

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class Effect(StrEnum):
    """What changing a field does to an environment that is already deployed."""

    IN_PLACE = "changed in place, nothing is interrupted"
    ROLLING = (
        "changed in place: nodes are replaced as their jobs end, "
        "within aws.update.job_execution_timeout_minutes; AWS refuses it with BEST_FIT"
    )
    QUEUES = (
        "queues come, go and change in place; one with another name is another queue, and jobs in "
        "the old one end"
    )
    SHARE = (
        "changed in place: the head job's role follows; AWS refuses to let a deployed queue gain "
        "or lose fair share"
    )
    ROLES = "changed in place: the policies or the names in the roles follow"
    ROLES_ANEW = (
        "roles and the nodes' profile are replaced, and nodes as their jobs end; with BEST_FIT, "
        "environments are replaced on Spot, and AWS refuses it on On-Demand"
    )
    DEFINITIONS = (
        "changed in place: jobs that are submitted from then on have it, and the roles follow; a "
        "definition with another name is another one"
    )
    NEW_IDENTITY_PROVIDER = "the identity provider is replaced, and the role follows"
    NEW_QUEUES = "queues and roles are replaced: running jobs end; register anew in Platform"
    NEW_COMPUTE_ENVIRONMENTS = "compute environments are replaced behind the same queues"
    REFUSED = (
        "AWS refuses it in a deployed stack: change name or aws.prefix too, which makes "
        "everything anew"
    )
    KIND_KEPT = (
        "AWS refuses it in a deployed stack: delete the stack and deploy again, or deploy under "
        "another name beside it"
    )
    ALLOCATION = (
        "changed in place: nodes are replaced as their jobs end; to or from BEST_FIT, "
        "environments are replaced on Spot, and AWS refuses it on On-Demand"
    )
    GROWS = "changed in place if it grows; AWS refuses less"
    NEW_DATA_REPOSITORY = (
        "the bucket is linked or let go, its own files stay as they are; AWS refuses a bucket "
        "whose folder overlaps the linked one's"
    )
    WORK_DIR = (
        "changed in place: the policies in the roles follow; with aws.work_bucket and another "
        "bucket's name, that bucket is created and the old one stays"
    )
    NEW_BUCKET = (
        "the bucket is created, or kept without the stack: CloudFormation takes over none that "
        "exists"
    )
    NEW_FILE_SYSTEM = "the file system is replaced: its data is lost"
    NEW_NETWORK = (
        "subnets or the VPC are replaced, and compute environments move to them; AWS refuses it "
        "for a created EFS file system, which takes one mount target a zone, in one VPC"
    )
    NEW_TOPIC = (
        "changed in place: alarms and rules follow; a created topic goes with its subscriptions, "
        "and who subscribes to a new one has to confirm it"
    )
    NEW_BUDGET = "the budget is replaced by one that counts the same"
    NEW_STACK = "a new stack in another place; the old one stays until it is deleted"
    PLATFORM = "nothing changes in AWS; Platform needs a new compute environment"
    PLATFORM_IN_PLACE = "nothing changes in AWS; Platform can edit it"
    NOTHING = "nothing changes"


class Mode(StrEnum):
    """Who makes the queues: this library, or somebody else."""

    FORGE = "forge"
    MANUAL = "manual"


def setting(
    *,
    default: Any = ...,  # noqa: ANN401 - a field's default has the field's own type
    omitted: str | None = None,
    effect: Effect | None = None,
    source: str | None = None,
    only: Mode | None = None,
    **constraints: Any,  # noqa: ANN401 - passed on to pydantic as they are
) -> Any:  # noqa: ANN401 - like pydantic.Field, so that type checkers take it as a default
    """Declare a field with what its reference page, the schema and `effects` need to know.

    What the field is stands below it as a string, one sentence, which editors show; see `says`.

    Args:
        default: Value if left out; `...` makes the field required.
        omitted: What leaving it out means; None where the default says it, empty for nothing.
        effect: What changing it later does; None where the section says it of all its fields.
        source: Where the field or its default is documented, likewise; empty for nowhere.
        only: The one mode that it is for; None where it has an effect in both.
        **constraints: Passed to `pydantic.Field` (`ge`, `le`, `discriminator`, …).
    """
    said = {
        "x-effect-of-change": effect,
        "x-if-omitted": _in_words(default) if omitted is None else omitted,
        "x-only-in-mode": only,
        "x-source": source,
    }
    extra: dict[str, Any] = {key: str(value) for key, value in said.items() if value is not None}
    return Field(default, json_schema_extra=extra, **constraints)


def _in_words(default: object) -> str | None:
    """Return what leaving a field out means where that is no more than its default."""
    if default is ...:
        return None
    if isinstance(default, Section):
        return "see its fields"
    if isinstance(default, bool):
        return str(default).lower()
    return "none" if default in (None, (), {}) else str(default)


if TYPE_CHECKING:
    # Type checkers know pydantic's own `Field` only, and would take each field of ours for
    # optional; pyright reads the metaclass before the base class.
    from pydantic._internal._model_construction import ModelMetaclass

    @dataclass_transform(
        kw_only_default=True, frozen_default=True, field_specifiers=(setting, PrivateAttr)
    )
    class _Fields(ModelMetaclass): ...

else:
    _Fields = type(BaseModel)


class Section(BaseModel, metaclass=_Fields):
    """Base of all sections: immutable, and no unknown field gets past it.

    `class Name(Section, effect=…, source=…)` says both of all fields that do not themselves.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=False,
        hide_input_in_errors=True,
        # Only the whole file's validator is needed; those of its sections would cost 20 ms.
        defer_build=True,
    )

    def __init__(self, /, **data: Any) -> None:  # noqa: ANN401 - checkers know the fields
        """Check the fields.

        Raises:
            ConfigError: With every wrong field, not the first.
        """
        validated(data, type(self), into=self)

    def __init_subclass__(cls, *, effect: Effect | None = None, source: str = "") -> None:
        """Take what is said of all fields."""

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, effect: Effect | None = None, source: str = "", **_: object
    ) -> None:
        """Say it of those of its own fields that do not themselves."""
        for name in cls.__annotations__:
            extra = cls.model_fields[name].json_schema_extra
            if isinstance(extra, dict):
                extra.setdefault("x-effect-of-change", str(effect))
                extra.setdefault("x-source", source)
                for empty in [key for key, value in extra.items() if not value]:
                    del extra[empty]

    if not TYPE_CHECKING:
        # It is for programs that call it; sections of a file are built as pydantic builds them.
        __init__.__pydantic_base_init__ = True

        @classmethod
        def model_validate(cls, obj: Any, **_: object) -> Section:  # noqa: ANN401 - pydantic's own
            """Pydantic's way in, which says what is wrong as the constructor does."""
            return obj if isinstance(obj, cls) else cls(**obj)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Share what cannot change: pydantic copies a section for each file that leaves it out."""
        changed = {
            name: copied
            for name, value in self.__dict__.items()
            if (copied := deepcopy(value, memo)) is not value
        }
        if not changed:
            return self
        found = copy(self)
        found.__dict__.update(changed)
        return found

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """Describe each field by the text that stands below it."""
        schema = handler(core_schema)
        for name, field in handler.resolve_ref_schema(schema)["properties"].items():
            field["description"] = says(cls, name)
        return schema


def says(model: type[BaseModel], field: str) -> str:
    """Return what a field is: the text below it in the class, which editors show too."""
    return next((texts[field] for base in model.__mro__ if field in (texts := _texts(base))), "")


@cache
def _texts(model: type) -> dict[str, str]:
    """Return the texts below a class's own fields; from its source, as Python forgets them."""
    if not issubclass(model, Section) or model is Section:
        return {}
    definition = _definitions(model.__module__).get(model.__name__)
    body = [] if definition is None else definition.body
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


@cache
def _definitions(module: str) -> dict[str, ast.ClassDef]:
    """Return the classes of a module; `inspect` would parse its source for each of them."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except OSError:  # Somebody ships compiled files alone.
        return {}
    return {one.name: one for one in tree.body if isinstance(one, ast.ClassDef)}


def said_only_for(mode: Mode, section: Section, path: str = "") -> Iterator[str]:
    """Yield the paths of what a section says that has an effect in this mode alone."""
    declared = _for_one_mode(type(section))
    for name, value in section.__dict__.items():
        if name in declared:
            only, default = declared[name]
            if only == mode and value != default:
                yield f"{path}{name}"
        # Not isinstance, which pydantic makes slow: each file is walked through.
        elif Section in type(value).__mro__:
            yield from said_only_for(mode, value, f"{path}{name}.")


@cache
def _for_one_mode(model: type[Section]) -> dict[str, tuple[str, object]]:
    """Return mode and default of the fields that are for one mode alone."""
    return {
        name: (str(extra["x-only-in-mode"]), field.default)
        for name, field in model.model_fields.items()
        if isinstance(extra := field.json_schema_extra, dict) and "x-only-in-mode" in extra
    }
