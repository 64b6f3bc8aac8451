# SPDX-License-Identifier: Apache-2.0
"""Which properties of a resource CloudFormation can only set at creation, so that it replaces.

The create-only properties of CloudFormation's resource schemas, of the types that are made here;
a test compares each row with the schemas. Types with a `.` name a property inside another.
"""

from __future__ import annotations

CREATE_ONLY: dict[str, frozenset[str]] = {
    "AWS::Batch::ComputeEnvironment": frozenset(
        {"ComputeEnvironmentName", "ComputeResources.SpotIamFleetRole", "Tags", "Type"}
    ),
    "AWS::Batch::JobDefinition": frozenset({"JobDefinitionName"}),
    "AWS::Batch::JobQueue": frozenset({"JobQueueName", "JobQueueType"}),
    "AWS::EC2::EIP": frozenset({"Address", "IpamPoolId", "NetworkBorderGroup", "TransferAddress"}),
    "AWS::EC2::FlowLog": frozenset(
        {
            "DeliverCrossAccountRole",
            "DeliverLogsPermissionArn",
            "DestinationOptions",
            "LogDestination",
            "LogDestinationType",
            "LogFormat",
            "LogGroupName",
            "MaxAggregationInterval",
            "ResourceId",
            "ResourceType",
            "TrafficType",
        }
    ),
    "AWS::EC2::InternetGateway": frozenset(),
    "AWS::EC2::LaunchTemplate": frozenset({"LaunchTemplateName"}),
    "AWS::EC2::NatGateway": frozenset(
        {"AllocationId", "ConnectivityType", "PrivateIpAddress", "SubnetId", "VpcId"}
    ),
    "AWS::EC2::Route": frozenset(
        {
            "DestinationCidrBlock",
            "DestinationIpv6CidrBlock",
            "DestinationPrefixListId",
            "RouteTableId",
        }
    ),
    "AWS::EC2::RouteTable": frozenset({"VpcId"}),
    "AWS::EC2::SecurityGroup": frozenset({"GroupDescription", "GroupName", "VpcId"}),
    "AWS::EC2::SecurityGroupEgress": frozenset(
        {
            "CidrIp",
            "CidrIpv6",
            "DestinationPrefixListId",
            "DestinationSecurityGroupId",
            "FromPort",
            "GroupId",
            "IpProtocol",
            "ToPort",
        }
    ),
    "AWS::EC2::SecurityGroupIngress": frozenset(
        {
            "CidrIp",
            "CidrIpv6",
            "FromPort",
            "GroupId",
            "GroupName",
            "IpProtocol",
            "SourcePrefixListId",
            "SourceSecurityGroupId",
            "SourceSecurityGroupName",
            "SourceSecurityGroupOwnerId",
            "ToPort",
        }
    ),
    "AWS::EC2::Subnet": frozenset(
        {"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "OutpostArn", "VpcId"}
    ),
    "AWS::EC2::SubnetRouteTableAssociation": frozenset({"RouteTableId", "SubnetId"}),
    "AWS::EC2::VPC": frozenset({"CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength"}),
    "AWS::EC2::VPCEndpoint": frozenset({"ServiceName", "VpcEndpointType", "VpcId"}),
    "AWS::EC2::VPCGatewayAttachment": frozenset({"VpcId"}),
    "AWS::EFS::FileSystem": frozenset(
        {"AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode"}
    ),
    "AWS::EFS::MountTarget": frozenset({"FileSystemId", "IpAddress", "SubnetId"}),
    "AWS::FSx::DataRepositoryAssociation": frozenset(
        {"BatchImportMetaDataOnCreate", "DataRepositoryPath", "FileSystemId", "FileSystemPath"}
    ),
    "AWS::FSx::FileSystem": frozenset(
        {"BackupId", "FileSystemType", "KmsKeyId", "SecurityGroupIds", "SubnetIds"}
    ),
    "AWS::IAM::AccessKey": frozenset({"Serial", "UserName"}),
    "AWS::IAM::InstanceProfile": frozenset({"InstanceProfileName", "Path"}),
    "AWS::IAM::ManagedPolicy": frozenset({"Description", "ManagedPolicyName", "Path"}),
    "AWS::IAM::OIDCProvider": frozenset({"Url"}),
    "AWS::IAM::Role": frozenset({"Path", "RoleName"}),
    "AWS::IAM::User": frozenset({"UserName"}),
    "AWS::KMS::Alias": frozenset({"AliasName"}),
    "AWS::KMS::Key": frozenset(),
    "AWS::Logs::LogGroup": frozenset({"LogGroupName"}),
    "AWS::S3::Bucket": frozenset({"BucketName"}),
    "AWS::S3::BucketPolicy": frozenset({"Bucket"}),
    "AWS::SecretsManager::Secret": frozenset({"Name"}),
}
"""By type; what the templates here never write may be missing."""

ONLY_DOCUMENTED: dict[str, frozenset[str]] = {
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-fsx-filesystem-lustreconfiguration.html
    "AWS::FSx::FileSystem": frozenset({"LustreConfiguration.DeploymentType"}),
}
"""Replacements that the user guide states and the schema leaves out."""

INFRASTRUCTURE = frozenset(
    {
        "ComputeResources.AllocationStrategy",
        "ComputeResources.BidPercentage",
        "ComputeResources.Ec2Configuration",
        "ComputeResources.Ec2KeyPair",
        "ComputeResources.ImageId",
        "ComputeResources.InstanceRole",
        "ComputeResources.InstanceTypes",
        "ComputeResources.LaunchTemplate",
        "ComputeResources.PlacementGroup",
        "ComputeResources.ScalingPolicy",
        "ComputeResources.SecurityGroupIds",
        "ComputeResources.Subnets",
        "ComputeResources.Tags",
        "ComputeResources.Type",
    }
)
"""What makes AWS Batch start new nodes and end the old ones; the rest of an environment scales.

https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html"""

NAMES = {
    "AWS::Batch::JobDefinition": "JobDefinitionName",
    "AWS::Batch::JobQueue": "JobQueueName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
}
"""The property that names a resource; what keeps its name cannot be replaced.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-supported-actions.html"""

MOVING = frozenset({("AWS::EC2::LaunchTemplate", "LatestVersionNumber")})
"""Attributes that change when their resource changes in place; ids, names and ARNs do not."""
