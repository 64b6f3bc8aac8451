# SPDX-License-Identifier: Apache-2.0
"""AWS Lambda: the function that registers an environment with Seqera Platform."""

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
    "TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration "
    "s3:GetObject",
    passes={"Role": (LAMBDA,)},
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
