# SPDX-License-Identifier: Apache-2.0
"""Entry point of the Lambda function: one request of CloudFormation in, one answer out, always."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import client
from .client import Answer, Clock, FailureError, Platform
from .registrar import NOT_CREATED, Registrar
from .response import respond
from .wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANSWER_SECONDS = 70.0
"""Kept back to tell CloudFormation, retries included."""
HIDDEN = "(hidden)"


@dataclass(slots=True)
class Services:
    """What the function reaches, which tests replace.

    Args:
        token: Returns the access token.
        secret: ARN of the secret that holds it, for messages.
        send: Sends one request.
        clock: Time.
        write: Takes a line for the log.
    """

    token: Callable[[], str]
    secret: str
    send: Callable[[str, str, Mapping[str, str], bytes | None, float], Answer] = client.send
    clock: Clock = field(default_factory=Clock)
    write: Callable[[str], None] = print
    hidden: str | None = field(default=None, init=False)

    def hide(self, text: str) -> str:
        """Return a text without the token, whoever put it there."""
        return text.replace(self.hidden, HIDDEN) if self.hidden else text

    def log(self, text: str) -> None:
        """Write a line without the token."""
        self.write(self.hide(text))


def on_event(event: Mapping[str, Any], context: Any) -> None:  # noqa: ANN401 - Lambda's own type
    """Serve a request of CloudFormation.

    Args:
        event: The request; holds a signed address, so it is never logged as a whole.
        context: Lambda's context, which knows the time that is left.
    """
    secret = os.environ["TOKEN_SECRET"]
    services = Services(
        token=lambda: read_token(secret, os.environ.get("TOKEN_FIELD")), secret=secret
    )
    handle(event, services, context.get_remaining_time_in_millis() / 1000)


def handle(event: Mapping[str, Any], services: Services, seconds_left: float) -> None:
    """Do what a request asks for and answer it, whatever happens.

    Args:
        event: The request.
        services: What is reached.
        seconds_left: Until Lambda ends the function.
    """
    kind = event["RequestType"]
    physical_id = event.get("PhysicalResourceId") or NOT_CREATED
    services.log(f"{kind} {event['LogicalResourceId']} {physical_id} of {event['StackId']}")
    problem = None
    # Its id so far is the answer if the work fails, so it outlives the exception.
    registrar: Registrar | None = None
    try:
        if kind != "Delete" or physical_id != NOT_CREATED:
            deadline = services.clock.now() + seconds_left - ANSWER_SECONDS
            wanted = Wanted.of(event, event["ResourceProperties"])
            registrar = Registrar(_platform(wanted, services, deadline), physical_id)
            physical_id = _serve(registrar, event, wanted)
    except FailureError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - CloudFormation has to be answered
        problem = f"{type(error).__name__}: {error}"
        services.log(traceback.format_exc())
    if problem is not None:
        problem = services.hide(problem)
        physical_id = registrar.physical_id if registrar else physical_id
        services.log(f"failed: {problem}")
    respond(event, physical_id, problem, send=services.send, clock=services.clock, log=services.log)


def _platform(wanted: Wanted, services: Services, deadline: float) -> Platform:
    services.hidden = services.token()
    return Platform(
        endpoint=wanted.endpoint,
        workspace_id=wanted.workspace_id,
        token=services.hidden,
        secret=services.secret,
        deadline=deadline,
        clock=services.clock,
        send=services.send,
        log=services.log,
    )


def _serve(registrar: Registrar, event: Mapping[str, Any], wanted: Wanted) -> str:
    """Return the id of the environment that CloudFormation is to know from now on."""
    if event["RequestType"] == "Create":
        return registrar.create(wanted)
    if event["RequestType"] == "Update":
        return registrar.update(wanted, Wanted.of(event, event["OldResourceProperties"]))
    registrar.delete(wanted)
    return registrar.physical_id


def read_token(secret: str, name: str | None) -> str:
    """Return the access token from Secrets Manager.

    Args:
        secret: ARN of the secret.
        name: Field of the secret's JSON; None if the secret is the token itself.

    Raises:
        FailureError: There is no token, said without the secret's content.
    """
    # Lambda's runtime brings boto3; the library itself has no use for it.
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        value = boto3.client("secretsmanager").get_secret_value(SecretId=secret)
    except (BotoCoreError, ClientError) as error:
        raise FailureError(f"cannot read the access token from secret {secret}: {error}") from error
    token = value.get("SecretString") or ""
    if name is not None:
        try:
            token = json.loads(token)[name]
        except (ValueError, KeyError, TypeError):
            raise FailureError(f"secret {secret} is no JSON object with field {name!r}") from None
    token = token.strip() if isinstance(token, str) else ""
    if token.startswith("{"):
        raise FailureError(f"secret {secret} holds JSON: name the field that holds the token")
    if not token or " " in token or not token.isascii() or not token.isprintable():
        raise FailureError(f"secret {secret} does not hold an access token: expected one word")
    return token
