# SPDX-License-Identifier: Apache-2.0
"""What watching costs by the month, in US dollars: AWS's list prices in most regions.

Some regions are a few percent dearer, and every account has ten alarms' metrics, ten custom metrics
and three dashboards without charge. <https://aws.amazon.com/cloudwatch/pricing/>
"""

from __future__ import annotations

from decimal import Decimal

ALARM_METRIC = Decimal("0.10")
"""Of a standard-resolution alarm, for each metric that it reads."""
CUSTOM_METRIC = Decimal("0.30")
DASHBOARD = Decimal("3.00")
