# SPDX-License-Identifier: Apache-2.0
"""Policies of keys, buckets and topics that an app adds to: ours, in the hands of CDK's classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import aws_cdk as cdk
import jsii

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sns as sns
    from constructs import Construct

    from seqera_batch.constructs.part import Part


class _IResourcePolicyFactory(Protocol):
    """`iam.IResourcePolicyFactory` for jsii, without loading `aws_iam`."""

    __jsii_type__: str = "aws-cdk-lib.aws_iam.IResourcePolicyFactory"

    @jsii.member(jsii_name="forResource")
    def for_resource(self, resource: Construct) -> iam.IResourceWithPolicyV2: ...


class _ResourceWithPolicies:
    """`iam.ResourceWithPolicies` for jsii, without loading `aws_iam`."""

    __jsii_type__ = "aws-cdk-lib.aws_iam.ResourceWithPolicies"


@jsii.implements(_IResourcePolicyFactory)
class _Policies:
    """Leads from a level 1 construct to the policy of the class that stands for it."""

    def __init__(self, own: Callable[[], iam.IResourceWithPolicyV2]) -> None:
        self._own = own

    @jsii.member(jsii_name="forResource")
    def for_resource(self, resource: Construct) -> iam.IResourceWithPolicyV2:
        del resource
        return self._own()


def share_policy(part: Part, type_: str, own: Callable[[], iam.IResourceWithPolicyV2]) -> None:
    """Let what CDK grants by a level 1 construct go into the policy that ours go into.

    CDK keeps what it finds for a level 1 construct the first time: asked after that, it would go on
    with a document of its own, and the last one written would win.

    Args:
        part: What makes the resource.
        type_: CloudFormation's type of it.
        own: Makes the class that stands for it, when somebody grants.
    """
    jsii.sinvoke(_ResourceWithPolicies, "register", [part, type_, _Policies(own)])


def stand_for(own: kms.Key | sns.Topic, made: cdk.CfnResource) -> None:
    """Let a class of CDK stand for a resource that is made already, instead of for its own."""
    replaced = own.node.default_child
    assert isinstance(replaced, cdk.CfnResource)  # noqa: S101 - CDK's own
    replaced.override_logical_id(made.logical_id)
    own.node.try_remove_child(replaced.node.id)
    # Aspects and removal policies of an app find ours below it.
    own.node.default_child = made


def statements(made: cdk.CfnResource, document: Any) -> list[iam.PolicyStatement]:  # noqa: ANN401 - of CDK
    """Return the statements of a rendered document, as CDK adds to them.

    Args:
        made: The resource that has it.
        document: As rendered, or as CDK's own verbs have made it of that already.
    """
    if isinstance(document, cdk.aws_iam.PolicyDocument):
        document = document.to_json()
    elif not isinstance(document, dict):
        document = cdk.Stack.of(made).resolve(document)

    def text(value: object) -> object:
        """Return references as the texts that CDK takes."""
        if isinstance(value, dict):
            return {key: text(one) for key, one in value.items()}
        if isinstance(value, list):
            return [text(one) for one in value]
        return value if isinstance(value, str) else cdk.Token.as_string(value)

    return [cdk.aws_iam.PolicyStatement.from_json(text(one)) for one in document["Statement"]]
