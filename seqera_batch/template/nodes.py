# SPDX-License-Identifier: Apache-2.0
"""Launch templates: what EC2 nodes start with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqera_batch.catalog.ids import id_of
from seqera_batch.cloudformation.intrinsics import read_at_deployment
from seqera_batch.cloudformation.resource import Resource, Resources, present, tag_list
from seqera_batch.kinds import ec2
from seqera_batch.node import render
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.nodes import Disk, NodeTemplate

_TAGGED_BY_LAUNCH_TEMPLATE = ("instance", "volume", "network-interface")


def nodes(plan: ForgePlan) -> dict[str, Resources]:
    """Return the launch templates, by key."""
    tags = plan.labels.nodes
    return {
        template.key: {id_of(template.key, "LaunchTemplate"): launch_template(template, tags)}
        for template in plan.compute.node_templates
    }


def launch_template(template: NodeTemplate, tags: Mapping[str, str]) -> Resource:
    """Return a launch template: encrypted disks, IMDSv2, tags, and the node's user data."""
    image = {} if template.image_id is None else {"ImageId": read_at_deployment(template.image_id)}
    return Resource.of(
        ec2.LAUNCH_TEMPLATE,
        LaunchTemplateData={
            **image,
            "BlockDeviceMappings": [
                {"DeviceName": disk.device_name, "Ebs": _volume(disk)}
                for disk in (template.disk, template.data_disk)
                if disk is not None
            ],
            # Two hops: a container with a network of its own is one further than its node.
            "MetadataOptions": {
                "HttpEndpoint": "enabled",
                "HttpTokens": "required",
                "HttpPutResponseHopLimit": 2,
            },
            "TagSpecifications": [
                {"ResourceType": kind, "Tags": tag_list(tags)}
                for kind in _TAGGED_BY_LAUNCH_TEMPLATE
            ],
            "UserData": {"Fn::Base64": render(template.setup)},
        },
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tag_list(tags)}],
    )


def _volume(disk: Disk) -> dict[str, Any]:
    return present(
        VolumeType=disk.volume_type,
        VolumeSize=disk.size_gb,
        Encrypted=disk.encrypted,
        DeleteOnTermination=disk.delete_on_termination,
        Iops=disk.iops,
        Throughput=disk.throughput_mib_per_second,
    )
