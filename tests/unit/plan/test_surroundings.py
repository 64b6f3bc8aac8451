# SPDX-License-Identifier: Apache-2.0
"""Network, file systems, volumes, labels, roles and buckets of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog.ports import LUSTRE, NFS
from seqera_batch.cloudformation.resource import KEPT
from seqera_batch.plan.access import job_access
from seqera_batch.plan.storage import Fsx
from seqera_batch.policies.access import BucketAccess
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment

if TYPE_CHECKING:
    from seqera_batch.catalog.ports import Ports
    from seqera_batch.plan import ForgePlan
    from tests.unit.plan.conftest import MakePlan

SUBNETS = {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}
GROUPS = {"security_groups": ["sg-0123456789abcdef0"]}
NVME = {"wave_enabled": True, "fusion2_enabled": True, "nvme_storage_enabled": True}
EFS = "fs-0123456789abcdef0"
FSX = "fs-0fedcba9876543210.fsx.eu-west-1.amazonaws.com"
HERE = Scope(partition="aws", region="eu-west-1", account="111122223333")


def _nodes(plan: ForgePlan) -> str | None:
    return None if plan.logs.nodes is None else plan.logs.nodes.name


def test_network_is_created(plan: MakePlan) -> None:
    """Without subnets a VPC is created, with a subnet in each of three zones."""
    network = plan().network
    assert network is not None
    assert network.created
    assert network.cidr == "10.0.0.0/16"
    assert network.public_cidrs == ("10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20")
    assert network.private_cidrs == ()
    assert network.creates_security_group
    assert network.ingress_ports == ()


def test_network_where_there_are_two_zones(plan: MakePlan) -> None:
    """In a region that offers two zones to new accounts a VPC has two subnets."""
    network = plan(region="us-west-1").network
    assert network is not None
    assert network.public_cidrs == ("10.0.0.0/20", "10.0.16.0/20")


def test_network_in_zones_of_the_file(plan: MakePlan) -> None:
    """Each has the addresses and the name that are its own; nodes and FSx are in its order."""
    zones = ["eu-west-1c", "eu-west-1a"]
    sections: tuple[Any, ...] = (
        {"fsx_size": 1200, "efs_create": True},
        {"network": {"create": {"zones": zones, "mode": "private", "nat_gateways": 1}}},
    )
    found = plan(*sections)
    assert found.network is not None
    assert found.network.private_cidrs == ("10.0.160.0/20", "10.0.128.0/20")
    said = {one.field: str(one.value) for one in found.decisions}
    assert said["aws.network"].endswith(" in eu-west-1c, eu-west-1a")
    made = {name: one.to_dict() for name, one in environment(found, found.scope()).items()}
    where = {
        name: one["Properties"]["AvailabilityZone"]
        for name, one in made.items()
        if one["Type"] == "AWS::EC2::Subnet"
    }
    assert where == {
        "PublicSubnet1": "eu-west-1a",
        "PublicSubnet3": "eu-west-1c",
        "PrivateSubnet1": "eu-west-1a",
        "PrivateSubnet3": "eu-west-1c",
    }
    assert made["Fsx"]["Properties"]["SubnetIds"] == [{"Ref": "PrivateSubnet3"}]
    assert made["NatGateway3"]["Properties"]["SubnetId"] == {"Ref": "PublicSubnet3"}
    for number in (1, 3):
        route = made[f"RouteToNat{number}"]["Properties"]
        assert route["NatGatewayId"] == {"Ref": "NatGateway3"}
        target = made[f"EfsMountTarget{number}"]["Properties"]
        assert target["SubnetId"] == {"Ref": f"PrivateSubnet{number}"}
    kept = {name for name, one in made.items() if one.get("DeletionPolicy") == KEPT}
    assert {"PublicSubnet3", "PrivateSubnet3"} <= kept
    assert not {"PublicSubnet1", "PrivateSubnet1"} & kept


def test_network_in_zones_by_id(plan: MakePlan) -> None:
    """An id goes to AWS as what it is: it means the same zone in every account."""
    aws = {"network": {"create": {"zones": ["euw1-az2"]}}}
    made = environment(plan({}, aws), HERE)
    subnet = made["PublicSubnet2"].properties
    assert (subnet["AvailabilityZoneId"], subnet["CidrBlock"]) == ("euw1-az2", "10.0.16.0/20")
    assert "AvailabilityZone" not in subnet


def test_network_of_the_file(plan: MakePlan) -> None:
    """Subnets of the file are used, in Platform's spelling and in our own."""
    for found in (
        plan({**SUBNETS, **GROUPS}),
        plan({}, {"network": {"existing": SUBNETS | GROUPS}}),
    ):
        assert found.network is not None
        assert not found.network.created
        assert found.network.subnets == ("subnet-0123456789abcdef0",)
        assert found.network.security_groups == ("sg-0123456789abcdef0",)
        assert not found.network.creates_security_group


@pytest.mark.parametrize(
    ("forge", "nodes", "groups"),
    [
        ({}, (), {}),
        ({"efs_create": True}, NFS, {}),
        ({"fsx_size": 1200}, (), {"fsx": LUSTRE}),
        ({"efs_create": True, "fsx_size": 1200}, NFS, {"fsx": LUSTRE}),
        ({"efs_create": True, "fsx_size": 1200, **SUBNETS, **GROUPS}, (), {}),
    ],
)
def test_ingress(
    plan: MakePlan, forge: dict[str, Any], nodes: Ports, groups: dict[str, Ports]
) -> None:
    """Created groups let in what their file systems need; given groups are left alone."""
    network = plan(forge).network
    assert network is not None
    assert network.ingress_ports == nodes
    assert {group.kind: group.ingress_ports for group in network.file_system_groups} == groups


@pytest.mark.parametrize(
    ("forge", "aws", "kept"),
    [
        ({}, {}, False),
        ({"efs_create": True}, {}, False),
        ({"fsx_size": 1200}, {}, True),
        ({"fsx_size": 1200, **SUBNETS}, {}, False),
        ({"fsx_size": 1200}, {"destroy_data": True}, False),
    ],
)
def test_a_vpc_stays_with_what_holds_it(
    plan: MakePlan, forge: dict[str, Any], aws: dict[str, Any], *, kept: bool
) -> None:
    """Of what is kept FSx alone has network interfaces that stay, and it keeps a created VPC."""
    network = plan(forge, aws).network
    assert network is not None
    assert network.kept_on_delete is kept


def test_created_file_systems(plan: MakePlan) -> None:
    """Created file systems have Seqera's mount paths and are kept unless two keys say not."""
    created = {"efs_create": True, "fsx_size": 2400}
    efs, fsx = plan(created).storage.file_systems
    assert (efs.kind, efs.created, efs.mount_path) == ("efs", True, "/mnt/efs")
    assert (fsx.kind, fsx.created, fsx.mount_path) == ("fsx", True, "/mnt/fsx")
    assert isinstance(fsx, Fsx)
    assert fsx.size_gb == 2400
    assert efs.kept_on_delete
    assert fsx.kept_on_delete
    for forge, aws, kept in (
        ({"dispose_on_deletion": True}, {}, True),
        ({"dispose_on_deletion": False}, {"destroy_data": True}, True),
        ({"dispose_on_deletion": True}, {"destroy_data": True}, False),
    ):
        for system in plan({**created, **forge}, aws).storage.file_systems:
            assert system.kept_on_delete is kept


def test_existing_file_systems(plan: MakePlan) -> None:
    """Existing file systems are mounted by their ids, and always kept."""
    named = {"efs_id": EFS, "fsx_name": FSX, "efs_mount": "/data", "dispose_on_deletion": True}
    aws = {"destroy_data": True, "fsx": {"mount_name": "abcdefgh"}}
    efs, fsx = plan({**named, **SUBNETS, **GROUPS}, aws).storage.file_systems
    assert (efs.created, efs.file_system_id, efs.mount_path) == (False, EFS, "/data")
    assert isinstance(fsx, Fsx)
    assert (fsx.created, fsx.dns_name, fsx.mount_name) == (False, FSX, "abcdefgh")
    assert fsx.file_system_id == "fs-0fedcba9876543210"
    assert efs.kept_on_delete
    assert fsx.kept_on_delete


def test_file_systems_are_described(plan: MakePlan) -> None:
    """People read in a line what is made, what it costs by, and what becomes of it."""
    aws = {
        "efs": {
            "infrequent_access_after_days": 30,
            "archive_after_days": 90,
            "backup": True,
        },
        "fsx": {
            "deployment_type": "PERSISTENT_1",
            "compression": True,
            "data_repository": "s3://example-raw/a",
        },
    }
    efs, fsx = plan({"efs_create": True, "fsx_size": 1200}, aws).storage.file_systems
    assert efs.describe() == (
        "EFS, regional, elastic throughput, Infrequent Access after 30 days, Archive after 90 "
        "days, backed up every day, created, at /mnt/efs; kept when the stack is deleted"
    )
    assert fsx.describe() == (
        "FSx for Lustre, 1200 GB, PERSISTENT_1, 50 MB/s for each TiB, compressed, "
        "s3://example-raw/a at /mnt/fsx/example-raw/a, created, at /mnt/fsx; kept when the stack "
        "is deleted"
    )
    provisioned = {
        "availability_zone": "eu-west-1a",
        "throughput_mode": "provisioned",
        "provisioned_throughput_mibps": 64,
    }
    two_keys = {"destroy_data": True, "efs": provisioned}
    [one_zone] = plan({**SUBNETS, "efs_create": True}, two_keys).storage.file_systems
    assert one_zone.describe() == (
        "EFS, One Zone in eu-west-1a, 64 MiB/s provisioned, created, at /mnt/efs; deleted with "
        "its data when the stack is deleted"
    )
    existing = plan({"efs_id": EFS, "fsx_name": FSX, **SUBNETS, **GROUPS}).storage.file_systems
    assert [system.describe() for system in existing] == [
        f"EFS {EFS} at /mnt/efs (exists)",
        f"FSx for Lustre {FSX} at /mnt/fsx (exists)",
    ]


def test_mount_name_is_looked_up(plan: MakePlan) -> None:
    """Without a mount name the nodes may look up that one file system."""
    found = plan({"fsx_name": FSX, **SUBNETS, **GROUPS})
    assert [one.sid for one in job_access(found, HERE).mounting] == ["FindMountName"]
    given = plan({"fsx_name": FSX, **SUBNETS, **GROUPS}, {"fsx": {"mount_name": "abcdefgh"}})
    assert job_access(given, HERE).mounting == ()


@pytest.mark.parametrize(
    ("forge", "fields", "volumes"),
    [
        ({}, {}, ()),
        ({}, NVME, ("/scratch/fusion:/tmp",)),
        ({"efs_create": True}, {}, ("/mnt/efs",)),
        ({"efs_create": True, "fsx_size": 1200}, {}, ("/mnt/efs", "/mnt/fsx")),
        ({}, {**NVME, "volumes": ["/data"]}, ("/scratch/fusion:/tmp", "/data")),
        ({"efs_create": True}, {"volumes": ["/mnt/efs"]}, ("/mnt/efs",)),
    ],
)
def test_volumes(
    plan: MakePlan, forge: dict[str, Any], fields: dict[str, Any], volumes: tuple[str, ...]
) -> None:
    """Job containers see what nodes mount, then the file's own volumes, each once."""
    assert plan(forge, **fields).compute.volumes == volumes


def test_volumes_in_manual_mode(plan: MakePlan) -> None:
    """In Manual mode volumes are the file's alone."""
    assert plan(manual=True, volumes=["/data"]).compute.volumes == ("/data",)


def test_labels_by_class(plan: MakePlan) -> None:
    """Labels and tags are on everything; nodes have a name as well."""
    found = plan({}, {"tags": {"b": "2"}}, labels={"a": "1"}).labels
    mine = {"seqera-batch:environment": "TowerForge-demo"}
    assert found.resources == {"a": "1", "b": "2", **mine}
    assert found.nodes == {"Name": "TowerForge-demo", "a": "1", "b": "2", **mine}
    assert list(found.nodes) == sorted(found.nodes)


def test_name_label_wins(plan: MakePlan) -> None:
    """A label `Name` wins over the automatic one, on nodes and file systems."""
    found = plan({"efs_create": True}, labels={"Name": "own"})
    assert found.labels.nodes["Name"] == "own"
    assert [system.tags["Name"] for system in found.storage.file_systems] == ["own"]
    unnamed = plan({"efs_create": True})
    assert [system.tags["Name"] for system in unnamed.storage.file_systems] == ["TowerForge-demo"]


def test_our_tag_cannot_be_taken(plan: MakePlan) -> None:
    """The tag that finds an environment again is ours, whatever the file says."""
    found = plan(labels={"seqera-batch:environment": "else"}).labels
    assert found.resources["seqera-batch:environment"] == "TowerForge-demo"


def test_roles(plan: MakePlan) -> None:
    """Roles are created under the environment's name, but for those that the file names."""
    arn = "arn:aws:iam::111122223333:role/own"
    found = plan(compute_job_role=arn)
    assert {role.kind: role.name for role in found.roles} == {
        "HeadJobRole": "TowerForge-demo-HeadJobRole",
        "ComputeJobRole": None,
        "ExecutionRole": "TowerForge-demo-ExecutionRole",
        "InstanceRole": "TowerForge-demo-InstanceRole",
    }
    existing = found.roles.get("ComputeJobRole")
    assert existing is not None
    assert (existing.arn, existing.created) == (arn, False)
    assert found.roles.get("FleetRole") is None
    with pytest.raises(KeyError):
        found.roles.arn("FleetRole", HERE)


def test_role_arns(plan: MakePlan) -> None:
    """ARNs of created roles carry the IAM path and partition."""
    found = plan({}, {"iam": {"path": "/a/b/"}})
    assert found.roles.arn("HeadJobRole", HERE) == (
        "arn:aws:iam::111122223333:role/a/b/TowerForge-demo-HeadJobRole"
    )
    china = Scope(partition="aws-cn", region="cn-north-1", account="111122223333")
    assert found.roles.arn("HeadJobRole", china).startswith("arn:aws-cn:iam::")


def test_passed_roles(plan: MakePlan) -> None:
    """The head job hands on the roles of tasks and no others, created or existing."""
    arn = "arn:aws:iam::111122223333:role/own"
    assert job_access(plan(execution_role=arn), HERE).passed_roles == (
        "arn:aws:iam::111122223333:role/TowerForge-demo-ComputeJobRole",
        arn,
    )


@pytest.mark.parametrize(
    ("work_dir", "allowed", "buckets"),
    [
        ("s3://work", (), ["work"]),
        ("s3://work/dir/", (), ["work"]),
        ("s3://work/dir", ("s3://data", "s3://more/of/it"), ["data", "more/of/it", "work"]),
        ("s3://work/dir", ("s3://work",), ["work"]),
        (
            "s3://work/dir",
            ("s3://work/other", "s3://more/b", "s3://more/a"),
            ["more/a", "more/b", "work"],
        ),
    ],
)
def test_buckets(
    plan: MakePlan, work_dir: str, allowed: tuple[str, ...], buckets: list[str]
) -> None:
    """Jobs reach the whole work bucket, as Seqera says, and the allowed buckets or folders."""
    found = plan({"allow_buckets": list(allowed)}, work_dir=work_dir).storage.buckets
    assert [f"{one.bucket}/{one.folder}".strip("/") for one in found] == buckets


def test_bucket_of_uri() -> None:
    """A bucket and its folder are told apart, slashes at the end or not."""
    assert BucketAccess.of("s3://work/a/b/") == BucketAccess("work", "a/b")
    assert BucketAccess.of("s3://work/") == BucketAccess("work", "")


def test_queues_of_the_head_job(plan: MakePlan) -> None:
    """The head job submits to the tasks' queue and DRAGEN's, not to its own."""
    dragen = {"dragen_enabled": True, "dragen_ami_id": "ami-0123456789abcdef0"}
    assert job_access(plan(dragen), HERE).queues == (
        "TowerForge-demo-work",
        "TowerForge-demo-dragen",
    )
    assert job_access(plan(manual=True), HERE).queues == ("queue-work",)


@pytest.mark.parametrize(
    ("key", "arn"),
    [
        (None, None),
        ("arn:aws:kms:eu-west-1:1:key/a", "arn:aws:kms:eu-west-1:1:key/a"),
        (
            "01234567-89ab-cdef-0123-456789abcdef",
            "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef",
        ),
    ],
    ids=["none", "arn", "id"],
)
def test_secrets_key(plan: MakePlan, key: str | None, arn: str | None) -> None:
    """A key of the pipeline secrets is an ARN in policies, however the file names it."""
    if key and arn == key:
        key = arn = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
    fields = {} if key is None else {"secrets_kms_key_id": key}
    assert job_access(plan(**fields), HERE).secrets_key == arn


def test_log_groups(plan: MakePlan) -> None:
    """Job logs go to AWS Batch's group or the file's; node logs to one of the environment."""
    assert plan().logs.jobs.name == "/aws/batch/job"
    assert _nodes(plan()) == "/seqera-batch/TowerForge-demo/nodes"
    assert plan(log_group="/own").logs.jobs.name == "/own"
    assert _nodes(plan({}, {"logs": {"node_logs": False}})) is None
    assert _nodes(plan(manual=True)) is None


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_partition(plan: MakePlan, region: str, partition: str) -> None:
    """The partition follows from the region."""
    assert plan(region=region).partition == partition
