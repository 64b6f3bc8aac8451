# SPDX-License-Identifier: Apache-2.0
"""Findings on the command line: shown with the documents, acknowledged one by one, exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from seqera_batch.judge.published.policies import FULL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

FILE = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
forge: {{type: SPOT, max_cpus: 64}}
aws:
  platform_access: {{cloud: {{}}, mode: {mode}}}
  acknowledgements: {acknowledgements}
"""
PUT = "Platform.IamRoleCreation:escalation-PutRolePolicy"
TRUST = "Deployer.IamManagement:escalation-UpdateAssumeRolePolicy"
COMMANDS = ("validate", "plan", "policies", "export", "synth")


def _file(folder: Path, mode: str = "manual", **acknowledgements: str) -> Path:
    file = folder / "demo.yaml"
    text = json.dumps({name.replace("__", ":"): why for name, why in acknowledgements.items()})
    file.write_text(FILE.format(mode=mode, acknowledgements=text), "utf-8")
    return file


def _acknowledging(folder: Path, mode: str, **more: str) -> Path:
    return _file(folder, mode, **{PUT: "an account of its own"}, **more)


def test_an_error_that_nobody_acknowledged(run: Run, tmp_path: Path) -> None:
    """A finding that is an error is shown with id, source and fix, and gives exit code 1."""
    result = run("policies", "--format", "markdown", _file(tmp_path, "forge"))
    assert result.exit_code == 1
    row = next(line for line in result.output.splitlines() if PUT in line)
    assert "| error |" in row
    assert "rhinosecuritylabs.com" in row
    assert "aws.iam.permissions_boundary" in row
    assert row.endswith("| no |")
    assert f"error[escalation-PutRolePolicy] {PUT}: iam:PutRolePolicy on " in result.errors
    assert "or acknowledge it in aws.acknowledgements, by this id" in result.errors


def test_acknowledged(run: Run, tmp_path: Path) -> None:
    """Acknowledged by id it is still shown, with the reason, and the exit code is 0."""
    file = _acknowledging(tmp_path, "forge")
    result = run("policies", "--format", "markdown", file)
    assert result.exit_code == 0
    row = next(line for line in result.output.splitlines() if PUT in line)
    assert row.endswith("| an account of its own |")
    found = json.loads(run("policies", "--format", "json", file).output)["demo"]["Platform"]
    [finding] = [one for one in found["findings"] if one["id"] == PUT]
    assert finding["explained"] == "an account of its own"


def test_the_deployers_findings_can_be_acknowledged(run: Run, tmp_path: Path) -> None:
    """The deployer's documents are reviewed too, whether they are shown or not."""
    file = _file(tmp_path, "manual", **{TRUST: "the pipeline is ours"})
    assert run("validate", file).exit_code == 0
    result = run("policies", "--format", "markdown", "--for", "deployer", file)
    assert result.exit_code == 0
    assert "the pipeline is ours" in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_an_acknowledgement_of_nothing(run: Run, tmp_path: Path, command: str) -> None:
    """No command works with a file that acknowledges what is not found."""
    more = ("--to", "api") if command == "export" else ()
    result = run(command, *more, _acknowledging(tmp_path, "manual"))
    assert result.exit_code == 1
    told = result.errors + result.output
    assert f"aws.acknowledgements.{PUT}: no finding has this id" in told
    assert "remove it" in told or "did you mean" in told
    assert not (tmp_path / "cdk.out").exists()


def test_an_acknowledgement_without_a_reason(run: Run, tmp_path: Path) -> None:
    """Without a reason nothing is acknowledged."""
    result = run("policies", _file(tmp_path, "forge", **{PUT: " "}))
    assert result.exit_code == 1
    assert "gives no reason" in result.errors


def test_what_mode_shows_does_not_fail(run: Run, tmp_path: Path) -> None:
    """Another way of working is for comparison: its findings are shown, and that is all."""
    result = run("policies", "--mode", "forge", _file(tmp_path))
    assert result.exit_code == 0
    assert PUT in result.output


def test_what_statements_explain_is_only_counted(run: Run, tmp_path: Path) -> None:
    """A `*` that its statement explains is no row of its own: the reason stands beside it."""
    result = run("policies", "--for", "head-job", _file(tmp_path))
    assert "Findings: none; 8 wide, as their statements explain." in result.output
    found = run("policies", "--for", "head-job", "--format", "json", _file(tmp_path)).output
    findings = json.loads(found)["demo"]["HeadJobRole"]["findings"]
    assert len(findings) == 8
    assert all(one["explained"] for one in findings)


def test_deployer(run: Run, tmp_path: Path) -> None:
    """Both ways to deploy are told, only where they are asked for, in parts that IAM takes."""
    assert "Deployer" not in run("policies", _file(tmp_path)).output
    text = run("policies", "--for", "deployer", "--format", "json", _file(tmp_path)).output
    found = json.loads(text)["demo"]
    assert list(found) == ["Deployer", "DeployerThroughBootstrap"]
    for identity in found.values():
        parts = identity["managed_policies"]
        assert [one for part in parts for one in part["Statement"]] == identity["permissions"][
            "Statement"
        ]
        assert all(len(json.dumps(part, separators=(",", ":"))) <= 6144 for part in parts)


def test_diff(run: Run, tmp_path: Path) -> None:
    """Platform's permissions stand beside Seqera's, statement by statement, counted."""
    result = run("policies", "--diff", "published", _file(tmp_path))
    assert result.exit_code == 0
    for statement in FULL.statements:
        assert f"| `{statement.sid}` |" in result.output
    assert "| actions on `*` that could name resources | 110 | 0 |" in result.output
    assert (
        "`iam:PassedToService StringEquals ecs-tasks.amazonaws.com`<br>instead of" in result.output
    )
    assert "HeadJobRole`" not in result.output.partition("Findings:")[2]


def test_diff_as_json(run: Run, tmp_path: Path) -> None:
    """The same for programs, with the findings about both."""
    text = run("policies", "--diff", "published", "--format", "json", _file(tmp_path)).output
    found = json.loads(text)["demo"]
    assert found["published"]["source"] == FULL.source
    assert found["published"]["counts"]["actions"] > found["ours"]["counts"]["actions"]
    assert "full.PassRolesToBatchCanBeRestricted:pass-any-role" in {
        one["id"] for one in found["published"]["findings"]
    }
    assert all(one["explained"] for one in found["ours"]["findings"])
    passing = next(
        one
        for one in found["differences"]
        if one["theirs"]["sids"] == ["PassRolesToBatchCanBeRestricted"]
    )
    assert passing["theirs"]["resources"] == ["*"]
    assert passing["ours"]["sids"] == ["PassRolesToJobs"]
    assert passing["why"]


def test_diff_has_every_document_in_numbers(run: Run, tmp_path: Path) -> None:
    """Beside what Seqera's guide gives to a role, ours has fewer actions, and none open-ended."""
    text = run("policies", "--diff", "published", "--format", "json", _file(tmp_path)).output
    documents = json.loads(text)["demo"]["documents"]
    assert documents.keys() == {
        "ComputeJobRole",
        "ExecutionRole",
        "HeadJobRole",
        "InstanceRole",
        "Platform",
    }
    assert documents.pop("ComputeJobRole")["published"] is None
    for one in documents.values():
        assert one["ours"]["open_ended"] == one["ours"]["anywhere"] == 0
        assert one["published"]["open_ended"] > 0
        assert one["ours"]["on_all"] < 5
    for name in ("InstanceRole", "Platform"):
        assert documents[name]["ours"]["actions"] < documents[name]["published"]["actions"]
    printed = run("policies", "--diff", "published", _file(tmp_path)).output
    assert (
        "| `HeadJobRole` | seqera-headjob-policy, which leaves files, roles and secrets out | 27 → "
        in printed
    )


def test_diff_of_another_way_of_working(run: Run, tmp_path: Path) -> None:
    """Any way of working can be compared; what is not asked for says with what it would be."""
    result = run("policies", "--diff", "published", "--mode", "forge", _file(tmp_path))
    assert result.exit_code == 0
    assert "`IamRoleCreation`" in result.output
    assert "only with aws.platform_access.lineage" in result.output


def test_diff_of_a_role(run: Run, tmp_path: Path) -> None:
    """What is compared statement by statement is Platform's credential only."""
    result = run("policies", "--diff", "published", "--for", "head-job", _file(tmp_path))
    assert result.exit_code == 1
    assert "no-published-policy" in result.errors
    assert result.output == ""
