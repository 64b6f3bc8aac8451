# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about further queues for tasks."""

from typing import Any

SPOT: dict[str, Any] = {"type": "SPOT", "max_cpus": 64}
ON_DEMAND: dict[str, Any] = {"type": "EC2", "max_cpus": 64}
GPU: dict[str, Any] = {**SPOT, "gpu_enabled": True, "instance_types": ["g5"]}
DRAGEN = {"forge.dragen_enabled": True, "forge.dragen_ami_id": "ami-0123456789abcdef0"}
MANUAL = {"forge": None, "head_queue": "existing-head", "compute_queue": "existing-work"}
BEHIND = {"name": "behind", **ON_DEMAND}
CAPACITY = ["CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"]
SNAPSHOTS = {
    "wave_enabled": True,
    "fusion2_enabled": True,
    "fusion_snapshots": True,
}


def queues(*several: dict[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Add queues, and say something of the main one."""
    return {"aws.queues": list(several)} | {
        f"aws.compute.{name}": value for name, value in fields.items()
    }


ROWS: dict[str, dict[str, Any]] = {
    "queue-short-names": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            queues({"name": "gpu", **GPU}, {"name": "big-disk", **SPOT}),
            queues({"name": "big-disk", **SPOT}, {"name": "bigdisk", **SPOT}),
        ],
        "breaks": [
            {
                "with": queues({"name": "work-2", **SPOT}, further_environments=[SPOT]),
                "paths": ["aws.queues[0]"],
                "says": "resources of another queue have this name",
            },
            {
                "with": queues({"name": "gpu", **GPU}, {"name": "gpu", **GPU}),
                "paths": ["aws.queues[1]"],
                "says": "resources of another queue have this name",
            },
            *(
                {
                    "with": queues({"name": name, **SPOT}),
                    "paths": ["aws.queues[0]"],
                    "says": "resources of another queue have this name",
                    "allows": "other than head, work, all, dragen",
                }
                for name in ("head", "work", "dragen")
            ),
        ],
    },
    "queues-within-quota": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, queues(*({"name": f"q-{number}", **SPOT} for number in range(48)))],
        "breaks": [
            {
                "with": queues(*({"name": f"q-{number}", **SPOT} for number in range(49))),
                "paths": ["aws.queues"],
                "says": "more queues than AWS",
                "allows": "50",
            },
            {
                "with": queues(
                    *({"name": f"q-{number}", **SPOT} for number in range(48)),
                    further_environments=[SPOT],
                ),
                "paths": ["aws.queues"],
                "says": "more compute environments than AWS",
                "allows": "50",
            },
        ],
    },
    "environments-together": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            queues(further_environments=[SPOT, ON_DEMAND]),
            queues({"name": "gpu", "further_environments": [{**GPU, "type": "EC2"}], **GPU}),
            {"forge.type": "EC2", **queues(further_environments=[ON_DEMAND])},
        ],
        "breaks": [
            {
                "with": queues(further_environments=[SPOT, SPOT, SPOT, SPOT]),
                "paths": ["aws.compute.further_environments"],
                "says": "more environments than AWS Batch takes",
                "allows": "at most 2",
            },
            {
                "with": queues(
                    {"name": "a", "further_environments": [{**SPOT, "arm64_enabled": True}], **SPOT}
                ),
                "paths": ["aws.queues[0].further_environments[0].arm64_enabled"],
                "says": "one architecture in a queue",
                "allows": "x86_64, as aws.queues[0]",
            },
            {
                "with": {"forge.type": "EC2", **queues(further_environments=[SPOT])},
                "paths": ["aws.compute.further_environments[0].type"],
                "says": "a head job could be reclaimed",
            },
        ],
    },
    "capacity-limit-alone": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            queues(further_environments=[SPOT]),
            {"aws.job_state_limits.reasons": CAPACITY, **queues({"name": "a", **SPOT})},
        ],
        "breaks": [
            {
                "with": {
                    "aws.job_state_limits.reasons": CAPACITY,
                    **queues(
                        {"name": "a", "further_environments": [SPOT], **SPOT},
                        further_environments=[SPOT],
                    ),
                },
                "paths": ["aws.job_state_limits.reasons"] * 2,
                "says": "a second one silences the first",
                "fixes": "further_environments",
            },
        ],
    },
    "queue-reached": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {},
            queues({"name": "gpu", **GPU}),
            queues({"name": "gpu", "process_labels": [], "process_names": ["FOLD"], **GPU}),
            queues({"process_labels": [], **BEHIND}, fallback_queue="behind"),
        ],
        "breaks": [
            {
                "with": queues(
                    {**BEHIND, "fallback_queue": "last"},
                    {**BEHIND, "name": "last"},
                    fallback_queue="behind",
                ),
                "paths": ["aws.queues[1].process_labels"],
                "says": "no task goes to the queue",
            },
            {
                "with": queues({"name": "gpu", "process_labels": [], **GPU}),
                "paths": ["aws.queues[0].process_labels"],
                "says": "no task goes to the queue",
            },
        ],
    },
    "selector-once": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            queues({"name": "a", **SPOT}, {"name": "b", "process_names": ["a"], **SPOT}),
            queues({"name": "a", "process_labels": ["dragen"], **SPOT}),
        ],
        "breaks": [
            {
                "with": queues(
                    {"name": "a", **SPOT}, {"name": "b", "process_labels": ["a"], **SPOT}
                ),
                "paths": ["aws.queues[1].process_labels"],
                "says": "two queues are chosen alike",
            },
            {
                "with": queues(
                    {"name": "a", "process_names": ["ALIGN"], **SPOT},
                    {"name": "b", "process_names": ["SORT", "ALIGN"], **SPOT},
                ),
                "paths": ["aws.queues[1].process_names"],
                "says": "two queues are chosen alike",
            },
            {
                "with": {**DRAGEN, **queues({"name": "a", "process_labels": ["dragen"], **SPOT})},
                "paths": ["aws.queues[0].process_labels"],
                "says": "two queues are chosen alike",
            },
        ],
    },
    "fallback-queue": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            queues(BEHIND, fallback_queue="behind"),
            {
                **queues(fallback_queue="Shared-On-Demand"),
                "aws.existing_queues": ["Shared-On-Demand"],
            },
            queues(
                BEHIND, {"name": "gpu", "fallback_queue": "more", **GPU}, {"name": "more", **GPU}
            ),
        ],
        "breaks": [
            {
                "with": queues(BEHIND, fallback_queue="elsewhere"),
                "paths": ["aws.compute.fallback_queue"],
                "says": "there is no such queue",
                "allows": "behind",
                "fixes": "name one of behind",
            },
            {
                "with": queues(fallback_queue="behind"),
                "paths": ["aws.compute.fallback_queue"],
                "says": "there is no such queue",
                "fixes": "add it to aws.queues",
            },
            {
                "with": queues(BEHIND, fallback_queue="work"),
                "paths": ["aws.compute.fallback_queue"],
                "says": "a queue is no fallback of its own",
            },
            {
                "with": queues({"fallback_queue": "behind", **BEHIND}),
                "paths": ["aws.queues[0].fallback_queue"],
                "says": "a queue is no fallback of its own",
            },
            {
                "with": queues({**BEHIND, "arm64_enabled": True}, fallback_queue="behind"),
                "paths": ["aws.compute.fallback_queue"],
                "says": "its instances are arm64, others x86_64",
            },
            {
                "with": queues(BEHIND, {"name": "gpu", "fallback_queue": "behind", **GPU}),
                "paths": ["aws.queues[1].fallback_queue"],
                "says": "tasks that ask for a GPU find none there",
            },
        ],
    },
    "fallback-takes-jobs": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {},
            queues(BEHIND, fallback_queue="behind"),
            queues({"name": "other", "enabled": False, **SPOT}, BEHIND, fallback_queue="behind"),
        ],
        "breaks": [
            {
                "with": queues({**BEHIND, "enabled": False}, fallback_queue="behind"),
                "paths": ["aws.compute.fallback_queue"],
                "says": "refuses jobs for a disabled queue",
                "fixes": "aws.queues[0].enabled",
            },
        ],
    },
    "fallback-after": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, queues(BEHIND, fallback_queue="behind", fallback_after=2)],
        "breaks": [
            {
                "with": queues(fallback_after=2),
                "paths": ["aws.compute.fallback_after"],
                "says": "no queue in which tasks are run again",
                "fixes": "aws.compute.fallback_queue",
            },
            {
                "with": queues({"name": "a", "fallback_after": 1, **SPOT}),
                "paths": ["aws.queues[0].fallback_after"],
                "says": "no queue in which tasks are run again",
            },
        ],
    },
    "fallback-with-snapshots": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            SNAPSHOTS,
            queues(BEHIND, fallback_queue="behind"),
            {**SNAPSHOTS, **queues(BEHIND)},
        ],
        "breaks": [
            {
                "with": {**SNAPSHOTS, **queues(BEHIND, fallback_queue="behind")},
                "paths": ["aws.compute.fallback_queue"],
                "says": "Snapshots have no second attempt",
            },
        ],
    },
    "nextflow-config-queue": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {},
            {"nextflow_config": "process.queue = 'TowerForge-demo-work'"},
            {"nextflow_config": "// queue = 'other'\nprocess { cpus = 2 }\nparams.queue = 'a'"},
            {"nextflow_config": "executor { queueSize = 'a' }\nprocess.queue = params.queue"},
            {"nextflow_config": 'process.queue = "${params.queue}"'},
            {
                "nextflow_config": "process { queue = { task.label == 'x' ? "
                "'arn:aws:batch:eu-west-1:111122223333:job-queue/TowerForge-demo-a' : "
                "'TowerForge-demo-work' } }",
                **queues({"name": "a", **SPOT}),
            },
            {"nextflow_config": "process.queue = 'old'", "aws.existing_queues": ["old"]},
            {
                "nextflow_config": "process.queue = 'old'",
                "head_job_role": "arn:aws:iam::111122223333:role/own",
            },
            {**MANUAL, "nextflow_config": "process { withLabel: a { queue 'existing-work' } }"},
        ],
        "breaks": [
            {
                "with": {
                    "nextflow_config": "process {\n  withLabel: long {\n    queue = { "
                    "task.attempt < 2 ? 'TowerForge-demo-work' : \"other\" }\n  }\n}"
                },
                "paths": ["nextflow_config"],
                "says": "may not submit to this queue",
                "allows": "TowerForge-demo-work",
            },
            {
                "with": {"nextflow_config": "process.queue = 'TowerForge-demo-head' // mine"},
                "paths": ["nextflow_config"],
                "says": "may not submit to this queue",
            },
            {
                "with": {
                    "nextflow_config": "process.queue = "
                    "'arn:aws:batch:us-east-1:111122223333:job-queue/TowerForge-demo-work'"
                },
                "paths": ["nextflow_config"],
                "says": "may not submit to this queue",
            },
            {
                "with": {**MANUAL, "nextflow_config": "process { queue 'existing-head' }"},
                "paths": ["nextflow_config"],
                "says": "may not submit to this queue",
            },
        ],
    },
}
