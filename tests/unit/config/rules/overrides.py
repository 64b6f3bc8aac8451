# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about types of an environment that are otherwise."""

from typing import Any


def of(*overrides: dict[str, Any], types: list[str] | None = None) -> dict[str, Any]:
    """Return a main queue of some types, of which some are otherwise."""
    listed = ["c6i", "r6i", "m6i.large"] if types is None else types
    return {"forge.instance_types": listed, "aws.compute.overrides": list(overrides)}


LARGE = {"ebs_boot_size": 500}
IN_QUEUE = {
    "name": "more",
    "type": "SPOT",
    "max_cpus": 64,
    "instance_types": ["c6i"],
    "overrides": [{"instance_types": ["m6i"], **LARGE}],
}

ROWS: dict[str, dict[str, Any]] = {
    "override-types": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            of({"instance_types": ["r6i"], **LARGE}),
            of(
                {"instance_types": ["r6i.8xlarge", "m6i.large"], **LARGE},
                {"instance_types": ["r6i.16xlarge", "c6i"], "ebs_boot_size": 1000},
            ),
        ],
        "breaks": [
            {
                "with": of({"instance_types": ["m6i"], **LARGE}),
                "paths": ["aws.compute.overrides[0].instance_types[0]"],
                "says": "takes what the environment lists",
                "allows": "c6i, r6i, m6i.large",
            },
            {
                "with": of({"instance_types": ["default_x86_64"], **LARGE}, types=[]),
                "paths": ["aws.compute.overrides[0].instance_types[0]"],
                "says": "no name for several families",
                "allows": "lists no types or families itself",
            },
            {
                "with": of({"instance_types": ["c6i.hugest"], **LARGE}),
                "paths": ["aws.compute.overrides[0].instance_types[0]"],
                "says": "takes what the environment lists",
            },
            {
                "with": {"aws.queues": [IN_QUEUE]},
                "paths": ["aws.queues[0].overrides[0].instance_types[0]"],
                "says": "takes what the environment lists",
                "fixes": "aws.queues[0].instance_types",
            },
            {
                "with": of(
                    {"instance_types": ["r6i"], **LARGE},
                    {"instance_types": ["r6i.large"], "ebs_boot_size": 1000},
                ),
                "paths": ["aws.compute.overrides[1].instance_types[0]"],
                "says": "would not know which",
            },
            {
                "with": of({"instance_types": ["r6i.large", "r6i", "r6i.large"], **LARGE}),
                "paths": [
                    "aws.compute.overrides[0].instance_types[1]",
                    "aws.compute.overrides[0].instance_types[2]",
                ],
                "says": "would not know which",
            },
        ],
    },
    "override-says-something": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, of({"instance_types": ["r6i"], "image_id": "ami-0123456789abcdef0"})],
        "breaks": [
            {
                "with": of({"instance_types": ["r6i"]}),
                "paths": ["aws.compute.overrides[0]"],
                "says": "as all others",
            }
        ],
    },
}
