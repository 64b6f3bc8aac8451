# SPDX-License-Identifier: Apache-2.0
"""Findings about trust policies: who may take a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seqera_batch.judge.findings.grant import Grant
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.policies.credential import SEQERA_CLOUD_ROLE
from seqera_batch.policies.document import each_condition
from seqera_batch.problems import Severity
from seqera_batch.words import listed

PRINCIPALS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
)
WEB_IDENTITY = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"
CONFUSED_DEPUTY = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
_WHO = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "kms:calleraccount",
}
"""Condition keys that say who asks, or in whose name."""
_FROM_WITHIN = "elasticfilesystem:accessedviamounttarget"
"""Condition key of those who reach a mount target, by its security group: not public, says AWS.

https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
"""
_ACCOUNT = re.compile(r"arn:[^:]+:iam::([^:]*):root|\d{12}")


def anyone(policy: Policy) -> Iterator[Finding]:
    """Yield roles that anybody may take."""
    for grant in policy.trusts:
        if not _takes(grant) or not any("*" in names for names in grant.principals.values()):
            continue
        yield policy.finding(
            grant,
            kind="trust-anyone",
            severity=Severity.WARNING if grant.conditions else Severity.ERROR,
            message="anybody may take the role"
            + (" who meets the conditions" if grant.conditions else ", of any account"),
            fix="name who may take it",
            source=PRINCIPALS,
        )


def open_resources(policy: Policy) -> Iterator[Finding]:
    """Yield statements by which anybody may use a resource, of whatever account."""
    for grant in policy.trusts:
        if _takes(grant) or not any("*" in names for names in grant.principals.values()):
            continue
        held = any(
            key.lower() in _WHO or (key.lower() == _FROM_WITHIN and values == ("true",))
            for key, values in grant.held_by()
        )
        if not held:
            yield policy.finding(
                grant,
                kind="resource-anyone",
                message="anybody may use the resource, of any account",
                fix="name who may, or add a condition on aws:PrincipalArn or the account",
                source=PRINCIPALS,
            )


def whole_account(policy: Policy) -> Iterator[Finding]:
    """Yield roles that everybody of an account may take, without a condition."""
    for grant in policy.trusts:
        found = [name for name in grant.principals.get("AWS", ()) if _ACCOUNT.fullmatch(name)]
        if found and _takes(grant) and not grant.conditions:
            yield policy.finding(
                grant,
                kind="trust-account",
                message=f"everybody in {listed(found)} whom its administrators let may take it",
                fix="name the users and roles, or add a condition, sts:ExternalId for instance",
                source=PRINCIPALS,
            )


def vendor_without_external_id(policy: Policy) -> Iterator[Finding]:
    """Yield roles that Seqera may take for any of its customers, and not for one alone."""
    vendor = SEQERA_CLOUD_ROLE.split(":")[4]
    for grant in policy.trusts:
        principals = [name for name in grant.principals.get("AWS", ()) if vendor in name]
        named = grant.values("sts:ExternalId", ("StringEquals", "StringLike"))
        if principals and _takes(grant) and named is None:
            yield policy.finding(
                grant,
                kind="trust-without-external-id",
                message=f"{listed(principals)} may take the role for any customer of Seqera's",
                fix="add the condition StringEquals sts:ExternalId",
                source=CONFUSED_DEPUTY,
            )


def any_workload(policy: Policy) -> Iterator[Finding]:
    """Yield roles that every workload of an OpenID Connect provider may take."""
    for grant in policy.trusts:
        if "sts:AssumeRoleWithWebIdentity" not in grant.actions:
            continue
        subjects = [
            value
            for key, _, values in each_condition(grant.conditions)
            if key.lower().endswith(":sub")
            for value in values
        ]
        if not subjects or "*" in subjects:
            yield policy.finding(
                grant,
                kind="trust-any-workload",
                message="every workload of the identity provider may take the role",
                fix="add a condition on the provider's sub key",
                source=WEB_IDENTITY,
            )


def _takes(grant: Grant) -> bool:
    """Whether the statement lets somebody take the role; tagging a session alone does not."""
    return any(action == "*" or ":assumerole" in action.lower() for action in grant.actions)
