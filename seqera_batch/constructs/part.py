# SPDX-License-Identifier: Apache-2.0
"""`Part`: some of the resources that `template` renders, as a construct with typed attributes.

Resources come as data and become typed level 1 constructs by one `CfnInclude` a part
(docs/decisions/0007): what is deployed is what a review reads. What a part refers to and does not
make stands in it as a mark, and becomes a reference of CDK's, in this stack or another, so that
whoever refers waits.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar, overload

import aws_cdk as cdk

from seqera_batch.cloudformation.cdk import UNKNOWN_ACCOUNT, UNKNOWN_REGION, logical_id
from seqera_batch.cloudformation.intrinsics import (
    ACCOUNT,
    answer,
    get_att,
    literal,
    ref,
    references,
)
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.given import Given
from seqera_batch.constructs.include import Included
from seqera_batch.constructs.meant import acknowledge_meant
from seqera_batch.constructs.unique import refuse_second
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import ConfigError, refusal
from seqera_batch.records import dataclass
from seqera_batch.template.environment import SEVERAL, parts
from seqera_batch.words import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.cloudformation.resource import Resource, Resources
    from seqera_batch.policies.document import Scope

Kind = TypeVar("Kind", bound=cdk.CfnResource)


class Marks:
    """What marks stand for: what an app brings along, and the resources of parts made so far."""

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        *,
        below: Sequence[str] | None = None,
        asked_for: Collection[str] = (),
    ) -> None:
        """Begin with what an app brings along.

        Args:
            values: What stands for a mark, by the name in it.
            below: Path in its stack of the construct below which all resources have their logical
                ids; None where parts are in stacks of their own.
            asked_for: Names in the marks of resources, as far as they are known: those of others
                are answered too, at a price.
        """
        self.values = dict(values or {})
        self.asked_for = asked_for
        self.parts: dict[str, Part] = {}
        self._below = below

    def get(self, name: str) -> str | None:
        """Return what stands for a mark, by the name in it; None where nothing does."""
        if name not in self.values:
            resource, _, attribute = name.partition(".")
            part = self.parts.get(resource)
            if part is None:
                return None
            # Of the resource itself, so that a reference follows whoever overrides its logical id.
            made = part.resource(resource)
            self.values[name] = (
                cdk.Token.as_string(made.get_att(attribute)) if attribute else made.ref
            )
        return self.values[name]

    @property
    def know_ids(self) -> bool:
        """Whether all resources have their logical ids below one construct."""
        return self._below is not None

    def id_of(self, name: str) -> str:
        """Return the logical id of a resource, or its name where CDK gives the id."""
        return name if self._below is None else logical_id(self._below, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of an environment that is planned already.

    Args:
        resources: What it consists of, by id.
        marks: What stands for the marks of what it does not make; the part adds what it makes.
        plan: The environment.
        where: Where its policies hold, in the words of the template.
    """

    resources: Resources
    marks: Marks
    plan: ForgePlan
    where: Scope


class Part(Included):
    """Resources of an environment that belong together.

    Attributes:
        resources: The resources as data, by their ids below the part; without overrides.
        plan: The environment that it belongs to.
        reviewed_scope: Where policies hold, in the words of the template instead of CDK's tokens.
    """

    FIELD: ClassVar[str]
    """Where `template.Parts` has its resources."""

    granted_policies: Mapping[RoleKind, iam.Policy] = MappingProxyType({})
    """As of `BatchForge`: a part grants nothing to what an app brings."""

    _also: Sequence[ForgeConfig] = ()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        of: ForgeConfig | Slice,
        key: str | None = None,
        beside: Sequence[Part] = (),
    ) -> None:
        """Create the resources.

        Args:
            scope: Parent construct.
            construct_id: Id below it.
            of: The environment file that says what is made; `BatchForge` passes what it has
                planned.
            key: Which one, where the environment has several such parts: `work`, `head`,
                `efs`, …; may be left out where there is one.
            beside: Parts that make what this one refers to, in any stack of the app.

        Raises:
            ConfigError: The file breaks a rule, asks for no such part, or the part refers to
                something that none of the parts beside makes.
        """
        if isinstance(of, Slice):
            sliced = of
        else:
            with refusing_at(scope, construct_id):
                refuse_no_config("of", of)
                _refuse_others("beside", beside, Part, "name them: forge.job_roles, …")
                sliced = self._planned(scope, construct_id, of, key=key, beside=beside)
        marks = sliced.marks
        self._ids = {name: marks.id_of(name) for name in sliced.resources}
        super().__init__(
            scope,
            construct_id,
            {self._ids[name]: self._written(one, marks) for name, one in sliced.resources.items()},
            referred={
                mark: self._own(resource, attribute)
                for mark in marks.asked_for
                for resource, _, attribute in (mark.partition("."),)
                if resource in self._ids
            },
            # Known ids are CDK's for another place than this part.
            preserve_logical_ids=marks.know_ids,
        )
        self._beside, self._marks = beside, marks
        self.plan, self.reviewed_scope = sliced.plan, sliced.where
        self.resources: Mapping[str, Resource] = sliced.resources
        marks.values |= self._answers
        self._wait(marks.parts)
        marks.parts |= dict.fromkeys(self.resources, self)
        acknowledge_meant(self, self.resources)
        self._complete(alone=not isinstance(of, Slice))

    def _complete(self, *, alone: bool) -> None:
        """Do what a kind of part needs besides, when its resources are made.

        Args:
            alone: Whether it is made by itself, and not by `BatchForge`.
        """

    def _wait(self, others: Mapping[str, Part]) -> None:
        """Let resources wait for those of other parts that they do not refer to."""
        for name, resource in self.resources.items():
            outside = [one for one in _outside(resource, self.resources) if one in others]
            for part in dict.fromkeys(others[one] for one in outside):
                waited = [one for one in outside if others[one] is part]
                if len(self.resources) == 1 and len(waited) == len(part.resources):
                    # The same, without loading the modules of both.
                    self.node.add_dependency(part)
                    continue
                for one in waited:
                    self.resource(name).add_resource_dependency(part.resource(one))

    def _planned(
        self,
        parent: Construct,
        construct_id: str,
        config: ForgeConfig,
        *,
        key: str | None,
        beside: Sequence[Part],
    ) -> Slice:
        """Plan an environment, and take this part of it."""
        origin = f"{parent.node.path}/{construct_id}"
        account, region = place(parent)
        plan = ForgePlan.of(config, given=Given(region=region))
        scope = stated(plan, account)
        every = parts(
            plan,
            scope,
            also=[ForgePlan.of(one, given=Given(region=region)) for one in self._also],
        )
        found = getattr(every, self.FIELD)
        if self.FIELD in SEVERAL:
            if key is None and len(found) == 1:
                [key] = found
            if key not in found:
                raise refusal(
                    "part-key",
                    "key",
                    "the environment has several, or no such part" if found else "it has none",
                    value=key or "nothing",
                    allowed=", ".join(found) or "nothing: the file asks for none",
                    fix="name one of them" if found else "change the file",
                    origin=origin,
                )
            found = found[key]
        elif key is not None:
            raise refusal(
                "part-key",
                "key",
                "an environment has one such part",
                value=key,
                fix="leave it out",
                origin=origin,
            )
        if not found:
            raise refusal(
                "part-empty",
                "of",
                f"the file of {config.name} asks for nothing that a {type(self).__name__} makes",
                fix="ask for it in the file, or leave the part out",
                origin=origin,
            )
        marks = Marks()
        for part in beside:
            refuse_elsewhere("beside", part.node.path, place(part), here=(account, region))
            marks.parts |= dict.fromkeys(part.resources, part)
        missing = {
            name: owner
            for resource in found.values()
            for name in (*references(dict(resource.properties)), *resource.depends_on)
            if name not in found and name not in marks.parts
            for owner in (every.owner(name),)
            if owner is not None
        }
        if missing:
            raise refusal(
                "part-alone",
                "beside",
                f"it refers to {listed(sorted(missing))}, which none of the parts beside it makes",
                allowed=listed(sorted(_makers(set(missing.values())))),
                fix="pass them in beside=[…], or take BatchForge, which makes all",
                origin=origin,
            )
        refuse_second(parent, construct_id, found, plan=plan, account=account)
        return Slice(resources=found, marks=marks, plan=plan, where=scope)

    def _answered(self, text: str) -> str:
        return answer(text, self._marks.get)

    def _written(self, resource: Resource, marks: Marks) -> Resource:
        """Return a resource in which marks of its own part have its ids, and others are tokens."""

        def stands_for(mark: str) -> str | None:
            name, _, attribute = mark.partition(".")
            return self._own(name, attribute) if name in self._ids else marks.get(mark)

        return replace(
            resource.answered(stands_for),
            depends_on=tuple(self._ids[one] for one in resource.depends_on if one in self._ids),
        )

    def _own(self, name: str, attribute: str) -> str:
        """Return the mark of a resource of the part by its id in the include."""
        own = literal(self._ids[name])
        return get_att(own, attribute) if attribute else ref(own)

    @property
    def data(self) -> Mapping[str, Any]:
        """Properties of its one resource, as data."""
        [one] = self.resources.values()
        return one.properties

    @overload
    def resource(self, name: str) -> cdk.CfnResource: ...
    @overload
    def resource(self, name: str, kind: type[Kind]) -> Kind: ...
    def resource(self, name: str, kind: type[cdk.CfnResource] = cdk.CfnResource) -> cdk.CfnResource:
        """Return a resource by its id, such as `WorkBucketPolicy`, to override it.

        Args:
            name: Its id below the part.
            kind: Its class in CDK, such as `s3.CfnBucketPolicy`.

        Raises:
            ConfigError: The part has no such resource, or it is of another class.
        """
        if name not in self.resources:
            raise unknown_resource(self, name, self.resources)
        made = self.get_resource(name)
        if not isinstance(made, kind):
            raise refusal(
                "resource-class",
                name,
                f"is a {type(made).__name__}",
                value=kind.__name__,
                allowed=type(made).__name__,
                fix=f"ask for {type(made).__name__}, or for no class",
                origin=self.node.path,
            )
        return made

    def get_resource(self, logical_id: str) -> cdk.CfnResource:
        """Return a resource as an include of CDK does; `resource` knows its class.

        Args:
            logical_id: The id in the template that it came with, or its id below the part.
        """
        made: cdk.CfnResource = super().get_resource(self._ids.get(logical_id, logical_id))
        return made

    def override_logical_id(self, new_logical_id: str) -> NoReturn:
        """Refuse: an include has no id in the template, and CDK would say nothing.

        Raises:
            ConfigError: Always, with the way to give a resource another id.
        """
        raise refusal(
            "part-logical-id",
            "override_logical_id",
            "a part has no logical id; the resources in it have",
            value=new_logical_id,
            allowed=listed(sorted(self.resources)),
            fix=f"part.resource({next(iter(self.resources))!r}).override_logical_id(…)",
            origin=self.node.path,
        )

    def all_of(self, kind: type[Kind]) -> dict[str, Kind]:
        """Return the resources of a class of CDK, such as `ec2.CfnRoute`, by id."""
        return {
            name: self.resource(name, kind)
            for name, one in self.resources.items()
            if _class_of(one.type) == (kind.__module__, kind.__name__)
        }


def stack_of(scope: Construct) -> cdk.Stack:
    """Return the stack that a construct is in, without asking Node.js where it is one itself."""
    return scope if isinstance(scope, cdk.Stack) else cdk.Stack.of(scope)


def place(scope: Construct) -> tuple[str | None, str | None]:
    """Return account and region of a construct's stack, None where it leaves them open.

    One read that crosses into Node.js, of `aws://ACCOUNT/REGION`, instead of one for each part.
    """
    account, region = stack_of(scope).environment.removeprefix("aws://").split("/")
    return (
        None if account == UNKNOWN_ACCOUNT else account,
        None if region == UNKNOWN_REGION else region,
    )


Place = tuple[str | None, str | None]
"""Account and region, None where they are open."""


def outermost(stack: cdk.Stack) -> cdk.Stack:
    """Return the stack that a nested one is deployed and deleted with, or the stack itself."""
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack


def refuse_elsewhere(argument: str, path: str, found: Place, *, here: Place) -> None:
    """Refuse what is in another place than the construct that would use it.

    Args:
        argument: What it was passed as.
        path: Its path in the app.
        found: Where it is.
        here: Where it would be used.

    Raises:
        ConfigError: Account or region are another one.
    """
    for what, theirs, ours in zip(("account", "region"), found, here, strict=True):
        if None not in {theirs, ours} and theirs != ours:
            raise refusal(
                "brought-along",
                argument,
                f"it is of another {what}, where nodes and their services do not reach it",
                value=f"{path}, in {theirs}",
                allowed="one in " + " of ".join(filter(None, reversed(here))),
                fix="put both into stacks of one env, or make one of it here",
            )


@contextmanager
def refusing_at(scope: Construct, construct_id: str) -> Iterator[None]:
    """Say of what is refused in here which construct would have been made."""
    try:
        yield
    except ConfigError as error:
        if error.origin is not None:
            raise
        raise ConfigError(error.problems, f"{scope.node.path}/{construct_id}") from None


def stated(plan: ForgePlan, account: str | None) -> Scope:
    """Return where a plan's policies hold, in the words of the template.

    Raises:
        ConfigError: The file is for another account than the stack's.
    """
    if None not in {plan.account, account} and plan.account != account:
        raise refusal(
            "brought-along",
            "aws.account",
            f"the environment is for account {plan.account}, the stack for {account}",
            value=plan.account,
            allowed=account,
            fix=f"give the stack env=Environment(account='{plan.account}', …), or change "
            "aws.account",
        )
    return replace(plan.scope(), account=account or ACCOUNT)


def unknown_resource(scope: Construct, name: str, known: Mapping[str, object]) -> Exception:
    """Return the error for a resource that is not there, with those that are."""
    return refusal(
        "resource-id",
        name,
        "nothing of that id is created",
        value=name,
        allowed=listed(sorted(known)) if known else "nothing: everything exists",
        fix=did_you_mean(name, known, "take one of them"),
        origin=scope.node.path,
    )


def refuse_no_config(argument: str, value: object) -> None:
    """Refuse what is no environment file that has been read, such as the path of one.

    Args:
        argument: What it was passed as.
        value: What was passed.

    Raises:
        ConfigError: It is of another class.
    """
    _refuse_others(argument, [value], ForgeConfig, "ForgeConfig.from_file(…)")


def _refuse_others(argument: str, values: Iterable[object], kind: type, fix: str) -> None:
    """Refuse what is of another class, for apps whose types nobody checks."""
    for value in values:
        if not isinstance(value, kind):
            raise refusal(
                "argument-class",
                argument,
                "it is of another class",
                value=type(value).__name__,
                allowed=kind.__name__,
                fix=fix,
            )


def _makers(fields: Collection[str]) -> Iterator[str]:
    """Yield the names of the parts that make what `template.Parts` has in some fields."""
    kinds = list(Part.__subclasses__())
    for kind in kinds:
        kinds += kind.__subclasses__()
        if vars(kind).get("FIELD") in fields:
            yield kind.__name__


def _class_of(type_: str) -> tuple[str, str]:
    """Return module and name of the class that CDK has for a type of resource."""
    *_, service, name = type_.split("::")
    return f"aws_cdk.aws_{service.lower()}", f"Cfn{name}"


def _outside(resource: Resource, own: Mapping[str, object]) -> Iterator[str]:
    """Yield the ids that a resource waits for without referring to them, in other parts."""
    outside = [one for one in resource.depends_on if one not in own]
    if outside:
        referred = set(references(dict(resource.properties)))
        yield from (one for one in outside if one not in referred)
