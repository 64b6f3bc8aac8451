# SPDX-License-Identifier: Apache-2.0
"""Acknowledgements of findings where an app is Python: refused as they are on the command line."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from seqera_batch import BatchForge, ConfigError, ForgeConfig

FILE = {
    "name": "demo",
    "region": "eu-west-1",
    "work_dir": "s3://example-work/runs",
    "forge": {"type": "SPOT", "max_cpus": 64},
}
TRUST = "Deployer.IamManagement:escalation-UpdateAssumeRolePolicy"


def _build(finding: str) -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "S", env=cdk.Environment(region="eu-west-1"))
    acknowledgements = {finding: "the pipeline is ours"}
    config = ForgeConfig.from_dict({**FILE, "aws": {"acknowledgements": acknowledgements}})
    BatchForge(stack, "Forge", config=config)
    return stack


def test_of_a_finding() -> None:
    """What acknowledges a finding changes nothing in the stack."""
    assert _build(TRUST).node.find_all()


def test_of_nothing() -> None:
    """What acknowledges no finding stops the synthesis, with the field and the fix."""
    with pytest.raises(ConfigError, match=rf"aws\.acknowledgements\.{TRUST}s") as caught:
        _build(f"{TRUST}s")
    assert "did you mean" in str(caught.value)
