# SPDX-License-Identifier: Apache-2.0
"""Why nodes are not started, fail at their start, do not join or go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seqera_batch.account.answer import Answer
from seqera_batch.account.facts import RECENT, Environment, Facts, Failure, Node, Start
from seqera_batch.account.leaves import LEAVES, answer
from seqera_batch.account.texts import SCALING, first
from seqera_batch.node import NODE_FAILED
from seqera_batch.plan import ForgePlan
from seqera_batch.problems import Severity
from seqera_batch.words import counted

_STEP = re.compile(r"in the step '([^']*)'")


def start_answers(environment: Environment) -> Iterator[Answer]:
    """Yield why nodes are not started: each reason once, what does not pass by itself first.

    What failed before the last node that was started is over.
    """
    failed: dict[str, list[Start]] = {}
    for one in environment.starts:
        if not one.failed:
            break
        failed.setdefault(first(SCALING, one.said) or "scaling-otherwise", []).append(one)
    # Python's sort keeps those of one severity newest first.
    for name in sorted(failed, key=lambda one: LEAVES[one].severity is not Severity.ERROR):
        newest = failed[name][0]
        yield answer(
            name,
            environment.name,
            {
                "StatusMessage": newest.said,
                "StartTime": newest.when,
                "Failed": len(failed[name]),
            },
        )


def failure_answers(facts: Facts, plan: ForgePlan) -> Iterator[Answer]:
    """Yield in which steps nodes failed at their start, by the nodes' own logs."""
    group = plan.logs.nodes
    if group is None:
        return
    steps: dict[str, list[Failure]] = {}
    for one in facts.failures:
        steps.setdefault(_step(one.line), []).append(one)
    for step, failures in steps.items():
        newest = failures[0]
        # Those of the last hour were asked for first.
        since = "hour" if newest.when >= facts.now - RECENT else "day"
        yield answer(
            "node-start-failed",
            newest.instance,
            {"log": [newest.line], "timestamp": newest.when},
            step=step,
            count=f"{counted(len(failures), 'node')} in the last {since}",
            command=f"aws logs tail {group.name} --since 1d "
            f"--log-stream-name-prefix {newest.instance}",
        )


def _step(line: str) -> str:
    found = _STEP.search(line)
    return found[1] if found else "that its log names"


def node_answers(node: Node, facts: Facts) -> Iterator[Answer]:
    """Yield why a node takes no jobs."""
    minutes = node.minutes(facts.now)
    seen = {
        "State": node.instance["State"]["Name"],
        "LaunchTime": node.instance["LaunchTime"],
        "SubnetId": node.instance.get("SubnetId"),
        "PublicIpAddress": node.instance.get("PublicIpAddress"),
    }
    if node.registered is not None:
        attributes = {one["name"] for one in node.registered.get("attributes", ())}
        if not node.registered.get("agentConnected", True) and seen["State"] == "running":
            yield answer("node-agent-gone", node.id, {"agentConnected": False})
        elif attributes and "com.amazonaws.ecs.capability.logging-driver.awslogs" not in attributes:
            yield answer("node-without-awslogs", node.id, {"attributes": "none"})
        status = node.registered.get("status")
        if status not in {None, "ACTIVE"} and seen["State"] == "running":
            yield answer(
                "node-draining",
                node.id,
                {"status": status},
                status=status,
                cluster=node.cluster,
                registered=node.registered.get("containerInstanceArn"),
            )
        return
    if node.said is None:
        return
    words: dict[str, object] = {"minutes": minutes}
    failed = [line for line in node.said if NODE_FAILED in line]
    leaf = "node-not-joined"
    if failed:
        leaf = "node-start-failed"
        console = f"aws ec2 get-console-output --instance-id {node.id} --output text"
        words = {"step": _step(failed[-1]), "count": "1 node that runs", "command": console}
        seen["log"] = failed[-1:]
    elif not node.said and node.ours:
        leaf = "node-reaches-nothing"
    elif node.denied:
        leaf, words = "node-role-denied", {"denied": ", ".join(node.denied)}
    yield answer(leaf, node.id, seen, **words)


def ended_answers(environment: Environment, facts: Facts) -> Iterator[Answer]:
    """Yield why nodes went that nobody needed to go."""
    by_reason: dict[str, list[Node]] = {}
    failed = {one.instance for one in facts.failures}
    for node in environment.nodes:
        code = str(node.instance.get("StateReason", {}).get("Code", ""))
        if code and node.id not in failed:
            by_reason.setdefault(code, []).append(node)
    for code, nodes in by_reason.items():
        evidence = {"StateReason.Code": code, "InstanceId": [node.id for node in nodes]}
        words: dict[str, object] = {"count": len(nodes)}
        if code == "Server.SpotInstanceTermination":
            leaf = "nodes-reclaimed"
        elif code == "Client.InstanceInitiatedShutdown":
            leaf, words = "nodes-shut-down", {"count": counted(len(nodes), "node")}
            words["last"] = max(nodes, key=lambda node: str(node.instance["LaunchTime"])).id
        else:
            # As without the key of a volume: what EC2 says of it is what Auto Scaling would say.
            found = first(SCALING, code)
            if found in {None, "scaling-otherwise"}:
                continue
            leaf = str(found)
        yield answer(leaf, environment.name, evidence, **words)
