# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation calls for each type of resource, in the name of whoever deploys.

Taken from the permissions that AWS documents for the types' handlers, in their schemas; of two
older types that have none, from the services' own pages. A test holds the table against the
schemas.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SCHEMAS = (
    "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html"
)
"""What the permissions of handlers are."""

_NOT_SET = "our templates never set the property that needs it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """The calls of one type.

    Args:
        actions: What is called to create, read, change and delete it.
        kinds: Types of EC2's resources that the calls name; AWS gives them ids.
        omitted: Documented permissions that are left out, each with the reason.
        source: Where the permissions are documented.
    """

    actions: frozenset[str]
    kinds: tuple[str, ...] = ()
    omitted: dict[str, str] = field(default_factory=dict)
    source: str = SCHEMAS


def _of(service: str, names: str) -> frozenset[str]:
    return frozenset(f"{service}:{name}" for name in names.split())


def _without(reason: str, *actions: frozenset[str]) -> dict[str, str]:
    return {action: reason for group in actions for action in group}


_TAGS = _of("ec2", "CreateTags DeleteTags")
_PASS = frozenset({"iam:PassRole"})
_LINK = frozenset({"iam:CreateServiceLinkedRole"})

HANDLERS: dict[str, Handler] = {
    "AWS::Batch::ComputeEnvironment": Handler(
        actions=_of(
            "batch",
            "CreateComputeEnvironment DeleteComputeEnvironment DescribeComputeEnvironments "
            "TagResource UntagResource UpdateComputeEnvironment",
        )
        | _of("ec2", "DescribeLaunchTemplateVersions")
        | _PASS
        | _LINK,
        omitted={
            **_without(
                "only environments on Amazon EKS need it",
                _of(
                    "eks",
                    "AssociateAccessPolicy CreateAccessEntry DeleteAccessEntry "
                    "DescribeAccessEntry DescribeCluster ListAssociatedAccessPolicies",
                ),
            ),
            "batch:SetCapacityTags": "AWS's list of actions has no such action",
        },
    ),
    "AWS::Batch::JobDefinition": Handler(
        actions=_of(
            "batch",
            "DeregisterJobDefinition DescribeJobDefinitions RegisterJobDefinition TagResource "
            "UntagResource",
        )
        | _PASS,
    ),
    "AWS::Batch::JobQueue": Handler(
        actions=_of(
            "batch",
            "CreateJobQueue DeleteJobQueue DescribeJobQueues TagResource UntagResource "
            "UpdateJobQueue",
        ),
    ),
    "AWS::EC2::InternetGateway": Handler(
        actions=_of("ec2", "CreateInternetGateway DeleteInternetGateway DescribeInternetGateways")
        | _TAGS,
        kinds=("internet-gateway",),
    ),
    "AWS::EC2::LaunchTemplate": Handler(
        actions=_of(
            "ec2",
            "CreateLaunchTemplate CreateLaunchTemplateVersion DeleteLaunchTemplate "
            "DescribeLaunchTemplates",
        )
        | _TAGS,
        kinds=("launch-template",),
    ),
    "AWS::EC2::Route": Handler(
        actions=_of("ec2", "CreateRoute DeleteRoute DescribeRouteTables ReplaceRoute"),
        kinds=("internet-gateway", "route-table"),
        omitted={"ec2:DescribeNetworkInterfaces": "our routes lead to gateways only"},
    ),
    "AWS::EC2::RouteTable": Handler(
        actions=_of("ec2", "CreateRouteTable DeleteRouteTable DescribeRouteTables") | _TAGS,
        kinds=("route-table", "vpc"),
    ),
    "AWS::EC2::SecurityGroup": Handler(
        actions=_of(
            "ec2",
            "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup "
            "DeleteSecurityGroup DescribeSecurityGroups RevokeSecurityGroupEgress "
            "RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress "
            "UpdateSecurityGroupRuleDescriptionsIngress",
        )
        | _TAGS,
        kinds=("security-group", "security-group-rule", "vpc"),
        omitted={"ec2:DescribeInstances": "only EC2-Classic needed it"},
    ),
    "AWS::EC2::SecurityGroupIngress": Handler(
        actions=_of(
            "ec2",
            "AuthorizeSecurityGroupIngress DescribeSecurityGroupRules DescribeSecurityGroups "
            "RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsIngress",
        ),
        kinds=("security-group", "security-group-rule"),
    ),
    "AWS::EC2::Subnet": Handler(
        actions=_of("ec2", "CreateSubnet DeleteSubnet DescribeSubnets ModifySubnetAttribute")
        # Zones are asked for by Fn::GetAZs.
        | _of("ec2", "DescribeAvailabilityZones")
        | _TAGS,
        kinds=("subnet", "vpc"),
        omitted=_without(
            _NOT_SET,
            _of("ec2", "AssociateSubnetCidrBlock DescribeNetworkAcls DisassociateSubnetCidrBlock"),
        ),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Handler(
        actions=_of(
            "ec2",
            "AssociateRouteTable DescribeRouteTables DescribeSubnets DisassociateRouteTable "
            "ReplaceRouteTableAssociation",
        ),
        kinds=("route-table", "subnet"),
    ),
    "AWS::EC2::VPC": Handler(
        actions=_of(
            "ec2",
            "CreateVpc DeleteVpc DescribeNetworkAcls DescribeSecurityGroups DescribeVpcAttribute "
            "DescribeVpcs ModifyVpcAttribute",
        )
        | _TAGS,
        kinds=("vpc",),
        omitted=_without(
            _NOT_SET,
            _of("ec2", "CreateVpcEncryptionControl DescribeVpcEncryptionControls ModifyVpcTenancy"),
        ),
    ),
    "AWS::EC2::VPCEndpoint": Handler(
        actions=_of(
            "ec2",
            "CreateVpcEndpoint DeleteVpcEndpoints DescribeSecurityGroups DescribeSubnets "
            "DescribeVpcEndpoints DescribeVpcs ModifyVpcEndpoint",
        )
        | _TAGS,
        kinds=("route-table", "vpc", "vpc-endpoint"),
        omitted=_without(
            "our endpoint is a gateway for S3 in its own region",
            _of(
                "vpc-lattice",
                "CreateServiceNetworkVpcEndpointAssociation "
                "DescribeServiceNetworkVpcEndpointAssociation",
            ),
            _of("vpce", "AllowMultiRegion"),
        ),
    ),
    "AWS::EC2::VPCGatewayAttachment": Handler(
        actions=_of("ec2", "AttachInternetGateway DescribeInternetGateways DetachInternetGateway"),
        kinds=("internet-gateway", "vpc"),
        omitted=_without(
            "our gateway is an internet gateway",
            _of("ec2", "AttachVpnGateway DescribeVpnGateways DetachVpnGateway"),
        ),
    ),
    "AWS::EFS::FileSystem": Handler(
        actions=_of(
            "elasticfilesystem",
            "CreateFileSystem DeleteFileSystem DescribeBackupPolicy DescribeFileSystemPolicy "
            "DescribeFileSystems DescribeLifecycleConfiguration "
            "DescribeReplicationConfigurations ListTagsForResource PutBackupPolicy "
            "PutLifecycleConfiguration TagResource UntagResource UpdateFileSystem",
        )
        | _LINK,
        omitted={
            **_without(
                _NOT_SET,
                _of(
                    "elasticfilesystem",
                    "CreateReplicationConfiguration DeleteFileSystemPolicy "
                    "DeleteReplicationConfiguration PutFileSystemPolicy "
                    "UpdateFileSystemProtection",
                ),
                _PASS,
                _of("kms", "CreateGrant DescribeKey GenerateDataKeyWithoutPlaintext"),
            ),
            "elasticfilesystem:DeleteTags": "the older call of elasticfilesystem:UntagResource",
        },
    ),
    "AWS::EFS::MountTarget": Handler(
        actions=_of(
            "elasticfilesystem",
            "CreateMountTarget DeleteMountTarget DescribeMountTargetSecurityGroups "
            "DescribeMountTargets ModifyMountTargetSecurityGroups",
        )
        # What EFS asks of its caller beside: a mount target is a network interface.
        | _of(
            "ec2",
            "CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces "
            "DescribeSecurityGroups DescribeSubnets ModifyNetworkInterfaceAttribute",
        ),
        kinds=("network-interface", "security-group", "subnet"),
    ),
    "AWS::FSx::FileSystem": Handler(
        actions=_of(
            "fsx",
            "CreateFileSystem DeleteFileSystem DescribeFileSystems ListTagsForResource "
            "TagResource UntagResource UpdateFileSystem",
        )
        | _of("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs")
        | _LINK,
        source="https://docs.aws.amazon.com/fsx/latest/LustreGuide/access-control-manage-access-intro.html",
    ),
    "AWS::IAM::AccessKey": Handler(
        actions=_of("iam", "CreateAccessKey DeleteAccessKey ListAccessKeys UpdateAccessKey"),
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    "AWS::IAM::InstanceProfile": Handler(
        actions=_of(
            "iam",
            "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile "
            "GetInstanceProfile RemoveRoleFromInstanceProfile",
        )
        | _PASS,
    ),
    "AWS::IAM::ManagedPolicy": Handler(
        actions=_of(
            "iam",
            "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy "
            "GetPolicyVersion ListEntitiesForPolicy ListPolicyVersions",
        ),
        omitted=_without(
            "roles and users name their policies, not the other way round",
            _of(
                "iam",
                "AttachGroupPolicy AttachRolePolicy AttachUserPolicy DetachGroupPolicy "
                "DetachRolePolicy DetachUserPolicy",
            ),
        ),
    ),
    "AWS::IAM::OIDCProvider": Handler(
        actions=_of(
            "iam",
            "AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider "
            "DeleteOpenIDConnectProvider GetOpenIDConnectProvider "
            "ListOpenIDConnectProviderTags RemoveClientIDFromOpenIDConnectProvider "
            "TagOpenIDConnectProvider UntagOpenIDConnectProvider",
        ),
        omitted={"iam:UpdateOpenIDConnectProviderThumbprint": _NOT_SET},
    ),
    "AWS::IAM::Role": Handler(
        actions=_of(
            "iam",
            "AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole "
            "GetRolePolicy ListAttachedRolePolicies ListRolePolicies PutRolePermissionsBoundary "
            "PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole "
            "UpdateRoleDescription",
        ),
        omitted={"iam:DeleteRolePermissionsBoundary": "a boundary once set is not taken away"},
    ),
    "AWS::IAM::User": Handler(
        actions=_of(
            "iam",
            "AttachUserPolicy CreateUser DeleteUser DetachUserPolicy GetUser ListAccessKeys "
            "ListAttachedUserPolicies ListGroupsForUser ListUserPolicies ListUserTags "
            "PutUserPermissionsBoundary TagUser UntagUser",
        ),
        omitted={
            **_without(
                "our user has no password, groups or inline policies",
                _of(
                    "iam",
                    "AddUserToGroup CreateLoginProfile DeleteLoginProfile DeleteUserPolicy "
                    "GetLoginProfile GetUserPolicy PutUserPolicy RemoveUserFromGroup "
                    "UpdateLoginProfile UpdateUser",
                ),
            ),
            "iam:DeleteAccessKey": "keys are resources of their own",
            "iam:DeleteUserPermissionsBoundary": "a boundary once set is not taken away",
        },
    ),
    "AWS::Lambda::Function": Handler(
        actions=_of(
            "lambda",
            "CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig "
            "GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig "
            "InvokeFunction TagResource UntagResource UpdateFunctionCode "
            "UpdateFunctionConfiguration",
        )
        | _of("s3", "GetObject")
        | _PASS,
        omitted=_without(
            _NOT_SET,
            _of(
                "lambda",
                "AssociateRuntimeAlias DeleteFunctionCodeSigningConfig DeleteFunctionConcurrency "
                "GetCodeSigningConfig GetLayerVersion PassCapacityProvider PublishVersion "
                "PutFunctionCodeSigningConfig PutFunctionConcurrency PutFunctionRecursionConfig "
                "PutFunctionScalingConfig PutRuntimeManagementConfig",
            ),
            _of(
                "ec2",
                "DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs",
            ),
            _of("elasticfilesystem", "DescribeMountTargets"),
            _of("kms", "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey"),
            _of("s3", "GetObjectVersion"),
            _of("s3files", "ListMountTargets"),
        ),
    ),
    "AWS::Logs::LogGroup": Handler(
        actions=_of(
            "logs",
            "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DescribeIndexPolicies "
            "DescribeLogGroups GetDataProtectionPolicy ListTagsForResource PutRetentionPolicy "
            "TagResource UntagResource",
        ),
        omitted=_without(
            _NOT_SET,
            _of(
                "logs",
                "AssociateKmsKey CreateLogDelivery DeleteDataProtectionPolicy DeleteIndexPolicy "
                "DeleteResourcePolicy DescribeResourcePolicies DisassociateKmsKey "
                "PutBearerTokenAuthentication PutDataProtectionPolicy PutIndexPolicy "
                "PutLogGroupDeletionProtection PutResourcePolicy",
            ),
            _of("firehose", "TagDeliveryStream"),
            _of("s3", "REST.PUT.OBJECT"),
        ),
    ),
    "AWS::SecretsManager::Secret": Handler(
        actions=_of(
            "secretsmanager",
            "CreateSecret DeleteSecret DescribeSecret GetSecretValue TagResource UntagResource "
            "UpdateSecret",
        ),
        omitted=_without(
            _NOT_SET,
            _of(
                "secretsmanager",
                "GetRandomPassword RemoveRegionsFromReplication ReplicateSecretToRegions",
            ),
        ),
    ),
}
"""By type; those of examples, and of the function that registers environments."""
