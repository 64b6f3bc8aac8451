# SPDX-License-Identifier: Apache-2.0
"""What chooses among several queues: in Nextflow's configuration, and in what Platform gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqera_batch.handoff.export import role_arns
from seqera_batch.handoff.nextflow import nextflow_config
from seqera_batch.handoff.outputs import stack_outputs
from seqera_batch.handoff.settings import manual_settings
from seqera_batch.plan import ForgePlan

if TYPE_CHECKING:
    from tests.conftest import Configure

GPU = {
    "name": "gpu",
    "type": "SPOT",
    "max_cpus": 64,
    "gpu_enabled": True,
    "instance_types": ["g5"],
    "process_labels": ["process_gpu"],
    "process_names": [".*:FOLD"],
}
BEHIND = {"name": "behind", "type": "EC2", "max_cpus": 64}
FALLBACK = {"compute": {"fallback_queue": "behind"}, "queues": [BEHIND]}


def _nextflow(configure: Configure, *sections: Any, **fields: Any) -> str:  # noqa: ANN401 - of the file
    config = configure(*sections, **fields)
    plan = ForgePlan.of(config)
    return nextflow_config(plan, role_arns(plan))


def _platform(configure: Configure, *sections: Any, **fields: Any) -> Any:  # noqa: ANN401 - of the file
    config = configure(*sections, **fields)
    plan = ForgePlan.of(config)
    return manual_settings(plan, role_arns(plan)).get("nextflowConfig")


def test_one_queue_needs_nothing(configure: Configure) -> None:
    """Platform's own field names the queue, and the file's lines stay as they are."""
    assert _platform(configure) is None
    assert _platform(configure, nextflow_config="a = 1") == "a = 1"
    assert "maxSpotAttempts = 5" in _nextflow(configure)


def test_the_fallback_may_exist(configure: Configure) -> None:
    """Its name is what Nextflow is told, and what fits it is not known."""
    there = {"compute": {"fallback_queue": "Shared"}, "existing_queues": ["Shared"]}
    text = _platform(configure, {}, there)
    assert "queue = { task.attempt <= 1 ? 'TowerForge-demo-work' : 'Shared' }" in text
    assert "resourceLimits = [cpus: 64, memory: 985661.MB]" in text


def test_tasks_work_on_data_disks(configure: Configure) -> None:
    """Nextflow is told of the disk and of the folder; Fusion needs neither."""
    disk = {"compute": {"data_disk": {"size": 500}}}
    line = "    scratch = '/scratch/data'\n"
    assert line in _platform(configure, {}, disk)
    assert line in _nextflow(configure, {}, disk)
    assert "volumes = ['/scratch/data']" in _nextflow(configure, {}, disk)
    fusion = _nextflow(configure, {}, disk, wave_enabled=True, fusion2_enabled=True)
    assert line not in fusion
    assert "scratch = false" in fusion


def test_labels_and_names_choose(configure: Configure) -> None:
    """A block each; Platform keeps its own default queue."""
    blocks = """\
    withLabel: 'process_gpu' {
        queue = 'TowerForge-demo-gpu'
        resourceLimits = [cpus: 64, memory: 739246.MB]
    }
    withName: '.*:FOLD' {
        queue = 'TowerForge-demo-gpu'
        resourceLimits = [cpus: 64, memory: 739246.MB]
    }
}"""
    limits = "    resourceLimits = [cpus: 64, memory: 985661.MB]"
    expected = f"// queues of the environment\nprocess {{\n{limits}\n{blocks}"
    assert _platform(configure, {}, {"queues": [GPU]}) == expected
    text = _nextflow(configure, {}, {"queues": [GPU]})
    assert "    queue = 'TowerForge-demo-work'\n" in text
    assert blocks in text


def test_spot_first_then_on_demand(configure: Configure) -> None:
    """A closure by attempt comes with the retry, and AWS Batch itself tries nothing again."""
    closure = (
        "    queue = { task.attempt <= 1 ? 'TowerForge-demo-work' : 'TowerForge-demo-behind' }\n"
        "    errorStrategy = 'retry'\n"
        "    maxRetries = 2\n"
        "    resourceLimits = [cpus: 64, memory: 985661.MB]\n"
    )
    for text in (_platform(configure, {}, FALLBACK), _nextflow(configure, {}, FALLBACK)):
        assert closure in text
        assert "withLabel" not in text
    assert "aws.batch.maxSpotAttempts = 1" in _platform(configure, {}, FALLBACK)
    assert "        maxSpotAttempts = 1\n" in _nextflow(configure, {}, FALLBACK)


def test_the_main_queue_is_tried_again_for_the_sake_of_others(configure: Configure) -> None:
    """A fallback of one queue takes AWS Batch's retries from all: Nextflow makes up for them."""
    aws = {"queues": [{**GPU, "fallback_queue": "more"}, {**GPU, "name": "more"}]}
    aws["queues"][1] |= {"process_labels": [], "process_names": []}
    text = _platform(configure, {}, aws)
    assert "    queue = 'TowerForge-demo-work'\n" in text
    assert "    errorStrategy = 'retry'\n    maxRetries = 1\n    withLabel" in text
    assert "? 'TowerForge-demo-gpu' : 'TowerForge-demo-more' }" in text


def test_own_lines_come_last(configure: Configure) -> None:
    """In Nextflow the last word wins, and that is the user's."""
    text = _platform(configure, {}, FALLBACK, nextflow_config="process.maxRetries = 5")
    assert text.endswith("// nextflow_config of the environment file\nprocess.maxRetries = 5")


def test_containers_are_built_for_the_processors(configure: Configure) -> None:
    """Wave is told where the tasks of a queue run on another architecture."""
    arm = {"name": "arm", "type": "SPOT", "max_cpus": 64, "arm64_enabled": True}
    text = _nextflow(configure, {}, {"queues": [arm]})
    assert "    withLabel: 'arm' {\n        arch = 'linux/arm64'\n" in text


def test_outputs_name_each_queue(configure: Configure) -> None:
    """Whoever reads the stack finds the queue by its short name."""
    config = configure({}, {"queues": [GPU, {**BEHIND, "name": "on-demand"}]})
    plan = ForgePlan.of(config)
    found = {one.name: one.value for one in stack_outputs(plan, roles=role_arns(plan))}
    assert found["GpuQueueName"] == "TowerForge-demo-gpu"
    assert found["OnDemandQueueName"] == "TowerForge-demo-on-demand"


def test_shares_are_named(configure: Configure) -> None:
    """A run submits under one identifier, to all of its queues; in Manual mode as well."""
    by = {"share": {"share_identifier": "TeamA", "scheduling_priority": 5}}
    expected = "aws.batch.shareIdentifier = 'TeamA'\naws.batch.schedulingPriority = 5"
    for text in (
        _platform(configure, {}, {"fair_share": {}, **by}),
        _platform(configure, manual=True, aws=by),
    ):
        assert text == f"// queues of the environment\n{expected}"
    text = _nextflow(configure, {}, {"fair_share": {}, **by})
    assert "        shareIdentifier = 'TeamA'\n        schedulingPriority = 5\n" in text


def test_limits_fit_the_fallback_too(configure: Configure) -> None:
    """What a task asks for must start in either queue; of an unknown type nothing is said."""
    small = {**BEHIND, "instance_types": ["m6i.2xlarge"]}
    text = _nextflow(configure, {}, {**FALLBACK, "queues": [small]})
    assert "    resourceLimits = [cpus: 8, memory: 30801.MB]\n" in text
    assert "resourceLimits" not in _nextflow(configure, {"instance_types": ["m9i"]})


def test_snapshots_end_with_codes_of_their_own(configure: Configure) -> None:
    """What could not be saved or restored is tried again here, and not with a fallback."""
    snapshots: dict[str, Any] = {
        "wave_enabled": True,
        "fusion2_enabled": True,
        "fusion_snapshots": True,
    }
    text = _nextflow(configure, **snapshots)
    assert (
        "    errorStrategy = { task.exitStatus in ((130..145) + 104 + 175 + 176 + 177) "
        "? 'retry' : 'finish' }\n    maxRetries = 2\n"
    ) in text
    assert "maxSpotAttempts = 5" in text
    both = _nextflow(configure, {}, FALLBACK, **snapshots)
    assert "175" not in both
    assert "maxSpotAttempts = 1" in both
    assert "175" not in _nextflow(configure)
