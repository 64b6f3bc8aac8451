# SPDX-License-Identifier: Apache-2.0
"""A headless browser of the machine's own: one for all tests, or the reason why there is none."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from seqera_batch.config.check import ForgeConfig
from seqera_batch.judge.report import page
from seqera_batch.judge.report.model import Review
from seqera_batch.plan import ForgePlan
from tests.night import AT_NIGHT
from tests.unit.judge.report.conftest import review_everything

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
EXAMPLES = Path(__file__).parents[2] / "examples"
LONG = ("on-demand", "operations")
"""Examples that fill all the sheets that an environment may have: what is longer is so there."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield the browser; playwright's own need not be downloaded."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser on PATH: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        # Root, as in a container, may not use the sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        yield browser
        browser.close()


def _review(name: str) -> Review:
    config = ForgeConfig.from_file(EXAMPLES / name)
    return Review.of(ForgePlan.of(config), origin=f"examples/{name}")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the addresses of pages: of an example, of everything at once, of two environments."""
    folder = tmp_path_factory.mktemp("pages")
    reviews = {
        "example": [_review("spot-fusion-nvme.yaml")],
        "everything": [review_everything()],
        "two": [_review("manual.yaml"), _review("fsx.yaml")],
    }
    for name, ones in reviews.items():
        (folder / f"{name}.html").write_text(page.text(ones), "utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in reviews}


@pytest.fixture(scope="session")
def printed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return pages as they are printed on A4, by the name: of long examples, at night of all."""
    folder = tmp_path_factory.mktemp("printed")
    tab, found = browser.new_page(), {}
    files = [one for one in EXAMPLES.iterdir() if one.is_file()]
    for example in sorted(one.name for one in files if AT_NIGHT or one.stem in LONG):
        file = folder / f"{example}.html"
        file.write_text(page.text([_review(example)]), "utf-8")
        tab.goto(file.as_uri())
        found[example] = tab.pdf(format="A4", prefer_css_page_size=True)
    tab.close()
    return found
