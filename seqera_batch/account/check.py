# SPDX-License-Identifier: Apache-2.0
"""Whether an account is ready for an environment, before the first deployment."""

from __future__ import annotations

import json
from collections.abc import Iterator

from seqera_batch.account import network
from seqera_batch.account.answer import Answer
from seqera_batch.account.buckets import bucket_answers
from seqera_batch.account.doctor import stack_answers
from seqera_batch.account.facts import offered_types, read_stack
from seqera_batch.account.leaves import answer
from seqera_batch.account.queues import existing_answers
from seqera_batch.account.quotas import quota_answers
from seqera_batch.account.reading import ABSENT, Account, Read, services_in, trusted_services
from seqera_batch.catalog import service_linked_roles as linked
from seqera_batch.catalog.names import bootstrap_version
from seqera_batch.plan import ForgePlan
from seqera_batch.plan.roles import Role
from seqera_batch.policies.by_role import DOCUMENTS
from seqera_batch.words import listed

_GONE = ("NoSuchEntity",)


def check(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield what the account lacks, or has in the way."""
    stack = read_stack(account, plan.stack_name)
    deployed = stack is not None and ABSENT not in stack
    if deployed:
        yield from stack_answers(stack, plan, read=True)
    yield from _bootstrap(account)
    if plan.mode == "forge":
        yield from _service_roles(account, plan)
        yield from quota_answers(account, plan)
        yield from _types(account, plan)
        yield from _images(account, plan)
    if plan.network is not None and plan.network.subnets:
        yield from network.subnets_of(account, plan, plan.network.subnets)
    yield from bucket_answers(account, plan, deployed=deployed)
    yield from _roles(account, plan)
    yield from _topic(account, plan)
    if stack is not None and not deployed:
        yield from _taken(account, plan)
    yield from existing_answers(account, plan)


def _bootstrap(account: Account) -> Iterator[Answer]:
    account.tell("reading the bootstrap version")
    found = account.read(
        "ssm", "get_parameter", absent=("ParameterNotFound",), Name=bootstrap_version()
    )
    if found is not None and ABSENT in found:
        yield answer(
            "bootstrap-missing",
            bootstrap_version(),
            {bootstrap_version(): None},
            account=account.account,
            region=account.region,
        )


def _service_roles(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    environments = plan.compute.environments
    names = [linked.BATCH, linked.ECS]
    if any(one.on_ec2 for one in environments):
        names.append(linked.AUTO_SCALING)
    if any(one.type == "SPOT" for one in environments):
        names.append(linked.SPOT)
    if any(one.needs_spot_fleet_role for one in environments):
        names.append(linked.SPOT_FLEET)
    account.tell("reading service-linked roles")
    for service, _, name in (one.partition("/") for one in names):
        found = account.read("iam", "get_role", absent=_GONE, RoleName=name)
        if found is not None and ABSENT in found:
            yield answer("service-role-missing", name, service=service)


def _types(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    zones: tuple[str, ...] = ()
    if plan.network is not None and plan.network.subnets:
        subnets = account.every(
            "ec2",
            "describe_subnets",
            Filters=[{"Name": "subnet-id", "Values": list(plan.network.subnets)}],
        )
        zones = tuple(sorted({one["AvailabilityZone"] for one in subnets or ()}))
        if not zones:
            return
    elif plan.network is not None and not any(one.by_id for one in plan.network.zones):
        zones = tuple(sorted(one.name for one in plan.network.zones if one.name is not None))
    for environment in plan.compute.environments:
        if not environment.on_ec2:
            continue
        account.tell(f"reading which zones offer the types of {environment.key}")
        offered = offered_types(account, environment.instance_types, zones)
        if offered is None:
            return
        families = {name.partition(".")[0] for name in offered}
        missing = [
            name
            for name in environment.instance_types
            if name not in offered and name not in families and not _is_word(name)
        ]
        if missing:
            yield answer(
                "types-not-offered",
                listed(missing),
                {"instanceTypes": missing, "zones": list(zones) or [plan.region]},
                zones=", ".join(zones) or f"all of {plan.region}",
            )


def _is_word(name: str) -> bool:
    """Whether AWS Batch itself chooses the types: it takes those that are offered."""
    return name == "optimal" or name.startswith("default_")


def _images(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    templates = {one.key: one for one in plan.compute.node_templates}
    wanted: dict[str, tuple[str | None, str]] = {}
    for environment in plan.compute.environments:
        for key in environment.templates:
            template = templates[key]
            named = (template.image_id, *(image.image_id for image in environment.images))
            image_id = next((name for name in named if name is not None), None)
            # What a parameter holds is looked up by CloudFormation, at each deployment anew.
            if image_id is not None and image_id.startswith("ami-"):
                wanted[image_id] = (environment.architecture, template.disk.device_name)
    for name, (architecture, device) in wanted.items():
        account.tell(f"reading the image {name}")
        found = account.read(
            "ec2",
            "describe_images",
            absent=("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"),
            ImageIds=[name],
        )
        if found is None:
            continue
        image: Read = next(iter(found.get("Images", ())), {})
        if image.get("State") == "available":
            yield from _image(account, image, name, architecture, device)
        else:
            yield answer("image-missing", name, {"State": image.get("State", "not found")})


def _image(
    account: Account, image: Read, name: str, architecture: str | None, device: str
) -> Iterator[Answer]:
    if architecture is not None and image["Architecture"] != architecture:
        yield answer(
            "image-other-architecture",
            name,
            {"Architecture": image["Architecture"]},
            architecture=image["Architecture"],
            wanted=architecture,
        )
    if image["RootDeviceName"] != device:
        yield answer(
            "image-other-root-device",
            name,
            {"RootDeviceName": image["RootDeviceName"]},
            device=image["RootDeviceName"],
            wanted=device,
        )
    codes = {one.get("ProductCodeType") for one in image.get("ProductCodes", ())}
    if "marketplace" in codes:
        yield answer("image-of-marketplace", name)
    since = image.get("DeprecationTime")
    # Both are written alike, so that texts compare as times do.
    if since is not None and since < account.now.strftime("%Y-%m-%dT%H:%M"):
        yield answer("image-old", name, {"DeprecationTime": since}, since=since.partition("T")[0])


def _roles(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    account.tell("reading roles")
    for role in plan.roles:
        if role.arn is not None and f":{account.account}:" in role.arn:
            yield from _role(account, plan, role, role.arn)
    profile, boundary = plan.roles.instance_profile, plan.roles.permissions_boundary
    if profile is not None and profile.startswith("arn:"):
        name = profile.rpartition("/")[2]
        found = account.read("iam", "get_instance_profile", absent=_GONE, InstanceProfileName=name)
        if found is not None and not found.get("InstanceProfile", {}).get("Roles"):
            yield answer("profile-missing", profile)
    if boundary is not None:
        found = account.read("iam", "get_policy", absent=_GONE, PolicyArn=boundary)
        if found is not None and ABSENT in found:
            yield answer("boundary-missing", boundary)


def _role(account: Account, plan: ForgePlan, role: Role, arn: str) -> Iterator[Answer]:
    found = account.read("iam", "get_role", absent=_GONE, RoleName=arn.rpartition("/")[2])
    if found is None:
        return
    if ABSENT in found:
        yield answer("role-missing", arn)
        return
    trusts, _ = DOCUMENTS[role.kind]
    [wanted] = {str(one.principal) for one in trusts(plan.scope(account.account)).statements}
    trusted = trusted_services(found)
    if wanted not in trusted:
        yield answer(
            "role-not-trusting", arn, {"Principal.Service": sorted(trusted)}, service=wanted
        )


def _topic(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield why a topic that exists would not be told."""
    watched = plan.operations
    if watched is None or watched.topic is None or not watched.publishers:
        return
    topic = watched.topic
    owner = topic.split(":")[4]
    if owner != account.account:
        asked = plan.config.aws.operations
        parts = asked.told_within if asked is not None else ()
        yield answer(
            "topic-elsewhere" if parts else "topic-of-others",
            topic,
            {"account": owner},
            parts=listed(parts),
        )
        return
    account.tell("reading the topic")
    found = account.read("sns", "get_topic_attributes", absent=("NotFound",), TopicArn=topic)
    if found is None:
        return
    if ABSENT in found:
        yield answer("topic-missing", topic)
        return
    attributes = found.get("Attributes", {})
    key = str(attributes.get("KmsMasterKeyId", ""))
    if key.endswith("alias/aws/sns"):
        yield answer("topic-key", topic, {"KmsMasterKeyId": key})
    allowed = services_in(json.loads(attributes.get("Policy", '{"Statement": []}')))
    closed = [one for one in watched.publishers if one not in allowed]
    if closed:
        yield answer(
            "topic-closed", topic, {"Principal.Service": sorted(allowed)}, services=listed(closed)
        )


def _taken(account: Account, plan: ForgePlan) -> Iterator[Answer]:
    """Yield what exists under a name that the stack is to make."""
    account.tell("looking for names that are taken")
    if plan.compute.queues:
        names = [queue.name for queue in plan.compute.queues]
        there = account.every("batch", "describe_job_queues", jobQueues=names)
        for one in there or ():
            yield answer("name-taken", f"the queue {one['jobQueueName']}")
    for role in plan.roles:
        if role.name is not None:
            found = account.read("iam", "get_role", absent=_GONE, RoleName=role.name)
            if found is not None and ABSENT not in found:
                yield answer("name-taken", f"the role {role.name}")
    for group in plan.logs.created:
        groups = account.every("logs", "describe_log_groups", logGroupNamePrefix=group.name)
        if any(one["logGroupName"] == group.name for one in groups or ()):
            yield answer("name-taken", f"the log group {group.name}")
