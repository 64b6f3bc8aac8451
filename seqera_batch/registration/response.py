# SPDX-License-Identifier: Apache-2.0
"""The answer to CloudFormation, without which a stack waits until its time is up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .client import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .client import Answer, Clock

RESPONSE_BYTES = 4096
"""Most that CloudFormation takes."""
ATTEMPTS = 5
SECONDS = 10.0


def respond(  # noqa: PLR0913 - what the answer consists of, and how it gets there
    event: Mapping[str, Any],
    physical_id: str,
    problem: str | None,
    *,
    send: Callable[[str, str, Mapping[str, str], bytes | None, float], Answer],
    clock: Clock,
    log: Callable[[str], None],
) -> None:
    """Tell CloudFormation how it ended.

    Args:
        event: The request.
        physical_id: Id of the environment, or what stands for none.
        problem: What went wrong; None for success.
        send: Sends one request.
        clock: Time.
        log: Takes a line about each attempt that failed.

    Raises:
        NoAnswerError: CloudFormation's address took the answer at no attempt.
    """
    body = _body(event, physical_id, problem)
    said = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            clock.sleep(2.0 ** (attempt - 1))
        try:
            # The address is signed for an empty content type.
            answer = send("PUT", event["ResponseURL"], {"Content-Type": ""}, body, SECONDS)
        except NoAnswerError as error:
            said = str(error)
        else:
            if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's range of success
                return
            said = str(answer.status)
        log(f"CloudFormation did not take the answer: {said}")
    raise NoAnswerError(f"CloudFormation did not take the answer: {said}")


def _body(event: Mapping[str, Any], physical_id: str, problem: str | None) -> bytes:
    content = {
        "Status": "SUCCESS" if problem is None else "FAILED",
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    if problem is None:
        content["Reason"] = "done"
        return json.dumps(content).encode()
    content["Reason"] = ""
    room = RESPONSE_BYTES - len(json.dumps(content))
    # JSON writes some characters longer; cut until it fits.
    shown = problem[:room]
    while len(json.dumps(shown)) - len('""') > room:
        shown = shown[:-1]
    content["Reason"] = shown
    return json.dumps(content).encode()
