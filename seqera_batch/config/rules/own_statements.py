# SPDX-License-Identifier: Apache-2.0
"""Rules about rights that the file adds: statements of one's own, mail, buckets of others."""

from __future__ import annotations

import re

from seqera_batch.catalog import sources
from seqera_batch.catalog.s3 import parts_of
from seqera_batch.config.definitions import volumes
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

_PATH = "aws.iam.statements"
_OPERATOR = (
    r"(ForAnyValue:|ForAllValues:)?"
    r"(String(Not)?(Equals|EqualsIgnoreCase|Like)|(Numeric|Date)(Not)?Equals|"
    r"(Numeric|Date)(LessThan|GreaterThan)(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|"
    r"Arn(Not)?(Equals|Like))(IfExists)?|Null"
)


@rule("own-statement-reason", source=sources.AWS_IAM_STATEMENTS)
def own_statement_reason(config: EnvironmentFile) -> Breaches:
    """Every statement that the file adds says why, and so does every one on all resources."""
    for index, one in enumerate(config.aws.iam.statements):
        if one.reason.strip():
            continue
        everything = "*" in one.resources
        yield Breach(
            path=f"{_PATH}[{index}].reason",
            message="the statement holds for all resources, and gives no reason"
            if everything
            else "the statement gives no reason",
            allowed="a sentence that whoever reviews it understands",
            fix="write why it is needed" + (", or name ARNs as resources" * everything),
            about=(_PATH,),
        )


@rule("own-statement-once", source=sources.AWS_IAM_STATEMENTS)
def own_statement_once(config: EnvironmentFile) -> Breaches:
    """Statements that one role gets have different names."""
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(config.aws.iam.statements):
        names = {(role, one.name) for role in one.roles}
        if names & seen:
            yield Breach(
                path=f"{_PATH}[{index}].name",
                message="a role gets two statements of this name",
                allowed="a name of its own for each",
                fix="change the name, or put the two together",
                about=(_PATH,),
            )
        seen |= names


@rule("own-statement-role", source=sources.AWS_IAM_STATEMENTS)
def own_statement_role(config: EnvironmentFile) -> Breaches:
    """Statements are for roles that the environment creates."""
    existing = {
        "head_job": ("head_job_role", config.head_job_role, "HeadJobRole"),
        "compute_job": ("compute_job_role", config.compute_job_role, "ComputeJobRole"),
        "execution": ("execution_role", config.execution_role, "ExecutionRole"),
        "instance": ("aws.iam.instance_profile", config.aws.iam.instance_profile, "InstanceRole"),
    }
    for index, one in enumerate(config.aws.iam.statements):
        for role in one.roles:
            field, named, kind = existing[role]
            missing = role == "instance" and config.forge is None
            if named is None and not missing and kind not in config.given.roles:
                continue
            yield Breach(
                path=f"{_PATH}[{index}].roles",
                message="there are no nodes whose role could get it"
                if missing
                else "this role exists, and only its owner can give it more",
                value=role,
                allowed="a role that is created",
                fix="remove the role from the statement"
                if missing
                else f"give the role a policy of yours, or remove {field} to have it created",
                about=("forge" if missing else field,),
            )


@rule("own-statement-condition", source=sources.AWS_IAM_CONDITIONS)
def own_statement_condition(config: EnvironmentFile) -> Breaches:
    """Conditions of statements have IAM's operators, and keys below them."""
    for index, one in enumerate(config.aws.iam.statements):
        for operator, keys in one.condition.items():
            if re.fullmatch(_OPERATOR, operator) and keys:
                continue
            yield Breach(
                path=f"{_PATH}[{index}].condition",
                message="the operator has no keys" if not keys else "there is no such operator",
                value=operator,
                allowed="an operator of IAM with condition keys below it",
                fix="for example StringEquals: {aws:ResourceAccount: '111122223333'}",
                about=(_PATH,),
            )


@rule("bucket-owner-used", source=sources.AWS_RESOURCE_POLICIES)
def bucket_owner_used(config: EnvironmentFile) -> Breaches:
    """The owner is told of buckets that jobs use."""
    uris = [*config.aws.read_only_buckets, *(config.forge.allow_buckets if config.forge else ())]
    uris += [config.work_dir] if config.work_dir.startswith("s3://") else []
    used = sorted({parts_of(uri)[0] for uri in uris})
    for bucket in config.aws.bucket_owners:
        if bucket not in used:
            yield Breach(
                path=f"aws.bucket_owners.{bucket}",
                message="jobs do not use this bucket",
                value=bucket,
                allowed=", ".join(used) or "a bucket that jobs use",
                fix="add it to forge.allow_buckets or aws.read_only_buckets, or remove it",
                about=("forge.allow_buckets", "aws.read_only_buckets", "work_dir"),
            )


@rule("docker-socket", source=sources.DOCKER_SECURITY, severity=Severity.WARNING)
def docker_socket(config: EnvironmentFile) -> Breaches:
    """Job containers do not see Docker itself."""
    for path, volume in volumes(config):
        host = volume.partition(":")[0].rstrip("/")
        if host.endswith("/docker.sock") or host in {"", "/var/run", "/run", "/var/run/docker"}:
            yield Breach(
                path=path,
                message="who reaches Docker on a node has the node, its role, and every job on it",
                allowed="folders of data",
                fix="remove it, or acknowledge this warning",
            )
