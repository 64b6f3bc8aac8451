#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A security team's stack with all of IAM, and a pipelines' stack with none: one file for both.

cdk synth --app "python examples/apps/security_and_pipelines/app.py"
"""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from seqera_batch import BatchForge, BatchNetwork, ForgeConfig, JobRoles, PlatformAccess

WHERE = cdk.Environment(account="111122223333", region="eu-west-1")
ENVIRONMENTS: dict[str, dict[str, Any]] = {
    "rnaseq": {"type": "SPOT", "max_cpus": 1000},
    "exome": {"type": "EC2", "max_cpus": 256},
}


def environment(name: str, **aws: object) -> ForgeConfig:
    """Return one environment; what `aws` asks for is the security team's to make."""
    return ForgeConfig.from_dict(
        {
            "name": name,
            "region": WHERE.region,
            "work_dir": f"s3://example-lab-work/{name}",
            "wave_enabled": True,
            "fusion2_enabled": True,
            "forge": ENVIRONMENTS[name],
            "aws": {"account": WHERE.account, **aws},
        }
    )


class Security(cdk.Stack):
    """Who may do what: Platform's user for all environments, and the roles of their jobs."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        """Create the stack."""
        super().__init__(scope, construct_id, env=env)
        first, *others = (environment(name, platform_access={"user": {}}) for name in ENVIRONMENTS)
        PlatformAccess(self, "Platform", of=first, also=others)
        self.roles = {
            name: JobRoles(self, f"{name.title()}Roles", of=environment(name))
            for name in ENVIRONMENTS
        }


class Pipelines(cdk.Stack):
    """One network and the environments in it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, env: cdk.Environment, security: Security
    ) -> None:
        """Create the stack."""
        super().__init__(scope, construct_id, env=env)
        network = BatchNetwork(self, "Network", of=environment("rnaseq"))
        for name, roles in security.roles.items():
            forge = BatchForge(
                self,
                name.title(),
                config=environment(name),
                vpc=network.vpc,
                head_job_role=roles.head,
                compute_job_role=roles.compute,
                execution_role=roles.execution,
            )
            cdk.CfnOutput(self, f"{name.title()}Queue", value=forge.compute_queue_name)


app = cdk.App()
security = Security(app, "Security", env=WHERE)
Pipelines(app, "Pipelines", env=WHERE, security=security)
app.synth()
