# SPDX-License-Identifier: Apache-2.0
"""Each answer of `doctor`, from an account in which one thing is wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.account.doctor import doctor
from seqera_batch.account.leaves import LEAVES
from seqera_batch.account.reading import Account
from seqera_batch.account.texts import BLOCKED, INVALID, SAID, SCALING, STOPPED
from seqera_batch.node import NODE_FAILED
from seqera_batch.problems import ConfigError
from tests.account import test_check
from tests.account.conftest import (
    ACCOUNT,
    DENIED,
    GROUP,
    HEAD,
    LONG_AGO,
    NOW,
    REGION,
    WORK,
    Double,
    arn,
    compute,
    config,
    failure,
    ids,
    instance,
    job,
    milliseconds,
    only,
    queue,
    registered,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqera_batch.account.answer import Answer

    Change = Callable[[Double], None]

OF_NODE = "2026-11-20T08:14:09+0000 TowerForge-demo:"
"""How a node's scripts begin a line."""
FAILED_NODE = f"{OF_NODE} {NODE_FAILED}: FAILED (exit status 1) in the step 'x': y"


def look(plan: ForgePlan, job_id: str | None = None) -> tuple[Answer, ...]:
    """Return the answers, with nothing left out."""
    account = Account(REGION, account=ACCOUNT)
    answers = doctor(account, plan, job=job_id)
    assert account.unread == []
    return answers


def having(**lists: Any) -> Change:
    """Return a change that puts lists into answers."""
    return lambda double: double.having(**lists)


def environment(**changed: Any) -> Change:
    """Return a change of the environment for tasks."""
    items = [compute("head", computeResources={"type": "EC2"}), compute("work", **changed)]
    names = "computeEnvironmentArn computeEnvironmentName"
    return having(
        batch_DescribeComputeEnvironments=only("computeEnvironments", names, items),
    )


def queues(**changed: Any) -> Change:
    """Return a change of the queue for tasks."""
    items = [queue(HEAD, "head"), queue(WORK, "work", **changed)]
    return having(batch_DescribeJobQueues=only("jobQueues", "jobQueueName", items))


def waiting(*more: Change, **changed: Any) -> tuple[Change, ...]:
    """Return changes after which a job waits at the front of the queue for tasks."""
    one = job(**changed)

    def listed(asked: dict[str, Any]) -> Any:
        runs = asked["jobQueue"] == WORK and asked["jobStatus"] == "RUNNABLE"
        found = [{"jobId": one["jobId"], "jobName": one["jobName"], "createdAt": one["createdAt"]}]
        return {"jobSummaryList": found if runs else []}

    def front(asked: dict[str, Any]) -> Any:
        jobs = [{"jobArn": one["jobArn"], "earliestTimeAtPosition": one["createdAt"]}]
        return {"frontOfQueue": {"jobs": jobs if asked["jobQueue"] == WORK else []}}

    return (
        having(
            batch_ListJobs=listed,
            batch_GetJobQueueSnapshot=front,
            batch_DescribeJobs=only("jobs", "jobId", [one]),
        ),
        *more,
    )


def stack(status: str) -> Change:
    """Return a change of the stack's state."""
    one = {"StackName": "TowerForge-lab", "CreationTime": LONG_AGO, "StackStatus": status}
    return having(cloudformation_DescribeStacks__Stacks=[one])


def activity(
    message: str, *, status: str = "Failed", minutes: int = 5, does: str = "Launching"
) -> dict[str, Any]:
    """Return a scaling activity as Auto Scaling describes it."""
    return {
        "Description": f"{does} a new EC2 instance",
        "ActivityId": "a",
        "AutoScalingGroupName": "g",
        "Cause": "c",
        "StartTime": NOW - timedelta(minutes=minutes),
        "StatusCode": status,
        "StatusMessage": message,
    }


def scaling(*activities: dict[str, Any]) -> tuple[Change, ...]:
    """Return changes after which Auto Scaling has done this, newest first as it lists."""
    listed = sorted(activities, key=lambda one: one["StartTime"], reverse=True)
    return (having(autoscaling_DescribeScalingActivities__Activities=listed),)


def fleet(kind: str, subtype: str, text: str = "", *, role: str = "fleet") -> tuple[Change, ...]:
    """Return changes after which Spot Fleet starts the nodes, and says this."""
    asked = {"IamFleetRole": f"arn:aws:iam::{ACCOUNT}:role/{role}", "TargetCapacity": 1}
    one = {
        "SpotFleetRequestId": "sfr-1",
        "SpotFleetRequestState": "active",
        "SpotFleetRequestConfig": asked,
    }
    record = {
        "EventType": kind,
        "EventInformation": {"EventSubType": subtype, "EventDescription": text},
        "Timestamp": NOW - timedelta(minutes=5),
    }
    by_fleet = {
        "allocationStrategy": "BEST_FIT",
        "spotIamFleetRole": f"arn:aws:iam::{ACCOUNT}:role/fleet",
    }
    return (
        environment(computeResources=by_fleet),
        having(
            ec2_DescribeSpotFleetRequests__SpotFleetRequestConfigs=[one],
            ec2_DescribeSpotFleetRequestHistory__HistoryRecords=[record],
        ),
    )


def node(*more: Change, in_cluster: dict[str, Any] | None = None, **changed: Any) -> Change:
    """Return a change after which a node runs, in its cluster or not."""
    one = instance(**changed)

    def change(double: Double) -> None:
        double.having(
            ec2_DescribeInstances__Reservations=[{"Instances": [one]}],
            ecs_ListContainerInstances__containerInstanceArns=["c-1"] if in_cluster else [],
            ecs_DescribeContainerInstances__containerInstances=[in_cluster] if in_cluster else [],
        )
        for each in more:
            each(double)

    return change


def said(*lines: str, stream: str = "i-1/seqera-batch", minutes: int = 5) -> Change:
    """Return a change after which a node has said this in its log, minutes ago."""
    when = milliseconds(minutes)

    def events(asked: dict[str, Any]) -> Any:
        found = [
            {"logStreamName": stream, "timestamp": when, "message": line}
            for line in lines
            if "filterPattern" not in asked or "FAILED" in line
        ]
        return {"events": found if asked.get("startTime", 0) <= when else []}

    return having(logs_FilterLogEvents=events)


def simulated(decision: str) -> Change:
    """Return a change of what the nodes' role may do."""
    role = {
        "Path": "/",
        "RoleName": "TowerForge-lab-InstanceRole",
        "RoleId": "AROAEXAMPLEEXAMPLE",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/TowerForge-lab-InstanceRole",
        "CreateDate": LONG_AGO,
    }
    profile = {
        "Path": "/",
        "InstanceProfileName": "p",
        "InstanceProfileId": "AIPAEXAMPLEEXAMPLE",
        "Arn": "arn:aws:iam::111122223333:instance-profile/p",
        "CreateDate": LONG_AGO,
        "Roles": [role],
    }
    results = [
        {"EvalActionName": action, "EvalDecision": decision}
        for action in ("ecs:Poll", "ecs:RegisterContainerInstance", "ecs:StartTelemetrySession")
    ]
    return having(
        iam_GetInstanceProfile__InstanceProfile=profile,
        iam_SimulatePrincipalPolicy__EvaluationResults=results,
    )


def ended(*lines: str, code: int | None = None, **changed: Any) -> tuple[Change, ...]:
    """Return changes after which a head job has failed, with the end of its log."""
    container: dict[str, Any] = {"logStreamName": "head/default/1"}
    if code is not None:
        container["exitCode"] = code
    reason = changed.pop("reason", None)
    if reason is not None:
        container["reason"] = reason
    one = job(
        "h-1",
        in_queue=HEAD,
        **{
            "status": "FAILED",
            "startedAt": milliseconds(20),
            "stoppedAt": milliseconds(10),
            "jobDefinition": arn("batch", "job-definition/lab-head-job:1"),
            "statusReason": "Essential container in task exited",
            "container": container,
            "attempts": [{"container": container}],
            **changed,
        },
    )

    def listed(asked: dict[str, Any]) -> Any:
        runs = asked["jobQueue"] == HEAD and asked["jobStatus"] == "FAILED"
        kept = ("jobId", "jobName", "stoppedAt", "jobDefinition")
        return {"jobSummaryList": [{key: one[key] for key in kept}] if runs else []}

    return (
        having(
            batch_ListJobs=listed,
            batch_DescribeJobs=only("jobs", "jobId", [one]),
            logs_GetLogEvents__events=[{"message": line} for line in lines],
        ),
    )


def orphaned(double: Double) -> None:
    """Let a task go on whose head job has failed."""
    ended(code=1)[0](double)
    heads = double.replies["batch:ListJobs"]

    def listed(asked: dict[str, Any]) -> Any:
        if asked["jobQueue"] == WORK and asked["jobStatus"] == "RUNNING":
            return {"jobSummaryList": [{"jobId": "t", "jobName": "t", "createdAt": 1}]}
        return heads(asked)

    double.having(batch_ListJobs=listed)


def array(status: str, child: str | None) -> tuple[Change, ...]:
    """Return changes after which there is an array, and one job of it that is so."""
    failed: dict[str, Any] = {"container": {"exitCode": 1}, "stoppedAt": milliseconds(1)}
    summary = {} if child is None else {child: 1}
    properties = {"size": 2, "statusSummary": {**summary, "SUCCEEDED": 1}}
    parent = job("j-1", status=status, arrayProperties=properties)
    one = job(
        "j-1:1",
        status=child or "RUNNING",
        createdAt=milliseconds(3),
        arrayProperties={"index": 1},
        **(failed if child == "FAILED" else {}),
    )

    def listed(asked: dict[str, Any]) -> Any:
        of_array = asked.get("arrayJobId") == "j-1" and asked["jobStatus"] == child
        return {"jobSummaryList": [{"jobId": "j-1:1", "jobName": "x"}] if of_array else []}

    return (having(batch_ListJobs=listed, batch_DescribeJobs=only("jobs", "jobId", [parent, one])),)


ERRORS = {
    "exec format error": "wrong-architecture",
    "java.io.IOException: No space left on device": "run-disk-full",
    "java.lang.OutOfMemoryError: Java heap space": "run-out-of-heap",
    "Unable to locate credentials": "run-without-role",
    "Unable to load AWS credentials from any provider in the chain": "run-without-role",
    "An error occurred (AccessDenied) when calling the PutObject operation": "run-denied",
    "Access Denied (Service: S3, Status Code: 403)": "run-denied",
    "(Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)": "run-denied",
    "java.nio.file.AccessDeniedException: /lab-work/dir": "run-denied",
    "User: x is not authorized to perform: batch:SubmitJob on resource: y": "run-denied",
    "When using `awsbatch` executor a S3 bucket must be provided as working directory": (
        "run-without-work-dir"
    ),
    "Missing Seqera Platform access token": "run-without-licence",
    "Make sure there's a variable TOWER_ACCESS_TOKEN in your environment": "run-without-licence",
    "Unable to validate Fusion license": "run-without-licence",
    "JobQueue arn:aws:batch:eu-west-1:1:job-queue/x not found": "run-without-queue",
    "JobQueue x is in the state DISABLED": "run-without-queue",
}
"""Errors of runs, and their answers."""
OF_PIPELINE = (
    ("  workDir           : /lab-work/dir", "Process failed"),
    ("GATK requires license file",),
    ("You have reached the maximum number of JobQueue requests",),
    (
        "WARN: An error occurred (AccessDenied) when calling GetBucketAcl",
        "Script compilation error",
    ),
)
"""Ends of logs in which words of those errors stand, and that tell none of them."""
CLOSED = having(ec2_DescribeRouteTables__RouteTables=[{"RouteTableId": "rtb-1", "VpcId": "vpc-1"}])
SCENARIOS: dict[str, tuple[tuple[Change, ...], list[str]]] = {
    "all is well": ((), []),
    "no stack": (
        (having(cloudformation_DescribeStacks=failure("ValidationError")),),
        ["stack-missing"],
    ),
    "half deleted": ((stack("DELETE_FAILED"),), ["stack-half-deleted"]),
    "rolled back": ((stack("ROLLBACK_COMPLETE"),), ["stack-rolled-back"]),
    "half rolled back": ((stack("ROLLBACK_FAILED"),), ["stack-half-created"]),
    "half created": ((stack("CREATE_FAILED"),), ["stack-half-created"]),
    "half updated": ((stack("UPDATE_FAILED"),), ["stack-half-updated"]),
    "stuck": ((stack("UPDATE_ROLLBACK_FAILED"),), ["stack-stuck"]),
    "busy": ((stack("UPDATE_IN_PROGRESS"),), ["stack-busy"]),
    "no queues": (
        (having(batch_DescribeJobQueues__jobQueues=[]),),
        ["queue-missing", "queue-missing"],
    ),
    "queue disabled": ((queues(state="DISABLED"),), ["queue-disabled"]),
    "queue invalid": ((queues(status="INVALID"),), ["queue-invalid"]),
    "environment disabled": ((environment(state="DISABLED"),), ["environment-disabled"]),
    "environment updating": ((environment(status="UPDATING"),), ["environment-updating"]),
    **{
        f"INVALID: {text or 'anything'}": (
            (environment(status="INVALID", statusReason=f"CLIENT_ERROR - {text}"),),
            [leaf],
        )
        for text, leaf in INVALID.items()
    },
    **{
        f"INVALID, and may not {action}": (
            (
                environment(
                    status="INVALID",
                    statusReason="CLIENT_ERROR - User: arn:aws:sts::111122223333:assumed-role/own/"
                    f"aws-batch is not authorized to perform: {action} on resource: *",
                ),
            ),
            [leaf],
        )
        for action, leaf in {
            "ec2:DescribeSubnets": "invalid-permission",
            "ec2:DescribeLaunchTemplateVersions": "invalid-permission",
            "ecs:UpdateCluster": "invalid-cluster-update",
            "sts:AssumeRole": "invalid-service-role",
        }.items()
    },
    "an image that is not shared": (
        scaling(activity("Not authorized for images: [ami-1]. Launching EC2 instance failed.")),
        ["scaling-template"],
    ),
    "an image that has gone": (
        scaling(activity("The image id '[ami-1]' does not exist. Launching EC2 instance failed.")),
        ["scaling-template"],
    ),
    "INVALID, and its roles": (
        (
            environment(
                status="INVALID",
                statusReason="CLIENT_ERROR - sts:AssumeRole",
                serviceRole=f"arn:aws:iam::{ACCOUNT}:role/own",
            ),
            having(iam_GetRole=failure("NoSuchEntity")),
        ),
        ["invalid-service-role"],
    ),
    **{
        f"waits: {reason}": (waiting(statusReason=f"{reason} - some text"), [leaf])
        for reason, leaf in BLOCKED.items()
    },
    "full": (
        waiting(environment(computeResources={"desiredvCpus": 64})),
        ["environment-full"],
    ),
    "more vCPUs than max_cpus": (
        waiting(asks={"VCPU": 96, "MEMORY": 1}),
        ["job-exceeds-environment"],
    ),
    "more memory than a node": (
        waiting(asks={"VCPU": 4, "MEMORY": 524288}),
        ["job-exceeds-nodes"],
    ),
    "GPU": (waiting(asks={"VCPU": 4, "MEMORY": 1, "GPU": 1}), ["job-needs-gpu"]),
    "nearly all memory of a node": (
        waiting(asks={"VCPU": 4, "MEMORY": 520000}),
        ["job-hardly-fits"],
    ),
    "more GPUs than a node": (
        waiting(
            having(ec2_DescribeInstanceTypes__InstanceTypes=[type_of("m6i.large", 8, 9999, 1)]),
            asks={"VCPU": 4, "MEMORY": 1, "GPU": 2},
        ),
        ["job-exceeds-nodes"],
    ),
    "types not offered": (
        waiting(having(ec2_DescribeInstanceTypeOfferings__InstanceTypeOfferings=[])),
        ["types-not-offered"],
    ),
    **{
        f"scaling: {text or 'anything'}": (
            (having(autoscaling_DescribeScalingActivities__Activities=[activity(f"x {text} y")]),),
            [leaf],
        )
        for text, leaf in SCALING.items()
    },
    "scaling works again": (
        scaling(activity("VcpuLimitExceeded", minutes=50), activity("ok", status="Successful")),
        [],
    ),
    "scaling failed long ago": (scaling(activity("VcpuLimitExceeded", minutes=61)), []),
    "nodes that end are no sign that others start": (
        scaling(
            activity("VcpuLimitExceeded", minutes=20),
            activity("ok", status="Successful", does="Terminating"),
        ),
        ["scaling-quota"],
    ),
    "what does not pass by itself is told first": (
        scaling(
            activity("UnfulfillableCapacity", minutes=1),
            activity("UnfulfillableCapacity", minutes=2),
            activity("not authorized", minutes=3),
            activity("done", status="Successful", minutes=4),
            activity("OptInRequired", minutes=5),
        ),
        ["scaling-denied", "scaling-capacity"],
    ),
    "nodes that are ended as they start": (
        scaling(
            activity("became unhealthy. Reason: Client.InternalError: x", status="Cancelled"),
        ),
        ["scaling-key"],
    ),
    "starts that are called off": (scaling(activity("scaled in", status="Cancelled")), []),
    **{
        f"Spot Fleet: {kind}": (fleet("error", kind), [leaf])
        for kind, leaf in {
            "iamFleetRoleInvalid": "scaling-fleet-role",
            "spotInstanceCountLimitExceeded": "scaling-quota",
            "spotFleetRequestConfigurationInvalid": "scaling-template",
        }.items()
    },
    "Spot Fleet has no capacity": (
        fleet("information", "launchSpecTemporarilyBlacklisted", "We do not have sufficient m6i"),
        ["scaling-capacity"],
    ),
    "Spot Fleet starts nodes": (fleet("instanceChange", "launched"), []),
    "another's Spot Fleet": (fleet("error", "iamFleetRoleInvalid", role="other"), []),
    "a node failed hours ago, and a job waits": (
        waiting(said(FAILED_NODE, minutes=90)),
        ["waits-unexplained", "node-start-failed"],
    ),
    "a node failed just now, and a job waits": (
        waiting(said(FAILED_NODE, minutes=9)),
        ["node-start-failed"],
    ),
    "nodes are being started": (waiting(createdAt=milliseconds(3)), ["nodes-starting"]),
    "nothing explains it": (waiting(), ["waits-unexplained"]),
    "room, and not placed": (
        waiting(
            node(
                in_cluster=registered(
                    remainingResources=[
                        {"name": "CPU", "integerValue": 4096},
                        {"name": "MEMORY", "integerValue": 8192},
                    ]
                )
            )
        ),
        ["job-not-placed"],
    ),
    "node says nothing": (
        (node(said()),),
        ["node-reaches-nothing"],
    ),
    "node says nothing, and why": (
        (node(said(), CLOSED),),
        ["node-reaches-nothing", "subnet-without-way"],
    ),
    "node fails by its log": (
        (
            node(
                said(f"{OF_NODE} {NODE_FAILED}: FAILED (exit status 1) in the step 'mount EFS': x"),
            ),
        ),
        ["node-start-failed"],
    ),
    "node fails by its console": (
        (
            node(
                said(),
                having(
                    ec2_GetConsoleOutput__Output="[ 1.2] cloud-init[1]: boot\n"
                    f"{OF_NODE} step by step\n{OF_NODE} {NODE_FAILED}: FAILED (exit status 1) in "
                    "the step 'the AWS CLI': no network\n"
                ),
            ),
        ),
        ["node-start-failed"],
    ),
    "node may not join": (
        (node(said(f"{OF_NODE} the node is ready"), simulated("implicitDeny")),),
        ["node-role-denied"],
    ),
    "node does not join": (
        (node(said(f"{OF_NODE} the node is ready"), simulated("allowed")),),
        ["node-not-joined"],
    ),
    "node of others does not join, and says nothing of ours": (
        (
            node(
                simulated("allowed"),
                Tags=[{"Key": "aws:autoscaling:groupName", "Value": GROUP}],
            ),
        ),
        ["node-not-joined"],
    ),
    "node of others may not join": (
        (
            node(
                simulated("implicitDeny"),
                Tags=[{"Key": "aws:autoscaling:groupName", "Value": GROUP}],
            ),
        ),
        ["node-role-denied"],
    ),
    "node is young": ((node(minutes=3),), []),
    "agent gone": ((node(in_cluster=registered(agentConnected=False)),), ["node-agent-gone"]),
    "node drains": (
        (
            node(
                in_cluster=registered(
                    status="DRAINING", containerInstanceArn=arn("ecs", "container-instance/c/1")
                )
            ),
        ),
        ["node-draining"],
    ),
    "a node that drains has no room": (
        waiting(
            node(
                in_cluster=registered(
                    status="DRAINING",
                    remainingResources=[
                        {"name": "CPU", "integerValue": 4096},
                        {"name": "MEMORY", "integerValue": 8192},
                    ],
                )
            )
        ),
        ["waits-unexplained", "node-draining"],
    ),
    **{
        f"nodes ended: {code}": (
            (node(State={"Name": "terminated"}, StateReason={"Code": code}),),
            expected,
        )
        for code, expected in {
            "Client.InstanceInitiatedShutdown": ["nodes-shut-down"],
            "Client.InternalError": ["scaling-key"],
            "Client.VolumeLimitExceeded": ["scaling-storage"],
            "Client.UserInitiatedShutdown": [],
        }.items()
    },
    "a node ended itself and said why": (
        (
            node(
                said(FAILED_NODE),
                State={"Name": "terminated"},
                StateReason={"Code": "Client.InstanceInitiatedShutdown"},
            ),
        ),
        ["node-start-failed"],
    ),
    "no awslogs": (
        (node(in_cluster=registered(attributes=[{"name": "ecs.os-type"}])),),
        ["node-without-awslogs"],
    ),
    "nodes reclaimed": (
        (
            node(
                State={"Name": "terminated"},
                StateReason={"Code": "Server.SpotInstanceTermination"},
            ),
        ),
        ["nodes-reclaimed"],
    ),
    **{
        f"head job: {text}": (ended(statusReason=f"{text}: why"), [leaf])
        for text, leaf in STOPPED.items()
    },
    "head job out of memory": (
        ended(code=137, reason="OutOfMemoryError: container killed"),
        ["memory-too-small"],
    ),
    **{
        f"head job said: {text}": (ended(f"ERROR ~ x {text} y", code=1), [leaf])
        for text, leaf in ERRORS.items()
    },
    **{
        f"head job failed by itself: {lines[0]}": (ended(*lines, code=1), ["run-failed"])
        for lines in OF_PIPELINE
    },
    "head job killed": (ended("Killed", code=137), ["job-killed"]),
    "head job failed by itself": (ended("Process failed", code=1), ["run-failed"]),
    "head job ended": (ended(code=143), ["job-ended-by-user"]),
    "head job cancelled": (ended(isTerminated=True), ["job-ended-by-user"]),
    "head job never ran": (ended(), ["job-failed-otherwise"]),
    "orphans": ((orphaned,), ["run-failed", "orphaned-tasks"]),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_answers(name: str, double: Double, plan: ForgePlan) -> None:
    """From what is wrong follows this answer, and no other."""
    changes, expected = SCENARIOS[name]
    for change in changes:
        change(double)
    assert ids(look(plan)) == expected


ASKED: dict[str, tuple[tuple[Change, ...], str, list[str]]] = {
    "unknown": ((), "j-9", ["job-unknown"]),
    "of another queue": (waiting(in_queue="else"), "j-1", ["job-elsewhere"]),
    "waits for jobs": (
        waiting(status="PENDING", dependsOn=[{"jobId": "j-0"}]),
        "j-1",
        ["job-pending"],
    ),
    "runs": (waiting(status="RUNNING"), "j-1", ["job-goes-on"]),
    "waits": (waiting(statusReason="UNDETERMINED - x"), "j-1", ["waits-undetermined"]),
    "failed": (ended(code=1), "h-1", ["run-failed"]),
    "by its ARN": (
        waiting(statusReason="UNDETERMINED - x"),
        arn("batch", "job/j-1"),
        ["waits-undetermined"],
    ),
    "one of an array": (
        waiting(jobId="j-1:0", jobArn=arn("batch", "job/j-1:0"), statusReason="UNDETERMINED - x"),
        f" {arn('batch', 'job/j-1:0')}\n",
        ["waits-undetermined"],
    ),
    "an array that waits": (array("PENDING", "RUNNABLE"), "j-1", ["job-array", "nodes-starting"]),
    "an array that failed": (array("FAILED", "FAILED"), "j-1", ["job-array", "run-failed"]),
    "an array that runs": (array("PENDING", None), "j-1", ["job-array"]),
    "waits for nodes that fail": (
        waiting(said(FAILED_NODE)),
        "j-1",
        ["waits-as-said", "node-start-failed"],
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_job_that_is_asked_about(name: str, double: Double, plan: ForgePlan) -> None:
    """With --job it is about that job."""
    changes, job_id, expected = ASKED[name]
    for change in changes:
        change(double)
    assert ids(look(plan, job_id)) == expected


def test_each_error_of_runs_is_known() -> None:
    """Every pattern has an error that it is of."""
    assert all(any(re.search(one, text) for text in ERRORS) for one in SAID)


def test_asked_job_is_always_answered(double: Double, plan: ForgePlan) -> None:
    """What is wrong with nodes does not silence the answer about the job that is asked about."""
    for change in waiting(said(FAILED_NODE)):
        change(double)
    answers = look(plan, "j-1")
    assert ids(answers) == ["waits-as-said", "node-start-failed"]
    assert "nothing but what is said of i-1 holds it" in answers[0].says


def test_failed_starts_are_named_by_the_newest(double: Double, plan: ForgePlan) -> None:
    """Of a step the node is named that failed last, and how many did."""

    def event(name: str, minutes: int, step: str) -> dict[str, Any]:
        line = f"{OF_NODE} {NODE_FAILED}: FAILED (exit status 1) in the step '{step}': y"
        when = milliseconds(minutes)
        return {"logStreamName": f"{name}/seqera-batch", "timestamp": when, "message": line}

    found = [event("i-1", 40, "a"), event("i-3", 10, "b"), event("i-2", 20, "a")]
    double.having(logs_FilterLogEvents__events=found)
    answers = look(plan)
    assert [one.about for one in answers] == ["i-3", "i-2"]
    assert "2 nodes in the last hour, i-2 the last" in answers[1].says


BUDGETS = {
    "Active": ([{"TagKey": "t", "Type": "UserDefined", "Status": "Active"}], []),
    "Inactive": (
        [{"TagKey": "t", "Type": "UserDefined", "Status": "Inactive"}],
        ["budget-counts-nothing"],
    ),
    "never used": ([], ["budget-counts-nothing"]),
    "of a payer": (failure("AccessDeniedException"), ["budget-unseen"]),
}


ROLES = {
    "gone": (failure("NoSuchEntity"), "has gone"),
    "trusts others": (test_check.role("ec2.amazonaws.com"), "does not trust batch.amazonaws.com"),
    "trusts": (test_check.role("batch.amazonaws.com"), "trusts batch.amazonaws.com"),
}


@pytest.mark.parametrize("name", ROLES)
def test_roles_of_an_environment_that_is_invalid(
    name: str, double: Double, plan: ForgePlan
) -> None:
    """Whether a role has gone or trusts others is seen, and not left to whoever reads."""
    reply, says = ROLES[name]
    arn_of_role = f"arn:aws:iam::{ACCOUNT}:role/own"
    environment(
        status="INVALID",
        statusReason="CLIENT_ERROR - sts:AssumeRole",
        serviceRole=arn_of_role,
        computeResources={"spotIamFleetRole": f"arn:aws:iam::{ACCOUNT}:role/fleet"},
    )(double)
    double.having(
        iam_GetRole=lambda asked: reply if asked["RoleName"] == "own" else failure("NoSuchEntity"),
        iam_GetInstanceProfile=failure("NoSuchEntity"),
    )
    [answer] = look(plan)
    assert answer.evidence["serviceRole"] == f"{arn_of_role} {says}"
    assert str(answer.evidence["spotIamFleetRole"]).endswith("/fleet has gone")
    assert str(answer.evidence["instanceRole"]).endswith("has gone, or is none")


def test_image_that_is_not_reached(double: Double, plan: ForgePlan) -> None:
    """Where an image was not pulled, the way out of the job's subnets is looked at."""
    for change in (*ended(statusReason="CannotPullContainerError: i/o timeout"), CLOSED):
        change(double)
    assert ids(look(plan)) == ["image-not-pulled", "subnet-without-way"]


@pytest.mark.parametrize("name", BUDGETS)
def test_budget(name: str, double: Double) -> None:
    """A budget counts nothing before its tag is activated, which only who pays can see."""
    tags, expected = BUDGETS[name]
    reply = tags if isinstance(tags, Exception) else {"CostAllocationTags": tags}
    double.having(ce_ListCostAllocationTags=reply)
    plan = ForgePlan.of(config(aws={"operations": {"budget": {"amount": 9}}}))
    assert ids(look(plan)) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" ", "names no job"),
        (arn("batch", "job-queue/x"), "names no job"),
        (arn("ecs", "job/x"), "names no job"),
        ("arn:aws", "names no job"),
        (arn("batch", "job/j-1").replace(REGION, "us-east-1"), "in us-east-1 of the account"),
        (arn("batch", "job/j-1").replace(ACCOUNT, "9" * 12), f"of the account {'9' * 12}"),
    ],
)
def test_what_is_no_job_of_here(text: str, says: str, double: Double, plan: ForgePlan) -> None:
    """What names no job, or one of elsewhere, is refused in one line before anything is read."""
    with pytest.raises(ConfigError, match=says) as caught:
        look(plan, text)
    assert caught.value.problems[0].fix
    assert double.asked == ["sts:GetCallerIdentity"]


def test_job_in_a_queue_that_exists(double: Double) -> None:
    """A job that a pipeline put into a queue of aws.existing_queues is the environment's too."""
    items = [queue(HEAD, "head"), queue(WORK, "work"), queue("theirs", "work")]
    for change in waiting(in_queue="theirs", statusReason="UNDETERMINED - x"):
        change(double)
    double.having(batch_DescribeJobQueues=only("jobQueues", "jobQueueName", items))
    plan = ForgePlan.of(config(aws={"existing_queues": ["theirs"]}))
    assert "waits-undetermined" in ids(look(plan, "j-1"))


def test_job_that_cannot_be_read(double: Double, plan: ForgePlan) -> None:
    """A job that may not be looked at is not said to be unknown."""
    double.having(batch_DescribeJobs=DENIED)
    account = Account(REGION, account=ACCOUNT)
    assert ids(doctor(account, plan, job="j-1")) == []
    assert [one.action for one in account.unread] == ["batch:DescribeJobs"]


def test_job_behind_others(double: Double, plan: ForgePlan) -> None:
    """A job that is not at the front waits for those before it."""
    jobs = [job("j-1"), job("j-2", createdAt=milliseconds(20))]
    summaries = [
        {"jobId": one["jobId"], "jobName": "x", "createdAt": one["createdAt"]} for one in jobs
    ]
    front = [{"jobArn": jobs[0]["jobArn"], "earliestTimeAtPosition": 1}]
    double.having(
        batch_ListJobs__jobSummaryList=summaries,
        batch_GetJobQueueSnapshot__frontOfQueue={"jobs": front},
        batch_DescribeJobs=only("jobs", "jobId", jobs),
    )
    [answer] = look(plan, "j-2")
    assert ids([answer]) == ["job-not-first"]
    assert "1 job before it" in answer.says


def test_evidence(double: Double, plan: ForgePlan) -> None:
    """An answer shows what was seen under AWS's names, and a fix that can be copied."""
    for change in waiting(asks={"VCPU": 96, "MEMORY": 1024}):
        change(double)
    [answer] = look(plan)
    assert answer.as_dict() == {
        "id": "job-exceeds-environment",
        "severity": "error",
        "about": "j-1",
        "says": "the job j-1 asks for 96 vCPUs, its environments have 64 at most",
        "evidence": {"resourceRequirements": "96 vCPUs and 1024 MiB", "maxvCpus": 64},
        "fix": "raise max_cpus to 96 or more, or ask for less",
        "source": LEAVES["job-exceeds-environment"].source,
    }


def test_manual_mode(double: Double) -> None:
    """Queues that the file only names are looked at as well."""
    queues(state="DISABLED")(double)
    assert ids(look(ForgePlan.of(manual()))) == ["queue-disabled"]


def manual() -> ForgeConfig:
    """Return a file in Manual mode."""
    return ForgeConfig.from_dict(
        {
            "name": "lab",
            "region": REGION,
            "work_dir": "s3://lab-work/dir",
            "head_queue": HEAD,
            "compute_queue": WORK,
        }
    )
