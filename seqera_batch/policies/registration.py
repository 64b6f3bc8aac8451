# SPDX-License-Identifier: Apache-2.0
"""What the function that registers an environment with Platform may do."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog.principals import LAMBDA
from seqera_batch.policies.document import Scope, Statement, document
from seqera_batch.records import dataclass

_LAMBDA_ROLE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
_LAMBDA_VPC = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"
_SECRET_KEYS = (
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"  # noqa: S105 - a page
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationAccess:
    """What the function reaches; the values may be tokens.

    Args:
        token_secret: ARN of the secret with Platform's access token.
        token_key: ARN of the KMS key of that secret, if not AWS's own.
        log_streams: ARN of the streams of its log group, `…:log-group:NAME:*`.
        in_vpc: Whether it runs in a VPC.
    """

    token_secret: str
    token_key: str | None = None
    log_streams: str
    in_vpc: bool = False


@document
def trust_lambda() -> Iterator[Statement]:
    """Trust of the function's role."""
    yield Statement(
        sid="AllowLambda",
        actions=("sts:AssumeRole",),
        reason="Lambda runs the function under the role",
        principal=LAMBDA,
        source=_LAMBDA_ROLE,
    )


@document
def registration(scope: Scope, access: RegistrationAccess) -> Iterator[Statement]:
    """Permissions of the function: read one secret and write its own log."""
    yield Statement(
        sid="ReadPlatformToken",
        actions=("secretsmanager:GetSecretValue",),
        resources=(access.token_secret,),
        reason="the access token with which the environment is registered is kept there",
    )
    yield Statement(
        sid="WriteOwnLog",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(access.log_streams,),
        reason="the function's log tells each request to Platform and its outcome",
        source=_LAMBDA_ROLE,
    )
    if access.token_key is not None:
        yield Statement(
            sid="DecryptPlatformToken",
            actions=("kms:Decrypt",),
            resources=(access.token_key,),
            # Like, not equal: a secret found by name has ?????? for what AWS adds to it.
            conditions={"StringLike": {"kms:EncryptionContext:SecretARN": access.token_secret}},
            reason="the secret is encrypted with this key; the condition keeps it to this one",
            source=_SECRET_KEYS,
        )
    if access.in_vpc:
        yield from _network_interfaces(scope)


def _network_interfaces(scope: Scope) -> Iterator[Statement]:
    interfaces = scope.arn("ec2", "network-interface/*")
    yield Statement(
        sid="CreateNetworkInterfaces",
        actions=("ec2:CreateNetworkInterface",),
        resources=(
            interfaces,
            scope.arn("ec2", "security-group/*"),
            scope.arn("ec2", "subnet/*"),
        ),
        reason="Lambda connects the function to the VPC under its role",
        source=_LAMBDA_VPC,
    )
    yield Statement(
        sid="ManageNetworkInterfaces",
        actions=(
            "ec2:AssignPrivateIpAddresses",
            "ec2:DeleteNetworkInterface",
            "ec2:UnassignPrivateIpAddresses",
        ),
        resources=(interfaces,),
        reason="Lambda changes and removes its interfaces, whose ids it makes up itself",
        source=_LAMBDA_VPC,
    )
    yield Statement(
        sid="DescribeNetwork",
        actions=("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
        resources=("*",),
        conditions=scope.only_here,
        reason="Lambda finds its interfaces; AWS offers no narrower resource for these actions",
        source=_LAMBDA_VPC,
    )
