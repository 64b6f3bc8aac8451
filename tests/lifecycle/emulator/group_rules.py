# SPDX-License-Identifier: Apache-2.0
"""Rules of security groups as resources of their own: kept in ministack's groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.services import ec2  # type: ignore[import-untyped]
from ministack.services.cloudformation import provisioners  # type: ignore[import-untyped]

from tests.lifecycle.emulator.by_schema import BySchema

if TYPE_CHECKING:
    from tests.lifecycle.emulator.by_schema import Record

_KEYS = {"Ingress": "IpPermissions", "Egress": "IpPermissionsEgress"}


class GroupRules(BySchema):
    """Handlers of `AWS::EC2::SecurityGroupIngress` and `…Egress`."""

    def __init__(self, direction: str) -> None:
        super().__init__(f"AWS::EC2::SecurityGroup{direction}", self._write)
        self._key = _KEYS[direction]
        self._rules: dict[str, tuple[str, Record]] = {}

    def _write(self, made: str, props: Record | None) -> None:
        """Take the rule of an id out of its group, and put the new one in."""
        if made in self._rules:
            group_id, permission = self._rules.pop(made)
            if (group := ec2._security_groups.get(group_id)) is not None:
                group[self._key].remove(permission)
        if props is not None:
            group = ec2._security_groups.get(props["GroupId"])
            if group is None:
                raise ValueError(f"The security group '{props['GroupId']}' does not exist")
            [permission] = provisioners._ec2_sg_permissions([props])
            group.setdefault(self._key, []).append(permission)
            self._rules[made] = (props["GroupId"], permission)
