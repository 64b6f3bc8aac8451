# SPDX-License-Identifier: Apache-2.0
"""What is kept on deletion is kept with everything that it holds on to, and its stack can go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.cloudformation.intrinsics import references
from seqera_batch.policies.document import Scope
from seqera_batch.template import environment
from tests.lifecycle.emulator.names import ACCOUNT, REGION

if TYPE_CHECKING:
    from seqera_batch.cloudformation.resource import Resources
    from tests.lifecycle.account import Account
    from tests.lifecycle.conftest import Synthesize
    from tests.lifecycle.surroundings import Surroundings

FSX_HOLDS_ITS_NETWORK = pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="a kept FSx file system has its network interfaces in a subnet, with a group, that go "
    "with the stack: it needs a group of its own that is kept with it, and in a network that is "
    "created its subnet, the VPC and what they need too, or a stack of its own",
)

_EXISTING = {
    "existing": {
        "vpc_id": "vpc-00000000000000001",
        "subnets": ["subnet-00000000000000001", "subnet-00000000000000002"],
    }
}


def _with(network: dict[str, Any], **forge: Any) -> ForgeConfig:
    """Return an environment that keeps everything there is to keep, but FSx."""
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
            },
        }
    )


CASES = {
    "a network that exists": _with(_EXISTING),
    "a created network": _with({"create": {}}),
    "a private network": _with({"create": {"mode": "private", "flow_logs": True}}),
    "FSx in a network that exists": _with(_EXISTING, fsx_size=1200),
    "FSx in a created network": _with({"create": {}}, fsx_size=1200),
    **{
        f"examples/{file.name}": ForgeConfig.from_file(file)
        for file in sorted(Path(__file__).parents[2].glob("examples/*.*"))
    },
}

each_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(name, marks=[FSX_HOLDS_ITS_NETWORK] if name.startswith("FSx") else [])
        for name in CASES
    ],
)


def held(resources: Resources) -> set[tuple[str, str]]:
    """Return what each kept resource refers to, over all references, that is not kept."""
    return {
        (name, other)
        for name, resource in resources.items()
        if resource.keep_on_delete
        for other in _reached(resources, name)
        if not resources[other].keep_on_delete
    }


def _reached(resources: Resources, name: str) -> set[str]:
    found: set[str] = set()
    ahead = [name]
    while ahead:
        new = set(references(dict(resources[ahead.pop()].properties))) - found
        found |= new
        ahead += new
    return found


@each_case
def test_kept_resources_refer_to_kept_ones_alone(case: str) -> None:
    """Nothing that goes with the stack is held by what stays."""
    config = CASES[case]
    here = Scope(partition="aws", region=config.region, account=ACCOUNT)

    assert held(environment(config, ForgePlan.of(config), here)) == set()


@pytest.fixture(scope="module")
def templates(synthesize: Synthesize, surroundings: Surroundings) -> dict[str, dict[str, Any]]:
    """Return the templates of the cases, but for the examples, which have their own test."""
    own = {name: config for name, config in CASES.items() if not name.startswith("examples/")}
    keys = {name: f"kept-{number}" for number, name in enumerate(own)}
    made = synthesize({keys[name]: config for name, config in own.items()})
    return {name: surroundings.within(made[key]) for name, key in keys.items()}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(name, marks=[FSX_HOLDS_ITS_NETWORK] if name.startswith("FSx") else [])
        for name in CASES
        if not name.startswith("examples/")
    ],
)
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
