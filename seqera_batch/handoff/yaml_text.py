# SPDX-License-Identifier: Apache-2.0
"""YAML that people read and edit, and that says the same to YAML 1.1 and YAML 1.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

_BREAKS_OF_YAML_1_1 = frozenset("\x85\u2028\u2029")
"""Line breaks to YAML 1.1 and letters to YAML 1.2: only between quotes they stay what they are."""


def dumped(data: dict[str, Any], *, width: int = 80) -> str:
    """Return a mapping as YAML, ending in a line break.

    Args:
        data: Plain data; keys keep their order, texts of several lines become blocks.
        width: Characters after which a long text goes on in the next line.
    """
    import yaml  # noqa: PLC0415 - only writing needs it

    class Dumper(yaml.SafeDumper):
        """Chooses how texts are written."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        if not _BREAKS_OF_YAML_1_1.isdisjoint(value):
            style = '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    written: str = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=width)
    # PyYAML ends the document after a block that ends in blank lines: nothing could follow.
    return written.removesuffix("...\n") if written.endswith("\n...\n") else written
