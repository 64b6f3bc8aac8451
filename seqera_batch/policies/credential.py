# SPDX-License-Identifier: Apache-2.0
"""Who may use the credential's permissions: users, Seqera Cloud, or a workload of Platform."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog import limits, sources
from seqera_batch.policies import growth
from seqera_batch.policies.document import PolicyDocument, Principal, Statement, document

SEQERA_CLOUD_ROLE = "arn:aws:iam::161471496260:role/SeqeraPlatformCloudAccessRole"
"""The role with which Seqera Cloud takes a customer's role.

https://docs.seqera.io/platform-cloud/compute-envs/aws-batch
"""

WEB_IDENTITY_AUDIENCE = "sts.amazonaws.com"


@document
def trust_users(users: tuple[str, ...], external_id: str | None = None) -> Iterator[Statement]:
    """Return the trust of a role that IAM users or roles of the customer's take.

    Args:
        users: Their ARNs.
        external_id: What Platform shows for a credential of keys with an assumed role, if it does.
    """
    yield Statement(
        sid="AllowUsers",
        actions=("sts:AssumeRole",),
        principal=Principal("AWS", users),
        conditions={"StringEquals": {"sts:ExternalId": external_id}} if external_id else {},
        grows_by=(growth.PRINCIPALS,),
        reason="these identities use Platform's permissions through one role"
        + (", with the External ID of its credential" if external_id else ""),
        source=sources.SEQERA_AWS_BATCH,
    )


@document
def trust_seqera_cloud(external_id: str | None) -> Iterator[Statement]:
    """Return the trust of a role that Seqera Cloud takes, and nobody on its behalf.

    Args:
        external_id: What Platform shows once the credential is saved with the role's ARN; None
            before, and then the role can be taken by nobody.
    """
    seqera = Principal("AWS", (SEQERA_CLOUD_ROLE,))
    if external_id is None:
        yield Statement(
            sid="AwaitExternalId",
            effect="Deny",
            actions=("sts:AssumeRole",),
            principal=seqera,
            reason="Platform tells the External ID only once it knows the role's ARN; "
            "until it is in the file nobody takes the role",
            source=sources.SEQERA_CLOUD_POLICY,
        )
        return
    yield Statement(
        sid="AllowSeqeraCloud",
        actions=("sts:AssumeRole",),
        principal=seqera,
        conditions={"StringEquals": {"sts:ExternalId": external_id}},
        reason="Platform takes the role for this workspace: the External ID keeps it "
        "from doing so for anybody else's",
        source=sources.SEQERA_CLOUD_POLICY,
    )
    yield Statement(
        sid="AllowSessionTags",
        actions=("sts:TagSession",),
        principal=seqera,
        reason="Platform tags its sessions; a session needs the statement above too",
        source=sources.SEQERA_CLOUD_POLICY,
    )


@document
def trust_workload(provider: str, issuer: str, workspaces: tuple[str, ...]) -> Iterator[Statement]:
    """Return the trust of a role that workloads of workspaces of Platform Enterprise take.

    Args:
        provider: ARN of the IAM identity provider.
        issuer: Host and path of the provider, without the scheme.
        workspaces: Subjects that are let in, each `org:<id>:wsp:<id>`.
    """
    yield Statement(
        sid="AllowWorkloads",
        # Without any one of the three the whole exchange fails.
        actions=(
            "sts:AssumeRoleWithWebIdentity",
            "sts:SetSourceIdentity",
            "sts:TagSession",
        ),
        principal=Principal("Federated", (provider,)),
        grows_by=(growth.WORKSPACES,),
        conditions={
            "StringEquals": {f"{issuer}:aud": WEB_IDENTITY_AUDIENCE},
            "StringLike": {f"{issuer}:sub": [f"{workspace}:*" for workspace in workspaces]},
        },
        reason="Platform proves which workspace asks; all its workloads share the role",
        source=sources.SEQERA_WORKLOAD_IDENTITY,
    )


@document
def assume_role(role: str) -> Iterator[Statement]:
    """Return what a user needs who takes the role."""
    yield Statement(
        sid="AssumeRoleToManageBatchResources",
        actions=("sts:AssumeRole",),
        resources=(role,),
        reason="the user holds no permissions but to take the role",
        source=sources.SEQERA_AWS_BATCH,
    )


def managed(document: PolicyDocument) -> tuple[PolicyDocument, ...]:
    """Return a document in parts that fit IAM's managed policies.

    Managed ones, since a user's inline policies hold 2,048 characters together. Fewer than the
    ten that an identity takes.

    Raises:
        ValueError: The document does not fit.
    """
    parts = document.split(limits.MANAGED_POLICY_CHARACTERS)
    if len(parts) > limits.MANAGED_POLICIES_PER_IDENTITY:
        raise ValueError(
            f"the permissions take {len(parts)} policies, more than "
            f"{limits.MANAGED_POLICIES_PER_IDENTITY}"
        )
    return parts
