# SPDX-License-Identifier: Apache-2.0
"""Decides what will exist, with a reason for each decision, and what cannot be known."""

from seqera_batch.plan.forge_plan import ForgePlan
from seqera_batch.plan.together import planned, quota_problems

__all__ = ["ForgePlan", "planned", "quota_problems"]
