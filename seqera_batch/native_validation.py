# SPDX-License-Identifier: Apache-2.0
"""CDK's own check of templates, run by the native build of its engine instead of WebAssembly.

The findings, the report and what becomes of errors are CDK's: the same version of the engine gets
the same rules and settings, under the same plugin name. It takes a fifth of the time. Where the
native build is missing, or CDK is not the version that it was compared with, CDK's engine stays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk._jsii import __jsii_assembly__ as cdk_assembly

from seqera_batch import validation_engine
from seqera_batch.cloudformation.cdk import UNKNOWN_ACCOUNT, UNKNOWN_REGION

if TYPE_CHECKING:
    from cloudformation_validate import (  # type: ignore[import-untyped]
        CompositeEngine,
        Diagnostic,
        ValidateConfig,
    )

Through = Callable[[Sequence[Any]], Iterable[Any]]
"""How to go through many: a function of theirs that yields one after the other."""

CDK_VERSION = "2.275.0"
"""Version of aws-cdk-lib that the settings here are taken from."""
ENGINE_VERSION = "1.12.1"
"""Version of the engine that it embeds."""
RULES = "package/core/lib/validation/rules/*.rego"
"""Files of CDK's archive: the rules that it adds to the engine's."""
RULES_ARE_ABOUT = "AWS::GameLift::"
"""How the types start that they judge. To compile them takes half as long as the engine itself."""
IGNORED = ("W3005", "W1020", "E1018", "W9002", "W9013", "W1103")
"""Rules that CDK leaves out."""
IGNORED_OF_SERVICES = (("W3697", "AWS::AutoScaling"),)
"""Rules that CDK leaves out for a service."""
SEVERITIES = {"FATAL": "error", "ERROR": "error", "WARN": "warning"}
"""CDK's word for each severity of the engine that is asked for."""


def is_available() -> bool:
    """Whether the native engine is here, wanted, and finds what this version of CDK would find."""
    if cdk_assembly.version != CDK_VERSION or not validation_engine.may_validate():
        return False
    try:
        from cloudformation_validate import version  # noqa: PLC0415 - an extra
    except (ImportError, OSError):
        # A wheel of another platform, or of a newer C library than this one.
        return False
    return bool(version() == ENGINE_VERSION)


@jsii.implements(cdk.IPolicyValidationPlugin)
class NativeValidation:
    """CDK's `CloudFormationValidatePlugin` with another engine.

    Args:
        through: Goes through the templates: a command line counts.
    """

    def __init__(self, through: Through = iter) -> None:
        self._through = through
        validation_engine.started()

    @property
    def name(self) -> str:
        """CDK's own name: acknowledgements and the report go by it."""
        return "CloudFormation Validate"

    @property
    def version(self) -> str:
        """The engine's version."""
        return ENGINE_VERSION

    @property
    def rule_ids(self) -> None:
        """Not listed: CDK only counts them, in analytics."""

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Judge every template, and return what was found as CDK's plugin does."""
        stacks = _stacks(context.template_paths)
        paths = [stack.template_path for stack in stacks]
        settings = [_settings(stack.account_id, stack.region) for stack in stacks]
        engine = _engine(paths)
        # What is said of several resources in the same words is one violation.
        places: dict[tuple[str, str, str], list[cdk.PolicyViolatingResource]] = {}
        first: dict[tuple[str, str, str], Diagnostic] = {}
        # The engine works outside of Python: on as many cores as there are.
        with ThreadPoolExecutor(min(len(paths), os.cpu_count() or 1) or 1) as pool:
            reports = pool.map(engine.validate_template, paths, settings)
            for stack, report in zip(self._through(stacks), reports, strict=True):
                for diagnostic in report.diagnostics:
                    said = (
                        diagnostic.rule_id,
                        SEVERITIES[diagnostic.severity.name],
                        _description(diagnostic),
                    )
                    first.setdefault(said, diagnostic)
                    places.setdefault(said, []).append(_place(diagnostic, stack))
        return cdk.PolicyValidationPluginReport(
            success=not any(severity == "error" for _, severity, _ in first),
            violations=[
                cdk.PolicyViolation(
                    rule_name=said[0],
                    severity=said[1],
                    description=said[2],
                    fix=diagnostic.suggested_fix,
                    violating_resources=places[said],
                    rule_metadata={"category": diagnostic.category}
                    if diagnostic.category
                    else None,
                )
                for said, diagnostic in first.items()
            ],
        )


def _stacks(templates: Sequence[str]) -> list[cdk.PolicyValidationStack]:
    """Return the stacks of templates, as CDK's manifests beside these have them.

    `IPolicyValidationContext.stack_templates` has the same, and asks Node.js eight times a stack.
    """
    found = {}
    for folder in {Path(template).parent for template in templates}:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        for name, artifact in manifest["artifacts"].items():
            if artifact["type"] != "aws:cloudformation:stack":
                continue
            template = str(folder / artifact["properties"]["templateFile"])
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            found[template] = cdk.PolicyValidationStack(
                stack_construct_path=artifact.get("displayName", name),
                template_path=template,
                account_id=None if account == UNKNOWN_ACCOUNT else account,
                region=None if region == UNKNOWN_REGION else region,
            )
    return [found[template] for template in templates]


def _engine(templates: Iterable[str]) -> CompositeEngine:
    """Return the engine; with CDK's own rules where they have something to judge."""
    if any(RULES_ARE_ABOUT in Path(template).read_text("utf-8") for template in templates):
        return validation_engine.engine(rules_of_cdk())
    return validation_engine.started().result()


def rules_of_cdk() -> dict[str, str]:
    """Return the rules that CDK adds to the engine's, by the name of their file."""
    # Few templates need them.
    import tarfile  # noqa: PLC0415
    from importlib import resources  # noqa: PLC0415

    packed = resources.files("aws_cdk._jsii") / cdk_assembly.filename
    rules = {}
    with packed.open("rb") as stream, tarfile.open(fileobj=stream) as archive:
        for file in archive:
            path = Path(file.name)
            if path.match(RULES) and (content := archive.extractfile(file)) is not None:
                rules[path.name] = content.read().decode("utf-8")
    return dict(sorted(rules.items()))


def _settings(account: str | None, region: str | None) -> ValidateConfig:
    import cloudformation_validate as native  # noqa: PLC0415 - an extra

    return native.ValidateConfig(
        detail_level=native.DetailLevel.STANDARD,
        severity_level=native.Severity.WARN,
        pseudo_parameter_overrides=native.PseudoParameterOverrides(
            account_id=account, region=region
        ),
        exclude=native.RuleFilterConfig(
            ids=list(IGNORED),
            services=[
                native.ServiceFilter(rule_id=rule, service=service)
                for rule, service in IGNORED_OF_SERVICES
            ],
        ),
    )


def _description(diagnostic: Diagnostic) -> str:
    path = (diagnostic.property_path or "").removeprefix("Properties.")
    return f"{path}: {diagnostic.message}" if diagnostic.property_path else diagnostic.message


def _place(diagnostic: Diagnostic, stack: cdk.PolicyValidationStack) -> cdk.PolicyViolatingResource:
    entity = diagnostic.entity
    is_resource = entity is not None and entity.entity_type.name == "RESOURCE"
    return cdk.PolicyViolatingResource(
        resource_logical_id=entity.logical_id if is_resource else None,
        construct_path=None if is_resource else stack.stack_construct_path,
        template_path=stack.template_path,
        locations=[diagnostic.property_path] if diagnostic.property_path else [],
    )
