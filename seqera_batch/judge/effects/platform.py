# SPDX-License-Identifier: Apache-2.0
"""What a change means for the environment that is registered with Seqera Platform."""

from __future__ import annotations

from typing import Any

from seqera_batch.cloudformation import intrinsics
from seqera_batch.handoff.api import body
from seqera_batch.handoff.settings import labels, manual_settings
from seqera_batch.plan import ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.records import dataclass
from seqera_batch.template import role_arns


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEffect:
    """Which of the registered settings change, under the API's names.

    Platform edits name, description, credentials and metrics of a Manual environment, and nothing
    else (`PUT /compute-envs/{id}`).

    Args:
        edited: Settings that Platform can edit.
        anew: Settings that only a new environment in Platform takes.
        kept: Settings in which Platform goes on with the old values until then.
    """

    edited: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def platform_effect(old: ForgePlan, new: ForgePlan, where: Scope) -> PlatformEffect:
    """Compare what the two files register in Manual mode.

    Args:
        old: As deployed.
        new: As changed.
        where: Partition, region and account; `intrinsics.ACCOUNT` where it is the stack's.
    """
    before, after = _envelope(old, where), _envelope(new, where)
    edited = _changed(before, after) - {"config"}
    anew = _changed(before["config"], after["config"])
    same_labels = labels(old.config) == labels(new.config)
    return PlatformEffect(
        edited=tuple(sorted(edited)),
        anew=tuple(sorted(anew)),
        kept=() if same_labels or anew else ("labels",),
    )


def _envelope(plan: ForgePlan, where: Scope) -> dict[str, Any]:
    settings = manual_settings(plan, role_arns(plan, where))
    found: dict[str, Any] = intrinsics.resolve(body(plan.config, settings)["computeEnv"])
    return found


def _changed(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
