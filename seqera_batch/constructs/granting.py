# SPDX-License-Identifier: Apache-2.0
"""Grants to principals of an app: exact, and loud where nothing can be granted."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from seqera_batch.problems import refusal

if TYPE_CHECKING:
    from constructs import Construct

    from seqera_batch.policies.document import PolicyDocument, Statement


def grant(scope: Construct, grantee: iam.IGrantable, document: PolicyDocument) -> iam.Grant:
    """Grant what a document allows.

    Args:
        scope: What grants; the place in messages.
        grantee: Who gets it.
        document: Statements that allow.

    Raises:
        ConfigError: Nothing can be granted to them.
    """
    grants = [allow(grantee, statement) for statement in document.statements]
    given = reduce(lambda one, other: one.combine(other), grants)
    if not given.success or not _changes(scope, grantee.grant_principal):
        raise refusal(
            "grantee",
            "grantee",
            "nothing can be granted to it from here: it takes no policies, or is imported as one "
            "that must not change",
            value=_named(grantee),
            allowed="a role, user or group of the app, or an imported one of the stack's account "
            "that may change",
            fix="let its owner attach what `seqera-batch policies` prints, or import it with "
            "mutable=True",
            origin=scope.node.path,
        )
    return given


def allow(grantee: iam.IGrantable, statement: Statement) -> iam.Grant:
    """Return the grant of what one statement allows, as far as CDK can give it."""
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=list(statement.actions),
        resource_arns=list(statement.resources),
        conditions={key: dict(value) for key, value in statement.conditions.items()},
    )


def attach(
    scope: Construct, construct_id: str, role: iam.IRole, document: dict[str, Any], *, name: str
) -> iam.Policy | None:
    """Give a role a policy of its own; None where the role takes none.

    Args:
        scope: Where the policy belongs.
        construct_id: Its id.
        role: A role that the app made or imported.
        document: What it is to be allowed, as IAM reads it; tokens in it are fine.
        name: Name of the policy.
    """
    accounts = {role.env.account, cdk.Stack.of(scope).account}
    if len(accounts) > 1 and not any(map(cdk.Token.is_unresolved, accounts)):
        # CDK would make a policy for a role of the same name here.
        return None
    policy = iam.Policy(
        scope, construct_id, policy_name=name, document=iam.PolicyDocument.from_json(document)
    )
    role.attach_inline_policy(policy)
    if _is_attached(policy):
        return policy
    scope.node.try_remove_child(construct_id)
    return None


def _named(grantee: iam.IGrantable) -> str:
    """Return the path of a grantee in the app, or what it is where it has none."""
    node = getattr(grantee, "node", None)
    return type(grantee).__name__ if node is None else str(node.path)


def _changes(scope: Construct, principal: object) -> bool:
    """Return whether a principal takes policies: CDK says so of imported ones that must not."""
    if not hasattr(principal, "attach_inline_policy"):
        return True
    tried = iam.Policy(
        scope,
        "GranteeTried",
        statements=[iam.PolicyStatement(actions=["sts:GetCallerIdentity"], resources=["*"])],
    )
    principal.attach_inline_policy(tried)
    attached = _is_attached(tried)
    scope.node.try_remove_child("GranteeTried")
    return attached


def _is_attached(policy: iam.Policy) -> bool:
    made = policy.node.default_child
    assert isinstance(made, iam.CfnPolicy)  # noqa: S101 - CDK's own
    found = cdk.Stack.of(policy).resolve([made.roles, made.users, made.groups])
    return any(found)
