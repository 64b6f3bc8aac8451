# SPDX-License-Identifier: Apache-2.0
"""What opens or closes in resources: named, judged, and in both directions."""

from __future__ import annotations

from typing import Any

import pytest

from seqera_batch.cloudformation.resource import Resource
from seqera_batch.judge.containment import Shift
from seqera_batch.judge.difference.protections import Protection, protections
from seqera_batch.kinds import s3

Json = dict[str, Any]
OPEN = {
    "BlockPublicAcls": False,
    "BlockPublicPolicy": True,
}
CLOSED = {"BlockPublicAcls": True, "BlockPublicPolicy": True}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/a"
READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
TLS = READ | {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


def _template(type_: str, properties: Json | None) -> Json:
    return {} if properties is None else {"One": {"Type": type_, "Properties": properties}}


def _group(*rules: Json, egress: list[Json] | None = None) -> Json:
    return {"SecurityGroupIngress": list(rules), "SecurityGroupEgress": egress or [_rule("udp")]}


def _rule(protocol: str = "tcp", first: int = 443, last: int = 443, **peer: object) -> Json:
    peer = peer or {"CidrIp": "10.0.0.0/16"}
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last, **peer}


def _launch(**data: object) -> Json:
    return {"LaunchTemplateData": data}


GROUP, BUCKET = "AWS::EC2::SecurityGroup", "AWS::S3::Bucket"
TEMPLATE, ENVIRONMENT = "AWS::EC2::LaunchTemplate", "AWS::Batch::ComputeEnvironment"
POLICY, ENDPOINT = "AWS::S3::BucketPolicy", "AWS::EC2::VPCEndpoint"

WIDENED: dict[str, tuple[str, Json | None, Json | None]] = {
    "a rule": (GROUP, _group(), _group(_rule())),
    "a port": (GROUP, _group(_rule()), _group(_rule(last=444))),
    "a larger network": (GROUP, _group(_rule()), _group(_rule(CidrIp="10.0.0.0/8"))),
    "all protocols": (GROUP, _group(_rule()), _group(_rule("-1"))),
    "IPv6": (GROUP, _group(_rule()), _group(_rule(), _rule(CidrIpv6="::/0"))),
    "no word of what goes out": (
        GROUP,
        _group(egress=[_rule(CidrIp="0.0.0.0/0")]),
        {"SecurityGroupIngress": []},
    ),
    "any type of ICMP": (
        GROUP,
        _group(_rule("icmp", 8, 0)),
        _group(_rule("icmp", -1, -1)),
    ),
    "public access": (
        BUCKET,
        {"PublicAccessBlockConfiguration": CLOSED},
        {"PublicAccessBlockConfiguration": OPEN},
    ),
    "no public access block": (BUCKET, {"PublicAccessBlockConfiguration": CLOSED}, {}),
    "no encryption": (BUCKET, {"BucketEncryption": {"KmsKeyId": KEY}}, {}),
    "a plain volume": (
        TEMPLATE,
        _launch(Ebs={"Encrypted": True}),
        _launch(Ebs={"Encrypted": False}),
    ),
    "IMDSv1": (
        TEMPLATE,
        _launch(MetadataOptions={"HttpTokens": "required"}),
        _launch(MetadataOptions={"HttpTokens": "optional"}),
    ),
    "encryption by a parameter": (
        "AWS::EFS::FileSystem",
        {"Encrypted": True},
        {"Encrypted": {"Ref": "IsEncrypted"}},
    ),
    "more hops": (
        TEMPLATE,
        _launch(MetadataOptions={"HttpPutResponseHopLimit": 2}),
        _launch(MetadataOptions={"HttpPutResponseHopLimit": 3}),
    ),
    "logs for ever": ("AWS::Logs::LogGroup", {"RetentionInDays": 30}, {}),
    "a privileged container": (
        "AWS::Batch::JobDefinition",
        {"ContainerProperties": {}},
        {"ContainerProperties": {"Privileged": True}},
    ),
    "a group more": (
        ENVIRONMENT,
        {"ComputeResources": {"SecurityGroupIds": ["sg-1"]}},
        {"ComputeResources": {"SecurityGroupIds": ["sg-1", "sg-2"]}},
    ),
    "a key pair": (
        ENVIRONMENT,
        {"ComputeResources": {}},
        {"ComputeResources": {"Ec2KeyPair": "own"}},
    ),
    "an access key": ("AWS::IAM::AccessKey", None, {}),
    "a way to the internet": ("AWS::EC2::InternetGateway", None, {}),
    "no flow log": ("AWS::EC2::FlowLog", {}, None),
    "no log group": ("AWS::Logs::LogGroup", {"LogGroupName": "/a"}, None),
    "a public address of a Fargate task": (
        "AWS::Batch::JobDefinition",
        {"NetworkConfiguration": {"AssignPublicIp": "DISABLED"}},
        {"NetworkConfiguration": {"AssignPublicIp": "ENABLED"}},
    ),
    "public addresses by a parameter": (
        "AWS::EC2::Subnet",
        {"MapPublicIpOnLaunch": False},
        {"MapPublicIpOnLaunch": {"Ref": "IsPublic"}},
    ),
    "a policy that lets in": (
        POLICY,
        {"PolicyDocument": {"Statement": [TLS]}},
        {"PolicyDocument": {"Statement": [TLS, READ]}},
    ),
    "no denial": (
        POLICY,
        {"PolicyDocument": {"Statement": [TLS]}},
        {"PolicyDocument": {"Statement": []}},
    ),
    "no key on a topic": ("AWS::SNS::Topic", {"KmsMasterKeyId": KEY}, {}),
    "no encryption of a queue": (
        "AWS::SQS::Queue",
        {"SqsManagedSseEnabled": True},
        {"SqsManagedSseEnabled": False},
    ),
    "no policy on a bucket": (POLICY, {"PolicyDocument": {"Statement": [TLS]}}, None),
    "no policy on an endpoint": (ENDPOINT, {"PolicyDocument": {"Statement": [READ]}}, {}),
}


def _found(type_: str, old: Json | None, new: Json | None) -> set[Shift]:
    found = protections(_template(type_, old), _template(type_, new))
    assert all(one.what and (one.id, one.type) == ("One", type_) for one in found)
    return {one.change for one in found}


@pytest.mark.parametrize(("type_", "old", "new"), WIDENED.values(), ids=WIDENED)
def test_widened_and_narrowed(type_: str, old: Json | None, new: Json | None) -> None:
    """What opens in one direction closes in the other."""
    assert _found(type_, old, new) == {Shift.WIDENED}
    assert _found(type_, new, old) == {Shift.NARROWED}


@pytest.mark.parametrize(
    ("type_", "old", "new"),
    [
        (GROUP, _group(_rule(last=444), _rule()), _group(_rule(last=444))),
        (GROUP, _group(_rule()), _group(_rule() | {"Description": "other words"})),
        (BUCKET, {"Tags": []}, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (BUCKET, None, {"PublicAccessBlockConfiguration": CLOSED}),
        (BUCKET, {"PublicAccessBlockConfiguration": CLOSED}, None),
        (ENDPOINT, None, {"PolicyDocument": {"Statement": [READ]}}),
        ("AWS::Logs::LogGroup", {"RetentionInDays": 30}, {"RetentionInDays": 60}),
        (
            POLICY,
            {"PolicyDocument": {"Statement": [READ]}},
            {"PolicyDocument": {"Statement": [READ | {"Sid": "Named"}]}},
        ),
        # Of roles the review tells statement by statement.
        (
            "AWS::IAM::ManagedPolicy",
            {"PolicyDocument": {"Statement": []}},
            {"PolicyDocument": {"Statement": [READ]}},
        ),
    ],
)
def test_nothing(type_: str, old: Json | None, new: Json | None) -> None:
    """What protects no more and no less is not told."""
    assert _found(type_, old, new) == set()


@pytest.mark.parametrize(
    ("type_", "old", "new"),
    [
        (BUCKET, {"BucketEncryption": {"KmsKeyId": KEY}}, {"BucketEncryption": {"KmsKeyId": "b"}}),
        (
            ENVIRONMENT,
            {"ComputeResources": {"SecurityGroupIds": ["sg-1"]}},
            {"ComputeResources": {"SecurityGroupIds": ["sg-2"]}},
        ),
    ],
)
def test_unclear(type_: str, old: Json, new: Json) -> None:
    """Another key or group may protect more or less: it is not known from here."""
    assert _found(type_, old, new) == _found(type_, new, old) == {Shift.UNCLEAR}


def test_created_open() -> None:
    """What is new and open from the start is told, and that it goes."""
    assert _found(BUCKET, None, {"PublicAccessBlockConfiguration": OPEN}) == {Shift.WIDENED}
    assert _found(BUCKET, {"PublicAccessBlockConfiguration": OPEN}, None) == {Shift.NARROWED}


def test_a_plain_volume_more() -> None:
    """What a resource that exists gets, and is open, is told; that it goes proves nothing."""
    old, new = (
        _launch(BlockDeviceMappings=[{"Ebs": {"Encrypted": one}} for one in volumes])
        for volumes in ([True], [True, False])
    )
    assert _found(TEMPLATE, old, new) == {Shift.WIDENED}
    assert _found(TEMPLATE, new, old) == set()


def test_rules_beside_the_group() -> None:
    """A rule that moves out of its group, or back, lets the same through."""
    properties: Json = {"SecurityGroupEgress": [_rule()]}
    group = {"Type": GROUP, "Properties": properties}
    inside = {"G": {"Type": GROUP, "Properties": properties | {"SecurityGroupIngress": [_rule()]}}}
    beside = {
        "G": group,
        "R": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {"GroupId": {"Fn::GetAtt": ["G", "GroupId"]}, **_rule()},
        },
    }
    assert protections(inside, beside) == protections(beside, inside) == ()
    [gone] = protections(beside, {"G": group})
    assert gone == Protection(
        id="R",
        type="AWS::EC2::SecurityGroup",
        property="SecurityGroupIngress",
        what="no longer lets in: tcp 443 from 10.0.0.0/16",
        change=Shift.NARROWED,
    )


def test_what_stays_in_the_account() -> None:
    """A resource that leaves the stack and stays protects as it did."""
    properties = {"PolicyDocument": {"Statement": [TLS]}}
    kept, gone = (
        {
            "One": Resource(
                kind=s3.BUCKET_POLICY, properties=properties, keep_on_delete=keep
            ).to_dict()
        }
        for keep in (True, False)
    )
    assert protections(kept, {}) == ()
    assert [one.change for one in protections(gone, {})] == [Shift.WIDENED]


def test_a_policy_on_what_goes_too() -> None:
    """With the topic that it is on, nothing is left of a policy; with the topic there, there is."""
    topic = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}
    policy = {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{"Ref": "Topic"}],
            "PolicyDocument": {"Statement": [TLS]},
        },
    }
    assert protections({**topic, "Policy": policy}, {}) == ()
    kept = {"Topic": {**topic["Topic"], "DeletionPolicy": "Retain"}}
    for before, after in ((topic, topic), (kept, {})):
        [one] = protections({**before, "Policy": policy}, after)
        assert (one.id, one.change) == ("Policy", Shift.WIDENED)


def test_a_policy_that_lets_in_to_what_is_new() -> None:
    """A topic with its policy lets somebody in until both go; what is denied does nothing."""
    lets = {"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sns:Publish"}
    topic = {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {"Statement": [{**lets, "Resource": {"Ref": "Topic"}}, TLS]},
            },
        },
    }
    [there], [back] = protections({}, topic), protections(topic, {})
    assert (there.change, back.change) == (Shift.WIDENED, Shift.NARROWED)
    assert "denies" not in there.what + back.what


def test_what_goes_with_the_stack() -> None:
    """Data that was kept when the stack is deleted, and is not any more, has lost a protection."""
    kept, gone, silent = (
        {"One": Resource(kind=s3.BUCKET, properties={}, keep_on_delete=keep).to_dict()}
        for keep in (True, False, None)
    )
    for less in (gone, silent):
        [one] = protections(kept, less)
        assert (one.property, one.change) == ("DeletionPolicy", Shift.WIDENED)
        assert [back.change for back in protections(less, kept)] == [Shift.NARROWED]
    assert protections(gone, silent) == protections(silent, gone) == ()


PUBLIC, PRIVATE, OTHER, UNSEEN = {"Ref": "Public"}, {"Ref": "Private"}, {"Ref": "Other"}, "subnet-1"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([PRIVATE], [PUBLIC], Shift.WIDENED),
        ([PRIVATE], [PRIVATE, PUBLIC], Shift.WIDENED),
        ([PUBLIC], [PRIVATE], Shift.NARROWED),
        ([PUBLIC, PRIVATE], [PUBLIC], None),
        ([PRIVATE], [PRIVATE, OTHER], None),
        ([PRIVATE], [UNSEEN], Shift.UNCLEAR),
        ([PUBLIC], [UNSEEN], Shift.UNCLEAR),
        ([UNSEEN], [UNSEEN, "subnet-2"], Shift.UNCLEAR),
        ([UNSEEN, "subnet-2"], [UNSEEN], None),
        ([UNSEEN], [PUBLIC], Shift.UNCLEAR),
        ([UNSEEN], [PRIVATE], None),
    ],
)
def test_where_nodes_start(old: list[object], new: list[object], expected: Shift | None) -> None:
    """Nodes in public subnets get addresses of their own; of subnets that exist none is known."""
    subnets = {
        name: {"Type": "AWS::EC2::Subnet", "Properties": {"MapPublicIpOnLaunch": is_public}}
        for name, is_public in {"Public": True, "Private": False, "Other": False}.items()
    }
    before, after = (
        subnets | _template(ENVIRONMENT, {"ComputeResources": {"Subnets": these}})
        for these in (old, new)
    )
    found = protections(before, after)
    assert [one.change for one in found] == ([] if expected is None else [expected])
    assert all((one.id, one.property) == ("One", "ComputeResources.Subnets") for one in found)


def test_a_rule_that_lets_nothing_out() -> None:
    """The rule that stands for none is none: its address is nobody's."""
    nowhere = _group(egress=[_rule("icmp", 252, 86, CidrIp="255.255.255.255/32")])
    assert _found(GROUP, None, nowhere) == _found(GROUP, nowhere, None) == set()
    assert _found(GROUP, nowhere, _group()) == {Shift.WIDENED}


def test_words_of_a_policy() -> None:
    """A policy on a resource is told by what it lets in, not by its JSON."""
    old, new = ({"PolicyDocument": {"Statement": one}} for one in ([TLS], [TLS, READ]))
    [one] = protections(_template(POLICY, old), _template(POLICY, new))
    assert one.what == "allows s3:GetObject to *"
    [key] = protections({}, _template("AWS::KMS::Key", {"KeyPolicy": {"Statement": [READ]}}))
    assert (key.what, key.change) == ("allows s3:GetObject to *", Shift.WIDENED)
    [endpoint] = protections(
        _template(ENDPOINT, {"PolicyDocument": {"Statement": [READ]}}), _template(ENDPOINT, {})
    )
    assert endpoint.what == "allows * to *"


def test_words_of_references() -> None:
    """A reference to another resource is told by its name."""
    key = {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}
    [one] = protections(_template(BUCKET, {}), _template(BUCKET, key))
    assert one.what == "Key.Arn instead of nothing"
