# SPDX-License-Identifier: Apache-2.0
"""A budget of what carries the environment's tag."""

from __future__ import annotations

from seqera_batch.catalog.ids import OPERATIONS_BUDGET, OPERATIONS_TOPIC_POLICY
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import budgets
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.plan.operations import Operations

ALL = 100


def budget(plan: ForgePlan, watched: Operations) -> Resources:
    """Return the budget; nothing where none is asked for.

    It has no name of its own: a change of who is told replaces it, which a name would prevent.
    """
    asked = watched.budget
    if asked is None:
        return {}
    told = [{"SubscriptionType": "SNS", "Address": watched.topic_arn}]
    return {
        OPERATIONS_BUDGET: Resource.of(
            budgets.BUDGET,
            Budget={
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": asked.amount, "Unit": asked.currency},
                "CostFilters": {"TagKeyValue": [f"user:{ENVIRONMENT_TAG}${plan.environment_id}"]},
            },
            NotificationsWithSubscribers=[
                {
                    "Notification": {
                        "NotificationType": kind,
                        "ComparisonOperator": "GREATER_THAN",
                        "Threshold": percent,
                        "ThresholdType": "PERCENTAGE",
                    },
                    "Subscribers": told,
                }
                for kind, percent in (("ACTUAL", asked.percent), ("FORECASTED", ALL))
            ],
            ResourceTags=tag_list(plan.labels.resources),
            # AWS refuses a budget whose topic does not let it in.
            depends_on=(OPERATIONS_TOPIC_POLICY,) if watched.creates_topic else (),
        )
    }
