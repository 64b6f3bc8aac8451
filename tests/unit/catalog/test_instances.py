# SPDX-License-Identifier: Apache-2.0
"""The instance catalog agrees with what EC2 reports, with CloudFormation's names and with CDK's."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from seqera_batch.catalog import instances
from seqera_batch.catalog.instance_families import CAPACITY_EXCEPTIONS, FAMILY_ROWS
from seqera_batch.catalog.limits import TASK_MEMORY_SHARE

# Families that moto 5.2.5 no longer lists; moto 4.2.14 did, and the table agreed with it.
LEFT_EC2 = frozenset(
    {"dl1", "f1", "g3", "g3s", "g4ad", "p2", "p3", "u-9tb1", "u-12tb1", "u-18tb1", "u-24tb1"}
)
LEFT_EC2_TYPES = frozenset({"i3.metal"})

# Retired, unpublished, or named by CloudFormation alone: the table leaves them out on purpose.
NOT_CATALOGUED = frozenset({"cc2", "cr1", "g2", "hs1", "i3p"})
NOT_CATALOGUED_TYPES = frozenset({"c6gn.metal", "d3en.large", "i2.large"})

# Families with local NVMe whose InstanceClass in CDK doesn't say so.
CDK_SILENT_ON_NVME = frozenset({"p4d", "x2idn", "x2iedn", "z1d"})


def package_file(package: str, *path: str) -> Path:
    """Find a file of an installed package without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.fail(f"{package} is not installed, and it is this test's second source")
    return Path(spec.submodule_search_locations[0]).joinpath(*path)


@cache
def ec2() -> dict[str, dict[str, Any]]:
    """Load moto's copy of EC2 DescribeInstanceTypes, by instance type."""
    packed = package_file("moto", "ec2", "resources", "instance_types.json.gz").read_bytes()
    types: dict[str, dict[str, Any]] = json.loads(gzip.decompress(packed))
    return types


@cache
def ec2_families() -> dict[str, dict[str, dict[str, Any]]]:
    """Group EC2's types by family and size."""
    families: dict[str, dict[str, dict[str, Any]]] = {}
    for name, facts in ec2().items():
        family, _, size = name.partition(".")
        families.setdefault(family, {})[size] = facts
    return families


def in_families(name: str) -> dict[str, dict[str, Any]]:
    """Give the sizes a family name stands for in AWS Batch: the virtual ones, if there are any."""
    sizes = ec2_families()[name]
    return {size: facts for size, facts in sizes.items() if "metal" not in size} or sizes


def known(name: str) -> instances.InstanceFamily:
    """Give a family that has to be in the table."""
    found = instances.family(name)
    assert found is not None
    assert not found.derived
    return found


def table() -> list[str]:
    """List the families in the table."""
    return [name for names, _, _ in FAMILY_ROWS for name in names.split()]


def test_second_source_is_not_empty() -> None:
    """The comparisons below run over the hundreds of types EC2 has."""
    assert len(ec2()) > 1300
    assert len(ec2_families()) > 180


def test_families_are_those_of_ec2() -> None:
    """The table has each of EC2's families once, and only families that EC2 has or had."""
    assert sorted(table()) == sorted(ec2_families().keys() | LEFT_EC2)


@pytest.mark.parametrize("name", sorted(ec2_families()))
def test_family_is_as_ec2_reports_it(name: str) -> None:
    """Architecture, NVMe, GPU maker, sizes and the largest task follow DescribeInstanceTypes."""
    family, sizes = known(name), in_families(name)
    every = ec2_families()[name].values()

    architectures = {
        architecture.removesuffix("_mac")
        for facts in every
        for architecture in facts["ProcessorInfo"]["SupportedArchitectures"]
    } - {"i386"}
    assert {family.architecture} == architectures
    nvme = {facts.get("InstanceStorageInfo", {}).get("NvmeSupport") for facts in every}
    assert {family.nvme} == {support == "required" for support in nvme}
    makers = {
        gpu["Manufacturer"].lower()
        for facts in every
        for gpu in facts.get("GpuInfo", {}).get("Gpus", [])
    }
    assert ({family.gpu} - {None}) == makers

    assert set(family.sizes) - {"metal"} == ec2_families()[name].keys() - {"metal"}
    memory = max(facts["MemoryInfo"]["SizeInMiB"] for facts in sizes.values())
    assert instances.largest_task([name]) == (
        max(facts["VCpuInfo"]["DefaultVCpus"] for facts in sizes.values()),
        int(memory * TASK_MEMORY_SHARE),
    )


def test_capacity_is_as_ec2_reports_it_for_every_type() -> None:
    """The size rule, the ratios and the exceptions give each type's vCPUs and memory exactly."""
    wrong = {
        name: (instances.capacity(name), reported)
        for name, facts in ec2().items()
        if instances.capacity(name)
        != (reported := (facts["VCpuInfo"]["DefaultVCpus"], facts["MemoryInfo"]["SizeInMiB"]))
    }
    assert wrong == {}


def test_types_are_those_of_ec2() -> None:
    """The table implies no type that EC2 does not list, but for those that left it."""
    ours = {f"{name}.{size}" for name in table() for size in known(name).sizes}
    extra = {name for name in ours - ec2().keys() if name.partition(".")[0] not in LEFT_EC2}
    assert extra == LEFT_EC2_TYPES


def test_capacity_of_types_that_left_ec2() -> None:
    """Types no longer in the second source keep what EC2 reported while they were."""
    reported = {
        "dl1.24xlarge": (96, 786432),
        "f1.16xlarge": (64, 999424),
        "g3.16xlarge": (64, 499712),
        "g3s.xlarge": (4, 31232),
        "g4ad.16xlarge": (64, 262144),
        "i3.metal": (72, 524288),
        "p2.16xlarge": (64, 749568),
        "p2.8xlarge": (32, 499712),
        "p3.2xlarge": (8, 62464),
        "u-9tb1.112xlarge": (448, 9437184),
        "u-12tb1.112xlarge": (448, 12582912),
        "u-18tb1.112xlarge": (448, 18874368),
        "u-24tb1.112xlarge": (448, 25165824),
    }
    assert {name: instances.capacity(name) for name in reported} == reported


@pytest.mark.parametrize(
    ("name", "nvme", "gpu"),
    [
        ("dl1", True, None),
        ("f1", True, None),
        ("g3", False, "nvidia"),
        ("g3s", False, "nvidia"),
        ("g4ad", True, "amd"),
        ("p2", False, "nvidia"),
        ("p3", False, "nvidia"),
        ("u-24tb1", False, None),
    ],
)
def test_facts_of_families_that_left_ec2(*, name: str, nvme: bool, gpu: str | None) -> None:
    """NVMe and GPU maker hold for the families the second source dropped; all are x86_64."""
    family = known(name)
    assert (family.architecture, family.nvme, family.gpu) == ("x86_64", nvme, gpu)


def test_every_exception_is_needed() -> None:
    """Each capacity exception belongs to a type in the table and differs from the rule."""
    assert all(instances.is_known(name) for name in CAPACITY_EXCEPTIONS)
    by_rule = {name: rule_capacity(name) for name in CAPACITY_EXCEPTIONS}
    assert not [name for name, said in CAPACITY_EXCEPTIONS.items() if by_rule[name] == said]


def rule_capacity(name: str) -> tuple[int, int] | None:
    """Say what size name and ratio alone would give; ``None`` where the size has no rule."""
    family, _, size = name.partition(".")
    ratio = next(ratio for names, ratio, _ in FAMILY_ROWS if family in names.split())
    number = re.fullmatch(r"(\d*)xlarge", size)
    vcpus = 4 * int(number[1] or 1) if number else {"medium": 1, "large": 2}.get(size)
    return None if vcpus is None else (vcpus, round(ratio * 1024 * vcpus))


def test_names_cover_those_cloudformation_takes() -> None:
    """A third source, cfn-lint's names per region, knows no type that we do not."""
    if find_spec("cfnlint") is None:
        pytest.skip("cfn-lint is not installed")
    schema = package_file(
        "cfnlint", "data", "schemas", "extensions", "aws_ec2_instance", "instancetype_enum.json"
    )
    names = set(re.findall(r'"([a-z][a-z0-9-]*\.[a-z0-9-]+)"', schema.read_text("utf-8")))
    assert len(names) > 1300
    unknown = {
        name
        for name in names
        if not instances.is_known(name)
        and name.partition(".")[0] not in NOT_CATALOGUED
        and not re.fullmatch(r"u-\d+tb1\.metal", name)
    }
    assert unknown == NOT_CATALOGUED_TYPES


def cdk_classes() -> dict[str, str]:
    """Read the families of CDK's InstanceClass, with what CDK says of each."""
    source = package_file("aws_cdk", "aws_ec2", "__init__.py").read_text("utf-8")
    body = source.partition("class InstanceClass(enum.Enum)")[2].partition("\n@jsii")[0]
    members = re.findall(r"(?ms)^    ([A-Z0-9_]+) = \"\1\"\n    '''(.*?)'''", body)
    said: dict[str, list[str]] = {}
    for member, description in members:
        said.setdefault(description, []).append(member)
    # CDK names each class twice, by purpose and by family, with one description; what is told by
    # the first name (COMPUTE6_GRAVITON2_NVME_DRIVE) is thus known of the second (C6GD).
    return {
        member.lower().replace("_", "-"): " ".join([description, *members_of])
        for description, members_of in said.items()
        for member in members_of
        if instances.family(member.lower().replace("_", "-")) is not None
    }


def test_cdk_agrees_where_it_says_nvme_or_graviton() -> None:
    """An InstanceClass said to be Graviton or to have an NVMe drive is so here, and in reverse."""
    classes = cdk_classes()
    assert len(classes) > 140
    graviton = {name for name, said in classes.items() if "GRAVITON" in said.upper()}
    nvme = {name for name, said in classes.items() if "NVME_DRIVE" in said}
    families = [family for name in classes if (family := instances.family(name))]
    # A1 is "Arm processor based" in CDK's words, and Macs are Arm without being Graviton.
    assert graviton == {
        family.name
        for family in families
        if family.architecture == "arm64" and not re.match(r"a1|mac", family.name)
    }
    lettered = {f.name for f in families if f.nvme and re.match(r"[a-z]+\d+[a-z]*d", f.name)}
    assert nvme <= {family.name for family in families if family.nvme}
    assert lettered - nvme == CDK_SILENT_ON_NVME


def test_defaults_are_those_cdk_documents() -> None:
    """The default instance categories hold the families named in CDK's DefaultInstanceClass."""
    source = package_file("aws_cdk", "aws_batch", "__init__.py").read_text("utf-8")
    body = source.partition("class DefaultInstanceClass(enum.Enum)")[2].partition("\n@jsii")[0]
    documented = {
        member.lower(): tuple(re.findall(r"[a-z]\d[a-z]+", families))
        for member, families in re.findall(
            r'"([A-Z0-9_]+)"\n.*?\(from the (.*?) instance fam', body
        )
    }
    assert documented == {
        "x86_64": instances.ALIASES["default_x86_64"],
        "arm64": instances.ALIASES["default_arm64"],
    }
    assert instances.ALIASES["optimal"] == instances.ALIASES["default_x86_64"]


def test_amazon_linux_2023_exceptions_are_those_documented() -> None:
    """A1 has no AL2023; the NVIDIA image runs on no P3, G3, variant of those, or Graviton."""
    documentation = package_file("aws_cdk", "aws_batch", "__init__.py").read_text("utf-8")
    assert "Amazon Linux 2023 does not support ``A1`` instances" in documentation
    assert "ECS_AL2023_NVIDIA doesn't support ``p3`` and ``g3`` instance types" in documentation
    families = [known(name) for name in table() if not name.startswith("mac")]
    assert [family.name for family in families if not family.al2023] == ["a1"]
    refused = {f.name for f in families if f.gpu == "nvidia" and not f.nvidia_al2023}
    assert refused == {"g3", "g3s", "g5g", "p2", "p3", "p3dn"}
    assert not any(f.nvidia_al2023 for f in families if f.architecture == "arm64")


def test_families_batch_refuses() -> None:
    """Only the Mac and the T families are marked as refused by AWS Batch."""
    refused = {re.sub(r"[\d-].*", "", name) for name in table() if not known(name).batch}
    assert refused == {"mac", "t"}


@pytest.mark.parametrize(
    ("name", "architecture", "nvme", "gpu"),
    [
        ("c10g", "arm64", False, None),
        ("c10gd", "arm64", True, None),
        ("c9in", "x86_64", False, None),
        ("c9i-flex", "x86_64", False, None),
        ("m9id.4xlarge", "x86_64", True, None),
        ("i9ge", "arm64", True, None),
        ("g8e", "x86_64", True, "nvidia"),
        ("p6e-gb200", "arm64", True, "nvidia"),
        ("p6-b400", "x86_64", True, "nvidia"),
        ("u7inh-32tb", "x86_64", False, None),
        ("trn3", "x86_64", True, None),
    ],
)
def test_newer_family_is_derived_from_its_name(
    *, name: str, architecture: str, nvme: bool, gpu: str | None
) -> None:
    """A family newer than the table gets what the naming rules tell, and no sizes."""
    family = instances.family(name)
    assert family is not None
    assert family.derived
    assert (family.architecture, family.nvme, family.gpu) == (architecture, nvme, gpu)
    assert family.sizes == ()
    assert instances.largest_task([name]) is None
    assert not instances.is_known(name)
    assert instances.nearest(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "c6id.", "c6id.4xlage", "c6id.4xlarge.x", "C6ID", " c6id", "c6id,m6id", "x", "9",
        "optimal", "default_arm64", "c6dg", "c9", "c9gi", "c9gdd", "c66i", "c2g", "g8a", "q7",
        "m9g-fast", None, 7, ["c6id"], {"c6id"},
    ],
)  # fmt: skip
def test_what_is_no_family_gives_none(
    name: Any,  # noqa: ANN401 - wrong types are the point
) -> None:
    """Wrong names and wrong types of value give None or False and never raise."""
    assert instances.family(name) is None
    assert instances.capacity(name) is None
    assert instances.is_known(name) is False
    instances.nearest(name)
    if name not in tuple(instances.ALIASES):
        assert instances.expand([name]) == ()
        assert instances.fits([name], 1, 1) is None


def test_size_newer_than_the_table() -> None:
    """A plausible size that the table lacks keeps its family but has no capacity."""
    assert instances.family("m6id.96xlarge") == instances.family("m6id")
    assert not instances.is_known("m6id.96xlarge")
    assert instances.capacity("m6id.96xlarge") is None
    assert instances.fits(["m6id.96xlarge"], 4, 1024) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("m6id", "m6id"),
        ("m6di", "m6id"),
        ("c6dg", "c6gd"),
        ("M6ID.4XLARGE", "m6id.4xlarge"),
        ("m6id.4xlage", "m6id.4xlarge"),
        ("m6id.44xlarge", "m6id.4xlarge"),
        ("c6iid.large", "c6id.large"),
        ("default_arm", "default_arm64"),
        ("optimum", "optimal"),
        ("p4dd", "p4d"),
        ("quantum", None),
    ],
)
def test_nearest_name(typed: str, meant: str | None) -> None:
    """A slip of the keyboard is answered with the name most likely meant."""
    assert instances.nearest(typed) == meant


def test_expand_resolves_aliases_and_types() -> None:
    """Aliases become their families, types become theirs, and each comes once in order."""
    found = instances.expand(["r6id.large", "optimal", "m6i", "no-such", "r6id"])
    assert [family.name for family in found] == ["r6id", "m6i", "c6i", "r6i", "c7i"]
    assert [family.name for family in instances.expand("c6id")] == ["c6id"]
    assert instances.expand([]) == ()


def test_a_family_does_not_offer_its_bare_metal() -> None:
    """A family's largest size is virtual; its metal type counts only where it is named."""
    assert instances.fits(["i3"], 64, 1024) is True
    assert instances.fits(["i3"], 72, 1024) is False
    assert instances.fits(["i3.metal"], 72, 1024) is True


@pytest.mark.parametrize(
    ("types", "vcpus", "memory_mib", "answer"),
    [
        (["c6id"], 128, 256 * 1024, True),
        (["c6id"], 129, 1024, False),
        (["c6id", "r6id.large"], 64, 512 * 1024, False),
        (["c6id.large"], 2, 4096, True),
        (["c6id.large"], 4, 4096, False),
        (["optimal"], 192, 1024, True),
        (["default_arm64"], 65, 1024, False),
        (["c6id", "c10gd"], 500, 1024, None),
        (["c6id", "c10gd"], 2, 1024, True),
        ([], 1, 1, None),
    ],
)
def test_fits(*, types: list[str], vcpus: int, memory_mib: int, answer: bool | None) -> None:
    """One and the same type has to hold both; a family without sizes leaves a no undecided."""
    assert instances.fits(types, vcpus, memory_mib) is answer


def test_defaults_for_fast_storage_are_fast() -> None:
    """The families chosen for fast instance storage have NVMe, one architecture, known sizes."""
    for names, architecture in (
        (instances.NVME_FAMILIES_X86, "x86_64"),
        (instances.NVME_FAMILIES_ARM, "arm64"),
    ):
        families = [known(name) for name in names]
        assert all(f.nvme and f.batch and f.gpu is None for f in families)
        assert {f.architecture for f in families} == {architecture}


def test_nvme_families_are_fast() -> None:
    """What has NVMe has no hard disks, but for two families whose disks are called so too."""
    every = {name for name in table() if known(name).nvme} - {"d3", "d3en"}
    disks = {
        disk["Type"]
        for name in every & ec2_families().keys()
        for facts in ec2_families()[name].values()
        for disk in facts["InstanceStorageInfo"]["Disks"]
    }
    assert disks == {"ssd"}


def test_largest_task() -> None:
    """Memory that the kernel and the ECS agent keep is no task's; an unknown type tells nothing."""
    assert instances.largest_task(["m6i.2xlarge"]) == (8, 30801)
    assert instances.largest_task(["c6i.4xlarge", "r6i.2xlarge"]) == (16, 61603)
    assert instances.largest_task(["m6i", "m9i"]) is None
    assert instances.largest_task([]) is None
