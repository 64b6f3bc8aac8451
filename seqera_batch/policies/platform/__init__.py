# SPDX-License-Identifier: Apache-2.0
"""What Seqera Platform's credential may do: two ways of working, in the order of Seqera's page.

`manual` launches in environments that exist, `forge` lets Platform make them.
"""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.policies.document import PolicyDocument, Scope, Statement, document
from seqera_batch.policies.platform import batch, data, resources, workloads
from seqera_batch.policies.platform.access import ForgeAccess, PlatformAccess

__all__ = ["ForgeAccess", "PlatformAccess", "forge", "manual", "of"]


@document
def manual(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Return what launching takes where this library has made everything.

    No right to make, change or delete environments, queues, launch templates or roles.
    """
    yield from batch.jobs(scope, access)
    yield from batch.pass_job_roles(access)
    yield from batch.logs(scope, access)
    yield from _optional(scope, access)


@document
def forge(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    """Return what it takes to let Platform make the AWS Batch resources itself.

    Raises:
        ValueError: `access.forge` does not say what is made.
    """
    made = access.forge
    if made is None:
        raise ValueError("access.forge says what Forge makes, so it cannot be None")
    yield from batch.environments(scope, made)
    yield from batch.jobs(scope, access)
    yield from resources.launch_templates(scope, made)
    yield from resources.pass_roles(scope, made)
    yield from batch.logs(scope, access)
    yield from resources.roles(scope, made)
    if made.finds_images:
        yield from resources.images(scope)
    yield from resources.fsx(scope, made)
    yield from resources.efs(scope, made)
    yield from resources.service_linked_roles(scope, made)
    yield from _optional(scope, access)


def of(scope: Scope, access: PlatformAccess) -> PolicyDocument:
    """Return the document of the way of working that the access is for."""
    document = manual(scope, access) if access.forge is None else forge(scope, access)
    return workloads.separate(document) if access.separate_workloads else document


def _optional(scope: Scope, access: PlatformAccess) -> Iterator[Statement]:
    yield from data.work_dir(scope, access)
    yield from data.probes(scope, access)
    yield from data.buckets(scope, access)
    yield from data.keys(scope, access)
    if access.describe_ec2:
        yield from resources.describe_ec2(scope)
    yield from data.secrets(scope, access)
    if access.console_output:
        yield from batch.console(scope, access)
    if access.lineage:
        yield from data.lineage(scope)
