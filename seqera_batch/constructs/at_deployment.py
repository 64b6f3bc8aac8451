# SPDX-License-Identifier: Apache-2.0
"""Values that only the deployment knows: parameters of the stack, of SSM, of another stack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seqera_batch.cloudformation.intrinsics import read_at_deployment
from seqera_batch.problems import refusal
from seqera_batch.records import dataclass

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resource
    from seqera_batch.plan import ForgePlan
    from seqera_batch.template import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDeployment:
    """Tokens of CDK in place of values of the file, which rules, quotas and review go on judging.

    Args:
        max_cpus: Instead of `forge.max_cpus`, such as `CfnParameter.value_as_number`.
        image_id: Instead of `forge.image_id`, which the file then has to give.
    """

    max_cpus: float | None = None
    image_id: str | None = None

    def put_into(self, made: Parts, plan: ForgePlan) -> Parts:
        """Return the parts with these values in compute environments that have the file's.

        Raises:
            ConfigError: The file gives no value that could be judged instead.
        """
        forge, head = plan.config.forge, plan.config.aws.head
        if self.image_id is not None and (forge is None or forge.image_id is None):
            raise refusal(
                "brought-along",
                "forge.image_id",
                "an image is passed that only the deployment knows, and the file gives none that "
                "rules and review could judge",
                fix="set forge.image_id to the image as it is now",
            )
        named = None if forge is None else read_at_deployment(forge.image_id or "")
        changed = dict(made.environments)
        for one in plan.compute.environments:
            of_forge, of_head = one.path == "forge", one.path == "aws.head"
            cpus = self.max_cpus if of_forge or (of_head and head.max_cpus is None) else None
            image = self.image_id if of_forge or (of_head and head.image_id is None) else None
            changed[one.key] = {
                name: _changed(resource, cpus, image, named)
                for name, resource in changed[one.key].items()
            }
        return replace(made, environments=changed)


def _changed(
    resource: Resource, cpus: float | None, image: str | None, named: str | None
) -> Resource:
    asked: dict[str, Any] = dict(resource.properties["ComputeResources"])
    if cpus is not None:
        asked["MaxvCpus"] = cpus
    if image is not None and "Ec2Configuration" in asked:
        asked["Ec2Configuration"] = [
            # DRAGEN has an image of its own.
            {**one, "ImageIdOverride": image} if one.get("ImageIdOverride") == named else one
            for one in asked["Ec2Configuration"]
        ]
    return replace(resource, properties={**resource.properties, "ComputeResources": asked})
