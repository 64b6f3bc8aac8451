# SPDX-License-Identifier: Apache-2.0
"""A model of AWS Batch's control plane: environments, queues, definitions and jobs."""

from __future__ import annotations

import base64
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tests.lifecycle.emulator import definitions
from tests.lifecycle.emulator.batch_rules import BatchError, well_formed
from tests.lifecycle.emulator.names import RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = dict[str, Any]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_FARGATE = {"type", "maxvCpus", "subnets", "securityGroupIds"}
_FARGATE_UPDATED = _FARGATE - {"type"}
_SCALING = {"minvCpus", "maxvCpus", "desiredvCpus"}
_IN_PLACE = {
    "BEST_FIT_PROGRESSIVE",
    "SPOT_CAPACITY_OPTIMIZED",
    "SPOT_PRICE_CAPACITY_OPTIMIZED",
    # As the API's model of an update has them; the guide's list is older than these.
    "BEST_FIT_PROGRESSIVE_ORDERED",
    "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
}
_MOST_ENVIRONMENTS = 3
_SECONDS = range(600, 86400 + 1)


class World(Protocol):
    """What AWS Batch asks of other services."""

    account: str
    region: str

    def subnet(self, subnet_id: str) -> bool:
        """Whether a subnet exists."""

    def security_group(self, group_id: str) -> bool:
        """Whether a security group exists."""

    def launch_template(self, reference: Record) -> Record | None:
        """Return the data of a version of a launch template."""

    def instance_profile(self, arn: str) -> bool:
        """Whether an instance profile exists and has a role that exists."""

    def role(self, arn: str) -> bool:
        """Whether a role exists."""

    def service_linked_role(self) -> str:
        """Return the ARN of Batch's service-linked role, created if it is missing."""

    def launch_refusals(self, resources: Record) -> list[str]:
        """Return why no node of an environment's resources can be started."""


@dataclass(frozen=True)
class Node:
    """Where a job runs: a node of EC2, or a task of Fargate."""

    environment: str
    subnet: str
    groups: tuple[str, ...]


@dataclass
class Batch:
    """AWS Batch in one account and region. Requests and answers are those of the API."""

    world: World
    environments: dict[str, Record] = field(default_factory=dict)
    queues: dict[str, Record] = field(default_factory=dict)
    definitions: dict[str, list[Record]] = field(default_factory=dict)
    jobs: dict[str, Record] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    """By the id of the job, which has it to itself."""
    replaced: set[str] = field(default_factory=set)
    """Jobs on nodes that an update of their environment replaces, once they have ended."""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    # Compute environments

    def create_compute_environment(self, request: Record) -> Record:
        """Create a compute environment, VALID at once."""
        well_formed("CreateComputeEnvironment", request)
        name = request["computeEnvironmentName"]
        _free(name, self.environments)
        resources = request.get("computeResources", {})
        self._check_resources(resources)
        arn = self._arn(f"compute-environment/{name}")
        self.environments[name] = {
            "computeEnvironmentName": name,
            "computeEnvironmentArn": arn,
            "type": request["type"],
            "state": request.get("state", "ENABLED"),
            "serviceRole": request.get("serviceRole") or self.world.service_linked_role(),
            "computeResources": resources,
            "tags": request.get("tags", {}),
            "updatePolicy": {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30},
        }
        return {"computeEnvironmentName": name, "computeEnvironmentArn": arn}

    def update_compute_environment(self, request: Record) -> Record:
        """Change an environment in place, where AWS allows it."""
        well_formed("UpdateComputeEnvironment", request)
        environment = self._environment(request["computeEnvironment"])
        self._refuse_while_updating(environment)
        role: str = request.get("serviceRole") or environment["serviceRole"]
        if _service_linked(role) != _service_linked(environment["serviceRole"]):
            raise BatchError(
                "service-role-kept",
                "Cannot change from the service-linked role to a service role or back.",
            )
        changes = request.get("computeResources", {})
        replaces_nodes = self._check_update(environment, changes)
        # An empty value takes a setting away; what is write-only is not read back.
        kept = {key: value for key, value in changes.items() if key != "updateToLatestImageVersion"}
        resources = {**environment["computeResources"], **kept}
        empty = {key for key, value in changes.items() if value in ("", [], {})}
        if resources.get("bidPercentage") == 0:
            empty.add("bidPercentage")
        resources = {key: value for key, value in resources.items() if key not in empty}
        if changes:
            self._check_resources(resources)
        environment["computeResources"] = resources
        environment["serviceRole"] = role
        environment["state"] = request.get("state", environment["state"])
        environment["updatePolicy"] = request.get("updatePolicy", environment["updatePolicy"])
        if replaces_nodes:
            self.replaced |= self._running(environment)
            if environment["updatePolicy"]["terminateJobsOnUpdate"]:
                self.end_replaced(environment["computeEnvironmentArn"])
        return _pick(environment, "computeEnvironmentName", "computeEnvironmentArn")

    def end_replaced(self, arn: str) -> None:
        """End the jobs whose nodes an update replaces, as when their time is over."""
        for job in self._running(self._environment(arn)) & self.replaced:
            self._end(job, "Compute environment was updated")

    def _running(self, environment: Record) -> set[str]:
        arn = environment["computeEnvironmentArn"]
        return {job for job, node in self.nodes.items() if node.environment == arn}

    def _refuse_while_updating(self, environment: Record) -> None:
        if self._running(environment) & self.replaced:
            raise BatchError("updating-alone", "Cannot update, resource is being modified.")

    def delete_compute_environment(self, request: Record) -> Record:
        """Delete an environment that is DISABLED and without queues."""
        well_formed("DeleteComputeEnvironment", request)
        environment = self._environment(request["computeEnvironment"])
        self._refuse_while_updating(environment)
        arn = environment["computeEnvironmentArn"]
        if environment["state"] != "DISABLED":
            raise BatchError(
                "delete-disabled-first", "Cannot delete, compute environment must be disabled."
            )
        if any(
            arn == order["computeEnvironment"]
            for queue in self.queues.values()
            for order in queue["computeEnvironmentOrder"]
        ):
            raise BatchError(
                "environment-in-use", "Cannot delete, found existing JobQueue relationship."
            )
        if not self.world.role(environment["serviceRole"]):
            raise BatchError(
                "delete-needs-service-role",
                f"The service role {environment['serviceRole']} does not exist.",
            )
        if _is_fargate(environment["computeResources"]) and self._running(environment):
            raise BatchError("fargate-jobs-first", "Cannot delete, jobs are active.")
        del self.environments[environment["computeEnvironmentName"]]
        return {}

    def describe_compute_environments(self, request: Record) -> Record:
        """Return environments with their status as it is now."""
        found = _named(self.environments, request.get("computeEnvironments"))
        return {"computeEnvironments": [{**one, **self.status(one)} for one in found]}

    def status(self, environment: Record) -> Record:
        """Return whether an environment can start nodes, and if not why."""
        reason = self._why_invalid(environment)
        if reason is not None:
            return {"status": "INVALID", "statusReason": f"CLIENT_ERROR - {reason}"}
        if self._running(environment) & self.replaced:
            return {"status": "UPDATING", "statusReason": "ComputeEnvironment is being updated"}
        return {"status": "VALID", "statusReason": "ComputeEnvironment Healthy"}

    def _why_invalid(self, environment: Record) -> str | None:
        resources = environment["computeResources"]
        profile = resources.get("instanceRole")
        if profile and not self.world.instance_profile(profile):
            return f"The instance profile {profile} or its role does not exist"
        fleet = resources.get("spotIamFleetRole")
        for role in (environment["serviceRole"], *([fleet] if fleet else [])):
            if not self.world.role(role):
                return f"The role {role} does not exist"
        if reference := resources.get("launchTemplate"):
            data = self.world.launch_template(reference)
            if data is None:
                return "The launch template does not exist"
            if not _is_multipart(data.get("UserData")):
                return "Launch Template UserData is not MIME multipart format"
        return None

    def _check_resources(self, resources: Record) -> None:
        if resources.get("minvCpus", 0) > resources["maxvCpus"]:
            raise BatchError("vcpus-order", "minvCpus must not be greater than maxvCpus.")
        if _is_fargate(resources):
            if foreign := resources.keys() - _FARGATE:
                raise BatchError(
                    "fargate-fields", f"{sorted(foreign)} cannot be specified for Fargate."
                )
            if not resources.get("securityGroupIds"):
                raise BatchError("fargate-fields", "securityGroupIds is required for Fargate.")
        else:
            if not resources.get("instanceTypes") or not resources.get("instanceRole"):
                raise BatchError("ec2-fields", "instanceTypes and instanceRole are required.")
            _check_strategy(resources)
        self._check_references(resources)

    def _check_references(self, resources: Record) -> None:
        for subnet in resources["subnets"]:
            if not self.world.subnet(subnet):
                raise BatchError("network-exists", f"The subnet ID '{subnet}' does not exist")
        for group in resources.get("securityGroupIds", ()):
            if not self.world.security_group(group):
                raise BatchError("network-exists", f"The security group '{group}' does not exist")
        reference = resources.get("launchTemplate")
        if reference and self.world.launch_template(reference) is None:
            raise BatchError("template-exists", f"No launch template {reference}")

    def _check_update(self, environment: Record, changes: Record) -> bool:
        """Refuse what cannot be changed in place; return whether nodes have to be replaced."""
        resources = environment["computeResources"]
        changed = {key for key, value in changes.items() if value != resources.get(key)}
        kind = changes.get("type", resources["type"])
        if kind.startswith("FARGATE") != _is_fargate(resources):
            raise BatchError("kind-kept", f"The type cannot change to {kind}.")
        if (most := changes.get("maxvCpus")) is not None:
            desired = len(self._running(environment))
            if most < desired:
                raise BatchError("max-above-desired", f"maxvCpus is below desiredvCpus, {desired}.")
        beyond = changed - _SCALING - {"updateToLatestImageVersion"}
        if _is_fargate(resources):
            if refused := beyond - _FARGATE_UPDATED:
                raise BatchError("fargate-update", f"{sorted(refused)} cannot be updated.")
            return False
        linked = _service_linked(environment["serviceRole"])
        before = resources.get("allocationStrategy", "BEST_FIT")
        after = changes.get("allocationStrategy", before)
        if beyond and not (linked and after in _IN_PLACE and before in _IN_PLACE):
            raise BatchError(
                "infrastructure-update",
                f"{sorted(beyond)} can be updated only with the service-linked role and the "
                f"strategies {', '.join(sorted(_IN_PLACE))}.",
            )
        return bool(beyond)

    def _environment(self, reference: str) -> Record:
        return _found(self.environments, reference, "compute environment")

    # Job queues

    def create_job_queue(self, request: Record) -> Record:
        """Create a queue on environments that are VALID."""
        well_formed("CreateJobQueue", request)
        name = request["jobQueueName"]
        _free(name, self.queues)
        arn = self._arn(f"job-queue/{name}")
        queue = {
            "jobQueueName": name,
            "jobQueueArn": arn,
            "state": request.get("state", "ENABLED"),
            "status": "VALID",
            "statusReason": "JobQueue Healthy",
            "priority": request["priority"],
            "computeEnvironmentOrder": self._order(request["computeEnvironmentOrder"]),
            "jobStateTimeLimitActions": _limits(request.get("jobStateTimeLimitActions", [])),
            "tags": request.get("tags", {}),
        } | _pick_present(request, "schedulingPolicyArn")
        self.queues[name] = queue
        return {"jobQueueName": name, "jobQueueArn": arn}

    def update_job_queue(self, request: Record) -> Record:
        """Change a queue in place."""
        well_formed("UpdateJobQueue", request)
        queue = _found(self.queues, request["jobQueue"], "job queue")
        changes = {key: value for key, value in request.items() if key != "jobQueue"}
        policy = changes.get("schedulingPolicyArn")
        if policy is not None and bool(policy) is not bool(queue.get("schedulingPolicyArn")):
            raise BatchError(
                "policy-for-good", "A scheduling policy cannot be added or removed after creation."
            )
        if "computeEnvironmentOrder" in changes:
            changes["computeEnvironmentOrder"] = self._order(changes["computeEnvironmentOrder"])
        if "jobStateTimeLimitActions" in changes:
            changes["jobStateTimeLimitActions"] = _limits(changes["jobStateTimeLimitActions"])
        queue |= changes
        return _pick(queue, "jobQueueName", "jobQueueArn")

    def delete_job_queue(self, request: Record) -> Record:
        """Delete a queue that is DISABLED; its jobs end."""
        well_formed("DeleteJobQueue", request)
        queue = _found(self.queues, request["jobQueue"], "job queue")
        if queue["state"] != "DISABLED":
            raise BatchError("delete-disabled-first", "Cannot delete, job queue must be disabled.")
        for job in self.jobs.values():
            if job["jobQueue"] == queue["jobQueueArn"]:
                self._end(job["jobId"], "Job queue deleted")
        del self.queues[queue["jobQueueName"]]
        return {}

    def describe_job_queues(self, request: Record) -> Record:
        """Return queues."""
        return {"jobQueues": _named(self.queues, request.get("jobQueues"))}

    def _order(self, orders: list[Record]) -> list[Record]:
        if not 1 <= len(orders) <= _MOST_ENVIRONMENTS:
            raise BatchError("queue-environments", "A job queue has 1 to 3 compute environments.")
        behind = [self._environment(order["computeEnvironment"]) for order in orders]
        for one in behind:
            if (status := self.status(one))["status"] != "VALID":
                raise BatchError(
                    "queue-environments",
                    f"{one['computeEnvironmentArn']} is not VALID: {status['statusReason']}",
                )
        if len({_is_fargate(one["computeResources"]) for one in behind}) > 1:
            raise BatchError("one-kind-a-queue", "EC2 and Fargate cannot be mixed in a queue.")
        return [
            {"order": order["order"], "computeEnvironment": one["computeEnvironmentArn"]}
            for order, one in zip(orders, behind, strict=True)
        ]

    # Job definitions and jobs

    def register_job_definition(self, request: Record) -> Record:
        """Add a revision."""
        well_formed("RegisterJobDefinition", request)
        definitions.check(request)
        name = request["jobDefinitionName"]
        revisions = self.definitions.setdefault(name, [])
        revision = 1 + max((one["revision"] for one in revisions), default=0)
        arn = self._arn(f"job-definition/{name}:{revision}")
        made = {**request, "jobDefinitionArn": arn, "revision": revision, "status": "ACTIVE"}
        revisions.append(made)
        return _pick(made, "jobDefinitionName", "jobDefinitionArn", "revision")

    def deregister_job_definition(self, request: Record) -> Record:
        """Make a revision INACTIVE."""
        well_formed("DeregisterJobDefinition", request)
        for one in itertools.chain(*self.definitions.values()):
            if one["jobDefinitionArn"] == request["jobDefinition"]:
                one["status"] = "INACTIVE"
        return {}

    def describe_job_definitions(self, request: Record) -> Record:
        """Return revisions, by name and status."""
        wanted = {"status", "jobDefinitionName"} & request.keys()
        found = itertools.chain(*self.definitions.values())
        return {
            "jobDefinitions": [
                one for one in found if all(one[key] == request[key] for key in wanted)
            ]
        }

    def submit_job(self, request: Record) -> Record:
        """Let a job wait in RUNNABLE, or run if it says so."""
        well_formed("SubmitJob", request)
        queue = _found(self.queues, request["jobQueue"], "job queue")
        if queue["state"] != "ENABLED":
            raise BatchError("submit-enabled", "Job queue is DISABLED.")
        behind = [
            self._environment(order["computeEnvironment"])
            for order in sorted(queue["computeEnvironmentOrder"], key=lambda one: one["order"])
        ]
        self._check_kind(request["jobDefinition"], behind[0])
        job = {
            "jobId": f"job-{next(self.numbers)}",
            "jobName": request["jobName"],
            "jobQueue": queue["jobQueueArn"],
            "jobDefinition": request["jobDefinition"],
            "status": "RUNNABLE",
            "startedAt": 0,
        }
        self.jobs[job["jobId"]] = job
        if request.get("parameters") == RUNS:
            self._start(job, behind)
        return _pick(job, "jobName", "jobId")

    def terminate_job(self, request: Record) -> Record:
        """End a job."""
        well_formed("TerminateJob", request)
        self._end(request["jobId"], request["reason"])
        return {}

    def _check_kind(self, definition: str, environment: Record) -> None:
        """Refuse a definition for the other kind; one that was never registered fits any."""
        name = definition.rsplit("/", 1)[-1].partition(":")[0]
        for revision in self.definitions.get(name, [])[-1:]:
            if definitions.is_fargate(revision) != _is_fargate(environment["computeResources"]):
                raise BatchError("definition-fits-queue", f"{definition} does not fit the queue.")

    def _start(self, job: Record, environments: list[Record]) -> None:
        for environment in environments:
            usable = self.status(environment)["status"] in {"UPDATING", "VALID"}
            resources = environment["computeResources"]
            if usable and environment["state"] == "ENABLED":
                refusals = self.world.launch_refusals(resources)
                if not refusals:
                    self.nodes[job["jobId"]] = Node(
                        environment["computeEnvironmentArn"],
                        resources["subnets"][0],
                        tuple(resources.get("securityGroupIds", ())),
                    )
                    job |= {"status": "RUNNING", "statusReason": ""}
                    return
                job["statusReason"] = "; ".join(refusals)

    def _end(self, job_id: str, reason: str) -> None:
        self.jobs[job_id] |= {"status": "FAILED", "statusReason": reason}
        self.nodes.pop(job_id, None)
        self.replaced.discard(job_id)

    def describe_jobs(self, request: Record) -> Record:
        """Return jobs by id."""
        return {"jobs": [self.jobs[key] for key in request["jobs"] if key in self.jobs]}

    # Tags

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Set tags of a queue or an environment."""
        self._tagged(arn)["tags"] |= tags

    def untag_resource(self, arn: str, keys: Iterable[str]) -> None:
        """Remove tags."""
        for key in keys:
            self._tagged(arn)["tags"].pop(key, None)

    def _tagged(self, arn: str) -> Record:
        store = self.queues if ":job-queue/" in arn else self.environments
        return _found(store, arn, "resource")

    def _arn(self, resource: str) -> str:
        return f"arn:aws:batch:{self.world.region}:{self.world.account}:{resource}"


def _free(name: str, taken: dict[str, Record]) -> None:
    if not _NAME.fullmatch(name):
        raise BatchError("name-form", f"{name!r} is not a name.")
    if name in taken:
        raise BatchError("name-free", f"Object already exists: {name}")


def _found(store: dict[str, Record], reference: str, kind: str) -> Record:
    name = reference.rsplit("/", 1)[-1]
    if name not in store:
        raise BatchError("api-shape", f"The {kind} {reference} does not exist.")
    return store[name]


def _named(store: dict[str, Record], references: list[str] | None) -> list[Record]:
    if not references:
        return list(store.values())
    names = [reference.rsplit("/", 1)[-1] for reference in references]
    return [store[name] for name in names if name in store]


def _pick_present(record: Record, *names: str) -> Record:
    return {name: record[name] for name in names if name in record}


def _pick(record: Record, *keys: str) -> Record:
    return {key: record[key] for key in keys}


def _is_fargate(resources: Record) -> bool:
    return bool(resources["type"].startswith("FARGATE"))


def _service_linked(role: str) -> bool:
    return ":role/aws-service-role/batch." in role


def _is_multipart(user_data: str | None) -> bool:
    if not user_data:
        return True
    return b"content-type: multipart/" in base64.b64decode(user_data)[:1024].lower()


def _check_strategy(resources: Record) -> None:
    strategy = resources.get("allocationStrategy", "BEST_FIT")
    spot = resources["type"] == "SPOT"
    if spot and strategy == "BEST_FIT" and not resources.get("spotIamFleetRole"):
        raise BatchError("spot-fleet-role", "BEST_FIT on Spot requires spotIamFleetRole.")
    if strategy.startswith("SPOT_") and not spot:
        raise BatchError("spot-strategy", f"{strategy} requires type SPOT.")


def _limits(actions: list[Record]) -> list[Record]:
    for action in actions:
        if action["state"] != "RUNNABLE" or action["maxTimeSeconds"] not in _SECONDS:
            raise BatchError("time-limit", f"{action} is outside RUNNABLE, 600 to 86400 seconds.")
    return actions
