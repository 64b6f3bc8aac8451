# SPDX-License-Identifier: Apache-2.0
"""The review as data: whole, sorted by purpose, and settled only if everything is answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from seqera_batch.config.settings import Effect
from seqera_batch.judge.report import as_json
from seqera_batch.judge.report import text as as_text
from seqera_batch.judge.report.changes import OFTEN, by_effect, changes
from seqera_batch.judge.report.model import Review
from seqera_batch.judge.report.printable import printable
from seqera_batch.judge.report.purposes import OTHERWISE, PURPOSES, by_purpose
from seqera_batch.plan import ForgePlan
from seqera_batch.policies.document import Statement

if TYPE_CHECKING:
    from tests.conftest import Configure


def _review(configure: Configure, **fields: object) -> Review:
    config = configure(**fields)
    return Review.of(ForgePlan.of(config), origin="demo.yaml")


def test_no_statement_is_lost(example: Review) -> None:
    """Every statement of every document is under one purpose, and under one only."""
    for one in (*example.identities, *example.resources, *example.deployers):
        told = [statement for purpose in one.purposes for statement in purpose.statements]
        assert sorted(told, key=_sid) == sorted(one.identity.permissions.statements, key=_sid)


def _sid(statement: Statement) -> str:
    return statement.sid


def test_every_statement_has_a_purpose(example: Review, everything: Review) -> None:
    """No statement of ours is for something else than what the page has a name for."""
    titles = {
        purpose.title
        for review in (example, everything)
        for one in (*review.identities, *review.resources, *review.deployers)
        for purpose in one.purposes
    }
    assert titles <= {title for title, _ in PURPOSES}


def test_purposes_start_with_power(everything: Review) -> None:
    """Who hands over roles is told first, wherever the document has it."""
    for one in everything.identities:
        passes = any("iam:PassRole" in each.actions for each in one.identity.permissions.statements)
        assert (one.purposes[0].title == PURPOSES[0][0]) == passes


def test_unknown_services_are_shown() -> None:
    """An action that no purpose knows is told as something else, and not left out."""
    from seqera_batch.policies.document import PolicyDocument

    statement = Statement(sid="Odd", actions=("braket:CreateJob",), resources=("*",), reason="odd")
    [purpose] = by_purpose(PolicyDocument((statement,)))
    assert (purpose.title, purpose.statements) == (OTHERWISE, (statement,))


def test_summary_says_what_it_is(configure: Configure) -> None:
    """One sentence says where, on what, in which network, with which files."""
    said = _review(
        configure,
        forge={"type": "SPOT", "fargate_head_enabled": True},
        wave_enabled=True,
        fusion2_enabled=True,
    ).summary
    assert said == (
        "demo runs the Nextflow pipelines of Seqera Platform on AWS Batch in eu-west-1: tasks on "
        "up to 64 vCPUs of Spot instances, head jobs on Fargate, in public subnets of a VPC of "
        "its own; files are kept in s3://work/dir."
    )


def test_summary_of_manual_mode(configure: Configure) -> None:
    """In Manual mode it names the queues that exist."""
    said = _review(configure, manual=True).summary
    assert "queues that exist (queue-head for head jobs, queue-work for tasks)" in said


def test_open_warning(configure: Configure) -> None:
    """A warning about the file is open until it is acknowledged with a reason."""
    opened = _review(configure, forge={"min_cpus": 8})
    assert [one.rule for one in opened.open_problems] == ["min-cpus-cost"]
    assert not opened.is_settled
    reason = {"acknowledgements": {"min-cpus-cost": "the clinic cannot wait"}}
    assert _review(configure, forge={"min_cpus": 8}, aws=reason).is_settled


def test_open_finding(configure: Configure) -> None:
    """A finding about a policy is open until it is acknowledged by its id."""
    name = "Platform.IamRoleCreation:escalation-PutRolePolicy"
    access: dict[str, object] = {"platform_access": {"cloud": {}, "mode": "forge"}}
    assert name in {one.id for one in _review(configure, aws=access).open_findings}
    access["acknowledgements"] = {name: "an account of its own"}
    assert name not in {one.id for one in _review(configure, aws=access).open_findings}


def test_deployers_are_beside(example: Review) -> None:
    """What whoever deploys is found to hold does not open a review of the environment."""
    assert any(one.explained is None for by in example.deployers for one in by.findings)
    names = {one.document for one in example.findings}
    assert names.isdisjoint(one.identity.name for one in example.deployers)


def test_comparison_counts_what_is_deployed(example: Review) -> None:
    """Ours is what Platform's identity of this environment may do, and less than Seqera's."""
    [platform] = (one for one in example.identities if one.identity.name == "Platform")
    ours, theirs = example.comparison.ours, example.comparison.theirs
    assert ours.count == platform.count
    assert ours.count.actions < theirs.count.actions
    assert ours.count.open_ended == 0 < theirs.count.open_ended
    assert {one.theirs.sids for one in example.comparison.differences if one.theirs} == {
        (statement.sid,) for statement in example.comparison.published.statements
    }


def test_changes_of_fields_set(configure: Configure) -> None:
    """Each field of the file is told with its value and with what changing it does."""
    config = configure(forge={"max_cpus": 96, "instance_types": ["m6i", "r6i"]}, wave_enabled=True)
    told = {one.field: one for one in changes(config)}
    assert told["forge.max_cpus"].value == "96"
    assert told["forge.max_cpus"].effect is Effect.IN_PLACE
    assert told["forge.instance_types"].value == "m6i, r6i"
    assert told["wave_enabled"].value == "true"
    assert told["region"].effect is Effect.NEW_STACK


def test_changes_of_fields_left_out(configure: Configure) -> None:
    """The fields that people change most often are told even where the file has none."""
    told = {one.field: one.value for one in changes(configure())}
    assert OFTEN - {"aws.iam.permissions_boundary", "aws.tags"} <= told.keys()
    assert told["forge.image_id"] is None
    assert "forge.fsx_size" not in told


def test_often_changed_fields_exist(everything: Review) -> None:
    """Each name in the list of the most changed fields is a field."""
    assert {one.field for one in everything.changes} >= OFTEN


def test_changes_start_with_replacements(everything: Review) -> None:
    """What replaces something stands before what changes in place."""
    names = [effect.name for effect in by_effect(everything.changes)]
    replacing = [name.startswith("NEW_") for name in names]
    assert replacing == sorted(replacing, reverse=True)
    assert any(replacing)


def test_json_is_whole(example: Review) -> None:
    """JSON has each identity's documents word for word, and the verdict."""
    [data] = json.loads(as_json.text([example]))["reviews"]
    assert data["settled"] == example.is_settled
    for told, one in zip(data["identities"], example.identities, strict=True):
        assert told["permissions"] == one.identity.permissions.to_dict()
        assert told["findings"] == [finding.as_dict() for finding in one.findings]
    assert data["published"]["theirs"]["actions"] == example.comparison.theirs.count.actions


def test_text_says_what_is_open(configure: Configure) -> None:
    """The terminal's words name each open point, or say that there is none."""
    assert "  - none" in as_text.text([_review(configure)])
    said = as_text.text([_review(configure, forge={"min_cpus": 8})])
    assert "warning: min-cpus-cost" in said
    assert "  - none" not in said
    user = _review(configure, aws={"platform_access": {"user": {"access_key": True}}})
    said = as_text.text([user])
    assert user.is_settled
    assert "  - none in the environment\n" in said
    assert user.open_for_deployers
    for finding in user.open_for_deployers:
        assert f": {finding.id}: " in said.partition("Open for whoever deploys")[2]
    for risk in user.residual_risks:
        assert f"  - {risk}\n" in said
    assert user.digest in said


def test_printable() -> None:
    """Characters that would hide or turn around others are replaced, all others stay."""
    assert printable("a\tb\nc é 中 🙂 <&>") == "a\tb\nc é 中 🙂 <&>"
    for hidden in (
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ud800",
    ):
        assert printable(f"a{hidden}b") == "a\ufffdb"
