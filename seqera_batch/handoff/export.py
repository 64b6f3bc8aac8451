# SPDX-License-Identifier: Apache-2.0
"""The whole way from an environment file to what another tool reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from seqera_batch.catalog.ids import KMS_KEY
from seqera_batch.handoff import api, nextflow, seqerakit, terraform, tw
from seqera_batch.handoff.honesty import left_out, registration_problems
from seqera_batch.handoff.outputs import KMS_KEY_OUTPUT, role_outputs
from seqera_batch.handoff.settings import manual_settings, platform_settings
from seqera_batch.handoff.target import ALLOWABLE, Export, Rendered, Request
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import Problem, Severity, errors

ACCOUNT_PLACEHOLDER = "<AWS_ACCOUNT_ID>"
"""Stands for the account where neither the file nor the stack's outputs name it.

The one thing that only a deployment tells: queues and roles have names of their own, so their
ARNs follow from the account.
"""

_PLATFORM_TARGETS = {
    "tw": tw.render,
    "api": api.render,
    "seqerakit": seqerakit.render,
    "terraform": terraform.render,
}


def export(
    plan: ForgePlan,
    request: Request,
    *,
    outputs: Mapping[str, str] | None = None,
) -> Export:
    """Render an environment for another tool.

    Args:
        plan: What was decided for its file.
        request: What is wanted.
        outputs: The deployed stack's outputs, as `outputs.deployed` gives them.
    """
    config = plan.config
    problems = [*registration_problems(config, request)]
    if not errors(problems):
        problems += left_out(config, request)
    accepted = config.aws.acknowledgements
    problems = [
        replace(problem, acknowledged=accepted.get(problem.rule))
        if problem.severity is Severity.WARNING
        else problem
        for problem in _allowed(problems, request.allow)
    ]
    if errors(problems):
        return Export(problems=tuple(problems))
    rendered = _render(plan, request, role_arns(plan, outputs))
    problems += _allowed(rendered.problems, request.allow)
    if errors(problems):
        return Export(problems=tuple(problems))
    is_open = any(ACCOUNT_PLACEHOLDER in one for one in (rendered.text, *rendered.beside.values()))
    return Export(
        rendered=rendered,
        placeholders=(ACCOUNT_PLACEHOLDER,) if is_open else (),
        problems=tuple(problems),
    )


def role_arns(plan: ForgePlan, outputs: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the ARN of each role by kind: deployed, planned, or with a placeholder in it."""
    if outputs is not None:
        found = {kind: outputs[name] for kind, name in role_outputs().items()}
        return found | ({KMS_KEY: outputs[KMS_KEY_OUTPUT]} if KMS_KEY_OUTPUT in outputs else {})
    scope = plan.scope(ACCOUNT_PLACEHOLDER)
    planned = {kind: plan.roles.arn(kind, scope) for kind in role_outputs()}
    # A key that is yet to be made has no ARN: what is exported before the deployment names none.
    key = plan.key.arn if plan.key is not None else None
    return planned if key is None else {**planned, KMS_KEY: key}


def _render(plan: ForgePlan, request: Request, roles: Mapping[str, str]) -> Rendered:
    if request.target == "nextflow":
        return nextflow.render(plan, roles)
    settings: dict[str, Any] = (
        platform_settings(plan.config) if request.mode == "forge" else manual_settings(plan, roles)
    )
    if request.mode == "manual":
        settings.pop("forge", None)
    return _PLATFORM_TARGETS[request.target](plan.config, settings, request)


def _allowed(problems: Iterable[Problem], allow: tuple[str, ...]) -> list[Problem]:
    """Turn the refusals that somebody accepts into warnings that are still said."""
    return [
        replace(problem, severity=Severity.WARNING)
        if problem.severity is Severity.ERROR
        and problem.rule in ALLOWABLE
        and problem.rule in allow
        else problem
        for problem in problems
    ]
