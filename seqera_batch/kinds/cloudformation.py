# SPDX-License-Identifier: Apache-2.0
"""AWS CloudFormation: what a function of the stack makes in its place."""

from __future__ import annotations

from seqera_batch.kinds.kind import NOTHING, Kind

REGISTRATION = Kind(
    type="Custom::SeqeraComputeEnvironment",
    title="registration with Seqera Platform",
    create_only="ServiceToken",
    # What goes with it is in Platform, which keeps what runs still use.
    stakes=NOTHING,
    tags=None,
    # It is the function that is called, and the function's record names it.
    arns="",
    calls="lambda:InvokeFunction",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
    "template-custom-resources-lambda.html",
)
