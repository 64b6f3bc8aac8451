# SPDX-License-Identifier: Apache-2.0
"""What an app brings along: planned as it is, by value or by mark, and held against the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog.endpoints import INTERFACE_ENDPOINTS
from seqera_batch.cloudformation.intrinsics import get_att, ref, references
from seqera_batch.config.given import Given, GivenBucket, GivenFileSystem, GivenNetwork
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import identities
from seqera_batch.problems import ConfigError
from seqera_batch.template import environment

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resources
    from tests.conftest import Configure

NETWORK = GivenNetwork(vpc_id=ref("Vpc"), subnets=(ref("Subnet1"), ref("Subnet2")))
EFS = {"efs": GivenFileSystem(file_system_id=ref("Efs"))}
BUCKET = GivenBucket(name=ref("WorkBucket"), key=get_att("WorkBucketKey", "Arn"))


def _made(configure: Configure, given: Given, *sections: Any, **fields: Any) -> Resources:  # noqa: ANN401
    config = configure(*sections, **fields)
    plan = ForgePlan.of(config, given=given)
    return environment(plan, plan.scope())


def test_a_bucket_without_a_name_is_the_work_directory(configure: Configure) -> None:
    """Policies, head job and whatever Platform is told name the bucket that is brought."""
    given = Given(work_bucket=BUCKET)
    asked = {"head_job_definition": {"image": "quay.io/seqeralabs/nf-launcher:j17-25.10.2"}}
    config = configure({}, asked, work_dir="s3://placeholder/run")
    plan = ForgePlan.of(config, given=given)
    assert str(plan.storage.work_dir) == "s3://@{WorkBucket}/run"
    made = environment(plan, plan.scope())
    assert "placeholder" not in str({name: part.properties for name, part in made.items()})
    assert "workDir = 's3://@{WorkBucket}/run'" in str(made["HeadJobDefinition"].properties)
    for identity in identities(plan, plan.scope()):
        assert "placeholder" not in identity.permissions.to_json()
    assert "@{WorkBucketKey.Arn}" in str(made["HeadJobRole"].properties)


def test_what_is_brought_is_not_made(configure: Configure) -> None:
    """Nodes start in the network, under the key, with the file system, by the roles of the app."""
    given = Given(
        network=NETWORK,
        file_systems=EFS,
        key=get_att("KmsKey", "Arn"),
        roles={"HeadJobRole": get_att("HeadJobRole", "Arn")},
    )
    made = _made(configure, given)
    assert not {"Vpc", "Efs", "KmsKey", "HeadJobRole"} & made.keys()
    resources = made["WorkComputeEnvironment"].properties["ComputeResources"]
    assert resources["Subnets"] == ["@{Subnet1}", "@{Subnet2}"]
    referred = set(references([part.properties for part in made.values()]))
    assert {"Vpc", "Subnet1", "Efs", "KmsKey"} <= referred
    plan = ForgePlan.of(configure(), given=given)
    assert plan.roles.arn("HeadJobRole", plan.scope()) == "@{HeadJobRole.Arn}"


def test_a_file_system_of_the_app_holds_the_work_directory(configure: Configure) -> None:
    """Rules see the file system as what it is: its mount path and work directories on it hold."""
    config = configure({"efs_mount": "/data"}, work_dir="/data/work")
    plan = ForgePlan.of(config, given=Given(network=NETWORK, file_systems=EFS))
    assert str(plan.storage.work_dir) == "/data/work"
    assert [system.mount_path for system in plan.storage.file_systems] == ["/data"]
    with pytest.raises(ConfigError, match="mount-path-needs-file-system"):
        ForgePlan.of(configure({"efs_mount": "/data"}), given=Given(network=NETWORK))


@pytest.mark.parametrize(
    ("given", "sections", "fields", "path"),
    [
        (Given(region="us-east-1"), (), {}, "region"),
        (Given(network=NETWORK), ({"subnets": ["subnet-00000000"], "vpc_id": "vpc-00000000"},), {},
         "vpc"),
        (Given(network=NETWORK), (), {"manual": True}, "vpc"),
        (Given(file_systems=EFS), (), {}, "vpc"),
        (Given(file_systems=EFS, network=NETWORK), ({"efs_create": True},), {}, "forge.efs_create"),
        (Given(key=get_att("KmsKey", "Arn")), ({}, {"kms_key": {"create": True}}), {},
         "aws.kms_key"),
        (Given(work_bucket=BUCKET), ({}, {"work_bucket": {}}), {}, "aws.work_bucket"),
        (Given(work_bucket=GivenBucket(name="other", written="other")), (), {}, "work_dir"),
        (Given(roles={"ExecutionRole": get_att("ExecutionRole", "Arn")}), (),
         {"execution_role": "arn:aws:iam::111122223333:role/own"}, "execution_role"),
    ],
)  # fmt: skip
def test_what_is_said_twice_is_refused(
    configure: Configure,
    given: Given,
    sections: tuple[dict[str, Any], ...],
    fields: dict[str, Any],
    path: str,
) -> None:
    """The app and the file say one thing once, and the refusal names the field."""
    with pytest.raises(ConfigError) as refused:
        ForgePlan.of(configure(*sections, **fields), given=given)
    [problem] = [item for item in refused.value.problems if item.rule == "brought-along"]
    assert problem.path == path
    assert problem.fix


def test_the_file_is_left_as_it_is(configure: Configure) -> None:
    """One configuration serves several environments of an app."""
    config = configure()
    ForgePlan.of(config, given=Given(work_bucket=BUCKET))
    assert str(ForgePlan.of(config).storage.work_dir) == "s3://work/dir"


ISOLATED = replace(NETWORK, way_out=False)
OWN_IMAGE = {"image_id": "ami-0123456789abcdef0"}
CLI = {"cli_path": "/opt/aws-cli/bin/aws"}


@pytest.mark.parametrize(
    ("fields", "rule", "path"),
    [
        ({"wave_enabled": True, "fusion2_enabled": True}, "isolated-wave", "wave_enabled"),
        ({}, "isolated-aws-cli", "cli_path"),
    ],
)
def test_what_needs_a_way_out_is_refused_without_one(
    configure: Configure, fields: dict[str, Any], rule: str, path: str
) -> None:
    """In isolated subnets of an app Wave and the download of the AWS CLI are refused, by place."""
    given = Given(network=ISOLATED)
    with pytest.raises(ConfigError, match="choose subnets with a way out") as refused:
        ForgePlan.of(configure(**fields), given=given)
    [found] = [one for one in refused.value.problems if one.rule == rule]
    assert found.path == path
    assert found.fix is not None
    assert f"{rule}@{path}" in found.fix
    ForgePlan.of(configure(**fields), given=Given(network=NETWORK))
    why = {f"{rule}@{path}": "a transit gateway leads out"}
    ForgePlan.of(configure({}, {"acknowledgements": why}, **fields), given=given)


def test_endpoints_of_an_isolated_network(configure: Configure) -> None:
    """Where nothing leads out, the services without a known endpoint are named."""

    def warned(*endpoints: str, **fields: Any) -> dict[str, str]:  # noqa: ANN401
        given = Given(network=replace(ISOLATED, endpoints=endpoints))
        plan = ForgePlan.of(configure(OWN_IMAGE, **CLI, **fields), given=given)
        return {one.rule: one.message for one in plan.problems}

    every = ("s3", *(one.service for one in INTERFACE_ENDPOINTS if one.need == "always"))
    assert warned().keys() == {"isolated-platform", "isolated-endpoints"}
    assert warned()["isolated-endpoints"].endswith(f"for {', '.join(every)}")
    assert warned(*every).keys() == {"isolated-platform"}
    assert warned(*every[1:])["isolated-endpoints"].endswith("for s3")
    secrets = {"secrets_kms_key_id": "1234abcd-12ab-34cd-56ef-1234567890ab"}
    assert warned(*every, **secrets)["isolated-endpoints"].endswith("for secretsmanager")
    reading = {
        "name": "Read",
        "roles": ["instance"],
        "actions": ["secretsmanager:GetSecretValue"],
        "resources": ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"],
        "reason": "nodes log in to a registry",
    }
    told = warned(*every, aws={"iam": {"statements": [reading]}})
    assert told["isolated-endpoints"].endswith("for secretsmanager")


def test_a_stack_without_a_region(configure: Configure) -> None:
    """What is written names the file's region, and a stack that leaves its own open is told."""
    plan = ForgePlan.of(configure(), given=Given(region_open=True))
    assert [one.rule for one in plan.problems] == ["stack-region"]
    why = {"acknowledgements": {"stack-region": "the pipeline sets it"}}
    [told] = ForgePlan.of(configure({}, why), given=Given(region_open=True)).problems
    assert told.acknowledged
    assert not ForgePlan.of(configure({}, why)).problems
