# SPDX-License-Identifier: Apache-2.0
"""Reads what `doctor` knows: the stack, queues, the job that waits or failed, and its log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from seqera_batch.account.environment_reader import EnvironmentReader
from seqera_batch.account.facts import LAST_LINES, Facts, Queue, read_stack
from seqera_batch.account.reading import ABSENT, Account, Read
from seqera_batch.catalog import defaults
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG

WAITING = ("RUNNABLE",)
ALIVE = ("RUNNABLE", "STARTING", "RUNNING")
MOST_JOBS = 1_000
"""Jobs of a queue that are counted."""
NO_QUEUE = ("ClientException",)
"""What AWS Batch says of a queue that is gone."""


@dataclass(slots=True)
class Reader:
    """Reads the facts of one environment.

    Args:
        account: Where it is.
        plan: What it is.
    """

    account: Account
    plan: ForgePlan
    _environments: EnvironmentReader = field(init=False)

    def __post_init__(self) -> None:
        """Make the reader of its environments."""
        self._environments = EnvironmentReader(self.account, self.plan)

    def facts(self, job_id: str | None) -> Facts:
        """Return the facts."""
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
            failures=self._environments.failures(),
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
        children = self._listed(status, most=1, arrayJobId=array["jobId"])
        return self._job(children[0]["jobId"]) if children else None

    def _queues(self, job: Read | None) -> tuple[Queue, ...] | None:
        names = self.plan.compute.looked_at
        details = self.account.every("batch", "describe_job_queues", jobQueues=list(names))
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
        listed = self._listed("RUNNABLE", jobQueue=name) or ()
        waiting = sorted(listed, key=lambda one: one.get("createdAt", 0))
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
            account.every("batch", "describe_compute_environments", computeEnvironments=arns)
            if arns
            else ()
        )
        places = {one["computeEnvironmentArn"]: one for one in details or ()}
        return Queue(
            name=name,
            detail=detail,
            environments=tuple(
                self._environments.read(places[arn], waits=front is not None or asked)
                for arn in arns
                if arn in places
            ),
            front=front,
            waiting=tuple(one["jobId"] for one in waiting),
        )

    def _failed_head(self) -> Read | None:
        """Return the head job that failed last, if one did in the last day."""
        queue = self.plan.compute.head_queue
        failed = self._listed("FAILED", jobQueue=queue, absent=NO_QUEUE)
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
        """Return the status of the tag that a budget counts by; empty where another account has it.

        None where there is no budget, or the account could not be asked.
        """
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
            for one in self._listed(status, jobQueue=queue, absent=NO_QUEUE) or ()
        ]

    def _listed(self, status: str, *, most: int = MOST_JOBS, **asked: Any) -> list[Read] | None:  # noqa: ANN401 - passed on
        """Return the jobs of a queue or an array in a status, as a list of AWS Batch has them."""
        return self.account.every("batch", "list_jobs", most=most, jobStatus=status, **asked)
