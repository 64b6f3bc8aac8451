# SPDX-License-Identifier: Apache-2.0
"""Policies compared by what they allow, judged against requests one by one."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.judge.containment import Shift, change, compare
from tests.chance import cases

Json = dict[str, Any]
BUCKET = "arn:aws:s3:::b"
ROLE = "arn:aws:iam::111122223333:role/a"
USER = {"StringEquals": {"aws:username": "a"}}


def _allow(action: object, resource: object = "*", condition: Json | None = None) -> Json:
    said: Json = {"Effect": "Allow", "Action": action, "Resource": resource}
    return said | ({} if condition is None else {"Condition": condition})


def _only(**operators: Json) -> Json:
    """Return a statement under a condition; `__` in a name stands for a colon."""
    return _allow("a:B", "*", {name.replace("__", ":"): keys for name, keys in operators.items()})


def _trust(principal: object, **more: object) -> Json:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}


def _deny(action: str, resource: str = "*") -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": resource}


def _change(old: list[Json], new: list[Json]) -> Shift:
    return change(compare({"Statement": old}, {"Statement": new}))


NARROWED = {
    "an action less": ([_allow(["a:B", "a:C"])], [_allow("a:B")]),
    "a wildcard named": ([_allow("s3:Get*")], [_allow("s3:GetObject")]),
    "all named": ([_allow("*")], [_allow("s3:*")]),
    "a folder of a bucket": (
        [_allow("s3:GetObject", f"{BUCKET}/*")],
        [_allow("s3:GetObject", f"{BUCKET}/x/*")],
    ),
    "a resource for all": ([_allow("a:B", "*")], [_allow("a:B", BUCKET)]),
    "a condition more": ([_allow("a:B")], [_allow("a:B", "*", USER)]),
    "a value less": ([_only(StringEquals={"k": ["a", "b"]})], [_only(StringEquals={"k": "a"})]),
    "equals for like": ([_only(StringLike={"k": "a*"})], [_only(StringEquals={"k": "ab"})]),
    "equals for its case": (
        [_only(StringEqualsIgnoreCase={"k": "A"})],
        [_only(StringEquals={"k": "a"})],
    ),
    "no IfExists": ([_only(StringEqualsIfExists={"k": "a"})], [_only(StringEquals={"k": "a"})]),
    "a key asked for": ([_only(Null={"k": False})], [_only(StringEquals={"k": "a"})]),
    "one more is left out": (
        [_only(StringNotEquals={"k": "a"})],
        [_only(StringNotEquals={"k": ["a", "b"]})],
    ),
    "one for all but another": (
        [_only(StringNotEquals={"k": "a"})],
        [_only(StringEquals={"k": "b"})],
    ),
    "a smaller network": (
        [_only(IpAddress={"aws:SourceIp": "10.0.0.0/8"})],
        [_only(IpAddress={"aws:SourceIp": "10.1.0.0/16"})],
    ),
    "a smaller number": ([_only(NumericLessThan={"k": "9"})], [_only(NumericLessThan={"k": "8"})]),
    "below for up to": (
        [_only(NumericLessThanEquals={"k": "9"})],
        [_only(NumericLessThan={"k": "9"})],
    ),
    "all values of fewer": (
        [_only(ForAllValues__StringEquals={"k": ["a", "b"]})],
        [_only(ForAllValues__StringEquals={"k": "a"})],
    ),
    "an ARN of a pattern": (
        [_only(ArnLike={"k": "arn:aws:iam::1:role/*"})],
        [_only(ArnEquals={"k": "arn:aws:iam::1:role/a"})],
    ),
    "a denial more": ([_allow("a:*")], [_allow("a:*"), _deny("a:B")]),
    "a wider denial": ([_allow("a:*"), _deny("a:B")], [_allow("a:*"), _deny("a:*")]),
    "one for all but another action": (
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [_allow("s3:*")],
    ),
    "more excepted actions": (
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
    ),
    "more excepted resources": (
        [{"Effect": "Allow", "Action": "a:B", "NotResource": f"{BUCKET}/x"}],
        [{"Effect": "Allow", "Action": "a:B", "NotResource": f"{BUCKET}/*"}],
    ),
    "somebody of anybody": ([_trust("*")], [_trust({"AWS": ROLE})]),
    "one of two principals": ([_trust({"AWS": [ROLE, f"{ROLE}b"]})], [_trust({"AWS": ROLE})]),
    "a condition on trust": ([_trust({"AWS": ROLE})], [_trust({"AWS": ROLE}, Condition=USER)]),
    "nothing": ([_allow("a:B")], []),
}

SAME = {
    "a Sid": ([_allow("a:B") | {"Sid": "One"}], [_allow("a:B") | {"Sid": "Two"}]),
    "order": ([_allow("a:B"), _allow("a:C", BUCKET)], [_allow("a:C", BUCKET), _allow("a:B")]),
    "split": ([_allow(["a:B", "a:C"])], [_allow("a:B"), _allow("a:C")]),
    "split by resource": (
        [_allow("a:B", [BUCKET, f"{BUCKET}/*"])],
        [_allow("a:B", BUCKET), _allow("a:B", f"{BUCKET}/*")],
    ),
    "split by value": (
        [_only(StringEquals={"k": ["a", "b"]})],
        [_only(StringEquals={"k": "a"}), _only(StringEquals={"k": "b"})],
    ),
    "case of an action": ([_allow("s3:getobject")], [_allow("s3:GetObject")]),
    "case of a key": ([_only(StringEquals={"K": "a"})], [_only(stringequals={"k": "a"})]),
    "like without a wildcard": (
        [_only(StringLike={"k": "a"})],
        [_only(StringEquals={"k": "a"})],
    ),
    "what another covers": ([_allow("s3:*")], [_allow("s3:*"), _allow("s3:GetObject", BUCKET)]),
    "the ends of an ARN": ([_allow("a:B", "arn:aws:sqs")], [_allow("a:B", "arn:aws:sqs:*:*:*")]),
    "an account and its root": (
        [_trust({"AWS": "111122223333"})],
        [_trust({"AWS": "arn:aws:iam::111122223333:root"})],
    ),
    "IfExists of a negation": (
        [_only(StringNotEquals={"k": "a"})],
        [_only(StringNotEqualsIfExists={"k": "a"})],
    ),
    "a denial that another covers": ([_deny("a:*")], [_deny("a:*"), _deny("a:B")]),
}

UNCLEAR = {
    "other resources": ([_allow("a:B", BUCKET)], [_allow("a:B", f"{BUCKET}c")]),
    "another key": (
        [_only(StringEquals={"k": "a"})],
        [_only(StringEquals={"m": "a"})],
    ),
    "other quantifiers": (
        [_only(ForAllValues__StringEquals={"k": "a"})],
        [_only(ForAnyValue__StringEquals={"k": "a"})],
    ),
    "a role of an account that was trusted whole": (
        [_trust({"AWS": "111122223333"})],
        [_trust({"AWS": ROLE})],
    ),
    "a service of everybody": ([_trust("*")], [_trust({"Service": "ec2.amazonaws.com"})]),
    "all but others": (
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}],
    ),
    "a denial for another": ([_allow("*"), _deny("a:B")], [_allow("*"), _deny("a:C")]),
    "operators that nobody knows": (
        [_only(Matches={"k": "a"})],
        [_only(Resembles={"k": "a"})],
    ),
    "numbers the other way round": (
        [_only(NumericLessThan={"k": "9"})],
        [_only(NumericGreaterThan={"k": "9"})],
    ),
    "a variable for another": (
        [_allow("a:B", "arn:aws:s3:::${aws:username}")],
        [_allow("a:B", "arn:aws:s3:::${aws:userid}")],
    ),
}


@pytest.mark.parametrize(("old", "new"), NARROWED.values(), ids=NARROWED)
def test_narrowed_and_widened(old: list[Json], new: list[Json]) -> None:
    """One way it is narrowed, the other way widened."""
    assert _change(old, new) is Shift.NARROWED
    assert _change(new, old) is Shift.WIDENED


@pytest.mark.parametrize(("old", "new"), SAME.values(), ids=SAME)
def test_same(old: list[Json], new: list[Json]) -> None:
    """What is written otherwise and allows the same is no change, either way."""
    assert _change(old, new) is _change(new, old) is Shift.SAME


@pytest.mark.parametrize(("old", "new"), UNCLEAR.values(), ids=UNCLEAR)
def test_unclear(old: list[Json], new: list[Json]) -> None:
    """What is neither, or cannot be proved, counts as widened, either way."""
    for found in (_change(old, new), _change(new, old)):
        assert found is Shift.UNCLEAR
        assert found.widens


def test_no_document() -> None:
    """A document that comes gives, one that goes takes."""
    document = {"Statement": _allow("a:B")}
    assert change(compare(None, document)) is Shift.WIDENED
    assert change(compare(document, None)) is Shift.NARROWED
    assert compare(None, None) == ()


def test_statements() -> None:
    """Each statement says what it gains and loses, under its Sid."""
    old = {"Statement": [_allow("a:B") | {"Sid": "One"}, _allow("a:D") | {"Sid": "Gone"}]}
    new = {"Statement": [_allow(["a:B", "a:C"]) | {"Sid": "One"}]}
    one, gone = compare(old, new)
    assert (one.sid, one.in_old, one.in_new, one.change) == ("One", True, True, Shift.WIDENED)
    assert [request.action.text() for request in one.gained] == ["a:C"]
    assert (gone.sid, gone.in_new, gone.change) == ("Gone", False, Shift.NARROWED)
    assert [request.action.text() for request in gone.lost] == ["a:D"]


def test_many_values_end() -> None:
    """Conditions of very many values are compared at once, or left unproved."""
    keys = {f"k{number}": [f"v{value}" for value in range(9)] for number in range(9)}
    first = [_only(StringEquals=keys)]
    second = [_only(StringEquals=keys | {"k0": "v0"}), _only(StringEquals=keys | {"k1": "v1"})]
    assert _change(first, first) is Shift.SAME
    assert _change(first, second) is Shift.NARROWED


ACTIONS, RESOURCES, KEYS, VALUES = ("a:b", "a:c", "b:b"), ("x", "xy", "z"), ("k", "m"), ("p", "q")
REQUESTS = [
    (action, resource, {key: value for key, value in zip(KEYS, values, strict=True) if value})
    for action, resource, values in product(
        ACTIONS, RESOURCES, product((None, *VALUES), repeat=len(KEYS))
    )
]
"""Every request of a small world; a key may be missing."""

_ACTION_PATTERNS = st.sampled_from(("a:b", "a:c", "b:b", "a:*", "*:b", "*", "?:b"))
_RESOURCE_PATTERNS = st.sampled_from(("x", "xy", "z", "x*", "?", "*", "*y"))
_VALUE_LISTS = st.lists(st.sampled_from((*VALUES, "*", "?", "p*")), min_size=1, max_size=2)
_OPERATORS = st.sampled_from(
    [
        f"{name}{suffix}"
        for name in ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike")
        for suffix in ("", "IfExists")
    ]
)
_CONDITIONS = st.dictionaries(
    _OPERATORS, st.dictionaries(st.sampled_from(KEYS), _VALUE_LISTS, min_size=1), max_size=2
)


@st.composite
def _statements(draw: st.DrawFn) -> Json:
    action = draw(st.sampled_from(("Action", "Action", "NotAction")))
    resource = draw(st.sampled_from(("Resource", "Resource", "NotResource")))
    return {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        action: draw(st.lists(_ACTION_PATTERNS, min_size=1, max_size=2)),
        resource: draw(st.lists(_RESOURCE_PATTERNS, min_size=1, max_size=2)),
        "Condition": draw(_CONDITIONS),
    }


POLICIES = st.lists(_statements(), max_size=3)


def _matches(pattern: str, text: str) -> bool:
    written = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(written, text) is not None


def _holds(operator: str, values: list[str], value: str | None) -> bool:
    if value is None:
        return operator.endswith("IfExists") or "Not" in operator
    found = any(_matches(one, value) if "Like" in operator else one == value for one in values)
    return found is not ("Not" in operator)


def _names(statement: Json, part: str, text: str) -> bool:
    if part in statement:
        return any(_matches(one, text) for one in statement[part])
    return not any(_matches(one, text) for one in statement[f"Not{part}"])


def _allowed(policy: list[Json]) -> set[int]:
    """Return the places of the requests that a policy allows, as IAM decides."""
    found: dict[str, set[int]] = {"Allow": set(), "Deny": set()}
    for statement in policy:
        found[statement["Effect"]] |= {
            place
            for place, (action, resource, keys) in enumerate(REQUESTS)
            if _names(statement, "Action", action)
            and _names(statement, "Resource", resource)
            and all(
                _holds(operator, values, keys.get(key))
                for operator, asked in statement["Condition"].items()
                for key, values in asked.items()
            )
        }
    return found["Allow"] - found["Deny"]


@cases(usual=50)
@given(POLICIES, POLICIES)
def test_no_request_says_otherwise(old: list[Json], new: list[Json]) -> None:
    """Where nothing is said to be widened, no request is allowed that was not."""
    if not _change(old, new).widens:
        assert _allowed(new) <= _allowed(old)


@cases(usual=50)
@given(POLICIES, _statements())
def test_adding(policy: list[Json], statement: Json) -> None:
    """A statement more that allows never narrows, and one that denies never widens."""
    found = _change(policy, [*policy, statement])
    expected = Shift.WIDENED if statement["Effect"] == "Allow" else Shift.NARROWED
    assert found in {Shift.SAME, expected}


@cases(usual=50)
@given(_statements(), _ACTION_PATTERNS, _RESOURCE_PATTERNS)
def test_adding_to_a_statement(statement: Json, action: str, resource: str) -> None:
    """An action or a resource more is never narrower, where the statement allows by name."""
    statement = (
        {"Effect": "Allow"}
        | {name: value for name, value in statement.items() if name == "Condition"}
        | {"Action": ["a:b"], "Resource": ["x"]}
    )
    for part, more in (("Action", action), ("Resource", resource)):
        wider = statement | {part: [*statement[part], more]}
        assert _change([statement], [wider]) in {Shift.SAME, Shift.WIDENED}


@cases(usual=50)
@given(POLICIES)
def test_reflexive(policy: list[Json]) -> None:
    """A policy allows what it allows."""
    assert _change(policy, policy) is Shift.SAME


@cases(usual=50)
@given(_statements(), _statements(), _statements())
def test_transitive(one: Json, two: Json, three: Json) -> None:
    """What is narrower than the narrower is narrower."""
    if not _change([one], [two]).widens and not _change([two], [three]).widens:
        assert not _change([one], [three]).widens


@cases(usual=50)
@given(POLICIES, st.randoms())
def test_order_and_names(policy: list[Json], chance: Any) -> None:  # noqa: ANN401 - of hypothesis
    """Order and Sids change nothing."""
    shuffled = [one | {"Sid": f"Other{place}"} for place, one in enumerate(policy)]
    chance.shuffle(shuffled)
    assert compare({"Statement": policy}, {"Statement": shuffled}) == ()
