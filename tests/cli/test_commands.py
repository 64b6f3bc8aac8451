# SPDX-License-Identifier: Apache-2.0
"""The commands that need no CDK: exit codes, what goes where, JSON with stable keys."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch import ForgeConfig, ForgePlan, __version__
from seqera_batch.cli.main import COMMANDS
from seqera_batch.cloudformation.intrinsics import words
from seqera_batch.template.environment import environment
from tests.unit.config.rules.test_rules import field_exists

if TYPE_CHECKING:
    from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(ROOT.glob("examples/*.*"))

EXPORTED = ROOT / "examples" / "exported-from-platform.json"

PLAN_KEYS = {
    "account",
    "assumptions",
    "compute",
    "costs",
    "decisions",
    "environment_id",
    "key",
    "labels",
    "logs",
    "mode",
    "name",
    "network",
    "operations",
    "platform",
    "policies",
    "prefix",
    "problems",
    "region",
    "resource_policies",
    "resources",
    "roles",
    "stack_name",
    "storage",
}
PROBLEM_KEYS = {
    "about",
    "acknowledged",
    "allowed",
    "fix",
    "line",
    "message",
    "path",
    "rule",
    "severity",
    "source",
    "value",
}


def test_version(run: Run) -> None:
    """--version prints the package's version."""
    result = run("--version")
    assert (result.exit_code, result.output) == (0, f"seqera-batch {__version__}\n")


def test_help_names_every_command(run: Run) -> None:
    """--help names every command and the exit codes."""
    result = run("--help")
    assert result.exit_code == 0
    for command, summary in COMMANDS.items():
        assert command in result.output
        assert summary in result.output
    assert (
        "exit codes: 0 fine, 1 problems found, 2 called wrongly, 130 interrupted" in result.output
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(run: Run, command: str) -> None:
    """Every command explains itself with an example."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "examples:" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("unknown",),
        ("validate",),
        ("plan",),
        ("synth",),
        ("validate", "--format", "xml", "good.yaml"),
        ("plan", "--unknown", "good.yaml"),
        ("synth", "--format", "json", "good.yaml"),
        ("init", "a", "b"),
        ("schema", "good.yaml"),
    ],
    ids=" ".join,
)
def test_called_wrongly(run: Run, good: Path, arguments: tuple[str, ...]) -> None:
    """A wrong call gives exit code 2, and says how to call."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "usage: seqera-batch" in result.output + result.errors


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_good_file(run: Run, good: Path, command: str) -> None:
    """A good file gives exit code 0 and nothing on standard error."""
    result = run(command, good)
    assert (result.exit_code, result.errors) == (0, "")
    assert result.output


@pytest.mark.parametrize("command", ["validate", "plan", "synth"])
def test_bad_file(run: Run, bad: Path, command: str) -> None:
    """A bad file gives exit code 1, with its problem on standard error."""
    result = run(command, bad)
    assert result.exit_code == 1
    assert f"{bad}:6: error[unknown-field] forge.max_cpu" in result.errors
    assert "max_cpus" in result.errors


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_warning(run: Run, noisy: Path, command: str) -> None:
    """A warning is said on standard error, and is no failure."""
    result = run(command, noisy)
    assert result.exit_code == 0
    assert "warning[min-cpus-cost] forge.min_cpus" in result.errors
    assert "warning[" not in result.output


@pytest.mark.parametrize("command", ["validate", "plan", "synth"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.yaml", None),
        ("empty.yaml", b""),
        ("broken.yaml", b"name: [x\n"),
        ("broken.json", b'{"name": '),
        ("broken.toml", b"name = \n"),
        ("list.yaml", b"- name: x\n"),
        ("text.yaml", b"just text\n"),
        ("twice.yaml", b"name: x\nname: y\n"),
        ("twice.json", b'{"name": "x", "name": "y"}'),
        ("latin.yaml", "name: Zürich\n".encode("latin-1")),
        ("binary.yaml", bytes(range(256))),
        ("large.yaml", b"# " + 10_000_000 * b"x"),
        ("azure.json", b'{"discriminator": "azure-batch", "region": "eastus"}'),
        ("ending.txt", b"name: x\n"),
        ("types.yaml", b"name: 1\nregion: [x]\nwork_dir: {}\nforge: 3\n"),
        ("deep.json", 5000 * b"[" + 5000 * b"]"),
        ("long.yaml", b"name: " + 90 * b"x" + b"\nregion: eu-west-1\nwork_dir: s3://work\n"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unusable_input(
    run: Run, tmp_path: Path, command: str, name: str, content: bytes | None
) -> None:
    """Whatever a file holds, there is a clear error and exit code 1, and nothing is written."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = sorted(tmp_path.iterdir())
    result = run(command, tmp_path / name)
    assert result.exit_code == 1
    assert "error[" in result.errors
    assert sorted(tmp_path.iterdir()) == before


def test_folder_as_file(run: Run, tmp_path: Path) -> None:
    """A folder in place of a file is an error like others."""
    assert run("validate", tmp_path).exit_code == 1
    (tmp_path / "folder.yaml").mkdir()
    assert run("validate", tmp_path / "folder.yaml").exit_code == 1


def test_validate_every_file(run: Run, good: Path, bad: Path, noisy: Path) -> None:
    """Every file gets its verdict on standard output, and one bad file is enough to fail."""
    result = run("validate", good, bad, noisy)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{good}: valid, 0 errors, 0 warnings",
        f"{bad}: not usable, 1 error, 0 warnings",
        f"{noisy}: valid, 0 errors, 1 warning",
    ]


def test_validate_json(run: Run, good: Path, bad: Path, noisy: Path) -> None:
    """JSON holds every problem of every file under stable keys, and nothing goes elsewhere."""
    result = run("validate", "--format", "json", good, bad, noisy)
    assert (result.exit_code, result.errors) == (1, "")
    data = json.loads(result.output)
    assert data.keys() == {"files", "together"}
    assert [one["valid"] for one in data["files"]] == [True, False, True]
    assert [one["file"] for one in data["files"]] == [str(good), str(bad), str(noisy)]
    problems = [problem for one in data["files"] for problem in one["problems"]]
    assert [problem["rule"] for problem in problems] == ["unknown-field", "min-cpus-cost"]
    for problem in problems:
        assert problem.keys() == PROBLEM_KEYS


JSON_COMMANDS = {
    "validate": ("validate", "{file}"),
    "plan": ("plan", "{file}"),
    "policies": ("policies", "{file}"),
    "review": ("review", "{file}"),
    "review of two": ("review", "good.yaml", "--against", "{file}"),
    "effects": ("effects", "good.yaml", "{file}"),
    "export": ("export", "{file}", "--to", "tw"),
}
"""Each command with `--format json`."""


@pytest.mark.usefixtures("good", "bad")
@pytest.mark.parametrize("command", JSON_COMMANDS)
@pytest.mark.parametrize(
    ("file", "rule"), [("bad.yaml", "unknown-field"), ("missing.yaml", "missing-file")]
)
def test_json_of_a_bad_file(run: Run, command: str, file: str, rule: str) -> None:
    """A program that asks for JSON gets it on failure too, the same from every command."""
    call = [part.format(file=file) for part in JSON_COMMANDS[command]]
    result = run(*call, "--format", "json")
    assert (result.exit_code, result.errors) == (1, "")
    data = json.loads(result.output)
    assert data.keys() == {"files", "together"}
    [told] = [one for one in data["files"] if one["file"] == file]
    assert told["valid"] is False
    [problem] = told["problems"]
    assert problem.keys() == PROBLEM_KEYS
    assert problem["rule"] == rule


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (("validate", "good.yaml", "other.yaml", "--name", "x"), "name-for-one"),
        (("plan", "good.yaml", "good.yaml"), "environment-name-once"),
        (("plan", "good.yaml", "--picture", "out.png"), "picture-format"),
        (("plan", "good.yaml", "--picture", "good.svg"), "output-file"),
        (("policies", "good.yaml", "--account", "1"), "account"),
        (("policies", "good.yaml", "--for", "kms-key"), "no-identity"),
        (("review", "good.yaml", "other.yaml", "--against", "good.yaml"), "review-against"),
        (("export", "good.yaml", "--to", "tw", "--outputs", "good.yaml"), "outputs-file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_json_of_what_no_file_has(
    run: Run, good: Path, other: Path, call: tuple[str, ...], rule: str
) -> None:
    """What is wrong with the call, or with files together, is told under `together`."""
    (good.parent / "good.svg").write_text("mine", "utf-8")
    result = run(*call, "--format", "json")
    assert (result.exit_code, result.errors) == (1, "")
    data = json.loads(result.output)
    assert [problem["rule"] for problem in data["together"]] == [rule]


def test_json_of_what_cannot_be_exported(run: Run, tmp_path: Path) -> None:
    """An export tells text, problems and what to run next in one document, written or refused."""
    keys = {"files", "together", "text", "written", "next"}
    done = run("export", ROOT / "examples/on-demand.yaml", "--to", "tw", "--format", "json")
    assert (done.exit_code, done.errors) == (0, "")
    data = json.loads(done.output)
    assert data.keys() == keys
    assert json.loads(data["text"])["headQueue"]
    assert data["next"][0].startswith("tw compute-envs import FILE.json")

    call = ("export", ROOT / "examples/on-demand.yaml", "--to", "seqerakit", "-o", "kit.yaml")
    data = json.loads(run(*call, "--format", "json").output)
    assert data["text"] is None
    assert data["written"] == ["kit.yaml", "clinical.json"]

    refused = run("export", ROOT / "examples/efs.yaml", "--to", "nextflow", "--format", "json")
    assert (refused.exit_code, refused.errors) == (1, "")
    data = json.loads(refused.output)
    assert (data.keys(), data["text"], data["written"], data["next"]) == (keys, None, [], [])
    [told] = data["files"]
    assert "nextflow-work-dir" in [problem["rule"] for problem in told["problems"]]


def test_validate_together(run: Run, good: Path) -> None:
    """Files that are fine alone may not be so together."""
    result = run("validate", good, good)
    assert result.exit_code == 1
    assert "error[environment-name-once] name: 2 environments would make" in result.errors
    assert f": {good}, {good}\n" in result.errors
    data = json.loads(run("validate", "--format", "json", good, good).output)
    assert [problem["rule"] for problem in data["together"]] == ["environment-name-once"]


def test_name(run: Run, good: Path, other: Path) -> None:
    """--name renames one environment, and cannot rename several."""
    assert "TowerForge-renamed-head" in run("plan", "--name", "renamed", good).output
    result = run("plan", "--name", "renamed", good, other)
    assert result.exit_code == 1
    assert "error[name-for-one] --name" in result.errors


def test_wrong_name(run: Run, good: Path) -> None:
    """A --name that AWS would refuse is refused."""
    result = run("validate", "--name", "no spaces", good)
    assert result.exit_code == 1
    assert "] name: " in result.errors


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_plan_json(run: Run, example: Path) -> None:
    """The plan as JSON is the whole plan under stable keys, user data included."""
    result = run("plan", "--format", "json", example)
    assert result.exit_code == 0
    [plan] = json.loads(result.output)["plans"]
    assert plan.keys() == PLAN_KEYS
    expected = ForgePlan.of(ForgeConfig.from_file(example)).to_dict()
    created = {role["kind"] for role in expected["roles"]["roles"] if role["arn"] is None}
    policies = plan.pop("policies")
    on_resources = plan.pop("resource_policies")
    assert plan.pop("resources")
    made = {one["kind"] for one in expected["storage"]["file_systems"] if one["created"]}
    watched = expected["operations"]
    asked = expected["key"] or expected["storage"]["work_bucket"] or "efs" in made or watched
    assert bool(on_resources) is bool(asked)
    assert policies.keys() == created | ({"QueueCheckRole"} if watched else set())
    for documents in policies.values():
        assert documents.keys() == {"permissions", "trust"}
    for template in plan["compute"]["node_templates"]:
        assert template.pop("user_data").startswith("MIME-Version: 1.0\n")
    assert plan == words(json.loads(json.dumps(expected)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_plan_text(run: Run, example: Path) -> None:
    """The plan as text names all queues and roles, and gives every decision with its reason."""
    result = run("plan", example)
    plan = ForgePlan.of(ForgeConfig.from_file(example))
    for word in (plan.compute.head_queue, plan.compute.compute_queue, plan.region):
        assert word in result.output
    for role in plan.roles:
        assert (role.name or role.arn or "") in result.output
    for decision in plan.decisions:
        assert decision.field in result.output
        assert decision.reason in result.output
    for line in (*plan.assumptions, *plan.compute.volumes):
        assert line in result.output
    for cost in plan.costs.idle:
        assert cost.what in result.output
    told = result.output.partition("Everything that the stack makes")[2].split("\n\n")[0]
    assert set(re.findall(r"\w+", told)) >= environment(plan, plan.scope()).keys()


SENSITIVE = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
forge: {type: SPOT, max_cpus: 64}
aws:
  account: "111122223333"
  iam:
    path: /pipelines/
    permissions_boundary: arn:aws:iam::111122223333:policy/boundary
  kms_key: {create: true}
  work_bucket: {}
  head: {max_cpus: 8}
  platform_access: {user: {access_key: true}}
  operations: {queue_check: {}, dashboard: true, emails: [a@example.org]}
"""


def test_plan_leaves_nothing_out(run: Run, tmp_path: Path) -> None:
    """Users, keys, secrets, functions, path and boundary are told, and what they cost idle."""
    file = tmp_path / "sensitive.yaml"
    file.write_text(SENSITIVE, "utf-8")
    text = run("plan", file).output
    for line in (
        "together: at most 72 vCPUs; ",
        "Platform: PlatformAccess-TowerForge-demo: what Seqera Platform may do",
        "an access key of Platform's user, which lasts until it is changed, in the secret ",
        "names of those that are created are below /pipelines/",
        "held to the boundary arn:aws:iam::111122223333:policy/boundary",
        "public subnets in 3 zones: ",
        "access key (AWS::IAM::AccessKey), 1: PlatformAccessKey",
        "function (AWS::Lambda::Function), 1: QueueCheckFunction",
    ):
        assert line in text
    config = ForgeConfig.from_file(file)
    plan = ForgePlan.of(config)
    [reviewed] = json.loads(run("review", file, "--format", "json").output)["reviews"]
    assert f"SHA-256 of all of it: {reviewed['digest']}" in text
    assert reviewed["file_digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    idle = " ".join(cost.what for cost in plan.costs.idle)
    costly = {
        one.kind.title
        for one in environment(plan, plan.scope()).values()
        if one.kind.stakes.idle_cost
    }
    # Nodes that are kept on are none here; a gateway endpoint is free; logs are of runs.
    costly -= {"compute environment", "VPC endpoint", "log group"}
    assert {name for name in costly if name.rpartition(" ")[2] not in idle} == {"bucket"}
    assert "S3 storage" in idle


def test_plan_several(run: Run, good: Path, other: Path) -> None:
    """Several files give several plans, in their order."""
    data = json.loads(run("plan", "--format", "json", good, other).output)
    assert [plan["name"] for plan in data["plans"]] == ["good", "other"]
    text = run("plan", good, other).output
    assert text.index("good: forge mode") < text.index("other: forge mode")


def test_plan_together(run: Run, good: Path) -> None:
    """Files that cannot exist together get no plan."""
    result = run("plan", good, good)
    assert (result.exit_code, result.output) == (1, "")


def test_schema(run: Run) -> None:
    """The schema is a JSON Schema with every field of a file."""
    result = run("schema")
    assert (result.exit_code, result.errors) == (0, "")
    schema = json.loads(result.output)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["properties"].keys() >= ForgeConfig.model_fields.keys()


def test_init(run: Run, tmp_path: Path) -> None:
    """Init writes the starter file, to standard output or into a new file."""
    written = run("init")
    assert (written.exit_code, written.errors) == (0, "")
    result = run("init", "new.yaml")
    assert result.exit_code == 0
    assert (tmp_path / "new.yaml").read_text("utf-8") == written.output


def test_init_from_names_the_export(run: Run, tmp_path: Path) -> None:
    """Whatever is wrong with an export is told with its name."""
    for text in ("[]", "{}", '{"workDir": 99999999999999999999}', '{"compute-envs": [null]}'):
        (tmp_path / "given.json").write_text(text, "utf-8")
        result = run("init", "--from", "given.json")
        assert result.exit_code == 1
        assert result.errors.startswith("given.json: error[")


def test_init_from_tells_lines(run: Run) -> None:
    """What is said of an export of Platform has its line in it."""
    told = re.findall(r"json:(\d+): \w+\[([\w-]+)\]", run("init", "--from", EXPORTED).errors)
    lines = EXPORTED.read_text("utf-8").splitlines()
    at = {rule: lines[int(number) - 1].strip() for number, rule in told}
    assert at["ebs-auto-scale"].startswith('"ebsAutoScale"')
    assert at["default-vpc"].startswith('"securityGroups"')


@pytest.mark.parametrize("name", ["new.json", "new.toml", "new.txt"])
def test_init_writes_yaml_only(run: Run, tmp_path: Path, name: str) -> None:
    """No YAML is written into a file that says it is something else."""
    for call in (("init", name), ("init", "--from", EXPORTED, name)):
        result = run(*call)
        assert result.exit_code == 1
        assert "error[output-file] FILE: what is written is YAML" in result.errors
        assert "new.yaml" in result.errors
    assert not (tmp_path / name).exists()


def test_init_keeps_a_file(run: Run, good: Path) -> None:
    """Init leaves a file that exists as it is, unless it is forced."""
    before = good.read_text()
    result = run("init", good)
    assert result.exit_code == 1
    assert "error[output-file]" in result.errors
    assert good.read_text() == before
    assert run("init", "--force", good).exit_code == 0
    assert good.read_text() != before


@pytest.mark.parametrize("forced", [(), ("--force",)])
@pytest.mark.parametrize(
    ("path", "why"),
    [("missing/new.yaml", "the folder that it is in does not exist"), (".", "this is a folder")],
)
def test_init_into_nowhere(run: Run, path: str, why: str, forced: tuple[str, ...]) -> None:
    """Init into a place that cannot be written says why, and never to force it."""
    result = run("init", *forced, path)
    assert result.exit_code == 1
    assert f"error[output-file] FILE: {why}" in result.errors
    assert "--force" not in result.errors


def test_starter_is_fine(run: Run) -> None:
    """The starter file validates without any warning."""
    run("init", "starter.yaml")
    result = run("validate", "starter.yaml")
    assert (result.exit_code, result.errors) == (0, "")
    assert result.output == "starter.yaml: valid, 0 errors, 0 warnings\n"


def test_starter_offers_each_field_once(run: Run) -> None:
    """With every comment that offers a field taken away, each field is known and there once."""
    offered = []
    sections: list[tuple[int, str]] = []
    for line in run("init").output.splitlines():
        if found := re.fullmatch(r"( *)(?:# )?( *)(\w+):(?: .*)?", line):
            indent = len(found[1] + found[2])
            sections = [*(one for one in sections if one[0] < indent), (indent, found[3])]
            offered.append(".".join(name for _, name in sections))
    assert "aws.network.existing.subnets" in offered
    assert len(set(offered)) == len(offered)
    assert all(map(field_exists, offered))


def test_starter_in_the_repository(run: Run) -> None:
    """The file that `make synth` reads is the starter file."""
    assert run("init").output == (ROOT / "seqera.yaml").read_text("utf-8")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_examples_are_fine(run: Run, example: Path) -> None:
    """Every example of ours validates without a warning; the export has those it shows."""
    result = run("validate", example)
    assert result.exit_code == 0
    if example.suffix == ".json":
        assert "warning[ebs-auto-scale]" in result.errors
    else:
        assert result.errors == ""
