#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU, GPU and Graviton environments in one account, in one VPC, with one work bucket.

cdk synth --app "python examples/apps/several_environments/app.py"
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3
from constructs import Construct

from seqera_batch import BatchForge, ForgeConfig

REGION = "eu-west-1"
BUCKET = "example-shared-work"

# Only what differs between them; the rest is `environment` below.
FORGES: dict[str, dict[str, Any]] = {
    "cpu": {"type": "SPOT", "max_cpus": 1000},
    "gpu": {
        "type": "EC2",
        "max_cpus": 96,
        "gpu_enabled": True,
        "instance_types": ["g5", "g6"],
    },
    # Graviton takes a Fargate head job in Platform.
    "graviton": {
        "type": "SPOT",
        "max_cpus": 500,
        "arm64_enabled": True,
        "fargate_head_enabled": True,
    },
}


def environment(name: str, forge: dict[str, Any]) -> ForgeConfig:
    """Return the settings of one environment; they share everything but `forge`."""
    return ForgeConfig.from_dict(
        {
            "name": name,
            "region": REGION,
            "work_dir": f"s3://{BUCKET}/{name}",
            "wave_enabled": True,
            "fusion2_enabled": True,
            "labels": {"environment": name},
            "forge": forge,
        }
    )


class Shared(cdk.Stack):
    """The network and the bucket, which outlive every environment."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        """Create the stack."""
        super().__init__(scope, construct_id, env=env)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            availability_zones=[f"{REGION}a", f"{REGION}b", f"{REGION}c"],
            nat_gateways=1,
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        self.work = s3.Bucket(
            self,
            "Work",
            bucket_name=BUCKET,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
        )


class Environments(cdk.Stack):
    """All environments in a stack; one stack for each would do as well."""

    def __init__(
        self, scope: Construct, construct_id: str, *, env: cdk.Environment, shared: Shared
    ) -> None:
        """Create the stack."""
        super().__init__(scope, construct_id, env=env)
        for name, forge in FORGES.items():
            made = BatchForge(
                self,
                name.capitalize(),
                config=environment(name, forge),
                vpc=shared.vpc,
                work_bucket=shared.work,
            )
            cdk.CfnOutput(self, f"{name.capitalize()}Queue", value=made.compute_queue_name)


app = cdk.App()
place = cdk.Environment(region=REGION)
shared = Shared(app, "Shared", env=place)
Environments(app, "Environments", env=place, shared=shared)
app.synth()
