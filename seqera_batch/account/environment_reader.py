# SPDX-License-Identifier: Apache-2.0
"""Reads what `doctor` knows of a compute environment: its roles, starts, nodes and their logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from seqera_batch.account.facts import (
    JOIN_MINUTES,
    LAST_LINES,
    RECENT,
    Environment,
    Failure,
    Node,
    Start,
    moment,
    offered_types,
    type_filter,
)
from seqera_batch.account.reading import ABSENT, Account, Read, by_tags, trusted_services
from seqera_batch.node import NODE_FAILED
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG

_MOST_LINES = 1_000
_MOST_STARTS = 100
_GONE = ("NoSuchEntity",)

_GROUP_TAG = "aws:autoscaling:groupName"
OF_SCRIPT = re.compile(r"\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d{4} \S+: ")
"""How lines of a node's scripts begin, among all that a console shows."""
_JOINING = ("ecs:Poll", "ecs:RegisterContainerInstance", "ecs:StartTelemetrySession")


@dataclass(slots=True)
class EnvironmentReader:
    """Reads compute environments.

    Args:
        account: Where they are.
        plan: Whose they are.
    """

    account: Account
    plan: ForgePlan
    _groups: list[Read] | None = field(default=None, init=False)

    def read(self, detail: Read, *, waits: bool) -> Environment:
        """Return an environment with what is known of its nodes.

        Args:
            detail: As AWS Batch describes it.
            waits: Whether a job waits for a node of it.
        """
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
            answer = self._profile(profile)
            if answer is not None:
                has = answer.get("InstanceProfile", {}).get("Roles")
                gone = "has gone, or is none" if ABSENT in answer else "has no role"
                found["instanceRole"] = f"{profile} {'has a role' if has else gone}"
        return found

    def _profile(self, name: str) -> Read | None:
        """Return an instance profile by its name or ARN."""
        name = name.rpartition("/")[2]
        return self.account.read(
            "iam", "get_instance_profile", absent=_GONE, InstanceProfileName=name
        )

    def _groups_of(self, name: str) -> list[str]:
        """Return the Auto Scaling groups that AWS Batch made: `AWSBatch-<environment>-asg-…`."""
        if self._groups is None:
            self._groups = self.account.every("autoscaling", "describe_auto_scaling_groups") or []
        names = [str(group["AutoScalingGroupName"]) for group in self._groups]
        return [group for group in names if group.startswith(f"AWSBatch-{name}-asg-")]

    def _of_groups(self, groups: list[str], since: datetime) -> Iterator[Start]:
        """Yield which nodes Auto Scaling started, or did not."""
        for group in groups:
            activities = self.account.every(
                "autoscaling",
                "describe_scaling_activities",
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
        requests = self.account.every("ec2", "describe_spot_fleet_requests")
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
            "ec2", "describe_instances", Filters=[{"Name": f"tag:{key}", "Values": values}]
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
            "ecs", "list_container_instances", absent=("ClusterNotFoundException",), cluster=cluster
        )
        if arns is None:
            return None
        found: dict[str, Read] = {}
        for start in range(0, len(arns), 100):
            answer = self.account.read(
                "ecs",
                "describe_container_instances",
                has="containerInstances",
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
            lines = self._events(logGroupName=group.name, logStreamNamePrefix=f"{instance}/")
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
        found = self._profile(str(environment.resources.get("instanceRole", "")))
        roles = (found or {}).get("InstanceProfile", {}).get("Roles", ())
        cluster = environment.detail["ecsClusterArn"]
        for role in roles:
            answers = self.account.every(
                "iam",
                "simulate_principal_policy",
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

    def failures(self) -> tuple[Failure, ...]:
        """Return the nodes that failed in the last hour, else those of the last day."""
        group = self.plan.logs.nodes
        if group is None:
            return ()
        self.account.tell("reading the nodes' logs")
        last: dict[str, Failure] = {}
        # The log is read from its older end: a day of failures would hide the last of them.
        for hours in (1, 24):
            since = self.account.now - timedelta(hours=hours)
            events = self._events(
                logGroupName=group.name,
                filterPattern=f'"{NODE_FAILED}"',
                startTime=int(since.timestamp() * 1000),
            )
            for event in sorted(events or (), key=lambda one: one.get("timestamp", 0)):
                name = event["logStreamName"].partition("/")[0]
                last.pop(name, None)
                when = moment(event.get("timestamp", 0))
                last[name] = Failure(instance=name, line=event["message"], when=when)
            if last or events is None:
                break
        return tuple(reversed(last.values()))

    def _events(self, **asked: object) -> list[Read] | None:
        """Return events of the nodes' log; None where it could not be read."""
        return self.account.every(
            "logs",
            "filter_log_events",
            most=_MOST_LINES,
            absent=("ResourceNotFoundException",),
            **asked,
        )
