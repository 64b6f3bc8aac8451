# SPDX-License-Identifier: Apache-2.0
"""Stands in for the programs that need an account, the internet or minutes.

Run as `stand_ins.py PROGRAM ARGUMENTS…`. Each looks at what it is asked as closely as it can, and
fails where the real program would not understand.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import OperationModel, ServiceModel  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "111122223333"

WHY = {
    "aws": "needs an account; service, operation and options are held against botocore's models",
    "cdk": "needs an account; what is deployed must have been synthesized",
    "git": "needs the internet",
    "make": "takes minutes; targets must exist in the Makefile",
    "npm": "needs the internet",
    "pip": "needs the internet, and takes half a minute",
    "tw": "needs an account of Platform",
}
"""Every program that stands in, and why the real one cannot be run."""

GLOBAL_OPTIONS = {"region", "profile", "query", "output", "no-cli-pager"}
COMMANDS = {("logs", "tail"), ("s3", "cp"), ("s3", "ls"), ("s3", "mb"), ("s3", "rb"), ("s3", "rm")}
"""Those that the AWS CLI has beyond the services' own operations."""
ANSWERS = {
    ("sts", "get-caller-identity"): ACCOUNT,
    ("batch", "submit-job"): '{"jobName": "hello", "jobId": "0a1b2c3d"}',
    ("batch", "describe-jobs"): "SUCCEEDED",
}


def aws(words: list[str]) -> str:
    """Check a call of the AWS CLI and give a plausible answer."""
    service, operation = words[:2]
    options = {word[2:] for word in words[2:] if word.startswith("--")}
    for value in words[2:]:
        if value.startswith(("{", "[")):
            json.loads(value)
    if (service, operation) in COMMANDS:
        return ""
    # Each program loads what it needs alone: they are called often.
    from botocore import xform_name  # type: ignore[import-untyped]

    model = _model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return _refuse(f"aws {service} has no operation {operation}")
    _check_options(model.operation_model(names[operation]), options)
    return ANSWERS.get((service, operation), "")


@cache
def _model(service: str) -> ServiceModel:
    from botocore.session import Session  # type: ignore[import-untyped]

    return Session().get_service_model(service)


def _check_options(operation: OperationModel, options: set[str]) -> None:
    from botocore import xform_name

    shape = operation.input_shape
    known = {xform_name(name, "-") for name in shape.members} if shape else set()
    required = {xform_name(name, "-") for name in shape.required_members} if shape else set()
    negated = {f"no-{name}" for name in known}
    unknown = options - known - negated - GLOBAL_OPTIONS
    if unknown or required - options:
        _refuse(f"{operation.name}: unknown {unknown}, missing {required - options}")


CDK_OPTIONS = {
    "bootstrap": {"--cloudformation-execution-policies", "--trust"},
    "deploy": {"--all", "--app", "--outputs-file", "-c"},
    "destroy": {"--all", "--app"},
    "diff": {"--app"},
}
"""What pages pass to each command of the CDK CLI, which ignores what it does not know."""


def cdk(words: list[str]) -> str:
    """Do as the CDK CLI does with an assembly: it must be there; outputs are written."""
    command, options = words[0], words[1:]
    if unknown := {one for one in options if one.startswith("-")} - CDK_OPTIONS[command]:
        return _refuse(f"cdk {command} is not known to take {unknown}")
    if command == "bootstrap":
        return ""
    if "--app" not in options:
        # In a checkout: cdk.json names app.py, which tests/stacks runs.
        return "" if Path("seqera.yaml").exists() else _refuse("there is no app here")
    app = options[options.index("--app") + 1]
    manifest = json.loads(Path(app, "manifest.json").read_text("utf-8"))
    stacks = {
        name
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    if "--outputs-file" in options:
        outputs = _outputs(stacks)
        Path(options[options.index("--outputs-file") + 1]).write_text(json.dumps(outputs))
    return "\n".join(sorted(stacks))


def _outputs(stacks: set[str]) -> dict[str, dict[str, str]]:
    from seqera_batch import ForgeConfig, ForgePlan
    from seqera_batch.problems import ConfigError
    from tests.handoff.conftest import outputs_of

    found = {}
    for file in (*Path().glob("*.yaml"), *Path().glob("*.toml")):
        try:
            config = ForgeConfig.from_file(file)
        except ConfigError:
            continue
        plan = ForgePlan.of(config)
        if plan.stack_name in stacks:
            found[plan.stack_name] = outputs_of(plan)
    return found if found else _refuse("no environment file here belongs to the assembly")


def make(words: list[str]) -> str:
    """Look a target up in the Makefile."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for word in words:
        if "=" not in word and word not in targets:
            _refuse(f"the Makefile has no target {word}")
    return ""


def tw(words: list[str]) -> str:
    """Export the environment that the examples have; take whatever else is asked."""
    if words[:2] != ["compute-envs", "export"]:
        return ""
    return (ROOT / "examples" / "exported-from-platform.json").read_text("utf-8")


def anything(_words: list[str]) -> str:
    """Take whatever is asked."""
    return ""


def _refuse(why: str) -> NoReturn:
    sys.exit(why)


PROGRAMS: dict[str, Callable[[list[str]], str]] = {
    "aws": aws,
    "cdk": cdk,
    "make": make,
    "tw": tw,
}


if __name__ == "__main__":
    print(PROGRAMS.get(sys.argv[1], anything)(sys.argv[2:]))
