# SPDX-License-Identifier: Apache-2.0
"""Writes the drawing as SVG: well-formed whatever the names are, readable without the styles."""

from __future__ import annotations

import re
from importlib import resources
from xml.etree import ElementTree as ET

from seqera_batch.judge.report.picture.boxes import Arrow, Box, Drawing, Frame, Placed, Words
from seqera_batch.judge.report.printable import printable

_NAMESPACE = "http://www.w3.org/2000/svg"
_RADIUS = 8
_COLOUR = re.compile(r"(--\w+): (#[0-9a-f]+)")
_TONE = re.compile(r"\.picture \.(\w+) \{ --tone: var\((--\w+)\)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--\w+)\)")
_LEGEND = (
    ("flow", "submits, runs on, starts from"),
    ("pass", "may pass the role (iam:PassRole)"),
    ("told", "dashed: exists, or only told"),
)


def styles() -> str:
    """Return the picture's style sheet, for both colour schemes."""
    package = resources.files("seqera_batch.judge.report.picture")
    return package.joinpath("picture.css").read_text(encoding="utf-8")


def plain_styles() -> str:
    """Return the style sheet with its colours written out, for a file of its own.

    Programs beside browsers know no variables of CSS, and would paint everything black.
    """
    light, dark = (dict(_COLOUR.findall(part)) for part in styles().split("@media"))
    tones = dict(_TONE.findall(styles()))
    always: list[str] = []
    coloured: list[str] = []
    for selector, body in _RULE.findall(styles().partition("@media")[0]):
        said = [one.strip() for one in body.split(";") if one.strip() and not _is_set(one)]
        if not said:
            continue
        rule = f"{selector.strip()} {{ {'; '.join(said)}; }}"
        if "var(--tone)" in body:
            # The kind is a class of the group, which the rule names, or which is around its text.
            first = ".card" if ".card" in rule else ".frame rect" if ".frame rect" in rule else ""
            for tone, colour in tones.items():
                place = f".{tone}{first}" if first else f".{tone} .frame-title"
                of_tone = rule.replace(first or ".frame-title", place, 1)
                coloured.append(of_tone.replace("var(--tone)", f"var({colour})"))
        else:
            (coloured if "var(" in rule else always).append(rule)

    def painted(colours: dict[str, str]) -> list[str]:
        return [_VARIABLE.sub(lambda found: colours[found[1]], rule) for rule in coloured]

    media = "@media screen and (prefers-color-scheme: dark) {"
    return "\n".join([*always, *painted(light), media, *painted(dark), "}"]) + "\n"


def _is_set(declaration: str) -> bool:
    return declaration.strip().startswith("--")


def svg(drawing: Drawing, *, title: str, description: str, name: str, alone: bool) -> str:
    """Return the drawing as an `svg` element.

    Args:
        drawing: What stands where.
        title: What it shows.
        description: The same in words, for those who do not see it.
        name: Start of the ids in it: unique on the page.
        alone: Whether it is a file of its own, which brings its styles along.
    """
    root = ET.Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "class": "picture",
            "viewBox": f"0 0 {drawing.width} {drawing.height}",
            "width": str(drawing.width),
            "height": str(drawing.height),
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-description",
        },
    )
    if alone:
        # What tells a later command that the file is ours.
        root.append(ET.Comment(" generator: seqera-batch "))
    _add(root, "title", {"id": f"{name}-title"}, title)
    _add(root, "desc", {"id": f"{name}-description"}, description)
    if alone:
        _add(root, "style", {}, plain_styles())
    definitions = _add(root, "defs", {})
    for kind in ("flow", "pass"):
        marker = _add(
            definitions,
            "marker",
            {
                "id": f"{name}-{kind}",
                "viewBox": "0 0 8 8",
                "refX": "7",
                "refY": "4",
                "markerWidth": "8",
                "markerHeight": "8",
                "markerUnits": "userSpaceOnUse",
                "orient": "auto",
            },
        )
        _add(marker, "path", {"d": "M0 0 8 4 0 8z", "class": f"{kind}-head"})
    _add(
        root,
        "rect",
        {
            "class": "paper",
            "width": str(drawing.width),
            "height": str(drawing.height),
            "rx": str(_RADIUS),
        },
    )
    for frame in drawing.frames:
        _frame(root, frame)
    for arrow in drawing.arrows:
        _arrow(root, arrow, name)
    for placed in drawing.cards:
        _card(root, placed)
    _legend(root, drawing, name)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def _add(parent: ET.Element, tag: str, attributes: dict[str, str], text: str = "") -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    if text:
        element.text = printable(text)
    return element


def _rectangle(group: ET.Element, box: Box, radius: int) -> None:
    places = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": radius}
    _add(group, "rect", {name: str(value) for name, value in places.items()})


def _frame(root: ET.Element, frame: Frame) -> None:
    group = _add(root, "g", {"class": f"frame {frame.tone}{'' if frame.created else ' told'}"})
    _rectangle(group, frame.box, _RADIUS + 2)
    _words(group, frame.title)


def _card(root: ET.Element, placed: Placed) -> None:
    card, box = placed.card, placed.box
    group = _add(root, "g", {"class": f"card {card.tone}{'' if card.created else ' told'}"})
    _rectangle(group, box, _RADIUS)
    _add(group, "path", {"d": f"M{box.x} {box.y + _RADIUS + 2}V{box.bottom - _RADIUS - 2}"})
    for words in placed.words:
        _words(group, words)


def _words(parent: ET.Element, words: Words) -> None:
    style = "frame-title" if words.style == "frame" else words.style
    _add(parent, "text", {"x": str(words.x), "y": str(words.y), "class": style}, words.text)


def _arrow(root: ET.Element, arrow: Arrow, name: str) -> None:
    (x, y), *others = arrow.points
    path = f"M{x} {y}" + "".join(f"L{x} {y}" for x, y in others)
    _add(
        root,
        "path",
        {"d": path, "class": f"arrow {arrow.kind}", "marker-end": f"url(#{name}-{arrow.kind})"},
    )


def _legend(root: ET.Element, drawing: Drawing, name: str) -> None:
    x, y = drawing.legend.x, drawing.legend.y
    for kind, text in _LEGEND:
        if kind == "told":
            group = _add(root, "g", {"class": "card outside told"})
            _add(
                group,
                "rect",
                {"x": str(x), "y": str(y - 10), "width": "26", "height": "12", "rx": "3"},
            )
        else:
            _add(
                root,
                "path",
                {
                    "d": f"M{x} {y - 4}L{x + 26} {y - 4}",
                    "class": f"arrow {kind}",
                    "marker-end": f"url(#{name}-{kind})",
                },
            )
        _add(root, "text", {"x": str(x + 34), "y": str(y), "class": "kind"}, text)
        y += 22
