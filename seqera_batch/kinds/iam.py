# SPDX-License-Identifier: Apache-2.0
"""AWS IAM: roles, instance profiles, managed policies, users and their keys, providers."""

from __future__ import annotations

from seqera_batch.catalog.principals import EC2
from seqera_batch.kinds.kind import NOT_SET, NOTHING, Kind, Stakes

_BOUNDARY = "a boundary once set is not taken away"

ACCESS_KEY = Kind(
    type="AWS::IAM::AccessKey",
    title="access key",
    create_only="Serial UserName",
    stakes=Stakes(
        opens="a key that is valid until somebody deletes it",
        rights="whoever still uses the old key is refused",
    ),
    tags=None,
    arns="",
    calls="iam:CreateAccessKey DeleteAccessKey ListAccessKeys UpdateAccessKey",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
)

INSTANCE_PROFILE = Kind(
    type="AWS::IAM::InstanceProfile",
    title="instance profile",
    create_only="InstanceProfileName Path",
    name="InstanceProfileName",
    stakes=NOTHING,
    tags=None,
    arns="iam:instance-profile{Path}{InstanceProfileName}",
    calls="iam:AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile "
    "GetInstanceProfile RemoveRoleFromInstanceProfile",
    passes={"Roles": (EC2,)},
)

MANAGED_POLICY = Kind(
    type="AWS::IAM::ManagedPolicy",
    title="managed policy",
    create_only="Description ManagedPolicyName Path",
    name="ManagedPolicyName",
    stakes=NOTHING,
    tags=None,
    arns="iam:policy{Path}{ManagedPolicyName}",
    calls="iam:CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy "
    "GetPolicyVersion ListEntitiesForPolicy ListPolicyVersions",
    omitted={
        "roles and users name their policies, not the other way round": "iam:AttachGroupPolicy "
        "AttachRolePolicy AttachUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy"
    },
)

OIDC_PROVIDER = Kind(
    type="AWS::IAM::OIDCProvider",
    title="OpenID Connect provider",
    create_only="Url",
    stakes=Stakes(opens="workloads for which the provider vouches can take roles"),
    arns="iam:oidc-provider/{Url}",
    calls="iam:AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider "
    "DeleteOpenIDConnectProvider GetOpenIDConnectProvider ListOpenIDConnectProviderTags "
    "RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider",
    omitted={NOT_SET: "iam:UpdateOpenIDConnectProviderThumbprint"},
)

ROLE = Kind(
    type="AWS::IAM::Role",
    title="role",
    create_only="Path RoleName",
    name="RoleName",
    stakes=Stakes(rights="jobs under the old role lose its permissions"),
    arns="iam:role{Path}{RoleName}",
    calls="iam:AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole "
    "GetRolePolicy ListAttachedRolePolicies ListRolePolicies PutRolePermissionsBoundary "
    "PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
    omitted={_BOUNDARY: "iam:DeleteRolePermissionsBoundary"},
)

USER = Kind(
    type="AWS::IAM::User",
    title="user",
    create_only="UserName",
    name="UserName",
    stakes=Stakes(rights="its access keys end with it"),
    arns="iam:user{Path}{UserName}",
    calls="iam:AttachUserPolicy CreateUser DeleteUser DetachUserPolicy GetUser ListAccessKeys "
    "ListAttachedUserPolicies ListGroupsForUser ListUserPolicies ListUserTags "
    "PutUserPermissionsBoundary TagUser UntagUser",
    omitted={
        "our user has no password, groups or inline policies": "iam:AddUserToGroup "
        "CreateLoginProfile DeleteLoginProfile DeleteUserPolicy GetLoginProfile GetUserPolicy "
        "PutUserPolicy RemoveUserFromGroup UpdateLoginProfile UpdateUser",
        "keys are resources of their own": "iam:DeleteAccessKey",
        _BOUNDARY: "iam:DeleteUserPermissionsBoundary",
    },
)
