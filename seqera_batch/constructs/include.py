# SPDX-License-Identifier: Apache-2.0
"""Makes typed level 1 constructs of the resources that `template` has rendered.

One `CfnInclude` instead of a Python call for each resource: what is deployed is what a review
reads, byte for byte, and Python neither loads CDK's service modules nor crosses into Node.js for
every property (docs/decisions/0007). Tags, aspects and rule packs see ordinary constructs.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from aws_cdk.cloudformation_include import CfnInclude

from seqera_batch.cloudformation.intrinsics import resolve
from seqera_batch.cloudformation.resource import Resources, as_fragment, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import aws_cdk as cdk
    from constructs import Construct


_CARRIER = "References"


class Included(CfnInclude):
    """Resources below a construct, and CDK's references to them.

    To ask a resource for its `ref` loads the module of its service into Python, which takes longer
    than all else: `aws_ec2` has 100,000 lines. CDK's core has one resource with parameters of any
    name, which are such references; it is taken out again before anything sees it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        resources: Resources,
        *,
        referred: Mapping[str, str] = MappingProxyType({}),
        preserve_logical_ids: bool = False,
    ) -> None:
        """Create the resources.

        Args:
            scope: Parent construct.
            construct_id: Id below it.
            resources: What a plan creates, by id.
            referred: Marks of these resources and their attributes, by any name.
            preserve_logical_ids: Whether the ids are those of the template, instead of names below
                the parent.
        """
        created = rendered(resources)
        if referred:
            created[_CARRIER] = {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": "none", "Parameters": resolve(dict(referred))},
            }
        with _file(as_fragment({"Resources": created})) as file:
            super().__init__(
                scope, construct_id, template_file=file, preserve_logical_ids=preserve_logical_ids
            )
        self._answers: Mapping[str, str] = {}
        """The references, by the names that were asked for."""
        if referred:
            carrier = cast("cdk.CfnStack", self.get_resource(_CARRIER))
            self._answers = cast("Mapping[str, str]", carrier.parameters)
            self.node.try_remove_child(_CARRIER)


def include(scope: Construct, construct_id: str, fragment: str) -> CfnInclude:
    """Create what a fragment of a template says, under the logical ids that it has there."""
    with _file(fragment) as file:
        return CfnInclude(scope, construct_id, template_file=file)


@contextmanager
def _file(fragment: str) -> Iterator[str]:
    # CDK's tokens are plain strings, so they pass through the file.
    with tempfile.NamedTemporaryFile(
        "w", prefix="seqera-batch-", suffix=".json", delete=False, encoding="utf-8"
    ) as file:
        file.write(fragment)
    try:
        yield file.name
    finally:
        Path(file.name).unlink()
