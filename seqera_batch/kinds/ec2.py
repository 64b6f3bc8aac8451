# SPDX-License-Identifier: Apache-2.0
"""Amazon EC2: what nodes start with, and the network that they start in."""

from __future__ import annotations

from seqera_batch.catalog.principals import FLOW_LOGS
from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind, Properties, Stakes, Tags


def _kms_key_of_volumes(made: Properties, key: str) -> Properties:
    data = made["LaunchTemplateData"]
    devices = [
        {**device, "Ebs": {**device["Ebs"], "KmsKeyId": key}}
        for device in data["BlockDeviceMappings"]
    ]
    return {"LaunchTemplateData": {**data, "BlockDeviceMappings": devices}}


EIP = Kind(
    type="AWS::EC2::EIP",
    title="elastic IP address",
    create_only="Address IpamPoolId NetworkBorderGroup TransferAddress",
    stakes=Stakes(idle_cost="charged by the hour"),
    arns="ec2:elastic-ip/*",
    calls="ec2:AllocateAddress AssociateAddress CreateTags DeleteTags DescribeAddresses "
    "DisassociateAddress ReleaseAddress",
    omitted={NOT_SET: "ec2:AcceptAddressTransfer"},
)

FLOW_LOG = Kind(
    type="AWS::EC2::FlowLog",
    title="flow log",
    create_only="DeliverCrossAccountRole DeliverLogsPermissionArn DestinationOptions "
    "LogDestination LogDestinationType LogFormat LogGroupName MaxAggregationInterval ResourceId "
    "ResourceType TrafficType",
    stakes=Stakes(protects="traffic of the VPC is recorded"),
    arns="ec2:vpc/* ec2:vpc-flow-log/*",
    calls="ec2:CreateFlowLogs CreateTags DeleteFlowLogs DeleteTags DescribeFlowLogs DescribeTags",
    passes={"DeliverLogsPermissionArn": (FLOW_LOGS,)},
    omitted={
        "our flow logs go to CloudWatch Logs under a role": "autoscaling:DescribeTags "
        "iam:CreateServiceLinkedRole logs:CreateLogDelivery DeleteLogDelivery s3:GetBucketPolicy "
        "PutBucketPolicy"
    },
)

INTERNET_GATEWAY = Kind(
    type="AWS::EC2::InternetGateway",
    title="internet gateway",
    create_only="",
    stakes=Stakes(opens="a way to the internet and from it"),
    arns="ec2:internet-gateway/*",
    calls="ec2:CreateInternetGateway CreateTags DeleteInternetGateway DeleteTags "
    "DescribeInternetGateways",
)

LAUNCH_TEMPLATE = Kind(
    type="AWS::EC2::LaunchTemplate",
    title="launch template",
    create_only="LaunchTemplateName",
    name="LaunchTemplateName",
    moving="LatestVersionNumber",
    stakes=NOTHING,
    tags=Tags("TagSpecifications", "specifications"),
    kms_key=_kms_key_of_volumes,
    arns="ec2:launch-template/*",
    calls="ec2:CreateLaunchTemplate CreateLaunchTemplateVersion CreateTags DeleteLaunchTemplate "
    "DeleteTags DescribeLaunchTemplates",
)

NAT_GATEWAY = Kind(
    type="AWS::EC2::NatGateway",
    title="NAT gateway",
    create_only="AllocationId ConnectivityType PrivateIpAddress SubnetId VpcId",
    stakes=Stakes(
        opens="a way to the internet",
        idle_cost="charged by the hour, and by the amount of data besides",
    ),
    arns="ec2:elastic-ip/* ec2:natgateway/* ec2:subnet/*",
    calls="ec2:CreateNatGateway CreateTags DeleteNatGateway DeleteTags DescribeNatGateways",
    omitted={
        NOT_SET: "ec2:AssignPrivateNatGatewayAddress AssociateNatGatewayAddress "
        "DisassociateNatGatewayAddress UnassignPrivateNatGatewayAddress"
    },
)

ROUTE = Kind(
    type="AWS::EC2::Route",
    title="route",
    create_only="DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId "
    "RouteTableId",
    stakes=NOTHING,
    tags=None,
    arns="ec2:route-table/*",
    calls="ec2:CreateRoute DeleteRoute DescribeRouteTables ReplaceRoute",
    omitted={"our routes lead to gateways only": "ec2:DescribeNetworkInterfaces"},
)

ROUTE_TABLE = Kind(
    type="AWS::EC2::RouteTable",
    title="route table",
    create_only="VpcId",
    stakes=NOTHING,
    arns="ec2:route-table/* ec2:vpc/*",
    calls="ec2:CreateRouteTable CreateTags DeleteRouteTable DeleteTags DescribeRouteTables",
)

SECURITY_GROUP = Kind(
    type="AWS::EC2::SecurityGroup",
    title="security group",
    create_only="GroupDescription GroupName VpcId",
    name="GroupName",
    stakes=NOTHING,
    arns="ec2:security-group/* ec2:security-group-rule/* ec2:vpc/*",
    calls="ec2:AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup "
    "CreateTags DeleteSecurityGroup DeleteTags DescribeSecurityGroups RevokeSecurityGroupEgress "
    "RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress "
    "UpdateSecurityGroupRuleDescriptionsIngress",
    omitted={"only EC2-Classic needed it": "ec2:DescribeInstances"},
)

SECURITY_GROUP_EGRESS = Kind(
    type="AWS::EC2::SecurityGroupEgress",
    title="rule of a security group, outwards",
    create_only="CidrIp CidrIpv6 DestinationPrefixListId DestinationSecurityGroupId FromPort "
    "GroupId IpProtocol ToPort",
    stakes=NOTHING,
    tags=None,
    arns="ec2:security-group/* ec2:security-group-rule/*",
    calls="ec2:AuthorizeSecurityGroupEgress DescribeSecurityGroupRules RevokeSecurityGroupEgress "
    "UpdateSecurityGroupRuleDescriptionsEgress",
)

SECURITY_GROUP_INGRESS = Kind(
    type="AWS::EC2::SecurityGroupIngress",
    title="rule of a security group, inwards",
    create_only="CidrIp CidrIpv6 FromPort GroupId GroupName IpProtocol SourcePrefixListId "
    "SourceSecurityGroupId SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort",
    stakes=NOTHING,
    tags=None,
    arns="ec2:security-group/* ec2:security-group-rule/*",
    calls="ec2:AuthorizeSecurityGroupIngress DescribeSecurityGroupRules DescribeSecurityGroups "
    "RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsIngress",
)

SUBNET = Kind(
    type="AWS::EC2::Subnet",
    title="subnet",
    create_only="AvailabilityZone AvailabilityZoneId CidrBlock OutpostArn VpcId",
    stakes=NOTHING,
    arns="ec2:subnet/* ec2:vpc/*",
    # Zones are asked for by Fn::GetAZs.
    calls="ec2:CreateSubnet CreateTags DeleteSubnet DeleteTags DescribeAvailabilityZones "
    "DescribeSubnets ModifySubnetAttribute",
    omitted={
        NOT_SET: "ec2:AssociateSubnetCidrBlock DescribeNetworkAcls DisassociateSubnetCidrBlock"
    },
)

SUBNET_ROUTE_TABLE_ASSOCIATION = Kind(
    type="AWS::EC2::SubnetRouteTableAssociation",
    title="association of a subnet with a route table",
    create_only="RouteTableId SubnetId",
    stakes=NOTHING,
    tags=None,
    arns="ec2:route-table/* ec2:subnet/*",
    calls="ec2:AssociateRouteTable DescribeRouteTables DescribeSubnets DisassociateRouteTable "
    "ReplaceRouteTableAssociation",
)

VPC = Kind(
    type="AWS::EC2::VPC",
    title="VPC",
    create_only="CidrBlock Ipv4IpamPoolId Ipv4NetmaskLength",
    stakes=NOTHING,
    arns="ec2:vpc/*",
    calls="ec2:CreateTags CreateVpc DeleteTags DeleteVpc DescribeNetworkAcls "
    "DescribeSecurityGroups DescribeVpcAttribute DescribeVpcs ModifyVpcAttribute",
    omitted={
        NOT_SET: "ec2:CreateVpcEncryptionControl DescribeVpcEncryptionControls ModifyVpcTenancy"
    },
)

VPC_ENDPOINT = Kind(
    type="AWS::EC2::VPCEndpoint",
    title="VPC endpoint",
    create_only="ServiceName VpcEndpointType VpcId",
    stakes=Stakes(idle_cost="charged by the hour in each zone; a gateway endpoint is free"),
    open_without_policy=True,
    arns="ec2:route-table/* ec2:security-group/* ec2:subnet/* ec2:vpc/* ec2:vpc-endpoint/* "
    "route53:hostedzone/*",
    # In no schema: https://docs.aws.amazon.com/vpc/latest/privatelink/security_iam_id-based-policy-examples.html
    besides={
        "route53:AssociateVPCWithHostedZone": lambda made: bool(made.get("PrivateDnsEnabled"))
    },
    calls="ec2:CreateTags CreateVpcEndpoint DeleteTags DeleteVpcEndpoints DescribeSecurityGroups "
    "DescribeSubnets DescribeVpcEndpoints DescribeVpcs ModifyVpcEndpoint",
    omitted={
        "our endpoints are of AWS's services, in their own region": "vpce:AllowMultiRegion "
        "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation "
        "DescribeServiceNetworkVpcEndpointAssociation"
    },
)

VPC_GATEWAY_ATTACHMENT = Kind(
    type="AWS::EC2::VPCGatewayAttachment",
    title="attachment of a gateway to a VPC",
    create_only="VpcId",
    stakes=NOTHING,
    tags=None,
    arns="ec2:internet-gateway/* ec2:vpc/*",
    calls="ec2:AttachInternetGateway DescribeInternetGateways DetachInternetGateway",
    omitted={
        "our gateway is an internet gateway": "ec2:AttachVpnGateway DescribeVpnGateways "
        "DetachVpnGateway"
    },
)
