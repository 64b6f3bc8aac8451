# SPDX-License-Identifier: Apache-2.0
"""The registration as data: what a review reads without CDK."""

from __future__ import annotations

import json

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.cloudformation.intrinsics import references
from seqera_batch.template import environment
from tests.unit.kinds.conftest import REGISTERED


def test_code_is_all_that_a_deployment_adds() -> None:
    """Every mark is of a resource or the account, but where the function's code will be."""
    config = ForgeConfig.from_dict(REGISTERED)
    plan = ForgePlan.of(config)
    made = environment(plan, plan.scope())
    marks = {mark for one in made.values() for mark in references(dict(one.properties))}
    assert marks - made.keys() == {"AWS::AccountId", "RegistrationCode"}


def test_the_body_is_json_with_marks() -> None:
    """Marks in the body stay text that is JSON, so that a review reads what Platform gets."""
    config = ForgeConfig.from_dict(REGISTERED)
    plan = ForgePlan.of(config)
    body = environment(plan, plan.scope())["Registration"].properties["Body"]
    settings = json.loads(body)["computeEnv"]["config"]
    role = "arn:aws:iam::@{AWS::AccountId}:role/TowerForge-registered-HeadJobRole"
    assert settings["headJobRole"] == role
