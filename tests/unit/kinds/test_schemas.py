# SPDX-License-Identifier: Apache-2.0
"""The records against CloudFormation's resource schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.catalog import authorization
from seqera_batch.kinds import KINDS, batch, cloudformation, ec2, efs, fsx, iam, kms, lambda_
from seqera_batch.kinds.kind import actions_in
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.policies.deployer.services import TAGGED_BY_TEMPLATE, UNTAGGED, is_later
from tests.unit.kinds.conftest import made, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seqera_batch.kinds import Kind

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)

ONLY_DOCUMENTED = {fsx.FILE_SYSTEM: {"LustreConfiguration.DeploymentType"}}
"""Replacements that the user guide states and the schema leaves out."""
WITHOUT_HANDLERS = {cloudformation.REGISTRATION, fsx.FILE_SYSTEM, iam.ACCESS_KEY}
"""Types whose schemas tell no handlers."""
KEY_NOT_GIVEN = {lambda_.FUNCTION}
"""Types that take a KMS key and get none: what the function holds is no secret."""
ALREADY_TAGGED = {
    # CreateFileSystem takes the tags; the rest is put on what it has made.
    efs.FILE_SYSTEM: {
        "elasticfilesystem:PutBackupPolicy",
        "elasticfilesystem:PutFileSystemPolicy",
        "elasticfilesystem:PutLifecycleConfiguration",
    },
    # Made of two resources that the stack has made before, or about one.
    ec2.ROUTE: {"ec2:CreateRoute"},
    ec2.SUBNET_ROUTE_TABLE_ASSOCIATION: {
        "ec2:AssociateRouteTable",
        "ec2:ReplaceRouteTableAssociation",
    },
    ec2.VPC_GATEWAY_ATTACHMENT: {"ec2:AttachInternetGateway"},
    # Nothing is untagged that was never tagged.
    ec2.VPC_ENDPOINT: {"ec2:DeleteTags"},
    # Our key is enabled, and CreateKey takes the policy, as the handler's source shows:
    # https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-kms
    kms.KEY: {"kms:DisableKey", "kms:PutKeyPolicy"},
}
"""Calls of a creation by its schema that are made, if at all, about what has its tags."""
SHAPES = {"list": "array", "specifications": "array", "mapping": "object"}


def _dotted(pointers: list[str]) -> set[str]:
    return {".".join(pointer.split("/")[2:]) for pointer in pointers}


def _names(properties: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, value in properties.items():
        yield f"{path}{name}"
        if isinstance(value, dict):
            yield from _names(value, f"{path}{name}.")


@every_kind
def test_create_only_is_what_the_schema_says(kind: Kind) -> None:
    """Each property is create-only; none that our templates write is missing."""
    stated = _dotted(schema(kind.type).get("createOnlyProperties", []))
    said = set(kind.create_only.split())
    assert said - stated == ONLY_DOCUMENTED.get(kind, set())
    written = {
        name
        for resource in made()
        if resource.type == kind.type
        for name in _names(resource.to_dict()["Properties"])
    }
    assert not (stated - said) & written


def test_what_rolls_nodes_is_what_the_schema_says() -> None:
    """What replaces an environment where that is asked for is what rolls its nodes otherwise."""
    rolling = {kind for kind in KINDS.values() if kind.rolls}
    assert rolling == {batch.COMPUTE_ENVIRONMENT}
    stated = schema(batch.COMPUTE_ENVIRONMENT.type)["conditionalCreateOnlyProperties"]
    assert _dotted(stated) == set(batch.COMPUTE_ENVIRONMENT.rolls.split())


@every_kind
def test_names(kind: Kind) -> None:
    """What a user can name is named by the property that AWS has for it."""
    stated = schema(kind.type)
    told = {path.rpartition("/")[2] for path in stated.get("readOnlyProperties", [])}
    properties = stated["properties"].keys() - told
    names = {f"{kind.type.rpartition('::')[2]}Name", "Name"}
    if kind.type == "AWS::EC2::SecurityGroup":
        names = {"GroupName"}
    assert {kind.name} - {None} == properties & names


@every_kind
def test_attributes_that_move_exist(kind: Kind) -> None:
    """What changes with its resource is an attribute that AWS sets."""
    stated = schema(kind.type)
    assert set(kind.moving.split()) <= _dotted(stated.get("readOnlyProperties", []))


@every_kind
def test_tags(kind: Kind) -> None:
    """Tags stand where the schema has them, in the shape that it gives them, or nowhere."""
    stated = schema(kind.type)
    tagging = stated.get("tagging", {})
    if kind.tags is None:
        assert not tagging.get("taggable", False)
        return
    assert stated["properties"][kind.tags.property]["type"] == SHAPES[kind.tags.shape]
    if "tagProperty" in tagging:
        assert tagging["tagProperty"] == f"/properties/{kind.tags.property}"


@every_kind
def test_tags_are_written_where_the_record_says(kind: Kind) -> None:
    """What our templates tag is tagged in this property and shape."""
    tagged = [
        resource.properties
        for resource in made()
        if resource.type == kind.type and kind.tags and resource.properties.get(kind.tags.property)
    ]
    for properties in tagged:
        assert kind.tags is not None
        tags = properties[kind.tags.property]
        match kind.tags.shape:
            case "mapping":
                assert isinstance(tags, dict)
            case "list":
                assert all(one.keys() == {"Key", "Value"} for one in tags)
            case "specifications":
                assert all(one.keys() == {"ResourceType", "Tags"} for one in tags)


@every_kind
def test_kms_keys(kind: Kind) -> None:
    """Whatever takes a KMS key of the user's is given it, and whatever holds data takes one."""
    takes = any(name in {"KmsKeyId", "KmsKeyArn"} for name in schema(kind.type)["properties"])
    if takes and kind not in KEY_NOT_GIVEN:
        assert kind.kms_key is not None
    if kind.stakes.data and kind is not kms.KEY:
        assert kind.kms_key is not None


@every_kind
def test_every_documented_call_is_judged(kind: Kind) -> None:
    """What a type's schema lists is called, or left out with a reason."""
    omitted = {action for text in kind.omitted.values() for action in actions_in(text)}
    assert all(len(reason) > 10 for reason in kind.omitted)
    assert kind.source.startswith("https://")
    assert not kind.actions & omitted
    handlers = schema(kind.type).get("handlers")
    assert (handlers is None) is (kind in WITHOUT_HANDLERS)
    if handlers is not None:
        documented = {
            permission.lower()
            for name, handler in handlers.items()
            # Deploying never lists what others have made.
            if name != "list"
            for permission in handler.get("permissions", ())
        }
        assert documented <= {action.lower() for action in kind.actions | omitted}
        # A permission left out that no schema lists would be a leftover.
        assert {action.lower() for action in omitted} <= documented


@every_kind
def test_what_comes_later_is_in_no_creation(kind: Kind) -> None:
    """What deployers may call only on what has our tags is not called before the tags are there."""
    create = schema(kind.type).get("handlers", {}).get("create", {}).get("permissions", ())
    by_id = {form.rpartition("/")[0] for form in kind.arns.split() if form.endswith("/*")}
    services = {form.partition(":")[0] for form in by_id - UNTAGGED}
    called = {one for one in kind.actions.intersection(create) if one.partition(":")[0] in services}
    assert {action for action in called if is_later(action)} == ALREADY_TAGGED.get(kind, set())


def _own_first(kind: Kind) -> list[str]:
    """Return the forms of a kind's ARNs, its own type's before those of what it is made in."""
    name = kind.type.rpartition("::")[2].lower()
    return sorted(kind.arns.split(), key=lambda form: name not in form.replace("-", ""))


@every_kind
def test_tags_by_which_deployers_tell_resources(kind: Kind) -> None:
    """CloudFormation tags, by its schema, what is told by its tags; the template tags the rest."""
    own = next((form.rpartition("/")[0] for form in _own_first(kind) if form.endswith("/*")), None)
    if own is None or own in UNTAGGED or kind.tags is None:
        return
    tagging = schema(kind.type).get("tagging", {})
    if own not in TAGGED_BY_TEMPLATE:
        assert tagging["cloudFormationSystemTags"]
        assert tagging["tagOnCreate"]
        return
    tags = [one.properties[kind.tags.property] for one in made() if one.kind is kind]
    assert tags
    assert all(ENVIRONMENT_TAG in str(one) for one in tags)


@every_kind
def test_names_that_cloudformation_makes(kind: Kind) -> None:
    """They are alike in every environment: tags tell them apart, of all but one type."""
    if "*{LogicalId}*" not in kind.arns:
        return
    system = schema(kind.type)["tagging"]["cloudFormationSystemTags"]
    assert kind.tags is not None
    tags = [one.properties.get(kind.tags.property) for one in made() if one.kind is kind]
    # Of compute environments the pages say that they are not told apart.
    told = system or all(ENVIRONMENT_TAG in str(one) for one in tags)
    assert told is (kind is not batch.COMPUTE_ENVIRONMENT)


@every_kind
def test_every_call_is_one_of_aws(kind: Kind) -> None:
    """Actions are spelled as AWS does."""
    for action in kind.actions:
        [details] = authorization.actions(action)
        assert details.full_name == action


@every_kind
def test_arns_are_those_that_the_calls_can_name(kind: Kind) -> None:
    """Each ARN has a form that some call of the type can be about."""
    for form in kind.arns.split():
        service, _, name = form.partition(":")
        place = {"route53": "::", "s3": "::"}.get(service, ":eu-west-1:111122223333")
        if service in {"billing", "budgets", "iam"} or name.startswith("dashboard/"):
            place = "::111122223333"
        arn = f"arn:aws:{service}{place}:{name}".replace("{Path}", "/")
        details = [one for action in kind.actions for one in authorization.actions(action)]
        assert any(one.may_name(arn) for one in details), form
