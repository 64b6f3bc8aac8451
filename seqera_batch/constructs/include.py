# SPDX-License-Identifier: Apache-2.0
"""Makes typed level 1 constructs of the resources that `template` has rendered.

One `CfnInclude` instead of a Python call for each resource: what is deployed is what a review
reads, byte for byte, and Python neither loads CDK's service modules nor crosses into Node.js for
every property (docs/decisions/0007). Tags, aspects and rule packs see ordinary constructs.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aws_cdk.cloudformation_include import CfnInclude

from seqera_batch.cloudformation.intrinsics import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aws_cdk as cdk
    from constructs import Construct

    from seqera_batch.cloudformation.resource import Resources


_CARRIER = "References"


def include(
    scope: Construct, resources: Resources, *, preserve_logical_ids: bool = False
) -> CfnInclude:
    """Create the resources below a construct, under their ids.

    The include is named `Default`, which CDK leaves out of logical ids.

    Args:
        scope: Parent construct.
        resources: What a plan creates.
        preserve_logical_ids: Whether the ids are those of the template, instead of names below
            the parent.
    """
    return include_referred(scope, resources, {}, preserve_logical_ids=preserve_logical_ids)[0]


def include_referred(
    scope: Construct,
    resources: Resources,
    referred: Mapping[str, str],
    *,
    preserve_logical_ids: bool = False,
) -> tuple[CfnInclude, dict[str, str]]:
    """Create resources, and return CDK's references to them.

    To ask a resource for its `ref` loads the module of its service into Python, which takes longer
    than all else: `aws_ec2` has 100,000 lines. CDK's core has one resource with parameters of any
    name, which are such references; it is taken out again before anything sees it.

    Args:
        scope: Parent construct.
        resources: What a plan creates.
        referred: Marks of these resources and their attributes, by any name.
        preserve_logical_ids: As of `include`.
    """
    created = {name: resource.to_dict() for name, resource in resources.items()}
    if referred:
        created[_CARRIER] = {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "none", "Parameters": resolve(dict(referred))},
        }
    made = _include(
        scope, "Default", {"Resources": created}, preserve_logical_ids=preserve_logical_ids
    )
    if not referred:
        return made, {}
    carrier = cast("cdk.CfnStack", made.get_resource(_CARRIER))
    answers = dict(cast("Mapping[str, str]", carrier.parameters))
    made.node.try_remove_child(_CARRIER)
    return made, answers


def include_environment(
    scope: Construct, construct_id: str, resources: Resources, outputs: dict[str, dict[str, Any]]
) -> CfnInclude:
    """Create all resources and outputs of a stack at once, under the logical ids that they have."""
    created = {name: resource.to_dict() for name, resource in resources.items()}
    return _include(
        scope,
        construct_id,
        {"Resources": created, "Outputs": outputs},
        preserve_logical_ids=True,
    )


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
            scope, construct_id, template_file=str(file), preserve_logical_ids=preserve_logical_ids
        )
