# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about which FSx for Lustre file system there is."""

from typing import Any

FSX = "fs-0123456789abcdef1.fsx.eu-west-1.amazonaws.com"
REACHABLE = {
    "forge.subnets": ["subnet-0123456789abcdef0"],
    "forge.security_groups": ["sg-0123456789abcdef0"],
}

ROWS: dict[str, dict[str, Any]] = {
    "fsx-create-or-existing": {
        "own": "error",
        "exported": "error",
        "keeps": [{"forge.fsx_size": 1200}, {"forge.fsx_name": FSX}],
        "breaks": [
            {
                "with": {"forge.fsx_size": 1200, "forge.fsx_name": FSX},
                "paths": ["forge.fsx_name"],
                "says": "the size of a new one is given",
            },
        ],
    },
    "fsx-size": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, *({"forge.fsx_size": size} for size in (1200, 2400, 4800, 24_000))],
        "breaks": [
            {
                "with": {"forge.fsx_size": size},
                "paths": ["forge.fsx_size"],
                "says": "does not offer this size",
                "fixes": f"set it to {nearest}",
            }
            for size, nearest in (
                (1, 1200),
                (1199, 1200),
                (1201, 2400),
                (2399, 2400),
                (2401, 4800),
                (3600, 4800),
            )
        ],
    },
    "fsx-region": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.fsx_name": FSX},
            {
                "region": "cn-north-1",
                "forge.fsx_name": "fs-0123456789abcdef1.fsx.cn-north-1.amazonaws.com.cn",
            },
        ],
        "breaks": [
            {
                "with": {"forge.fsx_name": FSX.replace("eu-west-1", "eu-west-2")},
                "paths": ["forge.fsx_name"],
                "says": "the file system is in eu-west-2",
            },
        ],
    },
    "fsx-options-need-create": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"forge.fsx_size": 1200, "aws.fsx.deployment_type": "PERSISTENT_2"},
            {**REACHABLE, "forge.fsx_name": FSX, "aws.fsx.mount_name": "abcdefgh"},
        ],
        "breaks": [
            {
                "with": {"aws.fsx.compression": True, "aws.fsx.data_repository": "s3://raw"},
                "paths": ["aws.fsx.compression", "aws.fsx.data_repository"],
                "says": "no FSx file system is created",
            },
            {
                "with": {
                    **REACHABLE,
                    "forge.fsx_name": FSX,
                    "aws.fsx.mount_name": "abcdefgh",
                    "aws.fsx.deployment_type": "SCRATCH_2",
                },
                "paths": ["aws.fsx.deployment_type"],
                "says": "one that exists is not changed",
            },
            {
                "with": {"forge.fsx_size": 1200, "aws.fsx.mount_name": "abcdefgh"},
                "paths": ["aws.fsx.mount_name"],
                "says": "FSx gives a created file system its mount name",
            },
            {
                "with": {"aws.fsx.mount_name": "abcdefgh"},
                "paths": ["aws.fsx.mount_name"],
                "says": "there is no FSx file system to mount",
            },
        ],
    },
    "fsx-throughput": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.fsx_size": 1200},
            *(
                {
                    "forge.fsx_size": 1200,
                    "aws.fsx.deployment_type": kind,
                    "aws.fsx.throughput_mbps_per_tib": offered,
                }
                for kind, offered in (
                    *(("PERSISTENT_1", number) for number in (50, 100, 200)),
                    *(("PERSISTENT_2", number) for number in (125, 250, 500, 1000)),
                )
            ),
        ],
        "breaks": [
            {
                "with": {"forge.fsx_size": 1200, "aws.fsx.throughput_mbps_per_tib": 200},
                "paths": ["aws.fsx.throughput_mbps_per_tib"],
                "says": "SCRATCH_2 does not offer it",
                "fixes": "take a persistent aws.fsx.deployment_type",
            },
            {
                "with": {
                    "forge.fsx_size": 1200,
                    "aws.fsx.deployment_type": "PERSISTENT_1",
                    "aws.fsx.throughput_mbps_per_tib": 125,
                },
                "paths": ["aws.fsx.throughput_mbps_per_tib"],
                "says": "PERSISTENT_1 does not offer it",
            },
        ],
    },
    "fsx-mount-name": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"forge.fsx_size": 1200},
            {**REACHABLE, "forge.fsx_name": FSX, "aws.fsx.mount_name": "abcdefgh"},
        ],
        "breaks": [
            {
                "with": {**REACHABLE, "forge.fsx_name": FSX},
                "paths": ["aws.fsx.mount_name"],
                "says": "nodes ask FSx for the mount name",
            },
        ],
    },
}
