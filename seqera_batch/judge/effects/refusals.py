# SPDX-License-Identifier: Apache-2.0
"""Updates that AWS refuses: the whole deployment fails, and everything stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seqera_batch.judge.effects.create_only import INFRASTRUCTURE, NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]

_ASSOCIATION = "AWS::FSx::DataRepositoryAssociation"
_BEST_FIT = "BEST_FIT"
_STRATEGY = "ComputeResources.AllocationStrategy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why AWS refuses an update, and the way out.

    Args:
        id: Id of the resource below `BatchForge`.
        type: CloudFormation's type.
        why: What AWS does not do.
        fix: What to do instead.
        source: Where AWS says so.
    """

    id: str
    type: str
    why: str
    fix: str
    source: str


def refusals(
    name: str, old: Json, new: Json, changed: frozenset[str], *, replaced: bool
) -> Iterator[Refusal]:
    """Yield why an update of one resource is refused.

    Args:
        name: Its id.
        old: The resource as it is, as CloudFormation reads it.
        new: The resource as it shall be.
        changed: Dotted names of the properties that change.
        replaced: Whether CloudFormation replaces it.
    """
    if replaced:
        if _keeps_name(old, new):
            yield Refusal(
                id=name,
                type=new["Type"],
                why="it has to be replaced, and CloudFormation replaces nothing that keeps its "
                "name",
                fix="change name or aws.prefix too, which makes everything anew, or delete the "
                "stack and deploy again",
                source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
                "cfn-supported-actions.html",
            )
        if new["Type"] == _ASSOCIATION:
            yield from _association(name, old["Properties"], new["Properties"])
        return
    judge = _IN_PLACE.get(new["Type"])
    if judge is not None:
        yield from judge(name, old["Properties"], new["Properties"], changed)


def _keeps_name(old: Json, new: Json) -> bool:
    """Whether the resource has a name of its own, and keeps it."""
    name = NAMES.get(new["Type"])
    before, after = old["Properties"], new["Properties"]
    return name is not None and name in after and after[name] == before.get(name)


def _environment(name: str, old: Json, new: Json, changed: frozenset[str]) -> Iterator[Refusal]:
    before, after = old["ComputeResources"], new["ComputeResources"]
    kind = "AWS::Batch::ComputeEnvironment"
    if before["Type"].startswith("FARGATE") is not after["Type"].startswith("FARGATE"):
        yield Refusal(
            id=name,
            type=kind,
            why="a compute environment does not change between EC2 and Fargate",
            fix="delete the stack and deploy again, or deploy under another name beside it",
            # The one lists what Fargate updates, the other the types that nodes change between.
            source="https://docs.aws.amazon.com/batch/latest/userguide/"
            + (
                "updating-compute-environments.html"
                if before["Type"].startswith("FARGATE")
                else "infrastructure-updates.html"
            ),
        )
        return
    moved = any(
        one == other or one.startswith(f"{other}.") for one in changed for other in INFRASTRUCTURE
    )
    if moved and _BEST_FIT in {before.get("AllocationStrategy"), after.get("AllocationStrategy")}:
        word = "to" if _STRATEGY in changed and after["AllocationStrategy"] == _BEST_FIT else "with"
        yield Refusal(
            id=name,
            type=kind,
            why=f"AWS Batch updates no infrastructure {word} BEST_FIT",
            fix="choose another forge.alloc_strategy, or delete the stack and deploy again",
            source="https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html",
        )


def _association(name: str, old: Json, new: Json) -> Iterator[Refusal]:
    """Yield why the new link is refused: CloudFormation makes it before it removes the old one."""
    if old["FileSystemId"] != new["FileSystemId"]:
        return
    before, after = (f"{one['FileSystemPath']}/" for one in (old, new))
    if before.startswith(after) or after.startswith(before):
        yield Refusal(
            id=name,
            type=_ASSOCIATION,
            why="FSx links no folder inside one that is linked, and the new link is made first",
            fix="remove aws.fsx.data_repository, deploy, then name the other one and deploy again",
            source="https://docs.aws.amazon.com/fsx/latest/APIReference/"
            "API_CreateDataRepositoryAssociation.html",
        )


def _lustre(name: str, old: Json, new: Json, _changed: frozenset[str]) -> Iterator[Refusal]:
    if new["StorageCapacity"] < old["StorageCapacity"]:
        yield Refusal(
            id=name,
            type="AWS::FSx::FileSystem",
            why="FSx for Lustre grows and never shrinks",
            fix="keep forge.fsx_size, or deploy under another name and copy what is needed",
            source="https://docs.aws.amazon.com/fsx/latest/LustreGuide/managing-storage-capacity.html",
        )


_IN_PLACE: dict[str, Callable[[str, Json, Json, frozenset[str]], Iterator[Refusal]]] = {
    "AWS::Batch::ComputeEnvironment": _environment,
    "AWS::FSx::FileSystem": _lustre,
}
"""What AWS refuses to change in place, by type."""
