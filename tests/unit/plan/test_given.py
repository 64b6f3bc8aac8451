# SPDX-License-Identifier: Apache-2.0
"""What an app brings along: planned as it is, by value or by mark, and held against the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

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
    return environment(config, plan, plan.scope())


def test_a_bucket_without_a_name_is_the_work_directory(configure: Configure) -> None:
    """Policies, head job and whatever Platform is told name the bucket that is brought."""
    given = Given(work_bucket=BUCKET)
    asked = {"head_job_definition": {"image": "quay.io/seqeralabs/nf-launcher:j17-25.10.2"}}
    config = configure({}, asked, work_dir="s3://placeholder/run")
    plan = ForgePlan.of(config, given=given)
    assert str(plan.storage.work_dir) == "s3://@{WorkBucket}/run"
    made = environment(config, plan, plan.scope())
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
