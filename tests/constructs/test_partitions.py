# SPDX-License-Identifier: Apache-2.0
"""Partitions: what is deployed in China and GovCloud is what was reviewed for them."""

from __future__ import annotations

import json
import re

import aws_cdk as cdk
import pytest

from seqera_batch import ForgeConfig, SeqeraBatchStack
from seqera_batch.catalog.regions import Region
from seqera_batch.policies.document import Scope
from seqera_batch.policies.trust import trust_ec2


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_nodes_trust_ec2_of_their_partition(region: str) -> None:
    """The instance role trusts the EC2 principal that the reviewed document names."""
    app = cdk.App(analytics_reporting=False, builtin_cloud_formation_validation=False)
    config = ForgeConfig.from_dict(
        {"name": "a", "region": region, "work_dir": "s3://work", "forge": {"max_cpus": 1}}
    )
    SeqeraBatchStack(app, "Stack", config=config)
    template = app.synth().get_stack_by_name("Stack").template
    [role] = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Properties"].get("RoleName", "").endswith("-InstanceRole")
    ]
    scope = Scope(partition=Region.of(region).partition, region=region, account="111122223333")
    assert role["AssumeRolePolicyDocument"] == trust_ec2(scope).to_dict()
    partitions = set(re.findall(r"\barn:([a-z-]+):", json.dumps(template)))
    assert partitions == {Region.of(region).partition}
