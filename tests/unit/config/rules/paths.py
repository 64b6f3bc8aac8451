# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about paths."""

from typing import Any


def definition(**said: Any) -> dict[str, Any]:  # noqa: ANN401 - a field's value
    """Return a file with a job definition of this."""
    return {"aws.job_definitions": [{"name": "a", "image": "example.org/a:1", **said}]}


ROWS: dict[str, dict[str, Any]] = {
    "path-without-dots": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"work_dir": "s3://example-work/v1.2/..hidden/a..b"},
            {"volumes": ["/scratch/.cache:/tmp"]},
        ],
        "breaks": [
            {
                "with": {
                    "work_dir": "s3://example-work/../other",
                    "volumes": ["/scratch:/tmp/./a"],
                    "forge.allow_buckets": ["s3://example-data", "s3://example-data/a/.."],
                },
                "paths": ["work_dir", "volumes[0]", "forge.allow_buckets[1]"],
                "says": "leads through . or ..",
            },
        ],
    },
    "bucket-name": {
        "own": "error",
        "exported": "warning",
        "keeps": [
            {"work_dir": "s3://example.work-1/192.168.1.1"},
            {"forge.allow_buckets": ["s3://my-xn--data", "s3://1.2.3.4.example"]},
        ],
        "breaks": [
            {
                "with": {
                    "work_dir": "s3://192.168.1.1/runs",
                    "forge.allow_buckets": ["s3://example", "s3://point-abcdef-s3alias/a"],
                    "aws.read_only_buckets": ["s3://fast--euw1-az1--x-s3"],
                },
                "paths": ["work_dir", "forge.allow_buckets[1]", "aws.read_only_buckets[0]"],
                "says": "the name 192.168.1.1 is an address, or of a kind that S3 keeps",
                "fixes": "not an access point of it",
            },
        ],
    },
    "volume-of-the-node": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{"volumes": ["/scratch:/tmp", "/var/tmp/cache", "/dev/shm", "/variants"]}],  # noqa: S108 - names
        "breaks": [
            {
                "with": {
                    "volumes": [
                        "/var/run/docker.sock",
                        "/scratch",
                        "/:/host:ro",
                        "/etc:/etc",
                        "/run/docker.sock:/var/run/docker.sock",
                    ]
                },
                "paths": ["volumes[0]", "volumes[2]", "volumes[3]", "volumes[4]"],
                "says": "can take over its node",
            },
            {
                "with": definition(volumes=["/scratch", "/etc:/host"]),
                "paths": ["aws.job_definitions[0].volumes[1]"],
                "says": "can take over its node",
            },
        ],
    },
    "device-of-the-node": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, definition(devices=["/dev/fuse", "/dev/nvidia0"])],
        "breaks": [
            {
                "with": definition(devices=["/dev/fuse", "/dev/nvme0n1", "/dev/mapper/root"]),
                "paths": [
                    "aws.job_definitions[0].devices[1]",
                    "aws.job_definitions[0].devices[2]",
                ],
                "says": "disks or memory",
            },
        ],
    },
}
