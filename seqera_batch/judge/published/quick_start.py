# SPDX-License-Identifier: Apache-2.0
"""Seqera's permissive quick-start policy with its defects mended: for comparison, not for use."""

from __future__ import annotations

from seqera_batch.catalog import defaults
from seqera_batch.policies.document import PolicyDocument, Scope
from seqera_batch.policies.platform import batch, data, resources
from seqera_batch.policies.platform.access import ForgeAccess, PlatformAccess


def quick_start(scope: Scope, *, prefix: str = defaults.PREFIX) -> PolicyDocument:
    """Return everything that the page's quick start wants to allow, in one account and region.

    It reaches every bucket, every job queue, every log group and, without a boundary, may write
    its own permissions into a role: nothing that a reviewer should sign.
    """
    made = ForgeAccess(prefix=prefix, makes_efs=True, makes_fsx=True)
    access = PlatformAccess(queues=("*",), log_group="*", secrets=True, list_buckets=True)
    return PolicyDocument(
        (
            *batch.environments(scope, made),
            *batch.jobs(scope, access),
            *resources.launch_templates(scope, made),
            *resources.pass_roles(scope, made),
            *batch.logs(scope, access),
            *data.every_bucket(scope),
            *resources.roles(scope, made),
            *resources.images(scope),
            *resources.describe_ec2(scope),
            *resources.fsx(scope, made),
            *resources.efs(scope, made),
            *data.secrets(scope, access),
        )
    )
