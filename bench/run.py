# SPDX-License-Identifier: Apache-2.0
"""Times the commands beside what else there is: runs that take turns, medians, ratios.

Seconds on a shared machine say little by themselves; the ratios of runs that took turns do, those
of processor time more than those of the clock. Nothing fails here: limits stand beside the ratios
for a person to read. What is printed is Markdown, for docs/explanation/performance.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.node import render
from seqera_batch.runtime import use_bundled_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
PEER = ROOT / "build" / "bench"
PYTHON = sys.executable
OWN = str(Path(PYTHON).with_name("seqera-batch"))
CDK_CLI = ROOT / "tests" / "node_modules" / "aws-cdk" / "bin" / "cdk"
PEER_PACKAGES = {
    "aws-cdk-lib": version("aws-cdk-lib"),
    "constructs": version("constructs"),
    "typescript": "7.0.2",
    "tsx": "4.23.0",
    "@types/node": "24.10.1",
}
"""What `cdk init` puts into a TypeScript app, but for the tools of its tests."""

ENVIRONMENT = """\
name: env{number}
region: {region}
work_dir: s3://example-work/{number}
forge:
  type: EC2
  max_cpus: 128
  instance_types: [m6i, r6i]
  vpc_id: vpc-0aaaaaaaaaaaaaaa1
  subnets: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2]
aws:
  account: "111122223333"
"""
"""Ten resources: four roles, profile, log group, security group, template, environment, queue."""
IN_A_REGION = 50
"""Environments that AWS lets a region have."""
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")


@dataclass(frozen=True)
class Command:
    """A command, where it runs, and what it finds in its environment."""

    arguments: Sequence[str]
    cwd: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What a run took: seconds by the clock and of processors, MB of its largest process."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Comparison:
    """A command, what it is compared with, and the ratios that it should stay below."""

    name: str
    command: Command
    baseline: Command
    limit: float | None = None
    memory_limit: float | None = None


@dataclass(frozen=True)
class Growth:
    """A command with few files and with many: what each further one costs, in milliseconds."""

    name: str
    few: Command
    many: Command
    further: int
    limit: float | None = None


def start_up(file: str) -> Iterator[Comparison]:
    """Yield the commands that need no CDK, beside a bare program with pydantic and YAML."""
    bare = Command([PYTHON, str(BENCH / "bare.py"), file])
    line = "seqera-batch plan --fo"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": os.devnull,
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    for name, arguments, limit in (
        ("--help", ["--help"], 0.4),
        ("plan --help", ["plan", "--help"], 0.4),
        ("completion bash", ["completion", "bash"], 0.4),
        ("validate", ["validate", file], 1.1),
        ("schema", ["schema"], 1.1),
        ("plan", ["plan", file], 1.25),
        ("policies", ["policies", file], 1.3),
        ("effects", ["effects", file, file], None),
        ("export --to nextflow", ["export", file, "--to", "nextflow"], None),
        ("review", ["review", file], None),
        ("review --format html", ["review", file, "--format", "html"], None),
    ):
        yield Comparison(f"`{name}`", Command([OWN, *arguments]), bare, limit)
    yield Comparison("a key press in a shell", Command([OWN], environment=asked), bare, 0.4)


def synthesis(folder: Path, files: list[str], peer: Peer | None) -> Iterator[Comparison]:
    """Yield the synthesis of the same 40 resources in different ways."""
    l2 = Command([PYTHON, str(BENCH / "l2_app.py"), str(folder / "l2"), str(folder / "node.sh")])
    synth = [OWN, "synth", "-o", str(folder / "own"), *files]
    unchecked = Command([*synth, "--no-validation"])
    forge = Command([PYTHON, str(BENCH / "forge_app.py"), str(folder / "forge"), *files])
    yield Comparison("`synth --no-validation` / L2 in Python", unchecked, l2, 0.8)
    yield Comparison("`BatchForge` in an own app / L2 in Python", forge, l2, 1.0)
    if peer is None:
        return
    context = f"environment={','.join(files)}"
    app = peer.cdk(f"{PYTHON} {ROOT / 'app.py'}", folder / "app", "--context", context)
    checked = "node_modules/.bin/tsc --noEmit && node_modules/.bin/tsx l2_app.ts"
    typescript = peer.cdk(checked, folder / "ts")
    javascript = peer.cdk("node l2_app.js", folder / "js")
    yield Comparison("`cdk synth` of app.py / L2 in TypeScript", app, typescript, 0.55)
    yield Comparison("`synth` / L2 in TypeScript", Command(synth), typescript, 0.3)
    yield Comparison("`cdk synth` of app.py / L2 in compiled JavaScript", app, javascript)


def many(folder: Path, files: list[str]) -> Iterator[Comparison | Growth]:
    """Yield what many environments cost."""
    for options, limit, memory_limit in ((["--no-validation"], 2.0, 1.6), ([], 1.6, 1.4)):
        name = " ".join(["synth", *options])
        synth = [OWN, "synth", "-o", str(folder / "own"), *options]
        single = Command([*synth, files[0]])
        fifty = Command([*synth, *files[:IN_A_REGION]])
        more = len(files) - IN_A_REGION
        yield Comparison(f"`{name}`, 50 environments / 1", fifty, single, limit, memory_limit)
        yield Growth(f"`{name}`, from 50 to 200", fifty, Command([*synth, *files]), more)
    for name, most in (("validate", None), ("policies", None), ("review", 8.0)):
        yield Growth(
            f"`{name}`, from 1 to 50",
            Command([OWN, name, files[0]]),
            Command([OWN, name, *files[:IN_A_REGION]]),
            IN_A_REGION - 1,
            most,
        )


@dataclass(frozen=True)
class Peer:
    """The TypeScript app, installed, and how the CDK CLI synthesizes apps."""

    node: Path
    environment: Mapping[str, str]

    @staticmethod
    def installed(script: Path) -> Peer | None:
        """Install what the app needs; None where the registry or the CDK CLI is missing."""
        use_bundled_node()
        node = Path(os.environ.get("JSII_NODE") or shutil.which("node") or "node")
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if not (CDK_CLI.is_file() and npm.is_file()):
            print("No CDK CLI, or no npm beside Node.js: left out what needs them.\n")
            return None
        PEER.mkdir(parents=True, exist_ok=True)
        for name in ("l2_app.ts", "tsconfig.json"):
            shutil.copy(BENCH / name, PEER)
        package = {"private": True, "type": "commonjs", "dependencies": PEER_PACKAGES}
        (PEER / "package.json").write_text(json.dumps(package), "utf-8")
        # Tools that others wrote look for `node`.
        bin_folder = PEER / "bin"
        bin_folder.mkdir(exist_ok=True)
        (bin_folder / "node").unlink(missing_ok=True)
        (bin_folder / "node").symlink_to(node)
        environment = {
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "NODE_USE_SYSTEM_CA": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "BENCH_PERMISSIONS": str(BENCH / "permissions.json"),
            "BENCH_SCRIPT": str(script),
        }
        install = [str(node), str(npm), "install", "--no-package-lock", "--ignore-scripts",
                   "--no-audit", "--no-fund", "--loglevel=error"]  # fmt: skip
        for command in (install, ["node_modules/.bin/tsc"]):
            done = subprocess.run(command, cwd=PEER, env={**os.environ, **environment}, check=False)
            if done.returncode != 0:
                print("npm cannot install the TypeScript app: left out what needs it.\n")
                return None
        return Peer(node, environment)

    def cdk(self, app: str, output: Path, *options: str) -> Command:
        """Return the CDK CLI's synthesis of an app."""
        synth = [str(self.node), str(CDK_CLI), "synth", "--quiet", "--no-notices"]
        arguments = [*synth, "--no-path-metadata", "--app", app, "--output", str(output), *options]
        return Command(arguments, PEER, self.environment)


def run(command: Command) -> Run:
    """Run a command and return what it took.

    Raises:
        subprocess.CalledProcessError: The command failed, so its time means nothing.
    """
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    start = time.perf_counter()
    process = subprocess.Popen(
        command.arguments,
        cwd=command.cwd,
        env={**environment, **command.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command.arguments)
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def taking_turns(first: Command, second: Command, rounds: int) -> list[tuple[Run, Run]]:
    """Return runs of two commands, one after the other, so that noise meets both alike."""
    for command in (first, second):
        run(command)  # fills caches
    return [(run(first), run(second)) for _ in range(rounds)]


def compared(comparison: Comparison, rounds: int) -> Iterator[str]:
    """Yield the row of a comparison, and another of memory where that has a limit."""
    pairs = taking_turns(comparison.command, comparison.baseline, rounds)
    own, other = (median(pair[place].wall for pair in pairs) for place in (0, 1))
    wall = median(first.wall / second.wall for first, second in pairs)
    cpu = median(first.cpu / second.cpu for first, second in pairs)
    yield _row(
        comparison.name,
        f"{own:.3f}",
        f"{other:.3f}",
        f"{wall:.2f}",
        f"{cpu:.2f}",
        _limit(comparison.limit),
    )
    if comparison.memory_limit is not None:
        own, other = (median(pair[place].memory for pair in pairs) for place in (0, 1))
        yield _row(
            f"{comparison.name}: MB of memory",
            f"{own:.0f}",
            f"{other:.0f}",
            f"{own / other:.2f}",
            "",
            _limit(comparison.memory_limit),
        )


def grown(growth: Growth, rounds: int) -> str:
    """Return the row of a growth."""
    pairs = taking_turns(growth.many, growth.few, rounds)
    wall = median(more.wall - less.wall for more, less in pairs) / growth.further * 1000
    cpu = median(more.cpu - less.cpu for more, less in pairs) / growth.further * 1000
    return _row(growth.name, f"{wall:.1f}", f"{cpu:.1f}", _limit(growth.limit))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _limit(limit: float | None) -> str:
    return "" if limit is None else f"{limit:g}"


def check_peers(folder: Path) -> None:
    """End where what is compared is not the same: the peers' templates have equal resources."""
    templates = defaultdict(list)
    for peer in ("l2", "ts", "js"):
        for file in (folder / peer).glob("*.template.json"):
            templates[file.name].append(json.loads(file.read_text("utf-8"))["Resources"])
    for name, (first, *others) in templates.items():
        if any(other != first for other in others):
            sys.exit(f"the peers do not make the same: {name}")


def main() -> None:
    """Run everything in turns and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each command (default: 9)")
    parser.add_argument("--only", default="", help="only rows whose name contains this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = list(environments(folder))
        peer = Peer.installed(folder / "node.sh")
        items = (*start_up(files[0]), *synthesis(folder, files[:4], peer), *many(folder, files))
        chosen = [item for item in items if options.only in item.name]
        print(told_of_the_machine(peer))
        print("\n| ours / theirs | ours, s | theirs, s | ratio | of CPU | at most |")
        print("|---|---|---|---|---|---|")
        for item in chosen:
            if isinstance(item, Comparison):
                for row in compared(item, options.rounds):
                    print(row, flush=True)
        check_peers(folder)
        print("\n| each further environment | ms | of CPU | at most |")
        print("|---|---|---|---|")
        for item in chosen:
            if isinstance(item, Growth):
                print(grown(item, options.rounds), flush=True)


def environments(folder: Path) -> Iterator[str]:
    """Write the environment files, and the script that their nodes run."""
    for number in range(IN_A_REGION * len(REGIONS)):
        file = folder / f"env{number:03}.yaml"
        region = REGIONS[number // IN_A_REGION]
        file.write_text(ENVIRONMENT.format(number=number, region=region), "utf-8")
        yield str(file)
    plan = ForgePlan.of(ForgeConfig.from_file(file))
    (folder / "node.sh").write_text(render(plan.compute.node_templates[0].setup), "utf-8")


def told_of_the_machine(peer: Peer | None) -> str:
    """Return date, versions and machine, on which everything depends."""
    asked = [os.environ.get("JSII_NODE", "node"), "--version"]
    node = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    parts = [
        f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}",
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"Node.js {node.removeprefix('v')}",
        f"aws-cdk-lib {version('aws-cdk-lib')}",
        f"pydantic {version('pydantic')}",
    ]
    if peer is not None:
        package = json.loads((CDK_CLI.parents[1] / "package.json").read_text("utf-8"))
        parts += [f"CDK CLI {package['version']}", f"TypeScript {PEER_PACKAGES['typescript']}"]
    return "; ".join(parts)


if __name__ == "__main__":
    main()
