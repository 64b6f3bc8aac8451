# SPDX-License-Identifier: Apache-2.0
"""What ministack leaves out of a bucket's properties: encryption, life cycle, ownership, tags."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3  # type: ignore[import-untyped]
from ministack.services.cloudformation import provisioners  # type: ignore[import-untyped]


def install() -> None:
    """Store them through the S3 API, as ministack does it with the others."""
    provisioners._S3_BUCKET_CONFIGURATIONS = (
        *provisioners._S3_BUCKET_CONFIGURATIONS,
        (
            "BucketEncryption",
            _encryption,
            s3._put_bucket_encryption,
            s3._delete_bucket_encryption,
        ),
        (
            "LifecycleConfiguration",
            _lifecycle,
            s3._put_bucket_lifecycle,
            s3._delete_bucket_lifecycle,
        ),
        (
            "OwnershipControls",
            _ownership,
            s3._put_bucket_ownership_controls,
            s3._delete_bucket_ownership_controls,
        ),
        ("Tags", _tags, s3._put_bucket_tagging, s3._delete_bucket_tagging),
    )


def _xml(name: str, content: Any) -> str:
    """Return an element; lists of a dictionary are elements of the same name."""
    if isinstance(content, list):
        return "".join(_xml(name, one) for one in content)
    if isinstance(content, dict):
        inner = "".join(_xml(key, value) for key, value in content.items())
        return f"<{name}>{inner}</{name}>"
    text = str(content).lower() if isinstance(content, bool) else str(content)
    return f"<{name}>{escape(text)}</{name}>"


def _encryption(props: dict[str, Any]) -> bytes:
    rules = [
        {
            # Without a key S3 takes the account's own, which ministack does not know.
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]
            if "KMSMasterKeyID" in rule["ServerSideEncryptionByDefault"]
            else {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in props["ServerSideEncryptionConfiguration"]
    ]
    return _xml("ServerSideEncryptionConfiguration", {"Rule": rules}).encode()


def _lifecycle(props: dict[str, Any]) -> bytes:
    rules = []
    for rule in props["Rules"]:
        found: dict[str, Any] = {
            "ID": rule["Id"],
            "Status": rule["Status"],
            "Filter": {"Prefix": rule.get("Prefix", "")},
        }
        if "ExpirationInDays" in rule:
            found["Expiration"] = {"Days": rule["ExpirationInDays"]}
        for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
            if name in rule:
                found[name] = rule[name]
        rules.append(found)
    return _xml("LifecycleConfiguration", {"Rule": rules}).encode()


def _ownership(props: dict[str, Any]) -> bytes:
    return _xml("OwnershipControls", {"Rule": props["Rules"]}).encode()


def _tags(tags: Any) -> bytes:
    return _xml("Tagging", {"TagSet": {"Tag": list(tags)}}).encode()
