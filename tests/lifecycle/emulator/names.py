# SPDX-License-Identifier: Apache-2.0
"""Names that the emulator and those who start it share."""

ACCOUNT = "123456789012"
"""The account: ministack takes an access key of 12 digits for one."""

REGION = "eu-west-1"

RUNS = {"seqera-batch-emulator": "runs"}
"""Parameters of a job that runs, on a node of its own, until it is terminated; others wait."""

FAULTS = "SEQERA_BATCH_EMULATOR_FAULTS"
"""Environment variable with the path of a file: {"LogicalId": "message of its failure"}."""
