# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks each rule about subnets, VPCs and security groups."""

from typing import Any

VPC = "vpc-0123456789abcdef0"
SUBNETS = [f"subnet-{number:017x}" for number in range(17)]
GROUPS = [f"sg-{number:017x}" for number in range(6)]
FARGATE = {"wave_enabled": True, "fusion2_enabled": True, "forge.fargate_head_enabled": True}

ROWS: dict[str, dict[str, Any]] = {
    "network-once": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {},
            {"aws.network.create": {}},
            {"aws.network.existing": {"subnets": SUBNETS[:1], "vpc_id": VPC}},
            {"forge.subnets": SUBNETS[:1], "forge.vpc_id": VPC},
        ],
        "breaks": [
            {
                "with": {"aws.network": {}},
                "paths": ["aws.network"],
                "says": "existing or created",
                "fixes": "add aws.network.create",
            },
            {
                "with": {
                    "aws.network": {"egress": "restricted"},
                    "forge.vpc_id": VPC,
                    "forge.subnets": SUBNETS[:1],
                },
                "paths": ["aws.network"],
                "says": "existing or created",
                "fixes": "move forge.vpc_id, subnets and security_groups to aws.network.existing",
            },
            {
                "with": {
                    "aws.network.create": {},
                    "aws.network.existing": {"subnets": SUBNETS[:1], "vpc_id": VPC},
                },
                "paths": ["aws.network"],
                "says": "existing or created",
            },
            {
                "with": {
                    "aws.network.create": {},
                    "forge.vpc_id": VPC,
                    "forge.subnets": SUBNETS[:1],
                    "forge.security_groups": GROUPS[:1],
                },
                "paths": ["forge.vpc_id", "forge.subnets", "forge.security_groups"],
                "says": "given in aws.network as well",
            },
        ],
    },
    "vpc-needs-subnets": {
        "own": "error",
        "exported": "error",
        "keeps": [{}, {"forge.vpc_id": VPC, "forge.subnets": SUBNETS[:1]}],
        "breaks": [
            {
                "with": {"forge.vpc_id": VPC},
                "paths": ["forge.subnets"],
                "says": "cannot be looked up",
                "fixes": VPC,
            },
        ],
    },
    "security-groups-need-subnets": {
        "own": "error",
        "exported": "replaced",
        "keeps": [{"forge.subnets": SUBNETS[:1], "forge.security_groups": GROUPS[:1]}],
        "breaks": [
            {
                "with": {"forge.security_groups": GROUPS[:1]},
                "paths": ["forge.security_groups"],
                "says": "security groups of another one",
            },
        ],
    },
    "subnets-need-vpc": {
        "own": "error",
        "exported": "warning",
        "keeps": [
            {"forge.subnets": SUBNETS[:1], "forge.vpc_id": VPC},
            {"forge.subnets": SUBNETS[:1], "forge.security_groups": GROUPS[:1]},
            {"aws.network.existing": {"subnets": SUBNETS[:1], "vpc_id": VPC}},
            {"aws.network.existing": {"subnets": SUBNETS[:1], "security_groups": GROUPS[:1]}},
        ],
        "breaks": [
            {
                "with": {"forge.subnets": SUBNETS[:1]},
                "paths": ["forge.vpc_id"],
                "says": "no security group is given",
            },
            {
                "with": {"aws.network.existing": {"subnets": SUBNETS[:1]}},
                "paths": ["aws.network.existing.vpc_id"],
                "says": "no security group is given",
            },
        ],
    },
    "fargate-network-size": {
        "own": "error",
        "exported": "error",
        "keeps": [
            FARGATE,
            {**FARGATE, "forge.subnets": SUBNETS[:16], "forge.security_groups": GROUPS[:5]},
            {"forge.subnets": SUBNETS, "forge.security_groups": GROUPS},
        ],
        "breaks": [
            {
                "with": {**FARGATE, "forge.subnets": SUBNETS, "forge.security_groups": GROUPS},
                "paths": ["forge.subnets", "forge.security_groups"],
                "says": "take fewer",
            },
            {
                "with": {
                    **FARGATE,
                    "aws.network.existing": {"subnets": SUBNETS, "security_groups": GROUPS},
                },
                "paths": ["aws.network.existing.subnets", "aws.network.existing.security_groups"],
                "says": "take fewer",
            },
        ],
    },
    "network-ids-once": {
        "own": "error",
        "exported": "warning",
        "keeps": [{"forge.subnets": SUBNETS, "forge.security_groups": GROUPS}],
        "breaks": [
            {
                "with": {
                    "forge.subnets": [SUBNETS[0], SUBNETS[0]],
                    "forge.security_groups": [GROUPS[0], GROUPS[0]],
                },
                "paths": ["forge.subnets", "forge.security_groups"],
                "says": "listed twice",
            },
            {
                "with": {
                    "aws.network.existing": {"subnets": [SUBNETS[0], SUBNETS[0]], "vpc_id": VPC}
                },
                "paths": ["aws.network.existing.subnets"],
                "says": "listed twice",
            },
        ],
    },
    "cidr-size": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.network.create": {}},
            {"aws.network.create": {"cidr": "10.0.0.0/16", "zones": 6}},
            {"aws.network.create": {"cidr": "10.0.0.0/24", "zones": 6}},
            {"aws.network.create": {"cidr": "10.0.0.0/20", "mode": "private"}},
        ],
        "breaks": [
            *(
                {
                    "with": {"aws.network.create": {"cidr": cidr}},
                    "paths": ["aws.network.create.cidr"],
                    "says": "too small: a subnet takes a 16th",
                    "allows": "/24 or larger",
                }
                for cidr in ("10.0.0.0/25", "10.0.0.0/28")
            ),
            *(
                {
                    "with": {"aws.network.create": {"cidr": cidr}},
                    "paths": ["aws.network.create.cidr"],
                    "says": "this is no IPv4 network",
                }
                for cidr in ("10.0.0.1/16", "10.0.256.0/24", "999.0.0.0/16")
            ),
        ],
    },
    "cidr-private": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            {"aws.network.create": {"cidr": cidr}}
            for cidr in ("10.1.0.0/16", "172.31.0.0/16", "192.168.0.0/16", "100.64.0.0/16")
        ],
        "breaks": [
            {
                "with": {"aws.network.create": {"cidr": "8.8.0.0/16"}},
                "paths": ["aws.network.create.cidr"],
                "says": "somebody on the internet",
                "allows": "10.0.0.0/8",
            },
            {
                "with": {"aws.network.create": {"cidr": "172.17.0.0/16"}},
                "paths": ["aws.network.create.cidr"],
                "says": "Docker on the nodes",
            },
        ],
    },
    "zones-exist": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.network.create": {}, "region": "us-west-1"},
            {"aws.network.create": {"zones": 2}, "region": "us-west-1"},
            # Nothing is known of other regions.
            {"aws.network.create": {"zones": 6}, "region": "us-east-1"},
            {"aws.network.create": {"zones": 1}},
            {"aws.network.create": {"zones": ["eu-west-1c", "eu-west-1a"]}},
            {"aws.network.create": {"zones": ["euw1-az1", "euw1-az3"]}},
        ],
        "breaks": [
            {
                "with": {"aws.network.create": {"zones": ["eu-west-1a", "eu-west-2b"]}},
                "paths": ["aws.network.create.zones[1]"],
                "says": "the zone is not in eu-west-1",
            },
            {
                "with": {"aws.network.create": {"zones": ["euw1-az1", "euw1-az1"]}},
                "paths": ["aws.network.create.zones[1]"],
                "says": "the zone is listed twice",
            },
            {
                "with": {"aws.network.create": {"zones": ["euw1-az1", "eu-west-1a"]}},
                "paths": ["aws.network.create.zones"],
                "says": "a name and an id may mean the same zone",
            },
            {
                "with": {
                    "aws.network.create": {"zones": ["us-west-1a", "us-west-1b", "us-west-1c"]},
                    "region": "us-west-1",
                },
                "paths": ["aws.network.create.zones"],
                "says": "accounts have 2 availability zones in us-west-1",
            },
            {
                "with": {"aws.network.create": {"zones": 3}, "region": "us-west-1"},
                "paths": ["aws.network.create.zones"],
                "says": "accounts have 2 availability zones in us-west-1",
            },
        ],
    },
    "nat-gateways-mode": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.network.create": {"mode": "private"}},
            {"aws.network.create": {"mode": "private", "nat_gateways": 3}},
            {"aws.network.create": {"mode": "private", "nat_gateways": 2, "zones": 2}},
        ],
        "breaks": [
            *(
                {
                    "with": {"aws.network.create": {"mode": mode, "nat_gateways": 1}},
                    "paths": ["aws.network.create.nat_gateways"],
                    "says": f"no NAT gateways in {mode} mode",
                    "fixes": "mode: private",
                }
                for mode in ("public", "isolated")
            ),
            {
                "with": {"aws.network.create": {"mode": "private", "nat_gateways": 4}},
                "paths": ["aws.network.create.nat_gateways"],
                "says": "the network has 3 zones",
                "allows": "1 to 3",
            },
            {
                "with": {
                    "aws.network.create": {
                        "mode": "private",
                        "nat_gateways": 2,
                        "zones": ["eu-west-1b"],
                    }
                },
                "paths": ["aws.network.create.nat_gateways"],
                "says": "the network has 1 zone",
                "allows": "1",
            },
        ],
    },
    "egress-own-group": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.network": {"create": {}, "egress": "restricted"}},
            {
                "aws.network": {
                    "existing": {"subnets": SUBNETS[:1], "vpc_id": VPC},
                    "egress": "restricted",
                }
            },
            {
                "aws.network": {
                    "existing": {"subnets": SUBNETS[:1], "security_groups": GROUPS[:1]},
                    "egress": "all",
                }
            },
        ],
        "breaks": [
            {
                "with": {
                    "aws.network": {
                        "existing": {"subnets": SUBNETS[:1], "security_groups": GROUPS[:1]},
                        "egress": "restricted",
                    }
                },
                "paths": ["aws.network.egress"],
                "says": "are not changed",
            },
        ],
    },
    "isolated-wave": {
        "own": "error",
        "exported": "error",
        "keeps": [{"aws.network.create": {"mode": "private"}, "wave_enabled": True}],
        "breaks": [
            {
                "with": {"aws.network.create": {"mode": "isolated"}, "wave_enabled": True},
                "paths": ["wave_enabled"],
                "says": "cannot reach Wave",
                "fixes": "mode: private",
            },
        ],
    },
    "isolated-aws-cli": {
        "own": "error",
        "exported": "error",
        "keeps": [
            {"aws.network.create": {"mode": "private"}},
            {
                "aws.network.create": {"mode": "isolated"},
                "forge.image_id": "ami-0123456789abcdef0",
                "cli_path": "/opt/aws-cli/bin/aws",
            },
        ],
        "breaks": [
            {
                "with": {"aws.network.create": {"mode": "isolated"}},
                "paths": ["cli_path"],
                "says": "cannot download the AWS CLI",
                "fixes": "cli_path",
            },
        ],
    },
    "isolated-platform": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{"aws.network.create": {"mode": "private"}}],
        "breaks": [
            {
                "with": {"aws.network.create": {"mode": "isolated"}},
                "paths": ["aws.network.create.mode"],
                "says": "cannot reach Seqera Cloud",
            },
        ],
    },
    "isolated-endpoints": {
        "own": "warning",
        "exported": "warning",
        "keeps": [{"aws.network.create": {"mode": "isolated"}}],
        "breaks": [],
    },
}
