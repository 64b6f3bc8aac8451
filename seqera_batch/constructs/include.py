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
from typing import TYPE_CHECKING, Any

from aws_cdk.cloudformation_include import CfnInclude

if TYPE_CHECKING:
    from constructs import Construct

    from seqera_batch.cloudformation.resource import Resources


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
    created = {name: resource.to_dict() for name, resource in resources.items()}
    return _include(
        scope, "Default", {"Resources": created}, preserve_logical_ids=preserve_logical_ids
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
            scope,
            construct_id,
            template_file=str(file),
            preserve_logical_ids=preserve_logical_ids,
        )
