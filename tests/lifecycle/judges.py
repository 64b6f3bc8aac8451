# SPDX-License-Identifier: Apache-2.0
"""What an update will do, judged from two templates and CloudFormation's own metadata.

A judge takes two environment files' configurations and templates and says an `Answer`. The
emulator gives the same kind of answer after it has tried, and so can any other judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seqera_batch.judge.effects import Outcome as Foreseen
from seqera_batch.judge.effects import effects
from tests.lifecycle.account import Outcome
from tests.lifecycle.emulator.by_schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seqera_batch import ForgeConfig
    from tests.lifecycle.account import Deployment

JSON = dict[str, Any]
Path = tuple[str, ...]

MOVING = {("AWS::EC2::LaunchTemplate", "LatestVersionNumber")}
"""Attributes that change when their resource is changed in place; ids, names, ARNs do not."""

CONDITIONS = {
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-batch-computeenvironment.html
    "AWS::Batch::ComputeEnvironment": lambda props: props.get("ReplaceComputeEnvironment", True),
}
"""When a type's conditional create-only properties replace it."""

NAMES = {
    "AWS::Batch::ComputeEnvironment": "ComputeEnvironmentName",
    "AWS::Batch::JobDefinition": "JobDefinitionName",
    "AWS::Batch::JobQueue": "JobQueueName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::Logs::LogGroup": "LogGroupName",
}
"""Properties that name a resource for ever; CloudFormation replaces none that keeps its name."""

SIGNS = {
    Outcome.IN_PLACE: "~",
    Outcome.REPLACED: "!",
    Outcome.CREATED: "+",
    Outcome.DELETED: "-",
}


@dataclass(frozen=True)
class Answer:
    """What happens to each resource, or that AWS refuses the update as a whole."""

    refused: bool
    outcomes: Mapping[str, Outcome]

    def summary(self, types: Mapping[str, str]) -> str:
        """Return it in a line, by type: `~` in place, `!` replaced, `+` created, `-` deleted."""
        if self.refused:
            return "refused"
        words = {
            SIGNS[outcome] + types[key].rsplit("::", 1)[-1]
            for key, outcome in self.outcomes.items()
            if outcome is not Outcome.UNTOUCHED
        }
        return " ".join(sorted(words, key=lambda word: (word[1:], word[0])))


def by_trying(deployment: Deployment) -> Answer:
    """Return what a deployment did."""
    return Answer(deployment.refused, deployment.outcomes)


AS_DEPLOYED = {
    Foreseen.CREATED: Outcome.CREATED,
    Foreseen.IN_PLACE: Outcome.IN_PLACE,
    Foreseen.ROLLING: Outcome.IN_PLACE,
    Foreseen.REPLACED: Outcome.REPLACED,
    Foreseen.DELETED: Outcome.DELETED,
    Foreseen.KEPT: Outcome.DELETED,
}
"""What a deployment shows of each outcome that `seqera-batch effects` tells."""


def by_command(old: ForgeConfig, new: ForgeConfig) -> str:
    """Return what `seqera-batch effects` says, as the summary of an answer."""
    found = effects(old, new).comparison
    answer = Answer(
        bool(found.refused), {one.id: AS_DEPLOYED[one.outcome] for one in found.resources}
    )
    return answer.summary({one.id: one.type for one in found.resources})


def by_schema(old: JSON, new: JSON) -> Answer:
    """Return what the schemas' create-only properties make of two templates."""
    before, after = old["Resources"], new["Resources"]
    outcomes = dict.fromkeys(before.keys() - after.keys(), Outcome.DELETED)
    outcomes |= dict.fromkeys(after.keys() - before.keys(), Outcome.CREATED)
    common = sorted(before.keys() & after.keys())
    outcomes |= dict.fromkeys(common, Outcome.UNTOUCHED)
    refused = False
    # What changes in one resource moves on to those that refer to it.
    settled = False
    while not settled:
        settled = True
        for key in common:
            outcome, named = _judge(before[key], after[key], after, outcomes)
            refused |= named
            if outcome is not outcomes[key]:
                outcomes[key] = outcome
                settled = False
    return Answer(refused, {} if refused else outcomes)


def _judge(
    old: JSON, new: JSON, resources: JSON, outcomes: Mapping[str, Outcome]
) -> tuple[Outcome, bool]:
    kind = new["Type"]
    before, after = old.get("Properties", {}), new.get("Properties", {})
    changed = set(_changed(before, after, ())) | set(_moved(after, (), resources, outcomes))
    if not changed:
        return Outcome.UNTOUCHED, False
    found = schema(kind)
    only = _paths(found.get("createOnlyProperties", ()))
    conditional = _paths(found.get("conditionalCreateOnlyProperties", ()))
    if _meet(changed, conditional) and CONDITIONS[kind](after) not in (False, "false"):
        only |= conditional
    if not _meet(changed, only):
        return Outcome.IN_PLACE, False
    name = NAMES.get(kind)
    kept = name is not None and name in after and after[name] == before.get(name)
    return Outcome.REPLACED, kept


def _paths(pointers: Any) -> set[Path]:
    return {tuple(pointer.split("/")[2:]) for pointer in pointers}


def _meet(changed: set[Path], only: set[Path]) -> bool:
    return any(
        one[: len(other)] == other or other[: len(one)] == one for one in changed for other in only
    )


def _changed(old: Any, new: Any, path: Path) -> Iterator[Path]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and not _is_call(old) and not _is_call(new):
        for key in old.keys() | new.keys():
            yield from _changed(old.get(key), new.get(key), (*path, key))
    else:
        yield path


def _is_call(value: JSON) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _moved(
    value: Any,
    path: Path,
    resources: JSON,
    outcomes: Mapping[str, Outcome],
) -> Iterator[Path]:
    """Yield where a reference will have another value."""
    if isinstance(value, list):
        for item in value:
            yield from _moved(item, path, resources, outcomes)
    elif isinstance(value, dict):
        match value:
            case {"Ref": name} if outcomes.get(name) is Outcome.REPLACED:
                yield path
            case {"Fn::GetAtt": [name, attribute]}:
                replaced = outcomes.get(name) is Outcome.REPLACED
                moving = (resources[name]["Type"], attribute) in MOVING
                if replaced or (moving and outcomes[name] is Outcome.IN_PLACE):
                    yield path
            case {"Fn::Sub": str(text)}:
                for name in re.findall(r"\$\{([^}]+)\}", text):
                    resource, _, attribute = name.partition(".")
                    call = {"Fn::GetAtt": [resource, attribute]} if attribute else {"Ref": resource}
                    yield from _moved(call, path, resources, outcomes)
            case _:
                inside = _is_call(value)
                for key, item in value.items():
                    deeper = path if inside else (*path, key)
                    yield from _moved(item, deeper, resources, outcomes)
