# SPDX-License-Identifier: Apache-2.0
"""The policy of the KMS key: who may use it for what, created with it or asked of one that exists.

A role's own policy has to allow the use of the key as well, wherever the principal is the account:
the key's policy then only says through which services. So it names no role of the environment,
which would have to exist before the key that its policy names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from seqera_batch.catalog import sources
from seqera_batch.catalog.principals import BUDGETS, CLOUDWATCH, EVENTS
from seqera_batch.catalog.regions import Region
from seqera_batch.kinds.kind import actions_named
from seqera_batch.policies.access import KeyAccess
from seqera_batch.policies.document import Conditions, Principal, Scope, Statement, document
from seqera_batch.policies.operations import by_alarms, by_budgets

_ADMINISTER = actions_named(
    "kms:CancelKeyDeletion CreateAlias DeleteAlias DescribeKey DisableKey DisableKeyRotation "
    "EnableKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListGrants ListKeyPolicies "
    "ListKeyRotations ListResourceTags PutKeyPolicy RevokeGrant RotateKeyOnDemand "
    "ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription"
)
USE = actions_named(
    "kms:Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext "
    "ReEncryptFrom ReEncryptTo"
)
"""What AWS's pages ask for, action by action instead of by pattern."""
_MESSAGES = ("kms:Decrypt", "kms:GenerateDataKey")
FOR_SERVICES = (
    "StartNodes",
    "GrantToNodes",
    "EncryptLogs",
    "EncryptEvents",
    "EncryptAlarms",
    "EncryptBudget",
)
"""Statements without which a key that leaves everything to IAM policies does not do: what they let
in has none that could be changed."""
_THIS_KEY = ("*",)
"""In a key's policy the resource is the key itself, whose id it cannot know."""


@document
def key_policy(scope: Scope, access: KeyAccess) -> Iterator[Statement]:
    """Return the key's policy."""
    yield Statement(
        sid="AdministerKey",
        actions=_ADMINISTER,
        resources=_THIS_KEY,
        principal=_account(scope),
        reason="the account's administrators keep the key, as far as their own policies "
        "let them: a key that nobody can manage is lost; nothing here decrypts",
        source=sources.AWS_KMS_KEY_POLICIES,
    )
    yield from _through_services(scope, access)
    yield from _for_nodes(scope, access)
    yield from _for_logs(scope, access)
    yield from for_messages(scope, access.publishers)


def _account(scope: Scope) -> Principal:
    """Return the account, by which a key's policy leaves the rest to IAM policies."""
    return Principal("AWS", (scope.iam_arn("root"),))


def _through_services(scope: Scope, access: KeyAccess) -> Iterator[Statement]:
    if not access.services:
        return
    via: Conditions = {
        "StringLike": {"kms:ViaService": [scope.endpoint(one) for one in access.services]}
    }
    yield Statement(
        sid="UseThroughServices",
        actions=USE,
        resources=_THIS_KEY,
        principal=_account(scope),
        conditions=via,
        reason="identities whose own policies allow it use the key through these services, and "
        "never directly",
        source=sources.AWS_KMS_VIA_SERVICE,
    )
    yield Statement(
        sid="GrantToServices",
        actions=("kms:CreateGrant",),
        resources=_THIS_KEY,
        principal=_account(scope),
        conditions={**via, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        reason="services keep using the key for what they store, by grants that only they use",
        source=sources.AWS_KMS_VIA_SERVICE,
    )


def _for_nodes(scope: Scope, access: KeyAccess) -> Iterator[Statement]:
    """Yield what starting nodes takes: no policy of service-linked roles can be changed.

    By condition and not as principals: AWS KMS refuses a policy that names a role which does not
    exist, and an account that has never started a node has none of these.
    """
    if not access.linked_roles:
        return
    only: Conditions = {
        "StringEquals": {"kms:CallerAccount": scope.account},
        "ArnEquals": {
            "aws:PrincipalArn": [
                scope.iam_arn(f"role/aws-service-role/{role}") for role in access.linked_roles
            ]
        },
    }
    anybody = Principal("AWS", ("*",))
    yield Statement(
        sid="StartNodes",
        actions=USE,
        resources=_THIS_KEY,
        principal=anybody,
        conditions=only,
        reason="these roles of AWS start nodes with encrypted volumes; the condition lets nobody "
        "else in",
        source=sources.AWS_KMS_AUTO_SCALING,
    )
    yield Statement(
        sid="GrantToNodes",
        actions=("kms:CreateGrant",),
        resources=_THIS_KEY,
        principal=anybody,
        conditions={**only, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        reason="EC2 attaches the volumes by a grant that these roles create for it",
        source=sources.AWS_KMS_AUTO_SCALING,
    )


def _for_logs(scope: Scope, access: KeyAccess) -> Iterator[Statement]:
    if not access.log_groups:
        return
    yield Statement(
        sid="EncryptLogs",
        actions=USE,
        resources=_THIS_KEY,
        principal=f"logs.{scope.region}.{Region.of(scope.region).dns_suffix}",
        conditions={
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": [
                    scope.arn("logs", f"log-group:{group}") for group in access.log_groups
                ]
            }
        },
        reason="CloudWatch Logs encrypts these groups, and shows them to whom IAM lets read them",
        source=sources.AWS_KMS_LOGS,
    )


def for_messages(scope: Scope, publishers: Collection[str]) -> Iterator[Statement]:
    """Yield what telling an encrypted topic takes: the key of AWS's lets no service do it."""
    told: dict[str, tuple[str, Conditions, str]] = {
        EVENTS: (
            "EncryptEvents",
            {},
            (
                "rules tell the topic; EventBridge does not say to KMS in whose name it calls, so "
                "with a condition on that every message would be lost in silence"
            ),
        ),
        CLOUDWATCH: (
            "EncryptAlarms",
            by_alarms(scope, (scope.arn("cloudwatch", "alarm:*"),)),
            "alarms of this account tell the topic; the topic's policy names which",
        ),
        BUDGETS: ("EncryptBudget", by_budgets(scope), "the budget tells the topic"),
    }
    for service, (sid, conditions, reason) in told.items():
        if service in publishers:
            yield Statement(
                sid=sid,
                actions=_MESSAGES,
                resources=_THIS_KEY,
                principal=service,
                conditions=conditions,
                reason=reason,
                source=sources.AWS_SNS_KEYS,
            )
