# SPDX-License-Identifier: Apache-2.0
"""A stack that breaks no rule, and for each rule what breaks it and what still does not."""

from __future__ import annotations

import copy
from typing import Any

JSON = dict[str, Any]

GOOD: JSON = {
    "Queue": {
        "Type": "AWS::Batch::JobQueue",
        "Properties": {
            "Priority": 1,
            "ComputeEnvironmentOrder": [{"Order": 1, "ComputeEnvironment": {"Ref": "Spot"}}],
            "JobStateTimeLimitActions": [
                {
                    "Action": "CANCEL",
                    "MaxTimeSeconds": 600,
                    "Reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
                    "State": "RUNNABLE",
                }
            ],
        },
    },
    "FargateQueue": {
        "Type": "AWS::Batch::JobQueue",
        "Properties": {
            "Priority": 1,
            "ComputeEnvironmentOrder": [{"Order": 1, "ComputeEnvironment": {"Ref": "Fargate"}}],
            "JobStateTimeLimitActions": [{"Action": "CANCEL"}],
        },
    },
    "Spot": {
        "Type": "AWS::Batch::ComputeEnvironment",
        "Properties": {
            "Type": "MANAGED",
            "ReplaceComputeEnvironment": False,
            "ComputeResources": {
                "Type": "SPOT",
                "AllocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED",
                "Ec2Configuration": [{"ImageType": "ECS_AL2023"}],
                "InstanceRole": "profile",
                "InstanceTypes": ["m6id", "c6id.4xlarge", "default_x86_64"],
                "LaunchTemplate": {
                    "LaunchTemplateId": {"Ref": "Nodes"},
                    "Version": {"Fn::GetAtt": ["Nodes", "LatestVersionNumber"]},
                },
                "MaxvCpus": 64,
                "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}],
                "Subnets": ["subnet-1"],
                "Tags": {"team": "a"},
            },
        },
    },
    "Fargate": {
        "Type": "AWS::Batch::ComputeEnvironment",
        "Properties": {
            "Type": "MANAGED",
            "ComputeResources": {
                "Type": "FARGATE",
                "MaxvCpus": 8,
                "SecurityGroupIds": ["sg-1"],
                "Subnets": ["subnet-1"],
            },
        },
    },
    "Unmanaged": {
        "Type": "AWS::Batch::ComputeEnvironment",
        "Properties": {"Type": "UNMANAGED", "UnmanagedvCpus": 4},
    },
    "Nodes": {
        "Type": "AWS::EC2::LaunchTemplate",
        "Properties": {
            "LaunchTemplateData": {
                "BlockDeviceMappings": [
                    {
                        "DeviceName": "/dev/xvda",
                        "Ebs": {"DeleteOnTermination": True, "Encrypted": True},
                    },
                    {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
                ],
                "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
                "UserData": {
                    "Fn::Base64": {
                        "Fn::Join": ["", ["MIME-Version: 1.0\n", {"Ref": "AWS::Region"}]]
                    }
                },
            }
        },
    },
    "OfAnotherService": {
        "Type": "AWS::EC2::LaunchTemplate",
        "Properties": {"LaunchTemplateData": {"UserData": {"Fn::Base64": "#!/bin/sh\n"}}},
    },
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "nodes", "SecurityGroupIngress": []},
    },
    "Balancer": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {
            "GroupDescription": "another service's",
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}],
        },
    },
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}},
    "Job": {
        "Type": "AWS::Batch::JobDefinition",
        "Properties": {"Type": "container", "ContainerProperties": {"Image": "i"}},
    },
}

GONE = object()
"""A property that is taken away."""

Change = tuple[str, str, Any]
"""A resource, a path below its properties, and what is put there."""

RESOURCES = "ComputeResources"
TEMPLATE = "ComputeResources.LaunchTemplate"
DATA = "LaunchTemplateData"
FLEET = {"Fn::GetAtt": ["FleetRole", "Arn"]}
MIXED = [
    {"Order": 1, "ComputeEnvironment": {"Ref": "Fargate"}},
    {"Order": 2, "ComputeEnvironment": {"Ref": "Spot"}},
]

# fmt: off
BREAKS: tuple[tuple[str, str, list[Change]], ...] = (
    ("LaunchTemplateVersionAbsent", "Spot", [("Spot", f"{TEMPLATE}.Version", GONE)]),
    ("LaunchTemplateVersionAbsent", "Spot", [("Spot", f"{TEMPLATE}.Version", "")]),
    ("LaunchTemplateVersionAbsent", "Spot", [("Spot", f"{TEMPLATE}.Overrides", [{"LaunchTemplateId": {"Ref": "Nodes"}}])]),
    ("LaunchTemplateVersionLatest", "Spot", [("Spot", f"{TEMPLATE}.Version", "$Latest")]),
    ("LaunchTemplateVersionDefault", "Spot", [("Spot", f"{TEMPLATE}.Version", "$Default")]),
    ("OptimalInstanceType", "Spot", [("Spot", f"{RESOURCES}.InstanceTypes", ["m6id", "optimal"])]),
    ("BestFit", "Spot", [("Spot", f"{RESOURCES}.AllocationStrategy", "BEST_FIT")]),
    ("AllocationStrategyUnset", "Spot", [("Spot", f"{RESOURCES}.AllocationStrategy", GONE)]),
    ("CustomServiceRole", "Spot", [("Spot", "ServiceRole", {"Ref": "Role"})]),
    ("CustomServiceRole", "Fargate", [("Fargate", "ServiceRole", "arn:aws:iam::123456789012:role/batch")]),
    ("CustomEnvironmentName", "Spot", [("Spot", "ComputeEnvironmentName", "work")]),
    ("ReplaceOnUpdate", "Spot", [("Spot", "ReplaceComputeEnvironment", GONE)]),
    ("ReplaceOnUpdate", "Spot", [("Spot", "ReplaceComputeEnvironment", True)]),
    ("AmazonLinux2", "Spot", [("Spot", f"{RESOURCES}.Ec2Configuration", [{"ImageType": "ECS_AL2"}])]),
    ("AmazonLinux2", "Spot", [("Spot", f"{RESOURCES}.Ec2Configuration", [{"ImageType": "ECS_AL2023"}, {"ImageType": "ECS_AL2_NVIDIA"}])]),
    ("Ec2ConfigurationAbsent", "Spot", [("Spot", f"{RESOURCES}.Ec2Configuration", GONE)]),
    ("Ec2ConfigurationAbsent", "Spot", [("Spot", f"{RESOURCES}.Ec2Configuration", [])]),
    ("MixedArchitecture", "Spot", [("Spot", f"{RESOURCES}.InstanceTypes", ["m6id", "m7gd.large"])]),
    ("MixedArchitecture", "Spot", [("Spot", f"{RESOURCES}.InstanceTypes", ["default_arm64", "c6i"])]),
    ("Ec2AndFargateInOneQueue", "Queue", [("Queue", "ComputeEnvironmentOrder", MIXED)]),
    ("Ec2FieldsOnFargate", "Fargate", [("Fargate", f"{RESOURCES}.InstanceRole", "profile")]),
    ("Ec2FieldsOnFargate", "Fargate", [("Fargate", f"{RESOURCES}.MinvCpus", 0)]),
    ("NeedlessSpotFleetRole", "Spot", [("Spot", f"{RESOURCES}.SpotIamFleetRole", FLEET)]),
    ("NeedlessSpotFleetRole", "Spot", [("Spot", f"{RESOURCES}.Type", "EC2"), ("Spot", f"{RESOURCES}.AllocationStrategy", "BEST_FIT_PROGRESSIVE"), ("Spot", f"{RESOURCES}.SpotIamFleetRole", FLEET)]),
    ("NoJobStateLimits", "Queue", [("Queue", "JobStateTimeLimitActions", GONE)]),
    ("NoJobStateLimits", "FargateQueue", [("FargateQueue", "JobStateTimeLimitActions", [])]),
    ("MutableTags", "Spot", [("Spot", "Tags", {"team": "a"})]),
    ("Imdsv1", "Nodes", [("Nodes", f"{DATA}.MetadataOptions.HttpTokens", "optional")]),
    ("Imdsv1", "Nodes", [("Nodes", f"{DATA}.MetadataOptions.HttpTokens", GONE)]),
    ("HopLimit", "Nodes", [("Nodes", f"{DATA}.MetadataOptions.HttpPutResponseHopLimit", 1)]),
    ("HopLimit", "Nodes", [("Nodes", f"{DATA}.MetadataOptions.HttpPutResponseHopLimit", GONE)]),
    ("UnencryptedVolume", "Nodes", [("Nodes", f"{DATA}.BlockDeviceMappings", [{"Ebs": {"VolumeSize": 50}}])]),
    ("UnencryptedVolume", "Nodes", [("Nodes", f"{DATA}.BlockDeviceMappings", [{"Ebs": {"Encrypted": "false"}}])]),
    ("KeptVolume", "Nodes", [("Nodes", f"{DATA}.BlockDeviceMappings", [{"Ebs": {"Encrypted": True, "DeleteOnTermination": False}}])]),
    ("UserDataNotMultipart", "Nodes", [("Nodes", f"{DATA}.UserData", {"Fn::Base64": "#!/bin/bash\ntrue\n"})]),
    ("UserDataNotMultipart", "Nodes", [("Nodes", f"{DATA}.UserData", {"Fn::Base64": {"Fn::Sub": "#cloud-config\n${AWS::Region}"}})]),
    ("UserDataNotMultipart", "Nodes", [("Nodes", f"{DATA}.UserData", "IyEvYmluL2Jhc2gKdHJ1ZQo=")]),
    ("UserDataNotMultipart", "Nodes", [("Nodes", "LaunchTemplateName", "nodes"), ("Spot", TEMPLATE, {"LaunchTemplateName": "nodes", "Version": "1"}), ("Nodes", f"{DATA}.UserData", {"Fn::Base64": "#!/bin/bash\n"})]),
    ("OpenSecurityGroup", "Group", [("Group", "SecurityGroupIngress", [{"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}, {"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}])]),
    ("OpenSecurityGroup", "Group", [("Group", "SecurityGroupIngress", [{"IpProtocol": "tcp", "CidrIpv6": "::/0"}])]),
    ("OpenSecurityGroup", "Rule", [("Rule", "", {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}})]),
    ("OpenSecurityGroup", "Group", [("Spot", f"{RESOURCES}.SecurityGroupIds", GONE), ("Nodes", f"{DATA}.NetworkInterfaces", [{"Groups": [{"Ref": "Group"}]}]), ("Group", "SecurityGroupIngress", [{"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}])]),
    ("LogGroupWithoutRetention", "Logs", [("Logs", "RetentionInDays", GONE)]),
    ("PrivilegedJobDefinition", "Job", [("Job", "ContainerProperties.Privileged", True)]),
    ("PrivilegedJobDefinition", "Job", [("Job", "ContainerProperties", GONE), ("Job", "EcsProperties", {"TaskProperties": [{"Containers": [{"Image": "i"}, {"Privileged": "true"}]}]})]),
    ("PrivilegedJobDefinition", "Job", [("Job", "ContainerProperties", GONE), ("Job", "NodeProperties", {"NodeRangeProperties": [{"Container": {"Privileged": True}}]})]),
)

HOLDS: tuple[tuple[str, list[Change]], ...] = (
    ("LaunchTemplateVersionAbsent", [("Spot", TEMPLATE, GONE)]),
    ("LaunchTemplateVersionAbsent", [("Spot", f"{TEMPLATE}.Version", 3)]),
    ("LaunchTemplateVersionLatest", [("Spot", f"{TEMPLATE}.Version", "3")]),
    ("LaunchTemplateVersionDefault", [("Spot", f"{TEMPLATE}.Version", {"Ref": "Parameter"})]),
    ("OptimalInstanceType", [("Spot", f"{RESOURCES}.InstanceTypes", {"Ref": "Types"})]),
    ("BestFit", [("Spot", f"{RESOURCES}.AllocationStrategy", {"Ref": "Strategy"})]),
    ("AllocationStrategyUnset", [("Spot", f"{RESOURCES}.Type", "FARGATE_SPOT"), ("Spot", f"{RESOURCES}.AllocationStrategy", GONE)]),
    ("CustomServiceRole", [("Spot", "ServiceRole", "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch")]),
    ("ReplaceOnUpdate", [("Spot", "ReplaceComputeEnvironment", "false")]),
    ("ReplaceOnUpdate", [("Spot", "ReplaceComputeEnvironment", {"Ref": "Parameter"})]),
    ("AmazonLinux2", [("Spot", f"{RESOURCES}.Ec2Configuration", [{"ImageType": "ECS_AL2023_NVIDIA"}])]),
    ("MixedArchitecture", [("Spot", f"{RESOURCES}.InstanceTypes", ["c7gd", "m7gd.large", "default_arm64"])]),
    ("MixedArchitecture", [("Spot", f"{RESOURCES}.InstanceTypes", ["m6id", "no-such-type"])]),
    ("Ec2AndFargateInOneQueue", [("Queue", "ComputeEnvironmentOrder", [*MIXED[1:], {"Order": 3, "ComputeEnvironment": "arn:aws:batch:eu-west-1:123456789012:compute-environment/other"}])]),
    ("NeedlessSpotFleetRole", [("Spot", f"{RESOURCES}.AllocationStrategy", "BEST_FIT"), ("Spot", f"{RESOURCES}.SpotIamFleetRole", FLEET)]),
    ("NeedlessSpotFleetRole", [("Spot", f"{RESOURCES}.AllocationStrategy", GONE), ("Spot", f"{RESOURCES}.SpotIamFleetRole", FLEET)]),
    ("Imdsv1", [("Nodes", f"{DATA}.MetadataOptions.HttpTokens", {"Ref": "Parameter"})]),
    ("HopLimit", [("Nodes", f"{DATA}.MetadataOptions.HttpPutResponseHopLimit", "2")]),
    ("UnencryptedVolume", [("Nodes", f"{DATA}.BlockDeviceMappings", [{"Ebs": {"Encrypted": {"Ref": "Parameter"}}}])]),
    ("KeptVolume", [("Nodes", f"{DATA}.BlockDeviceMappings", [{"Ebs": {"Encrypted": True}}])]),
    ("UserDataNotMultipart", [("Nodes", f"{DATA}.UserData", GONE)]),
    ("UserDataNotMultipart", [("Nodes", f"{DATA}.UserData", {"Fn::Base64": {"Ref": "Parameter"}})]),
    ("UserDataNotMultipart", [("Nodes", f"{DATA}.UserData", {"Fn::Base64": "Content-Type: multipart/mixed; boundary=b\n"})]),
    ("OpenSecurityGroup", [("Group", "SecurityGroupIngress", [{"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}])]),
    ("PrivilegedJobDefinition", [("Job", "ContainerProperties.Privileged", False)]),
)
# fmt: on


def template(changes: list[Change]) -> JSON:
    """Return the good stack with changes."""
    resources = copy.deepcopy(GOOD)
    for logical_id, path, value in changes:
        if not path:
            resources[logical_id] = value
            continue
        *sections, name = path.split(".")
        inner = resources[logical_id]["Properties"]
        for section in sections:
            inner = inner.setdefault(section, {})
        if value is GONE:
            inner.pop(name, None)
        else:
            inner[name] = value
    return {"Resources": resources}
