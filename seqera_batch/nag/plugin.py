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
        for path in context.template_paths:
            stack = Stack(json.loads(Path(path).read_text("utf-8")))
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
