# SPDX-License-Identifier: Apache-2.0
"""A synthesized template as the rules see it, and what they say of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from seqera_batch.records import dataclass

PACK = "AwsBatch"
"""Name of the pack: ids are acknowledged as `AwsBatch::LaunchTemplateVersionAbsent`."""


class Level(StrEnum):
    """How grave a violation is, in the words of CDK's validation report."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that a resource breaks.

    Args:
        rule: Id of the rule, with the pack: `AwsBatch::BestFit`.
        logical_id: The resource in the template.
        location: Where in it: `Properties.ComputeResources.AllocationStrategy`.
        detail: What was found.
    """

    rule: str
    logical_id: str
    location: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a rule's function yields: a `Violation` without the rule's id."""

    logical_id: str
    location: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRule:
    """A rule of the pack.

    Args:
        name: Stable name, unique in the pack.
        level: How grave a violation is.
        fix: What to do, in a sentence.
        sources: Pages that the rule rests on.
        check: Yields the faults in a template. Its docstring is the rule's page: a sentence
            with the good condition, then why.
    """

    name: str
    level: Level
    fix: str
    sources: tuple[str, ...]
    check: Callable[[Stack], Iterable[Fault]]

    @property
    def id(self) -> str:
        """The id that reports show and acknowledgements take."""
        return f"{PACK}::{self.name}"

    @property
    def title(self) -> str:
        """The good condition, in a sentence."""
        return self.page.splitlines()[0]

    @property
    def page(self) -> str:
        """The docstring of the rule's function."""
        return inspect.getdoc(self.check) or ""

    def violations(self, stack: Stack) -> Iterator[Violation]:
        """Yield how a template breaks the rule."""
        for fault in self.check(stack):
            yield Violation(
                rule=self.id,
                logical_id=fault.logical_id,
                location=fault.location,
                detail=fault.detail,
            )


def rule(
    name: str, *, level: Level = Level.ERROR, fix: str, sources: tuple[str, ...]
) -> Callable[[Callable[[Stack], Iterable[Fault]]], PackRule]:
    """Make a rule of a function from a template to faults."""

    def make(check: Callable[[Stack], Iterable[Fault]]) -> PackRule:
        return PackRule(name=name, level=level, fix=fix, sources=sources, check=check)

    return make


_USE_LAUNCH_TEMPLATES = (
    "AWS::Batch::ComputeEnvironment",
    "AWS::AutoScaling::",
    "AWS::EC2::EC2Fleet",
    "AWS::EC2::Instance",
    "AWS::EC2::SpotFleet",
    "AWS::EKS::Nodegroup",
)
"""What uses launch templates: beside it those of a template are not for somebody elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateResource:
    """A resource of the template."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return the value at a path below the properties; None where there is none."""
        value: Any = self.properties
        for key in path.split("."):
            if not isinstance(value, Mapping):
                return None
            value = value.get(key)
        return value

    def says(self, path: str, detail: str) -> Fault:
        """Return a fault at a path below the properties."""
        location = f"Properties.{path}" if path else "Properties"
        return Fault(logical_id=self.logical_id, location=location, detail=detail)


class Stack:
    """A template; values that only a deployment knows are taken as good."""

    def __init__(self, template: Mapping[str, Any], *, for_others: bool = False) -> None:
        """Take the template as JSON gives it.

        Args:
            template: The template.
            for_others: Whether environments of other templates use launch templates that are in
                none of theirs: those that nothing here uses are then taken for theirs.
        """
        self._for_others = for_others
        self._resources = [
            TemplateResource(
                logical_id=key, type=one["Type"], properties=_mapping(one.get("Properties"))
            )
            for key, one in _mapping(template.get("Resources")).items()
            if isinstance(one, Mapping) and isinstance(one.get("Type"), str)
        ]

    def all(self, type_: str) -> list[TemplateResource]:
        """Return the resources of a type."""
        return [one for one in self._resources if one.type == type_]

    def has(self, prefix: str) -> bool:
        """Return whether a resource's type begins so: `AWS::Batch::`."""
        return any(one.type.startswith(prefix) for one in self._resources)

    @property
    def environments(self) -> list[TemplateResource]:
        """The compute environments of any kind."""
        return self.all("AWS::Batch::ComputeEnvironment")

    @property
    def ec2_environments(self) -> list[TemplateResource]:
        """The managed compute environments on EC2, On-Demand or Spot."""
        return [one for one in self.environments if provisioning(one) in {"EC2", "SPOT"}]

    @property
    def launch_templates(self) -> list[TemplateResource]:
        """The launch templates that compute environments use."""
        used = [specification for _, _, specification in self.specifications]
        ids = {target(one.get("LaunchTemplateId")) for one in used}
        names = {text(one.get("LaunchTemplateName")) for one in used} - {None}
        ids |= {target(one.get("LaunchTemplateName")) for one in used}
        if self._for_others and not any(self.has(prefix) for prefix in _USE_LAUNCH_TEMPLATES):
            return self.all("AWS::EC2::LaunchTemplate")
        return [
            one
            for one in self.all("AWS::EC2::LaunchTemplate")
            if one.logical_id in ids or text(one.get("LaunchTemplateName")) in names
        ]

    @property
    def looks_elsewhere(self) -> bool:
        """Whether an environment uses a launch template that is not in this template."""
        here = {one.logical_id for one in self.all("AWS::EC2::LaunchTemplate")}
        return any(
            is_call(value) and target(value) not in here
            for _, _, specification in self.specifications
            for value in map(specification.get, ("LaunchTemplateId", "LaunchTemplateName"))
        )

    @property
    def specifications(self) -> list[tuple[TemplateResource, str, Mapping[str, Any]]]:
        """Uses of launch templates: the environment, the path in it, and what stands there."""
        found: list[tuple[TemplateResource, str, Mapping[str, Any]]] = []
        for one in self.environments:
            path = "ComputeResources.LaunchTemplate"
            specification = one.get(path)
            if not isinstance(specification, Mapping):
                continue
            if "LaunchTemplateId" in specification or "LaunchTemplateName" in specification:
                found.append((one, path, specification))
            found += [
                (one, f"{path}.Overrides[{number}]", override)
                for number, override in enumerate(listed(specification.get("Overrides")))
                if isinstance(override, Mapping)
            ]
        return found

    @property
    def security_groups(self) -> list[TemplateResource]:
        """The security groups of compute environments."""
        used = {
            target(group)
            for one in self.environments
            for group in listed(one.get("ComputeResources.SecurityGroupIds"))
        } | {
            target(group)
            for template in self.launch_templates
            for group in (
                *listed(template.get("LaunchTemplateData.SecurityGroupIds")),
                *(
                    group
                    for interface in listed(template.get("LaunchTemplateData.NetworkInterfaces"))
                    if isinstance(interface, Mapping)
                    for group in listed(interface.get("Groups"))
                ),
            )
        }
        return [one for one in self.all("AWS::EC2::SecurityGroup") if one.logical_id in used]


def provisioning(environment: TemplateResource) -> str | None:
    """Return EC2, SPOT, FARGATE or FARGATE_SPOT; None for an unmanaged environment."""
    type_ = text(environment.get("ComputeResources.Type"))
    return None if type_ is None else type_.upper()


def _mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping; an empty one for a value that is none."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[Any]:
    """Return a list; an empty one for a value that is none."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Return a text or a number as a text; None for what only the deployment knows."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def is_true(value: object) -> bool:
    """Return whether a value is true, as CloudFormation reads it."""
    return text(value) in {"true", "True"}


def is_false(value: object) -> bool:
    """Return whether a value is false, as CloudFormation reads it."""
    return text(value) in {"false", "False"}


def is_call(value: object) -> bool:
    """Return whether a value is computed at deployment."""
    return (
        isinstance(value, Mapping)
        and len(value) == 1
        and next(iter(value)).startswith(("Ref", "Fn::"))
    )


def target(value: object) -> str | None:
    """Return the resource that a Ref or a GetAtt points to."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.partition(".")[0]
    return None


def beginning(value: object) -> str | None:
    """Return the fixed text that a value starts with; None where it starts with a call."""
    match value:
        case str():
            return value
        case {"Fn::Base64": inner}:
            return beginning(inner)
        case {"Fn::Sub": str(inner)} | {"Fn::Sub": [str(inner), *_]}:
            return inner.partition("${")[0]
        case {"Fn::Join": [str(), [first, *_]]}:
            return beginning(first)
    return None


def volumes(template: TemplateResource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the path and the settings of each EBS volume of a launch template."""
    path = "LaunchTemplateData.BlockDeviceMappings"
    for number, one in enumerate(listed(template.get(path))):
        if isinstance(one, Mapping) and isinstance(one.get("Ebs"), Mapping):
            yield f"{path}[{number}].Ebs", one["Ebs"]
