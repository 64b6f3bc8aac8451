# SPDX-License-Identifier: Apache-2.0
"""The site: it builds, says of which release it is, is searched, copied from, and fits a phone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch import __version__
from tests.night import AT_NIGHT, MORE_AT_NIGHT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

pytestmark = MORE_AT_NIGHT

ROOT = Path(__file__).resolve().parents[2]
DESK: ViewportSize = {"width": 1280, "height": 850}
PHONE: ViewportSize = {"width": 390, "height": 850}
TOO_WIDE = """Math.max(...[document.documentElement, document.querySelector('.content')].map(
  part => part.scrollWidth - part.clientWidth))"""
"""By how much words are wider than their place: that of a page scrolls by itself."""
SHOW = """async ([page, text]) => {
  const shown = new DOMParser().parseFromString(text, 'text/html');
  document.querySelector('base').href = page;
  document.querySelector('.main').replaceWith(shown.querySelector('.main'));
  await Promise.all([...document.images].map(one => one.decode()));
}"""
"""Puts what a page says into the one that is open: all else is the same, and takes longer."""


def _build(target: Path, *settings: str) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-n", *settings, str(ROOT / "docs"), target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site, which Sphinx makes without a warning."""
    return _build(tmp_path_factory.mktemp("site"))


def test_nothing_comes_from_another_host(site: Path) -> None:
    """No page loads anything that the site does not have, and each says its release."""
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        loaded = re.findall(
            r"<(?:script|img|iframe)\b[^>]*\bsrc=\"([^\"]*)\"|<link\b[^>]*\bhref=\"([^\"]*)\"", text
        )
        outside = [one for pair in loaded for one in pair if one.startswith(("http", "//"))]
        assert not outside, f"{page.name}: {outside}"
        assert f"seqera-batch {__version__}" in text, page.name


def test_every_page_fits_a_phone(site: Path, browser: Browser) -> None:
    """Nothing on a page makes it wider than the screen, and its pictures are there."""
    tab = browser.new_page(viewport=PHONE)
    tab.goto((site / "index.html").as_uri())
    tab.evaluate("document.head.append(document.createElement('base'))")
    for page in sorted(site.rglob("*.html")):
        tab.evaluate(SHOW, [page.as_uri(), page.read_text("utf-8")])
        # What fits a phone fits a desk, where nothing but tables becomes wider.
        assert tab.evaluate(TOO_WIDE) <= 0, page.relative_to(site)
    tab.close()


def test_pages_open(site: Path, browser: Browser) -> None:
    """A page of each folder opens without an error; at night all, on a desk and on a phone."""
    tab = browser.new_page(viewport=DESK)
    said: list[str] = []
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("requestfailed", lambda request: said.append(request.url))
    for page in sorted(site.rglob("*.html" if AT_NIGHT else "index.html")):
        tab.goto(page.as_uri())
        for size in (DESK, PHONE):
            tab.set_viewport_size(size)
            assert tab.evaluate(TOO_WIDE) <= 0, f"{page.relative_to(site)} at {size}"
        assert not said, f"{page.relative_to(site)}: {said}"
    tab.close()


def test_search_and_copy(site: Path, browser: Browser) -> None:
    """A word is found on the pages that have it, and a command has its button."""
    tab = browser.new_page()
    tab.goto(f"{(site / 'search.html').as_uri()}?q=fallback_queue")
    tab.locator("#search-results li").first.wait_for()
    assert "queues" in tab.locator("#search-results").inner_text().lower()
    tab.goto((site / "tutorial" / "index.html").as_uri())
    console = tab.locator(".highlight-console")
    assert console.count() == console.locator(".copybtn").count() > 5
    tab.close()
