# SPDX-License-Identifier: Apache-2.0
"""ministack's CloudFormation, and a model of what it lacks: AWS Batch, FSx, rules of groups.

Test code only. It relies on internals of ministack, which is therefore pinned. What it says of
AWS Batch is a model made of documented rules (`batch_rules.py`), never compared with AWS itself.
"""
