# SPDX-License-Identifier: Apache-2.0
"""Whether an environment fits what is left of the account's quotas in its region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seqera_batch.account.answer import Answer
from seqera_batch.account.leaves import answer
from seqera_batch.account.reading import ABSENT, Account, Read, by_tags
from seqera_batch.catalog.quotas import FARGATE, Quota, quotas_of
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG


def quota_answers(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield what does not fit."""
    account.tell("reading quotas")
    yield from _of_batch(account, plan)
    asked: Counter[Quota] = Counter()
    for environment in plan.compute.environments:
        quotas = (
            (FARGATE,)
            if environment.type == "FARGATE"
            else quotas_of(environment.instance_types, environment.type)
        )
        for quota in quotas:
            asked[quota] += environment.max_vcpus
    used = _used(account, plan) if any(one.service == "ec2" for one in asked) else None
    for quota, vcpus in asked.items():
        allowed = _allowed(account, quota)
        others = 0 if used is None else used[quota]
        if allowed is None or allowed >= vcpus + others:
            continue
        evidence: dict[str, object] = {quota.code: allowed, "maxvCpus": vcpus}
        if others:
            evidence["vCPUs running"] = others
        yield answer(
            "quota-vcpus" if allowed < vcpus else "quota-vcpus-used",
            quota.name,
            evidence,
            asked=vcpus,
            needed=vcpus + others,
            quota=f"{allowed:g}",
            used=others,
            service=quota.service,
            code=quota.code,
        )


def _of_batch(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield which queues or environments are too many; those of this environment are there once."""
    queues = account.every("batch", "describe_job_queues")
    environments = account.every("batch", "describe_compute_environments")
    made = {one.name for one in plan.compute.queues}
    own = [one for one in queues or () if one["jobQueueName"] in made]
    behind = {
        one["computeEnvironment"]
        for queue in own
        for one in queue.get("computeEnvironmentOrder", ())
    }
    there: dict[str, tuple[str, list[Read] | None, int]] = {
        "job queues": ("jobQueues", queues, len(own)),
        "compute environments": ("computeEnvironments", environments, len(behind)),
    }
    for one in plan.costs.quotas:
        key, every, ours = there[one.quota]
        more = one.used - ours
        if every is not None and more > 0 and len(every) + more > one.limit:
            yield answer(
                "quota-full",
                one.quota,
                {key: len(every)},
                quota=one.limit,
                used=len(every),
                more=more,
            )


def _used(account: Account, plan: ForgePlan) -> Counter[Quota] | None:
    """Return the vCPUs that others' instances use now; None where that cannot be read."""
    reservations = account.every(
        "ec2",
        "describe_instances",
        Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}],
    )
    if reservations is None:
        return None
    used: Counter[Quota] = Counter()
    for one in (one for each in reservations for one in each["Instances"]):
        if by_tags(one).get(ENVIRONMENT_TAG) == plan.environment_id:
            # What it asks for has these in it.
            continue
        cores = one.get("CpuOptions", {})
        on_spot = one.get("InstanceLifecycle") == "spot"
        for quota in quotas_of([one["InstanceType"]], "SPOT" if on_spot else "EC2"):
            used[quota] += cores.get("CoreCount", 0) * cores.get("ThreadsPerCore", 1)
    return used


def _allowed(account: Account, quota: Quota) -> float | None:
    """Return a quota: the account's own, else what AWS gives to everybody."""
    asked: Read = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    found = account.read(
        "service-quotas",
        "get_service_quota",
        absent=("NoSuchResourceException",),
        has="Quota",
        **asked,
    )
    if found is not None and ABSENT in found:
        found = account.read(
            "service-quotas", "get_aws_default_service_quota", has="Quota", **asked
        )
    return None if found is None else float(found["Quota"]["Value"])
