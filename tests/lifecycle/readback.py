# SPDX-License-Identifier: Apache-2.0
"""A deployed stack as the services' own APIs tell it, in the words of the template."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.lifecycle.emulator.shapes import to_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lifecycle.account import Account

JSON = dict[str, Any]

WRITE_ONLY = {"replaceComputeEnvironment", "updateToLatestImageVersion"}
"""Never read back: `writeOnlyProperties` of the schema."""


@dataclass(frozen=True)
class Deployed:
    """A stack that exists, beside its template."""

    account: Account
    name: str
    template: JSON

    @cached_property
    def ids(self) -> dict[str, str]:
        """Physical ids by logical id."""
        return self.account.resources(self.name)

    def differences(self) -> list[str]:
        """Return where a service tells something else than the template."""
        found: list[str] = []
        for logical_id, resource in self.template["Resources"].items():
            read = READERS.get(resource["Type"])
            if read is None:
                if logical_id not in self.ids:
                    found.append(f"{logical_id} is missing")
                continue
            expected, actual = read(self, self.ids[logical_id], self.properties(logical_id))
            found += [f"{logical_id}.{one}" for one in _differences(expected, actual, "")]
        return found

    def properties(self, logical_id: str) -> JSON:
        """Return a resource's properties with references resolved."""
        resource = self.template["Resources"][logical_id]
        found: JSON = self.resolve(resource.get("Properties", {}))
        return found

    def resolve(self, value: Any) -> Any:  # noqa: PLR0911 - JSON, one shape a line
        """Return a value of the template with what its references stand for."""
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        match value:
            case {"Ref": name}:
                return self._pseudo.get(name) or self.ids[name]
            case {"Fn::GetAtt": [name, attribute]}:
                return self._attribute(name, attribute)
            case {"Fn::Join": [separator, parts]}:
                return separator.join(str(self.resolve(part)) for part in parts)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._named(found[1]), text)
            case {"Fn::Base64": text}:
                return base64.b64encode(self.resolve(text).encode()).decode()
            case {"Fn::Select": [index, {"Fn::GetAZs": _}]}:
                zones = self.account.client("ec2").describe_availability_zones()
                return zones["AvailabilityZones"][int(index)]["ZoneName"]
        return {key: self.resolve(item) for key, item in value.items()}

    def _named(self, name: str) -> str:
        """Return what `${Name}` or `${Name.Attribute}` stands for."""
        resource, _, attribute = name.partition(".")
        call = {"Fn::GetAtt": [resource, attribute]} if attribute else {"Ref": resource}
        return str(self.resolve(call))

    @cached_property
    def _pseudo(self) -> dict[str, str]:
        number = self.account.client("sts").get_caller_identity()["Account"]
        return {
            "AWS::AccountId": number,
            "AWS::Partition": "aws",
            "AWS::Region": self.account.region,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.name,
        }

    def _attribute(self, name: str, attribute: str) -> str:
        made = self.ids[name]
        kind = self.template["Resources"][name]["Type"]
        found: str
        match kind, attribute:
            case "AWS::EC2::SecurityGroup", "GroupId":
                found = made
            case "AWS::IAM::InstanceProfile", "Arn":
                iam = self.account.client("iam")
                profile = iam.get_instance_profile(InstanceProfileName=made.rsplit("/", 1)[-1])
                found = profile["InstanceProfile"]["Arn"]
            case "AWS::KMS::Key", "Arn":
                kms = self.account.client("kms")
                found = kms.describe_key(KeyId=made)["KeyMetadata"]["Arn"]
            case "AWS::IAM::Role", "Arn":
                found = self.account.client("iam").get_role(RoleName=made)["Role"]["Arn"]
            case "AWS::EC2::LaunchTemplate", "LatestVersionNumber":
                ec2 = self.account.client("ec2")
                [one] = ec2.describe_launch_templates(LaunchTemplateIds=[made])["LaunchTemplates"]
                found = str(one["LatestVersionNumber"])
            case "AWS::FSx::FileSystem", "DNSName" | "LustreMountName":
                [resource] = [
                    one
                    for one in self.account.client("fsx").describe_file_systems()["FileSystems"]
                    if one["FileSystemId"] == made
                ]
                found = (
                    resource["DNSName"]
                    if attribute == "DNSName"
                    else resource["LustreConfiguration"]["MountName"]
                )
            case _:
                raise NotImplementedError(f"{kind}.{attribute}")
        return found


def _differences(expected: Any, actual: Any, path: str) -> Iterator[str]:
    """Yield where `actual` lacks or contradicts `expected`; it may say more."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, item in expected.items():
            yield from _differences(item, actual.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif expected != actual and str(expected).lower() != str(actual).lower():
        yield f"{path}: {expected!r} is {actual!r}"


def _environment(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    batch = stack.account.client("batch")
    [actual] = batch.describe_compute_environments(computeEnvironments=[made])[
        "computeEnvironments"
    ]
    expected = _without(to_api(props), WRITE_ONLY)
    for one in (expected, actual):
        if reference := one["computeResources"].get("launchTemplate"):
            # A rollback adds a version with the old content: the content is what counts.
            reference["content"] = _version(
                stack, reference.pop("launchTemplateId"), reference.pop("version")
            )
    return {**expected, "status": "VALID"}, actual


def _queue(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    batch = stack.account.client("batch")
    [actual] = batch.describe_job_queues(jobQueues=[made])["jobQueues"]
    return {**to_api(props), "status": "VALID"}, actual


def _launch_template(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    expected = dict(props["LaunchTemplateData"])
    expected["UserData"] = base64.b64decode(expected["UserData"]).decode()
    return expected, _version(stack, made, "$Latest")


def _version(stack: Deployed, template: str, version: str) -> JSON:
    """Return the data of a version of a launch template, user data decoded."""
    ec2 = stack.account.client("ec2")
    [found] = ec2.describe_launch_template_versions(
        LaunchTemplateId=template, Versions=[str(version)]
    )["LaunchTemplateVersions"]
    data: JSON = found["LaunchTemplateData"]
    return {**data, "UserData": base64.b64decode(data["UserData"]).decode()}


def _role(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    iam = stack.account.client("iam")
    role = iam.get_role(RoleName=made)["Role"]
    names = iam.list_role_policies(RoleName=made)["PolicyNames"]
    policies = {
        name: iam.get_role_policy(RoleName=made, PolicyName=name)["PolicyDocument"]
        for name in names
    }
    expected = {key: value for key, value in props.items() if key not in {"Policies", "Tags"}}
    expected["Policies"] = {
        policy["PolicyName"]: policy["PolicyDocument"] for policy in props.get("Policies", [])
    }
    if boundary := expected.pop("PermissionsBoundary", None):
        expected["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
    return {**expected, "Tags": _pairs(props)}, {
        **role,
        "AssumeRolePolicyDocument": _document(role["AssumeRolePolicyDocument"]),
        "Policies": {name: _document(one) for name, one in policies.items()},
        "Tags": _pairs(role),
    }


def _profile(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    iam = stack.account.client("iam")
    actual = iam.get_instance_profile(InstanceProfileName=made.rsplit("/", 1)[-1])[
        "InstanceProfile"
    ]
    return props, {**actual, "Roles": [role["RoleName"] for role in actual["Roles"]]}


def _efs(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    efs = stack.account.client("efs")
    [actual] = efs.describe_file_systems(FileSystemId=made)["FileSystems"]
    backup = efs.describe_backup_policy(FileSystemId=made)["BackupPolicy"]
    expected = {**props, "FileSystemTags": _pairs(props, "FileSystemTags")}
    return expected, {**actual, "BackupPolicy": backup, "FileSystemTags": _pairs(actual)}


def _mount_target(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    efs = stack.account.client("efs")
    [actual] = efs.describe_mount_targets(MountTargetId=made)["MountTargets"]
    groups = efs.describe_mount_target_security_groups(MountTargetId=made)["SecurityGroups"]
    return props, {**actual, "SecurityGroups": groups}


def _fsx(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    fsx = stack.account.client("fsx")
    [actual] = fsx.describe_file_systems(FileSystemIds=[made])["FileSystems"]
    expected = _without(props, {"SecurityGroupIds"})  # the API does not tell the groups
    return {**expected, "Tags": _pairs(props)}, {**actual, "Tags": _pairs(actual)}


def _log_group(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    logs = stack.account.client("logs")
    [actual] = logs.describe_log_groups(logGroupNamePrefix=made)["logGroups"]
    return _without(props, {"Tags"}), {
        "LogGroupName": actual["logGroupName"],
        "RetentionInDays": actual.get("retentionInDays"),
        "KmsKeyId": actual.get("kmsKeyId"),
    }


def _bucket(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    s3 = stack.account.client("s3")
    encryption = s3.get_bucket_encryption(Bucket=made)["ServerSideEncryptionConfiguration"]
    [rule] = encryption["Rules"]
    [asked] = props["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=made)["Rules"]
    return (
        {
            "Algorithm": asked["ServerSideEncryptionByDefault"]["SSEAlgorithm"],
            "Key": asked["ServerSideEncryptionByDefault"].get("KMSMasterKeyID"),
            "Blocked": props["PublicAccessBlockConfiguration"],
            "Ownership": props["OwnershipControls"]["Rules"],
            "Versioning": props.get("VersioningConfiguration", {}).get("Status"),
            "Expires": {
                one["Prefix"]: one["ExpirationInDays"]
                for one in props["LifecycleConfiguration"]["Rules"]
                if "ExpirationInDays" in one
            },
            "Tags": _pairs(props),
        },
        {
            "Algorithm": rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
            "Key": rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID"),
            "Blocked": s3.get_public_access_block(Bucket=made)["PublicAccessBlockConfiguration"],
            "Ownership": s3.get_bucket_ownership_controls(Bucket=made)["OwnershipControls"][
                "Rules"
            ],
            "Versioning": s3.get_bucket_versioning(Bucket=made).get("Status"),
            "Expires": {
                one.get("Filter", one)["Prefix"]: one["Expiration"]["Days"]
                for one in lifecycle
                if "Expiration" in one
            },
            "Tags": _pairs({"Tags": s3.get_bucket_tagging(Bucket=made)["TagSet"]}),
        },
    )


def _bucket_policy(stack: Deployed, _made: str, props: JSON) -> tuple[JSON, JSON]:
    policy = stack.account.client("s3").get_bucket_policy(Bucket=props["Bucket"])["Policy"]
    return {"PolicyDocument": props["PolicyDocument"]}, {"PolicyDocument": _document(policy)}


def _key(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    kms = stack.account.client("kms")
    policy = kms.get_key_policy(KeyId=made, PolicyName="default")["Policy"]
    return (
        {"KeyPolicy": props["KeyPolicy"], "Rotated": True, "Description": props["Description"]},
        {
            "KeyPolicy": _document(policy),
            "Rotated": kms.get_key_rotation_status(KeyId=made)["KeyRotationEnabled"],
            "Description": kms.describe_key(KeyId=made)["KeyMetadata"]["Description"],
        },
    )


def _security_group(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    ec2 = stack.account.client("ec2")
    [actual] = ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"]
    resources = stack.template["Resources"]
    rules = [
        stack.properties(key)
        for key, one in resources.items()
        if one["Type"] == "AWS::EC2::SecurityGroupIngress"
        and stack.properties(key)["GroupId"] == made
    ]
    return (
        {
            "VpcId": props.get("VpcId"),
            "GroupDescription": props["GroupDescription"],
            "Tags": _pairs(props),
            "Ingress": sorted((rule["FromPort"], rule["ToPort"]) for rule in rules),
            "Egress": len(props["SecurityGroupEgress"]),
        },
        {
            "VpcId": actual["VpcId"],
            "GroupDescription": actual["Description"],
            "Tags": _pairs(actual),
            "Ingress": sorted(
                (rule["FromPort"], rule["ToPort"]) for rule in actual["IpPermissions"]
            ),
            "Egress": sum(
                len(rule["IpRanges"]) + len(rule["Ipv6Ranges"])
                for rule in actual["IpPermissionsEgress"]
            ),
        },
    )


def _vpc(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    [actual] = stack.account.client("ec2").describe_vpcs(VpcIds=[made])["Vpcs"]
    return {"CidrBlock": props["CidrBlock"], "Tags": _pairs(props)}, {
        **actual,
        "Tags": _pairs(actual),
    }


def _subnet(stack: Deployed, made: str, props: JSON) -> tuple[JSON, JSON]:
    [actual] = stack.account.client("ec2").describe_subnets(SubnetIds=[made])["Subnets"]
    return {**props, "Tags": _pairs(props)}, {**actual, "Tags": _pairs(actual)}


READERS: dict[str, Callable[[Deployed, str, JSON], tuple[JSON, JSON]]] = {
    "AWS::Batch::ComputeEnvironment": _environment,
    "AWS::Batch::JobQueue": _queue,
    "AWS::EC2::LaunchTemplate": _launch_template,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::EFS::FileSystem": _efs,
    "AWS::EFS::MountTarget": _mount_target,
    "AWS::FSx::FileSystem": _fsx,
    "AWS::IAM::InstanceProfile": _profile,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
}


def _pairs(of: JSON, key: str = "Tags") -> dict[str, str]:
    """Return tags as a dictionary, without CloudFormation's own."""
    return {
        tag["Key"]: tag["Value"]
        for tag in of.get(key, ())
        if not tag["Key"].startswith("aws:cloudformation:")
    }


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _without(value: Any, names: set[str]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _without(item, names) for key, item in value.items() if key not in names}
