# SPDX-License-Identifier: Apache-2.0
"""The model of network interfaces: whoever has one in a subnet holds it, its VPC and its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from seqera_batch import ForgeConfig
from tests.lifecycle.emulator.names import REGION, RUNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lifecycle.account import Account
    from tests.lifecycle.conftest import Synthesize
    from tests.lifecycle.surroundings import Surroundings

STACK = "seqera-batch-test-interfaces"
NETWORK: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
    },
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "held"},
    },
}
SUBNET, GROUP = {"Ref": "Subnet"}, {"Fn::GetAtt": ["Group", "GroupId"]}
HOLDERS: dict[str, dict[str, Any]] = {
    "FSx": {
        "Type": "AWS::FSx::FileSystem",
        "Properties": {
            "FileSystemType": "LUSTRE",
            "StorageCapacity": 1200,
            "SubnetIds": [SUBNET],
            "SecurityGroupIds": [GROUP],
            "LustreConfiguration": {"DeploymentType": "SCRATCH_2"},
        },
    },
    "EFS": {
        "Type": "AWS::EFS::MountTarget",
        "Properties": {
            "FileSystemId": {"Ref": "Shared"},
            "SubnetId": SUBNET,
            "SecurityGroups": [GROUP],
        },
    },
    "an endpoint": {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "VpcEndpointType": "Interface",
            "ServiceName": "com.amazonaws.eu-west-1.ecs",
            "VpcId": {"Ref": "Vpc"},
            "SubnetIds": [SUBNET],
            "SecurityGroupIds": [GROUP],
        },
    },
    "a NAT gateway": {
        "Type": "AWS::EC2::NatGateway",
        "Properties": {"SubnetId": SUBNET, "AllocationId": "eipalloc-1"},
    },
    "another group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {
            "VpcId": {"Ref": "Vpc"},
            "GroupDescription": "refers",
            "SecurityGroupIngress": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 988,
                    "ToPort": 988,
                    "SourceSecurityGroupId": GROUP,
                }
            ],
        },
    },
}
HELD = {
    "FSx": {"Subnet", "Group"},
    "EFS": {"Subnet", "Group"},
    "an endpoint": {"Subnet", "Group"},
    "a NAT gateway": {"Subnet"},
    "another group": {"Group"},
}


@pytest.fixture
def ids(account: Account, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Deploy a network and who holds it; return physical ids."""
    shared = {"Shared": {"Type": "AWS::EFS::FileSystem", "Properties": {}}}
    holder = {"Holder": HOLDERS[request.param]}
    made = account.create(STACK, {"Resources": {**NETWORK, **shared, **holder}})
    assert made.status == "CREATE_COMPLETE", made.reasons
    yield account.resources(STACK)
    gone = account.delete(STACK)
    assert gone.status == "DELETE_COMPLETE", gone.reasons


@pytest.mark.parametrize(("ids", "holder"), [(name, name) for name in HOLDERS], indirect=["ids"])
def test_what_is_held_stays(account: Account, ids: dict[str, str], holder: str) -> None:
    """It is deleted neither by hand nor, before its holder, by the stack; with it, it is."""
    ec2 = account.client("ec2")
    delete = {
        "Group": lambda: ec2.delete_security_group(GroupId=ids["Group"]),
        "Subnet": lambda: ec2.delete_subnet(SubnetId=ids["Subnet"]),
    }
    for name in HELD[holder]:
        with pytest.raises(ClientError, match=f"DependencyViolation.*{ids[name]}.*has a dependent"):
            delete[name]()


def test_a_stack_whose_resource_is_held_stays(account: Account) -> None:
    """What is kept, and holds what is not, makes the deletion fail with the name of the held."""
    holder = {**HOLDERS["FSx"], "DeletionPolicy": "Retain"}
    made = account.create(STACK, {"Resources": {**NETWORK, "Holder": holder}})
    assert made.status == "CREATE_COMPLETE", made.reasons

    gone = account.clear_away(STACK)

    assert gone.status == "DELETE_FAILED"
    failed = {reason.split(": ")[0] for reason in gone.reasons} - {STACK}
    assert failed == {"Group", "Subnet", "Vpc"}


def test_a_node_holds_its_network(
    account: Account, synthesize: Synthesize, surroundings: Surroundings
) -> None:
    """While a job runs its node has an interface; the queue that goes takes the job along."""
    config = ForgeConfig.from_dict(
        {
            "name": "held",
            "region": REGION,
            "work_dir": "s3://held-work/runs",
            "forge": {"type": "EC2", "max_cpus": 8},
            "aws": {"network": {"create": {}}},
        }
    )
    template = surroundings.within(synthesize({"held": config})["held"])
    ec2, batch = account.client("ec2"), account.client("batch")
    account.create(STACK, template)
    ids = account.resources(STACK)
    of_type = {template["Resources"][key]["Type"]: made for key, made in ids.items()}
    batch.submit_job(
        jobName="held",
        jobQueue=of_type["AWS::Batch::JobQueue"],
        jobDefinition="nf-any:1",
        parameters=RUNS,
    )

    with pytest.raises(ClientError, match="held by the node of job-"):
        ec2.delete_security_group(GroupId=of_type["AWS::EC2::SecurityGroup"])

    gone = account.delete(STACK)
    assert gone.status == "DELETE_COMPLETE", gone.reasons
