# SPDX-License-Identifier: Apache-2.0
"""The CDK CLI itself, pinned: bootstrap, deploy, diff, deploy a change, destroy."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch import ForgeConfig

if TYPE_CHECKING:
    from tests.lifecycle.account import Account
    from tests.lifecycle.emulator.server import Emulator

CDK = Path(__file__).parents[1] / "node_modules" / "aws-cdk" / "bin" / "cdk"
STACK = "SeqeraCli"


def _synth(folder: Path, max_cpus: int) -> Path:
    """Write the app as users deploy it, with the bootstrap's own synthesizer."""
    from seqera_batch.stack import SeqeraBatchStack, new_app

    app = new_app(outdir=str(folder))
    config = ForgeConfig.from_dict(
        {
            "name": "cli",
            "region": "eu-west-1",
            "work_dir": "s3://work/dir",
            "forge": {"type": "SPOT", "max_cpus": max_cpus, "instance_types": ["m6id"]},
        }
    )
    SeqeraBatchStack(app, STACK, config=config)
    app.synth()
    return folder


def _cdk(emulator: Emulator, home: Path, *arguments: str) -> str:
    """Run the CLI against the emulator, on the Node.js that the tests run on."""
    inherited = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    done = subprocess.run(
        [os.environ.get("JSII_NODE", "node"), str(CDK), "--no-notices", "--no-color", *arguments],
        cwd=home,
        env={
            **inherited,
            **emulator.environment,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
            "HOME": str(home),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def test_life_under_the_cli(emulator: Emulator, account: Account, tmp_path: Path) -> None:
    """What users type works, and what is deployed is what diff compares with."""
    if not CDK.is_file():
        pytest.skip("the CDK CLI is missing: `make setup` installs it with npm")
    batch = account.client("batch")
    before = account.inventory()
    first, second = _synth(tmp_path / "first", 64), _synth(tmp_path / "second", 128)
    deploy = ("deploy", "--require-approval", "never", "--progress", "events", "--app")

    _cdk(emulator, tmp_path, "bootstrap", "aws://123456789012/eu-west-1")
    bootstrapped = account.inventory()
    _cdk(emulator, tmp_path, *deploy, str(first))
    assert "Number of stacks with differences: 0" in _cdk(
        emulator, tmp_path, "diff", "--app", str(first)
    )
    arns = {
        one["computeEnvironmentArn"]: one["computeResources"]["maxvCpus"]
        for one in batch.describe_compute_environments()["computeEnvironments"]
    }
    assert set(arns.values()) == {64}

    _cdk(emulator, tmp_path, *deploy, str(second))
    changed = {
        one["computeEnvironmentArn"]: one["computeResources"]["maxvCpus"]
        for one in batch.describe_compute_environments()["computeEnvironments"]
    }
    assert changed == dict.fromkeys(arns, 128)

    _cdk(emulator, tmp_path, "destroy", "--force", "--app", str(second))
    assert account.inventory() == bootstrapped
    assert bootstrapped > before
    toolkit = account.client("s3").list_buckets()["Buckets"]
    for bucket in toolkit:
        _empty(account, bucket["Name"])
    account.delete("CDKToolkit")


def _empty(account: Account, bucket: str) -> None:
    s3 = account.client("s3")
    for version in s3.list_object_versions(Bucket=bucket).get("Versions", []):
        s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
