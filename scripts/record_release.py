# SPDX-License-Identifier: Apache-2.0
"""Records what a release promises, in tests/releases (make record); the last step before its tag.

`VERSION.json.gz` has all examples and their templates: tests deploy these, and update to what the
code makes of the same files today. `contract.json` has what people build upon as the newest release
has it: ids, names and keys. For an older release, let PYTHONPATH name a checkout of it:

    PYTHONPATH=../0.1.0 python scripts/record_release.py --templates-only
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import seqera_batch
from seqera_batch.cli.main import COMMANDS
from seqera_batch.runtime import use_bundled_node

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "releases"
CONTRACT = FOLDER / "contract.json"
REGION = "eu-west-1"
"""Where all of them are deployed: the region of the emulator."""

Record = dict[str, Any]


def examples() -> dict[str, str]:
    """Return the text of each example, by the name of its file."""
    root = Path(seqera_batch.__file__).resolve().parents[1]
    return {file.name: file.read_text("utf-8") for file in sorted(root.glob("examples/*.*"))}


def made(files: Mapping[str, str]) -> tuple[Record, Record]:
    """Return by example what the code makes of it: its template, and the ids and names in it."""
    use_bundled_node()
    os.environ["CDK_VALIDATION"] = "false"
    import aws_cdk as cdk  # noqa: PLC0415 - Node.js is chosen before CDK loads

    from seqera_batch.stack import SeqeraBatchStack, new_app  # noqa: PLC0415

    templates: Record = {}
    ids: Record = {}
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(outdir=folder)
        stacks = {}
        for file, text in files.items():
            path = Path(folder) / file
            path.write_text(text, "utf-8")
            config = seqera_batch.ForgeConfig.from_file(path)
            config = config.model_copy(update={"region": REGION})
            stacks[path.stem] = SeqeraBatchStack(app, f"S-{path.stem}", config=config)
        app.synth()
        for name, stack in stacks.items():
            text = (Path(folder) / f"S-{name}.template.json").read_text("utf-8")
            template = json.loads(text)
            # What only the CDK CLI's bootstrap can satisfy.
            template.get("Parameters", {}).pop("BootstrapVersion", None)
            template.get("Rules", {}).pop("CheckBootstrapVersion", None)
            templates[name] = {key: value for key, value in template.items() if value}
            elements = (one for one in stack.node.find_all() if isinstance(one, cdk.CfnResource))
            ids[name] = {
                "constructs": {
                    one.node.path.partition("/")[2]: (
                        f"{stack.resolve(one.logical_id)} {one.cfn_resource_type}"
                    )
                    for one in sorted(elements, key=lambda one: one.node.path)
                },
                "outputs": sorted(template.get("Outputs", {})),
                "queues": sorted(
                    one["Properties"]["JobQueueName"]
                    for one in template["Resources"].values()
                    if one["Type"] == "AWS::Batch::JobQueue"
                ),
            }
    return templates, ids


def contract(ids: Record) -> Record:
    """Return what people build upon: a change of it is news, and stands under Upgrade."""
    from scripts.reference_data import answers_page, findings_page, json_page  # noqa: PLC0415
    from seqera_batch.config.rules import RULES  # noqa: PLC0415
    from seqera_batch.nag import RULES as PACK  # noqa: PLC0415

    keys: dict[str, list[str]] = {}
    for section in re.split(r"^#+ (?=`)", json_page(""), flags=re.MULTILINE)[1:]:
        # Keys of tables, and those that stand in the sentences before them.
        title, _, text = section.partition("\n")
        said = " ".join(re.findall(r"^(`.*|\| `\w+` \|)", text, re.MULTILINE))
        keys[title.replace("`", "")] = sorted({*re.findall(r"`(\w+)`", said)} - COMMANDS.keys())
    return {
        "version": seqera_batch.__version__,
        "commands": list(COMMANDS),
        "names": sorted(seqera_batch.__all__),
        "rules": sorted(RULES),
        "rule pack": sorted(PACK),
        "findings": _first_column(findings_page("")),
        "answers": _first_column(answers_page("")),
        "json": keys,
        "examples": ids,
    }


def _first_column(page: str) -> list[str]:
    return sorted(set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)))


def lost(recorded: Any, now: Any, path: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """Return what the record has and is not there now: `rules: fusion-needs-wave`."""
    if isinstance(recorded, dict):
        below = now if isinstance(now, dict) else {}
        each = (lost(value, below.get(key), f"{path}{key}: ") for key, value in recorded.items())
        return [line for lines in each for line in lines]
    if isinstance(recorded, list):
        return [f"{path}{item}" for item in recorded if item not in (now or ())]
    return [] if recorded == now else [f"{path}{recorded}"]


def missing(tag: str, *, recorded: bool, root: Path = ROOT) -> list[str]:
    """Return what a tag has to wait for."""
    version = seqera_batch.__version__
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    owners = (root / ".github" / "CODEOWNERS").read_text("utf-8")
    heading = re.search(r"^## (.*)", changelog, re.MULTILINE)
    ready = {
        f"the tag is not v{version}, as seqera_batch/version.py has it": tag == f"v{version}",
        f"the changelog does not begin with {version} and its day, as in (2026-01-31)": (
            heading is not None
            and re.fullmatch(rf"{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)", heading[1]) is not None
        ),
        "[project.urls] in pyproject.toml names no Repository": "Repository" in project["urls"],
        ".github/CODEOWNERS names nobody": bool(re.search(r"^[^#\n].*@\w", owners, re.MULTILINE)),
        "pages still say that it is not on PyPI": not any(
            "not yet on pypi" in file.read_text("utf-8").lower()
            for pattern in ("README.md", "docs/**/*.md", "examples/**/*.yml")
            for file in root.glob(pattern)
        ),
        "tests/releases is not of this version: make record": recorded,
    }
    return [what for what, holds in ready.items() if not holds]


def packed(record: Record) -> bytes:
    """Return a record as few bytes, the same each time."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def unpacked(file: Path) -> Record:
    """Return a record: `files` and `templates`, by example."""
    found: Record = json.loads(gzip.decompress(file.read_bytes()))
    return found


def main() -> None:
    """Write the records, or say whether they are those of this version."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", metavar="TAG", help="write nothing; fail unless all is ready")
    parser.add_argument("--templates-only", action="store_true", help="leave contract.json alone")
    options = parser.parse_args()
    files = examples()
    templates, ids = made(files)
    record = {"files": files, "templates": templates}
    place = FOLDER / f"{seqera_batch.__version__}.json.gz"
    if options.check:
        current = place.is_file() and unpacked(place) == record
        recorded = json.loads(CONTRACT.read_text("utf-8")) == contract(ids)
        sys.exit("\n".join(missing(options.check, recorded=current and recorded)) or 0)
    FOLDER.mkdir(exist_ok=True)
    place.write_bytes(packed(record))
    if not options.templates_only:
        CONTRACT.write_text(json.dumps(contract(ids), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
