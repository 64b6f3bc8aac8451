# SPDX-License-Identifier: Apache-2.0
"""Values that only a deployment knows, as marks inside plain strings.

A mark is what `Fn::Sub` would take, after another sign: `@{Efs}`, `@{Fsx.DNSName}`,
`@{AWS::AccountId}`. It begins with a capital, unlike what shells and git use (`@{u}`), and a file
that has one in a text of its own is refused. So one function writes an ARN, a policy or a script
whether its parts are known or not, and `resolve` turns the marks into intrinsic functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

_MARK = re.compile(r"@\{([A-Z=+][A-Za-z0-9.:]*)\}")
_MARK_WITHIN = re.compile(r"@\{([A-Z=][A-Za-z0-9.:]*)\}")
_MARK_ACROSS = re.compile(r"@\{(\+[A-Za-z0-9.:]*)\}")
_SIGN = "@{"
"""How a mark begins: most texts have none, which is quickly seen."""
_LITERAL, _ACROSS = "=", "+"
"""Before a logical id that a template has already: an app may begin it with any letter or digit."""


def ref(name: str) -> str:
    """Return the mark of a resource's `Ref`, or of a pseudo parameter."""
    return f"@{{{name}}}"


def get_att(resource: str, attribute: str) -> str:
    """Return the mark of a resource's attribute."""
    return f"@{{{resource}.{attribute}}}"


RESOLVED = "resolve:ssm:"
"""Before the name of a parameter of Systems Manager that holds a value, as in EC2's own API."""
_DYNAMIC = re.compile(rf"\{{\{{{RESOLVED}([^:}}]+)")


def read_at_deployment(value: str) -> str:
    """Return a value as it is, or how CloudFormation reads it from the parameter that it names."""
    return f"{{{{{value}}}}}" if value.startswith(RESOLVED) else value


def parameters_read(value: object) -> set[str]:
    """Return the names of the parameters that CloudFormation reads for a value."""
    return set(_DYNAMIC.findall(repr(value)))


def literal(logical_id: str, *, across: bool = False) -> str:
    """Return the name in the mark of a resource that goes by its logical id.

    Args:
        logical_id: Its id in the template.
        across: Whether it is written as CDK writes a reference between constructs: never in an
            `Fn::Sub`.
    """
    return f"{_ACROSS if across else _LITERAL}{logical_id}"


def marked(text: str) -> bool:
    """Whether a text holds a mark."""
    return _SIGN in text and _MARK.search(text) is not None


Value = TypeVar("Value")

ACCOUNT = ref("AWS::AccountId")
"""The account of the stack, where nothing tells it before."""


def resolve(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the value with marks as `Ref`, `Fn::GetAtt`, `Fn::Sub` or `Fn::Join`."""
    if isinstance(value, str):
        return _resolve_text(value) if _SIGN in value else value
    if isinstance(value, dict):
        return {key: resolve(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item) for item in value]
    return value


def answer(value: Value, answers: Callable[[str], str | None]) -> Value:
    """Return the value with what stands for some of its marks.

    Args:
        value: Any JSON.
        answers: Returns what stands for a mark, by the name in it: a value, a token of CDK, or
            another mark; None where the mark stays.
    """
    answered: Any = value
    if isinstance(value, str):
        if _SIGN in value:
            answered = _MARK.sub(lambda mark: answers(mark[1]) or mark[0], value)
    elif isinstance(value, dict):
        answered = {key: answer(item, answers) for key, item in value.items()}
    elif isinstance(value, list | tuple):
        answered = [answer(item, answers) for item in value]
    return cast("Value", answered)


def names(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield the names in a value's marks: of resources, attributes and pseudo parameters."""
    # As one text, which takes a tenth of a walk.
    return map(_plain, _MARK.findall(json.dumps(value)))


def references(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield the names of resources and pseudo parameters that a value's marks refer to."""
    return (name.partition(".")[0] for name in names(value))


def words(value: Value) -> Value:
    """Return text, or what holds it, for people: marks are written as CloudFormation does."""
    told: Any = value
    if isinstance(value, str):
        told = _MARK.sub(_word, value) if _SIGN in value else value
    elif isinstance(value, dict):
        told = {key: words(item) for key, item in value.items()}
    elif isinstance(value, list | tuple):
        told = type(value)(map(words, value))
    return cast("Value", told)


def _word(mark: re.Match[str]) -> str:
    return f"${{{_plain(mark[1])}}}"


def _resolve_text(text: str) -> Any:  # noqa: ANN401 - any JSON
    parts = _MARK.split(text)
    if len(parts) == 1:
        return text
    if len(parts) == 3 and not parts[0] and not parts[2]:  # noqa: PLR2004 - one mark, nothing else
        return _intrinsic(parts[1])
    if "${" not in text and _MARK_ACROSS.search(text) is None:
        return {"Fn::Sub": words(text)}
    # Scripts and CDK tokens use what `Fn::Sub` would replace. CDK joins its own references first.
    return _joined(text, _MARK_WITHIN, lambda part: _joined(part, _MARK_ACROSS, str))


def _joined(text: str, mark: re.Pattern[str], inner: Callable[[str], Any]) -> Any:  # noqa: ANN401 - any JSON
    parts = [
        _intrinsic(part) if index % 2 else inner(part)
        for index, part in enumerate(mark.split(text))
        if index % 2 or part
    ]
    return parts[0] if len(parts) == 1 else {"Fn::Join": ["", parts]}


def _plain(name: str) -> str:
    return name.lstrip(_LITERAL + _ACROSS)


def _intrinsic(name: str) -> dict[str, Any]:
    resource, dot, attribute = _plain(name).partition(".")
    return {"Fn::GetAtt": [resource, attribute]} if dot else {"Ref": resource}
