# SPDX-License-Identifier: Apache-2.0
"""The review page: one HTML file that asks nothing of any network and is the same every time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from seqera_batch.judge.report.changes import by_effect
from seqera_batch.judge.report.model import Review
from seqera_batch.judge.report.picture import picture, styles
from seqera_batch.judge.report.printable import printable
from seqera_batch.policies.document import PolicyDocument, each_condition
from seqera_batch.problems import Severity
from seqera_batch.records import dataclass
from seqera_batch.version import __version__
from seqera_batch.words import counted

_PART_ENDS = re.compile(r"(?<=[:/.])(?=.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An environment on the page.

    Args:
        review: What is told of it.
        before: Start of the ids of its headings: unique on the page.
        picture: Its picture.
        narrow: The same for a narrow window.
    """

    review: Review
    before: str
    picture: Markup
    narrow: Markup


def text(reviews: Sequence[Review]) -> str:
    """Return the page of one environment or several."""
    told = [
        _Told(
            review=review,
            before=before,
            picture=_picture(review, f"{before}picture"),
            narrow=_picture(review, f"{before}narrow", narrow=True),
        )
        for place, review in enumerate(reviews, start=1)
        for before in ("" if len(reviews) == 1 else f"e{place}-",)
    ]
    return rendered("page.html", environments=told)


def rendered(name: str, **data: Any) -> str:  # noqa: ANN401 - whatever the template tells
    """Return a page of a template, with style and script in it."""
    style = _file("page.css") + styles()
    script = _file("page.js")
    return (
        _templates()
        .get_template(name)
        .render(
            **data,
            # Only our own style and script run, told by their hashes, and nothing is loaded.
            security=f"default-src 'none'; style-src '{_digest(style)}'; "
            f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'",
            style=Markup(style),  # noqa: S704 - a file of ours
            script=Markup(script),  # noqa: S704 - a file of ours
        )
    )


@cache
def _templates() -> Environment:
    """Return the templates, compiled once however many pages are made."""
    templates = Environment(
        loader=PackageLoader("seqera_batch.judge.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalized,
    )
    templates.filters.update(
        breakable=_breakable,
        conditions=each_condition,
        json=_json,
        prose=_prose,
        sentence=_sentence,
    )
    templates.globals.update(
        by_effect=by_effect, by_reason=_by_reason, counted=counted, version=__version__
    )
    templates.tests["severe"] = lambda problem: problem.severity is not Severity.NOTICE
    return templates


def _finalized(value: object) -> object:
    return printable(value) if type(value) is str else value


def _file(name: str) -> str:
    return (
        resources.files("seqera_batch.judge.report.page").joinpath(name).read_text(encoding="utf-8")
    )


def _digest(content: str) -> str:
    """Return what a content security policy calls an inline style or script by."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _picture(review: Review, name: str, *, narrow: bool = False) -> Markup:
    # The writer of the picture escapes every name.
    return Markup(picture(review.plan, name=name, alone=False, narrow=narrow))  # noqa: S704


def _json(document: PolicyDocument | Mapping[str, Any]) -> str:
    data = document if not hasattr(document, "to_dict") else document.to_dict()
    return json.dumps(data, indent=2)


def _by_reason(left_out: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for action, reason in left_out.items():
        found.setdefault(reason, []).append(action)
    return found


def _sentence(words: str) -> str:
    """Return words of ours, which start low and end without a stop, as a sentence.

    Names that they start with keep their spelling: `iam:PutRolePolicy`, `vCPUs`.
    """
    first = words.partition(" ")[0].strip(",;:").replace("-", "")
    if first.isalpha() and first.islower():
        words = f"{words[0].upper()}{words[1:]}"
    return words if words.endswith(".") else f"{words}."


@lru_cache(maxsize=4096, typed=True)
def _breakable(words: str) -> Markup:
    """Return an ARN or an action that may be broken where its parts end."""
    return Markup("<wbr>").join(_PART_ENDS.split(printable(words)))


@lru_cache(maxsize=4096, typed=True)
def _prose(words: str) -> Markup:
    """Return words with what stands between backticks set as code."""
    parts = printable(words).split("`")
    if len(parts) % 2 == 0:
        # A lone backtick is somebody's own.
        return escape(printable(words))
    pieces = (
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
    return Markup().join(pieces)
