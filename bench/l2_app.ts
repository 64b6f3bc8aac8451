// SPDX-License-Identifier: Apache-2.0
// The same as l2_app.py, in TypeScript: what most people write who use CDK without this library.

import * as fs from "node:fs";
import * as cdk from "aws-cdk-lib";
import * as batch from "aws-cdk-lib/aws-batch";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

type Statement = { actions: string[]; resources: string[] };

const permissions: Record<string, Statement[]> = JSON.parse(
  fs.readFileSync(process.env.BENCH_PERMISSIONS!, "utf-8"),
);
const script = fs.readFileSync(process.env.BENCH_SCRIPT!, "utf-8");

class Environment extends cdk.Stack {
  private readonly queue: string;

  constructor(scope: Construct, name: string) {
    super(scope, `TowerForge-${name}`, { env: { region: "eu-west-1" } });
    this.queue = `TowerForge-${name}`;
    const vpc = ec2.Vpc.fromVpcAttributes(this, "Vpc", {
      vpcId: "vpc-0aaaaaaaaaaaaaaa1",
      availabilityZones: ["eu-west-1a", "eu-west-1b"],
      publicSubnetIds: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
    });
    const tasks = new iam.ServicePrincipal("ecs-tasks.amazonaws.com");
    const roles = ["HeadJobRole", "ComputeJobRole", "ExecutionRole"].map((kind) =>
      this.role(kind, tasks),
    );
    const instanceRole = this.role("InstanceRole", new iam.ServicePrincipal("ec2.amazonaws.com"));
    new logs.LogGroup(this, "NodeLogGroup", {
      logGroupName: `/${this.queue}/nodes`,
      retention: logs.RetentionDays.ONE_WEEK,
    });
    const group = new ec2.SecurityGroup(this, "NodeSecurityGroup", { vpc, allowAllOutbound: true });
    const userData = new ec2.MultipartUserData();
    const commands = ec2.UserData.forLinux();
    commands.addCommands(...script.replace(/\n$/, "").split("\n"));
    userData.addPart(ec2.MultipartBody.fromUserData(commands));
    const template = new ec2.LaunchTemplate(this, "LaunchTemplate", {
      blockDevices: [
        {
          deviceName: "/dev/xvda",
          volume: ec2.BlockDeviceVolume.ebs(50, {
            encrypted: true,
            volumeType: ec2.EbsDeviceVolumeType.GP3,
          }),
        },
      ],
      requireImdsv2: true,
      httpPutResponseHopLimit: 2,
      userData,
    });
    const environment = new batch.ManagedEc2EcsComputeEnvironment(this, "ComputeEnvironment", {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      securityGroups: [group],
      instanceRole,
      instanceClasses: [ec2.InstanceClass.M6I, ec2.InstanceClass.R6I],
      useOptimalInstanceClasses: false,
      launchTemplate: template,
      maxvCpus: 128,
      images: [{ imageType: batch.EcsMachineImageType.ECS_AL2023 }],
    });
    const queue = new batch.JobQueue(this, "JobQueue", {
      jobQueueName: this.queue,
      computeEnvironments: [{ computeEnvironment: environment, order: 1 }],
      jobStateTimeLimitActions: [
        batch.JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT,
        batch.JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
      ].map((reason) => ({
        action: batch.JobStateTimeLimitActionsAction.CANCEL,
        maxTime: cdk.Duration.minutes(30),
        reason,
        state: batch.JobStateTimeLimitActionsState.RUNNABLE,
      })),
    });
    cdk.Tags.of(this).add("seqera-batch:environment", this.queue);
    new cdk.CfnOutput(this, "QueueName", { value: queue.jobQueueName });
    for (const role of roles) {
      new cdk.CfnOutput(this, `${role.node.id}Arn`, { value: role.roleArn });
    }
  }

  private role(kind: string, trusted: iam.IPrincipal): iam.Role {
    const statements = permissions[kind].map(
      ({ actions, resources }) =>
        new iam.PolicyStatement({ actions, resources: resources.map((one) => this.arn(one)) }),
    );
    return new iam.Role(this, kind, {
      roleName: `${this.queue}-${kind}`,
      assumedBy: trusted,
      inlinePolicies: { [kind]: new iam.PolicyDocument({ statements }) },
    });
  }

  private arn(short: string): string {
    if (short === "*") return short;
    const [service, resource] = short.replace("{queue}", this.queue).split(/:(.*)/s);
    if (service === "s3") return `arn:aws:s3:::${resource}`;
    const region = service === "iam" ? "" : "eu-west-1";
    return `arn:aws:${service}:${region}:${cdk.Aws.ACCOUNT_ID}:${resource}`;
  }
}

const app = new cdk.App({ analyticsReporting: false });
for (let number = 0; number < 4; number++) new Environment(app, `env${number}`);
