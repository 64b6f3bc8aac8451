# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about job definitions for tasks."""

from typing import Any

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:lab/key-AbCdEf"  # noqa: S105
MADE = {"name": "aligner", "image": "example.org/aligner:1"}
WAVE = {"wave_enabled": True}


def of(*made: dict[str, Any] | str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - a field's value
    """Return a file with these definitions."""
    return {"aws.job_definitions": list(made), **changes}


ROWS: dict[str, dict[str, Any]] = {
    "job-definition-once": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, of("head"), of("aligner", MADE, {**MADE, "name": "caller"})],
        "breaks": [
            {
                "with": of(MADE, MADE),
                "paths": ["aws.job_definitions[1].name"],
                "says": "another definition has the name",
            },
            {
                "with": of(
                    {**MADE, "name": "a-b"}, {**MADE, "name": "aB"}, {**MADE, "name": "A_B"}
                ),
                "paths": ["aws.job_definitions[1].name", "aws.job_definitions[2].name"],
                "says": "another definition has the name",
            },
            {
                "with": of({**MADE, "name": "head"}, {**MADE, "name": "head-job"}),
                "paths": ["aws.job_definitions[0].name", "aws.job_definitions[1].name"],
                "says": "another definition has the name",
            },
            {
                "with": of({**MADE, "name": "a" * 120}),
                "paths": ["aws.job_definitions[0].name"],
                "says": "takes no such name",
                "allows": "128 characters",
            },
        ],
    },
    "job-definition-image": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, of("aligner", {"name": "other"}, {**MADE, "name": "made", "attempts": 2})],
        "breaks": [
            {
                "with": of({"name": "aligner", "attempts": 2, "process_labels": ["a"]}),
                "paths": ["aws.job_definitions[0].image"],
                "says": "is not changed from here",
                "fixes": "aws.job_definitions[0].image",
            },
            {
                "with": of({**MADE, "image": "example.org/aligner:latest"}),
                "paths": ["aws.job_definitions[0].image"],
                "says": "another image tomorrow",
            },
        ],
    },
    "job-definition-selectors": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            of({**MADE, "process_labels": ["a"], "process_names": ["a"]}),
            of(MADE, **WAVE),
        ],
        "breaks": [
            {
                "with": of(
                    {**MADE, "process_labels": ["a"]},
                    {**MADE, "name": "caller", "process_labels": ["b", "a"]},
                ),
                "paths": ["aws.job_definitions[1].process_labels"],
                "says": "chosen alike",
            },
            {
                "with": of({**MADE, "process_names": ["ALIGN"]}, **WAVE),
                "paths": ["aws.job_definitions[0].process_names"],
                "says": "would ask Wave",
            },
        ],
    },
    "job-definition-with-wave": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{}, WAVE, of("aligner", MADE)],
        "breaks": [
            {
                "with": of("other", MADE, **WAVE),
                "paths": ["aws.job_definitions"],
                "says": "asks Wave",
            }
        ],
    },
    "job-definition-variables": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, of({**MADE, "environment": {"A": "b"}, "secrets": {"KEY": SECRET}})],
        "breaks": [
            {
                "with": of({**MADE, "environment": {"KEY": "b"}, "secrets": {"KEY": SECRET}}),
                "paths": ["aws.job_definitions[0].secrets"],
                "says": "in environment too",
            },
            {
                "with": of({**MADE, "environment": {"AWS_BATCH_JOB_ID": "b"}}),
                "paths": ["aws.job_definitions[0].environment"],
                "says": "reserved",
            },
        ],
    },
    "job-definition-volumes": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            of({**MADE, "volumes": ["/scratch:/a", "/scratch:/b:ro"]}, volumes=["/scratch"]),
            of(*({**MADE, "name": name, "volumes": ["/scratch"]} for name in ("a", "b"))),
        ],
        "breaks": [
            {
                "with": of(
                    {**MADE, "volumes": ["/x:/data:ro", "/scratch:/a", "/y:/a"]},
                    volumes=["/data"],
                ),
                "paths": [
                    "aws.job_definitions[0].volumes[0]",
                    "aws.job_definitions[0].volumes[2]",
                ],
                "says": "another volume is mounted there",
            },
        ],
    },
}
