# SPDX-License-Identifier: Apache-2.0
"""The catalog of regions agrees with AWS's own library."""

from __future__ import annotations

import botocore.session  # type: ignore[import-untyped]
import pytest

from seqera_batch.catalog.regions import REGIONS, Region, nearest

PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
WITHOUT_A_LIST = {"eusc-de-east-1"}
"""Regions of which AWS's library lists no services."""


def test_every_region_is_known() -> None:
    """The regions are those in which AWS's library finds AWS Batch."""
    session = botocore.session.Session()
    offered = {
        region
        for partition in PARTITIONS
        for region in session.get_available_regions("batch", partition_name=partition)
    }
    assert offered | WITHOUT_A_LIST == REGIONS


def test_partitions_are_those_of_aws() -> None:
    """Partition and domain follow from the code, in every partition that AWS's library knows."""
    session = botocore.session.Session()
    known = {
        code: (partition["partition"], partition["dnsSuffix"])
        for partition in session.get_data("endpoints")["partitions"]
        for code in partition["regions"]
    }
    assert known.keys() >= REGIONS
    told = {code: Region.of(code) for code in known}
    assert {code: (region.partition, region.dns_suffix) for code, region in told.items()} == known
    assert Region.of("zz-new-1").partition == "aws"


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
