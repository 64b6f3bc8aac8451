# SPDX-License-Identifier: Apache-2.0
"""String formats of the environment file: the pattern, and the words an error uses for it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Strict,
    StringConstraints,
    Tag,
)

from seqera_batch.catalog import limits
from seqera_batch.catalog.regions import DNS_SUFFIXES
from seqera_batch.cloudformation.intrinsics import RESOLVED
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A pattern with the sentence that stands for it in messages."""

    pattern: str
    allowed: str
    example: str


FORMATS: dict[str, Format] = {}
"""By pattern: what to say when pydantic reports that a string does not match it."""


def _text(pattern: str, allowed: str, example: str) -> StringConstraints:
    FORMATS[pattern] = Format(pattern, allowed, example)
    return StringConstraints(pattern=pattern, strict=True)


def _without_trailing_slash(value: str) -> str:
    """Platform and Terraform store bucket URIs without one; people type it."""
    return value.rstrip("/") if len(value) > 1 else value


_ARN = r"arn:aws[a-z-]*"
_REGION = r"[a-z]{2,4}(-[a-z]+){1,3}-[0-9]"
_DNS_SUFFIX = "({})".format("|".join(map(re.escape, DNS_SUFFIXES)))
_HEX = "([0-9a-f]{8}|[0-9a-f]{17})"
"""What EC2 adds to the names of kinds: 17 digits, and 8 until 2016."""
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_BUCKET_IN_WORDS = (
    "bucket names are 3 to 63 lower-case letters, digits, - and ., and folders have no spaces, "
    "nothing that nobody sees, no empty parts, and none of * ? $, which are wildcards and "
    "variables of policies"
)
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
"""Characters that nobody sees, or that turn a text around."""
_FOLDER = rf"(/[^\s/*?${_UNSEEN}]+)*/*"
"""Of a bucket, as a policy can name it."""

Flag = Annotated[bool, Strict()]
Text = Annotated[str, Strict()]
Number = Annotated[int, Strict()]
Decimal = Annotated[float, Strict()]
Amount = Annotated[int, Strict(), Field(le=limits.INT32_MAX)]
"""A number that has no limit of its own; pydantic lets this one win over a field's."""

EnvironmentName = Annotated[
    str,
    _text(
        rf"^[A-Za-z0-9_-]{{1,{limits.PLATFORM_NAME_CHARACTERS}}}$",
        f"1 to {limits.PLATFORM_NAME_CHARACTERS} letters, digits, - and _",
        "rnaseq-spot",
    ),
]
Prefix = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$",
        "1 to 32 letters, digits, - and _, starting with a letter or digit",
        "TowerForge",
    ),
]
Region = Annotated[
    str,
    _text(rf"^{_REGION}$", "an AWS region code", "eu-west-1"),
]
Account = Annotated[
    str, _text(r"^[0-9]{12}$", "an account id of 12 digits, in quotes", '"111122223333"')
]
PlatformEndpoint = Annotated[
    str,
    _text(
        r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?$",
        "the https:// address of an API, without user, query or fragment",
        "https://seqera.example.org/api",
    ),
    AfterValidator(_without_trailing_slash),
]
TokenSecretArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:secretsmanager:[a-z0-9-]+:[0-9]{{12}}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{{6}}$",
        "the whole ARN of a secret, with the six characters that AWS adds to its name",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:seqera/token-AbCdEf",
    ),
]
TopicArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:sns:[a-z0-9-]+:[0-9]{{12}}:[A-Za-z0-9_-]{{1,256}}$",
        "the ARN of a standard topic of Amazon SNS: neither that of a subscription nor of a FIFO "
        "topic",
        "arn:aws:sns:eu-west-1:111122223333:genomics-alarms",
    ),
]
EmailAddress = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9.!#%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        "an e-mail address",
        "genomics-on-call@example.org",
    ),
]
WorkDir = Annotated[
    str,
    _text(
        rf"^(s3://{_BUCKET}{_FOLDER}|/[^\s:/{_UNSEEN}][^\s:{_UNSEEN}]*)$",
        "s3://bucket, s3://bucket/folder, or an absolute path on a mounted file system; "
        f"{_BUCKET_IN_WORDS}",
        "s3://my-bucket/work",
    ),
    AfterValidator(_without_trailing_slash),
]
BucketUri = Annotated[
    str,
    _text(
        rf"^s3://{_BUCKET}{_FOLDER}$",
        f"s3://bucket or s3://bucket/folder; {_BUCKET_IN_WORDS}",
        "s3://my-bucket/reference",
    ),
    AfterValidator(_without_trailing_slash),
]
JobDefinitionName = Annotated[
    str,
    _text(
        rf"^([A-Za-z0-9][A-Za-z0-9_-]{{0,{limits.BATCH_NAME_CHARACTERS - 1}}})$",
        "the name of a job definition without a revision: "
        f"1 to {limits.BATCH_NAME_CHARACTERS} letters, digits, - and _",
        "aligner",
    ),
]
JobDefinitionPattern = Annotated[
    str,
    _text(
        rf"^([A-Za-z0-9][A-Za-z0-9_-]{{0,{limits.BATCH_NAME_CHARACTERS - 1}}}\*?)$",
        "the name of a job definition without a revision, or how names start and `*`",
        "launch-*",
    ),
]
EcrRepository = Annotated[
    str,
    _text(
        rf"^([0-9]{{12}}\.dkr\.ecr\.[a-z0-9-]+\.{_DNS_SUFFIX}/)?"
        r"[a-z][a-z0-9]*([._/-]+[a-z0-9]+)*(\*|[._/-]\*)?$",
        "a repository of this account, `name` or `start/*`, or the same below the address of "
        "another registry in Amazon ECR",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com/pipelines/*",
    ),
]
RoleArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:iam::[0-9]{{12}}:role/[A-Za-z0-9_+=,.@/-]+$",
        "the ARN of an IAM role",
        "arn:aws:iam::111122223333:role/name",
    ),
]
InstanceProfileArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:iam::[0-9]{{12}}:instance-profile/[A-Za-z0-9_+=,.@/-]+$",
        "the ARN of an instance profile, which is not that of its role",
        "arn:aws:iam::111122223333:instance-profile/name",
    ),
]
PolicyArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:iam::([0-9]{{12}}|aws):policy/[A-Za-z0-9_+=,.@/-]+$",
        "the ARN of an IAM policy",
        "arn:aws:iam::111122223333:policy/boundary",
    ),
]
IamPath = Annotated[
    str, _text(r"^/([A-Za-z0-9_+=,.@-]+/)*$", "a path that starts and ends with /", "/seqera/")
]
PrincipalArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:iam::[0-9]{{12}}:(user|role)/[A-Za-z0-9_+=,.@/-]+$",
        "the ARN of an IAM user or role",
        "arn:aws:iam::111122223333:user/name",
    ),
]
ProviderArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:iam::[0-9]{{12}}:oidc-provider/[A-Za-z0-9._/-]+$",
        "the ARN of an OpenID Connect provider in IAM",
        "arn:aws:iam::111122223333:oidc-provider/seqera.example.org/api",
    ),
]
ExternalId = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$",
        "2 to 1,224 letters, digits and _+=,.@:/-",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
Workspace = Annotated[
    str,
    _text(
        r"^org:[0-9]+:wsp:[0-9]+$",
        "a workspace as org:<id>:wsp:<id>",
        "org:12345:wsp:67890",
    ),
]
QueueName = Annotated[
    str,
    _text(
        rf"^[A-Za-z0-9][A-Za-z0-9_-]{{0,{limits.BATCH_NAME_CHARACTERS - 1}}}$",
        "the name (not the ARN) of an AWS Batch job queue: "
        f"1 to {limits.BATCH_NAME_CHARACTERS} letters, digits, - and _",
        "TowerForge-rnaseq-work",
    ),
]
QueueKey = Annotated[
    str,
    _text(
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        f"1 to {limits.QUEUE_KEY_CHARACTERS} lower-case letters, digits and single -, "
        "a letter first",
        "big-disk",
    ),
]
Selector = Annotated[
    str,
    _text(
        r"^[!-~]{1,255}$",
        "a label or a name of Nextflow processes, or a regular expression, without spaces",
        "process_high_memory",
    ),
]
StatementName = Annotated[
    str,
    _text(
        r"^[A-Z][A-Za-z0-9]{0,63}$",
        "1 to 64 letters and digits, a capital letter first",
        "ReadLicences",
    ),
]
IamAction = Annotated[
    str,
    _text(
        r"^[a-z0-9-]+:[A-Za-z0-9*?]+$",
        "an action of IAM, service:Action",
        "secretsmanager:GetSecretValue",
    ),
]
IamResource = Annotated[
    str,
    _text(
        rf"^(\*|{_ARN}:[a-z0-9-]+:[^:\s]*:[^:\s]*:[^\s]+)$",
        "an ARN, or * alone",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:licences/*",
    ),
]
ShareIdentifier = Annotated[
    str,
    _text(r"^[A-Za-z0-9]{1,255}$", "a share of 1 to 255 letters and digits", "TeamA"),
]
SharePattern = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9]{1,254}([A-Za-z0-9]|\*)?$",
        "a share of 1 to 255 letters and digits, the last of which may be `*`",
        "Team*",
    ),
]
DeviceName = Annotated[
    str, _text(r"^/dev/(xvd[a-z]|sd[a-z][0-9]?)$", "a device name of EC2", "/dev/sda1")
]
DeviceFile = Annotated[
    str, _text(r"^/dev/[A-Za-z0-9_./-]+$", "a device of the node, below /dev", "/dev/fuse")
]
PlacementGroupName = Annotated[
    str,
    _text(
        r"""^[!"#%-)+->@-z|~]([ !"#%-)+->@-z|~]{0,253}[!"#%-)+->@-z|~])?$""",
        "1 to 255 characters of ASCII, without * ? $ { }, which mean something in policies",
        "mpi",
    ),
]
ScriptName = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9][A-Za-z0-9 ,._-]*$",
        "letters, digits, spaces and , . _ -, a letter or digit first",
        "trust our own certificates",
    ),
]
BucketName = Annotated[str, _text(rf"^{_BUCKET}$", _BUCKET_IN_WORDS, "shared-genomes")]
MailIdentity = Annotated[
    str,
    _text(
        r"^([A-Za-z0-9._%+-]+@)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        "a domain or an address that is verified in Amazon SES",
        "genomics.example.org",
    ),
]
VpcId = Annotated[str, _text(rf"^vpc-{_HEX}$", "a VPC id", "vpc-0123456789abcdef0")]
SubnetId = Annotated[str, _text(rf"^subnet-{_HEX}$", "a subnet id", "subnet-0123456789abcdef0")]
SecurityGroupId = Annotated[
    str, _text(rf"^sg-{_HEX}$", "a security group id", "sg-0123456789abcdef0")
]
AmiId = Annotated[
    str,
    _text(
        rf"^(ami-{_HEX}|{RESOLVED}[A-Za-z0-9_./-]{{1,1011}}(:[0-9]{{1,10}})?)$",
        "an AMI id, or a parameter of Systems Manager that holds one, with its version if wanted: "
        f"{RESOLVED}NAME or {RESOLVED}NAME:3",
        "ami-0123456789abcdef0",
    ),
]
EfsId = Annotated[
    str, _text(r"^fs-[0-9a-f]{8,40}$", "an EFS file system id", "fs-0123456789abcdef0")
]
FsxDnsName = Annotated[
    str,
    _text(
        rf"^fs-[0-9a-f]{{8,17}}\.fsx\.[a-z0-9-]+\.{_DNS_SUFFIX}$",
        "the DNS name of an FSx for Lustre file system",
        "fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com",
    ),
]
MountPath = Annotated[
    str,
    _text(
        r"^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*/?$",
        "an absolute path below /, without spaces",
        "/mnt/efs",
    ),
    AfterValidator(_without_trailing_slash),
]
CliPath = Annotated[
    str,
    _text(
        r"^(/[A-Za-z0-9._-]+)+/bin/aws$",
        "an absolute path that ends in /bin/aws: Nextflow mounts the folder above bin",
        "/home/ec2-user/miniconda/bin/aws",
    ),
]
LogGroupName = Annotated[
    str,
    _text(r"^[A-Za-z0-9_/.#-]{1,512}$", "the name of a CloudWatch log group", "/aws/batch/job"),
]
KmsKey = Annotated[
    str,
    _text(
        rf"^({_ARN}:kms:[a-z0-9-]+:[0-9]{{12}}:key/[0-9a-zA-Z-]+|[0-9a-f-]{{36}}|mrk-[0-9a-f]{{32}})$",
        "the ARN or id of a KMS key",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
KmsKeyArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:kms:[a-z0-9-]+:[0-9]{{12}}:key/[0-9a-zA-Z-]+$",
        "the ARN of a KMS key",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
VariableName = Annotated[
    str,
    _text(
        r"^[A-Za-z_][A-Za-z0-9_]*$", "a name of letters, digits and _, no digit first", "NXF_OPTS"
    ),
]
Volume = Annotated[
    str,
    _text(
        r"^/[^\s:]*(:/[^\s:]*(:(ro|rw))?)?$",
        "/host/path, /host/path:/container/path, with :ro or :rw at the end if wanted",
        "/scratch/fusion:/tmp",
    ),
]
InstanceTypeName = Annotated[
    str,
    BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value),
    _text(
        r"^[a-z][a-z0-9_-]*(\.[a-z0-9-]+)?$",
        "an EC2 instance family, an instance type, or an alias of AWS Batch",
        "m6id, m6id.4xlarge, default_x86_64",
    ),
]
Cidr = Annotated[
    str,
    _text(
        r"^([0-9]{1,3}\.){3}[0-9]{1,3}/(1[6-9]|2[0-8])$",
        "an IPv4 range of /{} to /{}".format(*limits.VPC_PREFIX_LENGTHS),
        "10.0.0.0/16",
    ),
]
CredentialsId = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9]{1,22}$",
        "Platform's id of credentials, 1 to 22 letters and digits",
        "1aBcDeFgHiJkLmNoPqRsTu",
    ),
]
ImageName = Annotated[
    str,
    _text(
        r"^[a-z0-9]([a-z0-9._/-]|:[0-9]+/)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?"
        r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$",
        "a container image with a tag or a digest",
        "quay.io/seqeralabs/nf-launcher:j17-25.10.2",
    ),
]
SecretArn = Annotated[
    str,
    _text(
        rf"^{_ARN}:secretsmanager:[a-z0-9-]+:[0-9]{{12}}:secret:[A-Za-z0-9/_+=.@-]+"
        r"(:[^:\s]*:[^:\s]*:[^:\s]*)?$",
        "the ARN of a secret in Secrets Manager, with :key:stage:version at the end if wanted",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:name-AbCdEf",
    ),
]
ZoneName = Annotated[
    str,
    _text(rf"^{_REGION}[a-z]$", "the name of an availability zone", "eu-west-1a"),
]
SHAPES = ("[one]", "[several]")
"""Of a field that is one value or a list."""
Zone = Annotated[
    str,
    _text(
        rf"^({_REGION}[a-h]|[a-z]{{2,5}}[a-z0-9-]*-az[1-8])$",
        "the name of an availability zone, which means another one in each account, or its id, "
        "which does not",
        "eu-west-1a, or euw1-az1",
    ),
]
Zones = Annotated[
    Annotated[Number, Field(ge=1, le=limits.ZONES_MAX), Tag(SHAPES[0])]
    | Annotated[tuple[Zone, ...], Field(min_length=1), Tag(SHAPES[1])],
    Discriminator(lambda value: SHAPES[isinstance(value, list | tuple)]),
]
"""A number of zones, or which they are."""
MountName = Annotated[
    str, _text(r"^[a-z0-9]{3,8}$", "the mount name of an FSx for Lustre file system", "fsx")
]
CliVersion = Annotated[
    str, _text(r"^2\.[0-9]+\.[0-9]+$", "a release of AWS CLI version 2", "2.27.50")
]
