# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation's handlers of AWS Batch's types do with the model."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.lifecycle.emulator.batch_rules import BatchError
from tests.lifecycle.emulator.shapes import to_api

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lifecycle.emulator.batch import Batch, Record

Made = tuple[str, dict[str, str]]

ALWAYS_REPLACED = (
    "ComputeEnvironmentName",
    "Tags",
    "Type",
    "ComputeResources.SpotIamFleetRole",
)
"""Written down from the schema by hand, to be a judgement apart from `judges.py`."""

REPLACED_IF_ASKED = (
    *(
        f"ComputeResources.{name}"
        for name in (
            "AllocationStrategy",
            "BidPercentage",
            "Ec2Configuration",
            "Ec2KeyPair",
            "ImageId",
            "InstanceRole",
            "InstanceTypes",
            "LaunchTemplate",
            "PlacementGroup",
            "ScalingPolicy",
            "SecurityGroupIds",
            "Subnets",
            "Tags",
            "Type",
        )
    ),
)

HANDLER_MINUTES = 120
"""What CloudFormation gives a handler whose schema names no time: rule `update-waits`."""

half_updated: list[str] = []
"""Environments whose update has failed after it had changed them: a roll-back changes them back."""

_NOT_OF_THE_API = ("ReplaceComputeEnvironment", "UpdatePolicy")


class ComputeEnvironments:
    """Handlers of `AWS::Batch::ComputeEnvironment`."""

    def __init__(self, batch: Callable[[], Batch]) -> None:
        self._batch = batch

    def create(self, logical_id: str, props: Record, stack: str) -> Made:
        """Create it, and fail like CloudFormation if it comes out INVALID."""
        batch = self._batch()
        request = to_api({key: props[key] for key in props if key not in _NOT_OF_THE_API})
        request.setdefault("computeEnvironmentName", _random_name(logical_id, stack))
        request.get("computeResources", {}).pop("updateToLatestImageVersion", None)
        answer = batch.create_compute_environment(_numbers(request))
        arn: str = answer["computeEnvironmentArn"]
        environment = batch.environments[answer["computeEnvironmentName"]]
        # Only an update can set the policy, so CloudFormation calls that too.
        if policy := props.get("UpdatePolicy"):
            environment["updatePolicy"] = _numbers(to_api(policy))
        status = batch.status(environment)
        if status["status"] != "VALID":
            batch.environments.pop(answer["computeEnvironmentName"])
            raise BatchError(
                "roles-exist",
                f"Operation failed, ComputeEnvironment went INVALID with error: "
                f"{status['statusReason']}",
            )
        return arn, {"ComputeEnvironmentArn": arn}

    def update(
        self, arn: str, old: Record, new: Record, stack: str, logical_id: str | None = None
    ) -> Made:
        """Update it in place, or create its successor; the engine deletes the predecessor."""
        if self._replaces(old, new):
            _refuse_kept_name(old, new, "ComputeEnvironmentName")
            return self.create(logical_id or "", new, stack)
        before, after = (to_api(one.get("ComputeResources", {})) for one in (old, new))
        changes = {key: value for key, value in after.items() if value != before.get(key)}
        gone = before.keys() - after.keys() - {"updateToLatestImageVersion"}
        # An update takes a setting away with an empty value of its kind.
        changes |= {key: type(before[key])() for key in gone}
        if set(changes) & {"allocationStrategy", "instanceTypes", "launchTemplate", "type"}:
            changes |= {key: after[key] for key in ("updateToLatestImageVersion",) if key in after}
        request: Record = {"computeEnvironment": arn}
        if changes:
            request["computeResources"] = changes
        request |= {
            key[0].lower() + key[1:]: to_api(new[key])
            for key in ("State", "ServiceRole", "UpdatePolicy")
            if key in new
        }
        batch = self._batch()
        batch.update_compute_environment(_numbers(request))
        environment = batch.environments[arn.rsplit("/", 1)[-1]]
        if batch.status(environment)["status"] == "UPDATING":
            if environment["updatePolicy"]["jobExecutionTimeoutMinutes"] > HANDLER_MINUTES:
                half_updated.append(arn)
                raise BatchError("update-waits", "Resource of type is not stabilized: UPDATING.")
            batch.end_replaced(arn)
        return arn, {"ComputeEnvironmentArn": arn}

    def delete(self, arn: str, _props: Record) -> None:
        """Disable and delete it."""
        batch = self._batch()
        if arn.rsplit("/", 1)[-1] not in batch.environments:
            return
        batch.update_compute_environment({"computeEnvironment": arn, "state": "DISABLED"})
        batch.delete_compute_environment({"computeEnvironment": arn})

    @staticmethod
    def _replaces(old: Record, new: Record) -> bool:
        asked = new.get("ReplaceComputeEnvironment", True) not in (False, "false")
        paths = ALWAYS_REPLACED + (REPLACED_IF_ASKED if asked else ())
        return any(_at(old, path) != _at(new, path) for path in paths)


class JobQueues:
    """Handlers of `AWS::Batch::JobQueue`."""

    def __init__(self, batch: Callable[[], Batch]) -> None:
        self._batch = batch

    def create(self, logical_id: str, props: Record, stack: str) -> Made:
        """Create it."""
        request = to_api(props)
        request.setdefault("jobQueueName", _random_name(logical_id, stack))
        arn: str = self._batch().create_job_queue(_numbers(request))["jobQueueArn"]
        return arn, {"JobQueueArn": arn}

    def update(
        self, arn: str, old: Record, new: Record, stack: str, logical_id: str | None = None
    ) -> Made:
        """Update it in place, or create its successor."""
        if any(old.get(key) != new.get(key) for key in ("JobQueueName", "JobQueueType")):
            _refuse_kept_name(old, new, "JobQueueName")
            return self.create(logical_id or "", new, stack)
        fields = ("State", "Priority", "ComputeEnvironmentOrder", "JobStateTimeLimitActions")
        request = to_api({key: new[key] for key in fields if key in new})
        batch = self._batch()
        batch.update_job_queue(_numbers({"jobQueue": arn, **request}))
        before, after = old.get("Tags", {}), new.get("Tags", {})
        batch.untag_resource(arn, before.keys() - after.keys())
        batch.tag_resource(arn, after)
        return arn, {"JobQueueArn": arn}

    def delete(self, arn: str, _props: Record) -> None:
        """Disable and delete it."""
        batch = self._batch()
        if arn.rsplit("/", 1)[-1] not in batch.queues:
            return
        batch.update_job_queue({"jobQueue": arn, "state": "DISABLED"})
        batch.delete_job_queue({"jobQueue": arn})


class JobDefinitions:
    """Handlers of `AWS::Batch::JobDefinition`: one resource, whose revision moves on.

    Its identifier is the name, so an update leaves the resource and makes another revision.
    """

    def __init__(self, batch: Callable[[], Batch]) -> None:
        self._batch = batch

    def create(self, logical_id: str, props: Record, stack: str) -> Made:
        """Register a revision."""
        request = to_api(props)
        name = request.setdefault("jobDefinitionName", _random_name(logical_id, stack))
        answer = self._batch().register_job_definition(_numbers(request))
        return name, {"JobDefinitionArn": answer["jobDefinitionArn"]}

    def update(
        self, name: str, _old: Record, new: Record, stack: str, logical_id: str | None = None
    ) -> Made:
        """Register another revision, and deregister the ones before."""
        before = self._active(name)
        made = self.create(logical_id or "", {"JobDefinitionName": name, **new}, stack)
        if made[0] == name:
            self._deregister(before)
        return made

    def delete(self, name: str, _props: Record) -> None:
        """Deregister the revisions."""
        self._deregister(self._active(name))

    def _active(self, name: str) -> list[str]:
        request = {"jobDefinitionName": name, "status": "ACTIVE"}
        found = self._batch().describe_job_definitions(request)["jobDefinitions"]
        return [one["jobDefinitionArn"] for one in found]

    def _deregister(self, arns: list[str]) -> None:
        for arn in arns:
            self._batch().deregister_job_definition({"jobDefinition": arn})


def _random_name(logical_id: str, stack: str) -> str:
    return f"{logical_id[:40]}-{stack[:20]}-{secrets.token_hex(6)}"


def _refuse_kept_name(old: Record, new: Record, name: str) -> None:
    if new.get(name) is not None and old.get(name) == new[name]:
        raise BatchError(
            "custom-name",
            "CloudFormation cannot update a stack when a custom-named resource requires "
            f"replacing. Rename {new[name]} and update the stack again.",
        )


def _at(props: Record, path: str) -> Any:
    value: Any = props
    for key in path.split("."):
        value = (value or {}).get(key)
    return value


_INTEGERS = {
    "minvCpus",
    "maxvCpus",
    "desiredvCpus",
    "bidPercentage",
    "priority",
    "order",
    "maxTimeSeconds",
    "jobExecutionTimeoutMinutes",
}


def _numbers(value: Any, key: str = "") -> Any:
    """Return a request in which texts are numbers where AWS wants numbers, as CloudFormation."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, dict):
        return {name: _numbers(item, name) for name, item in value.items()}
    return int(value) if key in _INTEGERS and value != "" else value
