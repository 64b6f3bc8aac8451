# SPDX-License-Identifier: Apache-2.0
"""Rules about instance types of an environment whose nodes are otherwise."""

from __future__ import annotations

from seqera_batch.catalog import instances, sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.fleets import fleets
from seqera_batch.config.rules.rule import Breach, Breaches, rule


@rule("override-types", source=sources.AWS_BATCH_API_OVERRIDES)
def override_types(config: EnvironmentFile) -> Breaches:
    """What has a disk or an image of its own is among the listed types, and each is so once."""
    for fleet in fleets(config):
        listed = fleet.said.instance_types
        about = (f"{fleet.path}.instance_types", f"{fleet.kept_path}.overrides")
        seen: dict[str, str] = {}
        for index, one in enumerate(fleet.kept.overrides):
            for number, name in enumerate(one.instance_types):
                path = f"{fleet.kept_path}.overrides[{index}].instance_types[{number}]"
                family = name.partition(".")[0]
                known = instances.family(name) is not None and name not in instances.ALIASES
                if not known or not {name, family} & set(listed):
                    yield Breach(
                        path=path,
                        message="AWS Batch takes what the environment lists, no name for several "
                        "families",
                        allowed=_among(listed),
                        fix=f"list it in {fleet.path}.instance_types as well, or remove it",
                        about=about,
                    )
                for before, where in seen.items():
                    if before in {name, family} or name == before.partition(".")[0]:
                        yield Breach(
                            path=path,
                            message=f"{where} has {before}: AWS Batch would not know which "
                            "of the two is meant",
                            allowed="each type in one of them, by its own name or its family's",
                            fix="remove one of the two",
                            about=about,
                        )
                        break
                seen.setdefault(name, path)


@rule("override-says-something", source=sources.AWS_BATCH_API_OVERRIDES)
def override_says_something(config: EnvironmentFile) -> Breaches:
    """Types that are named apart have another disk or another image."""
    for fleet in fleets(config):
        for index, one in enumerate(fleet.kept.overrides):
            if all(value is None for name, value in one if name != "instance_types"):
                yield Breach(
                    path=f"{fleet.kept_path}.overrides[{index}]",
                    message="nodes of these types are as all others",
                    value=", ".join(one.instance_types),
                    allowed="ebs_boot_size, ebs_volume_type, ebs_iops, ebs_throughput, data_disk, "
                    "image_id or root_device beside the types",
                    fix="say what differs, or remove it",
                )


def _among(listed: tuple[str, ...]) -> str:
    named = [name for name in listed if name not in instances.ALIASES]
    if not named:
        return "nothing while the environment lists no types or families itself"
    return f"{', '.join(named)}, or types of these families"
