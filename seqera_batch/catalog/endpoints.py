# SPDX-License-Identifier: Apache-2.0
"""VPC endpoints that an environment needs where no way leads to the internet."""

from __future__ import annotations

from typing import Literal

from seqera_batch.catalog.regions import Region
from seqera_batch.records import dataclass

Need = Literal["always", "secrets", "sessions"]
"""When an endpoint is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An interface endpoint, which is charged by the hour in each zone.

    Args:
        service: The service's name after the region.
        resource: Id of the resource below `BatchForge`.
        reason: What fails without it.
        need: When it is made.
    """

    service: str
    resource: str
    reason: str
    need: Need = "always"


# https://docs.aws.amazon.com/batch/latest/userguide/vpc-endpoint-considerations.html
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
INTERFACE_ENDPOINTS = (
    Endpoint(service="batch", resource="BatchEndpoint", reason="the head job submits tasks"),
    Endpoint(service="ec2", resource="Ec2Endpoint", reason="the head job looks up nodes"),
    Endpoint(service="ecr.api", resource="EcrApiEndpoint", reason="nodes log in to Amazon ECR"),
    Endpoint(service="ecr.dkr", resource="EcrDkrEndpoint", reason="nodes pull images"),
    Endpoint(service="ecs", resource="EcsEndpoint", reason="nodes join their cluster"),
    Endpoint(service="ecs-agent", resource="EcsAgentEndpoint", reason="nodes ask for tasks"),
    Endpoint(
        service="ecs-telemetry",
        resource="EcsTelemetryEndpoint",
        reason="nodes report on their tasks",
    ),
    Endpoint(service="logs", resource="LogsEndpoint", reason="jobs and nodes write their logs"),
    Endpoint(
        service="secretsmanager",
        resource="SecretsManagerEndpoint",
        reason="jobs get their secrets",
        need="secrets",
    ),
    Endpoint(
        service="ssm",
        resource="SsmEndpoint",
        reason="nodes tell Systems Manager that they are there",
        need="sessions",
    ),
    Endpoint(
        service="ssmmessages",
        resource="SsmMessagesEndpoint",
        reason="sessions on nodes go through it",
        need="sessions",
    ),
)
"""Interface endpoints; S3 has a gateway endpoint in every network that we make: it is free."""

# https://docs.amazonaws.cn/en_us/vpc/latest/userguide/aws-services-privatelink-support.html
_CN_PREFIX = {"batch", "ec2", "ecr.api", "ecr.dkr"}


def service_name(service: str, region: str) -> str:
    """Return an endpoint's service name; some in China have a prefix of their own."""
    china = Region.of(region).in_china and service in _CN_PREFIX
    return f"{'cn.' if china else ''}com.amazonaws.{region}.{service}"
