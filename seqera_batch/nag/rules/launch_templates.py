# SPDX-License-Identifier: Apache-2.0
"""Rules about launch templates: what nodes are, and which version of them starts."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from seqera_batch.catalog import sources
from seqera_batch.nag.model import (
    Fault,
    Level,
    Stack,
    beginning,
    is_call,
    is_false,
    is_true,
    rule,
    text,
    volumes,
)


@rule(
    "HopLimit",
    level=Level.WARNING,
    fix="set MetadataOptions.HttpPutResponseHopLimit to 2",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html",
        "https://docs.aws.amazon.com/batch/latest/userguide/networking-modes-jobs.html",
    ),
)
def hop_limit(stack: Stack) -> Iterator[Fault]:
    """Containers reach the node's metadata, and nothing beyond them does: the hop limit is 2.

    AWS Batch runs most jobs in their node's network, where no limit keeps them from its metadata.
    A container with a network of its own, as in multi-node jobs, is one hop further: with a
    limit of 1 tools in it cannot find their region or, without a job role, credentials. A
    higher limit lets requests through from farther away.
    """
    for template in stack.launch_templates:
        path = "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit"
        value = template.get(path)
        if text(value) != "2" and not is_call(value):
            yield template.says(path, f"it is {'absent' if value is None else value}")


@rule(
    "Imdsv1",
    fix="set MetadataOptions.HttpTokens to required",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ),
)
def imdsv1(stack: Stack) -> Iterator[Fault]:
    """Nodes serve their metadata only to requests with a token (IMDSv2).

    Jobs run code that others wrote. With IMDSv1 a request that a program can be talked into
    is enough to read the credentials of the instance role.
    """
    for template in stack.launch_templates:
        path = "LaunchTemplateData.MetadataOptions.HttpTokens"
        value = template.get(path)
        if value != "required" and not is_call(value):
            yield template.says(path, f"it is {value or 'absent'}")


@rule(
    "KeptVolume",
    fix="set Ebs.DeleteOnTermination to true",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-root-volume-delete-on-termination.html",
    ),
)
def kept_volume(stack: Stack) -> Iterator[Fault]:
    """The volumes of nodes end with them.

    AWS Batch starts and ends nodes all day. Volumes that stay behind cost money until
    somebody finds them, and keep what jobs wrote.
    """
    for template in stack.launch_templates:
        for path, disk in volumes(template):
            if is_false(disk.get("DeleteOnTermination")):
                yield template.says(f"{path}.DeleteOnTermination", "the volume stays")


@rule(
    "LaunchTemplateVersionAbsent",
    fix="set Version to the launch template's LatestVersionNumber attribute",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def launch_template_version_absent(stack: Stack) -> Iterator[Fault]:
    """A compute environment names the version of its launch template.

    Without a version AWS Batch takes the default one, which a new version of the template
    does not change. A later change of user data or disks is then deployed, and no node ever
    has it.
    """
    for environment, path, specification in stack.specifications:
        if specification.get("Version") in (None, ""):
            yield environment.says(path, "the version is absent")


@rule(
    "LaunchTemplateVersionDefault",
    fix="set Version to the launch template's LatestVersionNumber attribute",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def launch_template_version_default(stack: Stack) -> Iterator[Fault]:
    """A compute environment does not follow `$Default`.

    The default version of a template that CloudFormation manages stays the first one, so
    later versions are never used. Like `$Latest` it is read only when the environment's
    infrastructure is updated.
    """
    for environment, path, specification in stack.specifications:
        if specification.get("Version") == "$Default":
            yield environment.says(f"{path}.Version", "the version is $Default")


@rule(
    "LaunchTemplateVersionLatest",
    fix="set Version to the launch template's LatestVersionNumber attribute",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES, sources.AWS_BATCH_INFRASTRUCTURE_UPDATES),
)
def launch_template_version_latest(stack: Stack) -> Iterator[Fault]:
    """A compute environment does not follow `$Latest`.

    AWS Batch reads `$Latest` only when the environment is made or its infrastructure is
    updated. CloudFormation sees no difference when a new version appears, so it updates
    nothing; somebody else's version may be taken later by surprise.
    """
    for environment, path, specification in stack.specifications:
        if specification.get("Version") == "$Latest":
            yield environment.says(f"{path}.Version", "the version is $Latest")


@rule(
    "UnencryptedVolume",
    fix="set Ebs.Encrypted to true, or encrypt new volumes by default in the account",
    sources=("https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",),
)
def unencrypted_volume(stack: Stack) -> Iterator[Fault]:
    """The volumes of nodes are encrypted.

    Container images, inputs and results lie on them. Whether an account encrypts new volumes
    by default cannot be seen in a template.
    """
    for template in stack.launch_templates:
        for path, disk in volumes(template):
            if not is_true(disk.get("Encrypted")) and not is_call(disk.get("Encrypted")):
                yield template.says(f"{path}.Encrypted", "the volume is not encrypted")


@rule(
    "UserDataNotMultipart",
    fix="write the user data as MIME multipart",
    sources=(sources.AWS_BATCH_LAUNCH_TEMPLATES,),
)
def user_data_not_multipart(stack: Stack) -> Iterator[Fault]:
    """User data of a launch template is MIME multipart.

    AWS Batch adds a part of its own to it. With user data of any other kind the compute
    environment becomes INVALID, at deployment or at the first job, and no template check sees
    it.
    """
    for template in stack.launch_templates:
        path = "LaunchTemplateData.UserData"
        start = beginning(template.get(path))
        if start is not None and start.strip() and not _is_multipart(start):
            yield template.says(path, "it is not MIME multipart")


def _is_multipart(start: str) -> bool:
    try:
        head = base64.b64decode(start, validate=True).decode("utf-8", "replace")
    except ValueError:
        head = start
    head = head.lstrip().lower()
    return head.startswith(("mime-version:", "content-type: multipart/"))
