# SPDX-License-Identifier: Apache-2.0
"""Findings about statements that do not reach what they mean: what they allow is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from seqera_batch.catalog import authorization, defaults
from seqera_batch.catalog.authorization import Action, ResourceType
from seqera_batch.catalog.authorization.patterns import covers, is_everything, overlap
from seqera_batch.judge.findings.grant import Grant
from seqera_batch.judge.findings.ids import start_of_ids
from seqera_batch.judge.findings.policy import Finding, Policy
from seqera_batch.policies.document import each_condition
from seqera_batch.problems import Severity
from seqera_batch.words import did_you_mean, listed

_CHILDREN = f":log-group:{defaults.JOB_LOG_GROUP}/*"
_LOG_GROUPS = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/"
    "iam-access-control-overview-cwl.html#CWL_ARN_Format"
)


def unknown_actions(policy: Policy) -> Iterator[Finding]:
    """Yield actions that AWS does not have."""
    for grant in policy.grants:
        found = _unknown(grant.actions)
        if found:
            yield policy.finding(
                grant,
                kind="unknown-action",
                message=f"{listed(found)}: AWS has no such action",
                fix=_nearest(found[0]),
                source=authorization.SOURCE,
                actions=found,
            )


def actions_without_resources(policy: Policy) -> Iterator[Finding]:
    """Yield actions that only `*` matches, in statements that name ARNs."""
    for grant in policy.permissions:
        if any(map(is_everything, grant.resources)):
            continue
        yield from _unreached(
            policy,
            grant,
            _without_types(grant.actions),
            kind="action-needs-all",
            message="allowed on * only, never by a statement that names ARNs",
            fix="move what is meant to a statement of its own on *",
        )


def resources_that_never_match(policy: Policy) -> Iterator[Finding]:
    """Yield actions of which no ARN of the statement can be a resource."""
    for grant in policy.permissions:
        yield from _unreached(
            policy,
            grant,
            _out_of_reach(grant.actions, grant.named_types()),
            kind="resource-never-matches",
            message="never allowed here, as none of the ARNs can be what is worked on",
            fix="add the ARNs of what is worked on",
        )


def idle_resources(policy: Policy) -> Iterator[Finding]:
    """Yield ARNs that no action of the statement can name."""
    for grant in policy.permissions:
        if not grant.known_actions() or not all(map(authorization.is_known, grant.services())):
            continue
        types = grant.named_types()
        found = [
            resource
            for resource in grant.resources
            if not any(kind.may_be(resource) for kind in types) and not is_everything(resource)
        ]
        # Where nothing matches at all, that is said of the actions.
        if found and len(found) < len(grant.resources):
            yield policy.finding(
                grant,
                kind="resource-idle",
                severity=Severity.WARNING,
                message=f"{listed(found)} can be named by none of the actions",
                fix="remove it, or add the actions that it is for",
                source=authorization.SOURCE,
            )


def missing_resource_types(policy: Policy) -> Iterator[Finding]:
    """Yield actions that AWS checks on several resources, of which some are allowed nowhere."""
    seen: set[str] = set()
    for grant in policy.permissions:
        for action in _lacking(grant.actions, grant.named_types()):
            if action.full_name in seen:
                continue
            seen.add(action.full_name)
            resources = policy.resources_of(action)
            missing = [
                kind
                for kind in action.types
                if kind.required and not any(map(kind.may_be, resources))
            ]
            # Where nothing matches at all, that is said already.
            if missing and any(map(action.may_name, resources)):
                yield policy.finding(
                    grant,
                    kind=f"resource-missing-{action.name}",
                    message=f"{action.full_name} is also checked on "
                    f"{listed([kind.name for kind in missing])}, which nothing allows",
                    fix=f"add {missing[0].pattern}, narrowed",
                    source=authorization.SOURCE,
                    actions=(action.full_name,),
                )


@cache
def _without_types(patterns: tuple[str, ...]) -> tuple[tuple[str, Action], ...]:
    """Return the actions that name no resources."""
    known = ((one, action) for one in patterns for action in authorization.actions(one))
    return tuple((pattern, action) for pattern, action in known if not action.types)


@cache
def _out_of_reach(
    patterns: tuple[str, ...], named: frozenset[ResourceType]
) -> tuple[tuple[str, Action], ...]:
    """Return the actions of which no resource is of a type that is named."""
    return tuple(
        (pattern, action)
        for pattern in patterns
        for action in authorization.actions(pattern)
        if action.types and named.isdisjoint(action.types)
    )


@cache
def _lacking(patterns: tuple[str, ...], named: frozenset[ResourceType]) -> tuple[Action, ...]:
    """Return the actions that are written, and take a type of resources that is not named."""
    return tuple(
        action
        for pattern in patterns
        if "*" not in pattern and "?" not in pattern
        for action in authorization.actions(pattern)
        if any(kind.required and kind not in named for kind in action.types)
    )


def names_for_ids(policy: Policy) -> Iterator[Finding]:
    """Yield ARNs that hold a name where AWS has an id."""
    for grant in policy.permissions:
        found = {
            resource: start
            for resource in grant.resources
            for kinds in _with_ids(grant.actions)
            if (start := _missed_id(resource, kinds)) is not None
        }
        if found:
            resource, start = next(iter(found.items()))
            yield policy.finding(
                grant,
                kind="name-for-id",
                message=f"{listed(list(found))} never matches: AWS names these by an id, {start}…",
                fix=f"write the id, or {resource.rpartition('/')[0]}/* with a condition on tags",
                source=authorization.SOURCE,
            )


def log_group_children(policy: Policy) -> Iterator[Finding]:
    """Yield the jobs' log group by a pattern that holds groups below it, and not the group."""
    everything = [one for grant in policy.permissions for one in grant.resources if one != "*"]
    for grant in policy.permissions:
        children = [one for one in grant.resources if one.endswith(_CHILDREN)]
        group = children[0].removesuffix("/*") if children else ""
        if group and not any(covers(one, f"{group}:log-stream:x") for one in everything):
            yield policy.finding(
                grant,
                kind="log-group-children",
                severity=Severity.WARNING,
                message=f"{children[0]} matches groups below {defaults.JOB_LOG_GROUP}, and neither "
                "the group that jobs write to nor its streams",
                fix=f"write {group} and {group}:*",
                source=_LOG_GROUPS,
            )


def idle_conditions(policy: Policy) -> Iterator[Finding]:
    """Yield conditions on keys that no request for the action has."""
    for grant in policy.permissions:
        for key, operator, _ in each_condition(grant.conditions):
            if_exists = operator.lower().endswith("ifexists")
            found = _without(grant.actions, key, if_exists=if_exists)
            if not found:
                continue
            yield policy.finding(
                grant,
                kind=f"condition-idle-{key.partition('/')[0].replace(':', '-')}",
                severity=Severity.WARNING,
                message=f"requests for {listed(found)} have no {key}: {operator} "
                + ("then restricts nothing" if if_exists else "then refuses them"),
                fix="use aws:RequestTag where something is made or tagged, and no condition on "
                "what has no resource"
                if "tag" in key.lower()
                else "remove the condition, or move it to the actions that have the key",
                source=authorization.SOURCE,
                actions=found,
                # What is new may be meant to pass, and the statement then says so.
                by_reason=if_exists,
            )


def _unreached(  # noqa: PLR0913 - the words of two findings of one form
    policy: Policy,
    grant: Grant,
    found: Sequence[tuple[str, Action]],
    *,
    kind: str,
    message: str,
    fix: str,
) -> Iterator[Finding]:
    if not found:
        return
    names = [action.full_name for _, action in found]
    # A pattern may well mean actions that are not wanted; one that was written is meant.
    written = any("*" not in pattern and "?" not in pattern for pattern, _ in found)
    yield policy.finding(
        grant,
        kind=kind,
        severity=Severity.ERROR if written else Severity.WARNING,
        message=f"{listed(names)}: {message}",
        fix=fix,
        source=authorization.SOURCE,
        actions=tuple(names),
    )


@cache
def _unknown(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern for pattern in patterns if not _exists(pattern))


def _exists(pattern: str) -> bool:
    if pattern == "*":
        return True
    service = pattern.partition(":")[0].lower()
    if authorization.is_known(service):
        return bool(authorization.actions(pattern))
    # Of services that the data leaves out only the name can be judged.
    return service in authorization.service_names()


def _nearest(action: str) -> str:
    service = action.partition(":")[0].lower()
    names = [one.full_name for one in authorization.actions(f"{service}:*")]
    return did_you_mean(action, names)


@cache
def _with_ids(patterns: tuple[str, ...]) -> tuple[tuple[tuple[ResourceType, str], ...], ...]:
    """Return, for each action that has any, what it names by ids, and how these start."""
    by_action = (
        tuple(
            (kind, start)
            for kind in action.types
            if (start := start_of_ids(action.service, kind.name)) is not None
        )
        for pattern in patterns
        for action in authorization.actions(pattern)
    )
    return tuple(kinds for kinds in by_action if kinds)


def _missed_id(resource: str, kinds: Iterable[tuple[ResourceType, str]]) -> str | None:
    """Return how the ids start that an ARN's name can never be."""
    for kind, start in kinds:
        if kind.may_be(resource):
            with_id = f"{kind.pattern.removesuffix('*')}{start}*"
            return None if overlap(resource, with_id) else start
    return None


@cache
def _without(patterns: tuple[str, ...], key: str, *, if_exists: bool) -> tuple[str, ...]:
    """Return the actions of which no request has a key."""
    known = (action for pattern in patterns for action in authorization.actions(pattern))
    return tuple(one.full_name for one in known if not _may_have(one, key, if_exists=if_exists))


def _may_have(action: Action, key: str, *, if_exists: bool) -> bool:
    """Whether a request may carry a key, for a condition that may not hold without it."""
    name = key.lower()
    of_tags = name.startswith(("aws:requesttag/", "aws:resourcetag/")) or name == "aws:tagkeys"
    if name.startswith("aws:") and not of_tags:
        return True
    if if_exists and name.startswith("aws:resourcetag/") and _makes(action):
        # What is not there yet has no tags, so that such a condition lets every request through.
        return False
    # AWS writes the part that is free as ${TagKey} or, for some services, tag-key.
    return any(covers(one.lower().replace("/tag-key", "/*"), name) for one in action.keys)


def _makes(action: Action) -> bool:
    """Whether an action makes what it names, and can tag it at once."""
    return (
        action.name.startswith(("Create", "Register"))
        and action.name != "CreateTags"
        and "aws:RequestTag/${TagKey}" in action.keys
    )
