# SPDX-License-Identifier: Apache-2.0
"""CloudFormation's words as plain data: a resource, and what only a deployment knows."""
