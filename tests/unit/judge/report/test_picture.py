# SPDX-License-Identifier: Apache-2.0
"""The architecture picture: well-formed, whole, legible in both themes, no word outside its box."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from seqera_batch.config.check import ForgeConfig
from seqera_batch.judge.report.picture import picture, styles
from seqera_batch.judge.report.picture.measure import text_width, wrap
from seqera_batch.plan import ForgePlan
from seqera_batch.policies import job_buckets
from tests.unit.judge.report.conftest import EXAMPLES, review_everything, review_of
from tests.unit.judge.report.judges import SVG, lines_too_close, overlaps, words_outside

if TYPE_CHECKING:
    from pathlib import Path

    from seqera_batch.judge.report.model import Review
    from tests.conftest import Configure


def _words(root: ET.Element) -> str:
    return " ".join(
        re.sub(r"\s+", " ", str(one.text)) for one in root.iter(f"{SVG}text") if one.text
    )


FILES: dict[str, Path | None] = {**{file.stem: file for file in EXAMPLES}, "everything": None}


@pytest.fixture(params=[(name, narrow) for name in FILES for narrow in (False, True)], ids=str)
def drawn(request: pytest.FixtureRequest) -> ET.Element:
    """Return each picture, wide and narrow: of the examples, and of all that can be asked for."""
    return _drawn(*request.param)


@cache
def _drawn(name: str, narrow: bool) -> ET.Element:  # noqa: FBT001 - a row of the fixture
    file = FILES[name]
    review = review_of(file) if file else review_everything()
    return ET.fromstring(picture(review.plan, narrow=narrow))  # noqa: S314 - our own


def test_words_stay_inside(drawn: ET.Element) -> None:
    """Every line of text is inside of its card or frame, by the widest of the usual fonts."""
    assert list(words_outside(drawn)) == []


def test_lines_do_not_meet(drawn: ET.Element) -> None:
    """No line of a card runs into another one."""
    assert list(lines_too_close(drawn)) == []


def test_cards_do_not_overlap(drawn: ET.Element) -> None:
    """No card lies on another, and all are inside of the picture."""
    assert list(overlaps(drawn)) == []


@pytest.mark.parametrize("narrow", [False, True])
def test_everything_is_drawn(example: Review, *, narrow: bool) -> None:
    """Queues, nodes, network, buckets, logs and roles of the plan all stand in the picture."""
    plan = example.plan
    root = ET.fromstring(picture(plan, narrow=narrow))  # noqa: S314 - our own
    squeezed = _words(root).replace(" ", "")
    names = [
        f"ccount{plan.account or ''}·{plan.region}",
        plan.compute.head_queue,
        plan.compute.compute_queue,
        plan.logs.jobs.name,
        *(queue.name for queue in plan.compute.queues),
        *(role.name or str(role.arn).rpartition("/")[2] for role in plan.roles),
        *(access.bucket for access in plan.storage.buckets),
        *(system.mount_path for system in plan.storage.file_systems),
        *(plan.network.public_cidrs if plan.network else ()),
        *(plan.network.private_cidrs if plan.network else ()),
        *(plan.network.subnets if plan.network else ()),
    ]
    assert [name for name in names if name not in squeezed] == []
    assert _words(root).count("Compute environment") == len(plan.compute.environments)
    assert _words(root).count("Launch template") == len(plan.compute.node_templates)


def test_who_passes_what(configure: Configure) -> None:
    """An arrow for each role that Platform or the head job may pass, told in words too."""
    drawn = ET.fromstring(picture(ForgePlan.of(configure())))  # noqa: S314 - our own
    arrows = [one for one in drawn.iter(f"{SVG}path") if one.get("class") == "arrow pass"]
    of_legend = 1
    assert len(arrows) - of_legend == 4
    told = drawn.findtext(f"{SVG}desc")
    assert told is not None
    assert "Platform's credential may pass HeadJobRole, ExecutionRole" in told
    assert "HeadJobRole may pass ComputeJobRole, ExecutionRole" in told


def test_described(example: Review) -> None:
    """The picture has a title, and says in words what is drawn."""
    root = ET.fromstring(picture(example.plan, name="one"))  # noqa: S314 - our own
    assert root.get("aria-labelledby") == "one-title one-description"
    assert root.findtext(f"{SVG}title") == f"Architecture of {example.plan.name}"
    told = root.findtext(f"{SVG}desc") or ""
    assert all(queue.name in told for queue in example.plan.compute.queues)


def test_a_file_of_its_own_shows_its_colours_everywhere() -> None:
    """Programs beside browsers know no variables: a picture alone has every colour written out."""
    plan = ForgePlan.of(ForgeConfig.from_file(EXAMPLES[0]))
    alone, on_page = picture(plan), picture(plan, alone=False)
    assert "var(" not in alone
    assert "<style" not in on_page
    light = styles().partition("@media")[0]
    colours = set(re.findall(r"#[0-9a-f]{6}", light))
    before_dark = alone.partition("@media")[0]
    assert colours == set(re.findall(r"#[0-9a-f]{6}", before_dark))
    rsvg = shutil.which("rsvg-convert")
    if rsvg is not None:
        done = subprocess.run(
            [rsvg, "--width", "200"], input=alone.encode(), capture_output=True, check=True
        )
        # A picture that is painted all black packs into a tenth of that.
        assert len(done.stdout) > 10_000


def test_the_same_bytes(example: Review) -> None:
    """The same plan gives the same picture."""
    assert picture(example.plan) == picture(example.plan)


def test_one_more_permission_changes_no_picture(
    everything: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an identity may do on resources that are named is told by the page alone."""
    before = picture(everything.plan)
    actions = (*job_buckets._READ_OBJECTS, "s3:GetObjectAcl")  # noqa: SLF001 - as a change would
    monkeypatch.setattr(job_buckets, "_READ_OBJECTS", actions)
    assert picture(everything.plan) == before


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(theme: str) -> None:
    """Text, and the lines that mean something, stand out in both themes (WCAG 2.2 AA)."""
    light, dark = styles().split("@media screen and (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", light if theme == "light" else dark))
    tones = ("outside", "jobs", "compute", "network", "data", "identity")
    for text in ("ink", "soft", *tones):
        assert _contrast(colours[text], colours["card"]) >= 4.5, text
        assert _contrast(colours[text], colours["paper"]) >= 4.5, text
    for line in ("flow", "pass"):
        assert _contrast(colours[line], colours["paper"]) >= 3, line


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ("short",)),
        ("two words", ("two", "words")),
        ("TowerForge-demo", ("TowerFor", "ge-demo")),
        ("ab-cdefghij", ("ab-", "cdefghij")),
        ("", ()),
    ],
)
def test_wrap(text: str, lines: tuple[str, ...]) -> None:
    """Lines end at spaces, then after signs, and inside of a word only as the last resort."""
    assert wrap(text, 60, 12) == lines
    assert all(text_width(line, 12) <= 60 for line in lines)
