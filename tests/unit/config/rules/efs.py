# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about EFS file systems."""

from typing import Any

EFS = "fs-0123456789abcdef0"
ONE_SUBNET = {
    "forge.subnets": ["subnet-0123456789abcdef0"],
    "forge.security_groups": ["sg-0123456789abcdef0"],
}

ROWS: dict[str, dict[str, Any]] = {
    "efs-create-or-existing": {
        "own": "error",
        "exported": "error",
        "keeps": [{"forge.efs_create": True}, {"forge.efs_id": EFS}],
        "breaks": [
            {
                "with": {"forge.efs_create": True, "forge.efs_id": EFS},
                "paths": ["forge.efs_id"],
                "says": "is named and another is to be created",
            },
        ],
    },
    "efs-options-need-create": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"forge.efs_create": True, "aws.efs.backup": True},
            {**ONE_SUBNET, "forge.efs_id": EFS, "aws.efs.availability_zone": "eu-west-1a"},
        ],
        "breaks": [
            {
                "with": {"aws.efs.backup": True, "aws.efs.availability_zone": "eu-west-1a"},
                "paths": ["aws.efs.availability_zone", "aws.efs.backup"],
                "says": "no EFS file system is created",
            },
            {
                "with": {**ONE_SUBNET, "forge.efs_id": EFS, "aws.efs.throughput_mode": "bursting"},
                "paths": ["aws.efs.throughput_mode"],
                "says": "one that exists is not changed",
            },
        ],
    },
    "efs-zone-region": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {**ONE_SUBNET, "forge.efs_create": True, "aws.efs.availability_zone": "eu-west-1c"},
        ],
        "breaks": [
            {
                "with": {
                    **ONE_SUBNET,
                    "forge.efs_create": True,
                    "aws.efs.availability_zone": "eu-west-2a",
                },
                "paths": ["aws.efs.availability_zone"],
                "says": "the zone is not in eu-west-1",
            },
        ],
    },
    "efs-one-zone": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.efs_create": True},
            {**ONE_SUBNET, "forge.efs_create": True, "aws.efs.availability_zone": "eu-west-1a"},
            {
                "aws.network.existing.subnets": ["subnet-0123456789abcdef0"],
                "forge.efs_create": True,
                "aws.efs.availability_zone": "eu-west-1a",
            },
            {
                "aws.network.create.zones": ["eu-west-1b"],
                "forge.efs_create": True,
                "aws.efs.availability_zone": "eu-west-1b",
            },
        ],
        "breaks": [
            {
                "with": {
                    "aws.network.create.zones": ["eu-west-1a", "eu-west-1b"],
                    "forge.efs_create": True,
                    "aws.efs.availability_zone": "eu-west-1a",
                },
                "paths": ["aws.efs.availability_zone"],
                "says": "has other subnets than one in that zone",
                "fixes": "aws.network.create.zones: [eu-west-1a]",
            },
            {
                "with": {
                    "forge.subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
                    "forge.efs_create": True,
                    "aws.efs.availability_zone": "eu-west-1a",
                },
                "paths": ["aws.efs.availability_zone"],
                "says": "nodes would start in 2 subnets",
                "fixes": "give one subnet in forge.subnets",
            },
            {
                "with": {"forge.efs_create": True, "aws.efs.availability_zone": "eu-west-1a"},
                "paths": ["aws.efs.availability_zone"],
                "says": "has other subnets than one in that zone",
            },
        ],
    },
    "efs-throughput": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.efs_create": True},
            {"forge.efs_create": True, "aws.efs.throughput_mode": "bursting"},
            {
                "forge.efs_create": True,
                "aws.efs.throughput_mode": "provisioned",
                "aws.efs.provisioned_throughput_mibps": 3414,
            },
        ],
        "breaks": [
            {
                "with": {"forge.efs_create": True, "aws.efs.throughput_mode": "provisioned"},
                "paths": ["aws.efs.provisioned_throughput_mibps"],
                "says": "needs the throughput",
            },
            {
                "with": {"forge.efs_create": True, "aws.efs.provisioned_throughput_mibps": 64},
                "paths": ["aws.efs.provisioned_throughput_mibps"],
                "says": "elastic mode takes no number",
            },
        ],
    },
    "efs-archive": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.efs_create": True, "aws.efs.archive_after_days": 90},
            {
                "forge.efs_create": True,
                "aws.efs.archive_after_days": 90,
                "aws.efs.infrequent_access_after_days": 60,
            },
        ],
        "breaks": [
            {
                "with": {
                    "forge.efs_create": True,
                    "aws.efs.archive_after_days": 90,
                    "aws.efs.throughput_mode": "bursting",
                },
                "paths": ["aws.efs.archive_after_days"],
                "says": "regional file systems with elastic throughput",
            },
            {
                "with": {
                    **ONE_SUBNET,
                    "forge.efs_create": True,
                    "aws.efs.archive_after_days": 90,
                    "aws.efs.availability_zone": "eu-west-1a",
                },
                "paths": ["aws.efs.archive_after_days"],
                "says": "regional file systems with elastic throughput",
            },
            {
                "with": {
                    "forge.efs_create": True,
                    "aws.efs.archive_after_days": 30,
                    "aws.efs.infrequent_access_after_days": 30,
                },
                "paths": ["aws.efs.archive_after_days"],
                "says": "archived before they are infrequently used",
            },
        ],
    },
}
