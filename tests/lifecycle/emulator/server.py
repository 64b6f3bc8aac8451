# SPDX-License-Identifier: Apache-2.0
"""Start the emulator in a process of its own, on loopback and a free port, and end it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lifecycle.emulator.names import ACCOUNT, FAULTS, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
SERVICES = (
    *("batch", "cloudformation", "ec2", "ecr", "elasticfilesystem", "events", "iam", "kms"),
    *("lambda", "logs", "monitoring", "s3", "secretsmanager", "sns", "sqs", "ssm", "sts"),
    "tagging",
)
"""Services of ministack that are started."""

READY_SECONDS = 60
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    endpoint: str
    faults: Path
    log: Path

    @contextmanager
    def failing(self, logical_id: str, message: str = "failed on order") -> Iterator[None]:
        """Let the creation or update of a resource fail for a while."""
        self.faults.write_text(json.dumps({logical_id: message}), "utf-8")
        try:
            yield
        finally:
            self.faults.unlink()

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that point AWS's tools here and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }


@contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """Run the emulator, with its files in a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    emulator = Emulator(f"http://127.0.0.1:{port}", folder / "faults.json", folder / "log.txt")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
        "BIND_HOST": "127.0.0.1",  # it would listen on every interface otherwise
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "PYTHONPATH": str(ROOT),
        FAULTS: str(emulator.faults),
        "TMPDIR": str(folder),
        "IOT_MTLS_ENABLED": "0",  # it would listen on every interface
        "SERVICES": ",".join(SERVICES),
    }
    with emulator.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.lifecycle.emulator"],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, emulator)
            yield emulator
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], emulator: Emulator) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{emulator.endpoint}/_ministack/ready", timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(POLL_SECONDS)
    raise RuntimeError(f"the emulator did not start:\n{emulator.log.read_text('utf-8')[-2000:]}")
