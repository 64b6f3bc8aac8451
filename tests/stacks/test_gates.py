# SPDX-License-Identifier: Apache-2.0
"""Rule packs over every example: nothing is found that is not acknowledged with a reason."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch import ForgeConfig
from seqera_batch.nag import Acknowledged, AwsBatchChecks, acknowledge, acknowledged
from tests.stacks.conftest import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

BARE_BUCKET = {
    "name": "bare-bucket",
    "region": "eu-west-1",
    "work_dir": "s3://work/dir",
    "head_queue": "own-head",
    "compute_queue": "own-work",
    "aws": {"work_bucket": {}},
}
"""A bucket as it is without further choices; the example that has one makes some."""
REGISTERED = {
    **BARE_BUCKET,
    "name": "registered",
    "credentials_id": "1a2b3c",
    "aws": {
        "platform_registration": {
            "token_secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:t-a1b2c3"
        }
    },
}
"""A registration with Platform, which no example asks for."""

USED = {
    **BARE_BUCKET,
    "name": "used",
    "aws": {"platform_access": {"user": {"access_key": True}}},
}
"""A user of Platform's, which no example asks for."""

Findings = set[tuple[str, str, str]]
"""Example, resource, id of the finding."""


def _name(logical_id: str) -> str:
    """Return a resource's id below `BatchForge`: the last step of its path is its logical id."""
    return re.sub(r"^Forge(\w+)[0-9A-F]{8}$", r"\1", logical_id)


class _Judged:
    """The examples, judged by every pack, with what was acknowledged."""

    def __init__(self, folder: Path, *, accept: bool) -> None:
        import aws_cdk as cdk
        import cdk_nag

        from seqera_batch.stack import SeqeraBatchStack, new_app

        app = new_app(outdir=str(folder))
        cdk.Validations.of(app).add_plugins(
            AwsBatchChecks(),
            cdk_nag.AwsSolutionsChecks(app),
            cdk_nag.HIPAASecurityChecks(app),
            cdk_nag.NIST80053R5Checks(app),
        )
        self.accepted: dict[str, list[Acknowledged]] = {}
        configs = {name: ForgeConfig.from_file(file) for name, file in EXAMPLES.items()}
        configs |= {
            str(data["name"]): ForgeConfig.from_dict(data)
            for data in (BARE_BUCKET, REGISTERED, USED)
        }
        for name, config in configs.items():
            forge = SeqeraBatchStack(app, name, config=config).forge
            self.accepted[name] = list(
                acknowledged(forge.plan, forge.reviewed_scope, forge.resources)
            )
            if accept:
                acknowledge(forge)
        self.failed = False
        try:
            app.synth()
        except RuntimeError as error:
            self.failed = "ValidationFailed" in str(error)
        report = json.loads((folder / "validation-report.json").read_text("utf-8"))
        self.packs = {one["pluginName"] for one in report["pluginReports"]}
        self.findings = {
            (example, _name(resource), violation["ruleName"])
            for pack in report["pluginReports"]
            for violation in pack["violations"]
            for construct in violation["violatingConstructs"]
            for example, *_, resource in [construct["constructPath"].split("/")]
        }


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> _Judged:
    """Return the examples with nothing acknowledged."""
    return _Judged(tmp_path_factory.mktemp("bare"), accept=False)


def test_nothing_unexplained(tmp_path: Path) -> None:
    """With every acknowledgement at its resource no pack has anything left to say."""
    judged = _Judged(tmp_path, accept=True)
    assert judged.findings == set()
    assert not judged.failed


def test_no_needless_acknowledgement(bare: _Judged) -> None:
    """Each acknowledgement is for one finding that is there: none is wholesale, none is stale."""
    assert bare.failed
    assert bare.packs >= {"AwsSolutions", "HIPAA.Security", "NIST.800.53.R5"}
    accepted = {
        (example, one.resource, one.finding)
        for example, several in bare.accepted.items()
        for one in several
    }
    assert accepted == bare.findings


def test_our_own_pack_finds_nothing(bare: _Judged) -> None:
    """What we ask of others we do ourselves, without a single acknowledgement."""
    assert not {finding for _, _, finding in bare.findings if finding.startswith("AwsBatch")}


def test_list_of_acknowledgements(bare: _Judged, snapshot: SnapshotAssertion) -> None:
    """The complete list, by reason: a new one is a change that somebody reads."""
    found: dict[str, set[str]] = defaultdict(set)
    for several in bare.accepted.values():
        for one in several:
            found[one.reason].add(re.sub(r"arn:\S+(?=])", "ARN", one.finding))
    every: dict[str, Any] = {reason: sorted(found[reason]) for reason in sorted(found)}
    assert every == snapshot


@pytest.mark.parametrize("name", ["example-nextflow-work", None], ids=["named", "unnamed"])
@pytest.mark.parametrize("beside", [True, False], ids=["beside", "elsewhere"])
def test_a_bucket_of_the_app(tmp_path: Path, name: str | None, *, beside: bool) -> None:
    """What names a bucket of the app is acknowledged as well, in this stack or another."""
    import aws_cdk as cdk
    import cdk_nag
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

    from seqera_batch import BatchForge

    app = cdk.App(outdir=str(tmp_path))
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    stack = cdk.Stack(app, "Pipelines", env=cdk.Environment(region="eu-west-1"))
    owner = stack if beside else cdk.Stack(app, "Data", env=cdk.Environment(region="eu-west-1"))
    bucket = s3.Bucket(owner, "Work", bucket_name=name, encryption_key=kms.Key(owner, "Key"))
    config = ForgeConfig.from_dict(
        {
            "name": "rnaseq",
            "region": "eu-west-1",
            "work_dir": "s3://example-nextflow-work/rnaseq",
            "forge": {"type": "SPOT", "max_cpus": 500},
        }
    )
    acknowledge(BatchForge(stack, "Forge", config=config, work_bucket=bucket))
    with pytest.raises(RuntimeError, match="ValidationFailed"):  # of the bucket itself
        app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text("utf-8"))
    paths = {
        construct["constructPath"]
        for pack in report["pluginReports"]
        for violation in pack["violations"]
        for construct in violation["violatingConstructs"]
    }
    assert {path.split("/")[1] for path in paths} <= {"Work", "Key"}


def test_what_roles_of_the_app_are_granted(tmp_path: Path) -> None:
    """Wildcards in the policies that an environment gives to roles of the app have reasons too."""
    import aws_cdk as cdk
    import cdk_nag
    from aws_cdk import aws_iam as iam

    from seqera_batch import BatchForge

    app = cdk.App(outdir=str(tmp_path))
    cdk.Validations.of(app).add_plugins(
        cdk_nag.AwsSolutionsChecks(app), cdk_nag.HIPAASecurityChecks(app)
    )
    stack = cdk.Stack(app, "Pipelines", env=cdk.Environment(region="eu-west-1"))
    tasks = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
    forge = BatchForge(
        stack,
        "Forge",
        config=ForgeConfig.from_dict({**BARE_BUCKET, "aws": {}}),
        head_job_role=iam.Role(stack, "Head", assumed_by=tasks),
        compute_job_role=iam.Role(stack, "Compute", assumed_by=tasks),
    )
    assert set(forge.granted_policies) == {"HeadJobRole", "ComputeJobRole"}
    acknowledge(forge)
    app.synth()


def test_parts_that_are_made_alone(tmp_path: Path) -> None:
    """A security team's stack of roles and access has the same reasons as a whole environment."""
    import aws_cdk as cdk
    import cdk_nag

    from seqera_batch import JobRoles, PlatformAccess

    def synth(name: str, *, accept: bool) -> None:
        app = cdk.App(outdir=str(tmp_path / name))
        cdk.Validations.of(app).add_plugins(
            cdk_nag.AwsSolutionsChecks(app), cdk_nag.HIPAASecurityChecks(app)
        )
        stack = cdk.Stack(app, "Security", env=cdk.Environment(region="eu-west-1"))
        config = ForgeConfig.from_dict({**BARE_BUCKET, "aws": {"platform_access": {"user": {}}}})
        roles = JobRoles(stack, "Roles", of=config)
        access = PlatformAccess(stack, "Access", of=config, beside=[roles])
        for part in (roles, access) if accept else ():
            acknowledge(part)
        app.synth()

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        synth("told", accept=False)
    synth("accepted", accept=True)
