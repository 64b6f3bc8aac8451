# SPDX-License-Identifier: Apache-2.0
"""Overload, faults, wrong addresses and slow servers; and the answer that always gets out."""

from __future__ import annotations

import email.utils
import json
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.registration import client, handler
from seqera_batch.registration.client import Clock, FailureError, NoAnswerError
from tests.registration.conftest import TOKEN, body

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqera_batch.registration.handler import Services
    from tests.registration.conftest import Fake, Reply

    Run = Callable[..., dict[str, Any]]

BUSY: Reply = (429, {"message": "slow down"}, {})


def test_backs_off(fake: Fake, run: Run) -> None:
    """429 without a time is tried again after growing pauses, for creation too."""
    fake.fail("POST /", *[BUSY] * 7)
    assert run("Create")["Status"] == "SUCCESS"
    assert fake.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert len(fake.envs) == 1


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("17", 17.0),
        ("-5", 0.0),
        (email.utils.formatdate(1.8e9 + 12, usegmt=True), 12.0),
        (email.utils.formatdate(1.8e9 - 12, usegmt=True), 0.0),
        ("soon", 1.0),
    ],
)
def test_retry_after(fake: Fake, run: Run, after: str, seconds: float) -> None:
    """Retry-After is kept to, as a number or a date; what is neither is passed over."""
    fake.fail("GET /", (429, None, {"Retry-After": after}))
    assert run("Create")["Status"] == "SUCCESS"
    assert fake.slept == [seconds]


def test_retry_after_too_long(fake: Fake, run: Run) -> None:
    """A pause longer than the time that is left ends it at once."""
    fake.fail("GET /", (429, None, {"Retry-After": "3600"}))
    answer = run("Create")
    assert "compute-envs: 429, 1 times" in answer["Reason"]
    assert fake.slept == []


@pytest.mark.parametrize("fault", [None, BUSY, (500, None, {}), (503, b"<html>", {})])
def test_passing_faults(fake: Fake, run: Run, fault: Any) -> None:  # noqa: ANN401 - a reply
    """A fault that passes is not noticed, whatever was asked."""
    fake.fail("GET /", fault)
    fake.fail("GET /id", fault)
    fake.fail("PUT /id", fault)
    identifier = run("Create")["PhysicalResourceId"]
    fake.fail("DELETE /id", fault)
    assert run("Delete", physical_id=identifier)["Status"] == "SUCCESS"
    assert fake.envs[identifier]["deleted"]


def test_lasting_faults(fake: Fake, run: Run) -> None:
    """A fault that stays is told with how often it was met."""
    fake.fail("GET /", *[(503, None, {})] * 8)
    reason = run("Create")["Reason"]
    assert "503, 8 times" in reason
    assert "check that the function reaches the endpoint" in reason


def test_breaks_off(fake: Fake, run: Run) -> None:
    """An answer that breaks off is none; an error that does still counts."""
    fake.fail("GET /", (200, b"{", {"Content-Length": "100", "Connection": "close"}))
    assert run("Create")["Status"] == "SUCCESS"
    fake.fail("GET /", (400, b"{", {"Content-Length": "100", "Connection": "close"}))
    assert "with 400" in run("Create", body("other"))["Reason"]


def test_not_the_api(fake: Fake, run: Run) -> None:
    """A page instead of JSON says that the endpoint is not the API's."""
    fake.fail("GET /", (200, b"<html>", {}))
    assert "does not answer as Platform's API" in run("Create")["Reason"]
    fake.fail("GET /", (200, [], {}))
    assert "of Enterprise https://<host>/api" in run("Create")["Reason"]


def test_odd_list(fake: Fake, run: Run) -> None:
    """A list without environments is an empty one."""
    fake.fail("GET /", (200, {"computeEnvs": None}, {}))
    assert run("Create")["Status"] == "SUCCESS"


def test_odd_description(fake: Fake, run: Run) -> None:
    """An answer without an environment means that there is none."""
    identifier = run("Create")["PhysicalResourceId"]
    fake.fail("GET /id", (200, {"computeEnv": None}, {}))
    assert run("Delete", physical_id=identifier)["Status"] == "SUCCESS"


def test_redirect(fake: Fake, run: Run) -> None:
    """A redirect is not followed: it would take the token along."""
    elsewhere = f"http://127.0.0.1:{fake.port}/api/elsewhere"
    fake.fail("GET /", (302, None, {"Location": elsewhere}))
    assert "is redirected (302); the token is not sent" in run("Create")["Reason"]
    assert len(fake.headers) == 2


def test_slow_server() -> None:
    """A server that says nothing is given up after the time given."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NoAnswerError, match=r"(?i)timed? ?out"):
            client.send("GET", url, {}, None, 0.05)


def test_no_server() -> None:
    """A port where nobody listens is no answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NoAnswerError, match="refused"):
        client.send("GET", f"http://127.0.0.1:{port}/", {}, None, 0.5)


def test_answer_without_content_type(fake: Fake, run: Run) -> None:
    """The address is signed for an empty content type."""
    run("Create")
    assert fake.headers[-1]["Content-Type"] == ""
    assert "Authorization" not in fake.headers[-1]


def test_answer_is_repeated(fake: Fake, run: Run) -> None:
    """An answer that CloudFormation's address does not take is sent again."""
    fake.fail("response", None, (503, None, {}))
    assert run("Create")["Status"] == "SUCCESS"
    assert fake.slept[-2:] == [1.0, 2.0]


def test_answer_never_taken(fake: Fake, run: Run) -> None:
    """If it is never taken the function fails, so that Lambda calls it once more."""
    fake.fail("response", *[(403, None, {})] * 5)
    with pytest.raises(NoAnswerError, match="did not take the answer: 403"):
        run("Create")


@pytest.mark.parametrize("sign", ["x", "é", "\U0001f9ec", '"'])
def test_long_messages(fake: Fake, services: Services, run: Run, sign: str) -> None:
    """A message is cut to what CloudFormation takes, in bytes."""

    def broken() -> str:
        raise FailureError(sign * 5000)

    services.token = broken
    answer = run("Create")
    assert len(json.dumps(answer)) <= 4096
    assert len(answer["Reason"]) > 250
    assert set(answer["Reason"]) == {sign}


class _Context:
    def get_remaining_time_in_millis(self) -> int:
        return 600_000


def test_entry_point(
    fake: Fake, services: Services, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda's entry reads secret and field from its environment, and the time from the context."""
    seen: list[Any] = []
    monkeypatch.setenv("TOKEN_SECRET", "arn:of-secret")
    monkeypatch.setenv("TOKEN_FIELD", "token")
    monkeypatch.setattr(handler, "read_token", lambda *given: "/".join(given))
    monkeypatch.setattr(handler, "handle", lambda *given: seen.append(given))
    handler.on_event({"RequestType": "Create"}, _Context())
    [(event, given, seconds)] = seen
    assert (event, seconds) == ({"RequestType": "Create"}, 600.0)
    assert given.token() == "arn:of-secret/token"
    assert given.secret == "arn:of-secret"  # noqa: S105 - its name
    assert replace(given).clock == Clock()


class _Secrets:
    """Secrets Manager, as far as the function uses it."""

    def __init__(self, value: dict[str, str] | Exception) -> None:
        self.value = value

    def client(self, service: str) -> _Secrets:
        assert service == "secretsmanager"
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's name
        assert SecretId == "arn"
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


@pytest.mark.parametrize(
    ("text", "name"), [(TOKEN, None), (f" {TOKEN}\n", None), (json.dumps({"a": TOKEN}), "a")]
)
def test_token(monkeypatch: pytest.MonkeyPatch, text: str, name: str | None) -> None:
    """The token is the whole secret, or a field of it in JSON."""
    monkeypatch.setattr("boto3.client", _Secrets({"SecretString": text}).client)
    assert handler.read_token("arn", name) == TOKEN


@pytest.mark.parametrize(
    ("value", "name", "says"),
    [
        ({"SecretString": '{"token": "abc"}'}, None, "secret arn holds JSON: name the field"),
        ({"SecretString": "abc"}, "token", "is no JSON object with field 'token'"),
        ({"SecretString": '{"other": "abc"}'}, "token", "is no JSON object with field 'token'"),
        ({"SecretString": '["abc"]'}, "token", "is no JSON object with field 'token'"),
        ({"SecretString": '{"token": 12}'}, "token", "expected one word"),
        ({"SecretString": "two words"}, None, "expected one word"),
        ({"SecretString": "line\nbreak"}, None, "expected one word"),
        ({"SecretString": "abcé"}, None, "expected one word"),
        ({"SecretBinary": "abc"}, None, "expected one word"),
    ],
)
def test_no_token(
    monkeypatch: pytest.MonkeyPatch, value: dict[str, str], name: str | None, says: str
) -> None:
    """A secret without a token is told by what is wrong, without its content."""
    monkeypatch.setattr("boto3.client", _Secrets(value).client)
    with pytest.raises(FailureError, match="secret arn") as raised:
        handler.read_token("arn", name)
    assert says in str(raised.value)
    assert "abc" not in str(raised.value)


def test_unreadable_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What AWS says against reading the secret reaches whoever deploys."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    error = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Get")
    monkeypatch.setattr("boto3.client", _Secrets(error).client)
    with pytest.raises(FailureError, match=r"secret arn: .*AccessDeniedException"):
        handler.read_token("arn", None)
