# SPDX-License-Identifier: Apache-2.0
"""What keeps and what breaks the rule about container images in Amazon ECR."""

from typing import Any

HERE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
THERE = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
OTHER = "999988887777.dkr.ecr.eu-west-1.amazonaws.com"


def _head(image: str, **aws: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the field takes
    said = {f"aws.{name}": value for name, value in aws.items()}
    return {"aws.account": "111122223333", "aws.head_job_definition": {"image": image}, **said}


ROWS: dict[str, dict[str, Any]] = {
    "ecr-image": {
        "own": "warning",
        "exported": "warning",
        "keeps": [
            _head("quay.io/seqeralabs/nf-launcher:j17-25.10.2"),
            _head("public.ecr.aws/seqera-labs/nf-launcher:1"),
            _head(f"{HERE}/nf-launcher:1"),
            _head(f"{HERE}/tools/nf-launcher:1", ecr_repositories=["tools/*"]),
            _head(f"{THERE}/nf-launcher@sha256:{'0' * 64}", ecr_repositories=[f"{THERE}/nf-*"]),
            _head(f"{OTHER}/nf-launcher:1", ecr_repositories=["a", f"{OTHER}/nf-launcher"]),
            # Whose the environment is, the file does not say.
            {"nextflow_config": f"docker.registry = '{OTHER}/docker-hub'"},
            # How names start, which processes complete.
            {
                "nextflow_config": f"docker.registry = '{THERE}/docker-hub/'",
                "aws.ecr_repositories": [f"{THERE}/docker-hub/*"],
            },
            {
                "nextflow_config": f"docker.registry = '{THERE}'",
                "aws.ecr_repositories": [f"{THERE}/docker-hub/*"],
            },
            # What such a role may do is not ours to say.
            {
                **_head(f"{THERE}/nf-launcher:1"),
                "execution_role": "arn:aws:iam::111122223333:role/own",
            },
        ],
        "breaks": [
            {
                "with": _head(f"{THERE}/nf-launcher:1"),
                "paths": ["aws.head_job_definition.image"],
                "says": "may pull from this repository",
                "allows": "the environment's account in eu-west-1",
                "fixes": f"add {THERE}/nf-launcher to aws.ecr_repositories, and whatever else",
            },
            {
                "with": _head(f"{OTHER}/nf-launcher:1"),
                "paths": ["aws.head_job_definition.image"],
                "says": "may pull from this repository",
            },
            {
                "with": _head(f"{HERE}/nf-launcher:1", ecr_repositories=["tools/*"]),
                "paths": ["aws.head_job_definition.image"],
                "says": "may pull from this repository",
                "allows": "images of tools/*",
            },
            {
                "with": {
                    "nextflow_config": f"docker.registry = '{THERE}/docker-hub'\n"
                    f"process.container = '{THERE}/salmon:1.10'\n",
                    "aws.ecr_repositories": ["docker-hub/*"],
                },
                "paths": ["nextflow_config", "nextflow_config"],
                "says": "may pull from this repository",
                "fixes": THERE,
            },
        ],
    },
}
