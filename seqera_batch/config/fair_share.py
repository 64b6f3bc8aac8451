# SPDX-License-Identifier: Apache-2.0
"""How queues for tasks share their capacity among identifiers, and under which one runs submit."""

from __future__ import annotations

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.formats import Amount, Decimal, Number, ShareIdentifier, SharePattern
from seqera_batch.config.settings import Effect, Section, setting


class Share(Section):
    """Whose jobs get how much."""

    share_identifier: SharePattern = setting(
        says="The identifier, or how several start and `*`.",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_FAIR_SHARE,
    )
    weight_factor: Decimal = setting(
        1,
        says="Its weight: the lower, the more it gets.",
        omitted="1",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_FAIR_SHARE,
        ge=limits.SHARE_WEIGHT_MIN,
        le=limits.SHARE_WEIGHT_MAX,
    )


class FairShareSettings(Section):
    """Fair share in place of first in, first out, in every queue for tasks."""

    shares: tuple[Share, ...] = setting(
        (),
        says="Weights of identifiers.",
        omitted="every identifier has the weight 1",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_FAIR_SHARE,
    )
    share_decay_seconds: Number = setting(
        defaults.SHARE_DECAY_SECONDS,
        says="Seconds for which AWS Batch counts what an identifier has used.",
        omitted=f"{defaults.SHARE_DECAY_SECONDS}, AWS's own default",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_FAIR_SHARE,
        ge=1,
        le=limits.SHARE_DECAY_SECONDS_MAX,
    )
    compute_reservation: Number = setting(
        0,
        says="Percent of the most vCPUs that are held back for identifiers without jobs, to the "
        "power of those that have some.",
        omitted="0: nothing is held back",
        effect=Effect.IN_PLACE,
        source=sources.AWS_BATCH_FAIR_SHARE,
        ge=0,
        le=limits.COMPUTE_RESERVATION_MAX,
    )


class SharedBy(Section):
    """Under which identifier runs of the environment submit tasks."""

    share_identifier: ShareIdentifier = setting(
        says="The identifier: a team, a project, a user.",
        effect=Effect.ROLES,
        source=sources.AWS_BATCH_FAIR_SHARE,
    )
    scheduling_priority: Amount = setting(
        0,
        says="Priority of the tasks among those of the same identifier, the higher first.",
        omitted="0",
        effect=Effect.PLATFORM,
        source=sources.AWS_BATCH_FAIR_SHARE,
        ge=0,
        le=limits.SCHEDULING_PRIORITY_MAX,
    )
