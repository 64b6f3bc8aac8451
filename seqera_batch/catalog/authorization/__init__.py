# SPDX-License-Identifier: Apache-2.0
"""What AWS's service authorization reference says of actions, read when it is first asked for.

The data is written by `scripts/service_authorization.py`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from seqera_batch.catalog.authorization.patterns import overlap, pattern_of
from seqera_batch.records import dataclass

SOURCE = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "reference_policies_actions-resources-contextkeys.html"
)

_BUCKET = "arn:*:s3:::*"
_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResourceType:
    """A kind of resource that an action may name.

    Args:
        name: AWS's name of the type.
        pattern: Its ARNs, `*` for what varies.
        required: Whether the action is refused unless a resource of this type is allowed.
    """

    name: str
    pattern: str
    required: bool

    def may_be(self, arn: str) -> bool:
        """Whether an ARN pattern of a policy can match a resource of the type."""
        if self.pattern == _BUCKET and "/" in arn.split(":", 5)[-1].partition("*")[0]:
            # A bucket has no slash in its name: what has one is an object.
            return False
        return overlap(arn, self.pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of AWS.

    Args:
        service: Prefix of the service.
        name: Without the service.
        level: Access level (`Read`, `Write`, …), several with commas.
        types: What it may name; empty where only `*` matches.
        keys: Condition keys that a request may carry, besides the global ones.
    """

    service: str
    name: str
    level: str
    types: tuple[ResourceType, ...]
    keys: frozenset[str]

    @property
    def full_name(self) -> str:
        """The name as policies write it."""
        return f"{self.service}:{self.name}"

    def may_name(self, arn: str) -> bool:
        """Whether any resource of the action can match an ARN pattern of a policy."""
        return any(kind.may_be(arn) for kind in self.types)


@cache
def service_names() -> frozenset[str]:
    """Return the prefixes of all services of AWS."""
    return frozenset(_read("services")["services"])


@cache
def is_known(service: str) -> bool:
    """Whether the data tells a service's actions."""
    return (_FOLDER / f"{service}.json").is_file() and service in service_names()


@cache
def actions(pattern: str) -> tuple[Action, ...]:
    """Return the actions that a policy's `service:Action` stands for; none if there is none.

    Args:
        pattern: As policies write it, with `*` and `?`; IAM does not look at case.
    """
    service, _, name = pattern.partition(":")
    service = service.lower()
    if not is_known(service):
        return ()
    if "*" in name or "?" in name:
        regex = re.compile(pattern_of(name), re.IGNORECASE)
        return tuple(_action(service, one) for one in _names(service).values() if regex.match(one))
    exact = _names(service).get(name.lower())
    return () if exact is None else (_action(service, exact),)


@cache
def types(patterns: tuple[str, ...]) -> frozenset[ResourceType]:
    """Return the types of resources that actions may name.

    Args:
        patterns: As policies write actions.
    """
    return frozenset(kind for one in patterns for action in actions(one) for kind in action.types)


@cache
def named_types(patterns: tuple[str, ...], arns: tuple[str, ...]) -> frozenset[ResourceType]:
    """Return those types of which a resource can match one of the ARNs of a policy."""
    return frozenset(kind for kind in types(patterns) if any(map(kind.may_be, arns)))


@cache
def _names(service: str) -> dict[str, str]:
    return {name.lower(): name for name in _read(service)["actions"]}


@cache
def _action(service: str, name: str) -> Action:
    data = _read(service)
    level, types, keys = data["actions"][name]
    patterns = data["resources"]
    return Action(
        service=service,
        name=name,
        level=level,
        types=tuple(_type(service, kind) for kind in types if kind.rstrip("*") in patterns),
        keys=frozenset(data["keys"][place] for place in keys),
    )


@cache
def _type(service: str, kind: str) -> ResourceType:
    name = kind.rstrip("*")
    pattern = re.sub(r"\$\{\w+\}", "*", _read(service)["resources"][name])
    return ResourceType(name=name, pattern=pattern, required=kind.endswith("*"))


@cache
def _read(name: str) -> dict[str, Any]:
    text = (_FOLDER / f"{name}.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
