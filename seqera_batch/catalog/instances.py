# SPDX-License-Identifier: Apache-2.0
"""What the EC2 instance types named in ``InstanceTypes`` are: architecture, NVMe, GPU, sizes.

Architecture, local NVMe and GPU maker follow from AWS's naming rules plus the exceptions below;
sizes come from the table in ``instance_families``. A family newer than the table is derived from
its name and says so (``derived``): its sizes stay unknown. Nothing here raises on a wrong name.

<https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from seqera_batch.catalog.instance_families import CAPACITY_EXCEPTIONS, FAMILY_ROWS
from seqera_batch.catalog.limits import TASK_MEMORY_SHARE
from seqera_batch.records import dataclass

Architecture = Literal["x86_64", "arm64"]
GpuMaker = Literal["nvidia", "amd"]

_X86_64_DEFAULT: Final = ("m6i", "c6i", "r6i", "c7i")

# AWS may change these sets. "optimal" equals "default_x86_64" since November 2025.
# <https://docs.aws.amazon.com/batch/latest/userguide/instance-type-compute-table.html>
ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
        "default_x86_64": _X86_64_DEFAULT,
        "optimal": _X86_64_DEFAULT,
    }
)

# What "fast instance storage" picks when the user names no type: one family for each memory ratio,
# of the generation that AWS Batch's own defaults are.
NVME_FAMILIES_X86: Final = ("c6id", "m6id", "r6id")
NVME_FAMILIES_ARM: Final = ("c6gd", "m6gd", "r6gd")

# Patterns stay text: compiling them is left to the first use, so that importing costs little.
_NAME: Final = r"([a-z]+)(\d*)([a-z]*)(?:-([a-z0-9]+))?"
_SIZE: Final = r"nano|micro|small|medium|large|\d*xlarge|metal(?:-\d+xl)?"
_SIZE_NUMBER: Final = r"(\d*)xl"
_SMALL_SIZE_VCPUS: Final = {"medium": 1, "large": 2}

# A derived name is held to AWS's spelling: the processor first, then capabilities, each once.
_NEW_OPTIONS: Final = r"(?P<processor>[agi]?)(?!.*(.).*\2)[bdefhnqsuz]*"
_NEW_SUFFIX: Final = r"flex|\d+tb|g?b\d+"
# Since their 6th generation (4th for I), these series always name the processor's maker.
_PROCESSOR_NAMED: Final = frozenset({"c", "hpc", "i", "m", "r", "t", "x"})
# How many generations past the table's newest a name may be before it is taken for a typing error.
_GENERATIONS_AHEAD: Final = 2

# Series whose types carry local NVMe without a "d" in the name.
_NVME_SERIES: Final = frozenset({"d", "dl", "f", "g", "gr", "i", "im", "is", "p", "trn"})
# Of those series, older generations (EBS only, or SATA and Xen disks) and two that went without.
_NOT_NVME: Final = frozenset({"d2", "dl2q", "g3", "g3s", "g5g", "i2", "p2", "p3"})
# Apple hosts of 2024 with an internal NVMe disk.
_NVME_MAC: Final = frozenset({"mac-m4", "mac-m4pro"})

# "ECS_AL2023_NVIDIA doesn't support p3 and g3 instance types", AWS Batch API, Ec2Configuration.
# p3dn carries the P3's GPU; p2 was dropped from the ECS GPU images of 2023-09-12.
_NOT_NVIDIA_AL2023: Final = frozenset({"g3", "g3s", "p2", "p3", "p3dn"})

# Mac hosts run macOS only. CreateComputeEnvironment answers a T family with "Instance type can only
# be one of [...]", a list without them (seen for t3, t3a and t4g; AWS does not document it).
_NOT_IN_BATCH: Final = frozenset({"mac", "t"})


@dataclass(frozen=True, slots=True)
class InstanceFamily:
    """One EC2 instance family, as far as an AWS Batch compute environment cares.

    Bare metal sizes are in ``sizes`` too, though naming a family to AWS Batch does not include
    them. A ``derived`` family has no sizes.
    """

    name: str
    architecture: Architecture
    nvme: bool
    """Whether it has local NVMe instance store (for ``d3`` and ``d3en``: hard disks)."""
    gpu: GpuMaker | None
    sizes: tuple[str, ...]
    al2023: bool
    """Whether Amazon Linux 2023 runs on it (not on A1)."""
    nvidia_al2023: bool
    """Whether the image type ``ECS_AL2023_NVIDIA`` runs on it: x86_64, but not P3 or G3."""
    batch: bool
    """``False`` where AWS Batch is known to refuse the family."""
    derived: bool
    """Read off the name only, because the family is newer than the table."""


def family(name_or_type: str) -> InstanceFamily | None:
    """Give the family of ``m6id`` or ``m6id.4xlarge``; ``None`` for what is no such name."""
    split = _split(name_or_type)
    return None if split is None else _family(split[0])


def is_known(name_or_type: str) -> bool:
    """Tell whether the family, or the very type, is in the table rather than derived."""
    name, _, size = _text(name_or_type).partition(".")
    row = _table().get(name)
    return row is not None and (name_or_type == name or size in row[1])


def capacity(instance_type: str) -> tuple[int, int] | None:
    """Give the vCPUs and MiB of memory of a type; ``None`` where the table does not have it.

    The memory is the instance's: what is left for jobs is less, by what ECS reserves.
    """
    name, _, size = _text(instance_type).partition(".")
    row = _table().get(name)
    if row is None or size not in row[1]:
        return None
    if instance_type in CAPACITY_EXCEPTIONS:
        return CAPACITY_EXCEPTIONS[instance_type]
    gib_per_vcpu, sizes = row
    # Plain "metal" is the whole host, which is also what the largest virtual size takes.
    named = _virtual(sizes)[-1] if size == "metal" else size
    number = re.search(_SIZE_NUMBER, named)
    vcpus = _SMALL_SIZE_VCPUS[named] if number is None else 4 * int(number[1] or 1)
    return vcpus, round(gib_per_vcpu * 1024 * vcpus)


def expand(instance_types: Iterable[str]) -> tuple[InstanceFamily, ...]:
    """Give the families behind types, families and aliases, each once, in the order named.

    Names that are no family's are passed over: whether they are right is ``family``'s to say.
    """
    found = (family(name) for name in _resolved(instance_types))
    return tuple(dict.fromkeys(item for item in found if item is not None))


def nearest(name: str) -> str | None:
    """Give the alias, family or type a misspelt name most likely meant; a right one stays."""
    # Only messages need it, and it would be the costliest import here.
    from difflib import get_close_matches  # noqa: PLC0415

    wanted, dot, size = _text(name).strip().lower().partition(".")
    found = _family(wanted)
    if found is not None and found.derived:
        return f"{wanted}{dot}{size}" if not dot or re.fullmatch(_SIZE, size) else wanted
    names = (*_table(), *ALIASES)
    # Letters in the wrong order ("m6di") are the likeliest slip, and difflib prefers a lost letter.
    swapped = [known for known in names if sorted(known) == sorted(wanted)]
    matches = swapped or get_close_matches(wanted, names, n=1)
    if not matches:
        return None
    best = wanted if wanted in names else matches[0]
    if not dot or best in ALIASES:
        return best
    sizes = get_close_matches(size, _table()[best][1], n=1)
    return f"{best}.{sizes[0]}" if sizes else best


def largest_task(instance_types: Iterable[str]) -> tuple[int, int] | None:
    """Give the most vCPUs and the most memory (MiB) that a task can ask for and still start.

    Not always of one and the same type; ``None`` where a name is not in the table.
    """
    offers = [_offers(name) for name in _resolved(instance_types)]
    if not offers or not all(offers):
        return None
    every = [offer for each in offers for offer in each]
    memory = max(memory for _, memory in every)
    return max(vcpus for vcpus, _ in every), int(memory * TASK_MEMORY_SHARE)


def fits(instance_types: Iterable[str], vcpus: int, memory_mib: int) -> bool | None:
    """Tell whether any one listed type holds a job of this size; ``None`` when that is unknown.

    ``False`` is certain. ``True`` may still fail in AWS by the memory that ECS reserves.
    """
    offers = [_offers(name) for name in _resolved(instance_types)]
    if any(vcpus <= offer[0] and memory_mib <= offer[1] for each in offers for offer in each):
        return True
    # A name without offers is newer than the table (or wrong): it may hold anything.
    return False if offers and all(offers) else None


def _text(name: object) -> str:
    return name if isinstance(name, str) else ""


def _split(name_or_type: object) -> tuple[str, str] | None:
    name, dot, size = _text(name_or_type).partition(".")
    return None if dot and not re.fullmatch(_SIZE, size) else (name, size)


def _resolved(instance_types: Iterable[str]) -> Iterator[str]:
    # One bare name is read as a list of itself, not letter by letter.
    for name in (instance_types,) if isinstance(instance_types, str) else instance_types:
        yield from ALIASES.get(_text(name), (_text(name),))


@cache
def _offers(name: str) -> tuple[tuple[int, int], ...]:
    """List the capacities a job can get from a type, or from the virtual sizes of a family."""
    row = _table().get(name)
    types = [name] if row is None else [f"{name}.{size}" for size in _virtual(row[1])]
    return tuple(offer for offer in map(capacity, types) if offer is not None)


def _virtual(sizes: tuple[str, ...]) -> tuple[str, ...]:
    # "Metal instance types are not in the instance families", says AWS Batch. Mac has no others.
    return tuple(size for size in sizes if not size.startswith("metal")) or sizes


@cache
def _table() -> Mapping[str, tuple[float, tuple[str, ...]]]:
    return MappingProxyType(
        {
            name: (gib_per_vcpu, tuple(sizes.split()))
            for names, gib_per_vcpu, sizes in FAMILY_ROWS
            for name in names.split()
        }
    )


@cache
def _newest_generations() -> Mapping[str, int]:
    newest: dict[str, int] = {}
    for name in _table():
        series, generation, _, _ = _parts(name)
        newest[series] = max(newest.get(series, 0), int(generation or 0))
    return MappingProxyType(newest)


def _parts(name: str) -> tuple[str, str, str, str]:
    match = re.fullmatch(_NAME, name)
    return ("", "", "", "") if match is None else (match[1], match[2], match[3], match[4] or "")


def _could_be_new(name: str) -> bool:
    """Tell a family newer than the table from a misspelt one.

    It is spelt as AWS would spell it, and its generation is about the newest of its series.
    """
    series, generation, options, suffix = _parts(name)
    newest = _newest_generations().get(series)
    spelling = re.fullmatch(_NEW_OPTIONS, options)
    if newest is None or not generation or spelling is None:
        return False
    if suffix and not re.fullmatch(_NEW_SUFFIX, suffix):
        return False
    if not newest - 1 <= int(generation) <= newest + _GENERATIONS_AHEAD:
        return False
    processor = spelling["processor"]
    if series in {"g", "gr", "p"} and processor == "a":
        # "a" is the processor's maker; whose GPU comes with it, the name does not tell.
        return False
    return bool(processor) or series not in _PROCESSOR_NAMED


@cache
def _family(name: str) -> InstanceFamily | None:
    row = _table().get(name)
    if row is None and not _could_be_new(name):
        return None
    series, _, options, suffix = _parts(name)
    architecture = _architecture(name, series, options, suffix)
    return InstanceFamily(
        name=name,
        architecture=architecture,
        nvme=name in _NVME_MAC
        or "d" in options
        or (series in _NVME_SERIES and name not in _NOT_NVME),
        gpu=_gpu(series, options),
        sizes=() if row is None else row[1],
        al2023=series not in {"a", "mac"},
        nvidia_al2023=architecture == "x86_64"
        and series != "mac"
        and name not in _NOT_NVIDIA_AL2023,
        batch=series not in _NOT_IN_BATCH,
        derived=row is None,
    )


def _architecture(name: str, series: str, options: str, suffix: str) -> Architecture:
    # A1 came before the letter "g" stood for Graviton. "gb200" is NVIDIA's Grace, an Arm processor,
    # with Blackwell GPUs. Every Mac but the first has Apple silicon.
    arm = (
        "g" in options
        or series == "a"
        or suffix.startswith("gb")
        or (series == "mac" and name != "mac1")
    )
    return "arm64" if arm else "x86_64"


def _gpu(series: str, options: str) -> GpuMaker | None:
    if series not in {"g", "gr", "p"}:
        return None
    # g4ad is the one family with AMD GPUs.
    return "amd" if "a" in options else "nvidia"
