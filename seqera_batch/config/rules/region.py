# SPDX-License-Identifier: Apache-2.0
"""The rule about the region."""

from __future__ import annotations

from seqera_batch.catalog import sources
from seqera_batch.catalog.regions import REGIONS, nearest
from seqera_batch.config.environment import EnvironmentFile
from seqera_batch.config.rules.rule import Breach, Breaches, rule
from seqera_batch.problems import Severity


@rule("stack-region", source=sources.AWS_CDK_ENVIRONMENTS, severity=Severity.WARNING, app_only=True)
def stack_region(config: EnvironmentFile) -> Breaches:
    """The stack of an app says its region, so that it is deployed in the environment's."""
    if config.given.region_open:
        yield Breach(
            path="region",
            message="the stack leaves its region open, and the environment is made for this one: "
            "ARNs in policies name it, and images, limits and zones are its own",
            value=config.region,
            allowed="a stack of the same region",
            fix=f"give the stack env=cdk.Environment(region={config.region!r}), or acknowledge "
            "this warning if it is deployed nowhere else",
        )


@rule("region-known", source=sources.AWS_REGIONS, severity=Severity.WARNING)
def region_known(config: EnvironmentFile) -> Breaches:
    """The region is one that AWS had when this release was made."""
    if config.region not in REGIONS:
        near = nearest(config.region)
        yield Breach(
            path="region",
            message="AWS has no such region, unless it is newer than this release",
            allowed="the code of a region of AWS, such as eu-west-1",
            fix=f"did you mean {near}?" if near else "check the code in the AWS console",
        )
