# SPDX-License-Identifier: Apache-2.0
"""What each workload of Platform may do, told by the tag of its session."""

from __future__ import annotations

from dataclasses import replace

from seqera_batch.policies.document import PolicyDocument, Statement

WORKLOAD = "aws:PrincipalTag/seqera:workload"
"""Written by AWS from Platform's token, at which the trust asks for the provider's word."""
PLATFORM, DATA, STUDIO, WORKFLOW = "platform", "data", "studio", "workflow"

_BROWSED = (DATA, STUDIO)
_READ = (DATA, PLATFORM, STUDIO)
_NEEDED = {
    "S3FindDataBuckets": _BROWSED,
    "S3FindWorkDirectory": _READ,
    "S3ListBuckets": (DATA,),
    "S3ListDataBuckets": _BROWSED,
    "S3ListDataFolder": _BROWSED,
    "S3ListWorkDirectory": _READ,
    "S3ProbeBuckets": (WORKFLOW,),
    "S3ReadRunFiles": _READ,
    "S3UseData": _BROWSED,
    "UseBucketKeys": _READ,
}
"""Statements by Sid, numbers left out, with who needs them; all others `platform` alone does."""


def separate(document: PolicyDocument) -> PolicyDocument:
    """Return the document in which each statement is for the workloads that need it."""
    return PolicyDocument(tuple(map(_held, document.statements)))


def _held(statement: Statement) -> Statement:
    who = _NEEDED.get(statement.sid.rstrip("0123456789"), (PLATFORM,))
    equal = {**statement.conditions.get("StringEquals", {}), WORKLOAD: list(who)}
    return replace(statement, conditions={**statement.conditions, "StringEquals": equal})
