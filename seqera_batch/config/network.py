# SPDX-License-Identifier: Apache-2.0
"""The `aws.network` section: subnets that exist, or a VPC to create."""

from typing import Literal

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import Cidr, Flag, Number, SecurityGroupId, SubnetId, VpcId, Zones
from seqera_batch.config.settings import Effect, Section, setting


class ExistingNetwork(Section):
    """Subnets and security groups that exist already."""

    vpc_id: VpcId | None = setting(
        default=None,
        omitted="no security group can be created, so `security_groups` must be given",
        effect=Effect.NEW_NETWORK,
    )
    """VPC of the subnets."""
    subnets: tuple[SubnetId, ...] = setting(effect=Effect.NEW_NETWORK, min_length=1)
    """Subnets in which nodes and Fargate tasks start; they need a way to the internet."""
    security_groups: tuple[SecurityGroupId, ...] = setting(
        default=(), omitted="one is created in `vpc_id` that lets nothing in", effect=Effect.ROLLING
    )
    """Security groups of nodes and Fargate tasks."""


class CreatedNetwork(Section):
    """A VPC of our own, with an S3 gateway endpoint; in public mode it costs nothing while idle."""

    mode: Literal["public", "private", "isolated"] = setting(
        default="public", omitted="public: it costs nothing while idle", effect=Effect.NEW_NETWORK
    )
    """`public`: nodes have addresses of their own, and nobody is let in. `private`: they reach the
    internet through NAT gateways. `isolated`: they reach AWS's services through interface
    endpoints, and nothing else.
    """

    cidr: Cidr = setting(default=defaults.VPC_CIDR, effect=Effect.NEW_NETWORK)
    """IPv4 range of the VPC; a subnet takes a sixteenth of it."""
    zones: Zones | None = setting(
        default=None,
        omitted="3; 2 in us-west-1, which has no more",
        effect=Effect.ROLLING,
        source=sources.AWS_ZONES,
    )
    """Availability zones to use, how many or which, by name or by id; more zones are more Spot
    pools. An FSx file system is in the first.
    """
    nat_gateways: Number | None = setting(
        default=None,
        omitted="1: where its zone fails, nodes of the others reach nothing",
        effect=Effect.IN_PLACE,
        ge=1,
    )
    """NAT gateways of private mode, the first in the first zone, and so on."""
    flow_logs: Flag = setting(
        default=False,
        omitted="false: they cost money by the volume of traffic",
        effect=Effect.IN_PLACE,
    )
    """Write the VPC's flow logs, kept for `aws.logs.node_retention_days`."""


class NetworkSettings(Section):
    """Where nodes run: exactly one of `existing` and `create`."""

    existing: ExistingNetwork | None = setting(
        default=None, omitted="see `create`", effect=Effect.NEW_NETWORK
    )
    """Use subnets that exist."""
    create: CreatedNetwork | None = setting(
        default=None,
        omitted="created with defaults when no subnets are given anywhere",
        effect=Effect.NEW_NETWORK,
    )
    """Create a VPC."""
    egress: Literal["all", "restricted"] = setting(
        default="all", omitted="all: pipelines fetch from anywhere", effect=Effect.IN_PLACE
    )
    """What the created security group lets out. `restricted`: HTTPS, and the file systems' ports to
    itself; pipelines that fetch by FTP, SSH or plain HTTP then fail.
    """
