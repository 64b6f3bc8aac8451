#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A team's own VPC, buckets and permissions boundary, with a Nextflow environment inside.

cdk synth --app "python examples/apps/own_vpc_and_bucket/app.py"

This takes credentials: CDK looks up the zones of an account in which it makes an `ec2.Vpc`.
"""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from seqera_batch import BatchForge, ForgeConfig

ACCOUNT, REGION = "111122223333", "eu-west-1"

# What a file would say. Names of AWS resources in it must be those of the constructs below.
CONFIG = ForgeConfig.from_dict(
    {
        "name": "rnaseq",
        "region": REGION,
        "work_dir": "s3://example-lab-work/rnaseq",
        "wave_enabled": True,
        "fusion2_enabled": True,
        "labels": {"team": "genomics"},
        "forge": {
            "type": "SPOT",
            "max_cpus": 500,
            "instance_types": ["m6i", "c6i", "r6i", "m7i", "c7i"],
            "allow_buckets": ["s3://example-lab-reference"],
        },
        "aws": {
            "iam": {"permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/lab-boundary"},
        },
    }
)


class Lab(cdk.Stack):
    """What the team has, and the environment that uses it."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        """Create the stack."""
        super().__init__(scope, construct_id, env=env)
        vpc = ec2.Vpc(
            self,
            "Vpc",
            availability_zones=[f"{REGION}a", f"{REGION}b"],
            # Nodes have public addresses and no ingress: no NAT gateway costs money while idle.
            nat_gateways=0,
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Nodes", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=True
                )
            ],
        )
        work = s3.Bucket(
            self,
            "Work",
            bucket_name="example-lab-work",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            # No rule expires the work directory as a whole: Platform's cloud cache lies in it.
            # `aws.work_bucket` in CONFIG instead of this bucket makes rules that leave it out.
            lifecycle_rules=[
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(7))
            ],
        )

        forge = BatchForge(self, "Forge", config=CONFIG, vpc=vpc, work_bucket=work)

        # Whoever launches pipelines may submit to the queues and read what comes out.
        analysts = iam.Role.from_role_name(self, "Analysts", "lab-analysts")
        forge.grant_submit_jobs(analysts)
        work.grant_read(analysts)

        cdk.CfnOutput(self, "HeadQueue", value=forge.head_queue_name)
        cdk.CfnOutput(self, "ComputeQueue", value=forge.compute_queue_name)
        cdk.CfnOutput(self, "HeadJobRole", value=forge.head_job_role.role_arn)


app = cdk.App()
# Tags of the app reach queues, roles and nodes; compute environments, which they would replace,
# have none of their own.
cdk.Tags.of(app).add("cost-center", "4711")
Lab(app, "Lab", env=cdk.Environment(account=ACCOUNT, region=REGION))
app.synth()
