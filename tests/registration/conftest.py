# SPDX-License-Identifier: Apache-2.0
"""Platform's API and CloudFormation's address on loopback, and a clock that nobody waits for."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from seqera_batch.registration import client
from seqera_batch.registration.client import Answer, Clock
from seqera_batch.registration.handler import Services, handle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TOKEN = "eyJ0aWQiOiAxfS5zZWNyZXQ"  # noqa: S105 - of no Platform
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:seqera-token-AbCdEf"  # noqa: S105
ENDPOINT = "https://platform.test/api"
RESPONSE_URL = "https://cloudformation.test/response?signature=abc"
STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/TowerForge-demo/0a1b2c3d"
WORKSPACE = "4711"
FUNCTION_SECONDS = 600.0

Reply = tuple[int, Any, dict[str, str]]


@dataclass
class Fake:
    """What stands behind the API: a workspace as Platform keeps it, and faults to come.

    Args:
        faults: By request (`POST /compute-envs`), what to answer instead, each used once;
            a callable may change the workspace first; None closes the connection without a word.
        becomes: Status that a new environment takes after `looks` looks at it.
    """

    envs: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: dict[str, list[Reply | Callable[[], Reply | None] | None]] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    becomes: str = "AVAILABLE"
    message: str | None = None
    looks: int = 1
    deletion_looks: int = 1
    missing: int = 403
    token: str = TOKEN
    made: int = 0
    offset: float = 0.0
    slept: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    port: int = 0

    def fail(self, request: str, *replies: Reply | Callable[[], Reply | None] | None) -> None:
        """Answer the next such requests otherwise."""
        self.faults.setdefault(request, []).extend(replies)

    def add(self, name: str, **fields: Any) -> str:  # noqa: ANN401 - fields of an environment
        """Put an environment into the workspace."""
        self.made += 1
        identifier = f"env{self.made:019d}"
        self.envs[identifier] = {
            "id": identifier, "name": name, "status": "AVAILABLE", "deleted": False,
            "message": None, "looks": 0, "workspaceId": int(WORKSPACE), **fields,
        }  # fmt: skip
        return identifier

    def named(self, name: str) -> dict[str, Any]:
        """Return the environment of a name."""
        found = [env for env in self.envs.values() if env["name"] == name]
        return next((env for env in found if not env["deleted"]), found[-1])

    def count(self, method: str) -> int:
        """Return how often a method was used on the API."""
        return sum(used == method and path.startswith("/api") for used, path, _ in self.calls)

    def reply(self, method: str, path: str, body: Any) -> Reply | None:  # noqa: ANN401 - JSON
        """Answer as Platform does."""
        split = urlsplit(path)
        self.calls.append((method, path, body))
        if split.path == "/response":
            waiting = self.faults.get("response")
            if waiting:
                fault = waiting.pop(0)
                return fault() if callable(fault) else fault
            self.answers.append(body)
            return 200, None, {}
        assert split.path.startswith("/api/compute-envs")
        assert parse_qs(split.query).get("workspaceId", [WORKSPACE]) == [WORKSPACE]
        identifier = split.path.removeprefix("/api/compute-envs").strip("/")
        waiting = self.faults.get(f"{method} {'/id' if identifier else '/'}")
        if waiting:
            fault = waiting.pop(0)
            return fault() if callable(fault) else fault
        if not identifier:
            return self._create(body) if method == "POST" else self._list()
        env = self.envs.get(identifier)
        if env is None or env["deleted"]:
            return self._unknown(identifier)
        return {"GET": self._describe, "PUT": self._update, "DELETE": self._delete}[method](
            env, body
        )

    def _unknown(self, identifier: str) -> Reply:
        return self.missing, {"message": f"Unknown compute environment {identifier}"}, {}

    def _list(self) -> Reply:
        shown = ("id", "name", "status", "message")
        envs = [env for env in self.envs.values() if not env["deleted"]]
        return 200, {"computeEnvs": [{key: env[key] for key in shown} for env in envs]}, {}

    def _taken(self, name: str, identifier: str | None = None) -> Reply | None:
        for env in self.envs.values():
            if env["name"] == name and env["id"] != identifier and not env["deleted"]:
                return 409, {"message": f"A compute environment {name} exists already"}, {}
        return None

    def _create(self, body: dict[str, Any]) -> Reply:
        env = body["computeEnv"]
        taken = self._taken(env["name"])
        if taken:
            return taken
        fields = {key: value for key, value in env.items() if key != "name"}
        identifier = self.add(env["name"], **{**fields, "status": "CREATING"})
        return 200, {"computeEnvId": identifier}, {}

    def _describe(self, env: dict[str, Any], _: object) -> Reply:
        env["looks"] += 1
        if env["status"] == "CREATING" and env["looks"] >= self.looks:
            env |= {"status": self.becomes, "message": self.message}
        if env["status"] == "DELETING" and env["looks"] >= self.deletion_looks:
            env["deleted"] = True
            return self._unknown(env["id"])
        return 200, {"computeEnv": {key: env[key] for key in env if key != "looks"}}, {}

    def _update(self, env: dict[str, Any], body: dict[str, Any]) -> Reply:
        assert set(body) <= {
            "name",
            "description",
            "credentialsId",
            "fusionMetricsCollectionEnabled",
        }
        taken = self._taken(body["name"], env["id"])
        if taken:
            return taken
        env |= body
        return 204, None, {}

    def _delete(self, env: dict[str, Any], _: object) -> Reply:
        env |= {"status": "DELETING", "looks": 0}
        return 204, None, {}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """Return the API's double, served over HTTP until the test ends."""
    monkeypatch.setenv("NO_PROXY", "*")
    found = Fake()

    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found.headers.append(dict(self.headers))
            body = json.loads(content) if content else None
            if self.path.startswith("/api"):
                given = self.headers["Authorization"]
                if given != f"Bearer {found.token}":
                    return self.say((401, {"message": f"Unauthorized {given}"}, {}))
            return self.say(found.reply(self.command, self.path, body))

        do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 - http.server's names

        def say(self, reply: Reply | None) -> None:
            if reply is None:
                self.close_connection = True
                return
            status, body, headers = reply
            content = b"" if body is None else body if isinstance(body, bytes) else _json(body)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    broken: list[BaseException | None] = []

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            broken.append(sys.exception())

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.port = server.server_address[1]
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
    assert not broken


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture
def services(fake: Fake) -> Services:
    """Return services that reach the double, through the real HTTP client."""

    def sleep(seconds: float) -> None:
        fake.slept.append(seconds)
        fake.offset += seconds

    def send(
        method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Answer:
        assert 0 < seconds <= client.REQUEST_SECONDS
        split = urlsplit(url)
        assert split.scheme == "https"
        here = f"http://127.0.0.1:{fake.port}{split.path}?{split.query}"
        return client.send(method, here, headers, body, seconds)

    return Services(
        token=lambda: TOKEN,
        secret=SECRET,
        send=send,
        clock=Clock(
            now=lambda: 1000.0 + fake.offset, date=lambda: 1.8e9 + fake.offset, sleep=sleep
        ),
        write=fake.lines.append,
    )


def body(name: str = "demo", work_dir: str = "s3://work/dir", **fields: Any) -> str:  # noqa: ANN401 - fields of computeEnv
    """Return the property Body as the construct writes it."""
    env = {
        "name": name,
        "platform": "aws-batch",
        "credentialsId": "creds1",
        "config": {"discriminator": "aws-batch", "workDir": work_dir, "headJobCpus": 2},
        **fields,
    }
    return json.dumps({"computeEnv": env, "labelIds": []})


@pytest.fixture
def run(fake: Fake, services: Services) -> Callable[..., dict[str, Any]]:
    """Return a function that sends a request of CloudFormation and returns the answer to it."""

    def run(
        kind: str,
        wanted: str | None = None,
        *,
        physical_id: str | None = None,
        before: str | None = None,
        seconds: float = FUNCTION_SECONDS,
        **properties: str,
    ) -> dict[str, Any]:
        common = {"Endpoint": ENDPOINT, "WorkspaceId": WORKSPACE}
        event: dict[str, Any] = {
            "RequestType": kind,
            "RequestId": "request-1",
            "ResponseURL": RESPONSE_URL,
            "StackId": STACK,
            "LogicalResourceId": "Registration",
            "ResourceProperties": {**common, "Body": wanted or body(), **properties},
        }
        if physical_id is not None:
            event["PhysicalResourceId"] = physical_id
        if kind == "Update":
            event["OldResourceProperties"] = {**common, "Body": before or body()}
        told = len(fake.answers)
        handle(event, services, seconds)
        [answer] = fake.answers[told:]
        assert answer["StackId"] == STACK
        assert answer["RequestId"] == "request-1"
        assert answer["LogicalResourceId"] == "Registration"
        assert TOKEN not in json.dumps(answer)
        assert TOKEN not in "\n".join(fake.lines)
        assert "signature" not in "\n".join(fake.lines)
        return answer

    return run
