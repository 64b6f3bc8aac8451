# SPDX-License-Identifier: Apache-2.0
"""What holds data, as an app uses it: the key, the work bucket, file systems that are created."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk

from seqera_batch.catalog import ids
from seqera_batch.cloudformation.intrinsics import marked
from seqera_batch.constructs.part import Part
from seqera_batch.constructs.resource_policies import share_policy, stand_for, statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_fsx as fsx
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3


class EncryptionKey(Part):
    """The KMS key of everything that holds data."""

    FIELD = "key"

    def _complete(self, *, alone: bool) -> None:
        del alone
        share_policy(self, self.resources[ids.KMS_KEY].type, lambda: self.key)

    @property
    def cfn_key(self) -> kms.CfnKey:
        """The key as CloudFormation has it."""
        return self.resource(ids.KMS_KEY, cdk.aws_kms.CfnKey)

    @cached_property
    def key(self) -> kms.IKey:
        """The key; its grants to other accounts and to services are in its own policy."""
        made = self.cfn_key
        # `Key.from_key_arn` has no policy, and says of such grants that they succeeded;
        # `Key.from_cfn_key` puts roles into it too, which refer to the key. CDK's own class puts
        # them into theirs, and is made around our resource instead of its own.
        policy = cdk.aws_iam.PolicyDocument(statements=statements(made, made.key_policy))
        key = cdk.aws_kms.Key(self, "Key", policy=policy)
        stand_for(key, made)
        made.key_policy = policy
        return key

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Add a statement to the key's own policy, as another account needs it."""
        return self.key.add_to_resource_policy(statement)


class WorkBucket(Part):
    """The bucket of the work directory, and its policy."""

    FIELD = "work_bucket"

    @cached_property
    def encryption_key(self) -> kms.IKey | None:
        """Key that it is encrypted with, which its grants are about too; None with S3's own."""
        encryption = self.resources[ids.WORK_BUCKET].properties["BucketEncryption"]
        [rule] = encryption["ServerSideEncryptionConfiguration"]
        arn = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        if arn is None:
            return None
        if not marked(arn):
            return cdk.aws_kms.Key.from_key_arn(self, "KeyReference", arn)
        return next(one.key for one in self._beside if isinstance(one, EncryptionKey))

    @property
    def cfn_bucket(self) -> s3.CfnBucket:
        """The bucket as CloudFormation has it."""
        return self.resource(ids.WORK_BUCKET, cdk.aws_s3.CfnBucket)

    @property
    def cfn_bucket_policy(self) -> s3.CfnBucketPolicy:
        """Its policy as CloudFormation has it."""
        return self.resource(ids.WORK_BUCKET_POLICY, cdk.aws_s3.CfnBucketPolicy)

    @cached_property
    def bucket(self) -> s3.IBucket:
        """The bucket; its grants to other accounts and to services are in its own policy."""
        bucket = cdk.aws_s3.Bucket.from_bucket_attributes(
            self, "Bucket", bucket_name=self.cfn_bucket.ref, encryption_key=self.encryption_key
        )
        # A bucket has one policy: that of CDK's class goes into ours. `Bucket.from_cfn_bucket`
        # would make a second, and put roles into the key's policy, to which ours refer.
        policy = cdk.aws_s3.BucketPolicy(self, "Policy", bucket=bucket)
        policy.node.try_remove_child("Resource")
        made = self.cfn_bucket_policy
        policy.document.add_statements(*statements(made, made.policy_document))
        made.policy_document = policy.document
        cast("s3.BucketBase", bucket).policy = policy
        return bucket

    def add_to_resource_policy(
        self, statement: iam.PolicyStatement
    ) -> iam.AddToResourcePolicyResult:
        """Add a statement to the bucket's own policy, as another account needs it."""
        return self.bucket.add_to_resource_policy(statement)


class CreatedFileSystem(Part):
    """A file system that is created, with its mount targets or its association with a bucket."""

    FIELD = "file_systems"

    @property
    def cfn_file_system(self) -> cdk.CfnResource:
        """An `efs.CfnFileSystem` or an `fsx.CfnFileSystem`."""
        [made] = (
            self.resource(name)
            for name, one in self.resources.items()
            if one.type.endswith("::FileSystem")
        )
        return made

    @property
    def mount_targets(self) -> Sequence[efs.CfnMountTarget]:
        """Where nodes reach an EFS file system, one a subnet; none of another kind."""
        return tuple(self.all_of(cdk.aws_efs.CfnMountTarget).values())

    @cached_property
    def efs_file_system(self) -> efs.IFileSystem | None:
        """The EFS file system, for access points, grants and connections; None of another kind."""
        if not self.mount_targets:
            return None
        groups = self.mount_targets[0].security_groups
        return cdk.aws_efs.FileSystem.from_file_system_attributes(
            self, "Efs", file_system_id=self.cfn_file_system.ref, security_group=self._group(groups)
        )

    @cached_property
    def fsx_file_system(self) -> fsx.IFileSystem | None:
        """The FSx for Lustre file system, for connections; None of another kind."""
        made = self.cfn_file_system
        if not isinstance(made, cdk.aws_fsx.CfnFileSystem):
            return None
        return cdk.aws_fsx.LustreFileSystem.from_lustre_file_system_attributes(
            self,
            "Fsx",
            file_system_id=made.ref,
            dns_name=made.attr_dns_name,
            security_group=self._group(made.security_group_ids or ()),
        )

    def _group(self, groups: Sequence[str]) -> ec2.ISecurityGroup:
        return cdk.aws_ec2.SecurityGroup.from_security_group_id(self, "Group", groups[0])
