# SPDX-License-Identifier: Apache-2.0
"""The identity that Platform works with: a user or a role, its policies, a key where asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence

from seqera_batch.catalog.ids import ACCESS_KEY_SECRET, PLATFORM_ROLE, PLATFORM_USER
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.kinds import iam, secretsmanager
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import Identity, platform_documents
from seqera_batch.policies.credential import WEB_IDENTITY_AUDIENCE, managed
from seqera_batch.policies.document import Scope

ACCESS_KEY = "PlatformAccessKey"
PROVIDER = "PlatformProvider"

PURPOSE = "what Seqera Platform may do"


def platform(plan: ForgePlan, where: Scope, also: Sequence[ForgePlan] = ()) -> Resources:
    """Return Platform's identity; nothing where the file asks for none.

    Args:
        plan: What was decided.
        where: Partition, region and account.
        also: Plans of further environments that it serves.
    """
    if plan.platform.identity.kind is None:
        return {}
    identity = platform_documents(plan, where, also)
    policies = _policies(plan, identity)
    if plan.platform.identity.kind == "user":
        return policies | _user(plan, tuple(policies))
    return policies | _role(plan, identity, tuple(policies))


def _policies(plan: ForgePlan, identity: Identity) -> Resources:
    """Return managed policies: a user's inline ones hold a third of what is needed."""
    parts = managed(identity.permissions)
    return {
        f"PlatformPolicy{number}": Resource.of(
            iam.MANAGED_POLICY,
            ManagedPolicyName=f"{plan.platform.identity.name}-{number}",
            Path=plan.roles.path,
            # Always the same: another description would need another policy.
            Description=f"{plan.environment_id}: {PURPOSE}",
            PolicyDocument=part.to_dict(),
        )
        for number, part in enumerate(parts, start=1)
    }


def _role(plan: ForgePlan, identity: Identity, policies: tuple[str, ...]) -> Resources:
    assert identity.trust is not None  # noqa: S101 - only users have none
    provider = plan.platform.identity.issuer is not None and plan.platform.identity.provider is None
    found: Resources = {
        PLATFORM_ROLE: Resource.of(
            iam.ROLE,
            RoleName=plan.platform.identity.name,
            Path=plan.roles.path,
            Description=f"{plan.environment_id}: {identity.purpose}",
            AssumeRolePolicyDocument=identity.trust.to_dict(),
            ManagedPolicyArns=[ref(policy) for policy in policies],
            PermissionsBoundary=plan.roles.permissions_boundary,
            Tags=tag_list(plan.labels.resources),
            depends_on=(PROVIDER,) if provider else (),
        )
    }
    if provider:
        found[PROVIDER] = Resource.of(
            iam.OIDC_PROVIDER,
            Url=f"https://{plan.platform.identity.issuer}",
            ClientIdList=[WEB_IDENTITY_AUDIENCE],
            Tags=tag_list(plan.labels.resources),
        )
    return found


def _user(plan: ForgePlan, policies: tuple[str, ...]) -> Resources:
    found: Resources = {
        PLATFORM_USER: Resource.of(
            iam.USER,
            UserName=plan.platform.identity.name,
            Path=plan.roles.path,
            ManagedPolicyArns=[ref(policy) for policy in policies],
            PermissionsBoundary=plan.roles.permissions_boundary,
            Tags=tag_list(plan.labels.resources),
        )
    }
    if plan.platform.identity.access_key_secret is not None:
        found[ACCESS_KEY] = Resource.of(iam.ACCESS_KEY, UserName=ref(PLATFORM_USER))
        found[ACCESS_KEY_SECRET] = Resource.of(
            secretsmanager.SECRET,
            # The key goes from IAM into the secret; neither template nor output shows it.
            Name=plan.platform.identity.access_key_secret,
            Description=f"{plan.environment_id}: access key of Seqera Platform's user",
            SecretString=json.dumps(
                {
                    "accessKey": ref(ACCESS_KEY),
                    "secretKey": get_att(ACCESS_KEY, "SecretAccessKey"),
                }
            ),
            Tags=tag_list(plan.labels.resources),
            keep_on_delete=False,
        )
    return found
