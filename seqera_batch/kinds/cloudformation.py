# SPDX-License-Identifier: Apache-2.0
"""AWS CloudFormation: what a function of the stack makes in its place."""

from __future__ import annotations

from seqera_batch.kinds.kind import Kind, Stakes

REGISTRATION = Kind(
    type="Custom::SeqeraComputeEnvironment",
    title="registration with Seqera Platform",
    create_only="ServiceToken",
    stakes=Stakes(rights="the environment goes from Platform, and nobody launches on it there"),
    tags=None,
    # It is the function that is called, and the function's record names it.
    arns="",
    calls="lambda:InvokeFunction",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
    "template-custom-resources-lambda.html",
)
