# SPDX-License-Identifier: Apache-2.0
"""What the model of AWS Batch asks of the emulator's other services: ministack's own stores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.core.responses import (  # type: ignore[import-untyped]
    get_account_id,
    get_region,
)
from ministack.services import ec2, iam, kms  # type: ignore[import-untyped]

from tests.lifecycle.emulator import launches
from tests.lifecycle.emulator.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lifecycle.emulator.batch import Record

SERVICE_LINKED_ROLE = "AWSServiceRoleForBatch"

_BATCH: dict[tuple[str, str], Batch] = {}


def batch() -> Batch:
    """Return AWS Batch of the account and region of the request that is being served."""
    place = (get_account_id(), get_region())
    if place not in _BATCH:
        _BATCH[place] = Batch(Ministack(*place))
    return _BATCH[place]


class Ministack:
    """ministack as `batch.World`; reads its stores for the request that is being served."""

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region

    def subnet(self, subnet_id: str) -> bool:
        """Whether a subnet exists."""
        return subnet_id in ec2._subnets

    def security_group(self, group_id: str) -> bool:
        """Whether a security group exists."""
        return group_id in ec2._security_groups

    def launch_template(self, reference: Record) -> Record | None:
        """Return the data of a version of a launch template."""
        templates = ec2._launch_templates
        template = templates.get(reference.get("launchTemplateId"))
        if template is None:
            return None
        version = str(reference.get("version", "$Default"))
        version = {
            "$Latest": str(template["LatestVersionNumber"]),
            "$Default": str(template["DefaultVersionNumber"]),
        }.get(version, version)
        for one in template["Versions"]:
            if str(one["VersionNumber"]) == version:
                data: Record = one["LaunchTemplateData"]
                return data
        return None

    def instance_profile(self, arn: str) -> bool:
        """Whether an instance profile exists and has a role that exists."""
        profiles: Any = iam._instance_profiles
        profile = profiles.get(arn.rsplit("/", 1)[-1])
        if profile is None:
            return False
        roles = profile["Roles"]
        return bool(roles) and all(name in iam._roles for name in map(_name, roles))

    def role(self, arn: str) -> bool:
        """Whether a role exists."""
        return arn.rsplit("/", 1)[-1] in iam._roles

    def launch_refusals(self, resources: Record) -> list[str]:
        """Return why no node of an environment's resources can be started."""
        reference = resources.get("launchTemplate")
        template = (self.launch_template(reference) if reference else None) or {}
        found: list[str] = []
        if fleet := resources.get("spotIamFleetRole"):
            [node_role] = iam._instance_profiles[_last(resources["instanceRole"])]["Roles"]
            found += launches.by_fleet(
                list(_statements(fleet)),
                template,
                resources,
                account=self.account,
                region=self.region,
                node_role=iam._roles[_name(node_role)]["Arn"],
            )
        for device in template.get("BlockDeviceMappings", ()):
            if key := device.get("Ebs", {}).get("KmsKeyId"):
                policy = json.loads(kms._keys[_last(key)]["Policy"])
                found += launches.with_key(policy, resources, account=self.account)
        return found

    def service_linked_role(self) -> str:
        """Return the ARN of Batch's service-linked role, created if it is missing."""
        if SERVICE_LINKED_ROLE not in iam._roles:
            iam._create_service_linked_role({"AWSServiceName": ["batch.amazonaws.com"]})
        arn: str = iam._roles[SERVICE_LINKED_ROLE]["Arn"]
        return arn


def _statements(role: str) -> Iterator[Record]:
    """Yield the statements of a role's own policies."""
    for policy in iam._roles[_last(role)]["InlinePolicies"].values():
        document = json.loads(policy) if isinstance(policy, str) else policy
        yield from document["Statement"]


def _last(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _name(role: Any) -> str:
    return role["RoleName"] if isinstance(role, dict) else str(role)
