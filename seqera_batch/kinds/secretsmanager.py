# SPDX-License-Identifier: Apache-2.0
"""AWS Secrets Manager: secrets."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOT_SET, Kind, Stakes, kms_key_id

SECRET = Kind(
    type="AWS::SecretsManager::Secret",
    title="secret",
    create_only="Name",
    name="Name",
    stakes=Stakes(idle_cost="charged by the month"),
    kms_key=kms_key_id,
    # AWS adds six characters to the name.
    arns="secretsmanager:secret:{Name}-??????",
    # Those of KMS are not in the schema: Secrets Manager calls them for whoever stores a secret.
    calls="secretsmanager:CreateSecret DeleteSecret DescribeSecret GetSecretValue TagResource "
    "UntagResource UpdateSecret kms:Decrypt GenerateDataKey",
    omitted={
        NOT_SET: "secretsmanager:GetRandomPassword RemoveRegionsFromReplication "
        "ReplicateSecretToRegions"
    },
)
