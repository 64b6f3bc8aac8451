# SPDX-License-Identifier: Apache-2.0
"""The review page without a browser: whole, well-formed, the same each time, and safe to open."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from seqera_batch.judge.report import page
from seqera_batch.version import __version__
from seqera_batch.words import counted
from tests.unit.judge.report.conftest import EXAMPLES, IMAGE, SCRIPT, review_everything, review_of
from tests.unit.judge.report.judges import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree import ElementTree as ET

    from seqera_batch.judge.report.model import Review

SECTIONS = (
    "architecture", "identities", "findings", "published", "costs", "changes", "decisions",
    "assumptions", "deployers",
)  # fmt: skip


def test_what_is_signed_is_named(told: tuple[Review, str, ET.Element]) -> None:
    """File, release and digests stand at the top and beside the signature."""
    review, _, tree = told
    [header] = tree.iter("header")
    for place in (_words(header), _section(tree, "signature")):
        assert review.plan.name in place
        assert f"seqera-batch {__version__}" in place
        assert review.digest in place
        assert str(review.origin) in place
        assert (review.file_digest or "SHA-256") in place


def test_first_screen(told: tuple[Review, str, ET.Element]) -> None:
    """What is open anywhere, the deployer's part included, and what remains, is said first."""
    review, _, tree = told
    [header] = tree.iter("header")
    text = _words(header)
    assert all(risk in text for risk in review.residual_risks)
    assert len(review.residual_risks) > 1
    number = len(review.open_for_deployers)
    said = f"{counted(number, 'point')} open for whoever deploys"
    assert (said in text) == bool(number)
    assert ("Nothing is open: " in text) == (review.is_settled and not number)
    for finding in review.open_findings:
        assert finding.id in text
    for problem in review.open_problems:
        assert problem.rule in text


def test_what_is_folded_is_chosen(told: tuple[Review, str, ET.Element]) -> None:
    """Statements are printed though they are folded; what is told of others is not."""
    _, _, tree = told
    folded = [one for one in tree.iter("details") if "fold" in (one.get("class") or "").split()]
    printed = [one for one in folded if "printed" in (one.get("class") or "")]
    assert 0 < len(printed) < len(folded)


def _words(element: ET.Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _by_id(tree: ET.Element) -> dict[str, ET.Element]:
    found = [one for one in tree.iter() if one.get("id")]
    names = {str(one.get("id")): one for one in found}
    assert len(names) == len(found), "ids are unique"
    return names


def _section(tree: ET.Element, name: str) -> str:
    [section] = (
        one for one in tree.iter("section") if name in (one.get("aria-labelledby") or "").split()
    )
    return _words(section)


@cache
def _told(file: Path | None) -> tuple[Review, str, ET.Element]:
    review = review_of(file) if file else review_everything()
    text = page.text([review])
    return review, text, read(text)


@pytest.fixture(params=[*EXAMPLES, None], ids=lambda file: file.stem if file else "all")
def told(request: pytest.FixtureRequest) -> tuple[Review, str, ET.Element]:
    """Return each example and the file that asks for everything: review, page, tree."""
    return _told(request.param)


def test_sections(told: tuple[Review, str, ET.Element]) -> None:
    """Every section is there, has a heading, and the contents lead to it."""
    _, _, tree = told
    names = _by_id(tree)
    links = {one.get("href") for one in tree.iter("a")}
    for name in SECTIONS:
        assert re.fullmatch(r"h\d", names[name].tag)
        assert f"#{name}" in links


def test_links_lead_somewhere(told: tuple[Review, str, ET.Element]) -> None:
    """Every link inside of the page has its place, and every other is to an https page."""
    _, _, tree = told
    names = _by_id(tree)
    for link in tree.iter("a"):
        target = str(link.get("href"))
        assert target.removeprefix("#") in names or target.startswith("https://")


def test_headings_in_order(told: tuple[Review, str, ET.Element]) -> None:
    """One heading of the first level, and none skips a level on the way down."""
    levels = [int(one.tag[1]) for one in told[2].iter() if re.fullmatch(r"h[1-6]", str(one.tag))]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_statements(told: tuple[Review, str, ET.Element]) -> None:
    """Each statement is there with its reason, actions, resources, conditions and source."""
    review, text, tree = told
    blocks = [one for one in tree.iter("div") if one.get("class") == "statement"]
    everybody = (*review.identities, *review.resources, *review.deployers)
    expected = [
        statement
        for one in everybody
        for statement in (
            *(one.identity.trust.statements if one.identity.trust else ()),
            *(each for purpose in one.purposes for each in purpose.statements),
        )
    ]
    assert len(blocks) == len(expected)
    for block, statement in zip(blocks, expected, strict=True):
        codes = [_words(code) for code in block.iter("code")]
        assert codes[0] == statement.sid
        assert set(statement.actions) | set(statement.resources) <= set(codes)
        assert {key for keys in statement.conditions.values() for key in keys} <= set(codes)
        assert statement.reason[1:].replace("`", "") in _words(block)
        links = {link.get("href") for link in block.iter("a")}
        assert links == ({statement.source} if statement.source else set())
    assert all(
        f">{escape(purpose.title)}<" in text for one in everybody for purpose in one.purposes
    )


def test_what_deployers_reach_of_others(told: tuple[Review, str, ET.Element]) -> None:
    """What stays open to whoever deploys is told by its id, with the statement's reason."""
    review, _, tree = told
    found = _section(tree, "deployers")
    reached = "Deployer.BatchManagement:shared-DeleteComputeEnvironment" in found
    assert reached is bool(review.plan.compute.environments)
    for one in review.explained_for_deployers:
        assert one.id in found
        assert str(one.explained)[1:].replace("`", "") in found


def test_json_to_copy(told: tuple[Review, str, ET.Element]) -> None:
    """Each document can be copied as JSON: what the button names is the document."""
    review, _, tree = told
    names = _by_id(tree)
    buttons = list(tree.iter("button"))
    documents = [
        document
        for one in (*review.identities, *review.resources, *review.deployers)
        for document in (one.identity.trust, one.identity.permissions)
        if document is not None
    ]
    assert ["".join(names[str(button.get("data-copy"))].itertext()) for button in buttons] == [
        document.to_json() for document in documents
    ]
    assert all(button.get("hidden") is not None for button in buttons), "without script they hide"
    assert len({button.get("aria-label") for button in buttons}) == len(buttons)


def test_what_is_told(told: tuple[Review, str, ET.Element]) -> None:
    """Costs, quotas, decisions, assumptions, changes and problems each stand in their section."""
    review, _, tree = told
    costs, assumed = _section(tree, "costs"), _section(tree, "assumptions")
    changed, decided = _section(tree, "changes"), _section(tree, "decisions")
    found = _section(tree, "findings")
    for cost in review.plan.costs.idle:
        assert all(part[1:] in costs for part in (cost.what, cost.why, cost.avoid))
    assert review.plan.costs.idle or "Nothing costs money" in costs
    assert all(use.quota in costs and str(use.limit) in costs for use in review.plan.costs.quotas)
    assert all(one[1:] in assumed for one in review.plan.assumptions)
    for change in review.changes:
        assert change.field in changed
        assert str(change.effect)[1:] in changed
    for decision in review.plan.decisions:
        assert decision.field in decided
        assert decision.reason[1:].replace("`", "") in decided
    for problem in review.problems:
        assert problem.rule in found
        assert problem.message.replace("`", "") in found
        assert (problem.acknowledged or "").strip() in found
    open_points = len(review.open_findings) + len(review.open_problems)
    shown = sum(one.get("class") == "unanswered" for one in tree.iter("span"))
    beside = sum(
        finding.explained is None and not finding.by_itself for finding in review.findings
    ) + len(review.open_problems)
    assert shown == open_points == beside


def test_published_policy_beside(told: tuple[Review, str, ET.Element]) -> None:
    """Both policies are counted, and each difference shows both sides and why."""
    review, _, tree = told
    said = _section(tree, "published")
    comparison = review.comparison
    for count in (comparison.theirs.count, comparison.ours.count):
        assert str(count.actions) in said
    articles = [one for one in tree.iter("article") if one.get("class") == "difference"]
    for article, difference in zip(articles, comparison.differences, strict=True):
        words = _words(article)
        for side in (difference.theirs, difference.ours):
            assert side is None or all(sid in words for sid in side.sids)
        assert difference.why[1:] in words
        assert all(action in words for action in difference.left_out)


def test_the_same_bytes(told: tuple[Review, str, ET.Element]) -> None:
    """The same file gives the same page."""
    assert page.text([told[0]]) == told[1]


def test_tables_have_heads(told: tuple[Review, str, ET.Element]) -> None:
    """Each table has a caption, and each of its heads says of what it is one."""
    for table in told[2].iter("table"):
        assert table.find("caption") is not None
        assert {one.get("scope") for one in table.iter("th")} <= {"col", "row", "rowgroup"}


def test_nothing_is_loaded(told: tuple[Review, str, ET.Element]) -> None:
    """The page's own policy forbids the network, and allows its own style and script only."""
    _, text, tree = told
    [policy] = (
        str(one.get("content"))
        for one in tree.iter("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [one for one in tree.iter() if {"src", "style", "onclick"} & set(one.attrib)]
    assert not re.search(r"url\((?!#)|@import", text)


def test_text_stays_text() -> None:
    """Markup in a file's values is shown, not run; what turns text around is made visible."""
    _, text, tree = _told(None)
    assert len(list(tree.iter("script"))) == 1
    assert not list(tree.iter("img"))
    assert SCRIPT not in text
    assert escape(SCRIPT, quote=False).split("'")[0] in text
    assert IMAGE in _section(tree, "findings")
    assert SCRIPT in _section(tree, "changes")
    assert "\u202e" not in text
    assert "\ufffdgnisrever\ufffd" in text


def _ids(text: str) -> Iterator[str]:
    return iter(re.findall(r' id="([^"]+)"', text))


def test_several_environments() -> None:
    """Several environments make one page, in which no two things have one id or one label."""
    reviews = [review_of(file) for file in EXAMPLES[:2]]
    text = page.text(reviews)
    tree = read(text)
    _by_id(tree)
    ids = list(_ids(text))
    assert len(set(ids)) == len(ids)
    for review in reviews:
        assert review.summary in _words(tree)
    labels = [
        one.get("aria-label") or one.get("aria-labelledby")
        for one in tree.iter()
        if one.tag == "section" or one.get("role") == "region"
    ]
    assert len(set(labels)) == len(labels)
    levels = [int(one.tag[1]) for one in tree.iter() if re.fullmatch(r"h[1-6]", str(one.tag))]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_names_keep_their_spelling() -> None:
    """A sentence that starts with a name of AWS's or of the file leaves it as it is spelt."""
    words = _words(_told(None)[2])
    assert "iam:CreatePolicyVersion on" in words
    assert "Iam:" not in words
    assert "VCPUs" not in words
