# SPDX-License-Identifier: Apache-2.0
"""The fields of the environment file by whose entries policies grow, and how they shrink again."""

from __future__ import annotations

from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True)
class Growth:
    """A list or mapping of the file, each entry of which makes a statement longer.

    Args:
        field: Its dotted path.
        shorten: How to say the same in fewer or shorter entries.
    """

    field: str
    shorten: str


ALLOWED_BUCKETS = Growth("forge.allow_buckets", "name buckets instead of their folders")
READ_BUCKETS = Growth("aws.read_only_buckets", "name buckets instead of their folders")
DATA_BUCKETS = Growth("aws.platform_access.data_buckets", "name buckets instead of their folders")
BUCKET_KEYS = Growth("aws.bucket_kms_keys", "let several buckets share one key")
REPOSITORIES = Growth("aws.ecr_repositories", "name what repositories start with: start/*")
EXISTING_QUEUES = Growth("aws.existing_queues", "let several pipelines share a queue")
JOB_DEFINITIONS = Growth("aws.job_definitions", "let several pipelines share one definition")
PLATFORM_JOB_DEFINITIONS = Growth(
    "aws.platform_access.job_definitions", "name what definitions start with: start*"
)
JOB_SECRETS = Growth("aws.head_job_definition.secrets", "keep several values in one secret")
JOB_TAGS = Growth("aws.platform_access.job_tags", "ask for fewer tags")
CONSUMABLES = Growth("aws.consumable_resources", "let several tools draw on one resource")
MAIL_IDENTITIES = Growth("aws.mail_identities", "name the domain of several addresses")
STATEMENTS = Growth(
    "aws.iam.statements", "name what resources start with, or bring a role with policies of yours"
)
PRINCIPALS = Growth(
    "aws.platform_access.role.principals", "let several share one role of yours, and name that"
)
WORKSPACES = Growth(
    "aws.platform_access.workload_identity.workspaces", "let other environments have the rest"
)
