# SPDX-License-Identifier: Apache-2.0
"""`SeqeraBatchStack`: one environment as a stack, and an app of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from seqera_batch.catalog.ids import OPERATIONS_TOPIC
from seqera_batch.cloudformation.resource import as_fragment
from seqera_batch.config.check import ForgeConfig
from seqera_batch.constructs.forge import BatchForge
from seqera_batch.constructs.include import include
from seqera_batch.constructs.meant import acknowledge_meant
from seqera_batch.constructs.part import refuse_no_config, refusing_at
from seqera_batch.constructs.unique import refuse_second
from seqera_batch.constructs.warnings import say_warnings
from seqera_batch.native_validation import NativeValidation, Through, is_available
from seqera_batch.plan import planned
from seqera_batch.whole import FORGE, Whole, outputs

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
        with refusing_at(scope, construct_id):
            refuse_no_config("config", config)
        super().__init__(scope, construct_id, **{**_settings(config), **kwargs})
        self.forge = BatchForge(self, FORGE, config=config)
        if not self.forge.creates_anything:
            _create_nothing(self)
        told = outputs(
            self.forge.plan,
            self.forge.reviewed_scope,
            key=self.forge.encryption_key_arn,
            topic=self.forge.resource(OPERATIONS_TOPIC).ref
            if OPERATIONS_TOPIC in self.forge.resources
            else None,
        )
        if told:
            include(self, "Outputs", as_fragment({"Outputs": told}))
        if self.forge.registration is not None:
            cdk.CfnOutput(
                self,
                "ComputeEnvId",
                description="Id of the environment in Seqera Platform",
                value=self.forge.registration.compute_env_id,
            )


def add_whole(app: cdk.App, whole: Whole) -> cdk.Stack:
    """Add a stack by one include, for programs in which no code takes hold of its parts.

    Raises:
        ConfigError: Another stack of the app makes something of the same name.
    """
    plan = whole.plan
    stack = cdk.Stack(app, plan.stack_name, **_settings(plan.config))
    with refusing_at(stack, FORGE):
        refuse_second(stack, FORGE, whole.resources, plan=plan, account=plan.account, root=app)
    included = include(stack, FORGE, whole.fragment)
    say_warnings(included, plan)
    acknowledge_meant(included, whole.resources)
    if not whole.resources:
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
    native = validate and is_available()
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


def add_environments(app: Construct, configs: Iterable[ForgeConfig]) -> list[SeqeraBatchStack]:
    """Add a stack for each environment.

    Args:
        app: The app or stage.
        configs: The environment files.

    Raises:
        ConfigError: A configuration breaks a rule, or all together exceed a quota of AWS.
    """
    return [SeqeraBatchStack(app, plan.stack_name, config=plan.config) for plan in planned(configs)]
