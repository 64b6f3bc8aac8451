# SPDX-License-Identifier: Apache-2.0
"""Decides where nodes start: subnets that exist, or a VPC of our own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seqera_batch.catalog import defaults, limits, sources
from seqera_batch.catalog.endpoints import INTERFACE_ENDPOINTS
from seqera_batch.catalog.names import flow_log_group
from seqera_batch.catalog.regions import zones_of
from seqera_batch.plan.model import Decision, Network

if TYPE_CHECKING:
    from seqera_batch.config.check import ForgeConfig
    from seqera_batch.config.forge import ForgeSettings
    from seqera_batch.config.network import CreatedNetwork
    from seqera_batch.plan.storage import FileSystem

KINDS = {
    "public": "public subnets",
    "private": "private subnets behind NAT gateways",
    "isolated": "subnets without a way to the internet",
}
"""What the nodes' subnets are, by mode."""


def network(
    config: ForgeConfig,
    forge: ForgeSettings,
    mounted: tuple[FileSystem, ...],
    brought: Network | None,
) -> tuple[Network, list[Decision]]:
    """Return where nodes start: what an app brings, the given subnets, or a VPC of our own."""
    # Those that exist have groups of their own.
    ingress = tuple(sorted({span for one in mounted if one.created for span in one.ports}))
    if brought is not None:
        own = ingress if brought.creates_security_group else ()
        return replace(brought, ingress_ports=own), []
    asked = config.aws.network
    restricted = asked is not None and asked.egress == "restricted"
    source = (asked.existing if asked else None) or forge
    decisions: list[Decision] = []
    if source.subnets:
        found = Network(
            mode="existing",
            vpc_id=source.vpc_id,
            subnets=tuple(dict.fromkeys(source.subnets)),
            security_groups=tuple(dict.fromkeys(source.security_groups)),
            creates_security_group=not source.security_groups,
            ingress_ports=() if source.security_groups else ingress,
            restricted_egress=restricted,
        )
    else:
        found = replace(
            _created(config, asked.create if asked else None),
            ingress_ports=ingress,
            restricted_egress=restricted,
        )
        decisions.append(_why(found, asked=asked is not None))
    if found.creates_security_group:
        decisions.append(
            Decision(
                field="security groups",
                value="one is created",
                reason="it lets nothing in"
                + (" but the file systems' own ports from itself" if ingress else "")
                + "; Forge would take the VPC's default group",
                source=sources.SEQERA_AWS_BATCH,
            )
        )
    return found, decisions


def _created(config: ForgeConfig, asked: CreatedNetwork | None) -> Network:
    mode = asked.mode if asked else "public"
    cidr = asked.cidr if asked else defaults.VPC_CIDR
    zones = (asked.zones if asked else None) or zones_of(config.region)
    public, private = _slots(cidr, zones)
    gateways = 0
    if mode == "private":
        gateways = (asked.nat_gateways if asked else None) or defaults.NAT_GATEWAYS
    return Network(
        mode=mode,
        creates_security_group=True,
        cidr=cidr,
        public_cidrs=() if mode == "isolated" else public,
        private_cidrs=() if mode == "public" else private,
        nat_gateways=gateways,
        endpoints=tuple(
            endpoint
            for endpoint in INTERFACE_ENDPOINTS
            if mode == "isolated" and (endpoint.need == "always" or _has_secrets(config))
        ),
        flow_log_group=flow_log_group(config.aws.prefix, config.name)
        if asked is not None and asked.flow_logs
        else None,
    )


def _has_secrets(config: ForgeConfig) -> bool:
    definition, access = config.aws.head_job_definition, config.aws.platform_access
    return bool(
        config.secrets_kms_key_id
        or (definition is not None and definition.secrets)
        or (access is not None and access.pipeline_secrets)
    )


def _slots(cidr: str, zones: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ranges of public and of private subnets.

    A zone's range depends on nothing but the zone: a zone more, or private subnets beside public
    ones, must not move the subnets that nodes run in.
    """
    import ipaddress  # noqa: PLC0415 - not needed where subnets are given

    every = list(ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=limits.VPC_SLOT_BITS))
    half = len(every) // 2
    return (
        tuple(str(one) for one in every[:zones]),
        tuple(str(one) for one in every[half : half + zones]),
    )


def _why(found: Network, *, asked: bool) -> Decision:
    count = len(found.private_cidrs or found.public_cidrs)
    value = f"a VPC of {found.cidr} with {count} {KINDS[found.mode]}"
    reason = "the file asks for it"
    if not asked:
        reason = (
            "no subnets are given: Forge would take the account's default VPC, which "
            "cannot be seen from here and may not exist; this one costs nothing while idle"
        )
    return Decision(
        field="aws.network", value=value, reason=reason, source=sources.SEQERA_AWS_BATCH
    )
