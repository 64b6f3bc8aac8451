# SPDX-License-Identifier: Apache-2.0
"""What `doctor` knows of an environment, and what `check` and `leftovers` read as it does.

Answers of AWS are kept as they are, under AWS's own names; None stands for what could not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Any

from seqera_batch.account.reading import ABSENT, Account, Read
from seqera_batch.catalog.instances import ALIASES
from seqera_batch.records import dataclass

JOIN_MINUTES = 10
"""Minutes after which a node that has not joined its cluster will not: it is set up within five."""
LAST_LINES = 50
"""Lines of a log's end that are read."""
RECENT = timedelta(hours=1)
"""For how long a node that was not started, or failed at its start, may be why a job waits: both
are tried again within minutes while the cause is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A try to start a node.

    Args:
        when: When it began.
        failed: Whether no node came of it.
        said: What Auto Scaling or Spot Fleet says of it.
    """

    when: datetime
    failed: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A node that failed at its start, by its own log.

    Args:
        instance: Its id.
        line: What it said last.
        when: When it said so.
    """

    instance: str
    line: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An EC2 instance of a compute environment.

    Args:
        instance: As EC2 describes it.
        registered: As ECS describes it; None where it is not in the cluster.
        cluster: ARN of the cluster that it is to join.
        ours: Whether it has the environment's label, and so runs our scripts, which say something.
        said: The last lines of its own log and console; None where there is no place to look.
        denied: Actions of joining that its role may not; empty where it may, or it was not asked.
    """

    instance: Read
    registered: Read | None = None
    cluster: str | None = None
    ours: bool = True
    said: tuple[str, ...] | None = None
    denied: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its instance id."""
        return str(self.instance["InstanceId"])

    def minutes(self, now: datetime) -> int:
        """Return for how long it has been there."""
        return int((now - self.instance["LaunchTime"]).total_seconds() // 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A compute environment.

    Args:
        detail: As AWS Batch describes it.
        starts: Tries to start nodes of the last hour, newest first.
        nodes: Its nodes, ended ones of the last hour too.
        types: Instance types that it may start in its zones, as EC2 describes them; None where
            that was not asked, as without a job that waits.
        zones: Zones of its subnets.
        roles: Of one that is INVALID, what is with the roles and the profile that it names.
    """

    detail: Read
    starts: tuple[Start, ...] = ()
    nodes: tuple[Node, ...] = ()
    types: tuple[Read, ...] | None = None
    zones: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.detail["computeEnvironmentName"])

    @property
    def resources(self) -> Read:
        """What it starts nodes with; empty for one that is not managed."""
        return dict(self.detail.get("computeResources", {}))

    @property
    def by_spot_fleet(self) -> bool:
        """Whether Spot Fleet starts its nodes, and Auto Scaling does not.

        https://docs.aws.amazon.com/batch/latest/userguide/spot_fleet_IAM_role.html
        """
        # AWS Batch's own default is BEST_FIT.
        strategy = self.resources.get("allocationStrategy", "BEST_FIT")
        return self.resources.get("type") == "SPOT" and bool(strategy == "BEST_FIT")

    @property
    def on_ec2(self) -> bool:
        """Whether its jobs run on instances of the account."""
        return self.resources.get("type") in {"EC2", "SPOT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A job queue of the environment.

    Args:
        name: As the file or Platform names it.
        detail: As AWS Batch describes it; None where there is none.
        environments: Its compute environments, in order.
        front: The job at its front, if one waits.
        waiting: Ids of jobs in RUNNABLE, the oldest first.
    """

    name: str
    detail: Read | None = None
    environments: tuple[Environment, ...] = ()
    front: Read | None = None
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the answers are given from.

    Args:
        now: When it was read.
        stack: The stack as CloudFormation describes it; None where there is none.
        stack_read: Whether CloudFormation could be asked.
        queues: The environment's queues; None where AWS Batch could not be asked.
        asked: Id of the job that is asked about.
        asked_read: Whether AWS Batch could be asked about it.
        array: The array that is asked about, if it is one; the job is then one of it, if any waits
            or failed.
        job: The job that is asked about, else the head job that failed last; None without one.
        log: The end of its log.
        failures: Of nodes in the last day, newest first.
        orphans: Ids of tasks that go on without a head job.
        cost_tag: Whether the environment's tag is activated for costs, as AWS has it; empty where
            only another account can see it, None where nobody has to know.
    """

    now: datetime
    stack: Read | None = None
    stack_read: bool = True
    queues: tuple[Queue, ...] | None = None
    asked: str | None = None
    asked_read: bool = True
    array: Read | None = None
    job: Read | None = None
    log: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    orphans: tuple[str, ...] = ()
    cost_tag: str | None = None


def read_stack(account: Account, name: str) -> Read | None:
    """Return a stack; what has only `ABSENT` where there is none, None where it cannot be read."""
    account.tell(f"reading the stack {name}")
    # CloudFormation has no code of its own for it.
    answer = account.read(
        "cloudformation",
        "describe_stacks",
        absent=("ValidationError",),
        has="Stacks",
        StackName=name,
    )
    if answer is None or ABSENT in answer:
        return answer
    return next(iter(answer["Stacks"]), {ABSENT: "no stack"})


def offered_types(account: Account, types: Iterable[str], zones: Sequence[str]) -> set[str] | None:
    """Return the types that are offered; None where that cannot be read.

    Args:
        account: Where to ask.
        types: Types, families and AWS Batch's own words.
        zones: Zones to ask about; none for all of the region.
    """
    within = [{"Name": "location", "Values": list(zones)}] if zones else []
    offers = account.every(
        "ec2",
        "describe_instance_type_offerings",
        LocationType="availability-zone",
        Filters=[*type_filter(types), *within],
    )
    return None if offers is None else {one["InstanceType"] for one in offers}


def type_filter(types: Iterable[str]) -> list[dict[str, Any]]:
    """Return EC2's filter for types and families, AWS Batch's own words replaced."""
    named = [name for one in types for name in ALIASES.get(one, (one,))]
    values = [name if "." in name else f"{name}.*" for name in dict.fromkeys(named)]
    return [{"Name": "instance-type", "Values": values}]


def moment(milliseconds: int) -> datetime:
    """Return a time as AWS Batch tells it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
