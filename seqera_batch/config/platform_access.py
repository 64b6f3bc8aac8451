# SPDX-License-Identifier: Apache-2.0
"""The section that makes the identity Seqera Platform works with in the account."""

from typing import Literal

from seqera_batch.catalog import sources
from seqera_batch.config.formats import (
    BucketUri,
    ExternalId,
    Flag,
    JobDefinitionPattern,
    PlatformEndpoint,
    PrincipalArn,
    ProviderArn,
    Text,
    Workspace,
)
from seqera_batch.config.settings import Effect, Section, setting


class UserCredential(Section):
    """An IAM user of Platform's own, whose key is entered in Platform."""

    access_key: Flag = setting(
        default=False,
        omitted="false: make a key by hand, or not at all",
        effect=Effect.ROLES,
        source=sources.SEQERA_AWS_BATCH,
    )
    """Make an access key and keep it in AWS Secrets Manager; no output shows it."""


class RoleCredential(Section, effect=Effect.ROLES, source=sources.SEQERA_AWS_BATCH):
    """A role that identities of your own take: one set of permissions for several users."""

    principals: tuple[PrincipalArn, ...] = setting(min_length=1)
    """ARNs of the users or roles that may take it."""
    external_id: ExternalId | None = setting(
        default=None, omitted="whoever has the keys of a principal takes the role"
    )
    """External ID that Platform shows for a credential of keys with an assumed role."""


class CloudCredential(Section):
    """A role that Seqera Cloud takes: no key leaves the account."""

    external_id: ExternalId | None = setting(
        default=None,
        omitted="the role is made, and nobody can take it: deploy, save the credential in "
        "Platform, enter its External ID here, deploy again",
        effect=Effect.ROLES,
        source=sources.SEQERA_CLOUD_POLICY,
    )
    """External ID that Platform shows once the credential is saved with the role's ARN."""


class WorkloadIdentity(Section, source=sources.SEQERA_WORKLOAD_IDENTITY):
    """A role that workloads of Platform Enterprise take as an OpenID Connect provider."""

    url: PlatformEndpoint = setting(effect=Effect.NEW_IDENTITY_PROVIDER)
    """Address of Platform with `/api`, which is the provider's issuer."""
    workspaces: tuple[Workspace, ...] = setting(effect=Effect.ROLES, min_length=1)
    """Workspaces that are let in, each `org:<id>:wsp:<id>`."""
    provider: ProviderArn | None = setting(
        default=None,
        omitted="one is created; an account takes only one for an address",
        effect=Effect.ROLES,
        source="",
    )
    """ARN of the identity provider, where the account has one for this address."""
    separate_workloads: Flag = setting(
        default=False,
        omitted="false: all workloads of a workspace may do what any of them needs",
        effect=Effect.ROLES,
    )
    """Let each workload (`platform`, `data`, `studio`, `workflow`) do only what Seqera's page says
    that it needs, by the tag `seqera:workload` of its session: a Studio then submits no jobs.
    """


class PlatformAccessSettings(Section, effect=Effect.ROLES, source=sources.SEQERA_AWS_BATCH):
    """What Platform may do in the account, and as whom: exactly one of the four identities."""

    mode: Literal["manual", "forge"] = setting(
        default="manual", omitted="manual: no right to make anything"
    )
    """`manual`: Platform only launches in this environment. `forge`: it makes AWS Batch resources
    itself, under `aws.prefix`.
    """
    cloud: CloudCredential | None = setting(
        default=None, omitted="another identity is used", source=sources.SEQERA_CLOUD_POLICY
    )
    """Seqera Cloud takes a role."""
    role: RoleCredential | None = setting(default=None, omitted="another identity is used")
    """Users of yours take a role."""
    user: UserCredential | None = setting(default=None, omitted="another identity is used")
    """Platform has an IAM user."""
    workload_identity: WorkloadIdentity | None = setting(
        default=None, omitted="another identity is used", source=sources.SEQERA_WORKLOAD_IDENTITY
    )
    """Platform Enterprise proves which workspace asks."""
    data_buckets: tuple[BucketUri, ...] = setting(
        default=(), omitted="none; log files of runs are read from the work directory"
    )
    """Buckets or folders that Data Explorer and Studios read and write."""
    list_buckets: Flag = setting(default=False, omitted="false: names are typed")
    """Offer all buckets of the account in menus."""
    pipeline_secrets: Flag = setting(default=False, source=sources.SEQERA_SECRETS)
    """Keep pipeline secrets in AWS Secrets Manager."""
    describe_ec2: Flag = setting(default=False, omitted="false: ids are typed")
    """Offer networks, images and key pairs in menus."""
    console_output: Flag = setting(default=False, source=sources.SEQERA_CLOUD_POLICY)
    """Let Platform read why a node's start failed."""
    lineage: Flag = setting(default=False, source=sources.SEQERA_CLOUD_POLICY)
    """Let Platform follow data lineage through a queue and a bucket of its own names."""
    job_definitions: tuple[JobDefinitionPattern, ...] = setting(
        default=(),
        omitted="any of the account and region: whoever holds Platform's credential can run each, "
        "with the role in it",
    )
    """Job definitions that Platform may register and run, by name or by the start of names and `*`.
    Platform makes the names up: see which it gives before narrowing them.
    """
    job_tags: dict[Text, Text] = setting(
        default={}, omitted="none: a pipeline without the label would fail to run"
    )
    """Tags (resource labels in Platform) that every job must carry to be launched or ended by
    Platform; in Forge mode also what Platform makes, roles apart.
    """


IDENTITIES = ("cloud", "role", "user", "workload_identity")
"""Fields of which exactly one is given."""
