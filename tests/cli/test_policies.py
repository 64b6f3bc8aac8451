# SPDX-License-Identifier: Apache-2.0
"""`seqera-batch policies`: the documents as they are deployed, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seqera_batch import ForgeConfig, ForgePlan
from seqera_batch.cli import arguments, policies
from seqera_batch.plan.documents import identities, resource_policies
from seqera_batch.policies.document import Scope

if TYPE_CHECKING:
    from tests.cli.conftest import Run

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*.*"))
SPOT = next(file for file in EXAMPLES if file.stem == "spot-fusion-nvme")
EXISTING = "arn:aws:iam::111122223333:role/existing"
FILE = """\
name: demo
region: eu-west-1
work_dir: s3://example-work/runs
forge: {type: SPOT, max_cpus: 64}
"""


def test_every_choice_means_something() -> None:
    """`--for` takes what it has identities for; the choices stand apart, for a quick help."""
    assert tuple(policies.IDENTITIES) == arguments.IDENTITIES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_json(run: Run, example: Path) -> None:
    """The JSON holds every identity with the documents that the stack gets."""
    result = run("policies", "--format", "json", "--account", "111122223333", example)
    assert result.exit_code == 0
    plan = ForgePlan.of(ForgeConfig.from_file(example))
    scope = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    found = json.loads(result.output)[plan.name]
    every = (*identities(plan, scope), *resource_policies(plan, scope))
    assert found.keys() == {identity.name for identity in every}
    for identity in every:
        assert found[identity.name]["permissions"] == identity.in_words().permissions.to_dict()
        for statement in identity.permissions.statements:
            assert found[identity.name]["reasons"][statement.sid] == statement.reason


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_markdown(run: Run, example: Path) -> None:
    """The tables name every statement, action and reason."""
    result = run("policies", "--format", "markdown", example)
    assert result.exit_code == 0
    plan = ForgePlan.of(ForgeConfig.from_file(example))
    scope = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    for identity in (*identities(plan, scope), *resource_policies(plan, scope)):
        assert f"## {identity.name}" in result.output
        for statement in identity.permissions.statements:
            assert f"| `{statement.sid}` |" in result.output
            assert statement.reason in result.output
            assert all(f"`{action}`" in result.output for action in statement.actions)


def test_one_identity(run: Run) -> None:
    """`--for` leaves the others out."""
    result = run("policies", "--for", "head-job", "--format", "json", SPOT)
    [found] = json.loads(result.output).values()
    assert found.keys() == {"HeadJobRole"}


def test_who_takes_platform_s_role(run: Run, tmp_path: Path) -> None:
    """What users need who take Platform's role is printed with it: that role, and nothing else."""
    file = tmp_path / "demo.yaml"
    users = "[arn:aws:iam::111122223333:user/ada, arn:aws:iam::111122223333:user/bob]"
    file.write_text(
        f'{FILE}aws: {{account: "111122223333", platform_access: '
        f"{{role: {{principals: {users}}}}}}}\n",
        "utf-8",
    )
    text = run("policies", "--for", "platform", "--format", "json", file).output
    found = json.loads(text)["demo"]
    assert found.keys() == {"Platform", "PlatformPrincipals"}
    [statement] = found["PlatformPrincipals"]["permissions"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Resource"] == found["Platform"]["arn"]
    assert found["PlatformPrincipals"]["created"] is False


def test_registration(run: Run, tmp_path: Path) -> None:
    """The function that registers the environment is printed where the file asks for it."""
    file = tmp_path / "demo.yaml"
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:seqera/token-AbCdEf"
    file.write_text(
        f"{FILE}credentials_id: 4a5b6c\naws: {{platform_registration: "
        f"{{token_secret: '{arn}', workspace_id: 1}}}}\n",
        "utf-8",
    )
    text = run("policies", "--for", "registration", "--format", "json", file).output
    [found] = json.loads(text).values()
    statements = {one["Sid"]: one for one in found["RegistrationRole"]["permissions"]["Statement"]}
    assert statements["ReadPlatformToken"]["Resource"] == arn
    assert run("policies", "--for", "registration", SPOT).exit_code == 1


@pytest.mark.parametrize(
    ("mode", "has", "lacks"),
    [
        ("manual", "batch:SubmitJob", "iam:CreateRole"),
        ("forge", "iam:CreateRole", "s3:ListAllMyBuckets"),
        ("quick-start", "s3:ListAllMyBuckets", "iam:UpdateAssumeRolePolicy"),
    ],
)
def test_mode(run: Run, mode: str, has: str, lacks: str) -> None:
    """Each of Platform's ways of working can be looked at, whatever the file says."""
    result = run("policies", "--for", "platform", "--mode", mode, "--format", "json", SPOT)
    assert result.exit_code == 0
    assert f'"{has}"' in result.output
    assert lacks not in result.output


def test_account_of_the_file(run: Run, tmp_path: Path) -> None:
    """Without an account anywhere a placeholder stands in; the file's own is used unasked."""
    file = tmp_path / "demo.yaml"
    file.write_text(FILE, "utf-8")
    assert "::${AWS::AccountId}:role/" in run("policies", "--format", "markdown", file).output
    file.write_text(FILE + 'aws: {account: "111122223333"}\n', "utf-8")
    assert "::111122223333:role/" in run("policies", "--format", "markdown", file).output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--account", "12345678901"), "an account id of 12 digits"),
        (("--region", "europe"), "an AWS region code"),
    ],
)
def test_bad_place(run: Run, arguments: tuple[str, ...], says: str) -> None:
    """An account or region that is none is refused, with what is allowed."""
    result = run("policies", "--format", "markdown", *arguments, SPOT)
    assert result.exit_code == 1
    assert arguments[0] in result.errors
    assert says in result.errors
    assert result.output == ""


def test_no_such_identity(run: Run, tmp_path: Path) -> None:
    """An identity that the file brings along is not ours to print."""
    file = tmp_path / "demo.yaml"
    file.write_text(FILE + f"head_job_role: {EXISTING}\n", "utf-8")
    result = run("policies", "--format", "markdown", "--for", "head-job", file)
    assert result.exit_code == 1
    assert "leave --for out" in result.errors


def test_policy_of_an_existing_key(run: Run, tmp_path: Path) -> None:
    """What the policy of a key that exists must say is printed, with who each statement is for."""
    key = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
    file = tmp_path / "own.yaml"
    file.write_text(f"{FILE}aws: {{kms_key: {{arn: '{key}'}}}}\n", "utf-8")
    result = run(
        "policies", "--format", "markdown", file, "--for", "kms-key", "--account", "111122223333"
    )
    assert result.exit_code == 0
    assert f"`{key}`, which exists." in result.output
    assert "| statement | who | actions | only if | why |" in result.output
    assert "| `StartNodes` | `*` | `kms:Decrypt`" in result.output
    assert "| `EncryptLogs` | `logs.eu-west-1.amazonaws.com` |" in result.output
    asjson = run("policies", file, "--for", "kms-key", "--format", "json")
    [found] = json.loads(asjson.output)["demo"].values()
    assert found["created"] is False
    assert found["permissions"]["Statement"][0]["Sid"] == "AdministerKey"


def test_policy_of_a_created_file_system(run: Run, tmp_path: Path) -> None:
    """Who may mount a created EFS file system is shown; one that exists keeps its own policy."""
    file = tmp_path / "own.yaml"
    file.write_text(FILE.replace("64}", "64, efs_create: true}"), "utf-8")
    result = run("policies", "--format", "markdown", file, "--for", "file-system")
    assert "1 statement, 0 actions allowed, 0 statements on all resources" in result.output
    assert "| `RequireTls` | nobody, not even `*` |" in result.output
    assert result.exit_code == 0
    file.write_text(FILE.replace("64}", "64, fsx_size: 1200}"), "utf-8")
    assert (
        "makes no such identity"
        in run("policies", "--format", "markdown", file, "--for", "file-system").errors
    )


def test_policy_of_the_work_bucket(run: Run, tmp_path: Path) -> None:
    """The bucket's policy is shown as what nobody may, and there is none without a bucket."""
    file = tmp_path / "own.yaml"
    file.write_text(f"{FILE}aws: {{work_bucket: {{}}}}\n", "utf-8")
    result = run("policies", "--format", "markdown", file, "--for", "work-bucket")
    assert "| `DenyWithoutTls` | nobody, not even `*` | `s3:*` |" in result.output
    assert "1 statement, 0 actions allowed" in result.output
    file.write_text(FILE, "utf-8")
    without = run("policies", "--format", "markdown", file, "--for", "work-bucket")
    assert without.exit_code == 1
    assert "makes no such identity" in without.errors


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.stem)
def test_text(run: Run, example: Path) -> None:
    """A terminal gets every statement with its reason, actions and resources, in lines."""
    result = run("policies", example)
    assert result.exit_code == 0
    assert "|" not in result.output
    plan = ForgePlan.of(ForgeConfig.from_file(example))
    scope = Scope(partition=plan.partition, region=plan.region, account="111122223333")
    for identity in (*identities(plan, scope), *resource_policies(plan, scope)):
        assert f"{identity.name}: {identity.purpose}" in result.output
        for statement in identity.permissions.statements:
            assert f"  {statement.sid}: {statement.reason}\n" in result.output
            assert ", ".join(sorted(statement.actions)) in result.output


def test_text_is_no_comparison(run: Run) -> None:
    """A comparison is a table: as text it is refused with what can be had."""
    result = run("policies", "--diff", "published", "--format", "text", SPOT)
    assert result.exit_code == 1
    assert "error[policies-format] --format" in result.errors


def test_qualifier(run: Run) -> None:
    """Whoever deploys through a bootstrap stack of another qualifier gets its roles and bucket."""
    usual = run("policies", "--for", "deployer", SPOT).output
    other = run("policies", "--for", "deployer", "--qualifier", "lab42", SPOT).output
    assert "cdk-hnb659fds-deploy-role" in usual
    assert usual.replace("hnb659fds", "lab42").split() != usual.split()
    assert "hnb659fds" not in other
    for name in ("cdk-lab42-deploy-role", "cdk-lab42-assets", "cdk-bootstrap/lab42/version"):
        assert name in other


@pytest.mark.parametrize("command", [("policies", "--for", "deployer"), ("synth",)])
@pytest.mark.parametrize("qualifier", ["*", "", "a b", "elevenchars", "\x1b[31m"])
def test_no_qualifier(run: Run, command: tuple[str, ...], qualifier: str) -> None:
    """What no bootstrap stack can have is refused: in an ARN it would stand for many."""
    result = run(*command, "--qualifier", qualifier, SPOT)
    assert result.exit_code == 2
    assert "is no qualifier: 1 to 10 letters" in result.errors
    assert "\x1b" not in result.errors


def test_launchers(run: Run, tmp_path: Path) -> None:
    """Who runs Nextflow by hand has the head job's permissions and its token; others submit it."""
    file = tmp_path / "own.yaml"
    secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:seqera-AbCdEf"  # noqa: S105
    definition = f"{{image: 'a/b:1', secrets: {{TOWER_ACCESS_TOKEN: '{secret}'}}}}"
    file.write_text(f"{FILE}aws: {{head_job_definition: {definition}}}\n", "utf-8")
    asked = ("policies", file, "--format", "json", "--for")
    [found] = json.loads(run(*asked, "launcher").output).values()
    [head] = json.loads(run(*asked, "head-job").output).values()
    by_hand = {one["Sid"]: one for one in found["Launcher"]["permissions"]["Statement"]}
    role = [one["Sid"] for one in head["HeadJobRole"]["permissions"]["Statement"]]
    assert [*role, "ReadTokenByHand"] == list(by_hand)
    assert by_hand["ReadTokenByHand"]["Resource"] == secret
    submits = found["Submitter"]["permissions"]["Statement"][0]["Resource"]
    assert [one.rpartition("/")[2] for one in submits] == [
        "TowerForge-demo-head",
        "TowerForge-demo-head-job",
        "TowerForge-demo-head-job:*",
        "*",
    ]
    key = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
    named = f"{FILE}secrets_kms_key_id: '{key}'\naws: {{head_job_definition: {definition}}}\n"
    file.write_text(named, "utf-8")
    [found] = json.loads(run(*asked, "launcher").output).values()
    *_, decrypts = found["Launcher"]["permissions"]["Statement"]
    assert (decrypts["Sid"], decrypts["Action"]) == ("DecryptTokenByHand", "kms:Decrypt")
    assert decrypts["Resource"] == key
    through = {"StringLike": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com*"}}
    assert decrypts["Condition"] == through
    file.write_text(FILE, "utf-8")
    text = run("policies", file, "--for", "launcher").output
    assert "Launcher: " in text
    assert "Submitter" not in text
    assert "Launcher" not in run("policies", file).output
