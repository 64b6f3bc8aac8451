# SPDX-License-Identifier: Apache-2.0
"""What each tool takes: the API's schema, tw's and seqerakit's words, Terraform's, Groovy's."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from seqera_batch.catalog.platform_names import TW_OPTIONS
from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.export import export, role_arns
from seqera_batch.handoff.nextflow import nextflow_config
from seqera_batch.handoff.settings import manual_settings
from seqera_batch.handoff.target import TARGETS, Request
from seqera_batch.plan import ForgePlan
from tests.handoff.conftest import EXAMPLES, NAMES, load_example

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "platform_api.schema.json").read_text("utf-8"))
BODY = Draft202012Validator(SCHEMA)
MODES = [
    (name, mode)
    for name in NAMES
    for mode in ("manual", "forge")
    if (name, mode) != ("manual", "forge")
]
GROOVY = [
    *Path("/usr/share/java").glob("groovy-all*.jar"),
    *Path("/usr/share/groovy").glob("embeddable/groovy-all*.jar"),
]
IN_S3 = [name for name in NAMES if load_example(name).config.work_dir.startswith("s3://")]
NASTY = "it's ${HOME} \\ %{if} \"quoted\"\n$(id) 'x' ä"


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_api_body_is_what_is_documented(name: str, mode: str, exported: Callable[..., Any]) -> None:
    """The body keeps to the documented schema, to its typing error, and to names for queues."""
    rendered = exported(
        name, "api", mode=mode, credentials="1aBcDeFgHiJkLmNoPqRsTu", label_ids=(1,)
    )
    body = json.loads(rendered.text)
    assert [error.message for error in BODY.iter_errors(body)] == []
    config = body["computeEnv"]["config"]
    assert ("forge" in config) is (mode == "forge")
    assert body["labelIds"] == [1]
    assert "nvnmeStorageEnabled" in config
    if config["fusion2Enabled"]:
        assert "cliPath" not in config


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_tw_json_is_flat(name: str, mode: str, exported: Callable[..., Any]) -> None:
    """Tw's file is the config itself with its discriminator and labels, without a wrapper."""
    rendered = exported(name, "tw", mode=mode)
    flat = json.loads(rendered.text)
    labels = flat.pop("labels", [])
    wrapped = {"computeEnv": {"name": "a", "platform": "aws-batch", "config": flat}}
    assert [error.message for error in BODY.iter_errors(wrapped)] == []
    label = Draft202012Validator({"$ref": "#/$defs/label", "$defs": SCHEMA["$defs"]})
    assert all(label.is_valid(one) for one in labels)
    assert len(labels) == len(load_example(name).config.labels)
    words = shlex.split(rendered.commands[0])
    assert words[:4] == ["tw", "compute-envs", "import", "{file}"]
    assert {word[2:] for word in words if word.startswith("--")} <= tw_options("manual")


def tw_options(mode: str) -> set[str]:
    """Return the long options that `tw compute-envs add aws-batch MODE` takes."""
    known = TW_OPTIONS[mode]
    others = {"name", "credentials", "workspace", "env", "labels", "wait", "description"}
    return {*known.fields, *known.files, *known.negative, *others, "overwrite"}


def _seqerakit(folder: Path, file: str) -> str:
    program = Path(sys.executable).parent / "seqerakit"
    done = subprocess.run(
        [str(program), "--dryrun", file],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "TOWER_ACCESS_TOKEN": "none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("form", ["file-path", "explicit"])
def test_seqerakit_accepts_the_yaml(
    form: str, tmp_path: Path, exported: Callable[..., Any]
) -> None:
    """A dry run prints a command line for every environment, in words that tw knows."""
    entries = []
    for name, mode in MODES:
        rendered = exported(name, "seqerakit", mode=mode, form=form, workspace="lab/genomics")
        [entry] = yaml.safe_load(rendered.text)["compute-envs"]
        entries.append({**entry, "name": f"{entry['name']}-{mode}"})
        for file, text in rendered.beside.items():
            (tmp_path / file).write_text(text, "utf-8")
            assert f"./{file}" in entry.values()
    (tmp_path / "all.yaml").write_text(yaml.safe_dump({"compute-envs": entries}, sort_keys=False))

    printed = _seqerakit(tmp_path, "all.yaml")
    commands = [shlex.split(line) for line in re.findall(r"command (tw .*)", printed)]
    assert len(commands) == len(MODES)
    for (_, mode), words in zip(MODES, commands, strict=True):
        options = {word[2:] for word in words if word.startswith("--")}
        assert options <= tw_options(mode), options - tw_options(mode)
        assert {"name", "workspace", "wait"} <= options
        if form == "explicit":
            assert words[2:5] == ["add", "aws-batch", mode]
            assert {"region", "work-dir"} <= options
        else:
            assert words[2] == "import"


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_terraform_names_are_the_provider_s(
    name: str, mode: str, exported: Callable[..., Any]
) -> None:
    """The resource has the provider's attributes, variables for open ids, no trailing slash."""
    document = json.loads(exported(name, "terraform", mode=mode).text)
    [resource] = document["resource"]["seqera_aws_batch_ce"].values()
    config = resource["config"]
    assert {"enable_wave", "enable_fusion", "nvme_storage_enabled"} <= config.keys()
    assert not {"discriminator", "wave_enabled", "fusion2_enabled", "secrets_kms_key_id"} & (
        config.keys()
    )
    assert not [key for key in (*config, *config.get("forge", {})) if key != key.lower()]
    assert resource["workspace_id"] == "${var.workspace_id}"
    assert "workspace_id" in document["variable"]
    buckets = config.get("forge", {}).get("allow_buckets")
    if buckets and config["work_dir"].startswith("s3://"):
        assert buckets[-1] == config["work_dir"]


def nasty_config() -> ForgeConfig:
    """Return an environment whose texts hold whatever could end a string."""
    return ForgeConfig.from_dict(
        {
            "name": "nasty",
            "region": "eu-west-1",
            "work_dir": "s3://example-work/it's",
            "pre_run_script": NASTY,
            "nextflow_config": "params.x = 'own'\n",
            "labels": {"a'b": "c\\d"},
            "environment": [{"name": "A", "value": NASTY, "head": True, "compute": True}],
            "forge": {"max_cpus": 64},
            "aws": {"account": "111122223333", "acknowledgements": {}},
        }
        | {"labels": {"team": "a b"}}
    )


def test_terraform_takes_no_text_for_a_template() -> None:
    """What a user wrote reaches Platform as it is: `${` and `%{` are escaped."""
    config = nasty_config()
    found = export(ForgePlan.of(config), Request(target="terraform"))
    assert found.rendered is not None
    document = json.loads(found.rendered.text)
    script = document["resource"]["seqera_aws_batch_ce"]["nasty"]["config"]["pre_run_script"]
    assert "$${HOME}" in script
    assert "%%{if}" in script
    assert script.replace("$${", "${").replace("%%{", "%{") == NASTY


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not installed")
def test_terraform_parses_the_configuration(tmp_path: Path, exported: Callable[..., Any]) -> None:
    """Terraform's own parser reads the file and finds the provider that it needs."""
    rendered = exported("spot-fusion-nvme", "terraform", mode="forge")
    (tmp_path / "main.tf.json").write_text(rendered.text)
    done = subprocess.run(
        ["terraform", f"-chdir={tmp_path}", "providers"],  # noqa: S607 - the user's own
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "seqeralabs/seqera" in done.stdout


PARSE = """
import groovy.json.JsonOutput
// As Nextflow adds it.
Integer.metaClass.getMB = { -> "${delegate} MB" as String }
def asked
asked = { value ->
    if (value instanceof Closure) {
        value.resolveStrategy = Closure.DELEGATE_ONLY
        return [1, 2, 3].collect { value.delegate = [task: [attempt: it]]; value.call() }
    }
    value instanceof Map ? value.collectEntries { key, one -> [key, asked(one)] } : value
}
def all = args.collectEntries { file ->
    [file, asked(new ConfigSlurper().parse(new File(file).toURL()))]
}
println JsonOutput.toJson(all)
"""
"""What Groovy reads; closures as what they give for the first three attempts of a task."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, exported: Callable[..., Any]) -> dict[str, Any]:
    """Return what Groovy's ConfigSlurper makes of configurations by name, in one JVM."""
    if not GROOVY or shutil.which("java") is None:
        pytest.skip("Groovy is not installed (apt: groovy)")
    texts = {name: exported(name, "nextflow").text for name in IN_S3}
    nasty = nasty_config()
    plan = ForgePlan.of(nasty)
    texts["nasty"] = nextflow_config(plan, role_arns(plan))
    for name, plan in {"queues": load_example("queues"), "own": _with_label()}.items():
        arns = role_arns(plan)
        texts[f"{name} by Nextflow"] = nextflow_config(plan, arns)
        texts[f"{name} by Platform"] = manual_settings(plan, arns)["nextflowConfig"]
    folder = tmp_path_factory.mktemp("groovy")
    (folder / "parse.groovy").write_text(PARSE)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    done = subprocess.run(
        ["java", "-Dfile.encoding=UTF-8", "-cp", str(GROOVY[0]), "groovy.ui.GroovyMain",  # noqa: S607
         "parse.groovy", *texts],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _with_label() -> ForgePlan:
    made = {
        "name": "caller",
        "image": "example.org/caller:1",
        "process_labels": ["gpu", "variants"],
    }
    gpu = {"type": "SPOT", "max_cpus": 8, "gpu_enabled": True, "instance_types": ["g5"]}
    config = ForgeConfig.from_dict(
        {
            "name": "own",
            "region": "eu-west-1",
            "work_dir": "s3://example-work",
            "forge": {"type": "SPOT", "max_cpus": 64},
            "aws": {"job_definitions": [made], "queues": [{"name": "gpu", **gpu}]},
        }
    )
    return ForgePlan.of(config)


def test_groovy_reads_the_nextflow_config(read: dict[str, Any]) -> None:
    """Groovy reads every configuration, and finds in it what the file says."""
    for name in IN_S3:
        plan = load_example(name)
        config = plan.config
        found = read[name]
        assert found["process"]["executor"] == "awsbatch"
        first = found["process"]["queue"]
        assert plan.compute.compute_queue == (first[0] if isinstance(first, list) else first)
        assert found["workDir"] == config.work_dir
        batch = found["aws"]["batch"]
        assert batch["terminateUnschedulableJobs"] is True
        assert batch["jobRole"].startswith("arn:aws:iam::111122223333:role/")
        assert batch["executionRole"].startswith("arn:aws:iam::111122223333:role/")
        assert batch.get("volumes", []) == list(plan.compute.volumes)
        assert ("cliPath" in batch) is (not config.fusion2_enabled and config.forge is not None)
        assert found.get("fusion", {}).get("enabled", False) is config.fusion2_enabled
        assert "cloudcache" in found
        if plan.compute.dragen_queue:
            assert found["process"]["dragen"]["queue"] == plan.compute.dragen_queue
    assert read["nasty"]["env"]["A"] == NASTY
    assert read["nasty"]["workDir"] == "s3://example-work/it's"
    assert read["nasty"]["params"]["x"] == "own"


def test_groovy_reads_what_chooses_queues(read: dict[str, Any]) -> None:
    """Each attempt of a task goes where it should, and Platform's text says the same."""
    for found in (read["queues by Nextflow"], read["queues by Platform"]):
        name = "TowerForge-rnaseq-queues"
        process = found["process"]
        assert process["queue"] == [f"{name}-work", *[f"{name}-on-demand"] * 2]
        assert (process["errorStrategy"], process["maxRetries"]) == ("retry", 2)
        assert process["process_gpu"]["queue"] == f"{name}-gpu"
        assert process["process_gpu"]["resourceLimits"] == {"cpus": 128, "memory": "739246 MB"}
        assert process["process_high_memory"]["queue"] == f"{name}-high-memory"
        assert found["aws"]["batch"]["maxSpotAttempts"] == 1


def test_groovy_reads_what_chooses_definitions(read: dict[str, Any]) -> None:
    """A process has queue and definition of its label, from one block, in both texts."""
    for found in (read["own by Nextflow"], read["own by Platform"]):
        chosen = {name: found["process"][name] for name in ("gpu", "variants")}
        assert {one["container"] for one in chosen.values()} == {
            "job-definition://TowerForge-own-caller"
        }
        assert chosen["gpu"]["queue"] == "TowerForge-own-gpu"
        assert "queue" not in chosen["variants"]


def test_fusion_needs_no_aws_cli() -> None:
    """A path to the AWS CLI beside Fusion v2 goes nowhere, and that is said."""
    config = ForgeConfig.from_dict(
        {
            "name": "own",
            "region": "eu-west-1",
            "work_dir": "s3://example-work",
            "head_queue": "a",
            "compute_queue": "b",
            "cli_path": "/opt/aws/bin/aws",
            "wave_enabled": True,
            "fusion2_enabled": True,
            "aws": {"account": "111122223333"},
        }
    )
    for target in TARGETS:
        found = export(ForgePlan.of(config), Request(target=target))
        assert found.rendered is not None
        texts = (found.rendered.text, *found.rendered.beside.values())
        assert not any("/opt/aws" in text for text in texts)
        assert "cli_path" in {problem.path for problem in found.problems}


def test_every_example_is_exported() -> None:
    """No scenario is missing from the tables above."""
    assert len(NAMES) == len([one for one in EXAMPLES.iterdir() if one.is_file()])
