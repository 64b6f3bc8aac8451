# SPDX-License-Identifier: Apache-2.0
"""The pack as a plugin of CDK's validation, beside those of cdk-nag 3."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import aws_cdk as cdk
import jsii

from seqera_batch.nag.model import PACK, Level, Stack
from seqera_batch.nag.rules import RULES


@jsii.implements(cdk.IPolicyValidationPlugin)
class AwsBatchChecks:
    """Judges the templates of an app when it is synthesized.

    CDK itself takes acknowledgements, from the construct that breaks a rule or one above it::

        Validations.of(construct).acknowledge(
            Acknowledgment(id="AwsBatch::PrivilegedJobDefinition", reason="…")
        )
    """

    @property
    def name(self) -> str:
        """Name of the pack in the report."""
        return PACK

    @property
    def version(self) -> str:
        """Version of the pack: the library's."""
        from seqera_batch.version import __version__  # noqa: PLC0415 - the package imports lazily

        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """Ids of all rules."""
        return [rule.id for rule in RULES.values()]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Judge every template of the app."""
        resources: dict[str, list[cdk.PolicyViolatingResource]] = defaultdict(list)
        details: dict[str, list[str]] = defaultdict(list)
        templates = {
            path: json.loads(Path(path).read_text("utf-8"))
            for one in context.template_paths
            for path in (one, *_nested(one))
        }
        for_others = any(Stack(template).looks_elsewhere for template in templates.values())
        for path, template in templates.items():
            stack = Stack(template, for_others=for_others)
            for rule in RULES.values():
                for violation in rule.violations(stack):
                    details[rule.id].append(f"{violation.logical_id}: {violation.detail}")
                    resources[rule.id].append(
                        cdk.PolicyViolatingResource(
                            resource_logical_id=violation.logical_id,
                            template_path=path,
                            locations=[violation.location],
                        )
                    )
        broken = [rule for rule in RULES.values() if rule.id in resources]
        return cdk.PolicyValidationPluginReport(
            success=not any(rule.level is Level.ERROR for rule in broken),
            violations=[
                cdk.PolicyViolation(
                    rule_name=rule.id,
                    description=f"{rule.title} Found: {'; '.join(details[rule.id])}.",
                    fix=rule.fix,
                    severity=str(rule.level),
                    violating_resources=resources[rule.id],
                    rule_metadata={"sources": " ".join(rule.sources)},
                )
                for rule in broken
            ],
        )


def _nested(path: str) -> list[str]:
    """Return the templates of a stack's nested stacks, which CDK does not name to plugins."""
    manifest = Path(path.removesuffix(".template.json") + ".assets.json")
    if not manifest.is_file():
        return []
    files = json.loads(manifest.read_text("utf-8")).get("files", {})
    return [
        str(manifest.parent / name)
        for name in (one.get("source", {}).get("path", "") for one in files.values())
        if name.endswith(".nested.template.json")
    ]
