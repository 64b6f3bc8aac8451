# SPDX-License-Identifier: Apache-2.0
"""`SeqeraBatchStack`: one environment as a stack, and an app of several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from seqera_batch.catalog.ids import KMS_KEY, OPERATIONS_TOPIC
from seqera_batch.catalog.names import head_job_definition_name, stack_name
from seqera_batch.cloudformation import intrinsics
from seqera_batch.cloudformation.intrinsics import get_att, ref
from seqera_batch.config.check import ForgeConfig
from seqera_batch.constructs.forge import BatchForge
from seqera_batch.constructs.include import include_environment, include_outputs
from seqera_batch.constructs.judged import refuse_undeployable, say_warnings
from seqera_batch.constructs.meant import acknowledge_meant
from seqera_batch.constructs.part import refusing_at
from seqera_batch.constructs.unique import refuse_second
from seqera_batch.constructs.whole import Whole
from seqera_batch.handoff.outputs import stack_outputs
from seqera_batch.native_validation import NativeValidation, Through, is_available
from seqera_batch.plan import ForgePlan, quota_problems
from seqera_batch.plan.documents import platform_documents
from seqera_batch.policies.document import Scope
from seqera_batch.problems import ConfigError, errors
from seqera_batch.template import Parts, parts, role_arns

if TYPE_CHECKING:
    from constructs import Construct


CONTEXT: dict[str, Any] = {
    # A template that CloudFormation would refuse fails here instead of at deployment.
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    # Tags on the app or a stack stay tags of resources: as stack tags they would reach compute
    # environments, which CloudFormation then replaces.
    "@aws-cdk/core:explicitStackTags": True,
    # The CDK CLI switches these on; without them both ways give the same bytes.
    "aws:cdk:enable-path-metadata": False,
    "aws:cdk:enable-asset-metadata": False,
    # Where a resource was made is one line of ours for all of them; `CDK_DEBUG=1` shows it still.
    "aws:cdk:disable-creation-stack-traces": True,
}
"""Settings of CDK that `app.py` and `seqera-batch synth` share, so that both give the same."""


_FORGE = "Forge"
"""The construct of the environment, of which logical ids are made."""


class SeqeraBatchStack(cdk.Stack):
    """One environment, with what it takes to register it as outputs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: ForgeConfig,
        **kwargs: Any,  # noqa: ANN401 - whatever cdk.Stack takes
    ) -> None:
        """Create the stack, in the configuration's region.

        Args:
            scope: The app or stage.
            construct_id: Id below it.
            config: The environment file.
            **kwargs: Passed to `cdk.Stack`.

        Raises:
            ConfigError: The configuration breaks a rule.
        """
        super().__init__(scope, construct_id, **{**_settings(config), **kwargs})
        self.forge = BatchForge(self, _FORGE, config=config)
        if not self.forge.creates_anything:
            _create_nothing(self)
        include_outputs(
            self,
            _outputs(
                self.forge.plan,
                self.forge.reviewed_scope,
                key=self.forge.encryption_key_arn,
                topic=self.forge.resource(OPERATIONS_TOPIC).ref
                if OPERATIONS_TOPIC in self.forge.resources
                else None,
            ),
        )
        if self.forge.registration is not None:
            cdk.CfnOutput(
                self,
                "ComputeEnvId",
                description="Id of the environment in Seqera Platform",
                value=self.forge.registration.compute_env_id,
            )


def _whole_stack(app: Construct, stack_id: str, plan: ForgePlan, made: Parts) -> cdk.Stack:
    """Add the same stack by one include, for which Node.js is asked four times instead of fifty.

    For programs in which no code takes hold of the environment's parts.
    """
    stack = cdk.Stack(app, stack_id, **_settings(plan.config))
    created = made.together()
    with refusing_at(stack, _FORGE):
        refuse_undeployable(plan)
        refuse_second(stack, _FORGE, created, plan=plan, account=plan.account)
    whole = Whole(made, below=(_FORGE,))
    outputs = _outputs(
        plan,
        plan.scope(),
        key=None if plan.key is None else plan.key.arn or get_att(KMS_KEY, "Arn"),
        topic=ref(OPERATIONS_TOPIC) if OPERATIONS_TOPIC in created else None,
        across=whole.across,
    )
    included = include_environment(stack, _FORGE, whole.resources, outputs)
    say_warnings(included, plan)
    acknowledge_meant(included, created)
    if not created:
        _create_nothing(stack)
    return stack


def _settings(config: ForgeConfig) -> dict[str, Any]:
    """Return what an environment's stack is told, unless somebody says otherwise."""
    return {
        "env": cdk.Environment(account=config.aws.account, region=config.region),
        "description": f"Nextflow on AWS Batch: {config.name} (seqera-batch)",
    }


def _create_nothing(stack: cdk.Stack) -> None:
    """Create what costs nothing: CloudFormation refuses a template without resources."""
    cdk.CfnWaitConditionHandle(stack, "NothingToCreate")


def _outputs(
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
    outputs = stack_outputs(
        config,
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
        for output in outputs
    }


def new_app(
    *,
    validate: bool = True,
    through: Through = iter,
    **kwargs: Any,  # noqa: ANN401 - as cdk.App
) -> cdk.App:
    """Return an app with the settings that deployments of this library are tested with.

    Args:
        validate: Whether CDK checks the templates against CloudFormation's schemas.
        through: Goes through the templates as they are checked, if the native engine does that.
        **kwargs: Passed to `cdk.App`.
    """
    # Set by people, and by the CDK CLI for `--no-validation`.
    native = validate and os.environ.get("CDK_VALIDATION") != "false" and is_available()
    app = cdk.App(
        analytics_reporting=False,
        builtin_cloud_formation_validation=validate and not native,
        # After the CLI's context, which would win otherwise.
        post_cli_context=CONTEXT,
        **kwargs,
    )
    if native:
        cdk.Validations.of(app).add_plugins(NativeValidation(through))
    return app


def add_environments(
    app: Construct,
    configs: Iterable[ForgeConfig],
    *,
    through: Through = iter,
    whole: bool = False,
) -> list[cdk.Stack]:
    """Add a stack for each environment.

    Args:
        app: The app or stage.
        configs: The environment files.
        through: Goes through them as their stacks are made: a command line counts.
        whole: Whether nothing takes hold of what the stacks consist of, tags and aspects neither.

    Raises:
        ConfigError: A configuration breaks a rule, or all together exceed a quota of AWS.
    """
    plans = [ForgePlan.of(config) for config in configs]
    problems = quota_problems(plans)
    if errors(problems):
        raise ConfigError(problems)
    return [_stack(app, plan, whole=whole) for plan in through(plans)]


def _stack(app: Construct, plan: ForgePlan, *, whole: bool) -> cdk.Stack:
    config, stack_id = plan.config, stack_name(plan.config.aws.prefix, plan.config.name)
    if whole:
        made = parts(config, plan, plan.scope())
        # The function that registers comes with code, which is a construct of its own, and CDK
        # sorts what resources wait for by the constructs that these are in.
        if not made.registration and made.wait_for_one_each():
            return _whole_stack(app, stack_id, plan, made)
    return SeqeraBatchStack(app, stack_id, config=config)
