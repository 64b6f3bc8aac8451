# SPDX-License-Identifier: Apache-2.0
"""What the file means: every default and consequence decided and explained."""

from seqera_batch.plan.forge_plan import ForgePlan, mounting
from seqera_batch.plan.together import quota_problems

__all__ = ["ForgePlan", "mounting", "quota_problems"]
