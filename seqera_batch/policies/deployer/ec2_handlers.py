# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation calls for Amazon EC2's types, networks among them."""

from __future__ import annotations

from seqera_batch.policies.deployer.handler import LINK, NOT_SET, PASS, TAGS, Handler, of, without

EC2_HANDLERS: dict[str, Handler] = {
    "AWS::EC2::InternetGateway": Handler(
        actions=of("ec2", "CreateInternetGateway DeleteInternetGateway DescribeInternetGateways")
        | TAGS,
        kinds=("internet-gateway",),
    ),
    "AWS::EC2::LaunchTemplate": Handler(
        actions=of(
            "ec2",
            "CreateLaunchTemplate CreateLaunchTemplateVersion DeleteLaunchTemplate "
            "DescribeLaunchTemplates",
        )
        | TAGS,
        kinds=("launch-template",),
    ),
    "AWS::EC2::Route": Handler(
        actions=of("ec2", "CreateRoute DeleteRoute DescribeRouteTables ReplaceRoute"),
        kinds=("internet-gateway", "route-table"),
        omitted={"ec2:DescribeNetworkInterfaces": "our routes lead to gateways only"},
    ),
    "AWS::EC2::RouteTable": Handler(
        actions=of("ec2", "CreateRouteTable DeleteRouteTable DescribeRouteTables") | TAGS,
        kinds=("route-table", "vpc"),
    ),
    "AWS::EC2::SecurityGroup": Handler(
        actions=of(
            "ec2",
            "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup "
            "DeleteSecurityGroup DescribeSecurityGroups RevokeSecurityGroupEgress "
            "RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress "
            "UpdateSecurityGroupRuleDescriptionsIngress",
        )
        | TAGS,
        kinds=("security-group", "security-group-rule", "vpc"),
        omitted={"ec2:DescribeInstances": "only EC2-Classic needed it"},
    ),
    "AWS::EC2::SecurityGroupIngress": Handler(
        actions=of(
            "ec2",
            "AuthorizeSecurityGroupIngress DescribeSecurityGroupRules DescribeSecurityGroups "
            "RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsIngress",
        ),
        kinds=("security-group", "security-group-rule"),
    ),
    "AWS::EC2::Subnet": Handler(
        actions=of("ec2", "CreateSubnet DeleteSubnet DescribeSubnets ModifySubnetAttribute")
        # Zones are asked for by Fn::GetAZs.
        | of("ec2", "DescribeAvailabilityZones")
        | TAGS,
        kinds=("subnet", "vpc"),
        omitted=without(
            NOT_SET,
            of("ec2", "AssociateSubnetCidrBlock DescribeNetworkAcls DisassociateSubnetCidrBlock"),
        ),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Handler(
        actions=of(
            "ec2",
            "AssociateRouteTable DescribeRouteTables DescribeSubnets DisassociateRouteTable "
            "ReplaceRouteTableAssociation",
        ),
        kinds=("route-table", "subnet"),
    ),
    "AWS::EC2::VPC": Handler(
        actions=of(
            "ec2",
            "CreateVpc DeleteVpc DescribeNetworkAcls DescribeSecurityGroups DescribeVpcAttribute "
            "DescribeVpcs ModifyVpcAttribute",
        )
        | TAGS,
        kinds=("vpc",),
        omitted=without(
            NOT_SET,
            of("ec2", "CreateVpcEncryptionControl DescribeVpcEncryptionControls ModifyVpcTenancy"),
        ),
    ),
    "AWS::EC2::VPCEndpoint": Handler(
        actions=of(
            "ec2",
            "CreateVpcEndpoint DeleteVpcEndpoints DescribeSecurityGroups DescribeSubnets "
            "DescribeVpcEndpoints DescribeVpcs ModifyVpcEndpoint",
        )
        | TAGS,
        kinds=("route-table", "security-group", "subnet", "vpc", "vpc-endpoint"),
        omitted=without(
            "our endpoints are of AWS's services, in their own region",
            of(
                "vpc-lattice",
                "CreateServiceNetworkVpcEndpointAssociation "
                "DescribeServiceNetworkVpcEndpointAssociation",
            ),
            of("vpce", "AllowMultiRegion"),
        ),
    ),
    "AWS::EC2::EIP": Handler(
        actions=of(
            "ec2",
            "AllocateAddress AssociateAddress DescribeAddresses DisassociateAddress ReleaseAddress",
        )
        | TAGS,
        kinds=("elastic-ip",),
        omitted=without(NOT_SET, of("ec2", "AcceptAddressTransfer")),
    ),
    "AWS::EC2::NatGateway": Handler(
        actions=of("ec2", "CreateNatGateway DeleteNatGateway DescribeNatGateways") | TAGS,
        kinds=("elastic-ip", "natgateway", "subnet"),
        omitted=without(
            NOT_SET,
            of(
                "ec2",
                "AssignPrivateNatGatewayAddress AssociateNatGatewayAddress "
                "DisassociateNatGatewayAddress UnassignPrivateNatGatewayAddress",
            ),
        ),
    ),
    "AWS::EC2::FlowLog": Handler(
        actions=of("ec2", "CreateFlowLogs DeleteFlowLogs DescribeFlowLogs DescribeTags")
        | TAGS
        | PASS,
        kinds=("vpc", "vpc-flow-log"),
        omitted=without(
            "our flow logs go to CloudWatch Logs under a role",
            of("autoscaling", "DescribeTags"),
            of("logs", "CreateLogDelivery DeleteLogDelivery"),
            of("s3", "GetBucketPolicy PutBucketPolicy"),
            LINK,
        ),
    ),
    "AWS::EC2::SecurityGroupEgress": Handler(
        actions=of(
            "ec2",
            "AuthorizeSecurityGroupEgress DescribeSecurityGroupRules RevokeSecurityGroupEgress "
            "UpdateSecurityGroupRuleDescriptionsEgress",
        ),
        kinds=("security-group", "security-group-rule"),
    ),
    "AWS::EC2::VPCGatewayAttachment": Handler(
        actions=of("ec2", "AttachInternetGateway DescribeInternetGateways DetachInternetGateway"),
        kinds=("internet-gateway", "vpc"),
        omitted=without(
            "our gateway is an internet gateway",
            of("ec2", "AttachVpnGateway DescribeVpnGateways DetachVpnGateway"),
        ),
    ),
}
"""By type."""
