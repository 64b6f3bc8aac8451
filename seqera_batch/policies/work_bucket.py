# SPDX-License-Identifier: Apache-2.0
"""The policy of the created work bucket: nothing is allowed by it, and unencrypted requests fail.

Who may read and write is said by the roles' own policies.
"""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.policies.document import Principal, Scope, Statement, document


@document
def bucket_policy(scope: Scope, bucket: str) -> Iterator[Statement]:
    """Return the policy of a bucket."""
    yield Statement(
        sid="DenyWithoutTls",
        effect="Deny",
        actions=("s3:*",),
        resources=(scope.bucket_arn(bucket), scope.bucket_arn(bucket, "*")),
        principal=Principal("AWS", ("*",)),
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        reason="files travel by TLS only, whoever asks: a Deny for all actions leaves no "
        "way around",
        source=sources.AWS_S3_TLS,
    )
