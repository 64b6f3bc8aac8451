# SPDX-License-Identifier: Apache-2.0
"""Tags of an app on what runs: instances, volumes and network interfaces of nodes.

`Tags.of` reaches resources. A compute environment must not have tags, since CloudFormation replaces
it when one changes; what CDK has put on it is handed on to `ComputeResources.Tags` and the launch
template, which change in place, when all have been put and before the template is written.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from constructs import IValidation

from seqera_batch.cloudformation.intrinsics import references
from seqera_batch.cloudformation.resource import tag_list
from seqera_batch.plan.labels import ENVIRONMENT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_cdk import aws_batch as batch
    from constructs import Construct

    from seqera_batch.constructs.part import Part

_OURS = frozenset({"Name", ENVIRONMENT_TAG})
"""Tags that the library finds nodes by: an app does not change them."""

_HIGHEST = 2**53 - 1
"""Of a priority: what Node.js counts up to, since an app may give a tag any."""


def follow_tags(scope: Construct, environments: Iterable[Part], templates: Iterable[Part]) -> None:
    """Let tags of the app reach nodes, and never a compute environment itself.

    Args:
        scope: What they are of.
        environments: Compute environments.
        templates: Launch templates; those of the environments are among them.
    """
    scope.node.add_validation(_Tags(scope, tuple(environments), tuple(templates)))


@jsii.implements(IValidation)
class _Tags:
    """CDK validates when all tags have been put, and before it writes the template."""

    def __init__(
        self, scope: Construct, environments: tuple[Part, ...], templates: tuple[Part, ...]
    ) -> None:
        self._scope, self._environments, self._templates = scope, environments, templates
        # Of each stack: its tags, those asked for, and what it is in the one around it.
        self._stacks: list[tuple[cdk.TagManager, frozenset[str], cdk.CfnResource | None]] = []
        stack: cdk.Stack | None = cdk.Stack.of(scope)
        while stack is not None:
            tags, around = stack.tags, stack.nested_stack_parent
            nested = None if around is None else stack.nested_stack_resource
            self._stacks.append((tags, frozenset(tags.tag_values()), nested))
            stack = around

    def validate(self) -> list[str]:
        for environment in self._environments if self._may_be_tagged() else ():
            [made] = environment.all_of(cdk.aws_batch.CfnComputeEnvironment).values()
            found = made.tags.tag_values()
            if found:
                made.add_property_deletion_override("Tags")
                self._hand_on(found, environment, made)
        for tags, asked_for, nested in self._stacks:
            self._keep_off(tags, asked_for, nested)
        return []

    def _may_be_tagged(self) -> bool:
        """Whether anything can have put a tag on an environment; asking one loads `aws_batch`."""
        # Whoever tags the resource itself has it in Python.
        return "aws_cdk.aws_batch" in sys.modules or any(
            cdk.Aspects.of(scope).all
            for scope in dict.fromkeys((*self._scope.node.scopes, *self._environments))
        )

    def _hand_on(
        self, tags: Mapping[str, str], environment: Part, made: batch.CfnComputeEnvironment
    ) -> None:
        planned = environment.data["ComputeResources"]
        own = planned.get("Tags")
        if own is None:
            # Fargate has no nodes.
            return
        ours = {key: value for key, value in own.items() if key in _OURS}
        every = dict(sorted({**own, **tags, **ours}.items()))
        made.add_property_override("ComputeResources.Tags", every)
        used = set(references(planned.get("LaunchTemplate", {})))
        for template in self._templates:
            if used.isdisjoint(template.resources):
                continue
            [launch] = template.all_of(cdk.aws_ec2.CfnLaunchTemplate).values()
            told: list[dict[str, Any]] = template.data["LaunchTemplateData"]["TagSpecifications"]
            launch.add_property_override(
                "LaunchTemplateData.TagSpecifications",
                [{"ResourceType": one["ResourceType"], "Tags": tag_list(every)} for one in told],
            )

    def _keep_off(
        self, tags: cdk.TagManager, asked_for: frozenset[str], nested: cdk.CfnResource | None
    ) -> None:
        """See that tags of the app do not become tags of its stack, which CloudFormation hands on.

        It puts a stack's tags on all that takes tags. `Tags.of` makes stack tags too, unless the
        app sets CDK's flag; the resources have them anyhow.
        """
        for key in tags.tag_values():
            if key in asked_for:
                cdk.Annotations.of(self._scope).add_warning_v2(
                    "seqera-batch:stack-tags",
                    f"the stack's tag {key} is on compute environments too, and CloudFormation "
                    "replaces them when it changes; use Tags.of(…).add instead of Stack(tags=…)",
                )
            else:
                tags.remove_tag(key, _HIGHEST)
        if nested is not None:
            # Its tags are handed on like those of a stack that is deployed by itself.
            nested.add_property_deletion_override("Tags")
