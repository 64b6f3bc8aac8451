# SPDX-License-Identifier: Apache-2.0
"""Import and export undo each other: Platform gets the same settings before and after."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from seqera_batch.config.check import check, load
from seqera_batch.handoff.export import export, role_arns
from seqera_batch.handoff.importing import Imported, import_environment
from seqera_batch.handoff.settings import manual_settings, platform_settings
from seqera_batch.handoff.target import Rendered, Request
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import errors
from tests.chance import cases
from tests.handoff.conftest import ACCOUNT, ALLOWED, NAMES, load_example

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig

EXPLICIT = "tw-cannot-express"
ROLES = "arn:aws:iam::111122223333:role/own-"
AWKWARD = [
    *" \n\r\t\x00\x0b\x0c\x85\u2028\u2029\ufeff#'\"\\é😀",
    *("\n\n", "...", "---", ": ", "- ", "${", "%{"),
]
"""What formats have meanings of their own for, above all at the start, the end and alone."""
TEXT = st.lists(
    st.sampled_from(AWKWARD) | st.characters(codec="utf-8"), min_size=1, max_size=12
).map("".join)
BUCKETS = ["s3://example-a", "s3://example-b/in", "s3://example-work/run"]


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings in which any of the fields may be left out."""
    return st.fixed_dictionaries({}, optional=fields)


FORGE = optional(
    type=st.sampled_from(["SPOT", "EC2"]),
    min_cpus=st.integers(0, 8),
    fargate_head_enabled=st.booleans(),
    gpu_enabled=st.just(value=False),
    instance_types=st.lists(st.sampled_from(["m6id", "c6id", "r6id", "m6i"]), unique=True),
    alloc_strategy=st.sampled_from(["BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED"]),
    bid_percentage=st.integers(1, 100),
    image_id=st.just("ami-0123456789abcdef0"),
    ec2_key_pair=st.just("a key"),
    ebs_boot_size=st.integers(50, 900),
    ecs_config=st.just("ECS_A=b\nECS_C=d"),
    allow_buckets=st.lists(st.sampled_from(BUCKETS), unique=True),
    efs_create=st.booleans(),
    dispose_on_deletion=st.booleans(),
).map(lambda forge: {"max_cpus": 64, **forge})
COMMON = optional(
    description=TEXT,
    wave_enabled=st.booleans(),
    fusion2_enabled=st.booleans(),
    nvme_storage_enabled=st.booleans(),
    fusion_snapshots=st.booleans(),
    head_job_cpus=st.integers(1, 4),
    head_job_memory_mb=st.sampled_from([4096, 8192]),
    head_job_role=st.just(f"{ROLES}head"),
    compute_job_role=st.just(f"{ROLES}compute"),
    execution_role=st.just(f"{ROLES}execution"),
    log_group=st.just("/lab/jobs"),
    secrets_kms_key_id=st.just("1234abcd-12ab-34cd-56ef-1234567890ab"),
    pre_run_script=TEXT,
    post_run_script=TEXT,
    nextflow_config=TEXT,
    volumes=st.just(["/scratch", "/a:/b:ro"]),
    labels=st.dictionaries(st.sampled_from(["team", "Name"]), st.sampled_from(["a b", "1=2", "é"])),
    environment=st.lists(
        st.fixed_dictionaries(
            {"name": st.sampled_from("AB"), "value": TEXT},
            optional={"head": st.booleans(), "compute": st.booleans()},
        ),
        max_size=2,
    ),
)
NETWORK = {
    "vpc_id": "vpc-0123456789abcdef0",
    "subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
}


@st.composite
def environments(draw: st.DrawFn) -> ForgeConfig:
    """Give environments without errors: most choices are repaired to fit each other."""
    data = draw(COMMON)
    data |= {"name": "generated", "region": "eu-west-1", "work_dir": "s3://example-work/run"}
    data["aws"] = {"account": "111122223333"}
    if draw(st.booleans()):
        data |= {"head_queue": "a-head", "compute_queue": "a-work"}
        for name in ("secrets_kms_key_id", "fusion_snapshots"):
            data.pop(name, None)
    else:
        forge = data["forge"] = draw(FORGE)
        where = draw(st.sampled_from(["none", "forge", "aws"]))
        if where == "forge":
            forge |= NETWORK
        elif where == "aws":
            data["aws"]["network"] = {"existing": NETWORK}
        if forge.get("type") == "EC2":
            for name in ("fargate_head_enabled", "alloc_strategy", "bid_percentage"):
                forge.pop(name, None)
            data.pop("fusion_snapshots", None)
        if forge.get("fargate_head_enabled"):
            forge.pop("efs_create", None)
            data["fusion2_enabled"] = True
    if data.get("nvme_storage_enabled") or data.get("fusion_snapshots"):
        data["fusion2_enabled"] = True
    if data.get("fusion2_enabled"):
        data["wave_enabled"] = True
    checked = check(data)
    assume(not errors(checked.problems))
    return checked.usable()


def imported(rendered: Rendered) -> Imported:
    """Write an export to a folder and import it from there, as the command does."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in rendered.beside.items():
            (Path(folder) / name).write_text(text, "utf-8", newline="\n")

        def beside(name: str) -> object:
            text = (Path(folder) / name).read_bytes().decode("utf-8")
            return json.loads(text) if name.endswith(".json") else text

        return import_environment(
            yaml.safe_load(rendered.text)
            if rendered.suffix == ".yaml"
            else json.loads(rendered.text),
            origin="export",
            file_name="generated",
            read_beside=beside,
        )


def read_again(result: Imported) -> ForgeConfig:
    """Return what the written file says, read as one of our own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "generated.yaml"
        file.write_text(result.text, "utf-8", newline="\n")
        config = load(file).usable()
    assert platform_settings(config) == platform_settings(result.config)
    return config


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return settings without those that the tool has no place for."""
    return {name: value for name, value in values.items() if name not in names}


@pytest.mark.parametrize("text", ["a\n\n", "\n", "  a \n", "a\r\n", "...\n", "a\x85b\n", "\u2028"])
def test_lines_are_kept(text: str) -> None:
    """Blank lines, and all that YAML could take for its own, stay in a script as they are."""
    document = {
        "discriminator": "aws-batch",
        "region": "eu-west-1",
        "workDir": "s3://example-work",
        "forge": {"type": "SPOT", "maxCpus": 64},
        "preRunScript": text,
        "environment": [{"name": "AFTER", "value": text, "head": True}],
    }
    result = import_environment(document, origin="export", file_name="lab", read_beside=str)
    assert read_again(result).pre_run_script == text


FORMS = [
    ("tw", "file-path"),
    ("api", "file-path"),
    ("seqerakit", "file-path"),
    ("terraform", "file-path"),
]


@pytest.mark.parametrize(("target", "form"), FORMS, ids=[target for target, _ in FORMS])
@cases(usual=20, nightly=2_000)
@given(config=environments())
def test_settings_survive(target: Any, form: Any, config: ForgeConfig) -> None:  # noqa: ANN401
    """Whatever the environment, the settings that Platform gets are the same again."""
    mode: Any = "manual" if config.forge is None else "forge"
    plan = ForgePlan.of(config)
    found = export(plan, Request(target=target, form=form, mode=mode, allow=ALLOWED))
    assert found.rendered is not None, found.problems

    again = read_again(imported(found.rendered))

    lost = ("secretsKmsKeyId",) if target == "terraform" else ()
    before = (
        platform_settings(config) if mode == "forge" else manual_settings(plan, role_arns(plan))
    )
    assert platform_settings(again) == without(before, *lost)
    if target in {"tw", "seqerakit"}:
        assert again.labels == config.labels
    if target in {"api", "terraform"}:
        assert (again.name, again.description) == (config.name, config.description)


@cases(usual=20, nightly=2_000)
@given(config=environments())
def test_options_survive_where_there_are_any(config: ForgeConfig) -> None:
    """Seqerakit's options carry all that they do not refuse, and refuse the rest by name."""
    mode: Any = "manual" if config.forge is None else "forge"
    plan = ForgePlan.of(config)
    asked = Request(target="seqerakit", form="explicit", mode=mode, allow=(EXPLICIT,))
    found = export(plan, asked)
    assert found.rendered is not None
    refused = {problem.path for problem in found.problems if problem.rule == EXPLICIT}

    # What cannot be said and is on may be what a setting that can be said needs.
    result = imported(found.rendered)

    before = (
        platform_settings(config) if mode == "forge" else manual_settings(plan, role_arns(plan))
    )
    assert without(platform_settings(result.config), *refused) == without(before, *refused)
    if "labels" not in refused:
        assert result.config.labels == config.labels
    assert result.config.description == config.description


@pytest.mark.parametrize("name", NAMES)
def test_examples_survive_as_manual_environments(name: str) -> None:
    """A deployed example that is registered, exported and imported is the same to Platform."""
    plan = load_example(name)
    roles = {
        kind: arn.replace("<AWS_ACCOUNT_ID>", ACCOUNT) for kind, arn in role_arns(plan).items()
    }
    settings_before = manual_settings(plan, roles)
    result = import_environment(
        {**settings_before, "id": "4VtKqT7d", "forgedResources": []},
        origin="export",
        file_name=name,
        read_beside=lambda name: name,
    )
    again = read_again(result)
    after = manual_settings(ForgePlan.of(again), role_arns(ForgePlan.of(again)))
    assert after == settings_before
