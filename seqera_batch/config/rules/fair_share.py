# SPDX-License-Identifier: Apache-2.0
"""Rules about fair share: a decision for good, and an identifier for every task."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("fair-share-identifier", source=sources.AWS_BATCH_FAIR_SHARE)
def fair_share_identifier(config: EnvironmentFile) -> Breaches:
    """Runs name a share where queues have fair share, and nowhere else."""
    if config.forge is None:
        return
    fair, by = config.aws.fair_share, config.aws.share
    if fair is not None and by is None:
        yield Breach(
            path="aws.share",
            message="queues with fair share take no task without an identifier",
            allowed="share_identifier, under which runs of this environment submit",
            fix="add aws.share.share_identifier, or remove aws.fair_share",
            about=("aws.fair_share", "forge"),
        )
    if fair is None and by is not None:
        yield Breach(
            path="aws.share",
            message="queues without fair share take no task with an identifier",
            value=by.share_identifier,
            allowed="nothing without aws.fair_share",
            fix="add aws.fair_share, or remove aws.share",
            about=("aws.fair_share", "forge"),
        )


@rule("fair-share-head", source=sources.AWS_BATCH_FAIR_SHARE)
def fair_share_head(config: EnvironmentFile) -> Breaches:
    """Head jobs have a queue that is first in, first out: Platform gives them no identifier."""
    if config.forge is not None and config.forge.type == "EC2" and config.aws.fair_share:
        yield Breach(
            path="aws.fair_share",
            message="On-Demand environments have one queue for tasks and head jobs, and Platform "
            "submits head jobs without an identifier",
            value=None,
            allowed="nothing while forge.type is EC2",
            fix="set forge.type: SPOT, with On-Demand instances in aws.queues if need be, or "
            "remove aws.fair_share",
            about=("forge.type",),
        )


@rule("shares-apart", source=sources.AWS_BATCH_FAIR_SHARE)
def shares_apart(config: EnvironmentFile) -> Breaches:
    """No identifier has two weights."""
    fair = config.aws.fair_share
    names = [one.share_identifier for one in fair.shares] if fair else []
    for index, name in enumerate(names):
        for other in names[:index]:
            first, second = name.removesuffix("*"), other.removesuffix("*")
            if (
                name == other
                or (name != first and second.startswith(first))
                or (other != second and first.startswith(second))
            ):
                yield Breach(
                    path=f"aws.fair_share.shares[{index}].share_identifier",
                    message=f"it meets {other}, and AWS Batch refuses two weights for one",
                    allowed="identifiers that have nothing in common",
                    fix="remove one of the two, or make it longer",
                    about=("aws.fair_share.shares",),
                )


@rule("fair-share-for-good", source=sources.AWS_BATCH_API_QUEUES, severity=Severity.NOTICE)
def fair_share_for_good(config: EnvironmentFile) -> Breaches:
    """Queues are first in, first out, which each is, or is not, from its creation to its end."""
    if config.aws.fair_share is not None and config.forge is not None:
        yield Breach(
            path="aws.fair_share",
            message="a deployed queue never gains or loses fair share: only shares and weights "
            "change later",
            value=None,
            allowed="a decision at the first deployment",
            fix="to decide otherwise later, deploy under another name beside it",
            about=("forge",),
        )
