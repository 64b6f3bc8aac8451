# SPDX-License-Identifier: Apache-2.0
"""AWS Lambda: functions, and who may call them."""

from __future__ import annotations

from seqera_batch.catalog.principals import LAMBDA
from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind

FUNCTION = Kind(
    type="AWS::Lambda::Function",
    title="function",
    create_only="FunctionName PackageType",
    name="FunctionName",
    stakes=NOTHING,
    arns="lambda:function:{FunctionName}",
    calls="lambda:CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig "
    "GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig "
    "TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration",
    passes={"Role": (LAMBDA,)},
    # Shorter code stands in the template itself.
    besides={"s3:GetObject": lambda made: "S3Key" in made["Code"]},
    omitted={
        NOT_SET: "lambda:AssociateRuntimeAlias DeleteFunctionCodeSigningConfig "
        "DeleteFunctionConcurrency GetCodeSigningConfig GetLayerVersion PassCapacityProvider "
        "PublishVersion PutFunctionCodeSigningConfig PutFunctionConcurrency "
        "PutFunctionRecursionConfig PutFunctionScalingConfig PutRuntimeManagementConfig "
        "ec2:DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs "
        "elasticfilesystem:DescribeMountTargets kms:CreateGrant Decrypt DescribeKey Encrypt "
        "GenerateDataKey s3:GetObjectVersion s3files:ListMountTargets"
    },
)

PERMISSION = Kind(
    type="AWS::Lambda::Permission",
    title="permission to call a function",
    create_only="FunctionName FunctionUrlAuthType InvokedViaFunctionUrl SourceAccount SourceArn "
    "Principal PrincipalOrgID Action EventSourceToken",
    stakes=NOTHING,
    tags=None,
    arns="",
    calls="lambda:AddPermission GetPolicy RemovePermission",
)
