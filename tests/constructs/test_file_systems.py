# SPDX-License-Identifier: Apache-2.0
"""Created file systems, default by default and override by override, and their use in an app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_iam as iam

from seqera_batch import BatchForge, ConfigError, ForgeConfig, ForgePlan
from seqera_batch.cloudformation.intrinsics import ACCOUNT
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.file_systems import FILE_SYSTEMS
from seqera_batch.config.forge import ForgeSettings
from seqera_batch.config.shape import section_of
from seqera_batch.plan.storage import KINDS
from seqera_batch.policies.document import Scope
from seqera_batch.problems import errors
from seqera_batch.template import environment
from tests.mounts import EFS, FSX

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from seqera_batch.cloudformation.resource import Resource
    from seqera_batch.plan.storage import FileSystem
    from tests.conftest import Configure, ReadAssembly, Template

SUBNETS = {"vpc_id": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"]}
GROUPS = {"security_groups": ["sg-0123456789abcdef0"]}
WHERE = Scope(partition="aws", region="eu-west-1", account=ACCOUNT)
KEPT = "RetainExceptOnCreate"
CLIENT = {
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientRootAccess",
    "elasticfilesystem:ClientWrite",
}


@pytest.fixture
def made(configure: Configure) -> Callable[..., dict[str, Resource]]:
    """Return a function that gives the resources of a file, by id."""

    def make(
        forge: dict[str, Any], aws: dict[str, Any] | None = None, **top: object
    ) -> dict[str, Resource]:
        config = configure(forge, aws or {}, **top)
        return environment(ForgePlan.of(config), WHERE)

    return make


@pytest.fixture
def stack() -> cdk.Stack:
    """Return a stack of somebody's own."""
    return cdk.Stack(cdk.App(analytics_reporting=False), "S")


@pytest.fixture
def template(stack: cdk.Stack, read_assembly: ReadAssembly) -> Callable[[], Template]:
    """Return a function that gives the stack's template."""

    def make() -> Template:
        app = stack.node.root
        assert isinstance(app, cdk.App)
        return read_assembly(app)["S"]

    return make


class TestEfs:
    """`AWS::EFS::FileSystem` and its mount targets."""

    def test_defaults(self, made: Callable[..., dict[str, Resource]]) -> None:
        """Regional, encrypted, elastic, without classes or backup, named, and kept."""
        found = made({"efs_create": True})["Efs"].to_dict()
        policy = found["Properties"].pop("FileSystemPolicy")
        assert found == {
            "Type": "AWS::EFS::FileSystem",
            "Properties": {
                "Encrypted": True,
                "BackupPolicy": {"Status": "DISABLED"},
                "ThroughputMode": "elastic",
                "FileSystemTags": [
                    {"Key": "Name", "Value": "TowerForge-demo"},
                    {"Key": "seqera-batch:environment", "Value": "TowerForge-demo"},
                ],
            },
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
        }
        assert {one["Sid"] for one in policy["Statement"]} == {"RequireTls"}

    @pytest.mark.parametrize(
        ("asked", "property_name", "value"),
        [
            ({"throughput_mode": "bursting"}, "ThroughputMode", "bursting"),
            (
                {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 64},
                "ProvisionedThroughputInMibps",
                64,
            ),
            (
                {"infrequent_access_after_days": 1},
                "LifecyclePolicies",
                [{"TransitionToIA": "AFTER_1_DAY"}],
            ),
            (
                {"infrequent_access_after_days": 30, "archive_after_days": 90},
                "LifecyclePolicies",
                [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}],
            ),
            ({"backup": True}, "BackupPolicy", {"Status": "ENABLED"}),
        ],
    )
    def test_overrides(
        self,
        made: Callable[..., dict[str, Resource]],
        asked: dict[str, Any],
        property_name: str,
        value: object,
    ) -> None:
        """Each option is the property that AWS documents for it."""
        found = made({"efs_create": True}, {"efs": asked})["Efs"].properties
        assert found[property_name] == value

    def test_one_zone(self, made: Callable[..., dict[str, Resource]]) -> None:
        """A One Zone file system has one mount target, and nodes mount it by its zone."""
        found = made({**SUBNETS, "efs_create": True}, {"efs": {"availability_zone": "eu-west-1b"}})
        assert found["Efs"].properties["AvailabilityZoneName"] == "eu-west-1b"
        targets = [one for one in found.values() if one.type == "AWS::EFS::MountTarget"]
        assert [one.properties["SubnetId"] for one in targets] == SUBNETS["subnets"]
        data = found["WorkLaunchTemplate"].to_dict()["Properties"]["LaunchTemplateData"]
        assert "'/mnt/efs' 'eu-west-1b'" in json.dumps(data)

    def test_a_mount_target_in_every_subnet(self, made: Callable[..., dict[str, Resource]]) -> None:
        """Nodes of each zone reach a mount target of their own, behind their own group."""
        found = made({"efs_create": True})
        targets = [one for one in found.values() if one.type == "AWS::EFS::MountTarget"]
        subnets = [one for one in found.values() if one.type == "AWS::EC2::Subnet"]
        assert len(targets) == len(subnets) == 3
        for target in targets:
            assert target.properties["SecurityGroups"] == ["@{NodeSecurityGroup.GroupId}"]

    def test_nobody_mounts_without_tls_or_iam(
        self, made: Callable[..., dict[str, Resource]]
    ) -> None:
        """Nobody mounts without TLS, and nobody but whom IAM lets, nodes among them."""
        found = made({"efs_create": True})
        [deny] = found["Efs"].properties["FileSystemPolicy"]["Statement"]
        assert (deny["Effect"], deny["Principal"]) == ("Deny", {"AWS": "*"})
        assert set(deny["Action"]) == CLIENT
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        statements = found["InstanceRole"].properties["Policies"][0]["PolicyDocument"]["Statement"]
        [mounting] = [one for one in statements if one["Sid"] == "MountEfs"]
        assert set(mounting["Action"]) == CLIENT
        assert mounting["Resource"].endswith(":file-system/@{Efs}")

    def test_nodes_of_a_role_that_exists_mount_a_created_one(
        self, made: Callable[..., dict[str, Resource]]
    ) -> None:
        """Nobody here can let that role mount: whoever reaches a mount target may."""
        profile = "arn:aws:iam::111122223333:instance-profile/lab"
        found = made({"efs_create": True}, {"iam": {"instance_profile": profile}})
        deny, allow = found["Efs"].properties["FileSystemPolicy"]["Statement"]
        assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
        assert set(allow["Action"]) == CLIENT
        assert allow["Condition"] == {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}

    def test_nodes_mount_an_existing_one_as_their_role(
        self, made: Callable[..., dict[str, Resource]]
    ) -> None:
        """A policy of an existing file system may ask for IAM: nodes have the right to it alone."""
        role = made({**SUBNETS, **GROUPS, "efs_id": "fs-0123456789abcdef0"})["InstanceRole"]
        statements = role.properties["Policies"][0]["PolicyDocument"]["Statement"]
        [mounting] = [one for one in statements if one["Sid"] == "MountEfs"]
        assert set(mounting["Action"]) == CLIENT
        assert mounting["Resource"].endswith(":file-system/fs-0123456789abcdef0")


class TestFsx:
    """`AWS::FSx::FileSystem` and its data repository."""

    def test_defaults(self, made: Callable[..., dict[str, Resource]]) -> None:
        """Scratch of Lustre 2.15 in the first subnet, named, and kept."""
        found = made({**SUBNETS, "fsx_size": 1200})["Fsx"].to_dict()
        assert found == {
            "Type": "AWS::FSx::FileSystem",
            "Properties": {
                "FileSystemType": "LUSTRE",
                "FileSystemTypeVersion": "2.15",
                "StorageCapacity": 1200,
                "SubnetIds": ["subnet-0123456789abcdef0"],
                "SecurityGroupIds": [{"Fn::GetAtt": ["FsxSecurityGroup", "GroupId"]}],
                "LustreConfiguration": {"DeploymentType": "SCRATCH_2"},
                "Tags": [
                    {"Key": "Name", "Value": "TowerForge-demo"},
                    {"Key": "seqera-batch:environment", "Value": "TowerForge-demo"},
                ],
            },
            "DependsOn": ["FsxIngress1018", "FsxIngress988"],
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
        }

    @pytest.mark.parametrize(
        ("asked", "lustre"),
        [
            (
                {"deployment_type": "PERSISTENT_1"},
                {"DeploymentType": "PERSISTENT_1", "PerUnitStorageThroughput": 50},
            ),
            (
                {"deployment_type": "PERSISTENT_2"},
                {"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 125},
            ),
            (
                {"deployment_type": "PERSISTENT_2", "throughput_mbps_per_tib": 1000},
                {"DeploymentType": "PERSISTENT_2", "PerUnitStorageThroughput": 1000},
            ),
            ({"compression": True}, {"DeploymentType": "SCRATCH_2", "DataCompressionType": "LZ4"}),
        ],
    )
    def test_overrides(
        self,
        made: Callable[..., dict[str, Resource]],
        asked: dict[str, Any],
        lustre: dict[str, Any],
    ) -> None:
        """Each option is Lustre's own; persistent ones have a throughput, which AWS demands."""
        found = made({"fsx_size": 1200}, {"fsx": asked})["Fsx"].properties
        assert found["LustreConfiguration"] == lustre

    @pytest.mark.parametrize(
        ("bucket", "path", "folder"),
        [
            ("s3://example-raw", "s3://example-raw", "/example-raw"),
            ("s3://example-raw/a", "s3://example-raw/a/", "/example-raw/a"),
        ],
    )
    def test_data_repository(
        self, made: Callable[..., dict[str, Resource]], bucket: str, path: str, folder: str
    ) -> None:
        """Files of a bucket appear below its name, and changes go both ways."""
        found = made({"fsx_size": 1200}, {"fsx": {"data_repository": bucket}})
        association = found["FsxDataRepository"].to_dict()
        events = {"Events": ["NEW", "CHANGED", "DELETED"]}
        properties = association["Properties"]
        tags = properties.pop("Tags")
        assert {"Key": "Name", "Value": "TowerForge-demo"} in tags
        assert properties == {
            "FileSystemId": {"Ref": "Fsx"},
            "FileSystemPath": folder,
            "DataRepositoryPath": path,
            "BatchImportMetaDataOnCreate": True,
            "S3": {"AutoImportPolicy": events, "AutoExportPolicy": events},
        }
        assert "FsxDataRepository" in found["WorkComputeEnvironment"].depends_on

    def test_no_data_repository_by_default(self, made: Callable[..., dict[str, Resource]]) -> None:
        """No bucket is linked unless one is named."""
        assert "FsxDataRepository" not in made({"fsx_size": 1200})


class TestBoth:
    """What every kind of file system does."""

    @pytest.mark.parametrize(
        ("disposed", "destroyed", "policy"),
        [(True, True, "Delete"), (True, False, KEPT), (False, True, KEPT)],
    )
    def test_two_keys_destroy_data(
        self,
        made: Callable[..., dict[str, Resource]],
        *,
        disposed: bool,
        destroyed: bool,
        policy: str,
    ) -> None:
        """A file system goes with its stack only where both keys say so."""
        found = made(
            {"efs_create": True, "fsx_size": 1200, "dispose_on_deletion": disposed},
            {"destroy_data": destroyed, "fsx": {"data_repository": "s3://example-raw"}},
        )
        for name in ("Efs", "Fsx", "FsxDataRepository"):
            assert found[name].to_dict()["DeletionPolicy"] == policy
        stays = {name for name, resource in found.items() if resource.keep_on_delete}
        held = {"FsxSecurityGroup", "FsxIngress988", "FsxIngress1018", "PublicSubnet1", "Vpc"}
        assert held & stays == (held if policy == KEPT else set())
        assert not {"NodeSecurityGroup", "NodeIngress2049", "PublicSubnet2"} & stays

    def test_nodes_are_in_its_group(self, made: Callable[..., dict[str, Resource]]) -> None:
        """Lustre is let in from the group itself: no rule names the nodes' own, which goes."""
        found = made(
            {"efs_create": True, "fsx_size": 1200},
            {"network": {"create": {}, "egress": "restricted"}},
        )
        nodes, own = (
            {"Fn::GetAtt": [name, "GroupId"]} for name in ("NodeSecurityGroup", "FsxSecurityGroup")
        )
        work = found["WorkComputeEnvironment"].to_dict()["Properties"]["ComputeResources"]
        assert work["SecurityGroupIds"] == [nodes, own]
        target = found["EfsMountTarget1"].to_dict()["Properties"]
        assert target["SecurityGroups"] == [nodes]
        rules = {
            name: one.to_dict()["Properties"] for name, one in found.items() if "gress" in name
        }
        for name, rule in rules.items():
            ends = [value for key, value in rule.items() if key.endswith("GroupId")]
            assert ends == [own if name.startswith("Fsx") else nodes] * 2
        assert rules.keys() == {
            f"{group}{way}{port}"
            for way in ("Ingress", "Egress")
            for group, port in (("Fsx", 988), ("Fsx", 1018), ("Node", 2049))
        }

    def test_a_label_wins_over_the_name(self, made: Callable[..., dict[str, Resource]]) -> None:
        """The label Name overrides the automatic one, as in Platform."""
        found = made({"efs_create": True, "fsx_size": 1200}, labels={"Name": "own"})
        for name, key in (("Efs", "FileSystemTags"), ("Fsx", "Tags")):
            assert {"Key": "Name", "Value": "own"} in found[name].properties[key]

    def test_each_kind_of_the_file_has_its_class(self) -> None:
        """What a file can ask for is mounted."""
        assert [kind.fields for kind in KINDS] == [*FILE_SYSTEMS]

    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.fields.kind)
    def test_a_kind_is_complete(self, kind: type[FileSystem]) -> None:
        """Each kind has a name, fields, a resource, ports and a script that exists."""
        words = kind.fields
        for path in (*words.asking, words.mounting):
            *sections, field = path.split(".")
            model: type[BaseModel] = EnvironmentFile
            for section in sections:
                model = section_of(model, section) or model
            assert field in model.model_fields, path
        [system] = [one for one in (EFS, FSX) if one.kind == words.kind]
        assert isinstance(system, kind)
        assert (system.kind, system.title) == (words.kind, words.title)
        assert system.ports
        assert system.mount("eu-west-1").mount_path == system.mount_path


class TestUse:
    """`BatchForge.file_systems`."""

    def test_grants_on_efs(
        self, stack: cdk.Stack, template: Callable[[], Template], configure: Configure
    ) -> None:
        """Reading is mounting; writing is writing as root too; on this file system alone."""
        forge = BatchForge(stack, "Forge", config=configure({"efs_create": True}))
        shared = forge.file_systems["efs"]
        assert (shared.kind, shared.mount_path) == ("efs", "/mnt/efs")
        shared.grant_read(iam.User(stack, "Reader"))
        shared.grant_read_write(iam.User(stack, "Writer"))
        found = template()
        [efs_id] = found.ids("AWS::EFS::FileSystem")
        by_action = {
            str(statement["Action"]): statement
            for policy in found.all("AWS::IAM::Policy")
            for statement in policy["PolicyDocument"]["Statement"]
        }
        assert by_action.keys() == {"elasticfilesystem:ClientMount", str(sorted(CLIENT))}
        for statement in by_action.values():
            assert {"Ref": efs_id} in statement["Resource"]["Fn::Join"][1]
            assert statement["Condition"] == {
                "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}
            }

    def test_grants_on_fsx(
        self, stack: cdk.Stack, template: Callable[[], Template], configure: Configure
    ) -> None:
        """IAM does not tell Lustre's readers from its writers: both may find it."""
        forge = BatchForge(stack, "Forge", config=configure({"fsx_size": 1200}))
        grant = forge.file_systems["fsx"].grant_read_write(iam.User(stack, "User"))
        assert grant.success
        [policy] = template().all("AWS::IAM::Policy")
        [statement] = policy["PolicyDocument"]["Statement"]
        assert statement["Action"] == "fsx:DescribeFileSystems"

    def test_two_grants_have_no_name_in_common(
        self, stack: cdk.Stack, template: Callable[[], Template], configure: Configure
    ) -> None:
        """One principal can be let into several file systems: no two statements share a Sid."""
        user = iam.User(stack, "User")
        for name in ("a", "b"):
            forge = BatchForge(stack, name, config=configure({"efs_create": True}, name=name))
            forge.file_systems["efs"].grant_read(user)
        [policy] = template().all("AWS::IAM::Policy")
        assert not any("Sid" in one for one in policy["PolicyDocument"]["Statement"])

    @pytest.mark.parametrize(
        ("asked", "ports"),
        [({"efs_create": True}, (2049, 2049)), ({"fsx_size": 1200}, (988, 1023))],
    )
    def test_connections_of_a_created_one(
        self,
        stack: cdk.Stack,
        template: Callable[[], Template],
        configure: Configure,
        asked: dict[str, Any],
        ports: tuple[int, int],
    ) -> None:
        """Somebody else is let in by the file system's own ports, which it knows."""
        forge = BatchForge(stack, "Forge", config=configure(asked))
        [system] = forge.file_systems.values()
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0fedcba9876543210")
        group.connections.allow_to_default_port(system)
        rules = [
            rule
            for rule in template().all("AWS::EC2::SecurityGroupIngress")
            if rule.get("SourceSecurityGroupId") == "sg-0fedcba9876543210"
        ]
        assert [(rule["FromPort"], rule["ToPort"]) for rule in rules] == [ports]

    def test_connections_of_one_that_exists(self, stack: cdk.Stack, configure: Configure) -> None:
        """Its groups are not known, and nothing would be opened in silence."""
        config = configure({**SUBNETS, **GROUPS, "efs_id": "fs-0123456789abcdef0"})
        system = BatchForge(stack, "Forge", config=config).file_systems["efs"]
        assert system.file_system_id == "fs-0123456789abcdef0"
        with pytest.raises(ConfigError, match="security groups of EFS fs-0123456789abcdef0"):
            _ = system.connections

    def test_none(self, stack: cdk.Stack, configure: Configure) -> None:
        """An environment without file systems has none to offer."""
        assert BatchForge(stack, "Forge", config=configure({})).file_systems == {}


class TestBrought:
    """File systems that are constructs of the same app."""

    def test_efs(
        self,
        stack: cdk.Stack,
        template: Callable[[], Template],
        plain: Callable[..., Any],
    ) -> None:
        """It is mounted where the file says, and lets nodes in, by port and as their role."""
        vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
        shared = efs.FileSystem(stack, "Shared", vpc=vpc)
        config = ForgeConfig(
            name="demo",
            region="eu-west-1",
            work_dir="/data/work",
            forge=ForgeSettings(max_cpus=64, efs_mount="/data"),
        )
        forge = BatchForge(stack, "Forge", config=config, vpc=vpc, efs_file_system=shared)
        assert forge.file_systems["efs"].mount_path == "/data"
        found = template()
        [made] = found.ids("AWS::EFS::FileSystem")
        for launch in found.all("AWS::EC2::LaunchTemplate"):
            text = plain(launch["LaunchTemplateData"]["UserData"]["Fn::Base64"])
            assert f"mount_efs '${{{made}}}' '/data'" in text
        [rule] = found.all("AWS::EC2::SecurityGroupIngress")
        assert (rule["FromPort"], rule["ToPort"]) == (2049, 2049)
        assert rule["SourceSecurityGroupId"] != rule["GroupId"]
        assert "AWS::EFS::MountTarget" in found.types_behind(found.environment_id("work"))
        assert "MountEfs" in str(found.all("AWS::IAM::Role"))

    def test_fsx(
        self,
        stack: cdk.Stack,
        template: Callable[[], Template],
        plain: Callable[..., Any],
        configure: Configure,
    ) -> None:
        """Its mount name comes from the construct, so that nothing is looked up."""
        vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
        scratch = fsx.LustreFileSystem(
            stack,
            "Scratch",
            vpc=vpc,
            vpc_subnet=vpc.public_subnets[0],
            storage_capacity_gib=1200,
            lustre_configuration={"deployment_type": fsx.LustreDeploymentType.SCRATCH_2},
        )
        BatchForge(stack, "Forge", config=configure({}), vpc=vpc, fsx_file_system=scratch)
        found = template()
        [made] = found.ids("AWS::FSx::FileSystem")
        for launch in found.all("AWS::EC2::LaunchTemplate"):
            text = plain(launch["LaunchTemplateData"]["UserData"]["Fn::Base64"])
            names = f"'${{{made}.LustreMountName}}' '${{{made}}}' 'eu-west-1'"
            assert f".amazonaws.com' '/mnt/fsx' {names}" in text.replace(
                "${AWS::URLSuffix}", "amazonaws.com"
            )
        assert "FindMountName" not in str(found.all("AWS::IAM::Role"))
        [nodes] = [
            rule
            for rule in found.all("AWS::EC2::SecurityGroupIngress")
            if "NodeSecurityGroup" in str(rule["SourceSecurityGroupId"])
        ]
        assert (nodes["FromPort"], nodes["ToPort"]) == (988, 1023)

    def test_efs_of_elsewhere_in_subnets_of_the_file(
        self, stack: cdk.Stack, template: Callable[[], Template], configure: Configure
    ) -> None:
        """A file system that is only referred to lets in the group that is made for the nodes."""
        elsewhere = efs.FileSystem.from_file_system_attributes(
            stack,
            "Elsewhere",
            file_system_id="fs-0123456789abcdef0",
            security_group=ec2.SecurityGroup.from_security_group_id(
                stack, "Group", "sg-0123456789abcdef0"
            ),
        )
        BatchForge(stack, "Forge", config=configure(SUBNETS), efs_file_system=elsewhere)
        rule = template().one("AWS::EC2::SecurityGroupIngress")
        assert (rule["GroupId"], rule["FromPort"]) == ("sg-0123456789abcdef0", 2049)
        assert "NodeSecurityGroup" in str(rule["SourceSecurityGroupId"])

    @pytest.mark.parametrize(
        ("forge", "aws", "path"),
        [
            ({"efs_create": True}, {}, "forge.efs_create"),
            ({}, {}, "vpc"),
            ({}, {"network": {"existing": SUBNETS, "egress": "restricted"}}, "aws.network.egress"),
        ],
    )
    def test_contradictions_are_refused(
        self,
        stack: cdk.Stack,
        configure: Configure,
        forge: dict[str, Any],
        aws: dict[str, Any],
        path: str,
    ) -> None:
        """Another file system, a network without it, or a group that keeps nodes from it."""
        shared = efs.FileSystem.from_file_system_attributes(
            stack,
            "Shared",
            file_system_id="fs-0123456789abcdef0",
            security_group=ec2.SecurityGroup.from_security_group_id(
                stack, "Group", "sg-0123456789abcdef0"
            ),
        )
        with pytest.raises(ConfigError) as refused:
            BatchForge(stack, "Forge", config=configure(forge, aws), efs_file_system=shared)
        assert errors(refused.value.problems)[0].path == path

    @pytest.mark.parametrize(
        ("forge", "aws", "warned"),
        [
            ({"fsx_size": 1200}, {}, True),
            ({"efs_create": True}, {}, False),
            ({"fsx_size": 1200}, {"destroy_data": True}, False),
        ],
    )
    def test_a_vpc_of_the_stack_is_held(
        self,
        stack: cdk.Stack,
        configure: Configure,
        forge: dict[str, Any],
        aws: dict[str, Any],
        *,
        warned: bool,
    ) -> None:
        """Where FSx outlives the stack that its VPC is part of, the app is warned."""
        vpc = ec2.Vpc(stack, "Vpc", max_azs=1, nat_gateways=0)
        BatchForge(stack, "Forge", config=configure(forge, aws), vpc=vpc)
        found = assertions.Annotations.from_stack(stack).find_warning(
            "*", assertions.Match.string_like_regexp("kept-in-a-network-that-goes")
        )
        assert [entry.id for entry in found] == (["/S/Forge"] if warned else [])

    @pytest.mark.parametrize(
        "held", [("Groups",), ("Subnet/Subnet",), ("Nested/Vpc", "Nested/Vpc/PublicSubnet1/Subnet")]
    )
    def test_whatever_goes_with_the_stack_is_held(
        self, stack: cdk.Stack, configure: Configure, held: tuple[str, ...]
    ) -> None:
        """A group, a subnet, and a VPC of a nested stack go like a VPC of the stack itself."""
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Known",
            vpc_id="vpc-0123456789abcdef0",
            availability_zones=["eu-west-1a"],
            public_subnet_ids=["subnet-0123456789abcdef0"],
        )
        brought: dict[str, Any] = {"vpc": vpc}
        if held == ("Groups",):
            brought["security_groups"] = [ec2.SecurityGroup(stack, "Groups", vpc=vpc)]
        elif held == ("Subnet/Subnet",):
            subnet = ec2.Subnet(
                stack,
                "Subnet",
                vpc_id=vpc.vpc_id,
                cidr_block="10.0.0.0/24",
                availability_zone="eu-west-1a",
            )
            brought["vpc_subnets"] = ec2.SubnetSelection(subnets=[subnet])
        else:
            nested = cdk.NestedStack(stack, "Nested")
            brought["vpc"] = ec2.Vpc(nested, "Vpc", max_azs=1, nat_gateways=0)
        BatchForge(stack, "Forge", config=configure({"fsx_size": 1200}), **brought)
        [found] = assertions.Annotations.from_stack(stack).find_warning(
            "/S/Forge", assertions.Match.string_like_regexp("kept-in-a-network-that-goes")
        )
        said = str(found.entry.data)
        assert f"would go with it: {', '.join(f'S/{one}' for one in held)};" in said

    def test_a_nested_environment_holds_what_its_parent_makes(
        self, stack: cdk.Stack, configure: Configure
    ) -> None:
        """They are deleted together."""
        vpc = ec2.Vpc(stack, "Vpc", max_azs=1, nat_gateways=0)
        nested = cdk.NestedStack(stack, "Nested")
        forge = BatchForge(nested, "Forge", config=configure({"fsx_size": 1200}), vpc=vpc)
        said = [str(entry.data) for entry in forge.node.metadata]
        assert any("would go with it: S/Vpc, S/Vpc/PublicSubnet1/Subnet;" in one for one in said)

    def test_a_vpc_of_another_stack_is_its_own_affair(
        self, stack: cdk.Stack, configure: Configure
    ) -> None:
        """A VPC of another stack, or one that exists, is not deleted with this one."""
        app = stack.node.root
        assert isinstance(app, cdk.App)
        place = cdk.Environment(account=stack.account, region=stack.region)
        other = cdk.Stack(app, "Network", env=place)
        vpc = ec2.Vpc(other, "Vpc", max_azs=1, nat_gateways=0)
        BatchForge(stack, "Forge", config=configure({"fsx_size": 1200}), vpc=vpc)
        assertions.Annotations.from_stack(stack).has_no_warning(
            "*", assertions.Match.string_like_regexp("kept-in-a-network-that-goes")
        )

    def test_one_zone_in_the_one_subnet_that_is_brought(
        self, stack: cdk.Stack, template: Callable[[], Template]
    ) -> None:
        """The file names no subnet, the app brings exactly one."""
        vpc = ec2.Vpc(stack, "Vpc", max_azs=1, nat_gateways=0)
        config = ForgeConfig.model_validate(
            {
                "name": "demo",
                "region": "eu-west-1",
                "work_dir": "s3://work/dir",
                "forge": {"max_cpus": 64, "efs_create": True},
                "aws": {"efs": {"availability_zone": "eu-west-1a"}},
            }
        )
        BatchForge(stack, "Forge", config=config, vpc=vpc)
        assert len(template().ids("AWS::EFS::MountTarget")) == 1
