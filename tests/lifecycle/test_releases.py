# SPDX-License-Identifier: Apache-2.0
"""Every example as an earlier release deployed it, updated to what the code makes today."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from scripts.record_release import FOLDER, made, unpacked
from tests.lifecycle.account import Outcome
from tests.releases.notes import upgrade_notes

if TYPE_CHECKING:
    from tests.lifecycle.account import Account, Deployment
    from tests.lifecycle.surroundings import Surroundings

RECORDS = {
    file.name.removesuffix(".json.gz"): unpacked(file) for file in sorted(FOLDER.glob("*.gz"))
}
DEPLOYED = [(release, name) for release, one in RECORDS.items() for name in one["templates"]]
SEEDED = "spot-fusion-nvme"
STACK = "seqera-batch-test-release"

GONE = {Outcome.REPLACED, Outcome.DELETED}

Templates = dict[str, dict[str, Any]]


def unsaid(deployment: Deployment, notes: str) -> list[str]:
    """Return what an update replaced or deleted that no upgrade note names by its logical id."""
    return [
        f"{key} is {outcome}"
        for key, outcome in deployment.outcomes.items()
        if outcome in GONE and f"`{key}`" not in notes
    ]


@pytest.fixture(scope="module")
def today(surroundings: Surroundings) -> dict[str, Templates]:
    """Return by release what the code makes of its examples."""
    return {name: surroundings.within(made(one["files"])[0]) for name, one in RECORDS.items()}


@pytest.fixture
def seed(today: dict[str, Templates]) -> dict[str, Any]:
    """Return a template to sow a mistake into."""
    newest = today[max(today, key=lambda one: tuple(map(int, one.split("."))))]
    return copy.deepcopy(newest[SEEDED])


def _update(account: Account, old: dict[str, Any], new: dict[str, Any]) -> Deployment:
    made = account.create(STACK, old)
    try:
        assert made.status == "CREATE_COMPLETE", made.reasons
        return account.update(STACK, new)
    finally:
        kept = account.kept(STACK, new)
        account.clear_away(STACK)
        account.remove(kept)


@pytest.mark.parametrize(("release", "example"), DEPLOYED)
def test_update_from_a_release(
    release: str,
    example: str,
    today: dict[str, Templates],
    account: Account,
    surroundings: Surroundings,
) -> None:
    """The update succeeds, and nothing goes or is replaced that the changelog does not say."""
    deployed = surroundings.within(RECORDS[release]["templates"][example])
    updated = _update(account, deployed, today[release][example])
    assert updated.status == "UPDATE_COMPLETE", updated.reasons
    found = unsaid(updated, upgrade_notes(release))
    advice = (
        f"a stack of {release} loses these: undo it, or put each into CHANGELOG.md under Upgrade, "
        "by its logical id in backticks, with what is lost and how to avoid it"
    )
    assert not found, "\n".join((advice, *found))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::Batch::JobQueue", "JobQueueName"),
        ("AWS::Batch::ComputeEnvironment", "ComputeEnvironmentName"),
        ("AWS::IAM::Role", "RoleName"),
    ],
)
def test_a_replacement_is_found(
    kind: str, name: str, seed: dict[str, Any], account: Account
) -> None:
    """One resource has another name: the test above would fail, until the changelog says it."""
    before = copy.deepcopy(seed)
    key = next(key for key, one in seed["Resources"].items() if one["Type"] == kind)
    seed["Resources"][key]["Properties"][name] = "another"
    updated = _update(account, before, seed)
    assert updated.status == "UPDATE_COMPLETE", updated.reasons
    assert f"{key} is replaced" in unsaid(updated, "")
    assert f"{key} is replaced" not in unsaid(updated, f"- `{key}` gets another name")


def test_another_id_is_found(seed: dict[str, Any], account: Account) -> None:
    """A resource under another logical id is the end of the one that was there."""
    key = next(
        key for key, one in seed["Resources"].items() if one["Type"] == "AWS::Logs::LogGroup"
    )
    renamed = json.loads(json.dumps(seed).replace(f'"{key}"', f'"{key}New"'))
    renamed["Resources"][f"{key}New"]["Properties"]["LogGroupName"] = "/another"
    updated = _update(account, seed, renamed)
    assert updated.status == "UPDATE_COMPLETE", updated.reasons
    assert f"{key} is deleted" in unsaid(updated, "")
