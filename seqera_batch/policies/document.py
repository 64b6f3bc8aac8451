# SPDX-License-Identifier: Apache-2.0
"""Scope, statement and policy document: rendered alike for review and for deployment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import lru_cache, wraps
from itertools import count
from typing import Any, Literal, ParamSpec, TypeAlias

from seqera_batch.catalog.regions import Region
from seqera_batch.cloudformation.intrinsics import marked, words
from seqera_batch.policies.growth import Growth
from seqera_batch.records import dataclass

VERSION = "2012-10-17"
P = ParamSpec("P")

Conditions: TypeAlias = "Mapping[str, Mapping[str, str | list[str]]]"
"""Operator to key to values, as in IAM."""


def each_condition(
    conditions: Mapping[str, Mapping[str, str | Iterable[str]]],
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield key, operator and values of conditions one by one."""
    for operator, keys in conditions.items():
        for key, values in keys.items():
            yield key, operator, (values,) if isinstance(values, str) else tuple(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a policy holds; the values may be tokens that are known at deployment only.

    Args:
        partition: Second part of every ARN, such as `aws`.
        region: Region code.
        account: 12 digits.
    """

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a regional resource of this account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account that is of no region."""
        return f"arn:{self.partition}:{service}::{self.account}:{resource}"

    def iam_arn(self, resource: str) -> str:
        """Return the ARN of an IAM resource of this account."""
        return self.global_arn("iam", resource)

    def endpoint(self, service: str) -> str:
        """Return the pattern of a service's name in this region, for `kms:ViaService`."""
        return Region.of(self.region).endpoint(service)

    @property
    def only_here(self) -> Conditions:
        """That a call is made in this region: what has no resource would reach into all others."""
        return {"StringEquals": {"aws:RequestedRegion": self.region}}

    def bucket_arn(self, bucket: str, key: str = "") -> str:
        """Return the ARN of a bucket, or of the objects that match a key."""
        return f"arn:{self.partition}:s3:::{bucket}{'/' + key if key else ''}"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who may assume a role, other than a service of AWS: ARNs, of one kind."""

    kind: Literal["AWS", "Federated"]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One permission and why it is needed.

    Args:
        sid: Unique in its document; how tests and reviewers name the statement.
        actions: IAM action names.
        resources: ARNs; `*` only where `reason` says why nothing narrower works.
        reason: What breaks without it.
        conditions: Operator to key to values, as in IAM.
        principal: Who may assume the role, in trust policies only; a service by its name.
        source: Page that documents the need.
        effect: `Deny` only where something must stay closed whatever else is allowed.
        grows_by: Fields of the environment file whose entries make it longer.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    reason: str
    conditions: Conditions = field(default_factory=dict)
    principal: str | Principal | None = None
    source: str | None = None
    effect: Literal["Allow", "Deny"] = "Allow"
    grows_by: tuple[Growth, ...] = ()

    def __hash__(self) -> int:
        """Return a hash, of conditions that of their text: mappings have none."""
        return hash((self.sid, self.resources, str(self.conditions)))

    @property
    def who(self) -> tuple[str, ...]:
        """Names of whoever it is for, where it says so."""
        principal = self.principal
        if isinstance(principal, Principal):
            return principal.names
        return () if principal is None else (principal,)

    def in_words(self) -> Statement:
        """Return the statement for people, in which marks are CloudFormation's words."""
        principal = self.principal
        names = principal.names if isinstance(principal, Principal) else ()
        if not marked(f"{names}{self.resources}{self.conditions}"):
            return self
        if isinstance(principal, Principal):
            principal = replace(principal, names=words(names))
        return replace(
            self,
            resources=words(self.resources),
            conditions=words(dict(self.conditions)),
            principal=principal,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as IAM reads it, actions sorted."""
        rendered: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        match self.principal:
            case str(service):
                rendered["Principal"] = {"Service": service}
            case Principal(kind, names):
                rendered["Principal"] = {kind: _one_or_many(list(names))}
        rendered["Action"] = _one_or_many(sorted(self.actions))
        if self.resources:
            # Not sorted: tokens sort otherwise than what they stand for.
            rendered["Resource"] = _one_or_many(list(self.resources))
        if self.conditions:
            rendered["Condition"] = {
                operator: dict(keys) for operator, keys in self.conditions.items()
            }
        return rendered


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """The statements of one policy, in reading order.

    Raises:
        ValueError: Two statements have the same Sid.
    """

    statements: tuple[Statement, ...]

    def __post_init__(self) -> None:
        """Refuse what IAM refuses, before anybody reads it."""
        sids = [statement.sid for statement in self.statements]
        if len(set(sids)) != len(sids):
            raise ValueError(f"Sids must be unique in a document, got {', '.join(sorted(sids))}")

    def in_words(self) -> PolicyDocument:
        """Return the document for people, in which marks are CloudFormation's words."""
        return PolicyDocument(tuple(statement.in_words() for statement in self.statements))

    def to_dict(self) -> dict[str, Any]:
        """Return the document as IAM reads it."""
        return {
            "Version": VERSION,
            "Statement": [statement.to_dict() for statement in self.statements],
        }

    def to_json(self) -> str:
        """Return the document as indented JSON."""
        return json.dumps(self.to_dict(), indent=2)

    @property
    def size(self) -> int:
        """Characters that IAM counts against its limits: all but white space."""
        sizes = [_size(statement) for statement in self.statements]
        return _FRAME + sum(sizes) + max(len(sizes) - 1, 0)

    def split(self, limit: int) -> tuple[PolicyDocument, ...]:
        """Return documents of at most `limit` characters that allow the same together.

        Args:
            limit: Characters without white space, of `limits.MANAGED_POLICY_CHARACTERS` and
                its like.

        Raises:
            ValueError: One statement alone is longer.
        """
        return tuple(PolicyDocument(part) for part in self._parts(limit))

    def _parts(self, limit: int) -> Iterator[tuple[Statement, ...]]:
        part: tuple[Statement, ...] = ()
        for statement in self.statements:
            alone = PolicyDocument((statement,)).size
            if alone > limit:
                raise ValueError(
                    f"the statement {statement.sid} takes {alone} characters, more than {limit}"
                )
            if PolicyDocument((*part, statement)).size > limit:
                yield part
                part = ()
            part = (*part, statement)
        yield part


_COMPACT = json.JSONEncoder(separators=(",", ":"))
_FRAME = len('{"Version":"2012-10-17","Statement":[]}')
"""Characters of a document beside its statements and the commas between them."""


@lru_cache(maxsize=1024)
def _size(statement: Statement) -> int:
    return len(_COMPACT.encode(statement.to_dict()))


def document(statements: Callable[P, Iterator[Statement]]) -> Callable[P, PolicyDocument]:
    """Make a function that yields statements return the document of those about something."""

    @wraps(statements)
    def made(*args: P.args, **kwargs: P.kwargs) -> PolicyDocument:
        found = statements(*args, **kwargs)
        return PolicyDocument(tuple(one for one in found if one.resources or one.principal))

    return made


def union(documents: Iterable[PolicyDocument]) -> PolicyDocument:
    """Return one document that allows what several allow, and nothing else.

    Statements that are alike but for their resources become one; of others with the same Sid the
    later ones get a number.
    """
    alike: dict[tuple[object, ...], Statement] = {}
    for document in documents:
        for one in document.statements:
            key = (one.effect, frozenset(one.actions), str(one.principal), str(one.conditions))
            known = alike.get(key)
            resources = one.resources if known is None else (*known.resources, *one.resources)
            alike[key] = replace(known or one, resources=tuple(dict.fromkeys(resources)))
    named: dict[str, Statement] = {}
    for one in alike.values():
        numbers = (f"{one.sid}{number}" for number in count(2))
        sid = one.sid if one.sid not in named else next(n for n in numbers if n not in named)
        named[sid] = replace(one, sid=sid)
    return PolicyDocument(tuple(named.values()))


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
