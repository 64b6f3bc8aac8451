# SPDX-License-Identifier: Apache-2.0
"""Whole lives of stacks: whoever deploys may make, change and delete its own, and no others'.

The calls are those of CloudFormation's handlers (`kinds`, held against its schemas). What is being
made has no tags yet; what is there has those that CloudFormation and the template write.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.catalog import authorization
from seqera_batch.policies.deployer.services import TAGGED_BY_TEMPLATE, UNTAGGED, is_later
from seqera_batch.template.deployer import deployers
from seqera_batch.template.environment import environment
from tests.night import unlike_others
from tests.simulated.calls import Call, Context, tagged
from tests.simulated.conftest import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.cloudformation.resource import Resource
    from tests.simulated.conftest import Ask

EXAMPLES = [
    file
    for file in sorted((Path(__file__).parents[2] / "examples").glob("*.*"))
    if file.stem != "manual"  # which makes roles alone, all of them by name
]
WITH_KEY = {
    "name": "keyed",
    "region": "eu-west-1",
    "work_dir": "s3://example-work/runs",
    "cli_path": "/opt/conda/bin/aws",
    "forge": {
        "type": "SPOT",
        "max_cpus": 64,
        "efs_create": True,
        "fsx_size": 1200,
        "image_id": "ami-0123456789abcdef0",
    },
    "aws": {
        "kms_key": {"create": True},
        "network": {"create": {"mode": "isolated", "flow_logs": True}},
        "fsx": {"data_repository": "s3://example-raw/reads"},
    },
}
"""What no example has: a key, a link to a bucket, endpoints with names of their own."""
THROUGH_SERVICES = {
    "kms:CreateGrant": {"kms:GrantIsForAWSResource": "true"},
    "kms:GenerateDataKeyWithoutPlaintext": {},
}
"""Calls of a service in the name of whoever deploys, with what KMS knows of them."""
# IAM and PassRole have tables of their own; what stands by its name needs no tags.
BY_ID = ("ec2", "elasticfilesystem", "fsx", "kms")
MADE_NAMES = frozenset({"Budgets", "CloudWatch", "Events", "Sns", "Sqs"})
"""Services of which CloudFormation makes the names."""
_OTHERS = (tagged("payments"), tagged("TowerForge-other", "TowerForge-other"))


@cache
def _config(name: str) -> ForgeConfig:
    if name == "keyed":
        return ForgeConfig.from_dict(WITH_KEY)
    [file] = (one for one in EXAMPLES if one.stem == name)
    return ForgeConfig.from_file(file)


def _calls(resource: Resource, own: dict[str, Context]) -> Iterator[tuple[str, Call]]:
    """Yield, for a resource, what is made of it and what is done with it later, call by call."""
    kind = resource.kind
    forms = [form for form in kind.arns.split() if form.endswith("/*")]
    for action in sorted(kind.actions_of(resource.properties)):
        [details] = authorization.actions(action)
        if details.service not in BY_ID:
            continue
        for form in forms or ["kms:key/*"] * (details.service == "kms"):
            type_ = form.removesuffix("/*")
            service, _, name = type_.partition(":")
            if service != details.service or not details.may_name(HERE.arn(service, f"{name}/x")):
                continue
            # A network that exists is named in the file, and is asked about in the other table.
            if _existing(resource, name):
                continue
            needed = any(one.required for one in details.types if one.name == name)
            if not needed and name in {"network-interface", "elastic-ip", "subnet"}:
                continue
            context = _tags(resource, type_, own)
            if action in THROUGH_SERVICES:
                through = form if service != "kms" else kind.arns
                context = {
                    **context,
                    **THROUGH_SERVICES[action],
                    "kms:ViaService": f"{through.partition(':')[0]}.eu-west-1.amazonaws.com",
                }
            if (action, name) == ("ec2:CreateTags", "launch-template"):
                context = {"ec2:CreateAction": "CreateLaunchTemplate"}
            if (
                "Tags" in action
                and (type_ in UNTAGGED or action != "ec2:CreateTags")
                and (type_ in {*UNTAGGED, "ec2:launch-template"})
            ):
                continue
            arn = HERE.arn(service, f"{name}/0123456789abcdef0")
            phase = "parts" if type_ in UNTAGGED else "later" if is_later(action) else "early"
            yield (
                phase,
                Call(says=f"for {kind.title}", action=action, resource=arn, context=context),
            )


def _tags(resource: Resource, type_: str, own: dict[str, Context]) -> Context:
    """Return by what something that the stack has made is told."""
    if type_ not in UNTAGGED:
        return own.get(type_, own[""])
    subnet = resource.properties.get("SubnetId", "")
    known = type_ == "ec2:network-interface" and str(subnet).startswith("subnet-")
    return {"ec2:Subnet": HERE.arn("ec2", f"subnet/{subnet}")} if known else {}


def _existing(resource: Resource, type_: str) -> bool:
    start = {"security-group": "sg", "subnet": "subnet", "vpc": "vpc"}.get(type_)
    return start is not None and bool(
        re.search(rf"\b{start}-[0-9a-f]{{8,}}", repr(resource.properties))
    )


def _of_life(name: str) -> dict[str, list[Call]]:
    config = _config(name)
    plan = ForgePlan.of(config)
    own_tag: Context = {"aws:ResourceTag/seqera-batch:environment": plan.environment_id}
    own: dict[str, Context] = {
        "": tagged(plan.stack_name, plan.environment_id),
        **dict.fromkeys(TAGGED_BY_TEMPLATE, own_tag),
        # Endpoints have CloudFormation's tags alone.
        "ec2:vpc-endpoint": tagged(plan.stack_name),
    }
    found: dict[str, list[Call]] = {"early": [], "later": [], "parts": []}
    for resource in environment(plan, HERE).values():
        # Without a key of the user's there is none to use.
        calls = [
            (phase, call)
            for phase, call in _calls(resource, own)
            if plan.key is not None or not call.action.startswith("kms:")
        ]
        for phase, call in calls:
            if call not in found[phase]:
                found[phase].append(call)
    return found


def _asked(name: str, calls: list[Call], ask: Ask) -> list[bool]:
    config = _config(name)
    document = deployers(ForgePlan.of(config), HERE)[0].permissions.to_dict()
    return ask({name: document}, [(name, call) for call in calls])


def _with(call: Call, tags: Context) -> Call:
    rest = {key: one for key, one in call.context.items() if "ResourceTag" not in key}
    return Call(
        says=call.says, action=call.action, resource=call.resource, context={**rest, **tags}
    )


every_life = pytest.mark.parametrize(
    "name", [*unlike_others(file.stem for file in EXAMPLES), "keyed"]
)


@every_life
def test_create_update_delete_and_roll_back(name: str, ask: Ask) -> None:
    """All that the handlers call is allowed: on what is new, and on what this stack has made."""
    life = _of_life(name)
    calls = [
        *life["parts"],
        *life["early"],
        *life["later"],
        # What is being made has no tags yet.
        *(_with(one, {}) for one in life["early"]),
    ]
    answers = _asked(name, calls, ask)
    assert [one for one, allowed in zip(calls, answers, strict=True) if not allowed] == []
    assert len(calls) > 10


@every_life
def test_what_others_made(name: str, ask: Ask) -> None:
    """Nothing is done with what another stack or environment made, nor deleted without our tag."""
    life = _of_life(name)
    calls = [
        *(_with(one, tags) for one in life["later"] for tags in (*_OTHERS, {})),
        *(
            _with(one, tags)
            for one in life["early"]
            if "ec2:CreateAction" not in one.context
            if not one.action.startswith("ec2:CreateLaunchTemplate")
            for tags in _OTHERS
        ),
    ]
    answers = _asked(name, calls, ask)
    assert [one for one, allowed in zip(calls, answers, strict=True) if allowed] == []
    assert len(calls) > 10


def test_names_that_cloudformation_makes(ask: Ask) -> None:
    """What has a name like ours is left alone if another stack has made it."""
    config = _config("operations")
    own = tagged("TowerForge-watched", "TowerForge-watched")
    calls = [
        Call(says="by its name", action=action, resource=arn.replace("*", "x"))
        for statement in deployers(ForgePlan.of(config), HERE)[0].permissions.statements
        if statement.sid.removesuffix("Management") in MADE_NAMES
        for action in statement.actions
        for arn in statement.resources
        if authorization.actions(action)[0].may_name(arn)
    ]
    assert {one.action.partition(":")[0] for one in calls} == {*map(str.lower, MADE_NAMES)}
    asked = [_with(one, tags) for one in calls for tags in ({}, own)]
    assert _asked("operations", asked, ask) == [True] * len(asked)
    others = [_with(one, tags) for one in calls for tags in _OTHERS]
    assert _asked("operations", others, ask) == [False] * len(others)


def test_file_systems_of_others_stay_closed(ask: Ask) -> None:
    """Nobody's file system gets a policy, a mount target or another group for its mount target."""
    system = HERE.arn("elasticfilesystem", "file-system/fs-0123456789abcdef0")
    own = tagged("TowerForge-keyed", "TowerForge-keyed")
    actions = (
        *("CreateMountTarget", "ModifyMountTargetSecurityGroups", "PutBackupPolicy"),
        *("PutFileSystemPolicy", "PutLifecycleConfiguration"),
    )

    def calls(context: Context) -> list[Call]:
        return [
            Call(says="open", action=f"elasticfilesystem:{name}", resource=system, context=context)
            for name in actions
        ]

    others = [one for tags in ({}, *_OTHERS) for one in calls(tags)]
    assert _asked("keyed", calls(own), ask) == [True] * len(actions)
    assert _asked("keyed", others, ask) == [False] * len(others)


def test_network_interfaces_of_others(ask: Ask) -> None:
    """They are out of reach where the subnets are known; else those that have others' tags are."""
    interface = HERE.arn("ec2", "network-interface/eni-0123456789abcdef0")
    names = ("CreateNetworkInterface", "DeleteNetworkInterface", "ModifyNetworkInterfaceAttribute")

    def calls(context: Context) -> list[Call]:
        return [
            Call(says="use it", action=f"ec2:{name}", resource=interface, context=context)
            for name in names
        ]

    def in_subnet(name: str) -> Context:
        return {"ec2:Subnet": HERE.arn("ec2", f"subnet/{name}")}

    elsewhere = [*calls(in_subnet("subnet-0123456789abcdef0")), *calls({})]
    assert _asked("efs", calls(in_subnet("subnet-0bbbbbbbbbbbbbbb2")), ask) == [True] * len(names)
    assert _asked("efs", elsewhere, ask) == [False] * len(elsewhere)
    others = [one for tags in _OTHERS for one in calls(tags)]
    assert _asked("keyed", calls({}), ask) == [True] * len(names)
    assert _asked("keyed", others, ask) == [False] * len(others)


def test_a_key_is_used_through_its_services_only(ask: Ask) -> None:
    """Whoever deploys neither decrypts with a key, nor grants its use to anybody but a service."""
    key = HERE.arn("kms", "key/0123456789abcdef0")
    own: Context = {"aws:ResourceTag/seqera-batch:environment": "TowerForge-keyed"}
    via: Context = {"kms:ViaService": "elasticfilesystem.eu-west-1.amazonaws.com"}
    service: Context = {"kms:GrantIsForAWSResource": "true"}

    def call(action: str, context: Context) -> Call:
        return Call(says="use a key", action=f"kms:{action}", resource=key, context=context)

    allowed = [call("CreateGrant", {**own, **via, **service}), call("CreateGrant", via | service)]
    denied = [
        call("CreateGrant", {**own, **via}),
        call("CreateGrant", {**own, **service}),
        call("CreateGrant", {**own, **service, "kms:ViaService": "s3.eu-west-1.amazonaws.com"}),
        call("CreateGrant", via | service | _OTHERS[1]),
        call("GenerateDataKeyWithoutPlaintext", own),
        call("Decrypt", {**own, **via}),
        call("PutKeyPolicy", {}),
        call("PutKeyPolicy", dict(_OTHERS[1])),
        call("ScheduleKeyDeletion", own),
    ]
    answers = _asked("keyed", [*allowed, *denied], ask)
    assert answers == [True] * len(allowed) + [False] * len(denied)
