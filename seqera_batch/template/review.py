# SPDX-License-Identifier: Apache-2.0
"""The acknowledgements of a file against what the review finds in all of its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.plan.documents import identities
from seqera_batch.plan.findings import findings_of
from seqera_batch.policies.document import Scope
from seqera_batch.policies.review.acknowledge import is_of_finding, unmatched
from seqera_batch.template.deployer import deployers

if TYPE_CHECKING:
    from seqera_batch.config.environment import ForgeConfig
    from seqera_batch.plan import ForgePlan
    from seqera_batch.problems import Problem

_ANY_ACCOUNT = "000000000000"
"""Stands for an account that the file does not name: no finding depends on it."""


def unmatched_acknowledgements(config: ForgeConfig, plan: ForgePlan) -> tuple[Problem, ...]:
    """Return the acknowledgements of findings that accept nothing, each an error.

    Costs nothing where the file acknowledges no finding.
    """
    acknowledgements = config.aws.acknowledgements
    if not any(map(is_of_finding, acknowledgements)):
        return ()
    where = Scope(
        partition=plan.partition, region=plan.region, account=plan.account or _ANY_ACCOUNT
    )
    everybody = (*identities(plan, where), *deployers(config, plan, where))
    found = [finding for identity in everybody for finding in findings_of(identity)]
    return tuple(unmatched(found, acknowledgements))
