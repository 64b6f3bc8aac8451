# SPDX-License-Identifier: Apache-2.0
"""The Lambda function that registers an environment with Platform: standard library and boto3."""
