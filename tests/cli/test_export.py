# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch export` and `init --from`: exit codes, files, and that bad input writes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.target import TARGETS
from seqera_batch.plan import ForgePlan
from tests.handoff.conftest import outputs_of

if TYPE_CHECKING:
    from tests.cli.conftest import Run

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAGEN = EXAMPLES / "dragen.yaml"
CLINICAL = EXAMPLES / "on-demand.yaml"
NVME = EXAMPLES / "spot-fusion-nvme.yaml"
PLACEHOLDER = "<AWS_ACCOUNT_ID>"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    """Return what `cdk deploy --outputs-file` writes for two environments."""
    stacks = {}
    for file in (DRAGEN, NVME):
        config = ForgeConfig.from_file(file)
        plan = ForgePlan.of(config)
        stacks[plan.stack_name] = outputs_of(plan)
    written = tmp_path / "cdk-outputs.json"
    written.write_text(json.dumps(stacks))
    return written


def files_in(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("target", TARGETS)
def test_without_outputs_placeholders_stand_in_and_are_said(
    run: Run, target: str, tmp_path: Path
) -> None:
    """The export is written with placeholders, and the exit code says that it is not ready."""
    result = run("export", DRAGEN, "--to", target, "-o", tmp_path / "out.txt")
    assert result.exit_code == 1
    assert "error[not-deployed]" in result.errors
    assert "--outputs cdk-outputs.json" in result.errors
    assert any(PLACEHOLDER in file.read_text() for file in tmp_path.iterdir())


@pytest.mark.parametrize("target", TARGETS)
def test_with_outputs_nothing_is_open(run: Run, target: str, tmp_path: Path, outputs: Path) -> None:
    """The deployed ARNs are in it, and the exit code is 0."""
    result = run("export", DRAGEN, "--to", target, "--outputs", outputs, "-o", tmp_path / "out.txt")
    assert result.exit_code == 0, result.errors
    texts = [file.read_text() for file in tmp_path.iterdir() if file != outputs]
    assert not any(PLACEHOLDER in text for text in texts)
    assert any("arn:aws:iam::111122223333:role/TowerForge-dragen-" in text for text in texts)
    assert "next: " in result.output


def test_fusion_without_a_token_is_told_of_whoever_launches(run: Run, tmp_path: Path) -> None:
    """Nextflow needs Platform's token for Fusion, whoever the file says starts pipelines."""
    assert "warning[nextflow-fusion-token]" in run("export", NVME, "--to", "nextflow").errors
    assert "nextflow-fusion-token" not in run("export", NVME, "--to", "tw").errors
    file = tmp_path / "both.yaml"
    text = NVME.read_text("utf-8")
    assert "\naws:\n" in text
    file.write_text(text.replace("\naws:\n", "\naws:\n  used_by: [platform, nextflow]\n"), "utf-8")
    assert run("export", file, "--to", "nextflow").errors.count("[nextflow-fusion-token]") == 1


def test_an_account_in_the_file_is_enough(run: Run) -> None:
    """Role names are the file's own, so their ARNs are known before deployment."""
    result = run("export", CLINICAL, "--to", "tw")
    assert result.exit_code == 0
    flat = json.loads(result.output)
    assert flat["executionRole"].startswith("arn:aws:iam::111122223333:role/pipelines/")
    assert "tw compute-envs import FILE.json --name clinical --wait AVAILABLE" in result.errors


EXCLUDED = """\
name: excluded
region: eu-west-1
work_dir: s3://example-work
wave_enabled: true
fusion2_enabled: true
forge: {{max_cpus: 64, fargate_head_enabled: true, arm64_enabled: {arm64}}}
aws: {{used_by: {used_by}}}
"""


def _excluded(folder: Path, rules: list[str], used_by: str = "[platform]") -> Path:
    file = folder / "excluded.yaml"
    arm64 = str("manual-graviton" in rules).lower()
    file.write_text(EXCLUDED.format(arm64=arm64, used_by=used_by))
    return file


@pytest.mark.parametrize(
    "rules", [["manual-fargate-head"], ["manual-fargate-head", "manual-graviton"]]
)
def test_what_platform_excludes_is_refused_until_allowed(
    run: Run, rules: list[str], tmp_path: Path
) -> None:
    """Manual mode with Graviton or a Fargate head is written only by whoever insists."""
    file = _excluded(tmp_path, rules)
    written = tmp_path / "ce.json"
    refused = run("export", file, "--to", "tw", "-o", written)
    assert refused.exit_code == 1
    assert not written.exists()
    for rule in rules:
        assert f"error[{rule}]" in refused.errors
    assert "--mode forge" in refused.errors
    assert "TOWER_LAUNCH_CONTAINER=job-definition://" in refused.errors

    half = run("export", file, "--to", "tw", "-o", written, "--allow", rules[0])
    assert written.exists() is (len(rules) == 1)
    assert f"warning[{rules[0]}]" in half.errors

    allow = [word for rule in rules for word in ("--allow", rule)]
    run("export", file, "--to", "tw", "-o", written, "--force", *allow)
    assert json.loads(written.read_text())["headQueue"].endswith("-head")

    forge = run("export", file, "--to", "tw", "--mode", "forge")
    assert forge.exit_code == 0
    assert json.loads(forge.output)["forge"]["fargateHeadEnabled"] is True
    assert run("export", file, "--to", "nextflow").exit_code == 1


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("review",), ("init", "--from")])
def test_what_would_be_refused_later_is_told_at_once(
    run: Run, command: tuple[str, ...], tmp_path: Path
) -> None:
    """The first command says what `export` would refuse after the deployment."""
    rules = ["manual-fargate-head", "manual-graviton"]
    file = _excluded(tmp_path, rules)
    if command[0] == "init":
        file = tmp_path / "export.json"
        forge = {"type": "SPOT", "maxCpus": 64, "fargateHeadEnabled": True, "arm64Enabled": True}
        data: dict[str, object] = {
            "discriminator": "aws-batch",
            "region": "eu-west-1",
            "workDir": "s3://example-work",
        }
        data |= {"waveEnabled": True, "fusion2Enabled": True}
        file.write_text(json.dumps({**data, "forge": forge}))
    result = run(*command, file)
    for rule in rules:
        assert f"warning[{rule}]" in result.errors


@pytest.mark.parametrize(
    ("used_by", "told", "handed"),
    [
        ("[platform]", True, False),
        ("[platform, nextflow]", True, False),
        ("[enterprise]", False, True),
        ("[nextflow]", False, False),
        ("[forge]", False, False),
    ],
)
def test_who_launches_decides(
    run: Run,
    used_by: str,
    told: bool,  # noqa: FBT001 - a column of the table
    handed: bool,  # noqa: FBT001 - as above
    tmp_path: Path,
) -> None:
    """What is told, what is exported and what the stack hands over follow from one field."""
    file = _excluded(tmp_path, ["manual-fargate-head"], used_by)
    assert ("warning[manual-fargate-head]" in run("validate", file).errors) is told
    exported = run("export", file, "--to", "tw", "-o", tmp_path / "ce.json")
    assert ("error[manual-fargate-head]" in exported.errors) is not handed
    config = ForgeConfig.from_file(file)
    assert ("HandOffJson" in outputs_of(ForgePlan.of(config))) is handed


@pytest.mark.parametrize("name", ["starter", "spot-fusion-nvme"])
def test_lead_examples_can_be_registered_as_they_are(run: Run, name: str, tmp_path: Path) -> None:
    """What people start from ends in no refusal: only the account is open before deployment."""
    file = EXAMPLES / f"{name}.yaml"
    if name == "starter":
        file = tmp_path / "starter.yaml"
        run("init", file)
    for target in ("tw", "api", "terraform", "nextflow"):
        result = run("export", file, "--to", target)
        errors = [line for line in result.errors.splitlines() if "error[" in line]
        assert all("error[not-deployed]" in line for line in errors)
        assert result.output


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["--workspace", "lab/genomics"], "workspace-id"),
        (["--workspace", "0"], "workspace-id"),
        (["--workspace", "9" * 19], "workspace-id"),
        (["--workspace", "-4"], "workspace-id"),
        (["--credentials", "my credentials"], "credentials-id"),
        (["--credentials", "a" * 23], "credentials-id"),
    ],
)
def test_ids_of_a_wrong_form_are_refused(
    run: Run, arguments: list[str], rule: str, tmp_path: Path
) -> None:
    """The API takes ids, and a name is not sent to it."""
    words = [f"{arguments[0]}={arguments[1]}"]
    result = run("export", CLINICAL, "--to", "api", "-o", tmp_path / "body.json", *words)
    assert result.exit_code == 1
    assert f"error[{rule}]" in result.errors
    assert files_in(tmp_path) == set()


def test_tools_that_know_names_take_them(run: Run) -> None:
    """Tw looks workspaces and credentials up."""
    result = run(
        "export", CLINICAL, "--to", "tw", "--workspace", "lab/genomics", "--credentials", "my aws"
    )
    assert result.exit_code == 0
    assert "--workspace lab/genomics --credentials 'my aws'" in result.errors


def test_outputs_of_another_stack_are_refused(run: Run, outputs: Path, tmp_path: Path) -> None:
    """No export holds the roles of another environment."""
    written = tmp_path / "ce.json"
    result = run("export", CLINICAL, "--to", "tw", "--outputs", outputs, "-o", written)
    assert result.exit_code == 1
    assert "error[other-stack] --outputs: there are no outputs of the stack Clinical-clinical" in (
        result.errors
    )
    assert "TowerForge-dragen" in result.errors
    assert not written.exists()


@pytest.mark.parametrize("text", ['{"TowerForge-dragen": {', "", "[1]", "3"])
def test_outputs_that_are_none_are_refused(run: Run, tmp_path: Path, text: str) -> None:
    """A broken file of outputs is an error about that file."""
    file = tmp_path / "outputs.json"
    file.write_text(text)
    result = run("export", DRAGEN, "--to", "tw", "--outputs", file)
    assert result.exit_code == 1
    assert result.output == ""
    assert "error[" in result.errors


def test_several_files_need_a_place(run: Run) -> None:
    """What seqerakit's YAML names beside it cannot go to standard output."""
    result = run("export", CLINICAL, "--to", "seqerakit")
    assert result.exit_code == 1
    assert "clinical.json" in result.errors
    assert result.output == ""


def test_several_files_are_written_together_or_not_at_all(run: Run, tmp_path: Path) -> None:
    """One file that exists keeps all of them from being written."""
    (tmp_path / "clinical.json").write_text("mine")
    refused = run("export", CLINICAL, "--to", "seqerakit", "-o", tmp_path / "kit.yaml")
    assert refused.exit_code == 1
    assert "clinical.json" in refused.errors
    assert files_in(tmp_path) == {"clinical.json"}
    assert (tmp_path / "clinical.json").read_text() == "mine"

    clash = run("export", CLINICAL, "--to", "seqerakit", "-o", tmp_path / "clinical.json")
    assert clash.exit_code == 1

    forced = run("export", CLINICAL, "--to", "seqerakit", "-o", tmp_path / "kit.yaml", "--force")
    assert forced.exit_code == 0
    entry = yaml.safe_load((tmp_path / "kit.yaml").read_text())["compute-envs"][0]
    assert json.loads((tmp_path / entry["file-path"]).read_text())["logGroup"] == (
        "/clinical/pipelines"
    )


def test_options_that_do_not_exist_are_refused(run: Run, tmp_path: Path) -> None:
    """Tw has no option for a log group: the options' form does not drop it."""
    words = ["export", CLINICAL, "--to", "seqerakit", "--form", "explicit"]
    result = run(*words, "-o", tmp_path / "kit.yaml")
    assert result.exit_code == 1
    assert "error[tw-cannot-express] logGroup" in result.errors
    assert files_in(tmp_path) == set()
    assert run(*words, "--allow", "tw-cannot-express").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["examples/manual.yaml", "--to", "tw", "--mode", "forge"], "no-forge-section"),
        (["examples/on-demand.yaml", "--to", "nextflow", "--mode", "forge"], "mode-of-nextflow"),
        (["examples/efs.yaml", "--to", "terraform", "--mode", "forge"], "terraform-work-dir"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, arguments: list[str], rule: str) -> None:
    """A form that cannot be, or that a tool rejects, is told by rule."""
    file, *words = arguments
    result = run("export", EXAMPLES.parent / file, *words)
    assert result.exit_code == 1
    assert f"error[{rule}]" in result.errors
    assert result.output == ""


def test_platform_is_told_no_parameter_of_an_image(run: Run, tmp_path: Path) -> None:
    """Only CloudFormation looks one up, so there is no Forge form of such a file."""
    file = tmp_path / "parameter.yaml"
    named = "forge:\n  image_id: resolve:ssm:/images/nodes\n"
    file.write_text((EXAMPLES / "on-demand.yaml").read_text("utf-8").replace("forge:\n", named))
    assert run("export", file, "--to", "tw").exit_code == 0
    result = run("export", file, "--to", "tw", "--mode", "forge")
    assert "error[image-parameter] forge.image_id" in result.errors
    assert result.output == ""


def test_a_file_with_errors_is_not_exported(run: Run, bad: Path) -> None:
    """What validate refuses is refused here too."""
    result = run("export", bad, "--to", "tw")
    assert result.exit_code == 1
    assert "max_cpu" in result.errors
    assert result.output == ""


def test_from_an_export_to_a_file_of_ours(run: Run, tmp_path: Path) -> None:
    """One command makes a valid file, and an existing one stays."""
    source = EXAMPLES / "exported-from-platform.json"
    written = tmp_path / "seqera.yaml"
    result = run("init", "--from", source, written)
    assert result.exit_code == 0, result.errors
    assert "notice[left-aside] forgedResources" in result.errors
    assert run("validate", written).exit_code == 0

    before = written.read_text()
    assert run("init", "--from", source, written, "--name", "other").exit_code == 1
    assert written.read_text() == before
    assert run("init", "--from", source, written, "--name", "other", "--force").exit_code == 0
    assert ForgeConfig.from_file(written).name == "other"
    assert run("init", "--from", source).output.startswith("# Made by seqera-batch init")


def test_from_an_export_with_choices_that_are_refused_now(run: Run, tmp_path: Path) -> None:
    """The file is written, and the exit code says that something is left to correct."""
    source = tmp_path / "old.json"
    source.write_text(
        json.dumps(
            {
                "discriminator": "aws-batch",
                "region": "eu-west-1",
                "workDir": "s3://example-work",
                "waveEnabled": True,
                "fusion2Enabled": True,
                "fusionSnapshots": True,
                "forge": {"type": "EC2", "maxCpus": 8},
            }
        )
    )
    result = run("init", "--from", source, tmp_path / "seqera.yaml")
    assert result.exit_code == 1
    assert "warning[imported-with-errors]" in result.errors
    assert "snapshots-need-spot" in result.errors
    assert "error[snapshots-need-spot]" in run("validate", tmp_path / "seqera.yaml").errors


@pytest.mark.parametrize("option", ["--name", "--pick"])
def test_options_of_an_import_need_one(run: Run, option: str, tmp_path: Path) -> None:
    """A starter file is not named by an option that would be passed by in silence."""
    result = run("init", tmp_path / "seqera.yaml", option, "a")
    assert result.exit_code == 1
    assert f"error[option-needs-from] {option}" in result.errors
    assert files_in(tmp_path) == set()


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("half.json", '{"computeEnv": {"config": {"region": "eu-w', "syntax"),
        ("other.json", '{"discriminator": "gcp-batch", "region": "a"}', "other-platform"),
        ("empty.json", "", "empty-file"),
        ("main.tf", 'resource "seqera_aws_batch_ce" "a" {}', "format"),
        ("kit.yaml", "compute-envs:\n- name: a\n  file-path: ./none.json\n", "missing-file"),
        ("plain.yaml", "name: a\n", "unknown-export"),
    ],
)
def test_from_nothing_usable_nothing_is_written(
    run: Run, tmp_path: Path, name: str, text: str, rule: str
) -> None:
    """A broken file, or one of something else, is a clear error."""
    (tmp_path / name).write_text(text)
    result = run("init", "--from", tmp_path / name, tmp_path / "seqera.yaml")
    assert result.exit_code == 1
    assert f"error[{rule}]" in result.errors
    assert files_in(tmp_path) == {name}
