# SPDX-License-Identifier: Apache-2.0
"""Every example: created, read back, changed, rolled back, deleted with nothing left behind."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig
from tests.lifecycle.account import Outcome
from tests.lifecycle.readback import Deployed
from tests.night import AT_NIGHT, COVERING, unlike_others

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lifecycle.account import Account
    from tests.lifecycle.conftest import Synthesize
    from tests.lifecycle.surroundings import Surroundings

EXAMPLES = {file.stem: file for file in sorted(Path(__file__).parents[2].glob("examples/*.*"))}

ANYWHERE = {"efs", "fsx", "spot-fusion-ebs", "spot-fusion-nvme"}
"""Examples that name nothing of somebody's account (but a network), so any account takes them; a
bucket's name is taken once in the world."""

NEVER_REPLACED = {"AWS::Batch::ComputeEnvironment", "AWS::Batch::JobQueue"}


def _forge(**changes: Any) -> Callable[[ForgeConfig], ForgeConfig]:
    def change(config: ForgeConfig) -> ForgeConfig:
        assert config.forge is not None
        return config.model_copy(update={"forge": config.forge.model_copy(update=changes)})

    return change


def _top(**changes: Any) -> Callable[[ForgeConfig], ForgeConfig]:
    return lambda config: config.model_copy(update=changes)


FORGE_CHANGES = {
    "vcpus": _forge(max_cpus=512),
    "labels": _top(labels={"team": "genomics", "Name": "changed"}),
    "disk": _forge(ebs_boot_size=333),
}
MANUAL_CHANGES = {
    "bucket": _top(work_dir="s3://example-other-work/nextflow"),
    "labels": _top(labels={"team": "genomics"}),
}


def _changes(name: str) -> dict[str, Callable[[ForgeConfig], ForgeConfig]]:
    return MANUAL_CHANGES if name == "manual" else FORGE_CHANGES


@pytest.fixture(scope="module")
def templates(
    synthesize: Synthesize, account: Account, surroundings: Surroundings
) -> dict[str, dict[str, Any]]:
    """Return each example's template, and after each change: `efs`, `efs+labels`."""
    configs = {}
    for name, file in EXAMPLES.items():
        if not AT_NIGHT and name not in {*COVERING, *ANYWHERE, "manual"}:
            continue
        configs[name] = config = ForgeConfig.from_file(file).model_copy(
            update={"region": account.region}
        )
        for change, apply in _changes(name).items():
            configs[f"{name}--{change}"] = apply(config)
    made = synthesize(configs)
    return {name: surroundings.within(template) for name, template in made.items()}


@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(name, marks=pytest.mark.aws) for name in sorted(ANYWHERE)),
        "manual",
        *unlike_others(sorted(EXAMPLES.keys() - ANYWHERE - {"manual"})),
    ],
)
def test_life_of_an_example(
    name: str, templates: dict[str, dict[str, Any]], account: Account
) -> None:
    """All that a template sets is there, follows changes, comes back, and goes."""
    stack = f"seqera-batch-test-{name}"
    template = templates[name]
    before = account.inventory()
    try:
        made = account.create(stack, template)
        assert made.status == "CREATE_COMPLETE", made.reasons
        assert Deployed(account, stack, template).differences() == []

        for change in _changes(name):
            changed = templates[f"{name}--{change}"]
            assert changed != template, change
            updated = account.update(stack, changed)
            assert updated.status == "UPDATE_COMPLETE", updated.reasons
            replaced = {
                template["Resources"][key]["Type"]
                for key, outcome in updated.outcomes.items()
                if outcome is Outcome.REPLACED
            }
            assert not replaced & NEVER_REPLACED, change
            assert Deployed(account, stack, changed).differences() == []

        back = account.update(stack, _impossible(changed, template))
        assert back.status == "UPDATE_ROLLBACK_COMPLETE"
        assert back.reasons
        assert Deployed(account, stack, changed).differences() == []

        again = account.update(stack, template)
        assert again.status == "UPDATE_COMPLETE", again.reasons
        assert Deployed(account, stack, template).differences() == []
        kept = account.kept(stack, template)
    finally:
        gone = account.delete(stack)
    assert gone.status == "DELETE_COMPLETE", gone.reasons
    assert account.inventory() - before == kept
    # Kept with its data, as the template says; the test's own data is nobody's.
    account.remove(kept)


def _impossible(changed: dict[str, Any], original: dict[str, Any]) -> dict[str, Any]:
    """Return the original with a last resource that no service accepts, so all else comes first."""
    template = copy.deepcopy(original)
    template["Resources"]["Impossible"] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {"GroupId": "sg-00000000000000000", "IpProtocol": "-1"},
        "DependsOn": sorted(original["Resources"]),
    }
    return template
