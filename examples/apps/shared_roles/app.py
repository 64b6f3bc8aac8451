#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three environments with one network, one bucket and the same roles of jobs.

Each environment gives the roles what it needs of them, in a policy of its own. One of the three
has further On-Demand capacity behind Spot in its queue, another a KMS key.

cdk synth --app "python examples/apps/shared_roles/app.py"

This takes credentials: CDK looks up the zones of an account in which it makes an `ec2.Vpc`.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from seqera_batch import BatchForge, ForgeConfig

WHERE = cdk.Environment(account="111122223333", region="eu-west-1")
BEHIND_SPOT = {"further_environments": [{"type": "EC2", "max_cpus": 128}]}
ENVIRONMENTS: dict[str, dict[str, Any]] = {
    "rnaseq": {"compute": BEHIND_SPOT},
    "exome": {"kms_key": {"create": True}},
    "methylation": {},
}


class Shared(cdk.Stack):
    """What all environments use."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        """Create the stack."""
        super().__init__(scope, construct_id, env=env)
        self.vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=1)
        self.bucket = s3.Bucket(self, "Work", enforce_ssl=True)
        self.roles = {
            name: iam.Role(self, name, assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
            for name in ("HeadJobs", "ComputeJobs", "Execution")
        }


class Environment(cdk.Stack):
    """One environment, which a team of its own may deploy."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: cdk.Environment,
        name: str,
        shared: Shared,
    ) -> None:
        """Create the stack."""
        super().__init__(scope, construct_id, env=env)
        config = ForgeConfig.from_dict(
            {
                "name": name,
                "region": env.region,
                "work_dir": f"s3://work/{name}",
                "forge": {"type": "SPOT", "max_cpus": 512},
                "aws": {"account": env.account, **ENVIRONMENTS[name]},
            }
        )
        self.forge = BatchForge(
            self,
            "Forge",
            config=config,
            vpc=shared.vpc,
            work_bucket=shared.bucket,
            head_job_role=shared.roles["HeadJobs"],
            compute_job_role=shared.roles["ComputeJobs"],
            execution_role=shared.roles["Execution"],
        )


app = cdk.App()
shared = Shared(app, "Shared", env=WHERE)
for each in ENVIRONMENTS:
    Environment(app, each.title(), env=WHERE, name=each, shared=shared)
app.synth()
