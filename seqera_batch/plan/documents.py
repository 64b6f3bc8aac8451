# SPDX-License-Identifier: Apache-2.0
"""All policy documents of an environment: what is printed, reviewed and deployed is this list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from seqera_batch.catalog import ids, limits, service_linked_roles
from seqera_batch.catalog.names import RoleKind, head_job_definition_name, registration_name
from seqera_batch.cloudformation.intrinsics import get_att, marked, words
from seqera_batch.plan.access import job_access, platform_access
from seqera_batch.plan.forge_plan import ForgePlan
from seqera_batch.plan.labels import ENVIRONMENT_TAG
from seqera_batch.plan.platform import PlatformIdentity
from seqera_batch.plan.roles import GENERATED
from seqera_batch.policies import (
    credential,
    encryption,
    operations,
    platform,
    readers,
    registration,
    work_bucket,
)
from seqera_batch.policies.by_role import DOCUMENTS
from seqera_batch.policies.document import PolicyDocument, Scope, union
from seqera_batch.policies.job_buckets import shared_bucket
from seqera_batch.policies.roles import read_by_hand, submitter
from seqera_batch.records import dataclass

PLATFORM = "Platform"
"""Name of Platform's identity beside the kinds of roles."""
OTHER_BUCKET = "OtherBucket"
"""Start of the names of policies on buckets of other accounts."""
PRINCIPALS = "PlatformPrincipals"
"""Name of those who take Platform's role."""

MANAGED_ROOM = limits.MANAGED_POLICY_CHARACTERS * limits.MANAGED_POLICIES_PER_IDENTITY
"""Characters of all managed policies that an identity may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An identity with its documents.

    Args:
        name: Kind of role, or `Platform`.
        purpose: What it is for.
        arn: Its ARN.
        trust: Who may take it; None for a user, and where none is made.
        permissions: What it may do.
        created: Whether the stack makes it.
        room: Characters that IAM takes of its permissions, white space not counted: a role's
            inline policies, or as many managed ones as an identity may have.
    """

    name: str
    purpose: str
    arn: str
    trust: PolicyDocument | None = None
    permissions: PolicyDocument
    created: bool = True
    room: int = limits.ROLE_INLINE_POLICY_CHARACTERS

    @property
    def role_name(self) -> str | None:
        """Name of the role; None where CloudFormation makes it."""
        name = self.arn.rpartition("/")[2]
        return None if marked(name) else name

    @property
    def titled(self) -> str:
        """Name of the role, for people."""
        return GENERATED if self.role_name is None else self.role_name

    @property
    def digest(self) -> str:
        """SHA-256 of both documents as IAM reads them: what somebody signs, and finds again."""
        documents = [one and one.to_dict() for one in (self.trust, self.permissions)]
        text = json.dumps(documents, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def in_words(self) -> Identity:
        """Return the identity for people, in which marks are CloudFormation's words."""
        return replace(
            self,
            arn=words(self.arn),
            trust=self.trust and self.trust.in_words(),
            permissions=self.permissions.in_words(),
        )


def of_others(name: str, purpose: str, permissions: PolicyDocument) -> Identity:
    """Return an identity that nobody makes here: who has it needs these permissions."""
    return Identity(
        name=name,
        purpose=purpose,
        arn="",
        permissions=permissions,
        created=False,
        room=MANAGED_ROOM,
    )


def identities(plan: ForgePlan, where: Scope) -> tuple[Identity, ...]:
    """Return the identities of an environment: its roles, then Platform's and who takes it.

    Roles that exist are left out: what they may do is not ours to say.
    """
    worker = platform_documents(plan, where)
    return (
        *role_documents(plan, where),
        *registration_documents(plan, where),
        *queue_check_documents(plan, where),
        worker,
        *_principals(plan, worker),
    )


def role_documents(plan: ForgePlan, where: Scope) -> tuple[Identity, ...]:
    """Return the roles that are made, as they are deployed."""
    access = job_access(plan, where)
    return tuple(
        Identity(
            name=role.kind,
            purpose=role.purpose,
            arn=plan.roles.arn(role.kind, where),
            trust=trusts(where),
            permissions=PolicyDocument(
                (*permits(where, access).statements, *plan.roles.statements.get(role.kind, ()))
            ),
        )
        for role in plan.roles
        if role.created
        for trusts, permits in (DOCUMENTS[role.kind],)
    )


def granted_policy_name(plan: ForgePlan, kind: RoleKind) -> str:
    """Return the name of the policy that a role of the app gets: one for each that it serves."""
    where = f"{plan.region}-" if plan.roles.generated_names else ""
    return f"{plan.environment_id}-{where}{kind}"


def granted_document(plan: ForgePlan, kind: RoleKind, where: Scope) -> PolicyDocument:
    """Return what a role of a kind needs, whether it is made or an app brings it along."""
    return DOCUMENTS[kind][1](where, job_access(plan, where))


READERS = {
    "Doctor": ("reads of an environment that is deployed", readers.doctor),
    "Check": ("reads of an account before the first deployment", readers.check),
    "Leftovers": ("reads of an account after an environment has gone", readers.leftovers),
}
"""By identity: what the command of that name does, and its document."""

LAUNCHER, SUBMITTER = "Launcher", "Submitter"
"""Names of those who launch without Platform: Nextflow by hand, and head jobs."""


def launching(plan: ForgePlan, where: Scope) -> Iterator[Identity]:
    """Yield what whoever launches without Platform needs: by hand, and with head jobs."""
    by_hand = (
        *granted_document(plan, "HeadJobRole", where).statements,
        *read_by_hand(where, job_access(plan, where)),
    )
    head_job = plan.config.aws.head_job_definition
    queue = where.arn("batch", f"job-queue/{plan.compute.head_queue}")
    name = head_job_definition_name(plan.prefix, plan.name)
    for identity, purpose, permissions in (
        (
            LAUNCHER,
            "what `nextflow run` needs on a laptop or a server, with the exported nextflow.config",
            PolicyDocument(by_hand),
        ),
        (
            SUBMITTER,
            "what starts the environment's own head jobs: a person, a schedule, or an upload",
            None if head_job is None else submitter(where, (queue,), (name,)),
        ),
    ):
        if permissions is not None:
            yield of_others(identity, purpose, permissions)


def reading(plan: ForgePlan, where: Scope) -> tuple[Identity, ...]:
    """Return what whoever runs the commands needs that look at an account."""
    access = _reader_access(plan, where)
    return tuple(
        of_others(
            name,
            f"what `seqera-batch {name.lower()}` {reads}; it changes nothing",
            permits(where, access),
        )
        for name, (reads, permits) in READERS.items()
    )


def _reader_access(plan: ForgePlan, where: Scope) -> readers.ReaderAccess:
    profile, compute, path = plan.roles.instance_profile, plan.compute, plan.roles.path
    roles = tuple(plan.roles.arn(role.kind, where) for role in plan.roles if role.arn or role.name)
    # CloudFormation ends the name of one that is created.
    profiles = where.iam_arn(f"instance-profile{path}{plan.stack_name}-*")
    if plan.mode == "manual":
        profiles = where.iam_arn("instance-profile/*")
    elif profile is not None and profile.startswith("arn:"):
        profiles = profile
    return readers.ReaderAccess(
        stack=plan.stack_name,
        queues=compute.looked_at,
        labels={ENVIRONMENT_TAG: plan.environment_id} if plan.mode == "forge" else {},
        node_log_group=plan.logs.nodes.name if plan.logs.nodes else None,
        job_log_group=plan.logs.jobs.name,
        roles=roles,
        instance_roles=(plan.roles.pattern("InstanceRole", where, plan.stack_name),)
        if plan.roles.get("InstanceRole")
        else (where.iam_arn("role/*"),),
        environment_roles=(where.iam_arn("role/*"),)
        if plan.mode == "manual"
        else (plan.roles.pattern("FleetRole", where, plan.stack_name),)
        if plan.roles.get("FleetRole")
        else (),
        instance_profiles=(profiles,),
        linked_roles=(
            service_linked_roles.AUTO_SCALING,
            service_linked_roles.BATCH,
            service_linked_roles.ECS,
            service_linked_roles.SPOT,
            service_linked_roles.SPOT_FLEET,
        ),
        boundary=plan.roles.permissions_boundary,
        buckets=plan.storage.written_buckets,
        work_bucket=plan.storage.work_dir.bucket,
        # Queues of others may have such environments.
        spot_fleet=plan.mode == "manual"
        or any(one.needs_spot_fleet_role for one in compute.environments),
        topic=plan.operations.topic if plan.operations else None,
        budget=plan.operations is not None and plan.operations.budget is not None,
    )


def resource_policies(plan: ForgePlan, where: Scope) -> tuple[Identity, ...]:
    """Return the policies on resources: the key's, created or not, the bucket's, file systems'."""
    found: list[Identity] = []
    key, bucket = plan.key, plan.storage.work_bucket
    if key is not None:
        found.append(
            Identity(
                name=ids.KMS_KEY,
                purpose="who may use the KMS key, and through which services"
                if key.created
                else "what the policy of the KMS key has to say, besides what else it says",
                arn=key.arn_in(where),
                permissions=encryption.key_policy(where, key.access()),
                created=key.created,
                room=limits.KEY_POLICY_CHARACTERS,
            )
        )
    if bucket is not None:
        found.append(
            Identity(
                name=ids.WORK_BUCKET,
                purpose="what the work bucket refuses, whoever asks",
                arn=where.bucket_arn(bucket.name),
                permissions=work_bucket.bucket_policy(where, bucket.name),
                room=limits.BUCKET_POLICY_CHARACTERS,
            )
        )
    found += _on_file_systems(plan, where)
    found += _on_buckets_of_others(plan, where)
    found += _on_operations(plan, where)
    return tuple(found)


def _on_buckets_of_others(plan: ForgePlan, where: Scope) -> Iterator[Identity]:
    roles = tuple(plan.roles.arn(kind, where) for kind in ("HeadJobRole", "ComputeJobRole"))
    for bucket, owner in plan.storage.bucket_owners.items():
        parts = tuple(part for part in plan.storage.buckets if part.bucket == bucket)
        yield Identity(
            name=f"{OTHER_BUCKET}-{bucket}",
            purpose=f"what {owner} has to let these roles do, beside what else the bucket's policy "
            "says; AWS takes it once the roles are there",
            arn=where.bucket_arn(bucket),
            permissions=shared_bucket(where, parts, roles, restores=plan.roles.restores),
            created=False,
            room=limits.BUCKET_POLICY_CHARACTERS,
        )


def _on_operations(plan: ForgePlan, where: Scope) -> Iterator[Identity]:
    watched = plan.operations
    if watched is None:
        return
    if watched.publishers:
        yield Identity(
            name=ids.OPERATIONS_TOPIC,
            purpose="who may tell the topic of what is watched"
            if watched.creates_topic
            else "what the policy of the topic has to say, besides what else it says",
            arn=watched.topic_arn,
            permissions=operations.topic_policy(
                where,
                watched.topic_arn,
                watched.publishers,
                tuple(get_att(name, "Arn") for name in watched.alarms)
                if watched.creates_topic
                # Their names are CloudFormation's, which begin with the stack's.
                else (where.arn("cloudwatch", f"alarm:{plan.stack_name}-*"),),
            ),
            created=watched.creates_topic,
            room=limits.TOPIC_POLICY_CHARACTERS,
        )
    if watched.spot_reclaims is not None:
        queue, rule = (
            get_att(name, "Arn") for name in (ids.SPOT_RECLAIM_EVENTS, ids.SPOT_RECLAIM_RULE)
        )
        yield Identity(
            name=ids.SPOT_RECLAIM_EVENTS,
            purpose="who may put Spot reclaims where they are counted",
            arn=queue,
            permissions=operations.events_policy(queue, rule),
            room=limits.EVENT_QUEUE_POLICY_CHARACTERS,
        )


def _on_file_systems(plan: ForgePlan, where: Scope) -> Iterator[Identity]:
    for system in plan.storage.file_systems:
        document = system.own_policy()
        if document is not None:
            yield Identity(
                name=system.resource_id,
                purpose=f"who may mount the {system.title} file system, and how",
                arn=where.arn(system.service, f"file-system/{system.file_system_id}"),
                permissions=document,
                room=limits.FILE_SYSTEM_POLICY_CHARACTERS,
            )


def platform_documents(plan: ForgePlan, where: Scope, also: Iterable[ForgePlan] = ()) -> Identity:
    """Return Platform's identity; its permissions are told even where none is made.

    Args:
        plan: The environment that says what it is.
        where: Partition, region and account.
        also: Further environments that it serves.
    """
    identity = plan.platform.identity
    kind = "user" if identity.kind == "user" else "role"
    permitted = [platform.of(where, platform_access(one, where)) for one in (plan, *also)]
    return Identity(
        name=PLATFORM,
        purpose="what Seqera Platform may do: launch in this environment"
        if identity.mode == "manual"
        else "what Seqera Platform may do: make AWS Batch resources, and launch in them",
        # Of what is not made there is no ARN.
        arn=where.iam_arn(f"{kind}{plan.roles.path}{identity.name}") if identity.kind else "",
        trust=platform_trust(identity, where),
        permissions=union(permitted) if len(permitted) > 1 else permitted[0],
        created=identity.kind is not None,
        room=MANAGED_ROOM,
    )


def registration_documents(plan: ForgePlan, where: Scope) -> Iterator[Identity]:
    """Yield the role of the function that registers with Platform; nothing where none is made."""
    secret, log_group = plan.platform.registration_secret, plan.logs.registration
    if secret is None or log_group is None:
        return
    name = registration_name(plan.prefix, plan.name)
    yield Identity(
        name=ids.REGISTRATION_ROLE,
        purpose="what the function may do that registers the environment with Platform",
        arn=plan.roles.of_function(ids.REGISTRATION_ROLE, name, where),
        trust=registration.trust_lambda(),
        permissions=registration.registration(
            where,
            registration.RegistrationAccess(
                token_secret=secret,
                log_streams=where.arn("logs", f"log-group:{log_group.name}:*"),
            ),
        ),
    )


def queue_check_documents(plan: ForgePlan, where: Scope) -> Iterator[Identity]:
    """Yield the role of the function that looks at queues; nothing where none is made."""
    check = None if plan.operations is None else plan.operations.queue_check
    log_group = plan.logs.queue_check
    if check is None or log_group is None:
        return
    yield Identity(
        name=ids.QUEUE_CHECK_ROLE,
        purpose="what the function may do that looks at queues and environments",
        arn=plan.roles.of_function(ids.QUEUE_CHECK_ROLE, check.name, where),
        trust=registration.trust_lambda(),
        permissions=operations.queue_check(
            where, plan.compute.names, where.arn("logs", f"log-group:{log_group.name}:*")
        ),
    )


def _principals(plan: ForgePlan, role: Identity) -> Iterator[Identity]:
    identity = plan.platform.identity
    if identity.kind != "role":
        return
    yield Identity(
        name=PRINCIPALS,
        purpose="what each of those needs who take Platform's role: "
        + ", ".join(identity.principals),
        arn="",
        permissions=credential.assume_role(role.arn),
        created=False,
        room=limits.USER_INLINE_POLICY_CHARACTERS,
    )


def platform_trust(identity: PlatformIdentity, where: Scope) -> PolicyDocument | None:
    """Return who may take Platform's role; None where it is a user or not made."""
    match identity.kind:
        case "cloud":
            return credential.trust_seqera_cloud(identity.external_id)
        case "role":
            return credential.trust_users(identity.principals, identity.external_id)
        case "workload_identity":
            issuer = identity.issuer or ""
            provider = identity.provider or where.iam_arn(f"oidc-provider/{issuer}")
            return credential.trust_workload(provider, issuer, identity.workspaces)
    return None
