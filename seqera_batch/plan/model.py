# SPDX-License-Identifier: Apache-2.0
"""What will exist, as frozen data: the words that constructs, command line and reports share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from seqera_batch.catalog.endpoints import Endpoint
    from seqera_batch.catalog.names import RoleKind
    from seqera_batch.node import NodeSetup

Mode = Literal["forge", "manual"]
EnvironmentKey = Literal["head", "work", "all", "dragen"]
TemplateKey = Literal["work", "head", "dragen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A value that the file left open, and why it is this one."""

    field: str
    value: object
    reason: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One entry of a compute environment's `Ec2Configuration`."""

    image_type: str
    image_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePolicy:
    """What an infrastructure update does to running jobs; minutes."""

    job_execution_timeout_minutes: int
    terminate_jobs: bool
    to_latest_image: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeEnvironment:
    """An AWS Batch compute environment; what Fargate does not take is None or empty."""

    key: EnvironmentKey
    type: Literal["SPOT", "EC2", "FARGATE"]
    max_vcpus: int
    min_vcpus: int | None = None
    allocation_strategy: str | None = None
    instance_types: tuple[str, ...] = ()
    bid_percentage: int | None = None
    images: tuple[Image, ...] = ()
    key_pair: str | None = None
    launch_template: TemplateKey | None = None
    update_policy: UpdatePolicy | None = None
    needs_spot_fleet_role: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStateLimit:
    """When AWS Batch cancels a job that waits in RUNNABLE; seconds."""

    reason: str
    max_time_seconds: int
    state: str = "RUNNABLE"
    action: str = "CANCEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQueue:
    """An AWS Batch job queue on one compute environment."""

    key: EnvironmentKey
    name: str
    priority: int
    compute_environment: EnvironmentKey
    job_state_limits: tuple[JobStateLimit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BootDisk:
    """The root volume of a node; GB, MiB/s; None leaves gp3's own baseline."""

    size_gb: int
    throughput_mib_per_second: int | None = None
    volume_type: str = "gp3"
    device_name: str = "/dev/xvda"
    encrypted: bool = True
    delete_on_termination: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchTemplate:
    """What EC2 nodes start with; file systems are told apart by kind in `mounts`."""

    key: TemplateKey
    disk: BootDisk
    node: NodeSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem:
    """An EFS or FSx for Lustre file system mounted on every EC2 node."""

    kind: Literal["efs", "fsx"]
    created: bool
    mount_path: str
    file_system_id: str | None = None
    dns_name: str | None = None
    mount_name: str | None = None
    size_gb: int | None = None
    kept_on_delete: bool = True
    ports: tuple[tuple[int, int], ...] = ()
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkBucket:
    """The bucket that is created for the work directory.

    Args:
        name: Its name, from `work_dir`.
        folder: The work directory in it; empty where it is the bucket's top.
        expire_after_days: Days after which intermediate files are deleted; 0: never.
        versioning: Whether earlier versions are kept.
        kept_on_delete: Whether it outlives the stack.
        tags: Its tags.
    """

    name: str
    folder: str
    expire_after_days: int
    versioning: bool
    kept_on_delete: bool
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsKey:
    """The key of everything that is created and holds data.

    Args:
        arn: Of a key that exists; None where it is created.
        key_id: What stands for the id of a created key until it is deployed.
        services: Through which identities of the account use it, as endpoints name them.
        log_groups: The log groups that it encrypts.
        linked_roles: Service-linked roles that start nodes with it, each `<service>/<name>`.
    """

    arn: str | None = None
    key_id: str = "${KmsKey}"
    services: tuple[str, ...] = ()
    log_groups: tuple[str, ...] = ()
    linked_roles: tuple[str, ...] = ()

    @property
    def created(self) -> bool:
        """Whether the stack makes it."""
        return self.arn is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Where nodes and Fargate tasks start: in private subnets if there are any.

    Args:
        mode: Subnets that exist, or the kind of VPC that is made.
        vpc_id: VPC of existing subnets, if it is known.
        subnets: Existing subnets.
        security_groups: Existing groups of the nodes.
        creates_security_group: Whether a group is made for them.
        ingress_ports: Ports that it lets in from itself, first and last.
        restricted_egress: Whether it lets out HTTPS only, and those ports to itself.
        cidr: Range of a VPC that is made.
        public_cidrs: Ranges of its public subnets, one a zone.
        private_cidrs: Ranges of its private subnets, one a zone.
        nat_gateways: How many NAT gateways it has, in the first zones.
        endpoints: Its interface endpoints.
        flow_log_group: Log group of its flow logs.
    """

    mode: Literal["existing", "public", "private", "isolated"]
    vpc_id: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    creates_security_group: bool
    ingress_ports: tuple[tuple[int, int], ...] = ()
    restricted_egress: bool = False
    cidr: str | None = None
    public_cidrs: tuple[str, ...] = ()
    private_cidrs: tuple[str, ...] = ()
    nat_gateways: int = 0
    endpoints: tuple[Endpoint, ...] = ()
    flow_log_group: str | None = None

    @property
    def created(self) -> bool:
        """Whether the VPC is our own."""
        return self.mode != "existing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: created under `name`, or existing under `arn`."""

    kind: RoleKind
    purpose: str
    name: str | None = None
    arn: str | None = None

    @property
    def created(self) -> bool:
        """Whether the stack makes it."""
        return self.arn is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Tags by class of resource, so that none that may change stands where a change replaces.

    Args:
        resources: On queues, roles, security groups, file systems and networks.
        nodes: On instances and volumes, through the compute environment and launch template.
    """

    resources: dict[str, str]
    nodes: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleCost:
    """Something that costs money while no job runs."""

    what: str
    why: str
    avoid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How much of a fixed AWS quota of account and region is taken."""

    quota: str
    used: int
    limit: int
