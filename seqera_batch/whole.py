# SPDX-License-Identifier: Apache-2.0
"""An environment as one fragment of a template, worked out without CDK: while CDK is at work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from seqera_batch.catalog.ids import KMS_KEY, OPERATIONS_TOPIC
from seqera_batch.catalog.names import head_job_definition_name
from seqera_batch.cloudformation import intrinsics
from seqera_batch.cloudformation.cdk import logical_id
from seqera_batch.cloudformation.intrinsics import get_att, literal, ref
from seqera_batch.cloudformation.resource import Resources, as_fragment, rendered
from seqera_batch.handoff.outputs import stack_outputs
from seqera_batch.judge.documents import refuse_undeployable
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import platform_documents
from seqera_batch.policies.document import Scope
from seqera_batch.records import dataclass
from seqera_batch.template import Parts, parts, role_arns

FORGE = "Forge"
"""The construct of a stack's environment, of which logical ids are made."""

_BEFORE_NODE_ROLES = ("key", "logs", "work_bucket", "job_roles", "network", "file_systems")
"""Parts that `BatchForge` makes first; CDK writes resources in the order in which they are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The stack of an environment of which no code takes hold, tags and aspects neither.

    Attributes:
        plan: What is decided for the environment.
        resources: What it creates, by logical id.
        fragment: JSON of resources and outputs, which CDK includes at once: Node.js is asked twice
            a stack then, instead of fifty times.
    """

    plan: ForgePlan
    resources: Resources
    fragment: str

    @classmethod
    def of(cls, plan: ForgePlan) -> Whole | None:
        """Return the stack; None where CDK would write something else of its parts.

        Raises:
            ConfigError: AWS would refuse its documents.
        """
        refuse_undeployable(plan)
        where = plan.scope()
        made = parts(plan, where)
        # The function that registers comes with code, which is a construct of its own, and CDK
        # sorts what resources wait for by the constructs that these are in.
        if made.registration or not made.wait_for_one_each():
            return None
        ids = _Ids(made, below=(FORGE,))
        written = made.each(ids.of_part)
        first = Parts(**{name: getattr(written, name) for name in _BEFORE_NODE_ROLES})
        resources = first.together() | written.together()
        told = outputs(
            plan,
            where,
            key=None if plan.key is None else plan.key.arn or get_att(KMS_KEY, "Arn"),
            topic=ref(OPERATIONS_TOPIC) if made.owner(OPERATIONS_TOPIC) else None,
            across=ids.across,
        )
        return cls(
            plan=plan,
            resources=resources,
            fragment=as_fragment({"Resources": rendered(resources), "Outputs": told}),
        )


class _Ids:
    """The logical ids of all resources, and what marks of them become."""

    def __init__(self, made: Parts, *, below: Sequence[str]) -> None:
        """Give the ids, below the path in its stack of the construct of which they are made."""
        self._ids = {name: logical_id(below, name) for name in made.together()}

    def across(self, mark: str) -> str | None:
        """Return the mark of a resource by its logical id, outside of any part."""
        return self._written(mark, {})

    def of_part(self, part: Resources) -> Resources:
        """Return the resources of a part under their logical ids."""
        return {
            self._ids[name]: replace(
                resource.answered(lambda mark: self._written(mark, part)),
                depends_on=tuple(self._ids[one] for one in resource.depends_on),
            )
            for name, resource in part.items()
        }

    def _written(self, mark: str, part: Resources) -> str | None:
        name, _, attribute = mark.partition(".")
        if name not in self._ids:
            return None
        own = literal(self._ids[name], across=name not in part)
        return get_att(own, attribute) if attribute else ref(own)


def outputs(
    plan: ForgePlan,
    where: Scope,
    *,
    key: str | None,
    topic: str | None,
    across: Callable[[str], str | None] = lambda _: None,
) -> dict[str, dict[str, Any]]:
    """Return the outputs of a stack as CloudFormation has them.

    Args:
        plan: The environment.
        where: Where its policies hold.
        key: ARN of its key.
        topic: ARN of the topic that is created.
        across: What stands for marks of resources.
    """
    config = plan.config
    identity = platform_documents(plan, where)
    told = stack_outputs(
        plan,
        roles=role_arns(plan, where) | ({} if key is None else {KMS_KEY: key}),
        platform=identity.arn if identity.created else None,
        topic=topic,
        head_job_definition=head_job_definition_name(config.aws.prefix, config.name)
        if config.aws.head_job_definition
        else None,
    )
    return {
        output.name: {
            "Description": output.description,
            "Value": intrinsics.resolve(intrinsics.answer(output.value, across)),
        }
        for output in told
    }
