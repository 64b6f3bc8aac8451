# SPDX-License-Identifier: Apache-2.0
"""Makes typed level 1 constructs of the resources that `template` has rendered.

One `CfnInclude` instead of a Python call for each resource: what is deployed is what a review
reads, byte for byte, and Python neither loads CDK's service modules nor crosses into Node.js for
every property (docs/decisions/0007). Tags, aspects and rule packs see ordinary constructs.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk.cloudformation_include import CfnInclude

from seqera_batch.cloudformation.intrinsics import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from seqera_batch.cloudformation.resource import Resources

_COMPUTE_ENVIRONMENT = "AWS::Batch::ComputeEnvironment"


def include(scope: Construct, resources: Resources, answers: Mapping[str, str]) -> CfnInclude:
    """Create the resources below a construct, under their ids.

    The include is named `Default`, which CDK leaves out of logical ids.

    Args:
        scope: Parent construct.
        resources: What a plan creates.
        answers: What stands for marks of what it does not create, by the name in them.
    """
    created = {
        name: replace(resource, properties=answer(dict(resource.properties), answers)).to_dict()
        for name, resource in resources.items()
    }
    template = {"Resources": created}
    included = _include(scope, "Default", template, preserve_logical_ids=False)
    for name, resource in resources.items():
        if resource.type == _COMPUTE_ENVIRONMENT:
            _never_tag(included, name)
    return included


def include_outputs(scope: Construct, outputs: dict[str, dict[str, Any]]) -> None:
    """Create a stack's outputs under their names."""
    if outputs:
        _include(scope, "Outputs", {"Outputs": outputs}, preserve_logical_ids=True)


def _include(
    scope: Construct, construct_id: str, template: dict[str, Any], *, preserve_logical_ids: bool
) -> CfnInclude:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        # CDK's tokens are plain strings, so they pass through the file. CDK reads it as YAML, which
        # takes as long as the text is.
        file.write_text(json.dumps(template, separators=(",", ":")), encoding="utf-8")
        return CfnInclude(
            scope,
            construct_id,
            template_file=str(file),
            preserve_logical_ids=preserve_logical_ids,
        )


def _never_tag(created: CfnInclude, name: str) -> None:
    """Keep a tag put on a whole stack off a compute environment, which it would replace.

    Top-level tags can only be set at creation. Nodes get their tags by the launch template and
    by `ComputeResources.Tags`.
    """
    if "aws_cdk.aws_batch" not in sys.modules:
        _register_light_compute_environment()
    created.get_resource(name).add_property_deletion_override("Tags")


def _register_light_compute_environment() -> None:
    """Let jsii hand out the resource without loading `aws_batch`, and `aws_ec2` through it.

    They take longer to load than all else that a synthesis does in Python. Whoever imports
    `aws_batch` later replaces the registration and gets its own class.
    """

    class ComputeEnvironment(
        cdk.CfnResource,
        metaclass=jsii.JSIIMeta,
        jsii_type="aws-cdk-lib.aws_batch.CfnComputeEnvironment",
    ):
        pass
