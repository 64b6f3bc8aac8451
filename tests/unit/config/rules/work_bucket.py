# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about the work bucket and the buckets that are only read."""

from typing import Any

ON_EFS = {"work_dir": "/mnt/efs/work", "forge.efs_create": True, "forge.efs_mount": "/mnt/efs"}
CREATED: dict[str, Any] = {"aws.work_bucket": {}}
NEVER: dict[str, Any] = {"aws.work_bucket": {"expire_work_after_days": 0}}
FIELD = "aws.read_only_buckets"

ROWS: dict[str, dict[str, Any]] = {
    "work-bucket-is-s3": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, ON_EFS, {**CREATED, "work_dir": "s3://work/dir"}],
        "breaks": [
            {
                "with": {**CREATED, **ON_EFS},
                "paths": ["aws.work_bucket"],
                "says": "no bucket to create",
                "fixes": "remove aws.work_bucket",
            },
        ],
    },
    "work-bucket-name": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"work_dir": "s3://my.work/dir"},
            {**CREATED, "work_dir": "s3://my-work/dir"},
            {**CREATED, "work_dir": "s3://my-sthree-work/dir"},
        ],
        "breaks": [
            {
                "with": {**CREATED, "work_dir": f"s3://{name}/dir"},
                "paths": ["work_dir"],
                "says": says,
                "fixes": "take another name",
            }
            for name, says in (
                ("my.work", "reached by TLS"),
                ("192.168.5.4", "reached by TLS"),
                ("xn--work", "for itself"),
                ("sthree-work", "for itself"),
                ("work-s3alias", "for itself"),
                ("work--ol-s3", "for itself"),
                ("work--x-s3", "for itself"),
            )
        ],
    },
    "work-bucket-expiry": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"work_dir": "s3://work"},
            {**CREATED, "work_dir": "s3://work/dir"},
            {**CREATED, "work_dir": "s3://work/a/b/c"},
            {**CREATED, "work_dir": "s3://work/cloudcaches"},
            {**NEVER, "work_dir": "s3://work"},
            {**NEVER, "work_dir": "s3://work/cloudcache"},
        ],
        "breaks": [
            {
                "with": {**CREATED, "work_dir": work_dir},
                "paths": ["work_dir"],
                "says": says,
                "allows": "s3://bucket/work",
                "fixes": "aws.work_bucket.expire_work_after_days: 0",
            }
            for work_dir, says in (
                ("s3://work", "the whole bucket: results"),
                ("s3://work/", "the whole bucket"),
                ("s3://work//", "the whole bucket"),
                ("s3://work/cloudcache", "without which no run resumes"),
                ("s3://work/cloudcache/.cache", "without which no run resumes"),
            )
        ],
    },
    "read-only-bucket-is-not-written": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {FIELD: ["s3://references"]},
            {FIELD: ["s3://references/grch38"], "forge.allow_buckets": ["s3://references/own"]},
            {FIELD: ["s3://work-not"], "work_dir": "s3://work/dir"},
            # What is written may lie in what is read.
            {FIELD: ["s3://references"], "forge.allow_buckets": ["s3://references/own"]},
            {FIELD: ["s3://references"], **ON_EFS},
        ],
        "breaks": [
            {
                "with": {FIELD: ["s3://work/refs"], "work_dir": "s3://work/dir"},
                "paths": [f"{FIELD}[0]"],
                "says": "the bucket of the work directory",
                "fixes": "another bucket",
            },
            {
                "with": {
                    FIELD: ["s3://other", "s3://references/a/b"],
                    "forge.allow_buckets": ["s3://references/a"],
                },
                "paths": [f"{FIELD}[1]"],
                "says": "read and write s3://references/a as a whole",
                "fixes": "take it out of forge.allow_buckets",
            },
            {
                "with": {FIELD: ["s3://shared"], "forge.allow_buckets": ["s3://shared"]},
                "paths": [f"{FIELD}[0]"],
                "says": "read and write s3://shared",
            },
        ],
    },
}
