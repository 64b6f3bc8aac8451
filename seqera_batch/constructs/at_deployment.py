# SPDX-License-Identifier: Apache-2.0
"""Values that only the deployment knows: parameters of the stack, of SSM, of another stack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seqera_batch.problems import refusal

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resource, Resources
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings
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

    def put_into(self, made: Parts, config: ForgeConfig) -> Parts:
        """Return the parts with these values in compute environments that have the file's.

        Raises:
            ConfigError: The file gives no value that could be judged instead.
        """
        forge = config.forge
        if self.image_id is not None and (forge is None or forge.image_id is None):
            raise refusal(
                "brought-along",
                "forge.image_id",
                "an image is passed that only the deployment knows, and the file gives none that "
                "rules and review could judge",
                fix="set forge.image_id to the image as it is now",
            )
        if forge is None:
            return made
        changed: dict[str, Resources] = {
            key: {name: self._changed(one, forge) for name, one in each.items()}
            for key, each in made.environments.items()
        }
        return replace(made, environments=changed)

    def _changed(self, resource: Resource, forge: ForgeSettings) -> Resource:
        asked: dict[str, Any] = dict(resource.properties["ComputeResources"])
        if self.max_cpus is not None and asked["MaxvCpus"] == forge.max_cpus:
            asked["MaxvCpus"] = self.max_cpus
        if self.image_id is not None and "Ec2Configuration" in asked:
            asked["Ec2Configuration"] = [
                {**one, "ImageIdOverride": self.image_id}
                if one.get("ImageIdOverride") == forge.image_id
                else one
                for one in asked["Ec2Configuration"]
            ]
        return replace(resource, properties={**resource.properties, "ComputeResources": asked})
