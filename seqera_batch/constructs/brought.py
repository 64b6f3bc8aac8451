# SPDX-License-Identifier: Apache-2.0
"""What an environment adds to what an app brings along: to policies of roles, keys and topics.

What cannot be changed from here, an imported key say, is told by a warning with the statements that
its owner has to add.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from seqera_batch.cloudformation import intrinsics
from seqera_batch.constructs.granting import attach
from seqera_batch.constructs.part import outermost
from seqera_batch.plan.documents import granted_document, granted_policy_name
from seqera_batch.policies.encryption import FOR_SERVICES, for_messages, key_policy
from seqera_batch.policies.operations import topic_policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.constructs.part import Marks
    from seqera_batch.plan import ForgePlan
    from seqera_batch.policies.document import Scope, Statement


def grant_to_role(
    scope: Construct,
    kind: RoleKind,
    role: iam.IRole,
    *,
    plan: ForgePlan,
    where: Scope,
    marks: Marks,
) -> iam.Policy | None:
    """Give a role of the app what an environment needs of it, as CDK's constructs do.

    Args:
        scope: The environment.
        kind: What the role is for.
        role: The role.
        plan: The environment's plan.
        where: Where its policies hold.
        marks: What stands for what the app brings.

    Returns:
        The policy; None where it needs none, or the role must not be changed.
    """
    planned = granted_document(plan, kind, where)
    if not planned.statements:
        return None
    document = intrinsics.answer(planned.to_dict(), marks.get)
    name = granted_policy_name(plan, kind)
    policy = attach(scope, f"{kind}Policy", role, document, name=name)
    if policy is None:
        cdk.Annotations.of(scope).add_warning_v2(
            "seqera-batch:role-not-changed",
            f"{kind} cannot be changed from here; whoever owns it has to allow it: "
            + _told(scope, document),
        )
    return policy


def let_services_use(scope: Construct, key: kms.IKey, plan: ForgePlan, where: Scope) -> None:
    """Let AWS's services use a key of the app; roles are left to their own policies."""
    statements = () if plan.key is None else key_policy(where, plan.key.access()).statements
    for_services = [one for one in statements if one.sid in FOR_SERVICES]
    _add_to_policy(scope, "key", key, for_services, told_by="key_policy_document")


def let_services_tell(scope: Construct, topic: sns.ITopic, plan: ForgePlan, where: Scope) -> None:
    """Let AWS's services tell a topic of the app, and use the key that it has."""
    # CloudFormation begins the name of a nested stack with that of the one around it.
    stack = outermost(cdk.Stack.of(scope))
    alarms = (where.arn("cloudwatch", f"alarm:{stack.stack_name}-*"),)
    publishers = () if plan.operations is None else plan.operations.publishers
    told_by = "policies --for topic"
    statements = topic_policy(where, topic.topic_arn, publishers, alarms).statements
    _add_to_policy(scope, "topic", topic, statements, told_by=told_by)
    if topic.master_key is not None:
        encrypt = for_messages(where, publishers)
        _add_to_policy(scope, "topic-key", topic.master_key, encrypt, told_by=told_by)


def _add_to_policy(
    scope: Construct,
    what: str,
    resource: kms.IKey | sns.ITopic,
    statements: Iterable[Statement],
    *,
    told_by: str,
) -> None:
    # Several environments may use one resource, whose policy takes a Sid once.
    suffix = cdk.Names.unique_id(scope)
    for statement in statements:
        own = replace(statement, sid=f"{statement.sid}{suffix}").to_dict()
        added = resource.add_to_resource_policy(iam.PolicyStatement.from_json(own))
        if not added.statement_added:
            cdk.Annotations.of(scope).add_warning_v2(
                f"seqera-batch:{what}-not-changed",
                f"the policy of the {what} cannot be changed from here; unless it says so "
                f"already, its owner has to add what {told_by} has: " + _told(scope, own),
            )


def _told(scope: Construct, document: dict[str, Any]) -> str:
    """Return a document as a template has it, with what only the deployment knows by reference."""
    return json.dumps(cdk.Stack.of(scope).resolve(document), separators=(",", ":"))
