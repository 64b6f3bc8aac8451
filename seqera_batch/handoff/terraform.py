# SPDX-License-Identifier: Apache-2.0
"""A `seqera_aws_batch_ce` resource for Terraform, as JSON configuration (`*.tf.json`).

JSON because it is data that Terraform reads like HCL: no text of a user can break its syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from seqera_batch.catalog.platform_names import TERRAFORM_MISSING, TERRAFORM_NAMES, api_name
from seqera_batch.config.check import ForgeConfig
from seqera_batch.config.spelling import snake_case
from seqera_batch.handoff.target import Rendered, Request, as_json

TYPE = "seqera_aws_batch_ce"
_MISSING = frozenset(api_name(field) for field in TERRAFORM_MISSING)


def render(config: ForgeConfig, settings: dict[str, Any], request: Request) -> Rendered:
    """Return the resource, its provider, and a variable for each id that is not given."""
    attributes = {
        snake_case(name): value
        for name, value in settings.items()
        if name not in _MISSING and name != "discriminator"
    }
    forge = attributes.get("forge")
    if isinstance(forge, dict):
        attributes["forge"] = {snake_case(name): value for name, value in forge.items()}
        # Platform appends the work directory; where it is missing Terraform would replace all.
        buckets = [*forge.get("allowBuckets", ()), config.work_dir]
        if config.work_directory.bucket is not None:
            attributes["forge"]["allow_buckets"] = buckets
    renamed = {TERRAFORM_NAMES.get(name, name): value for name, value in attributes.items()}
    variables: dict[str, Any] = {}
    resource: dict[str, Any] = {"name": config.name}
    if config.description is not None:
        resource["description"] = config.description
    resource |= {"config": renamed}
    resource = _literal(resource)
    credentials = request.credentials or config.credentials_id
    for name, value, kind, says in (
        (
            "workspace_id",
            int(request.workspace) if request.workspace else None,
            "number",
            "Number of the workspace",
        ),
        ("credentials_id", credentials, "string", "Platform's id of the AWS credentials"),
    ):
        if value is None:
            variables[name] = {"type": kind, "description": says}
        resource[name] = f"${{var.{name}}}" if value is None else value
    if request.label_ids:
        resource["label_ids"] = list(request.label_ids)
    document: dict[str, Any] = {
        "terraform": {"required_providers": {"seqera": {"source": "seqeralabs/seqera"}}}
    }
    if variables:
        document["variable"] = variables
    document["resource"] = {TYPE: {_identifier(config.name): resource}}
    return Rendered(
        text=as_json(document), suffix=".tf.json", commands=("terraform init", "terraform apply")
    )


def _identifier(name: str) -> str:
    """Return a name that Terraform takes for a resource: no digit or - first."""
    return name if re.match(r"[A-Za-z_]", name) else f"ce_{name}"


def _literal(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Escape what Terraform would take for a template: `${` and `%{`, as in shell scripts."""
    return _rewritten(value, lambda text: text.replace("${", "$${").replace("%{", "%%{"))


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value of Terraform's JSON configuration without its escapes."""
    return _rewritten(value, lambda text: text.replace("$${", "${").replace("%%{", "%{"))


def _rewritten(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _rewritten(item, change) for key, item in value.items()}
    return [_rewritten(item, change) for item in value] if isinstance(value, list) else value
