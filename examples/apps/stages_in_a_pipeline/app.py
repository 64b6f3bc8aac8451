#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CDK Pipelines: one environment in a test account, and a larger one in production after review.

Tasks run on Spot, a second queue has On-Demand instances for those that Spot took back, and nodes
run a script of the lab's before they take jobs.

cdk synth --app "python examples/apps/stages_in_a_pipeline/app.py"
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import pipelines
from constructs import Construct

from seqera_batch import BatchForge, ForgeConfig

REGION = "eu-west-1"
TOOLS = cdk.Environment(account="111122223333", region=REGION)
ACCOUNTS = {"test": "222233334444", "production": "333344445555"}
MAX_CPUS = {"test": 64, "production": 2000}

KERNEL_SETTINGS = """\
#!/bin/bash
# Aligners map large indices into memory.
sysctl --write vm.max_map_count=1048576
"""


def environment(name: str) -> ForgeConfig:
    """Return the environment of a stage."""
    aws: dict[str, Any] = {
        "account": ACCOUNTS[name],
        "compute": {"fallback_queue": "on-demand"},
        "queues": [{"name": "on-demand", "type": "EC2", "max_cpus": MAX_CPUS[name] // 4}],
        "node_scripts": [{"name": "kernel-settings", "run": KERNEL_SETTINGS}],
    }
    return ForgeConfig.from_dict(
        {
            "name": f"rnaseq-{name}",
            "region": REGION,
            "work_dir": f"s3://example-lab-work-{name}/rnaseq",
            "forge": {"type": "SPOT", "max_cpus": MAX_CPUS[name]},
            "aws": aws,
        }
    )


class Lab(cdk.Stage):
    """What is deployed into one account."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        """Create the stage and its stack."""
        env = cdk.Environment(account=ACCOUNTS[name], region=REGION)
        super().__init__(scope, construct_id, env=env)
        stack = cdk.Stack(self, "Environment")
        BatchForge(stack, "Forge", config=environment(name))


class Delivery(cdk.Stack):
    """The pipeline, which deploys itself and then each stage."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        """Create the pipeline."""
        super().__init__(scope, construct_id, env=env)
        source = pipelines.CodePipelineSource.connection(
            "example-lab/infrastructure",
            "main",
            connection_arn=self.format_arn(
                service="codeconnections", resource="connection", resource_name="example"
            ),
        )
        synth = pipelines.ShellStep(
            "Synth",
            input=source,
            commands=["pip install --requirement requirements.txt", "npx aws-cdk synth"],
        )
        pipeline = pipelines.CodePipeline(
            self, "Pipeline", synth=synth, cross_account_keys=True, self_mutation=True
        )
        pipeline.add_stage(Lab(self, "Test", name="test"))
        pipeline.add_stage(
            Lab(self, "Production", name="production"),
            pre=[pipelines.ManualApprovalStep("ReviewOfPermissions")],
        )


app = cdk.App()
Delivery(app, "Delivery", env=TOOLS)
app.synth()
