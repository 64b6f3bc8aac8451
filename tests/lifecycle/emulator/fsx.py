# SPDX-License-Identifier: Apache-2.0
"""FSx: file systems that a stack made, and the one operation that reads them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.lifecycle.emulator.by_schema import BySchema

if TYPE_CHECKING:
    from tests.lifecycle.emulator.by_schema import Record

_FILE_SYSTEMS: dict[str, Record] = {}
_LINKS: dict[str, Record] = {}


class FileSystems(BySchema):
    """Handlers of `AWS::FSx::FileSystem`."""

    def __init__(self) -> None:
        super().__init__("AWS::FSx::FileSystem", _keep)

    def update(
        self, physical_id: str, old: Record, new: Record, stack: str, logical_id: str | None = None
    ) -> tuple[str, Record]:
        """Grow in place, never shrink; another deployment type is another file system.

        Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/managing-storage-capacity.html,
        https://docs.aws.amazon.com/fsx/latest/APIReference/API_UpdateFileSystemLustreConfiguration.html
        """
        if _type(old) != _type(new):
            return self.create(logical_id or "", new, stack)
        made, attributes = super().update(physical_id, old, new, stack, logical_id)
        if made == physical_id and int(new["StorageCapacity"]) < int(old["StorageCapacity"]):
            _keep(physical_id, old)
            raise ValueError("Storage capacity cannot be decreased.")
        return made, attributes


class Associations(BySchema):
    """Handlers of `AWS::FSx::DataRepositoryAssociation`."""

    def __init__(self) -> None:
        super().__init__("AWS::FSx::DataRepositoryAssociation", _link)

    def create(self, logical_id: str, props: Record, stack: str) -> tuple[str, Record]:
        """Link a folder of a file system, which no other link may overlap.

        Source: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateDataRepositoryAssociation.html
        """
        if props["FileSystemId"] not in _FILE_SYSTEMS:
            raise ValueError(f"File system '{props['FileSystemId']}' does not exist.")
        for other in _LINKS.values():
            if other["FileSystemId"] == props["FileSystemId"] and _overlap(
                other["FileSystemPath"], props["FileSystemPath"]
            ):
                raise ValueError("FileSystemPath overlaps an existing association.")
        return super().create(logical_id, props, stack)


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _type(props: Record) -> object:
    return props["LustreConfiguration"]["DeploymentType"]


def _link(made: str, props: Record | None) -> None:
    if props is None:
        _LINKS.pop(made, None)
    else:
        _LINKS[made] = props


def _keep(made: str, props: Record | None) -> None:
    if props is None:
        _FILE_SYSTEMS.pop(made, None)
    else:
        _FILE_SYSTEMS[made] = props


def file_systems() -> dict[str, Record]:
    """Return the properties of every file system that there is, by id."""
    return _FILE_SYSTEMS


async def serve(
    _method: str,
    _path: str,
    headers: Record,
    body: bytes,
    _query: Any,
) -> tuple[int, dict[str, str], bytes]:
    """Answer what reads back file systems and links, and what deletes a file system."""
    target = next(value for key, value in headers.items() if key.lower() == "x-amz-target")
    if target.endswith(".DescribeDataRepositoryAssociations"):
        wanted = json.loads(body or b"{}").get("AssociationIds") or list(_LINKS)
        return _answer(
            200, {"Associations": [{"AssociationId": made, **_LINKS[made]} for made in wanted]}
        )
    if target.endswith(".DeleteFileSystem"):
        made = json.loads(body)["FileSystemId"]
        _keep(made, None)
        return _answer(200, {"FileSystemId": made, "Lifecycle": "DELETING"})
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
