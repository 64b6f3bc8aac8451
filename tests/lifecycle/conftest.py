# SPDX-License-Identifier: Apache-2.0
"""One emulator a session, or a real account where somebody asks for it by number."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from tests.lifecycle.account import Account
from tests.lifecycle.emulator.names import ACCOUNT, REGION
from tests.lifecycle.emulator.server import running
from tests.lifecycle.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seqera_batch.config.check import ForgeConfig
    from tests.lifecycle.emulator.server import Emulator

    Synthesize = Callable[[Mapping[str, ForgeConfig]], dict[str, dict[str, Any]]]

REAL_ACCOUNT = "SEQERA_BATCH_TEST_AWS_ACCOUNT"
"""Number of the real account to deploy into; the credentials must be that account's."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Against a real account, run what is marked for it and nothing else."""
    if REAL_ACCOUNT in os.environ:
        for item in items:
            if (
                Path(__file__).parent in item.path.parents
                and item.get_closest_marker("aws") is None
            ):
                item.add_marker(pytest.mark.skip(reason="needs the emulator"))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Run the emulator."""
    with running(tmp_path_factory.mktemp("emulator")) as started:
        yield started


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest) -> Account:
    """Return the emulated account, or the real one that the environment variable names."""
    if REAL_ACCOUNT in os.environ:
        return _real(os.environ[REAL_ACCOUNT])
    emulator: Emulator = request.getfixturevalue("emulator")
    settings = {
        "endpoint_url": emulator.endpoint,
        "aws_access_key_id": ACCOUNT,
        "aws_secret_access_key": "emulated",
    }
    return Account(REGION, settings, 0.01, 20, emulator)


def _real(number: str) -> Account:
    account = Account(os.environ.get("AWS_REGION", REGION), {}, 5, 1800)
    if not number:
        pytest.exit(f"{REAL_ACCOUNT} is empty: name the account; nothing was done", returncode=2)
    try:
        actual = account.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        pytest.exit(f"no credentials of account {number} ({error}): nothing was done", returncode=2)
    if actual != number:
        pytest.exit(f"the credentials are of account {actual}, not {number}: nothing was done")
    return account


@pytest.fixture(scope="session")
def surroundings(account: Account) -> Iterator[Surroundings]:
    """Make the VPC, subnets and group that environment files refer to; gone at the end."""
    made = Surroundings.make(account)
    yield made
    made.remove(account)


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Return a function that makes templates of configurations: one app for all of them."""
    from seqera_batch.stack import SeqeraBatchStack, new_app

    def synthesize(configs: Mapping[str, ForgeConfig]) -> dict[str, dict[str, Any]]:
        app = new_app(outdir=str(tmp_path_factory.mktemp("synth")))
        with pytest.MonkeyPatch.context() as allowing:
            # Versions of one environment, of which an app of somebody's has one.
            allowing.setattr("seqera_batch.constructs.forge.refuse_second", lambda *_, **__: None)
            for name, config in configs.items():
                SeqeraBatchStack(app, f"S-{name}", config=config)
        app.synth()
        folder = Path(app.outdir)
        return {name: _read(folder / f"S-{name}.template.json") for name in configs}

    return synthesize


def _read(file: Path) -> dict[str, Any]:
    """Return a template without what only the CDK CLI's bootstrap can satisfy."""
    template: dict[str, Any] = json.loads(file.read_text("utf-8"))
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    template.get("Rules", {}).pop("CheckBootstrapVersion", None)
    return {key: value for key, value in template.items() if value}
