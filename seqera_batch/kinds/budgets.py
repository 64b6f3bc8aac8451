# SPDX-License-Identifier: Apache-2.0
"""AWS Budgets: what a month may cost."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOTHING, Kind, Tags

BUDGET = Kind(
    type="AWS::Budgets::Budget",
    title="budget",
    create_only="Budget.BudgetName NotificationsWithSubscribers",
    stakes=NOTHING,
    tags=Tags("ResourceTags", "list"),
    # CloudFormation names it, after its id in the template.
    arns="budgets:budget/*{LogicalId}* billing:billingview/primary",
    calls="budgets:ListTagsForResource ModifyBudget TagResource UntagResource ViewBudget "
    "billing:GetBillingViewData",
)
