# SPDX-License-Identifier: Apache-2.0
"""What only an account settles: how a doubt is asked, and what is noted of the answer.

Everything runs against the emulator too, where a job runs at once and until it is ended, and what
a job or a node would have written to CloudWatch Logs is put there by the test.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from seqera_batch import ForgeConfig
from tests.lifecycle.account import TOO_LONG_FOR_THE_REQUEST, size
from tests.lifecycle.emulator.names import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.lifecycle.account import Account, Deployment
    from tests.lifecycle.conftest import Synthesize

JSON = dict[str, Any]
Test = TypeVar("Test", bound="Callable[..., None]")

IMAGE = "public.ecr.aws/docker/library/busybox:stable"
LABEL = "seqera-batch-test"
"""Tag of everything that a doubt makes, with the doubt's name as its value."""
JOB_LOGS = "/aws/batch/job"
DONE = frozenset({"SUCCEEDED", "FAILED"})


@dataclass(frozen=True)
class Doubt:
    """A question to AWS.

    Args:
        asks: The question, as docs/how-to/try-in-an-account.md has it.
        usd: The most that it costs in eu-west-1, in US dollars.
        minutes: About how long it takes.
    """

    asks: str
    usd: float
    minutes: int


DOUBTS: dict[str, Doubt] = {}
"""By the name of the test, without its beginning."""


def doubt(asks: str, *, usd: float, minutes: int) -> Callable[[Test], Test]:
    """Mark a test as a question to AWS."""

    def mark(test: Test) -> Test:
        DOUBTS[test.__name__.removeprefix("test_")] = Doubt(asks, usd, minutes)
        marked: Test = pytest.mark.aws(test)
        return marked

    return mark


@dataclass
class Notes:
    """What was seen while something was tried.

    Args:
        name: The test, without its beginning.
        where: The region, or that it is emulated.
        file: The report that the notes are added to.
    """

    name: str
    where: str
    file: Path
    seen: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def note(self, text: str) -> None:
        """Add a line, with the seconds since the test began."""
        self.seen.append(f"{time.monotonic() - self.began:.0f} s: {text}")

    def write(self, outcome: str) -> None:
        """Add the notes to the report."""
        asks = DOUBTS[self.name].asks if self.name in DOUBTS else self.name
        seen = "\n".join(f"- {line}" for line in self.seen)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as report:
            report.write(
                f"## {asks}\n\n{outcome}, {self.where}, {datetime.now(UTC):%Y-%m-%d}\n\n{seen}\n\n"
            )


@dataclass
class Life:
    """A deployed environment that a doubt is about; all of it goes when the doubt is settled."""

    account: Account
    notes: Notes
    stack: str
    template: JSON
    ids: dict[str, str]
    definitions: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)

    @property
    def emulated(self) -> bool:
        """Whether nothing here is AWS."""
        return self.account.emulator is not None

    def of_type(self, kind: str) -> str:
        """Return the id of the one resource of a type, beside what is the head job's alone."""
        [made] = [
            made
            for key, made in self.ids.items()
            if self.template["Resources"][key]["Type"] == kind and "Head" not in key
        ]
        return made

    def environment(self) -> JSON:
        """Return the environment of the compute jobs as it is now."""
        batch = self.account.client("batch")
        described: JSON = batch.describe_compute_environments(
            computeEnvironments=[self.of_type("AWS::Batch::ComputeEnvironment")]
        )["computeEnvironments"][0]
        return described

    def submit(
        self, command: Sequence[str], *, mounts: Sequence[str] = (), image: str = IMAGE
    ) -> str:
        """Submit a job that runs a command, with folders of its node mounted below /host."""
        batch = self.account.client("batch")
        definition: str = batch.register_job_definition(
            jobDefinitionName=self.stack,
            type="container",
            containerProperties={
                "image": image,
                "command": list(command),
                "resourceRequirements": [
                    {"type": "VCPU", "value": "1"},
                    {"type": "MEMORY", "value": "1024"},
                ],
                "volumes": [
                    {"name": f"v{number}", "host": {"sourcePath": path}}
                    for number, path in enumerate(mounts)
                ],
                "mountPoints": [
                    {"sourceVolume": f"v{number}", "containerPath": f"/host{path}"}
                    for number, path in enumerate(mounts)
                ],
            },
        )["jobDefinitionArn"]
        self.definitions.append(definition)
        job: str = batch.submit_job(
            jobName=self.stack,
            jobQueue=self.of_type("AWS::Batch::JobQueue"),
            jobDefinition=definition,
            parameters=RUNS,
        )["jobId"]
        self.jobs.append(job)
        return job

    def job(self, job: str) -> JSON:
        """Return a job as it is now."""
        described: JSON = self.account.client("batch").describe_jobs(jobs=[job])["jobs"][0]
        return described

    def runs(self, job: str, minutes: int = 20) -> JSON:
        """Wait until a job runs or has run, and return it."""
        self.until(lambda: self.job(job)["status"] in {"RUNNING", *DONE}, minutes)
        described = self.job(job)
        reason = described.get("statusReason", "")
        self.notes.note(f"the job is {described['status']}: {reason}")
        return described

    def end(self, job: str) -> None:
        """End a job that waits or runs; one that has ended stays as it is."""
        self.account.client("batch").terminate_job(jobId=job, reason="the test is over")

    def at_rest(self) -> bool:
        """Whether no operation on the stack goes on."""
        return not self.account.stack(self.stack)["StackStatus"].endswith("IN_PROGRESS")

    def output(self, job: str, *, pretended: Sequence[str]) -> list[str]:
        """Wait for the end of a job and return the lines that it wrote; the emulator pretends."""
        if self.emulated:
            self._pretend(JOB_LOGS, f"{self.stack}/default/{job}", pretended)
            stream = f"{self.stack}/default/{job}"
        else:
            self.until(lambda: self.job(job)["status"] in DONE, 20)
            stream = self.job(job)["container"]["logStreamName"]
        logs = self.account.client("logs")
        events = logs.get_log_events(logGroupName=JOB_LOGS, logStreamName=stream)["events"]
        lines = [event["message"] for event in events]
        for line in lines:
            self.notes.note(f"the job wrote: {line}")
        return lines

    def node_streams(self, *, pretended: Sequence[str]) -> set[str]:
        """Return which of the streams of nodes there are, without the ids of the nodes."""
        group = self.of_type("AWS::Logs::LogGroup")
        if self.emulated:
            for name in pretended:
                self._pretend(group, f"i-0123456789abcdef0/{name}", ["a line"])
        streams = self.account.client("logs").describe_log_streams(logGroupName=group)
        return {one["logStreamName"].partition("/")[2] for one in streams["logStreams"]}

    def nodes(self) -> list[JSON]:
        """Return every node that was started for the environment, ended ones too."""
        ec2 = self.account.client("ec2")
        pages = ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": f"tag:{LABEL}", "Values": [self.notes.name]}]
        )
        return [
            instance
            for page in pages
            for reservation in page["Reservations"]
            for instance in reservation["Instances"]
        ]

    def update(self, template: JSON) -> Deployment:
        """Change the stack and wait."""
        updated = self.account.update(self.stack, template)
        self.notes.note(f"the update is {updated.status}: {'; '.join(updated.reasons)}")
        return updated

    def until(self, happened: Callable[[], bool], minutes: int) -> bool:
        """Wait for something, no longer than that; the emulator is given a second for it."""
        end = time.monotonic() + (1 if self.emulated else minutes * 60)
        while not happened():
            if time.monotonic() > end:
                return False
            time.sleep(self.account.poll_seconds)
        return True

    def _pretend(self, group: str, stream: str, lines: Sequence[str]) -> None:
        logs = self.account.client("logs")
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if group not in {one["logGroupName"] for one in groups}:
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def config_of(name: str, region: str, forge: JSON, aws: JSON, top: JSON) -> ForgeConfig:
    """Return a small environment in a network of its own."""
    return ForgeConfig.from_dict(
        {
            "name": f"test-{name.replace('_', '-')}"[:38].rstrip("-"),
            "region": region,
            "work_dir": "s3://seqera-batch-test-nothing/work",
            "labels": {LABEL: name},
            **top,
            "forge": {"max_cpus": 8, **forge},
            "aws": {"network": {"create": {"zones": 2}}, **aws},
        }
    )


@contextmanager
def living(
    account: Account, synthesize: Synthesize, notes: Notes, config: ForgeConfig
) -> Iterator[Life]:
    """Deploy an environment, take everything away whatever happens meanwhile, and report."""
    name = notes.name.replace("_", "-")
    template = synthesize({name: config})[name]
    life = Life(account, notes, f"seqera-batch-test-{name}", template, {})
    outcome = "the test failed"
    try:
        with _deployed(life):
            yield life
            outcome = "the test passed"
    except BaseException as error:
        notes.note(f"{type(error).__name__}: {error}")
        raise
    finally:
        notes.write(outcome)


@contextmanager
def _deployed(life: Life) -> Iterator[None]:
    account, stack = life.account, life.stack
    kept: set[str] = set()
    try:
        assert size(life.template) <= TOO_LONG_FOR_THE_REQUEST
        made = account.create(stack, life.template)
        life.notes.note(f"the stack is {made.status}: {'; '.join(made.reasons)}")
        assert made.status == "CREATE_COMPLETE", made.reasons
        life.ids |= account.resources(stack)
        kept = account.kept(stack, life.template)
        yield
    finally:
        for job in life.jobs:
            life.end(job)
        for definition in life.definitions:
            account.client("batch").deregister_job_definition(jobDefinition=definition)
        if account.exists(stack):
            # An update that a test leaves behind ends once no job runs.
            life.until(life.at_rest, 150)
            if account.stack(stack)["StackStatus"] == "UPDATE_ROLLBACK_FAILED":
                back = account.continue_rollback(stack)
                life.notes.note(f"the roll-back is {back.status}: {'; '.join(back.reasons)}")
            gone = account.clear_away(stack)
            life.notes.note(f"the deletion is {gone.status}: {'; '.join(gone.reasons)}")
        account.remove(kept & account.inventory())
