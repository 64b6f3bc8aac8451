# SPDX-License-Identifier: Apache-2.0
"""AWS KMS: keys."""

from __future__ import annotations

from seqera_batch.kinds.kind import Kind, Stakes

KEY = Kind(
    type="AWS::KMS::Key",
    title="KMS key",
    create_only="",
    stakes=Stakes(
        data="what it encrypts cannot be read any more",
        idle_cost="charged by the month, about 1 US dollar, and more for its first two rotations",
    ),
    arns="kms:key/*",
    calls="kms:CreateKey DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation "
    "GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy TagResource UntagResource "
    "UpdateKeyDescription",
    omitted={"the key is kept when the stack is deleted": "kms:ScheduleKeyDeletion"},
)
