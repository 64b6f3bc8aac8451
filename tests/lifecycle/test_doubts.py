# SPDX-License-Identifier: Apache-2.0
"""What only an account settles: what the model says, asked of AWS by `make test-aws`.

Here the emulator answers, which agrees with the model: that shows that the questions can be asked.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.lifecycle.doubts import DOUBTS, Life, Notes, config_of, doubt, living

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.lifecycle.account import Account
    from tests.lifecycle.conftest import Synthesize

    Live = Callable[..., AbstractContextManager[Life]]

ROOT = Path(__file__).parents[2]
FUSION = {"wave_enabled": True, "fusion2_enabled": True}
SMALL = {"instance_types": ["c6i.large", "m6i.large"]}
OWN_IMAGE = "SEQERA_BATCH_TEST_IMAGE"
"""Environment variable with a container image in Amazon ECR of the account and region."""
OWN_AMI = "SEQERA_BATCH_TEST_AMI"
"""Environment variable with a machine image for Amazon ECS, with the AWS CLI in /opt/aws-cli."""
EMULATED_IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/busybox"
EMULATED_AMI = "ami-0123456789abcdef0"


@pytest.fixture
def live(
    request: pytest.FixtureRequest, account: Account, synthesize: Synthesize, tmp_path: Path
) -> Live:
    """Return what deploys an environment for the test, and takes everything away."""
    name = request.node.originalname.removeprefix("test_")
    real = account.emulator is None
    folder = ROOT / "build" if real else tmp_path
    notes = Notes(name, account.region if real else "emulated", folder / "aws-report.md")

    def live(
        forge: dict[str, Any], aws: dict[str, Any] | None = None, **top: Any
    ) -> AbstractContextManager[Life]:
        config = config_of(name, account.region, forge, aws or {}, top)
        return living(account, synthesize, notes, config)

    return live


def _with(template: dict[str, Any], kind: str, **properties: Any) -> dict[str, Any]:
    """Return a template whose resources of a type have other properties in part."""
    return {
        **template,
        "Resources": {
            key: {**resource, "Properties": _merged(resource["Properties"], properties)}
            if resource["Type"] == kind
            else resource
            for key, resource in template["Resources"].items()
        },
    }


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping with those of another in it, key by key."""
    both = {
        key: _merged(old[key], value) if isinstance(value, dict) else value
        for key, value in new.items()
    }
    return {**old, **both}


def _node(template: dict[str, Any]) -> dict[str, Any]:
    """Return the data of the launch template of the only nodes there are."""
    [data] = [
        resource["Properties"]["LaunchTemplateData"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::EC2::LaunchTemplate"
    ]
    found: dict[str, Any] = data
    return found


def _with_disk(template: dict[str, Any], gigabytes: int) -> dict[str, Any]:
    """Return a template whose nodes have another boot disk, so that all are replaced."""
    [device] = _node(template)["BlockDeviceMappings"]
    disk = {**device, "Ebs": {**device["Ebs"], "VolumeSize": gigabytes}}
    data = {"BlockDeviceMappings": [disk]}
    return _with(template, "AWS::EC2::LaunchTemplate", LaunchTemplateData=data)


@doubt("UPDATING while jobs run: does CloudFormation wait for them?", usd=0.5, minutes=40)
def test_update_while_a_job_runs(live: Live) -> None:
    """The environment is UPDATING, and the stack is not updated before the job has ended."""
    with live({"type": "EC2", **SMALL}) as life:
        job = life.submit(["sleep", "3600"])
        assert life.runs(job)["status"] == "RUNNING"
        wait = life.account.start_update(life.stack, _with_disk(life.template, 80))
        assert wait is not None
        assert life.until(lambda: life.environment()["status"] == "UPDATING", 10)
        # Ten minutes in which a deployment that did not wait would be over.
        over = life.until(
            lambda: life.account.stack(life.stack)["StackStatus"] == "UPDATE_COMPLETE", 10
        )
        life.notes.note(f"while the job is {life.job(job)['status']}, over: {over}")
        life.end(job)
        ended = wait()
        life.notes.note(f"then the update is {ended.status}: {'; '.join(ended.reasons)}")
        assert not over


@doubt("A kept FSx file system when its stack is deleted: does it go?", usd=1.0, minutes=60)
def test_kept_fsx(live: Live) -> None:
    """The stack goes, and the file system stays with what it holds on to."""
    with live({"type": "EC2", "fsx_size": 1200, **SMALL}) as life:
        gone = life.account.delete(life.stack)
        life.notes.note(f"the deletion is {gone.status}: {'; '.join(gone.reasons)}")
        assert gone.status == "DELETE_COMPLETE"


@doubt("BEST_FIT on Spot: does a node start?", usd=0.1, minutes=30)
def test_best_fit_on_spot(live: Live) -> None:
    """The fleet role may launch and tag all that the launch template names."""
    with live({"type": "SPOT", "alloc_strategy": "BEST_FIT", **SMALL}) as life:
        assert life.runs(life.submit(["true"]))["status"] in {"RUNNING", "SUCCEEDED"}


@doubt("A node that fails: how many are launched in half an hour?", usd=1.0, minutes=50)
def test_nodes_that_fail(live: Live) -> None:
    """No job runs, nodes end themselves, and each has said why in one line."""
    with live({"type": "EC2", **SMALL}) as life:
        assert life.update(_with_a_step_that_fails(life.template)).status == "UPDATE_COMPLETE"
        job = life.submit(["true"]) if not life.emulated else _waiting_job(life)
        joined = life.until(lambda: life.job(job)["status"] not in {"SUBMITTED", "RUNNABLE"}, 30)
        nodes = life.nodes()
        states = sorted(one["State"]["Name"] for one in nodes)
        life.notes.note(f"{len(nodes)} nodes: {', '.join(states)}")
        life.notes.note(f"the environment is {life.environment()['status']}")
        life.notes.note(f"streams: {sorted(life.node_streams(pretended=['seqera-batch']))}")
        assert not joined


def _with_a_step_that_fails(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template whose nodes give up in their first step."""
    [separator, [script, *rest]] = _node(template)["UserData"]["Fn::Base64"]["Fn::Join"]
    assert "set_up() {\n" in script
    broken = script.replace("set_up() {\n", "set_up() {\ndie 'broken on purpose'\n")
    data = {"UserData": {"Fn::Base64": {"Fn::Join": [separator, [broken, *rest]]}}}
    return _with(template, "AWS::EC2::LaunchTemplate", LaunchTemplateData=data)


def _waiting_job(life: Life) -> str:
    """Submit a job that the emulator lets wait, as one whose nodes never join."""
    batch = life.account.client("batch")
    queue = life.of_type("AWS::Batch::JobQueue")
    job: str = batch.submit_job(jobName="waits", jobQueue=queue, jobDefinition="nf:1")["jobId"]
    return job


@doubt("AWS Batch's own part of user data: is it merged with ours?", usd=0.1, minutes=30)
def test_part_of_aws_batch(live: Live) -> None:
    """ecs.config has Batch's cluster and our lines, whichever part comes first."""
    with live({"type": "EC2", **SMALL}) as life:
        job = life.submit(
            ["sh", "-c", "cat /host/etc/ecs/ecs.config; ls /host/var/lib/cloud/instance/scripts"],
            mounts=["/etc/ecs", "/var/lib/cloud"],
        )
        life.runs(job)
        pretended = ["ECS_CLUSTER=a", "# seqera-batch: begin", "# seqera-batch: end", "part-001"]
        lines = life.output(job, pretended=pretended)
        assert any(line.startswith("ECS_CLUSTER=") for line in lines)
        assert "# seqera-batch: end" in lines


@doubt("Several NVMe disks: is the array there, and after a restart too?", usd=1.5, minutes=50)
def test_array_of_disks(live: Live) -> None:
    """Jobs have it as /tmp before and after their node was restarted."""
    forge = {"type": "EC2", "instance_types": ["m5d.4xlarge"], "max_cpus": 16}
    with live(forge, **FUSION, nvme_storage_enabled=True) as life:
        _find_array(life)
        for node in life.nodes():
            if node["State"]["Name"] == "running":
                life.account.client("ec2").reboot_instances(InstanceIds=[node["InstanceId"]])
                life.notes.note(f"{node['InstanceId']} restarts")
        _find_array(life)


def _find_array(life: Life) -> None:
    """Run a job that looks for the array and for what is mounted."""
    job = life.submit(
        ["sh", "-c", "cat /proc/mdstat; grep fusion /host/proc/1/mounts"], mounts=["/proc"]
    )
    container = life.runs(job).get("container", {})
    life.notes.note(f"it runs on {container.get('containerInstanceArn')}")
    mount = "/dev/md127 /scratch/fusion xfs rw,noatime 0 0"
    lines = life.output(job, pretended=["md127 : active raid0 nvme2n1[1]", mount])
    assert any("raid0" in line for line in lines)
    assert any("/scratch/fusion xfs" in line for line in lines)


@doubt("The log agent: are the four streams of a node there?", usd=0.1, minutes=30)
def test_streams_of_a_node(live: Live) -> None:
    """Each file of a node has its stream, though the agent is installed beside the first job."""
    wanted = {"seqera-batch", "cloud-init", "cloud-init-output", "ecs-agent"}
    with live({"type": "EC2", **SMALL}) as life:
        life.runs(life.submit(["sleep", "300"]))
        assert life.until(lambda: life.node_streams(pretended=sorted(wanted)) >= wanted, 10)


@doubt("A KMS key of one's own: does a Spot node start?", usd=0.1, minutes=30)
def test_own_key_with_spot(live: Live) -> None:
    """The key's policy lets in whoever starts it."""
    aws = {"kms_key": {"create": True}, "destroy_data": True}
    with live({"type": "SPOT", **SMALL}, aws=aws) as life:
        assert life.runs(life.submit(["true"]))["status"] in {"RUNNING", "SUCCEEDED"}


@doubt("An isolated network: does a job run, in zones of any region?", usd=0.5, minutes=40)
def test_isolated_network(live: Live, account: Account) -> None:
    """Endpoints are there in the zones that are taken, and are enough for a job from ECR."""
    image = EMULATED_IMAGE if account.emulator else os.environ.get(OWN_IMAGE)
    machine = EMULATED_AMI if account.emulator else os.environ.get(OWN_AMI)
    if image is None or machine is None:
        pytest.skip(f"{OWN_IMAGE} and {OWN_AMI} name no images of this account and region")
    aws = {"network": {"create": {"mode": "isolated"}}}
    forge = {"type": "EC2", "image_id": machine, **SMALL}
    with live(forge, aws, cli_path="/opt/aws-cli/bin/aws") as life:
        job = life.submit(["true"], image=image)
        assert life.runs(job)["status"] in {"RUNNING", "SUCCEEDED"}


@doubt("BEST_FIT: can max_cpus be raised in place?", usd=0.0, minutes=15)
def test_raising_vcpus_of_best_fit(live: Live) -> None:
    """It is a scaling update, which BEST_FIT does not stand in the way of."""
    with live({"type": "EC2", "alloc_strategy": "BEST_FIT", **SMALL}) as life:
        more = {"ComputeResources": {"MaxvCpus": 16}}
        changed = _with(life.template, "AWS::Batch::ComputeEnvironment", **more)
        assert life.update(changed).status == "UPDATE_COMPLETE"
        assert life.environment()["computeResources"]["maxvCpus"] == 16


@doubt("ECS_AL2 with an image of one's own: does AWS Batch still take it?", usd=0.1, minutes=30)
def test_amazon_linux_2(live: Live, account: Account) -> None:
    """AWS ended its own images; one that is named is taken, and its nodes run jobs."""
    machine = EMULATED_AMI
    if account.emulator is None:
        name = "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id"
        machine = account.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    forge = {"type": "EC2", "image_id": machine, **SMALL}
    with live(forge, {"image_type": "ECS_AL2"}, **FUSION) as life:
        assert life.runs(life.submit(["true"]))["status"] in {"RUNNING", "SUCCEEDED"}


def test_a_test_that_fails_leaves_nothing(account: Account, live: Live, tmp_path: Path) -> None:
    """Whatever happens after the creation, everything that was made goes, and is told of."""
    before = account.inventory()
    with pytest.raises(RuntimeError, match="half-way"):
        _fail_while_a_job_runs(live)
    assert account.inventory() == before
    report = (tmp_path / "aws-report.md").read_text("utf-8")
    assert "the test failed, emulated" in report
    assert "RuntimeError: half-way" in report
    assert "the roll-back is UPDATE_ROLLBACK_COMPLETE" in report
    assert "the deletion is DELETE_COMPLETE" in report


def _fail_while_a_job_runs(live: Live) -> None:
    with live({"type": "EC2", **SMALL}) as life:
        life.runs(life.submit(["sleep", "3600"]))
        life.update(_with_disk(life.template, 80))
        raise RuntimeError("half-way")


def test_the_page_has_every_question() -> None:
    """What an owner reads is what is asked, with what it costs."""
    page = (ROOT / "docs" / "how-to" / "try-in-an-account.md").read_text("utf-8")
    rows = [
        f"| `{name}` | {asked.asks} | {asked.usd:.2f} | {asked.minutes} |"
        for name, asked in DOUBTS.items()
    ]
    assert len(rows) == 11
    assert "\n".join(rows) in page
    total = sum(asked.usd for asked in DOUBTS.values())
    assert f"{total:.2f} US dollars" in page
    assert f"{sum(asked.minutes for asked in DOUBTS.values()) / 60:.0f} hours" in page
    assert OWN_IMAGE in page
    assert OWN_AMI in page
