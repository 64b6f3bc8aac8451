# SPDX-License-Identifier: Apache-2.0
"""What Seqera Platform's credential may do: two ways of working, in the order of Seqera's page.

`manual` launches in environments that exist, `forge` lets Platform make them.
"""

from __future__ import annotations

from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.policies.platform import batch, data, resources, workloads
from seqera_batch.policies.platform.access import ForgeAccess, PlatformAccess

__all__ = ["ForgeAccess", "PlatformAccess", "forge", "manual", "of"]


def manual(scope: Scope, access: PlatformAccess) -> PolicyDocument:
    """Return what launching takes where this library has made everything.

    No right to make, change or delete environments, queues, launch templates or roles.
    """
    return PolicyDocument(
        (
            *batch.jobs(scope, access),
            *batch.pass_job_roles(access),
            *batch.logs(scope, access),
            *_optional(scope, access),
        )
    )


def forge(scope: Scope, access: PlatformAccess) -> PolicyDocument:
    """Return what it takes to let Platform make the AWS Batch resources itself.

    Raises:
        ValueError: `access.forge` does not say what is made.
    """
    made = access.forge
    if made is None:
        raise ValueError("access.forge says what Forge makes, so it cannot be None")
    return PolicyDocument(
        (
            *batch.environments(scope, made),
            *batch.jobs(scope, access),
            *resources.launch_templates(scope, made),
            *resources.pass_roles(scope, made),
            *batch.logs(scope, access),
            *resources.roles(scope, made),
            *(resources.images(scope) if made.finds_images else ()),
            *resources.fsx(scope, made),
            *resources.efs(scope, made),
            *resources.service_linked_roles(scope, made),
            *_optional(scope, access),
        )
    )


def of(scope: Scope, access: PlatformAccess) -> PolicyDocument:
    """Return the document of the way of working that the access is for."""
    document = manual(scope, access) if access.forge is None else forge(scope, access)
    return workloads.separate(document) if access.separate_workloads else document


def _optional(scope: Scope, access: PlatformAccess) -> tuple[Statement, ...]:
    return (
        *data.work_dir(scope, access),
        *data.probes(scope, access),
        *data.buckets(scope, access),
        *data.keys(scope, access),
        *(resources.describe_ec2(scope) if access.describe_ec2 else ()),
        *data.secrets(scope, access),
        *(batch.console(scope, access) if access.console_output else ()),
        *(data.lineage(scope) if access.lineage else ()),
    )
