# SPDX-License-Identifier: Apache-2.0
"""The KMS key, and its place in every resource that holds data: the one table of where that is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seqera_batch.catalog.ids import KMS_KEY
from seqera_batch.cloudformation.intrinsics import get_att
from seqera_batch.cloudformation.resource import Resource, Resources, tag_list
from seqera_batch.policies.encryption import key_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seqera_batch.plan import ForgePlan
    from seqera_batch.policies.document import Scope

DELETION_DAYS = 30
"""AWS's longest: days in which a key that somebody deletes can be had back."""

Properties = dict[str, Any]


def kms_key(plan: ForgePlan, where: Scope) -> Resources:
    """Return the key; nothing where it exists, or AWS's own keys are used."""
    key = plan.key
    if key is None or not key.created:
        return {}
    return {
        KMS_KEY: Resource(
            type="AWS::KMS::Key",
            properties={
                "Description": f"{plan.environment_id}: data of pipelines",
                "EnableKeyRotation": True,
                "PendingWindowInDays": DELETION_DAYS,
                "KeyPolicy": key_policy(where, key.access()).to_dict(),
                "Tags": tag_list(plan.labels.resources),
            },
            # Whatever outlives the stack is lost with its key, and volumes of running nodes too.
            keep_on_delete=True,
        )
    }


def encrypted(resources: Resources, plan: ForgePlan) -> Resources:
    """Return the resources with the user's key in all that hold data; as they are without one."""
    if plan.key is None:
        return resources
    key = plan.key.arn or get_att(KMS_KEY, "Arn")
    return {name: _with_key(resource, key) for name, resource in resources.items()}


def _with_key(resource: Resource, key: str) -> Resource:
    place = _PLACES.get(resource.type)
    if place is None:
        return resource
    return replace(resource, properties={**resource.properties, **place(resource.properties, key)})


def _as_kms_key_id(_properties: Mapping[str, Any], key: str) -> Properties:
    return {"KmsKeyId": key}


def _of_bucket(_properties: Mapping[str, Any], key: str) -> Properties:
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    # One call to AWS KMS for many files instead of one for each.
                    "BucketKeyEnabled": True,
                    "ServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key,
                    },
                }
            ]
        }
    }


def _of_lustre(properties: Mapping[str, Any], key: str) -> Properties:
    """A scratch file system is encrypted with a key of FSx, and takes no other."""
    kind = str(properties["LustreConfiguration"]["DeploymentType"])
    return {} if kind.startswith("SCRATCH") else {"KmsKeyId": key}


def _of_volumes(properties: Mapping[str, Any], key: str) -> Properties:
    data = properties["LaunchTemplateData"]
    devices = [
        {**device, "Ebs": {**device["Ebs"], "KmsKeyId": key}}
        for device in data["BlockDeviceMappings"]
    ]
    return {"LaunchTemplateData": {**data, "BlockDeviceMappings": devices}}


_PLACES: dict[str, Callable[[Mapping[str, Any], str], Properties]] = {
    "AWS::EC2::LaunchTemplate": _of_volumes,
    "AWS::EFS::FileSystem": _as_kms_key_id,
    "AWS::FSx::FileSystem": _of_lustre,
    "AWS::Logs::LogGroup": _as_kms_key_id,
    "AWS::S3::Bucket": _of_bucket,
    "AWS::SecretsManager::Secret": _as_kms_key_id,
}
"""By type, the properties by which a resource takes a key."""
