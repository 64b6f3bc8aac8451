# SPDX-License-Identifier: Apache-2.0
"""How queues for tasks share their capacity among identifiers, and under which one runs submit."""

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.config.formats import Amount, Decimal, Number, ShareIdentifier, SharePattern
from seqera_batch.config.settings import Effect, Section, setting


class Share(Section, effect=Effect.IN_PLACE, source=sources.AWS_BATCH_FAIR_SHARE):
    """Whose jobs get how much."""

    share_identifier: SharePattern = setting()
    """The identifier, or how several start and `*`."""
    weight_factor: Decimal = setting(
        default=1, omitted="1", ge=limits.SHARE_WEIGHT_MIN, le=limits.SHARE_WEIGHT_MAX
    )
    """Its weight: the lower, the more it gets."""


class FairShareSettings(Section, effect=Effect.IN_PLACE, source=sources.AWS_BATCH_FAIR_SHARE):
    """Fair share in place of first in, first out, in every queue for tasks."""

    shares: tuple[Share, ...] = setting(default=(), omitted="every identifier has the weight 1")
    """Weights of identifiers."""
    share_decay_seconds: Number = setting(
        default=defaults.SHARE_DECAY_SECONDS,
        omitted=f"{defaults.SHARE_DECAY_SECONDS}, AWS's own default",
        ge=1,
        le=limits.SHARE_DECAY_SECONDS_MAX,
    )
    """Seconds for which AWS Batch counts what an identifier has used."""
    compute_reservation: Number = setting(
        default=0, omitted="0: nothing is held back", ge=0, le=limits.COMPUTE_RESERVATION_MAX
    )
    """Percent of the most vCPUs that are held back for identifiers without jobs, to the power of
    those that have some.
    """


class SharedBy(Section, source=sources.AWS_BATCH_FAIR_SHARE):
    """Under which identifier runs of the environment submit tasks."""

    share_identifier: ShareIdentifier = setting(effect=Effect.ROLES)
    """The identifier: a team, a project, a user."""
    scheduling_priority: Amount = setting(
        default=0, omitted="0", effect=Effect.PLATFORM, ge=0, le=limits.SCHEDULING_PRIORITY_MAX
    )
    """Priority of the tasks among those of the same identifier, the higher first."""
