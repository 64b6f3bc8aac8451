# SPDX-License-Identifier: Apache-2.0
"""Resources of many environments, and CloudFormation's own schemas."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment
from tests.lifecycle.update_matrix import ROWS

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resource, Resources

EXAMPLES = sorted(Path(__file__).parents[3].glob("examples/*.*"))
REGISTERED: dict[str, Any] = {
    "name": "registered",
    "region": "eu-west-1",
    "work_dir": "s3://example-work/runs",
    "credentials_id": "1a2b3c",
    "forge": {"type": "SPOT", "max_cpus": 64},
    "aws": {
        "platform_registration": {
            "token_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:t-a1b2c3"
        }
    },
}


def schema(type_: str) -> dict[str, Any]:
    """Return CloudFormation's schema of a type."""
    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
    return found


def resources_of(config: ForgeConfig) -> Resources:
    """Return all that the stack of an environment holds."""
    plan = ForgePlan.of(config)
    where = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    return environment(plan, where)


@cache
def made() -> tuple[Resource, ...]:
    """Return the resources of the examples, and of every field in every value of the matrix."""
    rows = {repr(one): one for row in ROWS for one in row.environments}
    configs = [
        *map(ForgeConfig.from_file, EXAMPLES),
        *map(ForgeConfig.from_dict, [REGISTERED, *rows.values()]),
    ]
    return tuple(one for config in configs for one in resources_of(config).values())
