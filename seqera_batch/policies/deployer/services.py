# SPDX-License-Identifier: Apache-2.0
"""What deploying takes of each service: on what has a name by its name, on the rest by its tags.

What AWS names by id is told by tags: CloudFormation's own, which nobody else can write, or the
template's where CloudFormation writes none. What is just being made has none yet, so calls that
creation takes are refused only on what carries somebody else's; what deletes, changes later, or
adds to what the stack has made before, is allowed only on what carries ours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from seqera_batch.catalog import authorization, sources
from seqera_batch.kinds.kind import SCHEMAS, actions_in
from seqera_batch.policies.deployer.needs import Needs
from seqera_batch.policies.document import Conditions, Statement

STACK_TAG = "aws:cloudformation:stack-name"
"""Tag that CloudFormation writes itself; IAM policies of AWS's own ask for it."""
_STACK_TAG_SOURCE = (
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECS_FullAccess.html"
)
SERVICES = {
    "batch": "Batch",
    "billing": "Billing",
    "budgets": "Budgets",
    "cloudwatch": "CloudWatch",
    "ec2": "Ec2",
    "elasticfilesystem": "Efs",
    "events": "Events",
    "fsx": "Fsx",
    "kms": "Kms",
    "lambda": "Lambda",
    "logs": "Logs",
    "route53": "Route53",
    "s3": "S3",
    "secretsmanager": "Secrets",
    "sns": "Sns",
    "sqs": "Sqs",
}
"""Services with statements of one form, and what their Sids start with."""

TAGGED_BY_TEMPLATE = frozenset(
    {"ec2:launch-template", "fsx:association", "fsx:file-system", "kms:key"}
)
"""What CloudFormation writes no tags on, or is not known to."""
UNTAGGED = frozenset({"ec2:network-interface", "ec2:security-group-rule", "route53:hostedzone"})
"""What gets no tags: of others' making, or a part of what has them."""
LATER = ("Delete", "Detach", "Disable", "Disassociate", "Release", "Replace", "Untag", "Update")
LATER_ACTIONS = actions_in(
    "ec2:AssociateRouteTable AttachInternetGateway CreateLaunchTemplateVersion CreateRoute "
    "ModifyVpcEndpoint elasticfilesystem:CreateMountTarget ModifyMountTargetSecurityGroups "
    "PutBackupPolicy PutFileSystemPolicy PutLifecycleConfiguration kms:EnableKey PutKeyPolicy"
)
"""How calls start, and which further ones there are, that are about what is there already."""
_TAGGING = actions_in("ec2:CreateTags DeleteTags")
_KEY_USE = actions_in("kms:Decrypt GenerateDataKey GenerateDataKeyWithoutPlaintext")
_GRANT = "kms:CreateGrant"
_AS_MADE: Conditions = {"StringEquals": {"ec2:CreateAction": "CreateLaunchTemplate"}}

_NAMED, _PARTS, _STACK, _TEMPLATE = "named", "parts", "stack", "template"
_INTERFACES = "interfaces"
"""How resources are told: by name, by nothing, by CloudFormation's tag, by the template's, and
network interfaces by the subnet that they are in, if the file names it."""
_VERBS = {
    "Management": "makes, changes and deletes",
    "Interfaces": "makes, changes and deletes",
    "Changes": "adds to, changes and deletes",
    "TemplateChanges": "changes and deletes",
}
_MADE_NAME = re.compile(r"[^:]\*[A-Z][^:/]*\*$|/\*[A-Z]")
"""How ARNs end of which CloudFormation makes the name, of the id in the template among others."""
_BY_NAME = {
    "Batch": "; CloudFormation names environments, after the id that they have in a template, and "
    "writes no tag on them: environments of other stacks made by this library have such names too"
}
_MADE_NAMES = "; CloudFormation makes the names: nothing that another stack has made"
_EXISTS = " in the network that exists"
_BY_ID = "; AWS names them by id, and there are no tags to tell them by"
_IN_SUBNETS = "; AWS names them by id: only those in the subnets of the network that exists"
_UNTAGGED_INTERFACES = (
    "; AWS names them by id and gives them no tags: any that has none of another stack's or "
    "environment's, used or not; EC2 deletes none that is in use"
)
_NOT_OTHERS = (
    "; AWS names them by id: nothing that has another stack's or environment's tag, but whatever "
    "has none, as what is just being made"
)
_THIS_STACK = "; AWS names them by id: only what CloudFormation made for this stack"
_THIS_ENVIRONMENT = "; AWS names them by id: only what has this environment's tag"
_GIVEN_TAG = ", which can be written on what has none"


def statements(needs: Needs) -> Iterator[Statement]:
    """Yield the statements of all services but IAM."""
    for service in SERVICES:
        yield from _service(needs, service)


def is_later(action: str) -> bool:
    """Whether a call is made only about what is there, and so has its tags."""
    return action in LATER_ACTIONS or action.partition(":")[2].startswith(LATER)


def _service(needs: Needs, service: str) -> Iterator[Statement]:
    title = SERVICES[service]
    own = needs.of_service(service)
    if not own:
        return
    if service == "kms":
        own = [action for action in own if action not in _KEY_USE and action != _GRANT]
        yield from _key_use(needs)
    # Whoever has a key that exists may use it, and no more.
    if service != "kms" or needs.kms_key is None:
        yield from _about(needs, title, own)
    listing = [action for action in own if not authorization.actions(action)[0].types]
    if listing and (service != "kms" or needs.arns["kms"]):
        yield Statement(
            sid=f"{title}Listing",
            actions=tuple(listing),
            resources=("*",),
            conditions=needs.scope.only_here,
            reason=f"CloudFormation makes {needs.told(listing, 3)}, or looks up what became of it; "
            "AWS offers no narrower resource",
            source=SCHEMAS,
        )


def _about(needs: Needs, title: str, own: list[str]) -> Iterator[Statement]:
    """Yield what is about resources, by how these are told from others'."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    for arn in needs.arns[own[0].partition(":")[0]] if own else ():
        by_tag[_told_by(arn)].append(arn)
    of_stack = {f"aws:ResourceTag/{STACK_TAG}": needs.stack}
    of_template = {f"aws:ResourceTag/{name}": value for name, value in needs.tags.items()}
    early = [action for action in own if not is_later(action)]
    later = [action for action in own if is_later(action)]
    # EC2 alone says with which call tags are written: no template that is there gets them.
    templates = by_tag[_TEMPLATE] if title == "Ec2" else []
    part_calls, interface_calls = (
        {action for arn in by_tag[kind] for action in needs.calls_on(arn)} & {*own} - _TAGGING
        for kind in (_PARTS, _INTERFACES)
    )
    subnets = [arn for arn in by_tag[_NAMED] if ":subnet/" in arn]
    by_id = [arn for kind in (_STACK, _TEMPLATE) for arn in by_tag[kind] if arn not in templates]
    not_others = {"StringEqualsIfExists": of_stack | of_template}
    named = by_tag[_NAMED] if title != "Ec2" else []
    told = title != "Batch" and any(map(_MADE_NAME.search, named))
    parts: tuple[tuple[str, Iterable[str], list[str], Conditions, str], ...] = (
        ("Network", _joining(early), by_tag[_NAMED] if title == "Ec2" else [], {}, _EXISTS),
        (
            "Management",
            own,
            named,
            not_others if told else {},
            _MADE_NAMES if told else _BY_NAME.get(title, ""),
        ),
        ("Parts", part_calls, by_tag[_PARTS], {}, _BY_ID),
        (
            "Interfaces",
            interface_calls,
            by_tag[_INTERFACES],
            {"ArnEquals": {"ec2:Subnet": subnets}} if subnets else not_others,
            _IN_SUBNETS if subnets else _UNTAGGED_INTERFACES,
        ),
        ("Templates", {"ec2:CreateLaunchTemplate"} & {*own}, templates, {}, _BY_ID),
        ("TemplateTags", _TAGGING & {*early}, templates, _AS_MADE, "; tags come with creation"),
        ("Making", early, by_id, not_others, _NOT_OTHERS),
        ("Changes", later, by_tag[_STACK], {"StringEquals": {**of_stack}}, _THIS_STACK),
        (
            "TemplateChanges" if templates else "Changes",
            {*later} - (_TAGGING if templates else {""}),
            by_tag[_TEMPLATE],
            {"StringEquals": {**of_template}},
            _THIS_ENVIRONMENT if templates else _THIS_ENVIRONMENT + _GIVEN_TAG,
        ),
    )
    for part, wanted, arns, conditions, rest in parts:
        if not arns:
            continue
        types = authorization.named_types(tuple(sorted(wanted)), tuple(arns))
        naming = tuple(
            action
            for action in sorted(wanted)
            if not types.isdisjoint(authorization.actions(action)[0].types)
        )
        if naming:
            yield Statement(
                sid=f"{title}{part}",
                actions=naming,
                resources=tuple(arn for arn in arns if any(kind.may_be(arn) for kind in types)),
                conditions=conditions,
                reason=f"CloudFormation {_VERBS.get(part, 'makes')} {_told(needs, naming)}{rest}",
                source=_STACK_TAG_SOURCE if rest == _THIS_STACK else SCHEMAS,
            )


def _told(needs: Needs, actions: Iterable[str]) -> str:
    """Return the resources that the calls are for; everything has tags, so they tell nothing."""
    return needs.told({*actions} - _TAGGING or {"ec2:CreateLaunchTemplate"})


def _told_by(arn: str) -> str:
    """Return how a resource is told from others'."""
    service, name = arn.split(":")[2], arn.split(":", 5)[5]
    type_ = f"{service}:{name.partition('/')[0]}"
    if type_ in UNTAGGED:
        return _INTERFACES if type_ == "ec2:network-interface" else _PARTS
    if not name.endswith("/*"):
        return _NAMED
    return _TEMPLATE if type_ in TAGGED_BY_TEMPLATE else _STACK


def _joining(actions: Iterable[str]) -> set[str]:
    """Return what makes something in a network that exists."""
    return {one for one in actions if one.startswith(("ec2:Create", "ec2:Modify"))} - _TAGGING


def _key_use(needs: Needs) -> Iterator[Statement]:
    """Yield the use of a key by services, for what they store in the name of whoever deploys."""
    via = sorted(map(needs.scope.endpoint, needs.encrypting))
    if not needs.arns["kms"] or not via:
        return
    not_others = (
        {}
        if needs.kms_key
        else {
            "StringEqualsIfExists": {
                f"aws:ResourceTag/{name}": value for name, value in needs.tags.items()
            }
        }
    )
    uses = _KEY_USE if needs.kms_key is None else _KEY_USE | {"kms:DescribeKey"}
    for sid, wanted, grant in (
        ("KmsUse", uses, {}),
        ("KmsGrants", {_GRANT}, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ):
        actions = tuple(sorted(needs.actions & wanted))
        if actions:
            yield Statement(
                sid=sid,
                actions=actions,
                resources=needs.arns["kms"],
                conditions={"StringLike": {"kms:ViaService": via}, **grant, **not_others},
                reason=f"the service encrypts {needs.told(actions)} with the key: it alone uses "
                "it, never whoever deploys",
                source=sources.AWS_KMS_VIA_SERVICE,
            )
