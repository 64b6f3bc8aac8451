# SPDX-License-Identifier: Apache-2.0
"""The CloudFormation resources of a plan, as plain data that is reviewed and deployed."""

from seqera_batch.template.environment import Parts, environment, parts, role_arns

__all__ = ["Parts", "environment", "parts", "role_arns"]
