# SPDX-License-Identifier: Apache-2.0
"""The documents of whoever deploys: what the resources of the template need, by their ARNs."""

from __future__ import annotations

from seqera_batch.catalog.names import QUALIFIER
from seqera_batch.cloudformation.resource import Resources
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.documents import Identity, of_others
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.policies.deployer import Needs, deployer, through_bootstrap
from seqera_batch.policies.document import Scope
from seqera_batch.template.environment import environment


def deployers(
    plan: ForgePlan,
    where: Scope,
    *,
    qualifier: str = QUALIFIER,
    resources: Resources | None = None,
) -> tuple[Identity, ...]:
    """Return the two ways to deploy: with rights of one's own, or with CDK's bootstrap roles.

    Args:
        plan: What was decided for its file.
        where: Partition, region and account.
        qualifier: Of the account's bootstrap.
        resources: What is deployed, if it has been rendered already.
    """
    if resources is None:
        resources = environment(plan, where)
    needs = _needs(plan, where, resources, qualifier)
    return (
        of_others(
            "Deployer",
            "what CloudFormation does for this stack, and the CDK CLI before: for whoever "
            "deploys without bootstrap roles, or as the policies of CloudFormation's own role "
            "(`cdk bootstrap --cloudformation-execution-policies`), which is an administrator "
            "otherwise",
            deployer(needs),
        ),
        of_others(
            "DeployerThroughBootstrap",
            "what whoever runs `cdk deploy` needs in a bootstrapped account and region",
            through_bootstrap(where, qualifier=qualifier),
        ),
    )


def _needs(plan: ForgePlan, where: Scope, resources: Resources, qualifier: str) -> Needs:
    profile, key = plan.roles.instance_profile, plan.key
    return Needs(
        scope=where,
        resources=resources,
        stack=plan.stack_name,
        tags={ENVIRONMENT_TAG: plan.environment_id},
        profiles={} if profile is None else {profile: plan.roles.arn("InstanceRole", where)},
        kms_key=None if key is None else key.arn,
        permissions_boundary=plan.roles.permissions_boundary,
        qualifier=qualifier,
    )
