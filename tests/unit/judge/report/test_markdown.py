# SPDX-License-Identifier: Apache-2.0
"""The review as Markdown: everything is told, and nothing breaks out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from seqera_batch.judge.report.markdown import text
from seqera_batch.judge.report.markup import details, fenced, plain

if TYPE_CHECKING:
    from seqera_batch.judge.report.model import Review


def test_everything_is_told(example: Review) -> None:
    """Every identity and every statement has its row; what is folded is folded once."""
    shown = text([example])
    for one in example.identities:
        assert f"| `{one.identity.name}` |" in shown
    for one in (*example.identities, *example.resources):
        for statement in one.identity.permissions.statements:
            assert f"| `{statement.sid}`" in shown
    folded = len(example.identities) + len(example.resources) + 1 + bool(example.open_for_deployers)
    assert shown.count("<details>") == shown.count("</details>") == folded
    settled = example.is_settled and not example.open_for_deployers
    assert ("**Nothing is open:**" in shown) is settled
    for finding in example.open_for_deployers:
        assert f"| `{finding.id}` |" in shown
    for risk in example.residual_risks:
        assert f"- {plain(risk)}\n" in shown
    assert f"`{example.digest}`" in shown


def test_names_that_fight_back(everything: Review) -> None:
    """Names and reasons of the file cannot add markup to the page."""
    tokens = MarkdownIt().enable("table").parse(text([everything]))
    found = [token for one in tokens for token in (one, *(one.children or ()))]
    written = {token.content.strip() for token in found if token.type == "html_block"}
    ours = ("<details><summary>", "</details>", "<!-- generator: seqera-batch -->")
    assert all(one.startswith(ours) for one in written)
    inline = {token.content for token in found if token.type == "html_inline"}
    assert inline <= {"<br>"}
    assert not [token for token in found if token.type in {"link_open", "image"}]


def test_open_points_come_first(example: Review) -> None:
    """What nobody has answered stands above everything else."""
    problem = next((one for one in example.problems if one.acknowledged), None)
    if problem is None:
        return
    shown = text([replace(example, problems=(replace(problem, acknowledged=None),))])
    assert shown.index("**Open: 1**") < shown.index("| identity |")
    assert f"| `{problem.rule}` |" in shown


def test_markup() -> None:
    """Text is text, code is code however many backticks it has, details hold Markdown."""
    assert plain("a <b> @c\n#1") == "a &#60;b&#62; &#64;c &#35;1"
    assert list(fenced("```\nx", "diff")) == ["````diff", "```", "x", "````"]
    assert list(details("a", ["b"])) == ["<details><summary>a</summary>", "", "b", "", "</details>"]
