# SPDX-License-Identifier: Apache-2.0
"""Run ministack with what it lacks: `python -m tests.lifecycle.emulator`, as `server.py` does."""

from __future__ import annotations

import json
from typing import Any

from ministack import app  # type: ignore[import-untyped]
from ministack.core import router  # type: ignore[import-untyped]
from ministack.services.cloudformation.provisioners import (  # type: ignore[import-untyped]
    _RESOURCE_HANDLERS,
)

from tests.lifecycle.emulator import buckets, faults, fsx, gaps, interfaces
from tests.lifecycle.emulator.batch_resources import (
    ComputeEnvironments,
    JobDefinitions,
    JobQueues,
)
from tests.lifecycle.emulator.batch_rules import BatchError
from tests.lifecycle.emulator.by_schema import BySchema
from tests.lifecycle.emulator.group_rules import GroupRules
from tests.lifecycle.emulator.world import batch

OPERATIONS = frozenset(
    f"{verb}_{noun}"
    for noun in ("compute_environment", "job_queue")
    for verb in ("create", "update", "delete")
) | {
    "describe_compute_environments",
    "describe_job_queues",
    "describe_job_definitions",
    "describe_jobs",
    "register_job_definition",
    "deregister_job_definition",
    "submit_job",
    "terminate_job",
}

BY_SCHEMA = (
    "AWS::Batch::SchedulingPolicy",
    "AWS::Budgets::Budget",
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::IAM::AccessKey",
    "AWS::IAM::OIDCProvider",
)


async def serve_batch(
    _method: str,
    path: str,
    _headers: dict[str, str],
    body: bytes,
    _query: Any,
) -> tuple[int, dict[str, str], bytes]:
    """Answer a request to AWS Batch: POST /v1/operation."""
    operations = {name.replace("_", ""): name for name in OPERATIONS}
    name = operations.get(path.rsplit("/", 1)[-1].lower())
    if name is None:
        status, answer = 501, {"message": f"{path} is not modelled"}
    else:
        try:
            status, answer = 200, getattr(batch(), name)(json.loads(body or b"{}"))
        except BatchError as error:
            status, answer = 400, {"__type": "ClientException", "message": str(error)}
    return status, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def install() -> None:
    """Register services and handlers with ministack."""
    router.SERVICE_PATTERNS["fsx"] = {
        "host_patterns": [r"^fsx\."],
        "target_prefixes": ["AWSSimbaAPIService_v20180301"],
        "credential_scope": "fsx",
    }
    app.SERVICE_HANDLERS |= {"batch": serve_batch, "fsx": fsx.serve}
    handlers: dict[str, Any] = {
        "AWS::Batch::ComputeEnvironment": ComputeEnvironments(batch),
        "AWS::Batch::JobQueue": JobQueues(batch),
        "AWS::Batch::JobDefinition": JobDefinitions(batch),
        "AWS::FSx::DataRepositoryAssociation": fsx.Associations(),
        "AWS::FSx::FileSystem": fsx.FileSystems(),
        "AWS::EC2::NatGateway": BySchema("AWS::EC2::NatGateway", interfaces.keep_nat_gateway),
        "AWS::EC2::SecurityGroupIngress": GroupRules("Ingress"),
        "AWS::EC2::SecurityGroupEgress": GroupRules("Egress"),
        **{kind: BySchema(kind) for kind in BY_SCHEMA},
    }
    for kind, handler in handlers.items():
        # What ministack has is better than the schema alone, but for alarms on sums of metrics.
        if kind not in _RESOURCE_HANDLERS or kind.startswith(("AWS::Batch::", "AWS::CloudWatch::")):
            _RESOURCE_HANDLERS[kind] = {
                "create": handler.create,
                "update": handler.update,
                "update_with_logical_id": True,
                "delete": handler.delete,
            }
    buckets.install()
    gaps.install()
    interfaces.install()
    faults.install()


if __name__ == "__main__":
    install()
    app.main()
