# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about every file system and work directories on them."""

from typing import Any

EFS = "fs-0123456789abcdef0"
FSX = "fs-0123456789abcdef1.fsx.eu-west-1.amazonaws.com"
NVME = {"wave_enabled": True, "fusion2_enabled": True, "nvme_storage_enabled": True}
REACHABLE = {
    "forge.subnets": ["subnet-0123456789abcdef0"],
    "forge.security_groups": ["sg-0123456789abcdef0"],
}
EXISTING = {
    "aws.network.existing.subnets": ["subnet-0123456789abcdef0"],
    "aws.network.existing.security_groups": ["sg-0123456789abcdef0"],
}

ROWS: dict[str, dict[str, Any]] = {
    "mount-path-needs-file-system": {
        "own": "error",
        "exported": "warning",
        "keeps": [
            {"forge.efs_mount": "/mnt/a", "forge.efs_create": True},
            {"forge.efs_mount": "/mnt/a", "forge.efs_id": EFS},
            {"forge.fsx_mount": "/mnt/b", "forge.fsx_size": 1200},
            {"forge.fsx_mount": "/mnt/b", "forge.fsx_name": FSX},
        ],
        "breaks": [
            {
                "with": {"forge.efs_mount": "/mnt/a", "forge.fsx_mount": "/mnt/b"},
                "paths": ["forge.efs_mount", "forge.fsx_mount"],
                "says": "no file system to mount",
            },
            {
                "with": {"forge.efs_mount": "/mnt/a", "forge.fsx_size": 1200},
                "paths": ["forge.efs_mount"],
                "says": "no file system to mount",
            },
        ],
    },
    "mount-path-free": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"forge.efs_create": True, "forge.fsx_size": 1200},
            {"forge.efs_create": True, "forge.efs_mount": "/home/shared"},
            {"forge.efs_create": True, "forge.efs_mount": "/opt/data"},
            {"forge.efs_create": True, "forge.efs_mount": "/data"},
            {"forge.efs_create": True, "forge.efs_mount": "/mnt/..data"},
            {"forge.efs_create": True, "forge.efs_mount": "/scratch/fusion"},
            {
                "forge.efs_create": True,
                "forge.efs_mount": "/mnt/one",
                "forge.fsx_size": 1200,
                "forge.fsx_mount": "/mnt/one-more",
            },
        ],
        "breaks": [
            *(
                {
                    "with": {"forge.efs_create": True, "forge.efs_mount": path},
                    "paths": ["forge.efs_mount"],
                    "says": "hide a folder that the system needs",
                }
                for path in (
                    *("/home", "/opt", "/usr", "/usr/local", "/var/lib/docker", "/etc/efs"),
                    *("/mnt/../etc", "/./usr", "/mnt/.."),
                )
            ),
            {
                "with": {
                    "forge.efs_create": True,
                    "forge.efs_mount": "/scratch",
                    "aws.compute.data_disk": {"size": 500},
                },
                "paths": ["forge.efs_mount"],
                "says": "hide a folder that the system needs",
            },
            *(
                # Fusion has the nodes' NVMe disks there.
                {
                    "with": {**NVME, "forge.efs_create": True, "forge.efs_mount": path},
                    "paths": ["forge.efs_mount"],
                    "says": "hide a folder that the system needs",
                }
                for path in ("/scratch", "/scratch/fusion")
            ),
            {
                "with": {"forge.fsx_size": 1200, "forge.fsx_mount": "/proc/fsx"},
                "paths": ["forge.fsx_mount"],
                "says": "hide a folder that the system needs",
            },
            *(
                {
                    "with": {
                        "forge.efs_create": True,
                        "forge.efs_mount": one,
                        "forge.fsx_size": 1200,
                        "forge.fsx_mount": other,
                    },
                    "paths": ["forge.fsx_mount"],
                    "says": "mounted over each other",
                }
                for one, other in (
                    ("/data", "/data"),
                    ("/data", "/data/fsx"),
                    ("/data/efs", "/data"),
                )
            ),
        ],
    },
    "work-dir-on-mount": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"work_dir": "/mnt/efs/work", "forge.efs_create": True},
            {"work_dir": "/mnt/efs", "forge.efs_create": True},
            {"work_dir": "/data/work", "forge.fsx_size": 1200, "forge.fsx_mount": "/data"},
            {"forge": None, "head_queue": "a", "compute_queue": "b", "work_dir": "/nfs/work"},
        ],
        "breaks": [
            {
                "with": {"work_dir": "/mnt/efs/work"},
                "paths": ["work_dir"],
                "says": "on no file system that is mounted",
            },
            {
                "with": {"work_dir": "/mnt/efs-more/work", "forge.efs_create": True},
                "paths": ["work_dir"],
                "says": "on no file system that is mounted",
            },
            {
                "with": {"work_dir": "/mnt/efs/work", "forge.fsx_size": 1200},
                "paths": ["work_dir"],
                "says": "on no file system that is mounted",
            },
        ],
    },
    "work-dir-without-studios": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, {"work_dir": "s3://example-work", "forge.efs_create": True}],
        "breaks": [
            {
                "with": {"work_dir": "/mnt/efs/work", "forge.efs_create": True},
                "paths": ["work_dir"],
                "says": "Studios do not work",
            },
        ],
    },
    "file-system-network": {
        "own": "error",
        "exported": "warning",
        "keeps": [
            {"forge.efs_create": True},
            {**REACHABLE, "forge.efs_id": EFS, "forge.fsx_name": FSX},
            {**EXISTING, "forge.efs_id": EFS},
        ],
        "breaks": [
            {
                "with": {"forge.efs_id": EFS},
                "paths": ["forge.efs_id"],
                "says": "start in a new VPC",
            },
            {
                "with": {
                    "forge.fsx_name": FSX,
                    "forge.vpc_id": "vpc-0123456789abcdef0",
                    "forge.subnets": ["subnet-0123456789abcdef0"],
                },
                "paths": ["forge.fsx_name"],
                "says": "start with a new security group",
            },
            {
                "with": {"forge.efs_id": EFS, "aws.network.create": {"zones": 2}},
                "paths": ["forge.efs_id"],
                "says": "start in a new VPC",
            },
        ],
    },
    "file-system-ports": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"forge.efs_create": True, "forge.fsx_size": 1200},
            {**REACHABLE, "forge.efs_id": EFS},
        ],
        "breaks": [
            {
                "with": {**REACHABLE, "forge.efs_create": True},
                "paths": ["forge.security_groups"],
                "says": "must let its ports in",
            },
            {
                "with": {**EXISTING, "forge.fsx_size": 1200},
                "paths": ["aws.network.existing.security_groups"],
                "says": "must let its ports in",
            },
        ],
    },
}
