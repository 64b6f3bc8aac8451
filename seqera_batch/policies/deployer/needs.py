# SPDX-License-Identifier: Apache-2.0
"""What deploying resources takes, from the records of their types: calls, ARNs, roles, services."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cache, cached_property
from typing import Any

from seqera_batch.catalog.names import QUALIFIER, generated_name
from seqera_batch.catalog.principals import EC2
from seqera_batch.cloudformation.intrinsics import parameters_read, references
from seqera_batch.cloudformation.resource import Resources
from seqera_batch.kinds import Kind, iam
from seqera_batch.policies.document import Scope
from seqera_batch.policies.trust import ec2_of
from seqera_batch.records import dataclass
from seqera_batch.words import listed

Properties = Mapping[str, Any]

_ID = "LogicalId"
"""Beside a resource's properties: a part of its name where CloudFormation makes the name."""
_NETWORK = {
    type_: re.compile(rf"\b{start}-[0-9a-f]+\b")
    for type_, start in {"security-group": "sg", "subnet": "subnet", "vpc": "vpc"}.items()
}
"""Ids of a network that exists, by type."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What deploying a stack takes; types without a record are left out.

    Args:
        scope: Partition, region and account.
        resources: What the stack holds, by id.
        profiles: By the ARN of an instance profile that exists, the ARN of its role.
        kms_key: ARN of the KMS key that exists, if the file names one.
        permissions_boundary: ARN of the boundary that roles and users of the stack have.
        stack: Name of the stack, which CloudFormation writes on most of what it makes.
        tags: What the template itself writes on what it makes, of this environment alone.
        qualifier: Of CDK's bootstrap stack.
    """

    scope: Scope
    stack: str
    tags: Mapping[str, str]
    resources: Resources
    profiles: Mapping[str, str] = field(default_factory=dict)
    kms_key: str | None = None
    permissions_boundary: str | None = None
    qualifier: str = QUALIFIER

    @cached_property
    def _made(self) -> list[tuple[Kind, Properties]]:
        return [(one.kind, {**one.properties, _ID: id_}) for id_, one in self.resources.items()]

    @cached_property
    def _named(self) -> list[tuple[str, ...]]:
        """Of each resource, its ARNs and those of what else its calls name."""
        return [tuple(self._arns(kind, made)) for kind, made in self._made]

    @cached_property
    def _called(self) -> list[tuple[Kind, str, frozenset[str]]]:
        """Of each resource, what is called for it."""
        return [(kind, str(made[_ID]), kind.actions_of(made)) for kind, made in self._made]

    @cached_property
    def kinds(self) -> list[Kind]:
        """The records of the types, sorted by type."""
        return sorted({kind for kind, _ in self._made}, key=lambda kind: kind.type)

    @cached_property
    def actions(self) -> set[str]:
        """All that is called."""
        return {action for _, _, calls in self._called for action in calls}

    def of_service(self, service: str) -> list[str]:
        """Return what is called of a service, sorted."""
        return self._by_service.get(service, [])

    @cached_property
    def _by_service(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for action in sorted(self.actions):
            found.setdefault(action.partition(":")[0], []).append(action)
        return found

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """ARNs of the parameters that CloudFormation reads; those below /aws belong to AWS."""
        found: list[str] = []
        for name in sorted(parameters_read([one.properties for one in self.resources.values()])):
            arn = self.scope.arn("ssm", f"parameter/{name.removeprefix('/')}")
            public = arn.replace(f":{self.scope.account}:", "::")
            # AWS's own have no account, or the caller's, as nobody else can make such.
            found += [public, arn] if name.startswith("/aws/") else [arn]
        return tuple(found)

    @cached_property
    def encrypting(self) -> set[str]:
        """The services that use the key for what they store."""
        using = (kind for kind in self.kinds if any(one.startswith("kms:") for one in kind.actions))
        return {kind.arns.partition(":")[0] for kind in using} - {"kms"}

    def told(self, actions: Iterable[str], most: int = 20) -> str:
        """Return the resources that any of the calls is for: title and id, the first of many."""
        wanted, ids = set(actions), defaultdict[str, list[str]](list)
        for kind, id_, calls in self._called:
            if not wanted.isdisjoint(calls):
                ids[kind.title].append(id_)
        return listed([f"{title} {listed(names, 1)}" for title, names in sorted(ids.items())], most)

    @cached_property
    def arns(self) -> Mapping[str, tuple[str, ...]]:
        """By service, the ARNs that its calls name."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for arn in (one for arns in self._named for one in arns):
            found[arn.split(":")[2]][arn] = None
        if self.kms_key is not None:
            found["kms"] = {self.kms_key: None}
        # Many types of EC2 name the same.
        found["ec2"] = dict.fromkeys(sorted(found["ec2"]))
        return defaultdict(tuple, {service: tuple(arns) for service, arns in found.items()})

    def calls_on(self, arn: str) -> set[str]:
        """Return what is called for the resources that have this ARN beside or as their own."""
        made = zip(self._named, self._called, strict=True)
        return {action for arns, (_, _, calls) in made if arn in arns for action in calls}

    @cached_property
    def linked(self) -> list[str]:
        """The services whose service-linked role may have to be made."""
        needed = ((kind.linked, made) for kind, made in self._made)
        return sorted({service for all_, made in needed for service in all_ if all_[service](made)})

    @cached_property
    def passed(self) -> dict[str, tuple[str, ...]]:
        """By service, the ARNs of the roles that it gets."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for kind, made in self._made:
            for path, services in kind.passes.items():
                roles = dict.fromkeys(self._roles(_value(made, path)))
                for service in services:
                    found[ec2_of(self.scope) if service == EC2 else service] |= roles
        return {service: tuple(roles) for service, roles in sorted(found.items()) if roles}

    def _arns(self, kind: Kind, made: Properties) -> Iterator[str]:
        """Yield how a resource is named in policies: by its name if the template gives it one."""
        given = {"Path": "/", "Stack": self.stack} | {
            name: str(made[name]).removeprefix("https://").removeprefix("s3://")
            for name in _fields(kind.arns)
            if made.get(name) is not None
        }
        if kind.name is not None:
            given.setdefault(kind.name, generated_name(self.stack, made[_ID]))
        for form in kind.arns.split():
            service, _, name = form.format_map(given).partition(":")
            type_ = name.removesuffix("/*")
            # A network that exists is named in the file: no other is touched.
            named = sorted(set(_NETWORK[type_].findall(repr(made)))) if type_ in _NETWORK else ()
            match service:
                case "ec2" if named:
                    yield from (self.scope.arn(service, f"{type_}/{id_}") for id_ in named)
                case "billing" | "budgets" | "iam":
                    yield self.scope.global_arn(service, name)
                case "cloudwatch" if type_.startswith("dashboard/"):
                    yield self.scope.global_arn(service, name)
                case "route53":
                    # AWS's own zones of endpoints, whose ids it chooses.
                    yield f"arn:{self.scope.partition}:route53:::{name}"
                case "s3":
                    yield self.scope.bucket_arn(name.partition("/")[0])
                case _:
                    yield self.scope.arn(service, name)

    def _roles(self, value: Any) -> Iterator[str]:  # noqa: ANN401 - a text, several, or none
        """Yield the ARNs of the roles that a property names, or whose instance profile it names."""
        for text in value if isinstance(value, list) else [value] if value else []:
            id_ = next(references(text), "")
            made = self.resources.get(id_)
            if made is None:
                yield self.profiles.get(text, text)
            elif made.kind is iam.INSTANCE_PROFILE:
                yield from self._roles(made.properties["Roles"])
            else:
                yield from self._arns(made.kind, {**made.properties, _ID: id_})


@cache
def _fields(arns: str) -> frozenset[str]:
    return frozenset(re.findall(r"\{(\w+)", arns))


def _value(properties: Properties, path: str) -> Any:  # noqa: ANN401 - any JSON
    value: Any = properties
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
