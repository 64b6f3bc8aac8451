# SPDX-License-Identifier: Apache-2.0
"""Quotas of vCPUs that run at a time in an account and region, as Service Quotas names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from seqera_batch.catalog.instances import ALIASES
from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota.

    Args:
        service: Service Quotas' code of the service.
        code: Its own code.
        name: What it counts, a few words.
    """

    service: str
    code: str
    name: str


# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html
# Name, series, code for On-Demand, code for Spot.
_EC2 = (
    ("standard types", "a c d h i im is m r t z", "L-1216C47A", "L-34B43A08"),
    ("G and VT types", "g gr vt", "L-DB2E81BA", "L-3819A6DF"),
    ("P types", "p", "L-417A185B", "L-7212CCBC"),
    ("F types", "f", "L-74FC7D96", "L-88CF9481"),
    ("X types", "x", "L-7295265B", "L-E3A00192"),
    ("Inf types", "inf", "L-1945791B", "L-B5D1601B"),
    ("Trn types", "trn", "L-2C3B7624", "L-6B0D517C"),
    ("DL types", "dl", "L-6E869C2A", "L-85EED4F7"),
    ("high memory types", "u", "L-43DA4232", None),
    ("HPC types", "hpc", "L-F7808C92", None),
)

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
FARGATE = Quota("fargate", "L-3032A538", "Fargate On-Demand")


def quotas_of(types: Iterable[str], kind: Literal["EC2", "SPOT"]) -> tuple[Quota, ...]:
    """Return the quotas that instance types count against, each once.

    Args:
        types: Types, families and AWS Batch's own words.
        kind: On-Demand and Spot have quotas of their own.
    """
    return tuple(dict.fromkeys(_quotas(types, kind)))


def _quotas(types: Iterable[str], kind: Literal["EC2", "SPOT"]) -> Iterator[Quota]:
    market = {"EC2": "On-Demand", "SPOT": "Spot"}[kind]
    for name in (each for one in types for each in ALIASES.get(one, (one,))):
        series = re.match("[a-z]*", name)
        for words, every, on_demand, spot in _EC2:
            code = on_demand if kind == "EC2" else spot
            if code is not None and series is not None and series[0] in every.split():
                yield Quota("ec2", code, f"{market} {words}")
