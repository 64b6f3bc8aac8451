# SPDX-License-Identifier: Apache-2.0
"""The rule about container images in Amazon ECR: roles pull from what they are given alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from seqera_batch.catalog import sources
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity

_IN_ECR = re.compile(
    r"\b(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.-]*[a-z]"
    r"(?:/(?P<name>[a-z0-9._/*-]*))?"
)
"""A registry's address, with what is said of the repository in it: a name, or how names start."""


@rule("ecr-image", source=sources.AWS_ECR_CROSS_ACCOUNT, severity=Severity.WARNING)
def ecr_image(config: EnvironmentFile) -> Breaches:
    """Images of Amazon ECR that the file names are in repositories that roles may pull from."""
    if config.execution_role is not None:
        return
    listed = config.aws.ecr_repositories
    allowed = [_repository(config, one) for one in listed or ("*",)]
    for path, image in _images(config):
        account, region, name = _repository(config, image)
        if any(
            (account, region) == (whose, where)
            and (fnmatchcase(name, pattern) or pattern.startswith(f"{name}/" if name else ""))
            for whose, where, pattern in allowed
        ):
            continue
        yield Breach(
            path=path,
            message="no role of the environment may pull from this repository",
            value=image,
            allowed=f"images of {', '.join(listed)}, and those outside Amazon ECR"
            if listed
            else f"images of the environment's account in {config.region}, and those outside "
            "Amazon ECR",
            fix=f"add {image} to aws.ecr_repositories"
            + ("" if listed else ", and whatever else of Amazon ECR images come from")
            + "; what is another account's has to let this one pull",
            about=("region", "aws.account", "aws.ecr_repositories", "execution_role"),
        )


def _images(config: EnvironmentFile) -> Iterator[tuple[str, str]]:
    """Yield what of Amazon ECR the file names, with the field that does."""
    head = config.aws.head_job_definition
    texts = {
        "aws.head_job_definition.image": "" if head is None else head.image,
        "nextflow_config": config.nextflow_config or "",
    }
    for path, text in texts.items():
        found = (one[0].rstrip("/.") for one in _IN_ECR.finditer(text))
        yield from ((path, image) for image in dict.fromkeys(found))


def _repository(config: EnvironmentFile, image: str) -> tuple[str | None, str, str]:
    """Return account (None for the environment's), region and name of repositories."""
    found = _IN_ECR.match(image)
    if found is None:
        return None, config.region, image
    # Where the file does not say whose account it is for, one of its region may be that.
    own = found["account"] == config.aws.account or (
        config.aws.account is None and found["region"] == config.region
    )
    return None if own else found["account"], found["region"], found["name"] or ""
