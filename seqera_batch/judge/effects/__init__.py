# SPDX-License-Identifier: Apache-2.0
"""What deploying a changed environment file will do, known before anybody deploys.

Pure: from the two plans, the resources that they render, and what CloudFormation and AWS Batch can
change in place. The tests hold it against an emulator and CloudFormation's schemas, field by field.
"""

from seqera_batch.judge.effects.effects import Effects, FieldEffect, Verdict, effects
from seqera_batch.judge.effects.platform import PlatformEffect
from seqera_batch.judge.effects.refusals import Refusal
from seqera_batch.judge.effects.resources import Comparison, Held, Outcome, ResourceEffect, compare

__all__ = [
    "Comparison",
    "Effects",
    "FieldEffect",
    "Held",
    "Outcome",
    "PlatformEffect",
    "Refusal",
    "ResourceEffect",
    "Verdict",
    "compare",
    "effects",
]
