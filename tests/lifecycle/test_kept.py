# SPDX-License-Identifier: Apache-2.0
"""What is kept on deletion is kept with everything that it holds on to, and its stack can go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.cloudformation.resource import reached
from seqera_batch.judge.effects import effects
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment
from tests.lifecycle.emulator.names import ACCOUNT, REGION

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resources
    from tests.lifecycle.account import Account
    from tests.lifecycle.conftest import Synthesize
    from tests.lifecycle.surroundings import Surroundings

_EXISTING = {
    "existing": {
        "vpc_id": "vpc-00000000000000001",
        "subnets": ["subnet-00000000000000001", "subnet-00000000000000002"],
    }
}


def _with(network: dict[str, Any], aws: dict[str, Any] | None = None, **forge: Any) -> ForgeConfig:
    """Return an environment that keeps everything there is to keep; FSx by choice."""
    return ForgeConfig.from_dict(
        {
            "name": "kept",
            "region": REGION,
            "work_dir": "s3://kept-with-it/work",
            "forge": {"type": "SPOT", "max_cpus": 8, "efs_create": True, **forge},
            "aws": {
                "account": ACCOUNT,
                "network": network,
                "work_bucket": {},
                "kms_key": {"create": True},
                "logs": {"create_job_log_group": True},
                **(aws or {}),
            },
        }
    )


FSX_ALONE: dict[str, Any] = {"fsx_size": 1200, "efs_create": False}
REPLACED = {
    "another network": _with({"create": {"cidr": "10.1.0.0/16"}}, **FSX_ALONE),
    "another mode": _with({"create": {"mode": "private"}}, **FSX_ALONE),
    "another type of FSx": _with(
        {"create": {}}, {"fsx": {"deployment_type": "PERSISTENT_1"}}, **FSX_ALONE
    ),
}
DROPPED = {
    "no FSx any more": _with({"create": {}}, efs_create=False),
    "no FSx any more, but private nodes": _with({"create": {"mode": "private"}}, efs_create=False),
}
CASES = {
    "a network that exists": _with(_EXISTING),
    "a created network": _with({"create": {}}),
    "a private network": _with({"create": {"mode": "private", "flow_logs": True}}),
    "FSx in a network that exists": _with(_EXISTING, fsx_size=1200),
    "FSx in a created network": _with({"create": {}}, fsx_size=1200),
    "FSx alone": _with({"create": {}}, **FSX_ALONE),
    "FSx in a private network": _with(
        {"create": {"mode": "private"}, "egress": "restricted"}, fsx_size=1200
    ),
    **{
        f"examples/{file.name}": ForgeConfig.from_file(file)
        for file in sorted(Path(__file__).parents[2].glob("examples/*.*"))
    },
}


def held(resources: Resources) -> set[tuple[str, str]]:
    """Return what each kept resource refers to, over all references, that is not kept."""
    return {
        (name, other)
        for name, resource in resources.items()
        if resource.keep_on_delete
        for other in reached(resources, name)
        if not resources[other].keep_on_delete
    }


@pytest.mark.parametrize("case", CASES)
def test_kept_resources_refer_to_kept_ones_alone(case: str) -> None:
    """Nothing that goes with the stack is held by what stays."""
    config = CASES[case]
    here = Scope(partition="aws", region=config.region, account=ACCOUNT)

    assert held(environment(ForgePlan.of(config), here)) == set()


@pytest.fixture(scope="module")
def templates(synthesize: Synthesize, surroundings: Surroundings) -> dict[str, dict[str, Any]]:
    """Return the templates of the cases, but for the examples, which have their own test."""
    own = {name: config for name, config in CASES.items() if not name.startswith("examples/")}
    own |= REPLACED | DROPPED
    keys = {name: f"kept-{number}" for number, name in enumerate(own)}
    made = synthesize({keys[name]: config for name, config in own.items()})
    return {name: surroundings.within(made[key]) for name, key in keys.items()}


@pytest.mark.parametrize("case", [name for name in CASES if not name.startswith("examples/")])
def test_stacks_that_keep_data_can_be_deleted(
    case: str, templates: dict[str, dict[str, Any]], account: Account
) -> None:
    """What was kept is all that is left, and it holds nothing of the stack."""
    stack = "seqera-batch-test-kept"
    before = account.inventory()
    made = account.create(stack, templates[case])
    assert made.status == "CREATE_COMPLETE", made.reasons
    kept = account.kept(stack, templates[case])
    gone = account.clear_away(stack)
    left = account.inventory() - before
    account.remove(left)
    assert gone.status == "DELETE_COMPLETE", gone.reasons
    assert left == kept


@pytest.mark.parametrize("replaced", REPLACED)
def test_what_a_replacement_left_holds_nothing_either(
    replaced: str, templates: dict[str, dict[str, Any]], account: Account
) -> None:
    """A file system that another one has replaced stays too, with its network."""
    stack = "seqera-batch-test-kept"
    before = account.inventory()
    assert account.create(stack, templates["FSx alone"]).status == "CREATE_COMPLETE"
    kept = account.kept(stack, templates["FSx alone"])
    changed = account.update(stack, templates[replaced])
    kept |= account.kept(stack, templates[replaced])
    gone = account.clear_away(stack)
    left = account.inventory() - before
    account.remove(left)
    assert changed.status == "UPDATE_COMPLETE", changed.reasons
    assert gone.status == "DELETE_COMPLETE", gone.reasons
    assert left == kept


@pytest.mark.parametrize("dropped", DROPPED)
def test_what_a_file_system_holds_that_is_asked_for_no_more(
    dropped: str, templates: dict[str, dict[str, Any]], account: Account
) -> None:
    """`effects` names what the stack cannot delete; it can once the file system is gone."""
    stack = "seqera-batch-test-kept"
    before = account.inventory()
    account.create(stack, templates["FSx alone"])
    kept = account.kept(stack, templates["FSx alone"])
    changed = account.update(stack, templates[dropped])
    stuck = account.delete(stack)
    account.remove(one for one in kept if not one.startswith(("subnet-", "vpc-")))
    gone = account.delete(stack)
    left = account.inventory() - before

    assert changed.status == "UPDATE_COMPLETE", changed.reasons
    assert stuck.status == "DELETE_FAILED"
    foreseen = effects(CASES["FSx alone"], DROPPED[dropped]).comparison.held
    # `Vpc` is `Forge`, `Vpc`, and a hash of eight characters.
    failed = {reason.split(": ")[0][5:-8] for reason in stuck.reasons if stack not in reason}
    assert failed == {one.id for one in foreseen}
    assert gone.status == "DELETE_COMPLETE", gone.reasons
    assert left == set()
