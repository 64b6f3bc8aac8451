# SPDX-License-Identifier: Apache-2.0
"""Rules about the ARNs in a file: each is of the environment's partition and account."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import get_args

from pydantic import BaseModel

from seqera_batch.catalog import sources
from seqera_batch.catalog.regions import Region
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.config.shape import section_of
from seqera_batch.problems import Severity

OF_OTHERS = ("aws.platform_access.role.principals", "aws.bucket_kms_keys", "aws.iam.statements")
"""Fields that may well name what is another account's: who takes a role, keys of shared buckets,
what a statement of one's own allows."""
_JUDGED_ALONE = ("aws.kms_key.arn", "aws.operations.topic")
"""Fields with a rule of their own about the account."""
_AWS_OWN = "aws"
"""Stands for the account in ARNs of what AWS manages."""
_PARTS = 6


@rule("arn-partition", source=sources.AWS_ARNS)
def arn_partition(config: EnvironmentFile) -> Breaches:
    """Every ARN is of the partition that the region is in."""
    partition = Region.of(config.region).partition
    for path, parts in arns(config):
        if parts[1] != partition:
            yield Breach(
                path=path,
                message=f"the ARN is of the partition {parts[1]}, which shares nothing with "
                f"{config.region}",
                value=":".join(parts),
                allowed=f"arn:{partition}:…",
                fix="give the ARN of this partition, or another region",
                about=("region",),
            )


@rule("iam-account", source=sources.AWS_IAM_PASSING)
def iam_account(config: EnvironmentFile) -> Breaches:
    """Roles, profiles, policies and providers of IAM are of the environment's account."""
    of_iam = [(path, parts) for path, parts in arns(config) if parts[2] == "iam"]
    of_iam = [
        (path, parts)
        for path, parts in of_iam
        if parts[4] != _AWS_OWN and not path.startswith(OF_OTHERS)
    ]
    account, said = config.aws.account, "aws.account"
    if account is None and of_iam:
        # Without one they are at least of one account.
        account, said = of_iam[0][1][4], of_iam[0][0]
    for path, parts in of_iam:
        if parts[4] != account:
            yield Breach(
                path=path,
                message=f"this is of the account {parts[4]}, and {said} of {account}: no account "
                "can use another one's",
                value=":".join(parts),
                allowed=f"one of {account}",
                fix="give the ARN in this account" + (", or correct aws.account" * (said != path)),
                about=(said,),
            )


@rule("arn-account", source=sources.AWS_RESOURCE_POLICIES, severity=Severity.WARNING)
def arn_account(config: EnvironmentFile) -> Breaches:
    """Secrets and keys are of the environment's account, or shared with it by their policy."""
    account = config.aws.account
    for path, parts in arns(config):
        if account in (None, parts[4]) or parts[2] == "iam":
            continue
        if not path.startswith((*OF_OTHERS, *_JUDGED_ALONE)):
            yield Breach(
                path=path,
                message=f"this is of the account {parts[4]}, whose policy has to let {account} in",
                value=":".join(parts),
                allowed=f"one of {account}",
                fix="take one of this account, or acknowledge this warning",
                about=("aws.account",),
            )


def arns(config: EnvironmentFile) -> Iterator[tuple[str, list[str]]]:
    """Yield path and parts of each ARN that stands in a field for ARNs and is known by now."""
    for path, text in _texts(config, ""):
        parts = text.split(":", _PARTS - 1)
        # An app may pass values that only the deployment tells.
        if len(parts) == _PARTS and "$" not in "".join(parts[:5]):
            yield path, parts


def _texts(section: BaseModel, before: str) -> Iterator[tuple[str, str]]:
    given = section.model_fields_set
    for name, holds_section in _fields(type(section)).items():
        if name not in given:
            continue
        value, path = getattr(section, name), f"{before}{name}"
        if holds_section:
            for number, one in enumerate(value if isinstance(value, tuple) else [value]):
                place = f"{path}[{number}]" if isinstance(value, tuple) else path
                if one is not None:
                    yield from _texts(one, f"{place}.")
            continue
        values: dict[str, object] = {path: value}
        if isinstance(value, tuple):
            values = {f"{path}[{number}]": one for number, one in enumerate(value)}
        elif isinstance(value, dict):
            values = {f"{path}.{key}": one for key, one in value.items()}
        yield from ((at, str(one)) for at, one in values.items() if str(one).startswith("arn:"))


@cache
def _fields(model: type[BaseModel]) -> dict[str, bool]:
    """Return the fields that may hold ARNs, and whether they hold sections."""
    sections = {name: section_of(model, name) is not None for name in model.model_fields}
    return {
        name: is_section
        for name, is_section in sections.items()
        if is_section or any("arn:aws" in pattern for pattern in _patterns(model, name))
    }


def _patterns(model: type[BaseModel], name: str) -> Iterator[str]:
    """Yield the patterns of a field and of what its lists and mappings hold."""
    field = model.model_fields[name]

    def inside(part: object) -> Iterator[str]:
        pattern = getattr(part, "pattern", None)
        if isinstance(pattern, str):
            yield pattern
        for argument in get_args(part):
            yield from inside(argument)

    for part in (*field.metadata, field.annotation):
        yield from inside(part)
