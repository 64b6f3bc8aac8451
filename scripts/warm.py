# SPDX-License-Identifier: Apache-2.0
"""Run every command once, so that the first that somebody calls is as fast as the next.

Packages are installed without compiling them, as most of their modules are never loaded: what the
commands load is compiled here. And on first use jsii unpacks CDK's packages into a cache and
indexes them in a background worker. The worker dies with its process: after short runs the index
is never finished, and each run that does not find it takes twice the time and several times the
memory. So this process loads CDK and stays until the indexes are there. It never fails: without
all this everything works, only slower.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from seqera_batch.cli import main as seqera_batch
from seqera_batch.runtime import use_bundled_node

WAIT_SECONDS = 180

ROOT = Path(__file__).resolve().parents[1]
STARTER = str(ROOT / "seqera.yaml")
EXPORTED = str(ROOT / "examples" / "exported-from-platform.json")
RUNS: tuple[tuple[str, ...], ...] = (
    ("init", "--from", EXPORTED),
    ("validate", STARTER),
    ("schema",),
    ("completion", "bash"),
    ("plan", STARTER, "--format", "json"),
    ("plan", STARTER, "--picture", "plan.svg"),
    ("effects", STARTER, STARTER),
    ("policies", STARTER, "--diff", "published"),
    ("review", STARTER, STARTER),
    *(
        ("review", STARTER, "-o", f"review.{ending}")
        for ending in ("txt", "md", "json", "sarif", "html")
    ),
    *(
        ("export", STARTER, "--to", target)
        for target in ("tw", "seqerakit", "terraform", "nextflow")
    ),
    ("synth", STARTER),
)
"""Calls that load together what all commands load, and the completion of a shell."""

# PyPI's name, the name in jsii's cache, and the module that loads it. Those installed are awaited.
PACKAGES = (
    ("constructs", "constructs", "constructs"),
    ("aws-cdk-lib", "aws-cdk-lib", "aws_cdk"),
    ("cdk-nag", "cdk-nag", "cdk_nag"),
    ("cdk-preflight", "cdk-preflight", "cdk_preflight"),
)

# jsii's own rule (defaultCacheRoot in its runtime), asked of the Node that will follow it.
CACHE_ROOT = """
const os = require('os'), path = require('path');
let home; try { home = os.homedir() } catch {}
const at = (base, ...rest) => base && path.isAbsolute(base) && path.join(base, ...rest);
const uid = process.getuid?.();
console.log(JSON.stringify(
  process.env.JSII_RUNTIME_PACKAGE_CACHE_ROOT
  || (process.platform === 'win32'
      ? at(process.env.LOCALAPPDATA ?? at(home, 'AppData', 'Local'), 'AWS', 'jsii', 'package-cache')
      : process.platform === 'darwin'
      ? at(home, 'Library', 'Caches', 'com.amazonaws.jsii', 'package-cache')
      : at(home, '.cache', 'aws', 'jsii', 'package-cache'))
  || path.join(os.tmpdir(), 'aws-jsii-package-cache' + (uid == null ? '' : '-' + uid))));
"""


def main() -> int:
    """Run the commands, wait for jsii's indexes, and say what happened."""
    print("Running every command once, so that the next runs are fast", flush=True)
    started = time.monotonic()
    node = use_bundled_node() or os.environ.get("JSII_NODE", "node")
    try:
        root = cache_root(node)
        wanted = [
            (npm_name, metadata.version(name), module)
            for name, npm_name, module in PACKAGES
            if installed(name)
        ]
        if not all(indexed(root, npm_name, version) for npm_name, version, _ in wanted):
            print(f"Filling jsii's cache, once for this machine: {root}", flush=True)
        # Before the commands, whose folder goes: jsii starts its indexes where it was started.
        for npm_name, version, module in wanted:
            if not indexed(root, npm_name, version):
                importlib.import_module(module)
        run_commands()
    except Exception as error:  # noqa: BLE001 - whatever it is, set-up goes on
        print(f"warning: the first commands will be slow: {error}", file=sys.stderr)
        return 0
    while missing := [name for name, version, _ in wanted if not indexed(root, name, version)]:
        if time.monotonic() - started > WAIT_SECONDS:
            print(
                f"warning: no jsii index for {', '.join(missing)} after {WAIT_SECONDS} s; runs will"
                " be slower until `make warm` succeeds",
                file=sys.stderr,
            )
            return 0
        time.sleep(0.1)
    print(f"Ready after {time.monotonic() - started:.0f} s")
    return 0


def run_commands() -> None:
    """Call every command in a folder of its own; nobody needs what they say and write."""
    for module in ("argcomplete", "seqera_batch.__main__"):
        importlib.import_module(module)
    said = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        for arguments in RUNS:
            seqera_batch(arguments)


def cache_root(node: str | Path) -> Path:
    """Ask Node where jsii keeps its cache."""
    output = subprocess.run([node, "-e", CACHE_ROOT], check=True, capture_output=True).stdout
    return Path(json.loads(output))


def installed(name: str) -> bool:
    """Tell whether a distribution is in this environment."""
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def indexed(root: Path, npm_name: str, version: str) -> bool:
    """Tell whether jsii has unpacked and indexed a package."""
    return any((root / npm_name / version).glob("*/.jsii.runtime.v*.json"))


if __name__ == "__main__":
    sys.exit(main())
