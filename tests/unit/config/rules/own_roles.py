# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about roles of nodes that exist."""

from typing import Any

PROFILE = "arn:aws:iam::111122223333:instance-profile/lab/nodes"
ROLE = "arn:aws:iam::111122223333:role/lab/nodes"
FLEET = "arn:aws:iam::111122223333:role/aws-ec2-spot-fleet-tagging-role"

ROWS: dict[str, dict[str, Any]] = {
    "instance-role-with-profile": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.iam.instance_profile": PROFILE},
            {"aws.iam.instance_profile": PROFILE, "aws.iam.instance_role": ROLE},
        ],
        "breaks": [
            {
                "with": {"aws.iam.instance_role": ROLE},
                "paths": ["aws.iam.instance_role"],
                "says": "through an instance profile",
                "allows": "with aws.iam.instance_profile",
            }
        ],
    },
    "own-roles-in-use": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.iam.instance_profile": PROFILE},
            {
                "forge.type": "SPOT",
                "forge.alloc_strategy": "BEST_FIT",
                "aws.iam.spot_fleet_role": FLEET,
            },
        ],
        "breaks": [
            {
                "with": {"forge.type": "SPOT", "aws.iam.spot_fleet_role": FLEET},
                "paths": ["aws.iam.spot_fleet_role"],
                "says": "BEST_FIT on Spot only",
                "allows": "forge.alloc_strategy: BEST_FIT",
            },
            {
                "with": {
                    "forge.type": "EC2",
                    "forge.alloc_strategy": "BEST_FIT",
                    "aws.iam.spot_fleet_role": FLEET,
                },
                "paths": ["aws.iam.spot_fleet_role"],
                "says": "BEST_FIT on Spot only",
            },
        ],
    },
}
