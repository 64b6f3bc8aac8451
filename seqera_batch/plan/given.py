# SPDX-License-Identifier: Apache-2.0
"""Whether what an app brings along goes together with the file."""

from __future__ import annotations

from collections.abc import Iterator

from seqera_batch.catalog.names import JOB_ROLES
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.file_systems import FILE_SYSTEMS, said
from seqera_batch.config.places import existing_place
from seqera_batch.problems import Problem


def given_problems(config: ForgeConfig) -> Iterator[Problem]:
    """Yield what is said twice, or cannot be together."""
    given = config.given
    if given.region not in {None, config.region}:
        yield _refused(
            "region",
            f"the environment is for {config.region}, the stack for {given.region}",
            f"give the stack env=Environment(region={config.region!r}), or change region",
        )
    yield from _network(config)
    yield from _file_systems(config)
    if given.key is not None and config.aws.kms_key is not None:
        yield _refused(
            "aws.kms_key",
            "a KMS key is passed, and the file asks for one too",
            "remove one of the two",
        )
    yield from _work_bucket(config)
    yield from _topic(config)
    for kind, field in JOB_ROLES.items():
        if kind in given.roles and getattr(config, field) is not None:
            yield _refused(
                field, "a role is passed, and the file names another", "remove one of the two"
            )


def _network(config: ForgeConfig) -> Iterator[Problem]:
    if config.given.network is None:
        return
    forge = config.forge
    if forge is None or config.aws.network is not None or forge.subnets:
        yield _refused(
            "vpc",
            (
                "a VPC is passed, and the file "
                + ("is in Manual mode" if forge is None else "describes a network too")
            ),
            "pass no vpc, or remove forge.vpc_id, forge.subnets and aws.network",
        )


def _file_systems(config: ForgeConfig) -> Iterator[Problem]:
    given = [kind for kind in FILE_SYSTEMS if kind.kind in config.given.file_systems]
    if not given:
        return
    if config.forge is None:
        yield _refused(
            "forge", "a file system is passed, and the file is in Manual mode", "pass none"
        )
        return
    for kind in given:
        for field in kind.asking:
            if said(config, field):
                yield _refused(
                    field,
                    f"an {kind.title} file system is passed, and the file describes another",
                    f"pass none, or remove {field}",
                )
    place, asked = existing_place(config), config.aws.network
    if place is None:
        yield _refused(
            "vpc",
            "a file system is passed, and nodes would start in a new VPC that it is not in",
            "pass the file system's vpc too, or name its subnets in the file",
        )
    elif asked is not None and asked.egress == "restricted" and not place.security_groups:
        yield _refused(
            "aws.network.egress",
            "the created security group would not let nodes out to the file system that is passed",
            "name security groups that do, or set aws.network.egress: all",
        )


def _topic(config: ForgeConfig) -> Iterator[Problem]:
    watched = config.aws.operations
    if config.given.topic is None:
        return
    if watched is None or watched.parts == ("dashboard",):
        yield _refused(
            "aws.operations",
            "a topic is passed, and nothing is watched that it would be told of",
            "pass none, or ask for parts of aws.operations in the file",
        )
        return
    owner, account = config.given.topic.split(":")[4:5], config.aws.account
    if owner and account not in {None, owner[0]} and watched.told_within:
        yield _refused(
            "aws.operations",
            f"the topic that is passed is of the account {owner[0]}, and the environment of "
            f"{account}: {', '.join(watched.told_within)} would tell nobody",
            f"pass a topic of {account}, or leave these parts out",
        )
    for field in ("topic", "emails"):
        if getattr(watched, field):
            yield _refused(
                f"aws.operations.{field}",
                "a topic is passed, and the file says who else is told",
                "remove it: whoever is to hear subscribes to the topic that is passed",
            )


def _work_bucket(config: ForgeConfig) -> Iterator[Problem]:
    bucket = config.given.work_bucket
    if bucket is None:
        return
    if config.aws.work_bucket is not None:
        yield _refused(
            "aws.work_bucket",
            "a work bucket is passed, and the file asks for one to be created",
            "remove one of the two",
        )
    named = config.work_directory.bucket
    if named is None or bucket.written not in {None, named}:
        yield _refused(
            "work_dir",
            f"the work directory {config.work_dir} is not in the bucket that is passed",
            f"set work_dir to s3://{bucket.written or '<its name>'}/work",
        )


def _refused(path: str, message: str, fix: str) -> Problem:
    return Problem("brought-along", path, message, fix=fix)
