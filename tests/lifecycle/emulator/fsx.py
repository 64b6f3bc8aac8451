# SPDX-License-Identifier: Apache-2.0
"""FSx: file systems that a stack made, and the one operation that reads them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.lifecycle.emulator.by_schema import BySchema

if TYPE_CHECKING:
    from tests.lifecycle.emulator.by_schema import Record

_FILE_SYSTEMS: dict[str, Record] = {}


class FileSystems(BySchema):
    """Handlers of `AWS::FSx::FileSystem`."""

    def __init__(self) -> None:
        super().__init__("AWS::FSx::FileSystem", _keep)

    def update(
        self, physical_id: str, old: Record, new: Record, stack: str, logical_id: str | None = None
    ) -> tuple[str, Record]:
        """Grow in place, never shrink.

        Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/managing-storage-capacity.html
        """
        made, attributes = super().update(physical_id, old, new, stack, logical_id)
        if made == physical_id and int(new["StorageCapacity"]) < int(old["StorageCapacity"]):
            _keep(physical_id, old)
            raise ValueError("Storage capacity cannot be decreased.")
        return made, attributes


def _keep(made: str, props: Record | None) -> None:
    if props is None:
        _FILE_SYSTEMS.pop(made, None)
    else:
        _FILE_SYSTEMS[made] = props


async def serve(
    _method: str,
    _path: str,
    headers: Record,
    body: bytes,
    _query: Any,
) -> tuple[int, dict[str, str], bytes]:
    """Answer DescribeFileSystems; nothing else is modelled."""
    target = next(value for key, value in headers.items() if key.lower() == "x-amz-target")
    if not target.endswith(".DescribeFileSystems"):
        return _answer(400, {"__type": "UnsupportedOperation", "message": target})
    wanted = json.loads(body or b"{}").get("FileSystemIds") or list(_FILE_SYSTEMS)
    found = [
        {"FileSystemId": made, "Lifecycle": "AVAILABLE", **_described(made)}
        for made in wanted
        if made in _FILE_SYSTEMS
    ]
    return _answer(200, {"FileSystems": found})


def _described(made: str) -> Record:
    """Return what the API reads back; it leaves out the groups."""
    props = _FILE_SYSTEMS[made]
    attributes = FileSystems().attributes(made)
    shown = {key: value for key, value in props.items() if key != "SecurityGroupIds"}
    lustre = {**shown.get("LustreConfiguration", {}), "MountName": attributes["LustreMountName"]}
    return {
        **shown,
        "DNSName": attributes["DNSName"],
        "LustreConfiguration": lustre,
        "StorageCapacity": int(props["StorageCapacity"]),
    }


def _answer(status: int, body: Record) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()
