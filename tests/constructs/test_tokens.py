# SPDX-License-Identifier: Apache-2.0
"""CDK's own tokens are known without CDK, as this release of it writes them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3

from seqera_batch import ConfigError, ForgeConfig, ForgeSettings


def _values() -> dict[str, Any]:
    stack = cdk.Stack(cdk.App(), "S")
    bucket, parameter = s3.Bucket(stack, "Bucket"), cdk.CfnParameter(stack, "P", type="Number")
    listed = cdk.CfnParameter(stack, "L", type="List<AWS::EC2::Subnet::Id>")
    return {
        "text": bucket.bucket_name,
        "inside": f"arn:aws:s3:::{bucket.bucket_name}/*",
        "region": stack.region,
        "number": parameter.value_as_number,
        "number as text": f"{parameter.value_as_number}",
        "list": listed.value_as_list,
        "items": [ec2.Vpc(stack, "Vpc").vpc_id],
        "any": cdk.Token.as_any("x"),
        "intrinsic": cdk.Fn.get_att("Bucket", "Arn"),
        "json": stack.to_json_string({"a": bucket.bucket_arn}),
    }


@pytest.mark.parametrize(("kind", "value"), _values().items(), ids=_values())
@pytest.mark.parametrize("field", ["max_cpus", "subnets", "image_id", "ec2_key_pair"])
def test_tokens_of_cdk(kind: str, value: object, field: str) -> None:
    """Whatever form it has, and whatever the field takes, it is told as what it is."""
    arguments: dict[str, Any] = {"max_cpus": 4, field: value}
    with pytest.raises(ConfigError) as of_section:
        ForgeSettings(**arguments)
    with pytest.raises(ConfigError) as of_file:
        ForgeConfig.from_dict(
            {"name": "demo", "region": "eu-west-1", "work_dir": "s3://work", "forge": arguments}
        )
    for caught, place in ((of_section, ""), (of_file, "forge.")):
        told = [one for one in caught.value.problems if one.rule != "manual-needs-queues"]
        assert {one.rule for one in told} == {"known-at-deployment"}
        assert {one.path.partition("[")[0] for one in told} == {f"{place}{field}"}
