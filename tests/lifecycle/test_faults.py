# SPDX-License-Identifier: Apache-2.0
"""What fails half-way, what somebody broke by hand, and the way out of each."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig
from tests.lifecycle.account import Outcome
from tests.lifecycle.emulator.names import RUNS
from tests.lifecycle.readback import Deployed
from tests.night import AT_NIGHT, MORE_AT_NIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.lifecycle.account import Account
    from tests.lifecycle.conftest import Synthesize

pytestmark = MORE_AT_NIGHT

STACK = "seqera-batch-test-faults"
Template = dict[str, Any]


@pytest.fixture(scope="module")
def templates(synthesize: Synthesize) -> dict[str, Template]:
    """Return the largest environment: its own VPC, EFS, FSx, DRAGEN; before and after a change."""
    forge = {
        "type": "SPOT",
        "max_cpus": 64,
        "instance_types": ["m6id"],
        "efs_create": True,
        "fsx_size": 1200,
        "dragen_enabled": True,
        "dragen_ami_id": "ami-0123456789abcdef0",
    }
    data: dict[str, Any] = {"name": "faults", "region": "eu-west-1", "work_dir": "s3://work/dir"}
    aws = {"destroy_data": True, "fsx": {"data_repository": "s3://example-raw/reads"}}
    changed = {
        "forge": {
            **forge,
            "max_cpus": 128,
            "ebs_boot_size": 200,
            "dragen_ami_id": "ami-0fedcba9876543210",
        },
        "aws": {**aws, "job_state_limits": {"max_time_seconds": 1200}},
    }
    return synthesize(
        {
            "old": ForgeConfig.from_dict({**data, "forge": forge, "aws": aws}),
            "new": ForgeConfig.from_dict({**data, **changed}),
        }
    )


@pytest.fixture
def deployed(account: Account, templates: dict[str, Template]) -> Iterator[str]:
    """Deploy the largest environment; what a test breaks, it mends or deletes."""
    made = account.create(STACK, templates["old"])
    assert made.status == "CREATE_COMPLETE", made.reasons
    yield STACK
    if account.exists(STACK):
        gone = account.delete(STACK)
        assert gone.status == "DELETE_COMPLETE", gone.reasons


def _tried(logical_ids: Iterable[str], template: Template) -> list[str]:
    """Return all at night, and by day one of each type of resource."""
    ids = list(logical_ids)
    by_type = {template["Resources"][one]["Type"]: one for one in reversed(ids)}
    return [one for one in ids if AT_NIGHT or one in by_type.values()]


def test_creation_failing_anywhere_leaves_nothing(
    account: Account, templates: dict[str, Template]
) -> None:
    """Whichever resource fails, the rollback removes all others, and a second try succeeds."""
    assert account.emulator is not None
    template = templates["old"]
    before = account.inventory()
    for logical_id in _tried(template["Resources"], template):
        with account.emulator.failing(logical_id):
            made = account.create(STACK, template)
        assert made.status == "ROLLBACK_COMPLETE", logical_id
        assert made.reasons[0].startswith(f"{logical_id}: "), made.reasons
        assert account.inventory() == before, logical_id
        account.delete(STACK)
    assert account.create(STACK, template).status == "CREATE_COMPLETE"
    assert account.delete(STACK).status == "DELETE_COMPLETE"
    assert account.inventory() == before


def test_update_failing_anywhere_comes_back(
    account: Account, deployed: str, templates: dict[str, Template]
) -> None:
    """Whichever resource fails to change, all have their old values; the next try converges."""
    assert account.emulator is not None
    old, new = templates["old"], templates["new"]
    before = account.inventory()
    changed = [
        key
        for key in old["Resources"]
        if old["Resources"][key].get("Properties") != new["Resources"][key].get("Properties")
    ]
    assert len(changed) > 5
    for logical_id in _tried(changed, old):
        with account.emulator.failing(logical_id):
            updated = account.update(deployed, new)
        assert updated.status == "UPDATE_ROLLBACK_COMPLETE", logical_id
        assert updated.reasons[0].startswith(f"{logical_id}: "), updated.reasons
        assert Deployed(account, deployed, old).differences() == [], logical_id
        assert account.inventory() == before
    assert account.update(deployed, new).status == "UPDATE_COMPLETE"
    assert Deployed(account, deployed, new).differences() == []
    # A deployment that was interrupted is simply run again.
    again = account.update(deployed, new)
    assert set(again.outcomes.values()) == {Outcome.UNTOUCHED}


def test_replacement_failing_keeps_the_old_one(
    account: Account, deployed: str, templates: dict[str, Template]
) -> None:
    """A queue whose successor cannot be made is still there, under its old name."""
    assert account.emulator is not None
    queues = account.client("batch").describe_job_queues()["jobQueues"]
    renamed = copy.deepcopy(templates["old"])
    logical_id = next(
        key for key, one in renamed["Resources"].items() if one["Type"] == "AWS::Batch::JobQueue"
    )
    renamed["Resources"][logical_id]["Properties"]["JobQueueName"] += "-renamed"
    with account.emulator.failing(logical_id):
        assert account.update(deployed, renamed).refused
    assert account.client("batch").describe_job_queues()["jobQueues"] == queues


def test_update_of_a_busy_environment(
    account: Account, deployed: str, templates: dict[str, Template]
) -> None:
    """A job that outlasts CloudFormation's patience: even the roll-back waits for its end."""
    batch = account.client("batch")
    queues = [one["jobQueueName"] for one in batch.describe_job_queues()["jobQueues"]]
    [queue] = [name for name in queues if name.endswith("-work")]
    job = batch.submit_job(jobName="long", jobQueue=queue, jobDefinition="nf:1", parameters=RUNS)

    updated = account.update(deployed, templates["new"])

    assert updated.status == "UPDATE_ROLLBACK_FAILED", updated.reasons
    assert any("not stabilized: UPDATING" in reason for reason in updated.reasons)
    assert any("resource is being modified" in reason for reason in updated.reasons)
    [running] = batch.describe_jobs(jobs=[job["jobId"]])["jobs"]
    assert running["status"] == "RUNNING"

    # The documented way out: the job ends, or is ended; then the roll-back goes on.
    batch.terminate_job(jobId=job["jobId"], reason="the deployment waits for it")
    assert account.continue_rollback(deployed).status == "UPDATE_ROLLBACK_COMPLETE"
    assert account.update(deployed, templates["new"]).status == "UPDATE_COMPLETE"
    assert Deployed(account, deployed, templates["new"]).differences() == []


def test_update_that_changes_vcpus_alone_waits_for_nobody(
    account: Account, deployed: str, templates: dict[str, Template]
) -> None:
    """A scaling update replaces no node."""
    batch = account.client("batch")
    queue = batch.describe_job_queues()["jobQueues"][0]["jobQueueName"]
    batch.submit_job(jobName="long", jobQueue=queue, jobDefinition="nf:1", parameters=RUNS)
    scaled = copy.deepcopy(templates["old"])
    for resource in scaled["Resources"].values():
        if resource["Type"] == "AWS::Batch::ComputeEnvironment":
            resource["Properties"]["ComputeResources"]["MaxvCpus"] += 8

    assert account.update(deployed, scaled).status == "UPDATE_COMPLETE"


def test_role_deleted_by_hand(
    account: Account, deployed: str, templates: dict[str, Template]
) -> None:
    """Environments become INVALID and say why; the role made again by hand mends them."""
    batch, iam = account.client("batch"), account.client("iam")
    profile = next(
        one for one in iam.list_instance_profiles()["InstanceProfiles"] if "faults" in one["Arn"]
    )
    [role] = profile["Roles"]
    name = role["RoleName"]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.remove_role_from_instance_profile(
        InstanceProfileName=profile["InstanceProfileName"], RoleName=name
    )
    iam.delete_role(RoleName=name)

    states = {
        (one["status"], one["statusReason"].split(" - ")[0])
        for one in batch.describe_compute_environments()["computeEnvironments"]
    }
    assert states == {("INVALID", "CLIENT_ERROR")}
    # CloudFormation does not look: the same template is no change, so a deployment mends nothing.
    same = account.update(deployed, templates["old"])
    assert set(same.outcomes.values()) == {Outcome.UNTOUCHED}

    # The documented way out: the role under its name; the next change finds all in order.
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    iam.add_role_to_instance_profile(
        InstanceProfileName=profile["InstanceProfileName"], RoleName=name
    )
    mended = {one["status"] for one in batch.describe_compute_environments()["computeEnvironments"]}
    assert mended == {"VALID"}
    assert account.update(deployed, templates["new"]).status == "UPDATE_COMPLETE"


def test_invalid_environment_fails_creation_with_its_reason(
    account: Account, templates: dict[str, Template]
) -> None:
    """User data that is not multipart: the deployment fails and says so; nothing stays."""
    broken = copy.deepcopy(templates["old"])
    for resource in broken["Resources"].values():
        if resource["Type"] == "AWS::EC2::LaunchTemplate":
            data = resource["Properties"]["LaunchTemplateData"]
            data["UserData"] = {"Fn::Base64": "#!/bin/bash\ntrue\n"}
    before = account.inventory()
    made = account.create(STACK, broken)
    assert made.status == "ROLLBACK_COMPLETE"
    assert "Launch Template UserData is not MIME multipart format" in made.reasons[0]
    account.delete(STACK)
    assert account.inventory() == before


def test_queue_holding_jobs_is_deleted_with_them(account: Account, deployed: str) -> None:
    """Deleting the stack ends waiting jobs: the model of what AWS documents for queues."""
    batch = account.client("batch")
    definition = batch.register_job_definition(
        jobDefinitionName="held",
        type="container",
        containerProperties={"image": "busybox", "vcpus": 1, "memory": 128},
    )
    queue = batch.describe_job_queues()["jobQueues"][0]["jobQueueName"]
    job = batch.submit_job(
        jobName="held", jobQueue=queue, jobDefinition=definition["jobDefinitionArn"]
    )
    gone = account.delete(deployed)
    assert gone.status == "DELETE_COMPLETE", gone.reasons
    [ended] = batch.describe_jobs(jobs=[job["jobId"]])["jobs"]
    assert ended["status"] == "FAILED"


def test_bucket_that_is_not_empty_stops_the_delete(account: Account) -> None:
    """A bucket of the same stack that holds objects: DELETE_FAILED names it; emptied, it goes."""
    s3 = account.client("s3")
    name = "seqera-batch-test-not-empty"
    template = {
        "Resources": {"Work": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}}
    }
    account.create(STACK, template)
    s3.put_object(Bucket=name, Key="kept", Body=b"result")
    gone = account.delete(STACK)
    assert gone.status == "DELETE_FAILED"
    assert any(reason.startswith("Work: ") for reason in gone.reasons)
    s3.delete_object(Bucket=name, Key="kept")
    assert account.delete(STACK).status == "DELETE_COMPLETE"


def test_environment_somebody_else_queues_on_cannot_go(account: Account, deployed: str) -> None:
    """A queue made by hand on our environment stops the delete; without it, it goes."""
    batch = account.client("batch")
    environment = batch.describe_compute_environments()["computeEnvironments"][0]
    arn = environment["computeEnvironmentArn"]
    batch.create_job_queue(
        jobQueueName="by-hand",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": arn}],
    )
    gone = account.delete(deployed)
    assert gone.status == "DELETE_FAILED"
    assert any("JobQueue relationship" in reason for reason in gone.reasons)
    batch.update_job_queue(jobQueue="by-hand", state="DISABLED")
    batch.delete_job_queue(jobQueue="by-hand")
    gone = account.delete(deployed)
    assert gone.status == "DELETE_COMPLETE", gone.reasons


def test_full_bucket_stops_the_deletion(account: Account, synthesize: Synthesize) -> None:
    """A bucket with files in it is not deleted, whatever the keys say; emptied, it goes."""
    config = ForgeConfig.from_dict(
        {
            "name": "full",
            "region": "eu-west-1",
            "work_dir": "s3://full-work/runs",
            "forge": {"type": "EC2", "max_cpus": 8},
            "aws": {"work_bucket": {}, "destroy_data": True},
        }
    )
    template = synthesize({"full": config})["full"]
    before = account.inventory()
    made = account.create(STACK, template)
    assert made.status == "CREATE_COMPLETE", made.reasons
    s3 = account.client("s3")
    s3.put_object(Bucket="full-work", Key="results/multiqc.html", Body=b"results")
    gone = account.delete(STACK)
    assert gone.status == "DELETE_FAILED"
    assert any("not empty" in reason for reason in gone.reasons)
    assert s3.get_object(Bucket="full-work", Key="results/multiqc.html")["Body"].read()
    s3.delete_object(Bucket="full-work", Key="results/multiqc.html")
    gone = account.delete(STACK)
    assert gone.status == "DELETE_COMPLETE", gone.reasons
    assert account.inventory() == before


def test_a_kept_bucket_is_taken_over_by_import_only(
    account: Account, synthesize: Synthesize
) -> None:
    """A stack that is made again cannot create the bucket that it left behind, only use it."""
    data: dict[str, Any] = {
        "name": "again",
        "region": "eu-west-1",
        "work_dir": "s3://kept-work/runs",
        "forge": {"type": "EC2", "max_cpus": 8},
    }
    templates = synthesize(
        {
            "creates": ForgeConfig.from_dict({**data, "aws": {"work_bucket": {}}}),
            "uses": ForgeConfig.from_dict(data),
        }
    )
    assert account.create(STACK, templates["creates"]).status == "CREATE_COMPLETE"
    assert account.delete(STACK).status == "DELETE_COMPLETE"
    assert "kept-work" in account.inventory()
    again = account.create(STACK, templates["creates"])
    assert again.status == "ROLLBACK_COMPLETE"
    account.delete(STACK)
    assert "kept-work" in account.inventory()
    assert account.create(STACK, templates["uses"]).status == "CREATE_COMPLETE"
    assert account.delete(STACK).status == "DELETE_COMPLETE"
    account.remove({"kept-work"})


def test_failed_creation_leaves_no_bucket_in_the_way(
    account: Account, synthesize: Synthesize
) -> None:
    """What would be kept goes with a creation that fails, so that the next try finds none."""
    assert account.emulator is not None
    config = ForgeConfig.from_dict(
        {
            "name": "twice",
            "region": "eu-west-1",
            "work_dir": "s3://twice-work/runs",
            "forge": {"type": "EC2", "max_cpus": 8},
            "aws": {"work_bucket": {}, "kms_key": {"create": True}},
        }
    )
    template = synthesize({"twice": config})["twice"]
    before = account.inventory()
    [last] = [
        key for key, one in template["Resources"].items() if one["Type"] == "AWS::Batch::JobQueue"
    ]
    with account.emulator.failing(last):
        assert account.create(STACK, template).status == "ROLLBACK_COMPLETE"
    assert account.inventory() == before
    account.delete(STACK)
    assert account.create(STACK, template).status == "CREATE_COMPLETE"
    assert account.delete(STACK).status == "DELETE_COMPLETE"
    kept = account.inventory() - before
    assert len(kept) == 2
    account.remove(kept)
