# SPDX-License-Identifier: Apache-2.0
"""The review page in a real browser: accessible, quiet, usable by keyboard, on phone and paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import expect

from tests.night import MORE_AT_NIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

    Theme = Literal["dark", "light"]
    Check = tuple[ViewportSize, Theme, tuple[str, ...]]

pytestmark = MORE_AT_NIGHT

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_WIDTH = ("label", "link-name", "button-name", "target-size")
"""Rules whose answer may depend on the width."""
PHONE: ViewportSize = {"width": 390, "height": 844}
SHEETS = 8
DESK: ViewportSize = {"width": 1280, "height": 900}


class Visit:
    """A page that is open, and all that it asked for and said."""

    def __init__(self, browser: Browser, name: str, address: str) -> None:
        """Open the page and listen from the start."""
        self.name, self.address = name, address
        self.context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(address)


@pytest.fixture(scope="module", params=["example", "everything", "two"])
def visit(
    request: pytest.FixtureRequest, browser: Browser, pages: dict[str, str]
) -> Iterator[Visit]:
    """Yield each page in turn; the tests of a page share its one visit."""
    found = Visit(browser, request.param, pages[request.param])
    yield found
    found.context.close()


def _violations(page: Page, *rules: str) -> list[dict[str, Any]]:
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text("utf-8"))
    kind, values = ("rule", list(rules)) if rules else ("tag", STANDARDS)
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})",
        {"type": kind, "values": values},
    )
    return [
        {"rule": one["id"], "where": [node["target"] for node in one["nodes"]]}
        for one in found["violations"]
    ]


OPEN = "document.querySelectorAll('details').forEach(part => { part.open = true; })"
THIN = """() => {
  const style = part => `${part.tagName}.${part.getAttribute('class')}`;
  for (const parent of document.querySelectorAll('main, main *:not(svg, svg *)')) {
    const seen = {};
    for (const one of [...parent.children]) {
      const kinds = new Set([one, ...one.querySelectorAll('*')].map(style));
      const kind = [...kinds].sort().join();
      seen[kind] = (seen[kind] || 0) + 1;
      if (seen[kind] > 2) one.remove();
    }
  }
}"""
"""Leaves two of neighbours that are made of the same parts in the same styles: a fifth of all."""


def _accessible(page: Page, *checks: Check) -> None:
    page.evaluate(OPEN)
    for size, theme, rules in checks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        assert _violations(page, *rules) == [], (size, theme)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make setup")
def test_accessible(visit: Visit) -> None:
    """An accessibility engine finds nothing, and no text too faint: both themes, both widths.

    Of words that look alike it is shown some.
    """
    if visit.name == "example":
        # All its styles are on the other two.
        checks: tuple[Check, ...] = ((PHONE, "light", OF_WIDTH),)
    elif visit.name == "two":
        checks = ((DESK, "light", ()),)
    else:
        checks = ((DESK, "light", ()), (PHONE, "dark", ("color-contrast", *OF_WIDTH)))
    page = visit.context.new_page()
    page.goto(visit.address)
    page.evaluate(THIN)
    _accessible(page, *checks)
    page.close()


@pytest.mark.nightly
@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make setup")
def test_accessible_in_every_theme_and_width(visit: Visit) -> None:
    """Nor in any pair of them, whatever the page."""
    themes: tuple[Theme, ...] = ("light", "dark")
    _accessible(visit.page, *((size, theme, ()) for size in (DESK, PHONE) for theme in themes))


def test_quiet(visit: Visit) -> None:
    """Nothing but the file is asked for, and the console stays empty."""
    page = visit.page
    assert visit.requests == [page.url.partition("#")[0]]
    assert visit.said == []
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0


def test_nothing_of_the_file_runs(visit: Visit) -> None:
    """Markup in names, labels and reasons has not run: the title is the page's own."""
    assert "review before signing" in visit.page.title()
    assert visit.page.locator("main img").count() == 0


def test_fits_a_phone(visit: Visit) -> None:
    """The page itself never scrolls sideways: pictures, tables and JSON do in their own frames."""
    page = visit.page
    page.evaluate(OPEN)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_words_of_the_picture_stay_inside(visit: Visit) -> None:
    """Set in the browser's own font, no word of a card is outside of the card."""
    page = visit.page
    for size, kind in ((DESK, "wide"), (PHONE, "narrow")):
        page.set_viewport_size(size)
        assert page.locator(f".{kind}-picture .card text").first.is_visible()
        assert _outside(page, kind) == []


def _outside(page: Page, kind: str) -> object:
    return page.evaluate(
        """kind => [...document.querySelectorAll(`.${kind}-picture g`)].flatMap(group => {
          const box = group.querySelector('rect').getBBox();
          return [...group.querySelectorAll('text')].filter(text => {
            const words = text.getBBox();
            return words.x < box.x || words.x + words.width > box.x + box.width
              || words.y < box.y || words.y + words.height > box.y + box.height;
          }).map(text => text.textContent);
        })""",
        kind,
    )


def test_contents_lead_to_sections(visit: Visit) -> None:
    """Each link of the contents brings its heading to the top of the window."""
    page = visit.page
    page.set_viewport_size(DESK)
    links = page.locator("nav a")
    for place in range(0, links.count(), 4):
        links.nth(place).click()
        name = str(links.nth(place).get_attribute("href"))
        expect(page.locator(name)).to_be_in_viewport()


def test_skip_link(visit: Visit) -> None:
    """The first key press offers to skip to the review, and it is shown."""
    page = visit.page
    page.goto("about:blank")
    page.goto(visit.address)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["y"] >= 0  # type: ignore[index]  # it is visible
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def _copies(page: Page) -> None:
    button = page.locator("button[data-copy$='permissions']").first
    button.evaluate(
        "() => { document.querySelectorAll('details').forEach(part => { part.open = true; }); }"
    )
    expected = page.locator(f"[id='{button.get_attribute('data-copy')}']").text_content()
    page.evaluate("navigator.clipboard.writeText('before')")
    button.press("Enter")
    expect(page.locator("#status")).to_contain_text("Copied")
    assert button.text_content() == "Copied"
    assert page.evaluate("navigator.clipboard.readText()") == expected


def test_copy(visit: Visit) -> None:
    """A button copies the document that it stands by, from a file as well, and says so."""
    visit.page.reload()
    _copies(visit.page)


def test_copy_where_the_clipboard_is_refused(visit: Visit) -> None:
    """Where the browser refuses the clipboard to a page, the older way copies."""
    page = visit.page
    page.reload()
    page.evaluate(
        """() => { const read = navigator.clipboard.readText.bind(navigator.clipboard);
          const write = navigator.clipboard.writeText.bind(navigator.clipboard); let first = true;
          Object.defineProperty(navigator, 'clipboard', {value: {readText: read, writeText: text =>
            first ? (first = false, write(text)) : Promise.reject(new Error('refused'))}}); }"""
    )
    _copies(page)


def test_paper(visit: Visit) -> None:
    """Printed, it is as wide as the paper, without buttons and JSON, and has a place to sign."""
    page = visit.page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    assert page.locator("h2:has-text('Signed')").is_visible()
    for hidden in ("button", "pre", ".skip"):
        assert not page.locator(hidden).first.is_visible()
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = false; })")
    # What is closed on the screen is printed all the same, but for what a signature is not about.
    assert page.locator(".printed .statement").last.bounding_box()
    assert not page.locator("details:not(.printed) .statement").first.is_visible()
    for name in page.locator(".signature .digests code").all():
        assert name.is_visible()
    page.emulate_media(media="screen")


def test_sheets(printed: dict[str, bytes]) -> None:
    """Printed, an environment has at most eight sheets, with all that is watched too."""
    sheets = {name: len(re.findall(rb"/Type\s*/Page\b", pdf)) for name, pdf in printed.items()}
    assert "operations.yaml" in sheets
    assert {name: count for name, count in sheets.items() if count > SHEETS} == {}


def test_without_scripts(browser: Browser, pages: dict[str, str]) -> None:
    """Without scripts everything can be read, JSON too, and no button does nothing."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["example"])
    assert page.locator("button:visible").count() == 0
    page.locator("details.fold > summary").first.click()
    page.locator("details.json summary").first.click()
    assert page.locator("details.json pre").first.is_visible()
    context.close()
