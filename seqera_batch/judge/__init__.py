# SPDX-License-Identifier: Apache-2.0
"""How what is allowed is judged: findings, comparisons, changes, and what a reviewer reads."""
