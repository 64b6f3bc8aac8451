# SPDX-License-Identifier: Apache-2.0
"""One app makes nothing twice under one name, in whatever stacks and stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from constructs import Construct

from seqera_batch import BatchForge, ConfigError, ForgeConfig, ForgePlan, PlatformAccess
from seqera_batch.constructs.unique import refuse_second
from seqera_batch.template import parts

if TYPE_CHECKING:
    from tests.conftest import Configure

ACCOUNT, OTHER = "111122223333", "444455556666"


class Made(Construct):
    """Stands for what makes an environment."""

    def __init__(
        self, scope: Construct, construct_id: str, config: ForgeConfig, *, fails: bool = False
    ) -> None:
        """Take the names, and make nothing."""
        account, plan = cdk.Stack.of(scope).account, ForgePlan.of(config)
        refuse_second(
            scope,
            construct_id,
            parts(plan, plan.scope()).together(),
            plan=plan,
            account=None if cdk.Token.is_unresolved(account) else account,
        )
        if fails:
            raise ValueError
        super().__init__(scope, construct_id)


def _stack(scope: Construct, name: str, account: str | None = None) -> cdk.Stack:
    return cdk.Stack(scope, name, env=cdk.Environment(region="eu-west-1", account=account))


@pytest.mark.parametrize("account", [None, ACCOUNT])
def test_one_stack(configure: Configure, account: str | None) -> None:
    """Two in a stack are refused, with both paths, the name and the fix."""
    stack = _stack(cdk.App(), "S", account)
    Made(stack, "One", configure())
    with pytest.raises(ConfigError) as caught:
        Made(stack, "Two", configure())
    text = str(caught.value)
    assert text.startswith("S/Two: error[environment-name-once] name: S/One makes the log group")
    assert "got:     /seqera-batch/TowerForge-demo/nodes" in text
    assert "fix:     change name, or aws.prefix" in text
    assert not stack.node.try_find_child("Two")
    Made(stack, "Three", configure(name="other"))
    Made(stack, "Four", configure({}, {"prefix": "Other"}))


def test_stacks_and_stages(configure: Configure) -> None:
    """Stacks and stages of one account are told together, those of two accounts are not."""
    app = cdk.App()
    Made(_stack(app, "S", ACCOUNT), "One", configure())
    Made(_stack(cdk.Stage(app, "Elsewhere"), "S", OTHER), "One", configure())
    for scope in (app, cdk.Stage(app, "Here")):
        with pytest.raises(ConfigError, match="S/One makes the log group"):
            Made(_stack(scope, "T", ACCOUNT), "Two", configure())
    Made(_stack(cdk.App(), "S", ACCOUNT), "One", configure())


def test_open_accounts(configure: Configure) -> None:
    """Stages that leave their account open may be for one each; stacks of one of them are not."""
    app = cdk.App()
    for name in ("Test", "Production"):
        stage = cdk.Stage(app, name)
        Made(_stack(stage, "S"), "One", configure())
        with pytest.raises(ConfigError, match=f"{name}/S/One makes the log group"):
            Made(_stack(stage, "T"), "One", configure())


def test_regions(configure: Configure) -> None:
    """Roles are the account's in all regions; queues and log groups are the region's."""
    brought: dict[str, Any] = {
        f"{kind}_role": f"arn:aws:iam::{ACCOUNT}:role/{kind}"
        for kind in ("head_job", "compute_job", "execution")
    }
    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/nodes"
    role = f"arn:aws:iam::{ACCOUNT}:role/nodes"
    aws = {"iam": {"instance_profile": profile, "instance_role": role}}
    app = cdk.App()
    for region in ("eu-west-1", "us-east-1"):
        stack = cdk.Stack(app, region, env=cdk.Environment(region=region, account=ACCOUNT))
        Made(stack, "One", configure({}, aws, region=region, **brought))
        with pytest.raises(ConfigError, match=f"{region}/One makes the log group"):
            Made(stack, "Two", configure({}, aws, region=region, **brought))
    made = cdk.Stack(app, "S", env=cdk.Environment(region="eu-west-1", account=ACCOUNT))
    Made(made, "One", configure(name="other"))
    abroad = cdk.Stack(app, "T", env=cdk.Environment(region="us-east-1", account=ACCOUNT))
    with pytest.raises(ConfigError, match="S/One makes the role"):
        Made(abroad, "One", configure(name="other", region="us-east-1"))


@pytest.mark.parametrize("generated", [True, False])
def test_one_name_in_two_regions(configure: Configure, *, generated: bool) -> None:
    """Roles of the app serve both where CloudFormation names the others, each by its policy."""
    app = cdk.App()
    where = cdk.Environment(region="eu-west-1", account=ACCOUNT)
    team = cdk.Stack(app, "Team", env=where)
    service = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
    roles: dict[str, Any] = {
        f"{kind}_role": iam.Role(team, kind, role_name=kind, assumed_by=service)
        for kind in ("head_job", "compute_job", "execution")
    }
    profile = {"instance_profile": f"arn:aws:iam::{ACCOUNT}:instance-profile/nodes"}
    aws = {"iam": {"generated_names": True} if generated else profile}
    made: list[BatchForge] = []
    for region in ("eu-west-1", "us-east-1"):
        stack = cdk.Stack(app, region, env=cdk.Environment(region=region, account=ACCOUNT))
        config = configure({}, aws, region=region)
        if made and not generated:
            with pytest.raises(ConfigError, match=r"(?s)policy of Team/head_job .*generated_names"):
                BatchForge(stack, "One", config=config, **roles)
            return
        made.append(BatchForge(stack, "One", config=config, **roles))
    names = [one.granted_policies["HeadJobRole"].policy_name for one in made]
    assert names == [
        f"TowerForge-demo-{region}-HeadJobRole" for region in ("eu-west-1", "us-east-1")
    ]
    app.synth()


def test_what_failed_has_taken_nothing(configure: Configure) -> None:
    """A construct that was refused for another reason stands in nobody's way."""
    stack = _stack(cdk.App(), "S")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            Made(stack, "One", configure(), fails=True)
    Made(stack, "Two", configure())
    with pytest.raises(ConfigError, match="S/Two makes"):
        Made(stack, "One", configure())


def test_queues_that_exist(configure: Configure) -> None:
    """Environments in Manual mode may share queues; their roles have names of their own."""
    stack = _stack(cdk.App(), "S")
    Made(stack, "One", configure(manual=True))
    Made(stack, "Two", configure(manual=True, name="other"))
    with pytest.raises(ConfigError, match="S/One makes the role"):
        Made(stack, "Three", configure(manual=True))


def test_parts_and_platform_users(configure: Configure) -> None:
    """Parts that stand alone take their names too: users, policies and buckets among them."""
    app = cdk.App()
    asked = configure({}, {"platform_access": {"user": {}}})
    PlatformAccess(_stack(app, "S", ACCOUNT), "Access", of=asked)
    with pytest.raises(ConfigError, match=r"T/Again: .*S/Access makes the managed policy"):
        PlatformAccess(_stack(app, "T", ACCOUNT), "Again", of=asked)
    with pytest.raises(ConfigError, match="S/Access makes the managed policy"):
        BatchForge(_stack(app, "U", ACCOUNT), "Forge", config=asked)
