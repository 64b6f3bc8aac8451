# SPDX-License-Identifier: Apache-2.0
"""Updates that AWS refuses: the whole deployment fails, and everything stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from seqera_batch.kinds import Kind, batch, ec2, efs, fsx, kind_of
from seqera_batch.records import dataclass

Json = dict[str, Any]

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
    kind = kind_of(new["Type"])
    judge = (_REPLACED if replaced else _IN_PLACE).get(kind)
    found = [None if judge is None else judge(old["Properties"], new["Properties"], changed)]
    if replaced and kind is not None and _keeps(kind.name, old["Properties"], new["Properties"]):
        found.insert(0, _KEPT_NAME)
    for said in found:
        if said is not None:
            why, fix, source = said
            yield Refusal(id=name, type=new["Type"], why=why, fix=fix, source=f"{_AWS}/{source}")


_AWS = "https://docs.aws.amazon.com"
_KEPT_NAME = (
    "it has to be replaced, and CloudFormation replaces nothing that keeps its name",
    (
        "change name or aws.prefix too, which makes everything anew, or delete the stack and "
        "deploy again"
    ),
    "AWSCloudFormation/latest/UserGuide/cfn-supported-actions.html",
)
Said = tuple[str, str, str] | None
"""Why, what to do instead, and the page of AWS that says so; None where it is not refused."""


def _keeps(name: str | None, before: Json, after: Json) -> bool:
    """Whether the resource has a name of its own, and keeps it."""
    return name in after and after[name] == before.get(name)


def _environment(old: Json, new: Json, changed: frozenset[str]) -> Said:
    before, after = old["ComputeResources"], new["ComputeResources"]
    fargate, becomes = (part["Type"].startswith("FARGATE") for part in (before, after))
    if fargate is not becomes:
        # The one lists what Fargate updates, the other the types that nodes change between.
        page = "updating-compute-environments" if fargate else "infrastructure-updates"
        return (
            "a compute environment does not change between EC2 and Fargate",
            "delete the stack and deploy again, or deploy under another name beside it",
            f"batch/latest/userguide/{page}.html",
        )
    rolling = batch.COMPUTE_ENVIRONMENT.rolls.split()
    moved = any(one == other or one.startswith(f"{other}.") for one in changed for other in rolling)
    if moved and _BEST_FIT in {before.get("AllocationStrategy"), after.get("AllocationStrategy")}:
        word = "to" if _STRATEGY in changed and after["AllocationStrategy"] == _BEST_FIT else "with"
        return (
            f"AWS Batch updates no infrastructure {word} BEST_FIT",
            "choose another forge.alloc_strategy, or delete the stack and deploy again",
            "batch/latest/userguide/infrastructure-updates.html",
        )
    return None


def _association(old: Json, new: Json, _changed: frozenset[str]) -> Said:
    """Return why the new link is refused: CloudFormation makes it before it removes the old one."""
    before, after = (f"{one['FileSystemPath']}/" for one in (old, new))
    inside = before.startswith(after) or after.startswith(before)
    if old["FileSystemId"] != new["FileSystemId"] or not inside:
        return None
    return (
        "FSx links no folder inside one that is linked, and the new link is made first",
        "remove aws.fsx.data_repository, deploy, then name the other one and deploy again",
        "fsx/latest/APIReference/API_CreateDataRepositoryAssociation.html",
    )


def _mount_target(old: Json, new: Json, changed: frozenset[str]) -> Said:
    """Return why the new one is refused: CloudFormation makes it before it removes the old one."""
    # A subnet of ours keeps its zone, or its VPC is another one; of others nobody knows that here.
    ours = any(isinstance(one["SubnetId"], dict) for one in (old, new))
    if "SubnetId" not in changed or "FileSystemId" in changed or not ours:
        return None
    return (
        "EFS takes one mount target a zone, in one VPC, and the new one is made first",
        (
            "remove forge.efs_create, deploy, then ask for it again: the new file system is empty, "
            "and the old one is kept unless aws.destroy_data goes with forge.dispose_on_deletion"
        ),
        "efs/latest/ug/API_CreateMountTarget.html",
    )


def _subnet(old: Json, new: Json, changed: frozenset[str]) -> Said:
    """Return why the new one is refused: CloudFormation makes it before it removes the old one."""
    if "VpcId" in changed or old["CidrBlock"] != new["CidrBlock"]:
        return None
    return (
        "the new subnet would have the range of the old one, and is made first",
        (
            "leave aws.network.create.zones as it is, or change aws.network.create.cidr too; where "
            "these are the zones that the old file took by their number, nothing changes"
        ),
        "AWSEC2/latest/APIReference/API_CreateSubnet.html",
    )


def _lustre(old: Json, new: Json, _changed: frozenset[str]) -> Said:
    if new["StorageCapacity"] >= old["StorageCapacity"]:
        return None
    return (
        "FSx for Lustre grows and never shrinks",
        "keep forge.fsx_size, or deploy under another name and copy what is needed",
        "fsx/latest/LustreGuide/managing-storage-capacity.html",
    )


def _queue(old: Json, new: Json, _changed: frozenset[str]) -> Said:
    if ("SchedulingPolicyArn" in old) is ("SchedulingPolicyArn" in new):
        return None
    return (
        "a queue never gains or loses a scheduling policy after its creation",
        "keep aws.fair_share as it is, or deploy under another name beside it",
        "batch/latest/APIReference/API_CreateJobQueue.html",
    )


_Judges = dict[Kind | None, Callable[[Json, Json, frozenset[str]], Said]]

_IN_PLACE: _Judges = {
    batch.COMPUTE_ENVIRONMENT: _environment,
    batch.JOB_QUEUE: _queue,
    fsx.FILE_SYSTEM: _lustre,
}
"""What AWS refuses to change in place."""
_REPLACED: _Judges = {
    ec2.SUBNET: _subnet,
    efs.MOUNT_TARGET: _mount_target,
    fsx.DATA_REPOSITORY_ASSOCIATION: _association,
}
"""What AWS refuses to replace."""
