# SPDX-License-Identifier: Apache-2.0
"""The model of AWS Batch keeps each rule that it claims: the rule's id is in the refusal."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from tests.lifecycle.emulator.batch import Batch
from tests.lifecycle.emulator.batch_resources import ComputeEnvironments, JobQueues
from tests.lifecycle.emulator.batch_rules import RULES, BatchError
from tests.lifecycle.emulator.names import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable

    Act = Callable[["Batch"], object]

LINKED = "arn:aws:iam::1:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
EC2 = {
    "type": "EC2",
    "allocationStrategy": "BEST_FIT_PROGRESSIVE",
    "maxvCpus": 8,
    "minvCpus": 0,
    "instanceTypes": ["m6i"],
    "instanceRole": "profile",
    "subnets": ["subnet"],
    "launchTemplate": {"launchTemplateId": "lt", "version": "1"},
}
FARGATE = {"type": "FARGATE", "maxvCpus": 8, "subnets": ["subnet"], "securityGroupIds": ["sg"]}


class Everything:
    """A world in which everything exists but what is called `gone`."""

    account = "1"
    region = "eu-west-1"
    gone: frozenset[str] = frozenset()
    user_data = "Content-Type: multipart/mixed"

    def subnet(self, subnet_id: str) -> bool:
        """Whether a subnet exists."""
        return subnet_id not in self.gone

    security_group = instance_profile = role = subnet

    def launch_template(self, reference: dict[str, Any]) -> dict[str, Any] | None:
        """Return the data of a version of a launch template."""
        if reference["launchTemplateId"] in self.gone:
            return None
        return {"UserData": base64.b64encode(self.user_data.encode()).decode()}

    def service_linked_role(self) -> str:
        """Return the ARN of Batch's service-linked role."""
        return LINKED

    def launch_refusals(self, _resources: dict[str, Any]) -> list[str]:
        """Return nothing: nodes start."""
        return []


def _environment(batch: Batch, name: str = "ce", **resources: Any) -> str:
    start = FARGATE if resources.get("type") == "FARGATE" else EC2
    kept = {key: one for key, one in {**start, **resources}.items() if one is not None}
    request = {"computeEnvironmentName": name, "type": "MANAGED", "computeResources": kept}
    found: str = batch.create_compute_environment(request)["computeEnvironmentArn"]
    return found


def _update(batch: Batch, *, start: dict[str, Any] | None = None, **changes: Any) -> None:
    arn = _environment(batch, **(start or {}))
    request = {"computeEnvironment": arn, **changes}
    batch.update_compute_environment(request)


def _queue(batch: Batch, *environments: str, name: str = "jq", **more: Any) -> str:
    order = [{"order": i, "computeEnvironment": one} for i, one in enumerate(environments)]
    request = {"jobQueueName": name, "priority": 1, "computeEnvironmentOrder": order, **more}
    found: str = batch.create_job_queue(request)["jobQueueArn"]
    return found


def _twice(batch: Batch) -> None:
    _environment(batch)
    _environment(batch)


def _in_use(batch: Batch) -> None:
    arn = _environment(batch)
    _queue(batch, arn)
    ComputeEnvironments(lambda: batch).delete(arn, {})


def _without(batch: Batch, *gone: str) -> Batch:
    assert isinstance(batch.world, Everything)
    batch.world.gone = frozenset(gone)
    return batch


def _delete_without_role(batch: Batch) -> None:
    arn = _environment(batch)
    _without(batch, LINKED)
    ComputeEnvironments(lambda: batch).delete(arn, {})


def _queue_on_invalid(batch: Batch) -> None:
    arn = _environment(batch)
    _without(batch, "profile")
    _queue(batch, arn)


def _submit_to_disabled(batch: Batch) -> None:
    queue = _queue(batch, _environment(batch), state="DISABLED")
    batch.submit_job({"jobName": "j", "jobQueue": queue, "jobDefinition": "d"})


def _limit(batch: Batch) -> None:
    action = {
        "action": "CANCEL",
        "maxTimeSeconds": 10,
        "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        "state": "RUNNABLE",
    }
    _queue(batch, _environment(batch), jobStateTimeLimitActions=[action])


def _running(batch: Batch, **start: Any) -> str:
    """Return an environment on which a job runs."""
    arn = _environment(batch, **start)
    batch.submit_job(
        {
            "jobName": "j",
            "jobQueue": _queue(batch, arn),
            "jobDefinition": "d",
            "parameters": RUNS,
        }
    )
    return arn


def _updating(batch: Batch) -> str:
    """Return an environment whose update waits for a job."""
    arn = _running(batch)
    changes = {"instanceTypes": ["m7i"]}
    batch.update_compute_environment({"computeEnvironment": arn, "computeResources": changes})
    return arn


def _lower(batch: Batch) -> None:
    arn = _running(batch, minvCpus=0, maxvCpus=1)
    changes = {"maxvCpus": 0}
    batch.update_compute_environment({"computeEnvironment": arn, "computeResources": changes})


def _update_while_updating(batch: Batch) -> None:
    arn = _updating(batch)
    batch.update_compute_environment({"computeEnvironment": arn, "state": "DISABLED"})


def _stack_update_of_busy(batch: Batch, minutes: int = 121) -> str:
    """Change a busy environment as CloudFormation does, which has two hours for it."""
    handler = ComputeEnvironments(lambda: batch)
    props = {
        "Type": "MANAGED",
        "ReplaceComputeEnvironment": False,
        "ComputeResources": _cfn(EC2),
        "UpdatePolicy": {"JobExecutionTimeoutMinutes": minutes, "TerminateJobsOnUpdate": False},
    }
    arn, _ = handler.create("Ce", props, "stack")
    job = {"jobName": "j", "jobQueue": _queue(batch, arn), "jobDefinition": "d"}
    batch.submit_job({**job, "parameters": RUNS})
    changed = {**props, "ComputeResources": _cfn({**EC2, "instanceTypes": ["m7i"]})}
    handler.update(arn, props, changed, "stack", "Ce")
    return arn


def _define(batch: Batch, *, fargate: bool, **container: Any) -> str:
    """Register a definition that its kind takes, with changes."""
    start: dict[str, Any] = {
        "image": "busybox",
        "executionRoleArn": "arn:aws:iam::1:role/execution",
        "resourceRequirements": [
            {"type": "VCPU", "value": "1"},
            {"type": "MEMORY", "value": "2048"},
        ],
    }
    kept = {key: one for key, one in {**start, **container}.items() if one is not None}
    request = {
        "jobDefinitionName": "d",
        "type": "container",
        "platformCapabilities": ["FARGATE" if fargate else "EC2"],
        "containerProperties": kept,
    }
    arn: str = batch.register_job_definition(request)["jobDefinitionArn"]
    return arn


def _submit_to_other_kind(batch: Batch, *, fargate: bool) -> None:
    environment = _environment(batch, type="EC2" if fargate else "FARGATE")
    definition = _define(batch, fargate=fargate)
    job = {"jobName": "j", "jobQueue": _queue(batch, environment), "jobDefinition": definition}
    batch.submit_job(job)


def _delete_busy_fargate(batch: Batch) -> None:
    arn = _running(batch, type="FARGATE")
    # Detached, as it must be; the job goes on.
    batch.queues.clear()
    batch.update_compute_environment({"computeEnvironment": arn, "state": "DISABLED"})
    batch.delete_compute_environment({"computeEnvironment": arn})


def _renamed_type(batch: Batch) -> None:
    props = {"Type": "MANAGED", "ComputeEnvironmentName": "own", "ComputeResources": _cfn(EC2)}
    handler = ComputeEnvironments(lambda: batch)
    arn, _ = handler.create("Ce", props, "stack")
    handler.update(arn, props, {**props, "Tags": {"a": "b"}}, "stack", "Ce")


def _cfn(resources: dict[str, Any]) -> dict[str, Any]:
    return {key[:1].upper() + key[1:]: value for key, value in resources.items()}


def _shared_later(batch: Batch) -> None:
    _queue(batch, _environment(batch))
    policy = "arn:aws:batch:eu-west-1:123456789012:scheduling-policy/fair"
    batch.update_job_queue({"jobQueue": "jq", "schedulingPolicyArn": policy})


REFUSED: tuple[tuple[str, Act], ...] = (
    ("api-shape", lambda b: _environment(b, allocationStrategy="NOPE")),
    ("api-shape", lambda b: _environment(b, unknown=1)),
    ("name-form", lambda b: _environment(b, "no spaces")),
    ("name-free", _twice),
    ("vcpus-order", lambda b: _environment(b, minvCpus=9)),
    ("fargate-fields", lambda b: _environment(b, type="FARGATE", minvCpus=1)),
    ("fargate-fields", lambda b: _environment(b, type="FARGATE", securityGroupIds=None)),
    ("ec2-fields", lambda b: _environment(b, instanceRole=None)),
    ("spot-fleet-role", lambda b: _environment(b, type="SPOT", allocationStrategy=None)),
    ("spot-strategy", lambda b: _environment(b, allocationStrategy="SPOT_CAPACITY_OPTIMIZED")),
    ("network-exists", lambda b: _environment(_without(b, "subnet"))),
    ("network-exists", lambda b: _environment(_without(b, "sg"), type="FARGATE")),
    ("template-exists", lambda b: _environment(_without(b, "lt"))),
    ("service-role-kept", lambda b: _update(b, serviceRole="arn:aws:iam::1:role/own")),
    (
        "infrastructure-update",
        lambda b: _update(
            b,
            start={"allocationStrategy": "BEST_FIT"},
            computeResources={"instanceTypes": ["m7i"]},
        ),
    ),
    (
        "fargate-update",
        lambda b: _update(b, start={"type": "FARGATE"}, computeResources={"instanceTypes": ["m"]}),
    ),
    (
        "fargate-update",
        lambda b: _update(b, start={"type": "FARGATE"}, computeResources={"type": "FARGATE_SPOT"}),
    ),
    ("kind-kept", lambda b: _update(b, computeResources={"type": "FARGATE"})),
    (
        "kind-kept",
        lambda b: _update(b, start={"type": "FARGATE"}, computeResources={"type": "EC2"}),
    ),
    ("max-above-desired", _lower),
    ("updating-alone", _update_while_updating),
    (
        "updating-alone",
        lambda b: b.delete_compute_environment({"computeEnvironment": _updating(b)}),
    ),
    ("update-waits", _stack_update_of_busy),
    ("definition-fargate", lambda b: _define(b, fargate=True, executionRoleArn=None)),
    ("definition-fargate", lambda b: _define(b, fargate=True, resourceRequirements=[])),
    ("definition-fargate", lambda b: _define(b, fargate=True, privileged=True)),
    (
        "definition-fargate",
        lambda b: _define(b, fargate=True, volumes=[{"name": "x", "host": {"sourcePath": "/x"}}]),
    ),
    (
        "definition-fargate",
        lambda b: _define(b, fargate=False, networkConfiguration={"assignPublicIp": "ENABLED"}),
    ),
    ("definition-fits-queue", lambda b: _submit_to_other_kind(b, fargate=True)),
    ("definition-fits-queue", lambda b: _submit_to_other_kind(b, fargate=False)),
    ("fargate-jobs-first", _delete_busy_fargate),
    (
        "delete-disabled-first",
        lambda b: b.delete_compute_environment({"computeEnvironment": _environment(b)}),
    ),
    (
        "delete-disabled-first",
        lambda b: b.delete_job_queue({"jobQueue": _queue(b, _environment(b))}),
    ),
    ("environment-in-use", _in_use),
    ("delete-needs-service-role", _delete_without_role),
    ("queue-environments", _queue),
    ("queue-environments", _queue_on_invalid),
    (
        "one-kind-a-queue",
        lambda b: _queue(b, _environment(b), _environment(b, "other", type="FARGATE")),
    ),
    ("time-limit", _limit),
    ("submit-enabled", _submit_to_disabled),
    ("custom-name", _renamed_type),
    ("policy-for-good", _shared_later),
)

SHOWN = {
    *("user-data-mime", "roles-exist", "service-linked-role", "delete-ends-jobs", "updating"),
    *("create-only", "replace-if-asked"),
    # test_launches.py
    *("launch-key", "launch-role", "launch-tags"),
}
"""Rules that refuse nothing; the tests below show them, but for those of launches."""


@pytest.mark.parametrize(("rule", "act"), REFUSED)
def test_rule_refuses(rule: str, act: Act) -> None:
    """What the rule forbids is refused in its name."""
    with pytest.raises(BatchError) as caught:
        act(Batch(Everything()))
    assert caught.value.rule == rule


def test_every_rule_is_shown() -> None:
    """The model claims no rule that it does not keep."""
    assert {rule for rule, _ in REFUSED} | SHOWN == RULES.keys()


@pytest.mark.parametrize(
    ("gone", "user_data", "reason"),
    [
        ("", "#!/bin/bash", "not MIME multipart"),
        ("profile", Everything.user_data, "instance profile"),
        (LINKED, Everything.user_data, "role"),
    ],
)
def test_environment_goes_invalid(gone: str, user_data: str, reason: str) -> None:
    """An environment tells by its status that what it needs has gone or is wrong."""
    batch = Batch(Everything())
    _environment(batch)
    [healthy] = batch.describe_compute_environments({})["computeEnvironments"]
    assert (healthy["status"], healthy["serviceRole"]) == ("VALID", LINKED)
    assert isinstance(batch.world, Everything)
    batch.world.user_data = user_data
    _without(batch, gone)
    [broken] = batch.describe_compute_environments({})["computeEnvironments"]
    assert broken["status"] == "INVALID"
    assert reason in broken["statusReason"]


def test_jobs_end_with_their_queue() -> None:
    """A queue that goes takes its jobs along."""
    batch = Batch(Everything())
    queue = _queue(batch, _environment(batch))
    job = batch.submit_job({"jobName": "j", "jobQueue": queue, "jobDefinition": "d"})
    JobQueues(lambda: batch).delete(queue, {})
    [ended] = batch.describe_jobs({"jobs": [job["jobId"]]})["jobs"]
    assert ended["status"] == "FAILED"


def test_update_waits_for_jobs() -> None:
    """An environment is UPDATING until the last job on a replaced node has ended."""
    batch = Batch(Everything())
    arn = _updating(batch)
    [environment] = batch.environments.values()
    assert batch.status(environment)["status"] == "UPDATING"
    [job] = batch.jobs
    # New jobs run on new nodes, and delay nothing.
    batch.submit_job({"jobName": "k", "jobQueue": "jq", "jobDefinition": "d", "parameters": RUNS})
    batch.terminate_job({"jobId": job, "reason": "done"})
    assert batch.status(environment)["status"] == "VALID"
    batch.update_compute_environment({"computeEnvironment": arn, "state": "DISABLED"})


@pytest.mark.parametrize("terminate", [True, False])
def test_update_may_end_jobs(terminate: bool) -> None:  # noqa: FBT001 - what the policy says
    """At once where the policy says so; else when their time is over, which a stack waits for."""
    batch = Batch(Everything())
    if terminate:
        arn = _running(batch)
        policy = {"jobExecutionTimeoutMinutes": 7200, "terminateJobsOnUpdate": True}
        request = {"computeResources": {"instanceTypes": ["m7i"]}, "updatePolicy": policy}
        batch.update_compute_environment({"computeEnvironment": arn, **request})
    else:
        _stack_update_of_busy(batch, 120)
    [environment] = batch.environments.values()
    assert batch.status(environment)["status"] == "VALID"
    assert {job["status"] for job in batch.jobs.values()} == {"FAILED"}


@pytest.mark.parametrize("fargate", [True, False])
def test_definitions_of_both_kinds(fargate: bool) -> None:  # noqa: FBT001 - the kind
    """What fits is taken."""
    assert _define(Batch(Everything()), fargate=fargate).endswith(":1")


@pytest.mark.parametrize(
    ("change", "replace", "replaced"),
    [
        ({"Tags": {"a": "b"}}, False, True),
        ({"InstanceTypes": ["m7i"]}, False, False),
        ({"InstanceTypes": ["m7i"]}, True, True),
        ({"MaxvCpus": 16}, True, False),
        ({"SpotIamFleetRole": "arn:aws:iam::1:role/fleet"}, False, True),
    ],
)
def test_what_replaces_an_environment(
    change: dict[str, Any],
    replace: bool,  # noqa: FBT001 - a column of the table
    replaced: bool,  # noqa: FBT001
) -> None:
    """Create-only properties always, infrastructure where it is asked for, scaling never."""
    batch = Batch(Everything())
    handler = ComputeEnvironments(lambda: batch)
    old = {
        "Type": "MANAGED",
        "ReplaceComputeEnvironment": replace,
        "ComputeResources": _cfn(EC2),
    }
    new = (
        {**old, **change}
        if "Tags" in change
        else {
            **old,
            "ComputeResources": {**_cfn(EC2), **change},
        }
    )
    arn, _ = handler.create("Ce", old, "stack")
    after, _ = handler.update(arn, old, new, "stack", "Ce")
    assert (after != arn) is replaced
