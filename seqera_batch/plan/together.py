# SPDX-License-Identifier: Apache-2.0
"""What is wrong with several environments that are made together: names, and quotas of AWS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from seqera_batch.catalog import limits
from seqera_batch.config.check import ForgeConfig
from seqera_batch.plan.decision import QuotaUse
from seqera_batch.plan.forge_plan import ForgePlan
from seqera_batch.problems import ConfigError, Problem, Severity, errors


def planned(configs: Iterable[ForgeConfig]) -> list[ForgePlan]:
    """Return the plans of environments that are made together.

    Raises:
        ConfigError: One breaks a rule, or all together exceed a quota of AWS.
    """
    plans = [ForgePlan.of(config) for config in configs]
    problems = quota_problems(plans)
    if errors(problems):
        raise ConfigError(problems)
    return plans


def quota_problems(plans: Iterable[ForgePlan]) -> tuple[Problem, ...]:
    """Return what is wrong with several environments that are made together."""
    plans = tuple(plans)
    return (*_shared_names(plans), *_exceeded_quotas(plans))


def _shared_names(plans: tuple[ForgePlan, ...]) -> Iterator[Problem]:
    # Environments of one name share everything, so that is all that is said of them.
    distinct = {_taken(plan): plan for plan in plans}.values()
    roles = Counter(map(_taken, plans))
    stacks = Counter(plan.stack_name for plan in distinct)
    made = Counter(
        bucket.name for plan in distinct if (bucket := plan.storage.work_bucket) is not None
    )
    queues = Counter(
        (plan.account, plan.region, queue.name)
        for plan in distinct
        for queue in plan.compute.queues
    )
    for counts, rule, path, what, allowed in (
        (
            roles,
            "environment-name-once",
            "name",
            "environments would make roles of the same names",
            "a name for each environment of an account, in all regions together",
        ),
        (
            stacks,
            "stack-name-once",
            "name",
            "environments would make stacks of the same name",
            "a name for each environment that is synthesized together, in all accounts",
        ),
        (
            queues,
            "queue-name-once",
            "aws.queue_names",
            "queues would have the same name",
            "a name for each queue of an account and region",
        ),
        (
            made,
            "work-bucket-once",
            "aws.work_bucket",
            "environments would create the same bucket",
            "one environment that creates it, and others that use it",
        ),
    ):
        for key, count in counts.items():
            if count > 1:
                yield Problem(
                    rule,
                    path,
                    f"{count} {what}",
                    value=key if isinstance(key, str) else key[-1],
                    allowed=allowed,
                    fix=f"change {path}, or aws.prefix",
                )


def _taken(plan: ForgePlan) -> tuple[str | None, str, str]:
    """Return account, region and name where nobody else's may be: IAM has one of all regions."""
    roles = plan.roles
    in_iam = (
        not roles.generated_names
        or any(role.name for role in roles)
        or plan.platform.identity.kind is not None
    )
    return plan.account, "" if in_iam else plan.region, plan.environment_id


def _exceeded_quotas(plans: tuple[ForgePlan, ...]) -> Iterator[Problem]:
    used: dict[tuple[str | None, str, str], QuotaUse] = {}
    for plan in plans:
        for use in plan.costs.quotas:
            key = (plan.account, plan.region, use.quota)
            before = used.get(key)
            used[key] = replace(use, used=use.used + (before.used if before else 0))
    for (_, region, _), use in used.items():
        over = use.used > use.limit
        if over or use.used >= use.limit * limits.QUOTA_WARNING_SHARE:
            yield Problem(
                "batch-quota",
                "",
                f"these environments take {use.used} {use.quota} in {region}",
                severity=Severity.ERROR if over else Severity.WARNING,
                value=use.used,
                allowed=f"{use.limit} for an account and region; AWS does not raise it",
                fix="share environments, or use another account or region",
            )
