# SPDX-License-Identifier: Apache-2.0
"""Addresses in Amazon S3."""

from __future__ import annotations

import re

_RESERVED = re.compile(
    r"\.\.|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$"
    r"|^\d+\.\d+\.\d+\.\d+$"
)
"""Names that no general purpose bucket has: addresses, and what S3 keeps for itself."""

SCHEME = "s3://"
NF_CORE_REFERENCES = ("s3://ngi-igenomes", "s3://annotation-cache")
"""Public buckets of other accounts that nf-core's pipelines read references from."""


def parts_of(uri: str) -> tuple[str, str]:
    """Return bucket and folder of `s3://bucket/folder`, without slashes around the folder."""
    bucket, _, folder = uri.removeprefix(SCHEME).partition("/")
    return bucket, folder.strip("/")


def uri_of(bucket: str, folder: str = "") -> str:
    """Return the address of a bucket, or of a folder in it."""
    return f"{SCHEME}{bucket}{'/' + folder if folder else ''}"


def is_reserved(bucket: str) -> bool:
    """Return whether no general purpose bucket can have a name."""
    return _RESERVED.search(bucket) is not None
