# SPDX-License-Identifier: Apache-2.0
"""The catalog of regions agrees with AWS's own library."""

from __future__ import annotations

import botocore.session  # type: ignore[import-untyped]
import pytest

from seqera_batch.catalog.regions import REGIONS, nearest, partition_of

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


def test_every_region_is_known() -> None:
    """The regions are those in which AWS's library finds AWS Batch, each in its partition."""
    session = botocore.session.Session()
    offered = {
        region: partition
        for partition in PARTITIONS
        for region in session.get_available_regions("batch", partition_name=partition)
    }
    assert {region: partition_of(region) for region in REGIONS} == offered


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("eu-wst-1", "eu-west-1"),
        ("us-eats-1", "us-east-1"),
        ("ap-southest-2", "ap-southeast-2"),
        ("eu-west-9", "eu-west-3"),
        ("zz-far-away-9", None),
    ],
)
def test_nearest(written: str, meant: str | None) -> None:
    """A slip is recognized, and what is like nothing is not guessed at."""
    assert nearest(written) == meant
