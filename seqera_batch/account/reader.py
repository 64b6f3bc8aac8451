# SPDX-License-Identifier: Apache-2.0
"""Reads what `doctor` knows: queues, environments, the job that waits or failed, nodes, logs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from seqera_batch.account.facts import (
    JOIN_MINUTES,
    RECENT,
    Environment,
    Facts,
    Failure,
    Node,
    Queue,
    Start,
    moment,
    offered_types,
    read_stack,
    type_filter,
)
from seqera_batch.account.reading import ABSENT, Account, Read, by_tags, trusted_services
from seqera_batch.catalog import defaults
from seqera_batch.node import NODE_FAILED
from seqera_batch.plan.labels import ENVIRONMENT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from seqera_batch.plan import ForgePlan

WAITING = ("RUNNABLE",)
ALIVE = ("RUNNABLE", "STARTING", "RUNNING")
LAST_LINES = 50
"""Lines of a log's end that are read."""
MOST_JOBS = 1_000
"""Jobs of a queue that are counted."""
_MOST_STARTS = 100
_GONE = ("NoSuchEntity",)

_GROUP_TAG = "aws:autoscaling:groupName"
OF_SCRIPT = re.compile(r"\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d{4} \S+: ")
"""How lines of a node's scripts begin, among all that a console shows."""
_JOINING = ("ecs:Poll", "ecs:RegisterContainerInstance", "ecs:StartTelemetrySession")


@dataclass(slots=True)
class Reader:
    """Reads the facts of one environment.

    Args:
        account: Where it is.
        plan: What it is.
    """

    account: Account
    plan: ForgePlan
    _groups: list[Read] | None = field(default=None, init=False)

    def facts(self, job_id: str | None) -> Facts:
        """Return the facts.

        Args:
            job_id: The job that is asked about.
        """
        account, plan = self.account, self.plan
        stack = read_stack(account, plan.stack_name)
        account.tell("reading queues and compute environments")
        answer = None if job_id is None else self._jobs(job_id)
        asked_read = answer is not None
        job = next(iter(answer or ()), None)
        array = None
        properties = (job or {}).get("arrayProperties", {})
        if job is not None and properties.get("size") and "index" not in properties:
            array, job = job, self._child(job) or job
        queues = self._queues(job)
        if job_id is None and queues is not None:
            job = self._failed_head()
        return Facts(
            now=account.now,
            stack=None if stack is None or ABSENT in stack else stack,
            stack_read=stack is not None,
            queues=queues,
            asked=job_id,
            asked_read=asked_read,
            array=array,
            job=job,
            log=self._log(job),
            failures=self._failures(),
            orphans=self._orphans(job),
            cost_tag=self._cost_tag(),
        )

    def _job(self, job_id: str) -> Read | None:
        return next(iter(self._jobs(job_id) or ()), None)

    def _jobs(self, job_id: str) -> list[Read] | None:
        """Return the job, if there is one; None where AWS Batch could not be asked."""
        answer = self.account.read("batch", "describe_jobs", jobs=[job_id])
        return None if answer is None else list(answer.get("jobs", ()))

    def _child(self, array: Read) -> Read | None:
        """Return the first job of an array that is as the array is: one that waits, or failed."""
        status = array["status"] if array["status"] == "FAILED" else "RUNNABLE"
        children = self.account.every(
            "batch",
            "list_jobs",
            "jobSummaryList",
            arrayJobId=array["jobId"],
            jobStatus=status,
            most=1,
        )
        return self._job(children[0]["jobId"]) if children else None

    def _queues(self, job: Read | None) -> tuple[Queue, ...] | None:
        names = self.plan.compute.looked_at
        details = self.account.every(
            "batch", "describe_job_queues", "jobQueues", jobQueues=list(names)
        )
        if details is None:
            return None
        by_name = {one["jobQueueName"]: one for one in details}
        by_arn = {one["jobQueueArn"]: one["jobQueueName"] for one in details}
        asked = job and by_arn.get(job["jobQueue"])
        waits = asked if job and job["status"] in WAITING else None
        return tuple(self._queue(name, by_name.get(name), waits == name) for name in names)

    def _queue(self, name: str, detail: Read | None, asked: bool) -> Queue:  # noqa: FBT001 - inner
        if detail is None:
            return Queue(name=name)
        account = self.account
        account.tell(f"reading the queue {name}")
        waiting = account.every(
            "batch",
            "list_jobs",
            "jobSummaryList",
            jobQueue=name,
            jobStatus="RUNNABLE",
            most=MOST_JOBS,
        )
        waiting = sorted(waiting or (), key=lambda one: one.get("createdAt", 0))
        snapshot = account.read("batch", "get_job_queue_snapshot", jobQueue=name) or {}
        ahead = [
            one["jobArn"].rpartition("/")[2]
            for one in snapshot.get("frontOfQueue", {}).get("jobs", ())
        ]
        first = next(iter(ahead), waiting[0]["jobId"] if waiting else None)
        front = None if first is None else self._job(first)
        order = detail.get("computeEnvironmentOrder", ())
        arns = [one["computeEnvironment"] for one in order]
        details = (
            account.every(
                "batch",
                "describe_compute_environments",
                "computeEnvironments",
                computeEnvironments=arns,
            )
            if arns
            else ()
        )
        places = {one["computeEnvironmentArn"]: one for one in details or ()}
        return Queue(
            name=name,
            detail=detail,
            environments=tuple(
                self._environment(places[arn], waits=front is not None or asked)
                for arn in arns
                if arn in places
            ),
            front=front,
            waiting=tuple(one["jobId"] for one in waiting),
        )

    def _environment(self, detail: Read, *, waits: bool) -> Environment:
        roles = self._roles(detail) if detail.get("status") == "INVALID" else {}
        environment = Environment(detail=detail, roles=roles)
        if not environment.on_ec2:
            return environment
        account = self.account
        account.tell(f"reading the nodes of {environment.name}")
        groups = self._groups_of(environment.name)
        since = account.now - RECENT
        starts = (
            self._of_fleet(environment, since)
            if environment.by_spot_fleet
            else self._of_groups(groups, since)
        )
        zones = self._zones(environment)
        return replace(
            environment,
            starts=tuple(sorted(starts, key=lambda one: one.when, reverse=True)),
            nodes=self._nodes(environment, groups),
            types=self._types(environment, zones) if waits else None,
            zones=zones,
        )

    def _roles(self, detail: Read) -> dict[str, str]:
        """Return what is with what an environment names of IAM; the linked role is AWS's own."""
        resources = detail.get("computeResources", {})
        found: dict[str, str] = {}
        for key, arn, service in (
            ("serviceRole", detail.get("serviceRole"), "batch.amazonaws.com"),
            ("spotIamFleetRole", resources.get("spotIamFleetRole"), "spotfleet.amazonaws.com"),
        ):
            if arn is None or "/aws-service-role/" in arn:
                continue
            answer = self.account.read(
                "iam", "get_role", absent=_GONE, RoleName=arn.rpartition("/")[2]
            )
            if answer is not None:
                trusted = trusted_services(answer)
                found[key] = (
                    f"{arn} has gone"
                    if ABSENT in answer
                    else f"{arn} trusts {service}"
                    if service in trusted
                    else f"{arn} does not trust {service}"
                )
        profile = str(resources.get("instanceRole", ""))
        if profile:
            answer = self.account.read(
                "iam",
                "get_instance_profile",
                absent=_GONE,
                InstanceProfileName=profile.rpartition("/")[2],
            )
            if answer is not None:
                has = answer.get("InstanceProfile", {}).get("Roles")
                gone = "has gone, or is none" if ABSENT in answer else "has no role"
                found["instanceRole"] = f"{profile} {'has a role' if has else gone}"
        return found

    def _groups_of(self, name: str) -> list[str]:
        """Return the Auto Scaling groups that AWS Batch made: `AWSBatch-<environment>-asg-…`."""
        if self._groups is None:
            self._groups = (
                self.account.every(
                    "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"
                )
                or []
            )
        names = [str(group["AutoScalingGroupName"]) for group in self._groups]
        return [group for group in names if group.startswith(f"AWSBatch-{name}-asg-")]

    def _of_groups(self, groups: list[str], since: datetime) -> Iterator[Start]:
        """Yield which nodes Auto Scaling started, or did not."""
        for group in groups:
            activities = self.account.every(
                "autoscaling",
                "describe_scaling_activities",
                "Activities",
                AutoScalingGroupName=group,
                most=_MOST_STARTS,
            )
            for one in activities or ():
                said = str(one.get("StatusMessage", ""))
                # One that is ended while it starts, as without its volume's key, is cancelled.
                failed = one["StatusCode"] == "Failed" or (
                    one["StatusCode"] == "Cancelled" and "Client." in said
                )
                # What ends well is no sign that nodes start.
                ends = str(one.get("Description", "")).startswith("Terminating")
                if one["StartTime"] >= since and (
                    failed or (one["StatusCode"] == "Successful" and not ends)
                ):
                    yield Start(when=one["StartTime"], failed=failed, said=said)

    def _of_fleet(self, environment: Environment, since: datetime) -> Iterator[Start]:
        """Yield which nodes Spot Fleet started, or did not: it is known by its role."""
        requests = self.account.every(
            "ec2", "describe_spot_fleet_requests", "SpotFleetRequestConfigs"
        )
        role = environment.resources.get("spotIamFleetRole")
        for request in requests or ():
            if request["SpotFleetRequestConfig"].get("IamFleetRole") != role:
                continue
            if not str(request.get("SpotFleetRequestState")).startswith(("active", "modifying")):
                continue
            history = self.account.read(
                "ec2",
                "describe_spot_fleet_request_history",
                SpotFleetRequestId=request["SpotFleetRequestId"],
                StartTime=since,
                MaxResults=_MOST_STARTS,
            )
            for one in (history or {}).get("HistoryRecords", ()):
                event = one.get("EventInformation", {})
                kind = str(event.get("EventSubType", ""))
                failed = one["EventType"] == "error" or "LaunchSpec" in kind or "launchSpec" in kind
                if failed or kind == "launched":
                    said = f"{kind}: {event.get('EventDescription', '')}"
                    yield Start(when=one["Timestamp"], failed=failed, said=said)

    def _zones(self, environment: Environment) -> tuple[str, ...]:
        subnets = self.account.every(
            "ec2",
            "describe_subnets",
            "Subnets",
            absent=("InvalidSubnetID.NotFound",),
            SubnetIds=environment.resources["subnets"],
        )
        return tuple(sorted({one["AvailabilityZone"] for one in subnets or ()}))

    def _types(self, environment: Environment, zones: tuple[str, ...]) -> tuple[Read, ...] | None:
        offered = offered_types(self.account, environment.resources["instanceTypes"], zones)
        if offered is None:
            return None
        every = self.account.every(
            "ec2",
            "describe_instance_types",
            "InstanceTypes",
            Filters=type_filter(environment.resources["instanceTypes"]),
        )
        if every is None:
            return None
        return tuple(one for one in every if one["InstanceType"] in offered)

    def _nodes(self, environment: Environment, groups: list[str]) -> tuple[Node, ...]:
        key, values = _GROUP_TAG, groups
        if environment.by_spot_fleet:
            # They are in no group, and have our label only.
            key, values = ENVIRONMENT_TAG, [self.plan.environment_id]
        if not values:
            return ()
        reservations = self.account.every(
            "ec2",
            "describe_instances",
            "Reservations",
            Filters=[{"Name": f"tag:{key}", "Values": values}],
        )
        instances = [one for each in reservations or () for one in each["Instances"]]
        registered = self._registered(environment) if instances else {}
        return tuple(
            Node(instance=one)
            if registered is None
            else self._node(environment, one, registered.get(one["InstanceId"]))
            for one in instances
        )

    def _registered(self, environment: Environment) -> dict[str, Read] | None:
        """Return the container instances by EC2's id; None where ECS could not be asked."""
        cluster = environment.detail.get("ecsClusterArn")
        if cluster is None:
            return None
        arns = self.account.every(
            "ecs",
            "list_container_instances",
            "containerInstanceArns",
            absent=("ClusterNotFoundException",),
            cluster=cluster,
        )
        if arns is None:
            return None
        found: dict[str, Read] = {}
        for start in range(0, len(arns), 100):
            answer = self.account.read(
                "ecs",
                "describe_container_instances",
                cluster=cluster,
                containerInstances=arns[start : start + 100],
            )
            if answer is None:
                return None
            found |= {one["ec2InstanceId"]: one for one in answer["containerInstances"]}
        return found

    def _node(self, environment: Environment, instance: Read, registered: Read | None) -> Node:
        node = Node(
            instance=instance,
            registered=registered,
            cluster=environment.detail.get("ecsClusterArn"),
            ours=by_tags(instance).get(ENVIRONMENT_TAG) == self.plan.environment_id,
        )
        late = node.minutes(self.account.now) >= JOIN_MINUTES
        if registered is not None or instance["State"]["Name"] != "running" or not late:
            return node
        # What others' nodes say, stands elsewhere.
        said = self._said(node.id) if node.ours else ()
        denied = self._denied(environment) if said or not node.ours else ()
        return replace(node, said=said, denied=denied)

    def _said(self, instance: str) -> tuple[str, ...] | None:
        """Return the end of what a node said of its start, in its log or else on its console."""
        group, lines = self.plan.logs.nodes, None
        if group is not None:
            lines = self.account.every(
                "logs",
                "filter_log_events",
                "events",
                most=MOST_JOBS,
                absent=("ResourceNotFoundException",),
                logGroupName=group.name,
                logStreamNamePrefix=f"{instance}/",
            )
        if lines:
            return tuple(one["message"] for one in lines[-LAST_LINES:])
        console = self.account.read(
            "ec2", "get_console_output", absent=("UnsupportedOperation",), InstanceId=instance
        )
        text = [
            line
            for line in (console or {}).get("Output", "").splitlines()
            if OF_SCRIPT.search(line)
        ]
        if lines is None and console is None:
            return None
        return tuple(text[-LAST_LINES:])

    def _denied(self, environment: Environment) -> tuple[str, ...]:
        profile = str(environment.resources.get("instanceRole", "")).rpartition("/")[2]
        found = self.account.read(
            "iam", "get_instance_profile", absent=_GONE, InstanceProfileName=profile
        )
        roles = (found or {}).get("InstanceProfile", {}).get("Roles", ())
        cluster = environment.detail["ecsClusterArn"]
        for role in roles:
            answers = self.account.every(
                "iam",
                "simulate_principal_policy",
                "EvaluationResults",
                PolicySourceArn=role["Arn"],
                ActionNames=list(_JOINING),
                ResourceArns=[cluster, f"{cluster.replace(':cluster/', ':container-instance/')}/x"],
            )
            allowed = {
                one["EvalActionName"] for one in answers or () if one["EvalDecision"] == "allowed"
            }
            if answers:
                return tuple(action for action in _JOINING if action not in allowed)
        return ()

    def _failures(self) -> tuple[Failure, ...]:
        """Return the nodes that failed in the last hour, else those of the last day."""
        group = self.plan.logs.nodes
        if group is None:
            return ()
        self.account.tell("reading the nodes' logs")
        last: dict[str, Failure] = {}
        # The log is read from its older end: a day of failures would hide the last of them.
        for hours in (1, 24):
            since = self.account.now - timedelta(hours=hours)
            events = self.account.every(
                "logs",
                "filter_log_events",
                "events",
                absent=("ResourceNotFoundException",),
                logGroupName=group.name,
                filterPattern=f'"{NODE_FAILED}"',
                startTime=int(since.timestamp() * 1000),
                most=MOST_JOBS,
            )
            for event in sorted(events or (), key=lambda one: one.get("timestamp", 0)):
                name = event["logStreamName"].partition("/")[0]
                last.pop(name, None)
                when = moment(event.get("timestamp", 0))
                last[name] = Failure(instance=name, line=event["message"], when=when)
            if last or events is None:
                break
        return tuple(reversed(last.values()))

    def _failed_head(self) -> Read | None:
        """Return the head job that failed last, if one did in the last day."""
        queue = self.plan.compute.head_queue
        failed = self.account.every(
            "batch",
            "list_jobs",
            "jobSummaryList",
            jobQueue=queue,
            jobStatus="FAILED",
            absent=("ClientException",),
            most=MOST_JOBS,
        )
        since = (self.account.now - timedelta(days=1)).timestamp() * 1000
        recent = [
            one
            for one in failed or ()
            if one.get("stoppedAt", 0) >= since
            # Nextflow's own definitions begin so: these are tasks, where one queue takes all.
            and ":job-definition/nf-" not in one.get("jobDefinition", "")
        ]
        if not recent:
            return None
        return self._job(max(recent, key=lambda one: one["stoppedAt"])["jobId"])

    def _log(self, job: Read | None) -> tuple[str, ...]:
        if job is None or job["status"] != "FAILED" or not job.get("startedAt"):
            return ()
        container = job.get("container", {})
        stream = container.get("logStreamName")
        if stream is None:
            return ()
        options = container.get("logConfiguration", {}).get("options", {})
        events = self.account.read(
            "logs",
            "get_log_events",
            absent=("ResourceNotFoundException",),
            logGroupName=options.get("awslogs-group", defaults.JOB_LOG_GROUP),
            logStreamName=stream,
            limit=LAST_LINES,
        )
        return tuple(one["message"] for one in (events or {}).get("events", ()))

    def _orphans(self, job: Read | None) -> tuple[str, ...]:
        """Return the tasks that go on after a head job ended, where no other head job runs."""
        compute = self.plan.compute
        if job is None or job["status"] != "FAILED" or compute.head_queue == compute.compute_queue:
            return ()
        ended = job.get("stoppedAt", 0)
        if self._alive(compute.head_queue):
            return ()
        return tuple(
            one["jobId"]
            for one in self._alive(compute.compute_queue)
            if one.get("createdAt", ended) < ended
        )

    def _cost_tag(self) -> str | None:
        """Return whether a budget counts anything."""
        watched = self.plan.operations
        if watched is None or watched.budget is None:
            return None
        answer = self.account.read(
            "ce",
            "list_cost_allocation_tags",
            # Accounts that another one pays for are refused, whatever they may.
            absent=("AccessDeniedException", "AccessDenied"),
            TagKeys=[ENVIRONMENT_TAG],
        )
        if answer is None:
            return None
        tags = answer.get("CostAllocationTags", ())
        return "" if ABSENT in answer else next((one["Status"] for one in tags), "Inactive")

    def _alive(self, queue: str) -> list[Read]:
        return [
            one
            for status in ALIVE
            for one in self.account.every(
                "batch",
                "list_jobs",
                "jobSummaryList",
                jobQueue=queue,
                jobStatus=status,
                absent=("ClientException",),
                most=MOST_JOBS,
            )
            or ()
        ]
