# SPDX-License-Identifier: Apache-2.0
"""Whether one condition holds only where another does, as far as that can be proved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from ipaddress import ip_network

from seqera_batch.judge.containment.patterns import apart, arn_within, within
from seqera_batch.policies.document import each_condition
from seqera_batch.records import dataclass

_OPERATOR = re.compile(r"(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?", re.IGNORECASE)

_TEXTS = {
    "stringequals": "string",
    "stringlike": "string",
    "stringequalsignorecase": "caseless",
    # AWS: the two behave alike.
    "arnequals": "arn",
    "arnlike": "arn",
    "stringnotequals": "string",
    "stringnotlike": "string",
    "stringnotequalsignorecase": "caseless",
    "arnnotequals": "arn",
    "arnnotlike": "arn",
    "ipaddress": "address",
    "notipaddress": "address",
}
"""Operators that ask for one of several values, or for none of them, by how these compare."""

_PATTERNS = frozenset({"stringlike", "stringnotlike"})
_BOUNDS = {
    "numericlessthan": (1, True),
    "numericlessthanequals": (1, False),
    "numericgreaterthan": (-1, True),
    "numericgreaterthanequals": (-1, False),
}
"""Operators that ask for a number on one side of a bound: which side, and without the bound."""


@dataclass(frozen=True, slots=True)
class Test:
    """One line of a condition.

    Args:
        quantifier: `forallvalues`, `foranyvalue`, or nothing.
        operator: In lower case, without quantifier and `IfExists`.
        if_exists: Whether a request without the key passes.
        key: Condition key in lower case, since IAM does not look at case.
        values: One of which has to hold; none of which may, where the operator is negated.
        text: As a person reads it.
    """

    quantifier: str
    operator: str
    if_exists: bool
    key: str
    values: tuple[str, ...]
    text: str = field(compare=False)

    @property
    def negated(self) -> bool:
        """Whether the values are what the key must not be."""
        return "not" in self.operator

    @property
    def refuses_without_key(self) -> bool:
        """Whether a request without the key fails."""
        return (
            self.operator in _TEXTS.keys() | _BOUNDS.keys()
            and not self.negated
            and not self.if_exists
            and self.quantifier != "forallvalues"
        )


def tests(conditions: Mapping[str, Mapping[str, Iterable[str]]]) -> tuple[Test, ...]:
    """Return the lines of a condition, all of which have to hold."""
    return tuple(
        _test(operator, key, values) for key, operator, values in each_condition(conditions)
    )


def implied(narrow: Iterable[Test], wide: Iterable[Test]) -> bool:
    """Return whether requests that pass all the first tests are proved to pass all the second."""
    given = tuple(narrow)
    return all(any(_implies(one, wanted) for one in given) for wanted in wide)


def alternatives(given: tuple[Test, ...]) -> Iterator[tuple[Test, ...]]:
    """Yield conditions that come to the same together, one for each value of a test.

    The test is the first that allows several; where none does, there is nothing.
    """
    for place, one in enumerate(given):
        if len(one.values) > 1 and not one.negated and one.quantifier != "forallvalues":
            for value in one.values:
                yield (*given[:place], replace(one, values=(value,)), *given[place + 1 :])
            return


def _test(operator: str, key: str, values: tuple[str, ...]) -> Test:
    found = _OPERATOR.fullmatch(operator)
    assert found is not None  # noqa: S101 - the expression takes any text
    quantifier, name, if_exists = found.groups()
    lower = name.lower()
    return Test(
        quantifier=(quantifier or "").lower(),
        operator=lower,
        # A key that is missing is none of the values, with or without the suffix.
        if_exists=if_exists is not None or ("not" in lower and not quantifier),
        key=key.lower(),
        values=values,
        text=f"{key} {operator} {', '.join(values)}",
    )


def _implies(one: Test, wanted: Test) -> bool:
    if one.key != wanted.key:
        return False
    if wanted.operator == "null" and wanted.values == ("false",) and one.refuses_without_key:
        return True
    if one.quantifier != wanted.quantifier or (one.if_exists and not wanted.if_exists):
        return False
    if one.operator in _BOUNDS and wanted.operator in _BOUNDS:
        return _is_closer(one, wanted)
    if one.operator in _TEXTS and wanted.operator in _TEXTS:
        return _text_implies(one, wanted)
    # Dates, booleans, Null, and what is not known.
    more, less = (one, wanted) if one.negated else (wanted, one)
    return one.operator == wanted.operator and set(less.values) <= set(more.values)


def _text_implies(one: Test, wanted: Test) -> bool:
    if one.negated or wanted.negated:
        if one.negated and wanted.negated:
            # The more is left out, the less is left.
            return _all_within(wanted, one)
        kinds = {_TEXTS[one.operator], _TEXTS[wanted.operator]}
        return (
            not one.negated
            and not one.if_exists
            and kinds == {"string"}
            and all(
                apart(_pattern(one.operator, mine), _pattern(wanted.operator, theirs))
                for mine in one.values
                for theirs in wanted.values
            )
        )
    return _all_within(one, wanted)


def _all_within(narrow: Test, wide: Test) -> bool:
    return all(
        any(_value_within(narrow.operator, value, wide.operator, other) for other in wide.values)
        for value in narrow.values
    )


def _value_within(operator: str, value: str, other_operator: str, other: str) -> bool:
    kinds = (_TEXTS[operator], _TEXTS[other_operator])
    literal = operator not in _PATTERNS
    match kinds:
        case ("string", "string"):
            if other_operator in _PATTERNS:
                return within(value, other, literal=literal)
            return value == other and (literal or not {"*", "?"} & set(value))
        case ("string" | "caseless", "caseless"):
            plain = literal or not {"*", "?"} & set(value)
            return plain and value.lower() == other.lower()
        case ("arn", "arn"):
            return arn_within(value, other)
        case ("address", "address"):
            return _address_within(value, other)
    return False


def _address_within(value: str, other: str) -> bool:
    try:
        narrow, wide = ip_network(value, strict=False), ip_network(other, strict=False)
    except ValueError:
        return value == other
    if narrow.version == 4 and wide.version == 4:  # noqa: PLR2004 - of the protocol
        return narrow.subnet_of(wide)
    if narrow.version == 6 and wide.version == 6:  # noqa: PLR2004 - of the protocol
        return narrow.subnet_of(wide)
    return False


def _is_closer(one: Test, wanted: Test) -> bool:
    (side, open_), (other_side, other_open) = _BOUNDS[one.operator], _BOUNDS[wanted.operator]
    if side != other_side:
        return False
    try:
        # One of several bounds has to hold: the loosest.
        mine = max(side * float(value) for value in one.values)
        theirs = max(side * float(value) for value in wanted.values)
    except ValueError:
        return False
    return mine < theirs or (mine == theirs and (open_ or not other_open))


def _pattern(operator: str, value: str) -> str:
    """Return a value as a pattern; where it is a text, its `*` and `?` become other characters."""
    return value if operator in _PATTERNS else value.replace("*", "\ue000").replace("?", "\ue001")
