# SPDX-License-Identifier: Apache-2.0
"""The 40 resources of four On-Demand environments, written by hand with CDK's level 2 constructs.

What somebody writes who does without this library: the baseline of `seqera-batch synth`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seqera_batch.runtime import use_bundled_node

use_bundled_node()

import aws_cdk as cdk  # noqa: E402 - Node.js is chosen first
from aws_cdk import aws_batch as batch  # noqa: E402
from aws_cdk import aws_ec2 as ec2  # noqa: E402
from aws_cdk import aws_iam as iam  # noqa: E402
from aws_cdk import aws_logs as logs  # noqa: E402

if TYPE_CHECKING:
    from constructs import Construct


PERMISSIONS = json.loads(Path(__file__).with_name("permissions.json").read_text("utf-8"))
"""Of each role, as the library gives them: so all write the same templates."""


class Environment(cdk.Stack):
    """Ten resources: roles, profile, log group, group, template, environment, queue."""

    def __init__(self, scope: Construct, name: str, script: str) -> None:
        super().__init__(scope, f"TowerForge-{name}", env=cdk.Environment(region="eu-west-1"))
        self.queue = f"TowerForge-{name}"
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id="vpc-0aaaaaaaaaaaaaaa1",
            availability_zones=["eu-west-1a", "eu-west-1b"],
            public_subnet_ids=["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
        )
        tasks = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        roles = [
            self._role(kind, tasks) for kind in ("HeadJobRole", "ComputeJobRole", "ExecutionRole")
        ]
        instance_role = self._role("InstanceRole", iam.ServicePrincipal("ec2.amazonaws.com"))
        logs.LogGroup(
            self,
            "NodeLogGroup",
            log_group_name=f"/{self.queue}/nodes",
            retention=logs.RetentionDays.ONE_WEEK,
        )
        group = ec2.SecurityGroup(self, "NodeSecurityGroup", vpc=vpc, allow_all_outbound=True)
        user_data = ec2.MultipartUserData()
        commands = ec2.UserData.for_linux()
        commands.add_commands(*script.splitlines())
        user_data.add_part(ec2.MultipartBody.from_user_data(commands))
        template = ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        50, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
            require_imdsv2=True,
            http_put_response_hop_limit=2,
            user_data=user_data,
        )
        # The level 2 construct creates the instance profile of the role.
        environment = batch.ManagedEc2EcsComputeEnvironment(
            self,
            "ComputeEnvironment",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            security_groups=[group],
            instance_role=instance_role,
            instance_classes=[ec2.InstanceClass.M6I, ec2.InstanceClass.R6I],
            use_optimal_instance_classes=False,
            launch_template=template,
            maxv_cpus=128,
            images=[batch.EcsMachineImage(image_type=batch.EcsMachineImageType.ECS_AL2023)],
        )
        limit = {"action": batch.JobStateTimeLimitActionsAction.CANCEL}
        reasons = batch.JobStateTimeLimitActionsReason
        queue = batch.JobQueue(
            self,
            "JobQueue",
            job_queue_name=self.queue,
            compute_environments=[
                batch.OrderedComputeEnvironment(compute_environment=environment, order=1)
            ],
            job_state_time_limit_actions=[
                batch.JobStateTimeLimitAction(
                    max_time=cdk.Duration.minutes(30),
                    reason=reason,
                    state=batch.JobStateTimeLimitActionsState.RUNNABLE,
                    **limit,
                )
                for reason in (
                    reasons.JOB_RESOURCE_REQUIREMENT,
                    reasons.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
                )
            ],
        )
        cdk.Tags.of(self).add("seqera-batch:environment", self.queue)
        cdk.CfnOutput(self, "QueueName", value=queue.job_queue_name)
        for role in roles:
            cdk.CfnOutput(self, f"{role.node.id}Arn", value=role.role_arn)

    def _role(self, kind: str, trusted: iam.IPrincipal) -> iam.Role:
        statements = [
            iam.PolicyStatement(
                actions=statement["actions"],
                resources=[self._arn(one) for one in statement["resources"]],
            )
            for statement in PERMISSIONS[kind]
        ]
        return iam.Role(
            self,
            kind,
            role_name=f"{self.queue}-{kind}",
            assumed_by=trusted,
            inline_policies={kind: iam.PolicyDocument(statements=statements)},
        )

    def _arn(self, short: str) -> str:
        if short == "*":
            return short
        service, resource = short.format(queue=self.queue).split(":", 1)
        if service == "s3":
            return f"arn:aws:s3:::{resource}"
        region = "" if service == "iam" else "eu-west-1"
        return f"arn:aws:{service}:{region}:{cdk.Aws.ACCOUNT_ID}:{resource}"


def main() -> None:
    """Synthesize four environments: the first argument is where, the second the nodes' script."""
    app = cdk.App(
        outdir=sys.argv[1], analytics_reporting=False, builtin_cloud_formation_validation=False
    )
    script = Path(sys.argv[2]).read_text("utf-8")
    for number in range(4):
        Environment(app, f"env{number}", script)
    app.synth()


if __name__ == "__main__":
    main()
