# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about names, labels, tags and script sizes."""

from typing import Any

# "TowerForge-" before and "-ComputeJobRole" after leave this much of IAM's 64 characters.
LONGEST_NAME = "n" * 38
WITH_DRAGEN = {"forge.dragen_enabled": True, "forge.dragen_ami_id": "ami-0123456789abcdef0"}


def tags(count: int, start: int = 0) -> dict[str, str]:
    """Make tags with keys of their own."""
    return {f"key-{number}": "value" for number in range(start, start + count)}


ROWS: dict[str, dict[str, Any]] = {
    "role-name-length": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"name": LONGEST_NAME},
            {"name": f"{LONGEST_NAME}{'n' * 9}", "aws.prefix": "F"},
            {"name": "n" * 16, "aws.prefix": "P" * 32},
        ],
        "breaks": [
            {
                "with": {"name": f"{LONGEST_NAME}n"},
                "paths": ["name"],
                "says": "longer than IAM takes",
                "allows": "at most 38 characters with the prefix TowerForge",
            },
            {
                "with": {"name": "n" * 100},
                "paths": ["name"],
                "says": "longer than IAM takes",
            },
            {
                "with": {"name": "n" * 17, "aws.prefix": "P" * 32},
                "paths": ["name"],
                "says": "longer than IAM takes",
                "allows": "at most 16 characters",
            },
        ],
    },
    "queue-names-differ": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.queue_names": {"head": "a", "compute": "b"}},
            {**WITH_DRAGEN, "aws.queue_names": {"head": "a", "compute": "b", "dragen": "c"}},
            {"forge.type": "EC2", "aws.queue_names": {"compute": "a"}},
            {"forge.type": "EC2", "aws.queue_names": {"head": "a", "compute": "a"}},
        ],
        "breaks": [
            {
                "with": {"aws.queue_names": {"head": "a", "compute": "a"}},
                "paths": ["aws.queue_names.compute"],
                "says": "cannot have the same name",
            },
            {
                "with": {**WITH_DRAGEN, "aws.queue_names": {"head": "a", "dragen": "a"}},
                "paths": ["aws.queue_names.dragen"],
                "says": "cannot have the same name",
            },
            {
                "with": {"aws.queue_names": {"compute": "TowerForge-demo-head"}},
                "paths": ["aws.queue_names.compute"],
                "says": "cannot have the same name",
            },
            {
                "with": {"aws.queue_names": {"dragen": "a"}},
                "paths": ["aws.queue_names.dragen"],
                "says": "no DRAGEN queue",
            },
            {
                "with": {"forge.type": "EC2", "aws.queue_names": {"head": "a"}},
                "paths": ["aws.queue_names.head"],
                "says": "have one queue",
            },
        ],
    },
    "tag-format": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"labels": {"k" * 128: "v" * 256}},
            {"aws.tags": {"k": ""}},
            {"labels": {"awsome": "v"}},
            {"labels": {"Größe": "a b_c.d:e/f=g+h-i@j"}},
        ],
        "breaks": [
            {
                "with": {"labels": {"k" * 129: "v"}},
                "paths": [f"labels.{'k' * 129}"],
                "says": "no such tag key",
            },
            {
                "with": {"labels": {"": "v"}},
                "paths": ["labels."],
                "says": "no such tag key",
            },
            {
                "with": {"aws.tags": {"AWS:name": "v"}},
                "paths": ["aws.tags.AWS:name"],
                "says": "no such tag key",
            },
            {
                "with": {"labels": {"k": "v" * 257}, "aws.tags": {"l": "v" * 257}},
                "paths": ["labels.k", "aws.tags.l"],
                "says": "no tag value of this length",
            },
            {
                "with": {"labels": {"cost*center": "v"}},
                "paths": ["labels.cost*center"],
                "says": "no such characters",
            },
            {
                "with": {"aws.tags": {"k": "a;b"}},
                "paths": ["aws.tags.k"],
                "says": "no such characters",
            },
        ],
    },
    "label-format": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"labels": {"team": "cancer-genomics_2"}},
            {"labels": {"k" * 39: "v" * 39}},
            {"labels": {"cost center": "a"}, "aws.used_by": ["nextflow"]},
            {"aws.tags": {"cost center": "a"}},
        ],
        "breaks": [
            {
                "with": {"labels": {"k" * 40: "of us"}},
                "paths": [f"labels.{'k' * 40}"] * 2,
                "says": "of a label",
            },
            {"with": {"labels": {"-a": "of__b"}}, "paths": ["labels.-a"] * 2, "says": "of a label"},
            {
                "with": {"labels": {"team": "of us"}},
                "paths": ["labels.team"],
                "says": "no such value",
                "got": "of us",
            },
        ],
    },
    "tag-count": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"labels": tags(48)},
            {"labels": tags(24), "aws.tags": tags(24, start=24)},
            {"labels": tags(48), "aws.tags": tags(48)},
        ],
        "breaks": [
            {
                "with": {"labels": tags(49)},
                "paths": ["labels"],
                "says": "more labels and tags than a resource can have",
                "allows": "at most 48",
            },
            {
                "with": {"labels": tags(24), "aws.tags": tags(25, start=24)},
                "paths": ["labels"],
                "says": "more labels and tags than a resource can have",
            },
        ],
    },
    "tag-once": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"labels": {"team": "a"}, "aws.tags": {"class": "b"}},
            {"labels": {"team": "a"}, "aws.tags": {"team": "a"}},
        ],
        "breaks": [
            {
                "with": {"labels": {"b": "1", "a": "1"}, "aws.tags": {"b": "2", "a": "2"}},
                "paths": ["aws.tags.a", "aws.tags.b"],
                "says": "a label with another value",
            },
        ],
    },
    "run-script-size": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{"pre_run_script": "x" * 1024, "post_run_script": "é" * 512}],
        "breaks": [
            {
                "with": {"pre_run_script": "x" * 1025, "post_run_script": "é" * 513},
                "paths": ["pre_run_script", "post_run_script"],
                "says": "Seqera Cloud refuses scripts of this size",
            },
        ],
    },
}
