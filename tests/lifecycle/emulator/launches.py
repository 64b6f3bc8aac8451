# SPDX-License-Identifier: Apache-2.0
"""Whether a node may be started: what the roles and the key of the account's own policies allow.

Only what a template itself brings is asked: AWS's policies of its service-linked roles are AWS's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

JSON = dict[str, Any]

USE_OF_A_KEY: Final = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html"""

STARTS: Final = {
    "EC2": ("autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",),
    "SPOT": (
        "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    ),
    "BEST_FIT": (
        "spotfleet.amazonaws.com/AWSServiceRoleForEC2SpotFleet",
        "spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    ),
}
"""Service-linked roles that start nodes; `BEST_FIT` is Spot with that strategy."""

LAUNCHED: Final = (
    *("image", "snapshot"),
    *("instance", "launch-template", "network-interface", "security-group", "subnet", "volume"),
)
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances"""

IF_ASKED_FOR: Final = {"key-pair": "ec2KeyPair", "placement-group": "placementGroup"}
"""What a launch needs too where an environment names one, by the name it has there:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-RunInstances"""


@dataclass(frozen=True)
class Request:
    """A request as policies see it."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)
    principal: str = ""


def allowed(statements: Iterable[JSON], request: Request) -> bool:
    """Whether a statement allows the request, and none denies it."""
    effects = {one["Effect"] for one in statements if _applies(one, request)}
    return effects == {"Allow"}


def _applies(statement: JSON, request: Request) -> bool:
    principal = statement.get("Principal", "*")
    names = principal if isinstance(principal, dict) else {"AWS": principal}
    return (
        any(_like(request.action, one) for one in _listed(statement["Action"]))
        and any(_like(request.resource, one) for one in _listed(statement["Resource"]))
        and any(one in {"*", request.principal} for one in _listed(names.get("AWS", ())))
        and all(
            _holds(operator, request.context.get(key), _listed(values))
            for operator, conditions in statement.get("Condition", {}).items()
            for key, values in conditions.items()
        )
    )


def _holds(operator: str, actual: str | None, values: list[str]) -> bool:
    """Whether one condition holds; an operator that is not known here holds never."""
    if actual is None:
        return False
    if operator in {"ArnEquals", "ArnLike", "StringLike"}:
        return any(_like(actual, str(one)) for one in values)
    return operator in {"Bool", "StringEquals"} and actual in map(str, values)


def _like(value: str, pattern: str) -> bool:
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else list(value) if value == () else [value]


def by_fleet(
    statements: list[JSON],
    template: JSON,
    resources: JSON,
    *,
    account: str,
    region: str,
    node_role: str,
) -> Iterator[str]:
    """Yield what the Spot fleet role of an environment may not do for a node."""
    of_aws = {"image", "snapshot"}
    launched = dict.fromkeys(LAUNCHED, "x") | {
        kind: resources[named] for kind, named in IF_ASKED_FOR.items() if resources.get(named)
    }
    for kind, name in launched.items():
        owner = "" if kind in of_aws else account
        resource = f"arn:aws:ec2:{region}:{owner}:{kind}/{name}"
        if not allowed(statements, Request("ec2:RunInstances", resource)):
            yield f"launch-role: ec2:RunInstances on {kind}"
    pass_role = Request("iam:PassRole", node_role, {"iam:PassedToService": "ec2.amazonaws.com"})
    if not allowed(statements, pass_role):
        yield f"launch-role: iam:PassRole on {node_role}"
    for specification in template.get("TagSpecifications", ()):
        kind = specification["ResourceType"]
        tag = Request(
            "ec2:CreateTags",
            f"arn:aws:ec2:{region}:{account}:{kind}/x",
            {"ec2:CreateAction": "RunInstances"},
        )
        if not allowed(statements, tag):
            yield f"launch-tags: ec2:CreateTags on {kind}"


def with_key(policy: JSON, resources: JSON, *, account: str) -> Iterator[str]:
    """Yield what the roles that start an environment's nodes may not do with its key."""
    best_fit = resources.get("allocationStrategy", "BEST_FIT") == "BEST_FIT"
    kind = resources["type"]
    for role in STARTS["BEST_FIT" if kind == "SPOT" and best_fit else kind]:
        arn = f"arn:aws:iam::{account}:role/aws-service-role/{role}"
        context = {
            "aws:PrincipalArn": arn,
            "kms:CallerAccount": account,
            "kms:GrantIsForAWSResource": "true",
        }
        for action in USE_OF_A_KEY:
            if not allowed(policy["Statement"], Request(action, "*", context, arn)):
                yield f"launch-key: {action} by {role}"
