# SPDX-License-Identifier: Apache-2.0
"""What only the deployment knows, where a file's value should be: found, and answered.

CDK writes it into texts, numbers and lists, in a form that it has kept since its first release
(aws-cdk-lib, `core/lib/private/encoding.ts`). So it is known here without CDK.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from seqera_batch.problems import Problem

Location = tuple[int | str, ...]

_IN_TEXT = re.compile(r"[$#]\{Token\[[A-Za-z0-9:._-]+\.[0-9]+\]\}|-1\.[0-9]{10,16}e\+289")
"""A text or the one item of a list; or a number that was made a text."""
_IN_NUMBER = b"\xfb\xff"
"""First two bytes of a number that stands for another."""

_NETWORK = "pass vpc= to BatchForge, and vpc_subnets= and security_groups= where they matter"
_INSTEAD = {
    "arn": "pass encryption_key= to BatchForge",
    "compute_job_role": "pass compute_job_role= to BatchForge",
    "efs_id": "pass efs_file_system= to BatchForge",
    "execution_role": "pass execution_role= to BatchForge",
    "forge.max_cpus": "pass at_deployment=AtDeployment(max_cpus=…) to BatchForge",
    "fsx_name": "pass fsx_file_system= to BatchForge",
    "head_job_role": "pass head_job_role= to BatchForge",
    "image_id": "pass at_deployment=AtDeployment(image_id=…) to BatchForge",
    "region": "write its code, as in the stack's env=Environment(region=…)",
    "security_groups": _NETWORK,
    "subnets": _NETWORK,
    "vpc_id": _NETWORK,
    "work_dir": "pass work_bucket= to BatchForge, and write s3://work/FOLDER: of the bucket's name "
    "nothing counts then (work_folder= says the folder too)",
}
"""What to do in an app, by the last words of a path; a construct is taken where it can be."""
_ELSE = "write the value itself, or read it when the app runs: from its context, or a variable"


def known_at_deployment(data: object, section: str = "") -> Iterator[tuple[Location, Problem]]:
    """Yield where a value is one that only the deployment knows, and what to say of it.

    Args:
        data: What a program gives for an environment file, or a section of it.
        section: The section's word, such as `forge`; empty for the whole file.
    """
    for location, value in _found(data, ()):
        words = [section, *(part for part in location if isinstance(part, str))]
        fix = _INSTEAD.get(".".join(words[-2:])) or _INSTEAD.get(words[-1], _ELSE)
        yield (
            location,
            Problem(
                "known-at-deployment",
                written(location),
                "the value is known only at deployment, and this one is decided and reviewed "
                "before",
                value=value if isinstance(value, str) else f"a token of CDK for {_kind(value)}",
                allowed="a value that is known when the app runs",
                fix=fix,
            ),
        )


def written(location: Location) -> str:
    """Return a path as messages write it."""
    text = ""
    for part in location:
        if part == "[key]":
            continue
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _found(value: object, location: Location) -> Iterator[tuple[Location, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _found(key, location)
            yield from _found(item, (*location, str(key)))
    elif isinstance(value, list | tuple) and not _is_token([*value]):
        for number, item in enumerate(value):
            yield from _found(item, (*location, number))
    elif _is_token(value):
        yield location, value


def _is_token(value: object) -> bool:
    if isinstance(value, str):
        return bool(("Token[" in value or "e+289" in value) and _IN_TEXT.search(value))
    if isinstance(value, float):
        return struct.pack(">d", value)[:2] == _IN_NUMBER
    if isinstance(value, list):
        return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{Token[")
    return hasattr(type(value), "creation_stack")


def _kind(value: object) -> str:
    return {float: "a number", list: "a list", tuple: "a list"}.get(type(value), "a value")
