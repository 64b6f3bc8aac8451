# SPDX-License-Identifier: Apache-2.0
"""The sizes of every EC2 instance family: a literal table, so that no command needs AWS.

Source: EC2 ``DescribeInstanceTypes`` (the copies published with moto 5.2.5 and, for families that
have since left it, moto 4.2.14), laid out as AWS documents it: vCPUs follow from the size's name
and memory from a GiB-per-vCPU ratio that a family keeps from its smallest size to its largest.
<https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html>

What departs from those two rules is spelled out in ``CAPACITY_EXCEPTIONS``. Architecture, NVMe and
GPU are not here: they follow from the name (``instances.py``). Left out are types AWS retired
(``cc2``, ``cr1``, ``g2``, ``hs1``) or never published (``i3p``).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_TO_8 = "large xlarge 2xlarge 4xlarge 8xlarge"
_TO_12 = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge"
_TO_16 = f"{_TO_12} 16xlarge"
_TO_24 = f"{_TO_16} 24xlarge"
_TO_32 = f"{_TO_24} 32xlarge"
_TO_48 = f"{_TO_32} 48xlarge"
_NO_32 = f"{_TO_24} 48xlarge"
_BURSTABLE = "nano micro small medium large xlarge 2xlarge"
_DENSE = "large xlarge 2xlarge 3xlarge 6xlarge 12xlarge"
_METAL_24_48 = "metal-24xl metal-48xl"
_METAL_48_96 = "metal-48xl metal-96xl"

# (families, GiB of memory per vCPU, sizes from smallest to largest with bare metal last)
FAMILY_ROWS: Final[tuple[tuple[str, float, str], ...]] = (
    ("a1", 2, "medium large xlarge 2xlarge 4xlarge metal"),
    ("c1", 0.875, "medium xlarge"),
    ("c3 c4", 1.875, _TO_8),
    ("c5 c5d", 2, "large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal"),
    ("c5a c5ad", 2, _TO_24),
    ("c5n", 2.625, "large xlarge 2xlarge 4xlarge 9xlarge 18xlarge metal"),
    ("c6a", 2, f"{_TO_48} metal"),
    ("c6g c6gd c7g c7gd c7gn", 2, f"medium {_TO_16} metal"),
    ("c6gn", 2, f"medium {_TO_16}"),
    ("c6i c6id c6in", 2, f"{_TO_32} metal"),
    ("c7a", 2, f"medium {_TO_48} metal-48xl"),
    ("c7i", 2, f"{_NO_32} {_METAL_24_48}"),
    ("c7i-flex c8i-flex", 2, _TO_16),
    ("c8a c8g c8gb c8gd c8gn", 2, f"medium {_NO_32} {_METAL_24_48}"),
    ("c8i c8ib c8id c8in", 2, f"{_TO_48} 96xlarge {_METAL_48_96}"),
    ("c8ine", 2, _TO_12),
    ("c9g c9gd", 2, f"medium {_NO_32} metal-48xl"),
    ("d2", 7.625, "xlarge 2xlarge 4xlarge 8xlarge"),
    ("d3", 8, "xlarge 2xlarge 4xlarge 8xlarge"),
    ("d3en", 4, "xlarge 2xlarge 4xlarge 6xlarge 8xlarge 12xlarge"),
    ("dl1 dl2q", 8, "24xlarge"),
    ("f1", 15.25, "2xlarge 4xlarge 16xlarge"),
    ("f2", 32 / 3, "6xlarge 12xlarge 48xlarge"),
    ("g3", 7.625, "4xlarge 8xlarge 16xlarge"),
    ("g3s", 7.625, "xlarge"),
    ("g4ad", 4, "xlarge 2xlarge 4xlarge 8xlarge 16xlarge"),
    ("g4dn", 4, "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal"),
    ("g5 g6", 4, "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ("g5g", 2, "xlarge 2xlarge 4xlarge 8xlarge 16xlarge metal"),
    ("g6e", 8, "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge"),
    ("g6f", 4, "large xlarge 2xlarge 4xlarge"),
    ("g7", 4, "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge"),
    ("g7e", 32 / 3, "2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge"),
    ("gr6", 8, "4xlarge 8xlarge"),
    ("gr6f", 8, "4xlarge"),
    ("h1", 4, "2xlarge 4xlarge 8xlarge 16xlarge"),
    ("hpc6a", 4, "48xlarge"),
    ("hpc6id", 16, "32xlarge"),
    ("hpc7a", 4, "12xlarge 24xlarge 48xlarge 96xlarge"),
    ("hpc7g", 2, "4xlarge 8xlarge 16xlarge"),
    ("hpc8a", 4, "96xlarge"),
    ("i2", 7.625, "xlarge 2xlarge 4xlarge 8xlarge"),
    ("i3", 7.625, f"{_TO_8} 16xlarge metal"),
    ("i3en", 8, f"{_DENSE} 24xlarge metal"),
    ("i4g", 8, f"{_TO_8} 16xlarge"),
    ("i4i", 8, f"{_TO_32} metal"),
    ("i7i i8g", 8, f"{_NO_32} {_METAL_24_48}"),
    ("i7ie i8ge", 8, f"{_DENSE} 18xlarge 24xlarge 48xlarge {_METAL_24_48}"),
    ("im4gn", 4, f"{_TO_8} 16xlarge"),
    ("inf1", 2, "xlarge 2xlarge 6xlarge 24xlarge"),
    ("inf2", 4, "xlarge 8xlarge 24xlarge 48xlarge"),
    ("is4gen", 6, f"medium {_TO_8}"),
    ("m1", 3.75, "small medium large xlarge"),
    ("m2", 8.55, "xlarge 2xlarge 4xlarge"),
    ("m3", 3.75, "medium large xlarge 2xlarge"),
    ("m4", 4, "large xlarge 2xlarge 4xlarge 10xlarge 16xlarge"),
    ("m5 m5d m5dn m5n", 4, f"{_TO_24} metal"),
    ("m5a m5ad", 4, _TO_24),
    ("m5zn", 4, f"{_DENSE} metal"),
    ("m6a", 4, f"{_TO_48} metal"),
    ("m6g m6gd m7g m7gd", 4, f"medium {_TO_16} metal"),
    ("m6i m6id m6idn m6in", 4, f"{_TO_32} metal"),
    ("m7a", 4, f"medium {_TO_48} metal-48xl"),
    ("m7i", 4, f"{_NO_32} {_METAL_24_48}"),
    ("m7i-flex m8i-flex", 4, _TO_16),
    ("m8a m8g m8gb m8gd m8gn", 4, f"medium {_NO_32} {_METAL_24_48}"),
    ("m8azn", 4, "medium large xlarge 3xlarge 6xlarge 12xlarge 24xlarge metal-12xl metal-24xl"),
    ("m8i m8ib m8id m8idb m8idn m8in", 4, f"{_TO_48} 96xlarge {_METAL_48_96}"),
    ("m8ine", 4, _TO_12),
    ("m9g m9gd", 4, f"medium {_NO_32} metal-48xl"),
    ("mac-m3ultra mac-m4 mac-m4max mac-m4pro", 4, "metal"),
    ("mac1 mac2 mac2-m1ultra mac2-m2 mac2-m2pro", 4, "metal"),
    ("p2", 15.25, "xlarge 8xlarge 16xlarge"),
    ("p3", 7.625, "2xlarge 8xlarge 16xlarge"),
    ("p3dn", 8, "24xlarge"),
    ("p4d p4de", 12, "24xlarge"),
    ("p5", 32 / 3, "4xlarge 48xlarge"),
    ("p5e p5en p6-b200", 32 / 3, "48xlarge"),
    ("p6-b300", 64 / 3, "48xlarge"),
    ("r3", 7.625, _TO_8),
    ("r4", 7.625, f"{_TO_8} 16xlarge"),
    ("r5 r5b r5d r5dn r5n", 8, f"{_TO_24} metal"),
    ("r5a r5ad", 8, _TO_24),
    ("r6a", 8, f"{_TO_48} metal"),
    ("r6g r6gd r7g r7gd", 8, f"medium {_TO_16} metal"),
    ("r6i r6id r6idn r6in", 8, f"{_TO_32} metal"),
    ("r7a", 8, f"medium {_TO_48} metal-48xl"),
    ("r7i", 8, f"{_NO_32} {_METAL_24_48}"),
    ("r7iz", 8, f"{_TO_16} 32xlarge metal-16xl metal-32xl"),
    ("r8a r8g r8gb r8gd r8gn", 8, f"medium {_NO_32} {_METAL_24_48}"),
    ("r8i r8ib r8id r8idb r8idn r8in", 8, f"{_TO_48} 96xlarge {_METAL_48_96}"),
    ("r8i-flex", 8, _TO_16),
    ("r9g r9gd", 8, f"medium {_NO_32} metal-48xl"),
    ("t1", 0.6125, "micro"),
    ("t2 t3 t3a t4g", 4, _BURSTABLE),
    ("t8i", 2, "nano micro small medium"),
    ("trn1", 4, "2xlarge 32xlarge"),
    ("trn1n", 4, "32xlarge"),
    ("trn2", 32 / 3, "3xlarge 48xlarge"),
    ("trn2u", 32 / 3, "48xlarge"),
    # The high memory families say their whole memory in the name: TiB over the vCPUs of the size.
    ("u-3tb1", 3 * 1024 / 224, "56xlarge"),
    ("u-6tb1", 6 * 1024 / 448, "56xlarge 112xlarge"),
    ("u-9tb1", 9 * 1024 / 448, "112xlarge"),
    ("u-12tb1", 12 * 1024 / 448, "112xlarge"),
    ("u-18tb1", 18 * 1024 / 448, "112xlarge"),
    ("u-24tb1", 24 * 1024 / 448, "112xlarge"),
    ("u7i-6tb", 6 * 1024 / 448, "112xlarge"),
    ("u7i-8tb", 8 * 1024 / 448, "112xlarge"),
    ("u7i-12tb", 12 * 1024 / 896, "224xlarge"),
    ("u7in-16tb", 16 * 1024 / 896, "224xlarge"),
    ("u7in-24tb", 24 * 1024 / 896, "224xlarge"),
    ("u7in-32tb", 32 * 1024 / 896, "224xlarge"),
    ("vt1", 2, "3xlarge 6xlarge 24xlarge"),
    ("x1", 15.25, "16xlarge 32xlarge"),
    ("x1e", 30.5, "xlarge 2xlarge 4xlarge 8xlarge 16xlarge 32xlarge"),
    ("x2gd", 16, f"medium {_TO_16} metal"),
    ("x2idn", 16, "16xlarge 24xlarge 32xlarge metal"),
    ("x2iedn", 32, "xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge metal"),
    ("x2iezn", 32, "2xlarge 4xlarge 6xlarge 8xlarge 12xlarge metal"),
    ("x8aedz", 32, "large xlarge 3xlarge 6xlarge 12xlarge 24xlarge metal-12xl metal-24xl"),
    ("x8g", 16, f"medium {_NO_32} {_METAL_24_48}"),
    ("x8i", 16, f"{_TO_48} 64xlarge 96xlarge {_METAL_48_96}"),
    ("z1d", 8, f"{_DENSE} metal"),
)

# Instance type -> (vCPUs, MiB of memory) where the size's name or the family's ratio misleads.
CAPACITY_EXCEPTIONS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "c1.medium": (2, 1740),
        "c1.xlarge": (8, 7168),
        "c4.8xlarge": (36, 61440),
        "c5n.9xlarge": (36, 98304),
        "c5n.18xlarge": (72, 196608),
        "c5n.metal": (72, 196608),
        "d2.8xlarge": (36, 249856),
        "g4dn.metal": (96, 393216),
        # Below 12xlarge, g7e has 8 GiB per vCPU.
        "g7e.2xlarge": (8, 65536),
        "g7e.4xlarge": (16, 131072),
        "g7e.8xlarge": (32, 262144),
        # HPC sizes run one thread a core, and the smaller ones keep the whole host's memory.
        "hpc6a.48xlarge": (96, 393216),
        "hpc6id.32xlarge": (64, 1048576),
        "hpc7a.12xlarge": (24, 786432),
        "hpc7a.24xlarge": (48, 786432),
        "hpc7a.48xlarge": (96, 786432),
        "hpc7a.96xlarge": (192, 786432),
        "hpc7g.4xlarge": (16, 131072),
        "hpc7g.8xlarge": (32, 131072),
        "hpc8a.96xlarge": (192, 786432),
        "i3.metal": (72, 524288),
        "m1.small": (1, 1740),
        "m1.medium": (1, 3788),
        "m2.xlarge": (2, 17510),
        "m2.2xlarge": (4, 35020),
        "m2.4xlarge": (8, 70041),
        "mac-m3ultra.metal": (28, 262144),
        "mac-m4.metal": (10, 24576),
        "mac-m4max.metal": (16, 131072),
        "mac-m4pro.metal": (14, 49152),
        "mac1.metal": (12, 32768),
        "mac2.metal": (8, 16384),
        "mac2-m1ultra.metal": (20, 131072),
        "mac2-m2.metal": (8, 24576),
        "mac2-m2pro.metal": (12, 32768),
        "p2.16xlarge": (64, 749568),
        "p5.4xlarge": (16, 262144),
        "r3.large": (2, 15360),
        "t1.micro": (1, 627),
        # Burstable sizes below large: memory doubles from size to size while the vCPUs stay.
        "t2.nano": (1, 512),
        "t2.micro": (1, 1024),
        "t2.small": (1, 2048),
        "t2.medium": (2, 4096),
        "t3.nano": (2, 512),
        "t3.micro": (2, 1024),
        "t3.small": (2, 2048),
        "t3.medium": (2, 4096),
        "t3a.nano": (2, 512),
        "t3a.micro": (2, 1024),
        "t3a.small": (2, 2048),
        "t3a.medium": (2, 4096),
        "t4g.nano": (2, 512),
        "t4g.micro": (2, 1024),
        "t4g.small": (2, 2048),
        "t4g.medium": (2, 4096),
        "t8i.nano": (2, 512),
        "t8i.micro": (2, 1024),
        "t8i.small": (2, 2048),
        "t8i.medium": (2, 4096),
        "u-6tb1.56xlarge": (224, 6291456),
    }
)
