# SPDX-License-Identifier: Apache-2.0
"""Every kind of export that people have, what is said of it, and what is refused."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seqera_batch.config.check import check
from seqera_batch.handoff.importing import Imported, import_environment
from seqera_batch.handoff.settings import platform_settings
from seqera_batch.problems import ConfigError, errors
from tests.chance import cases
from tests.handoff.conftest import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping

FLAT = {
    "discriminator": "aws-batch",
    "region": "eu-west-1",
    "workDir": "s3://example-work",
    "waveEnabled": True,
    "fusion2Enabled": True,
    "forge": {"type": "SPOT", "maxCpus": 64, "instanceTypes": ["m6id"], "ebsAutoScale": False},
    "labels": [{"name": "team", "value": "a", "resource": True}],
}
ATTRIBUTES = {
    "region": "eu-west-1",
    "work_dir": "s3://example-work",
    "enable_wave": True,
    "enable_fusion": True,
    "forge": {"type": "SPOT", "max_cpus": 64, "instance_types": ["m6id"], "ebs_auto_scale": False},
}
RESOURCE = {
    "name": "lab",
    "workspace_id": "${var.workspace}",
    "credentials_id": "${seqera_aws_credential.main.credentials_id}",
    "lifecycle": {"prevent_destroy": True},
    "config": ATTRIBUTES,
}
OPTIONS = {
    "type": "aws-batch",
    "config-mode": "forge",
    "name": "lab",
    "workspace": "$ORG/$WORKSPACE",
    "region": "eu-west-1",
    "work-dir": "s3://example-work",
    "wave": True,
    "fusion-v2": True,
    "max-cpus": "64",
    "instance-types": "m6id",
    "no-ebs-auto-scale": True,
    "wait": "AVAILABLE",
}


def read(
    data: object,
    *,
    files: Mapping[str, object] | None = None,
    **options: Any,  # noqa: ANN401
) -> Imported:
    """Import data, with files beside it."""

    def beside(name: str) -> object:
        return (files or {})[name]

    return import_environment(
        data, origin="export", file_name="given", read_beside=beside, **options
    )


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return what `terraform show -json` prints, the resources in a module."""
    module = {"address": "module.a", "resources": list(resources)}
    root = {"resources": [{"type": "aws_vpc", "values": {}}], "child_modules": [module]}
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}}


def in_state(name: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return a resource of a state."""
    return {
        "address": f"module.a.seqera_aws_batch_ce.{name}",
        "type": "seqera_aws_batch_ce",
        "values": {
            "name": name,
            "compute_env_id": "4VtK",
            "platform": "aws-batch",
            "description": None,
            "config": {**ATTRIBUTES, "head_queue": None, "environment": None},
            **values,
        },
    }


GENERIC = {
    "compute_env": {
        "name": "lab",
        "platform": "aws-batch",
        "status": "AVAILABLE",
        "config": {"aws_batch": ATTRIBUTES, "google_batch": None},
    },
    "workspace_id": 4,
    "force": False,
}

REFERRING = {**GENERIC["compute_env"], "credentials_id": "${seqera_aws_credential.main.id}"}  # type: ignore[dict-item]

SAME: dict[str, tuple[object, dict[str, object]]] = {
    "tw": (FLAT, {}),
    "api": ({"computeEnv": {"id": "4V", "platform": "aws-batch", "config": FLAT}}, {}),
    "seqerakit-options": ({"compute-envs": [OPTIONS]}, {}),
    "seqerakit-file": (
        {"compute-envs": [{"name": "lab", "file-path": "./ce.json", "on_exists": "fail"}]},
        {"./ce.json": FLAT},
    ),
    "terraform": ({"resource": {"seqera_aws_batch_ce": {"lab": RESOURCE}}}, {}),
    "terraform-lists": ({"resource": [{"seqera_aws_batch_ce": [{"lab": [RESOURCE]}]}]}, {}),
    "terraform-deprecated": ({"resource": {"seqera_aws_compute_env": {"lab": RESOURCE}}}, {}),
    "terraform-generic": ({"resource": {"seqera_compute_env": {"lab": GENERIC}}}, {}),
    "terraform-generic-reference": (
        {"resource": {"seqera_compute_env": {"lab": {"compute_env": REFERRING}}}},
        {},
    ),
    "state": (state(in_state("lab")), {}),
}


@pytest.mark.parametrize("kind", SAME)
def test_every_tool_s_form_gives_the_same_environment(kind: str) -> None:
    """One environment, written by five tools, is one file."""
    data, files = SAME[kind]
    config = read(data, files=files).config
    assert platform_settings(config) == platform_settings(read(FLAT).config)
    assert config.name == ("given" if kind in {"tw", "api"} else "lab")


@pytest.mark.parametrize("kind", SAME)
def test_the_file_is_one_of_ours(kind: str) -> None:
    """What is written is valid, commented, and says all that was left aside."""
    data, files = SAME[kind]
    result = read(data, files=files)
    assert result.open_ones == ()
    assert check(yaml.safe_load(result.text)).usable().forge is not None
    lines = result.text.splitlines()
    assert lines[0] == "# Made by seqera-batch init --from export."
    assert "# Most vCPUs of tasks at a time, over all their nodes." in [
        line.strip() for line in lines
    ]
    for problem in result.problems:
        assert f"# - {problem.path}: " in result.text


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        ("api", ["id"]),
        ("seqerakit-options", ["workspace", "wait"]),
        ("seqerakit-file", ["on_exists"]),
        ("terraform", ["credentials_id", "workspace_id", "lifecycle"]),
        ("terraform-generic-reference", ["credentials_id", "status"]),
        ("terraform-generic", ["workspace_id", "force", "status"]),
        ("state", ["compute_env_id"]),
    ],
)
def test_nothing_goes_in_silence(kind: str, paths: list[str]) -> None:
    """What has no counterpart is named, with the reason."""
    data, files = SAME[kind]
    said = {one.path: one for one in read(data, files=files).problems if one.rule == "left-aside"}
    assert set(paths) <= said.keys()
    assert all(said[path].message for path in paths)


def test_an_unknown_option_is_said() -> None:
    """A misspelt or newer option of seqerakit is no setting, and is named."""
    result = read({"compute-envs": [{**OPTIONS, "head-queu": "a"}]})
    assert [one.path for one in result.problems if "no such option" in one.message] == ["head-queu"]


def test_tw_asks_for_autoscale_unless_told() -> None:
    """Seqerakit without the switch got EBS autoscale, whose successor is a larger disk."""
    options = {key: value for key, value in OPTIONS.items() if key != "no-ebs-auto-scale"}
    result = read({"compute-envs": [{**options, "wave": False, "fusion-v2": False}]})
    assert "ebs-auto-scale" in {one.rule for one in result.problems}
    assert result.config.forge is not None
    assert result.config.forge.ebs_boot_size == 100


def test_files_that_options_name_are_read() -> None:
    """Scripts and configuration lie beside the YAML."""
    files = {"./pre.sh": "module load a\n", "nf.config": "process.cpus = 2\n", "ecs": "ECS_A=b"}
    named = {"pre-run": "./pre.sh", "nextflow-config": "nf.config", "ecs-config": "ecs"}
    config = read({"compute-envs": [{**OPTIONS, **named}]}, files=files).config
    assert config.pre_run_script == "module load a\n"
    assert config.nextflow_config == "process.cpus = 2\n"
    assert config.forge is not None
    assert config.forge.ecs_config == "ECS_A=b"


def test_several_environments_are_picked_from() -> None:
    """A file that holds several is read for one, by name."""
    several = state(in_state("a"), in_state("b"))
    assert read(several, pick="module.a.seqera_aws_batch_ce.b").config.name == "b"
    kit = {"compute-envs": [OPTIONS, {**OPTIONS, "name": "two"}]}
    assert read(kit, pick="two").config.name == "two"
    with pytest.raises(ConfigError) as refused:
        read(kit)
    [problem] = refused.value.problems
    assert (problem.rule, problem.allowed) == ("which-environment", "lab, two")


def test_environments_of_one_name_are_told_apart_by_workspace() -> None:
    """Neither of two workspaces' environments is taken in silence."""
    kit = {
        "compute-envs": [
            {**OPTIONS, "workspace": "lab/dev"},
            {**OPTIONS, "workspace": "lab/prod", "max-cpus": "500"},
        ]
    }
    with pytest.raises(ConfigError) as refused:
        read(kit)
    assert refused.value.problems[0].allowed == "lab/dev/lab, lab/prod/lab"
    forge = read(kit, pick="lab/prod/lab").config.forge
    assert forge is not None
    assert forge.max_cpus == 500


def test_what_a_rule_refuses_is_written_to_be_corrected() -> None:
    """An old choice ends no import: the file has it, with what is wrong with it."""
    old = {**FLAT, "nvnmeStorageEnabled": False, "forge": {"maxCpus": 4, "instanceTypes": ["a1"]}}
    result = read(old)
    assert "image-supports-types" in {one.rule for one in result.open_ones}
    assert "Amazon Linux 2023 images do not run on a1" in result.text
    assert yaml.safe_load(result.text)["forge"]["instance_types"] == ["a1"]


def test_terraform_s_escapes_are_undone() -> None:
    """A script in Terraform's JSON says `$${A}` for `${A}`; a state says it as it is."""
    config = {**ATTRIBUTES, "pre_run_script": "echo $${A} %%{B}"}
    escaped = {"resource": {"seqera_aws_batch_ce": {"lab": {**RESOURCE, "config": config}}}}
    assert read(escaped).config.pre_run_script == "echo ${A} %{B}"
    plain = {**ATTRIBUTES, "pre_run_script": "echo ${A}"}
    assert read(state(in_state("lab", config=plain))).config.pre_run_script == "echo ${A}"


def test_secrets_are_not_copied() -> None:
    """An import says where a secret was, and neither the file nor the message has it."""
    token = "ghp_" + "a8Fk20sLqPzX91mNcV7bT5yU3wE6rJ4iO0d1"
    result = read(
        {
            **FLAT,
            "environment": [{"name": "API_TOKEN", "value": "abcdef", "head": True}],
            "nextflowConfig": f"a = 1\ntoken = '{token}'\n",
            "labels": [{"name": "token", "value": "0123456789"}, {"name": "lab", "value": token}],
        }
    )
    removed = [one for one in result.problems if one.rule == "secret-removed"]
    assert {one.path for one in removed} == {
        "environment[0]",
        "nextflow_config",
        "labels.token",
        "labels.lab",
    }
    said = result.text + "".join(one.text() for one in removed)
    assert not [secret for secret in ("abcdef", token, "0123456789") if secret in said]
    assert "a = 1\n  token = 'REMOVED'" in result.text
    assert result.open_ones == ()


def test_choices_that_only_an_export_may_have_are_open() -> None:
    """What is mildly judged in an export and refused in a file is told apart."""
    result = read({**FLAT, "fusionSnapshots": True, "forge": {"type": "EC2", "maxCpus": 8}})
    assert [one.rule for one in result.open_ones] == ["snapshots-need-spot"]


@pytest.mark.parametrize(
    ("data", "rule", "says"),
    [
        ({**FLAT, "discriminator": "aws-cloud"}, "other-platform", "aws-cloud"),
        ({**FLAT, "discriminator": "aws-bach"}, "other-platform", "aws-bach"),
        ({**FLAT, "discriminator": ""}, "other-platform", "does not say which platform"),
        ({"computeEnv": {"platform": "k8s-platform", "config": {}}}, "other-platform", "k8s"),
        ({"compute-envs": [{**OPTIONS, "type": "google-batch"}]}, "other-platform", "google"),
        ({"compute-envs": []}, "which-environment", "none"),
        ({"compute-envs": "text"}, "which-environment", "none"),
        (
            {"compute-envs": [{**OPTIONS, "region": "$REGION"}]},
            "unresolved-variable",
            "$REGION",
        ),
        ({"resource": {"seqera_gcp_batch_ce": {"a": {}}}}, "other-platform", "seqera_gcp_batch_ce"),
        ({"resource": {"aws_vpc": {"a": {}}}}, "unknown-export", "aws_vpc"),
        ({"resource": 4}, "unknown-export", "no resources"),
        (
            {
                "resource": {
                    "seqera_compute_env": {
                        "a": {"compute_env": {"name": "a", "config": {"k8s_platform": {}}}}
                    }
                }
            },
            "other-platform",
            "k8s_platform",
        ),
        (
            {
                "resource": {
                    "seqera_aws_batch_ce": {
                        "a": {"config": {**ATTRIBUTES, "region": "${var.region}"}}
                    }
                }
            },
            "terraform-reference",
            "config.region",
        ),
        ({"resource": {"seqera_aws_batch_ce": {"a": {"config": 3}}}}, "field-value", "config"),
        (
            {"compute-envs": [{**OPTIONS, "name": "$CE_NAME"}]},
            "unresolved-variable",
            "$CE_NAME",
        ),
        (
            {"compute-envs": [{**OPTIONS, "workspace": "lab/dev"}] * 2},
            "duplicate-key",
            "lab/dev/lab",
        ),
        ({"Resources": {"Queue": {}}}, "unknown-export", "head_queue"),
        ({"version": 4, "terraform_version": "1.11.4"}, "unknown-export", "terraform show -json"),
        (state(), "unknown-export", "aws_vpc"),
        ({"name": "own", "work_dir": "s3://a"}, "unknown-export", "name, work_dir"),
        ([], "unknown-export", "list"),
        ("text", "unknown-export", "a text"),
        ({**FLAT, "credentialsId": "not an id"}, "field-value", "1 to 22 letters and digits"),
    ],
)
def test_what_is_no_such_environment_is_refused(data: object, rule: str, says: str) -> None:
    """The message says what was got, what is taken, and what to do."""
    with pytest.raises(ConfigError) as refused:
        read(data)
    wrong = [one for one in refused.value.problems if one.severity == "error"]
    assert [one.rule for one in wrong] == [rule]
    assert says in wrong[0].text()
    assert wrong[0].fix


def test_comments_hold_whatever_a_value_holds() -> None:
    """No text of an export ends a comment and becomes a setting."""
    text = "a\nname: evil\u2028b\x07"
    document = json.loads((EXAMPLES / "exported-from-platform.json").read_text("utf-8"))
    document["computeEnv"]["config"]["somethingNew"] = text
    document["computeEnv"]["config"]["forge"]["securityGroups"] = [text]
    result = read(document)
    assert check(yaml.safe_load(result.text)).usable().name == "exome"


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", 0, -1, 1.5, True, [], {}, [[]], {"a": {}}, ["x"], "${x}", "a\nb", {"config": []}]
)


def places(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - any JSON
    """Return every place in a document, as the mapping or list and the key in it."""
    found: list[tuple[Any, Any]] = []
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in [*keys] if isinstance(value, dict | list) else []:
        found.append((value, key))
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found


@cases(usual=150)
@given(
    kind=st.sampled_from(sorted(SAME)), junk=st.lists(JUNK, min_size=1, max_size=3), data=st.data()
)
def test_whatever_stands_in_an_export_the_answer_is_about_the_file(
    kind: str, junk: list[Any], data: st.DataObject
) -> None:
    """An export with junk in any place is imported or refused, and never an exception of ours."""
    document, files = copy.deepcopy(SAME[kind])
    for one in junk:
        open_ones = places(document) + places(files)
        section, key = data.draw(st.sampled_from(open_ones))
        section[key] = copy.deepcopy(one)

    def beside(name: str) -> object:
        return files.get(name)

    refused: ConfigError | None = None
    try:
        import_environment(document, origin="export", file_name="given", read_beside=beside)
    except ConfigError as error:
        refused = error

    wrong = errors(refused.problems) if refused else ()
    assert bool(wrong) is (refused is not None)
    assert [problem for problem in wrong if not problem.fix] == []


def test_endless_input_is_refused() -> None:
    """Aliases of YAML that stand for a billion values are not walked through."""
    inner: list[Any] = ["a"] * 10
    for _ in range(9):
        inner = [inner] * 10
    with pytest.raises(ConfigError) as refused:
        read({"compute-envs": [{**OPTIONS, "env": inner}]})
    assert refused.value.problems[0].rule == "input-size"
