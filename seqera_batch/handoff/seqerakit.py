# SPDX-License-Identifier: Apache-2.0
"""seqerakit's YAML: the environment as one JSON file, or as options of the command line."""

from __future__ import annotations

from typing import Any

from seqera_batch.catalog.platform_names import TW_OPTIONS, api_name
from seqera_batch.config.check import ForgeConfig
from seqera_batch.handoff.target import Rendered, Request
from seqera_batch.handoff.tw import import_json
from seqera_batch.handoff.yaml_text import dumped
from seqera_batch.problems import Problem

_FILE_ENDINGS = {
    "pre-run": "pre-run.sh",
    "post-run": "post-run.sh",
    "nextflow-config": "nextflow.config",
    "ecs-config": "ecs.config",
}
_WORKSPACE = "ORGANIZATION/WORKSPACE"


def render(config: ForgeConfig, settings: dict[str, Any], request: Request) -> Rendered:
    """Return the YAML and the files that it names, which must lie where seqerakit is run."""
    common: dict[str, Any] = {"name": config.name, "workspace": request.workspace or _WORKSPACE}
    credentials = request.credentials or config.credentials_id
    if credentials:
        common["credentials"] = credentials
    end = {"wait": "AVAILABLE", "on_exists": "fail"}
    problems: tuple[Problem, ...] = ()
    if request.form == "file-path":
        name = f"{config.name}.json"
        entry = {**common, "file-path": f"./{name}", **end}
        beside = {name: import_json(config, settings)}
    else:
        options, beside, problems = _options(config, settings, request)
        entry = {"type": "aws-batch", "config-mode": request.mode, **common, **options, **end}
    return Rendered(
        text=dumped({"compute-envs": [entry]}),
        suffix=".yaml",
        beside=beside,
        commands=("seqerakit --dryrun {file}", "seqerakit {file}"),
        problems=problems,
    )


def _options(
    config: ForgeConfig, settings: dict[str, Any], request: Request
) -> tuple[dict[str, Any], dict[str, str], tuple[Problem, ...]]:
    open_ones = {
        **{name: value for name, value in settings.items() if name != "forge"},
        **{f"forge.{name}": value for name, value in settings.get("forge", {}).items()},
    }
    del open_ones["discriminator"]
    known, options = TW_OPTIONS[request.mode], dict[str, Any]()
    for option, field in known.fields.items():
        value = open_ones.pop(_key(field), None)
        if value is not None and value is not False:
            options[option] = ",".join(value) if isinstance(value, list) else value
    files: dict[str, str] = {}
    for option, field in known.files.items():
        text = open_ones.pop(_key(field), None)
        if text is not None:
            name = f"{config.name}.{_FILE_ENDINGS[option]}"
            options[option], files[name] = f"./{name}", text
    for option, field in known.negative.items():
        if open_ones.pop(_key(field), None) is False:
            options[option] = True
    options |= _packed(config, open_ones)
    left = [name for name, value in open_ones.items() if value is not False]
    return options, files, tuple(map(_cannot, left))


def _packed(config: ForgeConfig, open_ones: dict[str, Any]) -> dict[str, Any]:
    """Return the options that hold several things; what does not go in stays open."""
    options: dict[str, Any] = {}
    variables = open_ones.get("environment", ())
    # An option is a key of the YAML, so it can be given once only, and tw parts it at commas.
    if len(variables) == 1 and "," not in variables[0]["value"]:
        options["env"] = _variable(open_ones.pop("environment")[0])
    texts = "".join(text for label in config.labels.items() for text in label)
    if config.labels and not {",", "="} & set(texts):
        options["labels"] = ",".join(f"{name}={value}" for name, value in config.labels.items())
    elif config.labels:
        open_ones["labels"] = config.labels
    if config.description is not None:
        options["description"] = config.description
    if config.fusion_metrics_collection_enabled is not None:
        open_ones["fusionMetricsCollectionEnabled"] = config.fusion_metrics_collection_enabled
    return options


def _key(field: str) -> str:
    section, _, name = field.rpartition(".")
    return f"{section}.{api_name(name)}" if section else api_name(name)


def _variable(variable: dict[str, Any]) -> str:
    where = {(True, False): "head", (False, True): "compute", (True, True): "both"}
    target = where[variable["head"], variable["compute"]]
    return f"{target}:{variable['name']}={variable['value']}"


def _cannot(name: str) -> Problem:
    return Problem(
        "tw-cannot-express",
        name,
        "tw compute-envs add has no option for this setting, or not for this value",
        allowed="settings that have an option",
        fix="use --form file-path, or leave it out with --allow tw-cannot-express",
    )
