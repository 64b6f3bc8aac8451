# SPDX-License-Identifier: Apache-2.0
"""What the roles of an environment have to reach, as facts without IAM words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from seqera_batch.catalog.s3 import parts_of, uri_of
from seqera_batch.policies.document import Statement
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True, order=True)
class BucketAccess:
    """A bucket, or a folder of it, that jobs read and, unless said otherwise, write."""

    bucket: str
    folder: str = ""
    read_only: bool = False

    @classmethod
    def of(cls, uri: str, *, read_only: bool = False) -> BucketAccess:
        """Return the access to `s3://bucket` or `s3://bucket/folder`."""
        return cls(*parts_of(uri), read_only)

    @property
    def uri(self) -> str:
        """The bucket or folder as people write it."""
        return uri_of(self.bucket, self.folder)


@dataclass(frozen=True, slots=True)
class Repository:
    """Repositories of Amazon ECR, by name or by the start of their names.

    Args:
        name: The name; ends in `*` where several start alike.
        account: 12 digits; None for the environment's own.
        region: Region code; None for the environment's own.
    """

    name: str
    account: str | None = None
    region: str | None = None

    @classmethod
    def of(cls, text: str) -> Repository:
        """Return the repositories of `name`, `start/*` or either below a registry's address."""
        registry, _, name = text.partition("/")
        if ".dkr.ecr." not in registry:
            return cls(text)
        account, _, _, region, *_ = registry.split(".")
        return cls(name, account, region)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAccess:
    """What the roles of one environment reach.

    Args:
        queues: Names of the queues that the head job submits to.
        buckets: Work directory, allowed buckets, and buckets that are only read.
        owners: Accounts of the buckets of which it is known whose they are.
        job_log_group: Where the containers' output goes.
        node_log_group: Where the nodes' own logs go; None if they stay on the node.
        passed_roles: ARNs of the roles that the head job hands to the jobs it submits.
        secrets_key: ARN of the KMS key of the pipeline secrets, if not AWS's.
        mounting: What nodes need to mount the file systems, which know it themselves.
        job_secrets: ARNs of secrets that the head job's definition hands to it.
        bucket_keys: ARNs of the KMS keys that encrypt the buckets.
        flow_log_group: Where flow logs of a created VPC go; None without them.
        instance_role: ARN of the nodes' role; None where no nodes are made.
        placement_groups: Names of the placement groups in which Spot fleet starts nodes.
        repositories: Repositories of Amazon ECR that images come from; empty for all of the
            account and region.
        job_definitions: Names of job definitions that pipelines name themselves.
        definition_secrets: ARNs of secrets that those that are made hand to tasks and registries.
        consumables: Names of consumable resources that tasks may ask for.
        mail_identities: What the head job sends mail from, by Amazon SES.
        restores: Whether jobs restore archived files of the buckets.
        sessions: Whether Session Manager opens sessions on nodes.
        share: The one identifier under which the head job submits; None where queues take none.
        lineage: Whether runs record data lineage in a bucket of Platform's own names.
        privileged: Whether tasks may have privileged containers, as Fusion and DRAGEN do.
    """

    queues: tuple[str, ...]
    buckets: tuple[BucketAccess, ...]
    owners: Mapping[str, str] = field(default_factory=dict)
    job_log_group: str
    node_log_group: str | None = None
    passed_roles: tuple[str, ...] = ()
    secrets_key: str | None = None
    mounting: tuple[Statement, ...] = ()
    job_secrets: tuple[str, ...] = ()
    bucket_keys: tuple[str, ...] = ()
    flow_log_group: str | None = None
    instance_role: str | None = None
    placement_groups: tuple[str, ...] = ()
    repositories: tuple[Repository, ...] = ()
    job_definitions: tuple[str, ...] = ()
    definition_secrets: tuple[str, ...] = ()
    consumables: tuple[str, ...] = ()
    mail_identities: tuple[str, ...] = ()
    restores: bool = False
    share: str | None = None
    sessions: bool = False
    lineage: bool = False
    privileged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccess:
    """What uses the key.

    Args:
        services: Those through which identities of the account may use it, as endpoints name them.
        log_groups: Names of the log groups that it encrypts.
        linked_roles: Service-linked roles that start nodes, each `<service>/<name>`.
        publishers: Services that tell an encrypted topic, by their names as principals.
    """

    services: tuple[str, ...]
    log_groups: tuple[str, ...] = ()
    linked_roles: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
