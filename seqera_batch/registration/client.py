# SPDX-License-Identifier: Apache-2.0
"""Seqera Platform's API for compute environments: retries, time limits, errors that say what to do.

Shapes and status codes are those of Platform's OpenAPI. For an id that does not exist the API
documents 403 and no 404; other clients of it have seen 404 as well. Both are understood.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REQUEST_SECONDS = 30.0
ATTEMPTS = 8
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
SHOWN_CHARACTERS = 600

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_MANY = 401, 403, 404, 409, 429
RETRIED = {TOO_MANY, 500, 502, 503, 504}


class FailureError(Exception):
    """What went wrong, in words for whoever deploys."""


class RefusedError(FailureError):
    """Platform answered, and the answer is no."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class UnclearError(FailureError):
    """Nobody knows whether Platform did what it was asked: it did not answer in full."""


class NoAnswerError(Exception):
    """The connection failed, broke or took too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes = b""
    retry_after: str | None = None

    def json(self) -> dict[str, Any] | None:
        """Return the body if it is a JSON object."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, which tests replace.

    Args:
        now: Seconds of a clock that never goes back.
        date: Seconds since 1970.
        sleep: Waits for seconds.
    """

    now: Callable[[], float] = time.monotonic
    date: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Makes an error of every redirect: urllib would take the token along to the other host."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def send(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
) -> Answer:
    """Send one request.

    Args:
        method: HTTP method.
        url: Whole address.
        headers: HTTP headers.
        body: Content, if any.
        seconds: How long each wait on the connection may take.

    Raises:
        NoAnswerError: There was no complete answer.
    """
    request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - callers check the scheme
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=seconds) as response:
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _rest(error), error.headers.get("Retry-After"))
    except (OSError, http.client.HTTPException) as error:
        # URLError and timeouts are OSErrors.
        raise NoAnswerError(f"{type(error).__name__}: {error}") from error


def _rest(error: urllib.error.HTTPError) -> bytes:
    """Return the text of an error; the status counts even if the text breaks off."""
    try:
        return error.read()
    except (OSError, http.client.HTTPException):
        return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One workspace of one Platform, with a time by which all has to be done.

    Args:
        endpoint: Address of the API, without a slash at the end.
        workspace_id: Number of the workspace; empty for the token's own user.
        token: Access token; stands in no message.
        secret: Name of the secret with the token, for messages.
        deadline: When to give up, on the clock.
        clock: Time.
        send: Sends one request.
        log: Takes a line about each answer.
    """

    endpoint: str
    workspace_id: str
    token: str
    secret: str
    deadline: float
    clock: Clock
    send: Callable[[str, str, Mapping[str, str], bytes | None, float], Answer]
    log: Callable[[str], None]

    @property
    def where(self) -> str:
        """The workspace, for messages."""
        return f"workspace {self.workspace_id}" if self.workspace_id else "the personal workspace"

    def all(self) -> list[dict[str, Any]]:
        """Return id, name, status and more of each environment of the workspace."""
        answer = self._call("GET", "")
        found = self._object(answer, "GET", "").get("computeEnvs")
        return [one for one in found or [] if isinstance(one, dict)]

    def describe(self, identifier: str) -> dict[str, Any] | None:
        """Return an environment with its description; None if there is none."""
        path = f"/{quote(identifier, safe='')}"
        answer = self._call("GET", path)
        if self._gone(answer, identifier):
            return None
        found = self._object(answer, "GET", path).get("computeEnv")
        if not isinstance(found, dict) or found.get("deleted") or found.get("status") == "DELETED":
            return None
        return found

    def create(self, body: Mapping[str, Any]) -> str:
        """Create an environment and return its id, before it is available.

        Raises:
            UnclearError: Platform may or may not have created it.
            RefusedError: It has not.
        """
        answer = self._call("POST", "", body, repeat=False)
        found = self._object(answer, "POST", "").get("computeEnvId")
        if not isinstance(found, str) or not found:
            raise UnclearError("Platform's answer to POST /compute-envs names no computeEnvId")
        return found

    def update(self, identifier: str, fields: Mapping[str, Any]) -> None:
        """Change what can be changed in place."""
        path = f"/{quote(identifier, safe='')}"
        self._check(self._call("PUT", path, fields), "PUT", path)

    def delete(self, identifier: str) -> None:
        """Ask for an environment to be deleted; one that is gone already is no error."""
        path = f"/{quote(identifier, safe='')}"
        answer = self._call("DELETE", path)
        if not self._gone(answer, identifier):
            self._check(answer, "DELETE", path)

    def _gone(self, answer: Answer, identifier: str) -> bool:
        """Whether there is no such environment, as opposed to no right to see it."""
        if answer.status == FORBIDDEN:
            return all(one.get("id") != identifier for one in self.all())
        return answer.status == NOT_FOUND

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, repeat: bool = True
    ) -> Answer:
        """Return the first answer that is neither overload nor a passing fault.

        Args:
            method: HTTP method.
            path: What follows `/compute-envs`.
            body: Content.
            repeat: Whether the request may be sent again when its effect is not known.
        """
        url = f"{self.endpoint}/compute-envs{path}"
        if self.workspace_id:
            url += "?" + urlencode({"workspaceId": self.workspace_id})
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self.token}"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        delay = FIRST_DELAY_SECONDS
        attempt = 0
        while True:
            attempt += 1
            seconds = min(REQUEST_SECONDS, max(1.0, self.deadline - self.clock.now()))
            answer: Answer | None = None
            try:
                answer = self.send(method, url, headers, content, seconds)
                said = f"{answer.status}"
            except NoAnswerError as error:
                said = f"no answer ({error})"
            self.log(f"{method} /compute-envs{path}: {said}")
            if answer is not None and answer.status not in RETRIED:
                return answer
            problem = f"{method} {self.endpoint}/compute-envs{path}: {said}"
            if not repeat and (answer is None or answer.status != TOO_MANY):
                raise UnclearError(problem)
            wait = delay if answer is None else self._asked_wait(answer, delay)
            if attempt == ATTEMPTS or self.clock.now() + wait >= self.deadline:
                raise FailureError(
                    f"{problem}, {attempt} times; "
                    "check that the function reaches the endpoint, and deploy again later"
                )
            self.clock.sleep(wait)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    def _asked_wait(self, answer: Answer, delay: float) -> float:
        """Return the seconds that Retry-After asks for, given as number or date; else our own."""
        if answer.retry_after is None:
            return delay
        try:
            return max(0.0, float(int(answer.retry_after)))
        except ValueError:
            pass
        try:
            date = parsedate_to_datetime(answer.retry_after)
        except ValueError:
            return delay
        return max(0.0, date.timestamp() - self.clock.date())

    def _object(self, answer: Answer, method: str, path: str) -> dict[str, Any]:
        self._check(answer, method, path)
        found = answer.json()
        if found is None:
            raise FailureError(
                f"{self.endpoint} does not answer as Platform's API: expected JSON. The endpoint "
                "of Seqera Cloud is https://api.cloud.seqera.io, of Enterprise https://<host>/api"
            )
        return found

    def _check(self, answer: Answer, method: str, path: str) -> None:
        """Raise what an answer other than success means."""
        status = answer.status
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP's range of success
            return
        said = (answer.json() or {}).get("message") or answer.body.decode(errors="replace")
        said = f": {str(said)[:SHOWN_CHARACTERS]}" if said else ""
        request = f"{method} {self.endpoint}/compute-envs{path}"
        if status == UNAUTHORIZED:
            message = (
                f"Platform does not accept the access token (401): the one in secret {self.secret} "
                f"is wrong, expired, revoked, or of another Platform than {self.endpoint}. "
                "Store a valid one in the secret and deploy again"
            )
        elif status == FORBIDDEN:
            message = (
                f"Platform forbids {request} (403): the token's user may not manage compute "
                f"environments in {self.where}, or it does not exist{said}"
            )
        elif status == CONFLICT and method == "DELETE":
            message = (
                f"Platform does not delete the compute environment (409){said}. Runs still use "
                "it: wait for them or cancel them, then repeat"
            )
        elif 300 <= status < 400:  # noqa: PLR2004 - HTTP's range of redirects
            message = (
                f"{request} is redirected ({status}); the token is not sent elsewhere. "
                "Give the address of the API itself as endpoint"
            )
        else:
            message = f"Platform answers {request} with {status}{said}"
        raise RefusedError(message, status)
