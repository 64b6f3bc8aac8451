# SPDX-License-Identifier: Apache-2.0
"""What other tools are told of the key of pipeline secrets, and of the jobs' log group."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.handoff.export import export, role_arns
from seqera_batch.handoff.outputs import role_outputs
from seqera_batch.handoff.target import Request
from seqera_batch.plan import ForgePlan

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig
    from tests.conftest import Configure

ARN = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
DEPLOYED = {
    **{name: f"arn:aws:iam::111122223333:role/{kind}" for kind, name in role_outputs().items()},
    "KmsKeyArn": ARN,
}


def _settings(config: ForgeConfig, outputs: dict[str, str] | None = None) -> dict[str, Any]:
    request = Request(target="api", credentials="1a2b3c")
    made = export(ForgePlan.of(config), request, outputs=outputs)
    assert made.rendered is not None
    settings: dict[str, Any] = json.loads(made.rendered.text)["computeEnv"]["config"]
    return settings


@pytest.mark.parametrize(
    ("key", "outputs", "told"),
    [
        ({"arn": ARN}, None, ARN),
        ({"create": True}, None, None),
        ({"create": True}, DEPLOYED, ARN),
    ],
)
def test_key_of_secrets(
    configure: Configure, key: dict[str, Any], outputs: dict[str, str] | None, told: str | None
) -> None:
    """A key is told as soon as anybody knows it: from the file, or from the deployment."""
    config = configure({}, {"kms_key": key})
    assert _settings(config, outputs).get("secretsKmsKeyId") == told


def test_terraform_cannot_say_it(configure: Configure) -> None:
    """The provider has no attribute for the key, which is said instead of dropped in silence."""
    config = configure({}, {"kms_key": {"arn": ARN}})
    made = export(ForgePlan.of(config), Request(target="terraform"))
    assert made.rendered is not None
    assert ARN not in made.rendered.text
    assert "aws.kms_key" in [problem.path for problem in made.problems]


def test_without_a_key(configure: Configure) -> None:
    """Without a key of the user's nothing is told, and nothing is missing from the outputs."""
    config = configure()
    assert "secretsKmsKeyId" not in _settings(config)
    deployed = {name: arn for name, arn in DEPLOYED.items() if name != "KmsKeyArn"}
    assert role_arns(ForgePlan.of(config), deployed).keys() == role_outputs().keys()


def test_log_group(configure: Configure) -> None:
    """Platform is told of the group that is created, by the name it then has."""
    assert "logGroup" not in _settings(configure())
    created = configure({}, {"logs": {"create_job_log_group": True}})
    assert _settings(created)["logGroup"] == "/seqera-batch/TowerForge-demo/jobs"
