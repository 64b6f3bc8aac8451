# SPDX-License-Identifier: Apache-2.0
"""Creation: until the environment is available, after whatever an earlier attempt has left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seqera_batch.registration.wanted import MARK_CHARACTERS, Wanted
from tests.registration.conftest import ENDPOINT, STACK, TOKEN, WORKSPACE, body

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqera_batch.registration.handler import Services
    from tests.registration.conftest import Fake, Reply

    Run = Callable[..., dict[str, Any]]


def _orphan(fake: Fake, run: Run, wanted: str | None = None) -> str:
    """Leave what a function leaves that Lambda ended right after Platform was asked."""
    fake.fail("GET /id", *[(500, None, {})] * 8)
    identifier: str = run("Create", wanted)["PhysicalResourceId"]
    fake.faults.clear()
    fake.envs[identifier]["status"] = "AVAILABLE"
    assert fake.envs[identifier]["description"].endswith(" unconfirmed]")
    return identifier


def test_success(fake: Fake, run: Run) -> None:
    """The environment is created as the template says, and awaited; its id is the answer."""
    fake.looks = 3
    answer = run("Create", body(description="ours"))
    env = fake.named("demo")
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == env["id"]
    assert env["status"] == "AVAILABLE"
    assert env["config"] == json.loads(body())["computeEnv"]["config"]
    assert env["description"].startswith("ours\n\nManaged by CloudFormation stack TowerForge-demo.")
    assert "unconfirmed" not in env["description"]
    assert fake.slept == [2.0, 2.0]
    assert f"POST /api/compute-envs?workspaceId={WORKSPACE}" in [
        f"{method} {path}" for method, path, _ in fake.calls
    ]


def test_mark_has_room() -> None:
    """The line added to a description is never longer than the room the construct keeps for it."""
    stack = STACK.replace("TowerForge-demo", "s" * 128)
    event = {"StackId": stack, "LogicalResourceId": "Registration"}
    wanted = Wanted.of(event, {"Endpoint": ENDPOINT, "Body": body(description="x")})
    assert len(wanted.request["computeEnv"]["description"]) <= MARK_CHARACTERS + 1


def test_personal_workspace(fake: Fake, run: Run) -> None:
    """Without a workspace nothing is said of one, so that it is the token's own."""
    assert run("Create", WorkspaceId="")["Status"] == "SUCCESS"
    assert not any("workspaceId" in path for _, path, _ in fake.calls)
    fake.fail("GET /", (403, None, {}))
    assert "in the personal workspace" in run("Create", body("other"), WorkspaceId="")["Reason"]


@pytest.mark.parametrize("status", ["ERRORED", "INVALID"])
def test_errored(fake: Fake, run: Run, status: str) -> None:
    """An environment that fails is told with Platform's reason, and rolled back by its id."""
    fake.becomes, fake.message = status, "queue not found"
    answer = run("Create")
    assert answer["Status"] == "FAILED"
    assert f"as {status}: queue not found" in answer["Reason"]
    assert answer["PhysicalResourceId"] == fake.named("demo")["id"]
    assert run("Delete", physical_id=answer["PhysicalResourceId"])["Status"] == "SUCCESS"
    assert fake.named("demo")["deleted"]


def test_errored_without_reason(fake: Fake, run: Run) -> None:
    """Where Platform gives no reason, that is said."""
    fake.becomes = "ERRORED"
    assert "Platform gives no reason" in run("Create")["Reason"]


def test_never_available(fake: Fake, run: Run) -> None:
    """When time is up the answer still goes out, with the id, so that the rollback deletes it."""
    fake.looks = 10_000
    answer = run("Create")
    assert "is still CREATING, and the time for this deployment step is up" in answer["Reason"]
    assert answer["PhysicalResourceId"] == fake.named("demo")["id"]
    assert fake.offset < 600 - 70


def test_deleted_meanwhile(fake: Fake, run: Run) -> None:
    """An environment that somebody deletes while it starts is not waited for."""
    fake.fail("GET /id", (404, None, {}))
    assert "was deleted while it started" in run("Create")["Reason"]


def test_wrong_token(fake: Fake, run: Run) -> None:
    """401 names the secret and the way out, not the token; nothing is left to roll back."""
    fake.token = "another"  # noqa: S105 - of no Platform
    answer = run("Create")
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == "not-created"
    assert "(401): the one in secret arn:aws:secretsmanager" in answer["Reason"]
    assert "Store a valid one" in answer["Reason"]
    assert run("Delete", physical_id="not-created")["Status"] == "SUCCESS"
    assert not fake.envs


def test_forbidden(fake: Fake, run: Run) -> None:
    """403 says whose rights are missing, and where."""
    fake.fail("GET /", (403, {"message": "no"}, {}))
    reason = run("Create")["Reason"]
    assert f"may not manage compute environments in workspace {WORKSPACE}" in reason
    assert reason.endswith(": no")


def test_bad_request(fake: Fake, run: Run) -> None:
    """Platform's own words about a setting it refuses reach whoever deploys."""
    fake.fail("POST /", (400, {"message": "Unknown credentials creds1"}, {}))
    answer = run("Create")
    assert answer["PhysicalResourceId"] == "not-created"
    assert answer["Reason"] == (
        f"Platform answers POST {ENDPOINT}/compute-envs with 400: Unknown credentials creds1"
    )


def test_token_in_an_answer(fake: Fake, run: Run) -> None:
    """A token that a server repeats is hidden, in the answer as in the log; the fixture asserts."""
    fake.fail("POST /", (400, {"message": f"bad Bearer {TOKEN}"}, {}))
    assert run("Create")["Reason"].endswith("bad Bearer (hidden)")


def test_name_of_somebody_else(fake: Fake, run: Run) -> None:
    """An environment that is not ours is left alone, and said."""
    other = fake.add("demo", description="by hand")
    before = dict(fake.envs[other])
    answer = run("Create")
    assert answer["PhysicalResourceId"] == "not-created"
    assert "named 'demo' already" in answer["Reason"]
    assert "made by somebody else; it is left alone" in answer["Reason"]
    assert fake.envs[other] | {"looks": 0} == before
    assert run("Delete", physical_id="not-created")["Status"] == "SUCCESS"
    assert not fake.envs[other]["deleted"]


def test_name_of_another_stack(fake: Fake, run: Run) -> None:
    """An environment of another stack is recognized as such."""
    mark = f"[seqera-batch {'0' * 16} {'1' * 16}]"
    fake.add("demo", description=f"Managed by … {mark}")
    assert "made by another stack or construct" in run("Create")["Reason"]


def test_conflict_at_creation(fake: Fake, run: Run) -> None:
    """409 for a name that nobody is seen to have is tried again, then told in Platform's words."""
    conflict: Reply = (409, {"message": "exists already"}, {})
    fake.fail("POST /", conflict)
    assert run("Create")["Status"] == "SUCCESS"
    fake.fail("POST /", *[conflict] * 4)
    answer = run("Create", body("other"))
    assert answer["PhysicalResourceId"] == "not-created"
    assert "could not be created: Platform answers" in answer["Reason"]
    assert "409: exists already" in answer["Reason"]


def test_repeated_event(fake: Fake, run: Run) -> None:
    """The same event once more adopts the environment instead of making a second one."""
    first = run("Create")
    assert run("Create") == first
    assert fake.count("POST") == 1


def test_adopts_what_is_equal(fake: Fake, run: Run) -> None:
    """What an interrupted attempt has made is adopted, and differences in place are settled."""
    orphan = _orphan(fake, run)
    answer = run("Create", body(credentialsId="creds2"))
    assert answer["PhysicalResourceId"] == orphan
    assert fake.envs[orphan]["credentialsId"] == "creds2"
    assert "unconfirmed" not in fake.envs[orphan]["description"]
    assert fake.count("POST") == 1


def test_waits_for_what_is_equal(fake: Fake, run: Run) -> None:
    """What an interrupted attempt has started is awaited."""
    orphan = _orphan(fake, run)
    fake.envs[orphan] |= {"status": "CREATING", "looks": 0}
    assert run("Create")["PhysicalResourceId"] == orphan
    assert fake.envs[orphan]["status"] == "AVAILABLE"


@pytest.mark.parametrize(
    ("status", "wanted"),
    [("ERRORED", body()), ("INVALID", body()), ("AVAILABLE", body(work_dir="s3://work/other"))],
)
def test_removes_what_is_of_no_use(fake: Fake, run: Run, status: str, wanted: str) -> None:
    """What an earlier attempt has left broken, or with other settings, makes room."""
    orphan = _orphan(fake, run)
    fake.envs[orphan]["status"] = status
    answer = run("Create", wanted)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] != orphan
    assert fake.envs[orphan]["deleted"]


def test_waits_for_a_deletion(fake: Fake, run: Run) -> None:
    """A name that is about to become free is waited for, whoever had it."""
    fake.deletion_looks = 3
    old = fake.add("demo", status="DELETING")
    assert run("Create")["PhysicalResourceId"] != old
    assert fake.envs[old]["deleted"]


def test_gone_between_list_and_look(fake: Fake, run: Run) -> None:
    """An environment that disappears after it was listed is no longer in the way."""
    old = fake.add("demo", status="DELETING")

    def gone() -> tuple[int, Any, dict[str, str]]:
        fake.envs[old]["deleted"] = True
        return 404, None, {}

    fake.fail("GET /id", gone)
    assert run("Create")["Status"] == "SUCCESS"


def test_created_without_answer(fake: Fake, run: Run) -> None:
    """A connection that breaks after Platform created the environment does not make a second."""

    def created() -> None:
        fake.add(**fake.calls[-1][2]["computeEnv"] | {"status": "CREATING"})

    fake.fail("POST /", created)
    answer = run("Create")
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == fake.named("demo")["id"]
    assert fake.count("POST") == 1


@pytest.mark.parametrize("fault", [None, (502, None, {}), (200, {}, {})])
def test_not_created_without_answer(fake: Fake, run: Run, fault: Any) -> None:  # noqa: ANN401
    """An answer that leaves it open is followed by a look and another try."""
    fake.fail("POST /", fault)
    assert run("Create")["Status"] == "SUCCESS"
    assert fake.count("POST") == 2
    assert len(fake.envs) == 1


def test_never_an_answer(fake: Fake, run: Run) -> None:
    """After some tries it fails with an id that makes the rollback look, and find what came."""
    fake.fail("POST /", *[None] * 4)
    answer = run("Create")
    assert answer["PhysicalResourceId"] == "maybe-created"
    assert "could not be created: POST" in answer["Reason"]
    assert "no answer" in answer["Reason"]
    late = fake.add("demo", description=fake.calls[-2][2]["computeEnv"]["description"])
    assert run("Delete", physical_id="maybe-created")["Status"] == "SUCCESS"
    assert fake.envs[late]["deleted"]


def test_unexpected_error(fake: Fake, services: Services, run: Run) -> None:
    """A defect of our own is answered and logged as well, token hidden."""

    def broken(*_: object) -> None:
        services.hidden = TOKEN
        raise ZeroDivisionError(TOKEN)

    services.token = broken  # type: ignore[assignment]
    answer = run("Create")
    assert answer["Reason"] == "ZeroDivisionError: (hidden)"
    assert answer["PhysicalResourceId"] == "not-created"
    assert any("Traceback" in line for line in fake.lines)


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"Endpoint": "http://platform.test"}, "only sent to https:// addresses"),
        ({"Endpoint": ""}, "the endpoint is ''"),
        ({"Body": "{"}, "property Body is not the JSON"),
        ({"Body": "[]"}, "property Body is not the JSON"),
        ({"Body": '{"computeEnv": {}}'}, "property Body is not the JSON"),
        ({"Body": '{"computeEnv": {"name": 1}}'}, "property Body is not the JSON"),
    ],
)
def test_wrong_properties(fake: Fake, run: Run, properties: dict[str, str], says: str) -> None:
    """What only shows at deployment is refused before Platform is asked."""
    answer = run("Create", **properties)
    assert says in answer["Reason"]
    assert answer["PhysicalResourceId"] == "not-created"
    assert fake.count("GET") == 0
