# SPDX-License-Identifier: Apache-2.0
"""Updates and deletion: in place, by replacement and back again, and of what is gone already."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.registration.conftest import WORKSPACE, body

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.registration.conftest import Fake

    Run = Callable[..., dict[str, Any]]

OTHER = body(work_dir="s3://work/other")


@pytest.fixture
def identifier(fake: Fake, run: Run) -> str:
    """Return the id of an environment as the stack's first deployment makes it."""
    answer = run("Create")
    fake.calls.clear()
    return str(answer["PhysicalResourceId"])


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "renamed"},
        {"description": "for the lab"},
        {"credentialsId": "creds2"},
        {"fusionMetricsCollectionEnabled": True},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_in_place(fake: Fake, run: Run, identifier: str, changed: dict[str, Any]) -> None:
    """What Platform can change is changed, under the same id, and repeating it changes nothing."""
    wanted = body(**changed)
    for _ in range(2):
        answer = run("Update", wanted, physical_id=identifier)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", identifier)
    [(key, value)] = changed.items()
    if key == "description":
        assert fake.envs[identifier][key].startswith(f"{value}\n\nManaged by")
    else:
        assert fake.envs[identifier][key] == value
    assert fake.count("PUT") == 1
    assert fake.count("POST") == 0


def test_nothing_to_change(fake: Fake, run: Run, identifier: str) -> None:
    """An update without a difference only looks."""
    assert run("Update", physical_id=identifier)["PhysicalResourceId"] == identifier
    assert fake.count("GET") == 1
    assert fake.count("PUT") == fake.count("POST") == 0


def test_mark_removed_by_hand(fake: Fake, run: Run, identifier: str) -> None:
    """A description that somebody cleared does not make a replacement; it is written again."""
    description = fake.envs[identifier]["description"]
    fake.envs[identifier]["description"] = None
    assert run("Update", physical_id=identifier)["PhysicalResourceId"] == identifier
    assert fake.envs[identifier]["description"] == description


def test_new_name_is_taken(fake: Fake, run: Run, identifier: str) -> None:
    """409 for the new name says who has to give way; nothing has changed."""
    fake.add("taken")
    answer = run("Update", body("taken"), physical_id=identifier)
    assert "has another compute environment named 'taken'" in answer["Reason"]
    assert answer["PhysicalResourceId"] == identifier
    assert fake.named("demo")["id"] == identifier


def test_refused_in_place(fake: Fake, run: Run, identifier: str) -> None:
    """Platform's refusal of a change in place is told in its words."""
    fake.fail("PUT /id", (400, {"message": "Unknown credentials"}, {}))
    answer = run("Update", body(credentialsId="creds2"), physical_id=identifier)
    assert answer["Reason"].endswith("with 400: Unknown credentials")
    assert answer["PhysicalResourceId"] == identifier


@pytest.mark.parametrize("wanted", [OTHER, body("renamed", "s3://work/other")])
def test_replacement(fake: Fake, run: Run, identifier: str, wanted: str) -> None:
    """Anything else makes a new environment before CloudFormation deletes the old one."""
    answer = run("Update", wanted, physical_id=identifier)
    new = fake.named(json.loads(wanted)["computeEnv"]["name"])
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == new["id"] != identifier
    assert new["config"]["workDir"] == "s3://work/other"
    assert fake.envs[identifier]["status"] == "AVAILABLE"
    assert run("Delete", physical_id=identifier)["Status"] == "SUCCESS"
    assert fake.envs[identifier]["deleted"]
    assert not new["deleted"]


def test_replacement_of_labels(run: Run, identifier: str) -> None:
    """Labels are fixed after creation."""
    labels = json.dumps({**json.loads(body()), "labelIds": [7]})
    assert run("Update", labels, physical_id=identifier)["PhysicalResourceId"] != identifier


def test_old_one_waits_under_another_name(fake: Fake, run: Run) -> None:
    """Until it is deleted the old one has a name of its own, which stays within 100 characters."""
    name = "n" * 100
    old = run("Create", body(name))["PhysicalResourceId"]
    run("Update", body(name, "s3://other"), before=body(name), physical_id=old)
    parked = fake.envs[old]["name"]
    assert parked.endswith(f"-replaced-{old}")
    assert len(parked) <= 100
    assert fake.envs[old]["credentialsId"] == "creds1"


def test_repeated_replacement(fake: Fake, run: Run, identifier: str) -> None:
    """The same update once more finds what it has made."""
    first = run("Update", OTHER, physical_id=identifier)
    assert run("Update", OTHER, physical_id=identifier) == first
    assert fake.count("POST") == 1


def test_failed_replacement_is_undone(fake: Fake, run: Run, identifier: str) -> None:
    """When the new one fails it is removed, and the old one is what it was."""
    before = dict(fake.envs[identifier])
    fake.becomes, fake.message = "ERRORED", "no such role"
    answer = run("Update", OTHER, physical_id=identifier)
    assert "as ERRORED: no such role" in answer["Reason"]
    assert answer["PhysicalResourceId"] == identifier
    assert fake.envs[identifier] | {"looks": before["looks"]} == before
    assert [env["deleted"] for env in fake.envs.values()] == [False, True]
    # CloudFormation's own rollback then has nothing left to do.
    answer = run("Update", body(), before=OTHER, physical_id=identifier)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", identifier)
    assert len(fake.envs) == 2


def test_replacement_out_of_time(fake: Fake, run: Run, identifier: str) -> None:
    """There is time left to undo a replacement that never becomes available."""
    fake.looks = 10_000
    fake.deletion_looks = 4
    answer = run("Update", OTHER, physical_id=identifier)
    assert "is still CREATING" in answer["Reason"]
    assert fake.named("demo")["id"] == identifier
    assert [env["deleted"] for env in fake.envs.values()] == [False, True]


def test_undo_that_fails(fake: Fake, run: Run, identifier: str) -> None:
    """An undo that fails is logged, the cause is answered, and the rollback repairs the name."""
    fake.becomes = "ERRORED"
    fake.fail("DELETE /id", (400, {"message": "busy"}, {}))
    answer = run("Update", OTHER, physical_id=identifier)
    assert "as ERRORED" in answer["Reason"]
    assert any("could not undo the replacement" in line for line in fake.lines)
    [leftover] = [one for one in fake.envs if one != identifier]
    fake.becomes = "AVAILABLE"
    fake.envs[leftover]["name"] = "moved-away"
    answer = run("Update", body(), before=OTHER, physical_id=identifier)
    assert answer["PhysicalResourceId"] == identifier
    assert fake.named("demo")["id"] == identifier


def test_refused_replacement_is_undone(fake: Fake, run: Run, identifier: str) -> None:
    """When Platform refuses the new one, the old one has its name back."""
    fake.fail("POST /", (400, {"message": "bad"}, {}))
    answer = run("Update", OTHER, physical_id=identifier)
    assert answer["PhysicalResourceId"] == identifier
    assert fake.named("demo")["id"] == identifier


def test_rollback_after_a_replacement(fake: Fake, run: Run, identifier: str) -> None:
    """A stack that rolls back takes up the old environment again instead of making a third."""
    stranger = fake.add("demo-replaced-x", description="by hand")
    new = run("Update", OTHER, physical_id=identifier)["PhysicalResourceId"]
    answer = run("Update", body(), before=OTHER, physical_id=new)
    assert answer["PhysicalResourceId"] == identifier
    assert fake.named("demo")["id"] == identifier
    assert run("Delete", OTHER, physical_id=new)["Status"] == "SUCCESS"
    assert [env["id"] for env in fake.envs.values() if not env["deleted"]] == [identifier, stranger]


def test_deleted_by_hand(fake: Fake, run: Run, identifier: str) -> None:
    """An environment that somebody deleted in Platform is created anew."""
    fake.envs[identifier]["deleted"] = True
    answer = run("Update", physical_id=identifier)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] != identifier


def test_deleted_by_hand_and_failing(fake: Fake, run: Run, identifier: str) -> None:
    """If creating it anew fails nothing is left, and CloudFormation keeps the id it knows."""
    fake.envs[identifier]["deleted"] = True
    fake.becomes = "ERRORED"
    answer = run("Update", physical_id=identifier)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", identifier)
    assert all(env["deleted"] for env in fake.envs.values())


def test_another_workspace(fake: Fake, run: Run, identifier: str) -> None:
    """In another workspace there is another environment; the old place is not asked."""
    for env in fake.envs.values():
        env["name"] = "elsewhere"
    answer = run("Update", physical_id=identifier, WorkspaceId=f"{WORKSPACE}", Endpoint=(
        "https://api.platform.test/api"
    ))  # fmt: skip
    assert answer["PhysicalResourceId"] == fake.named("demo")["id"] != identifier


def test_another_address_of_the_same_platform(run: Run, identifier: str) -> None:
    """The same Platform under another address still has the environment."""
    answer = run("Update", physical_id=identifier, Endpoint="https://api.platform.test/api")
    assert answer["PhysicalResourceId"] == identifier


def test_delete(fake: Fake, run: Run, identifier: str) -> None:
    """Deletion waits until the environment is gone."""
    fake.deletion_looks = 3
    answer = run("Delete", physical_id=identifier)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", identifier)
    assert fake.envs[identifier]["deleted"]
    assert fake.count("GET") == 5


@pytest.mark.parametrize("status", [403, 404])
def test_delete_what_is_gone(fake: Fake, run: Run, identifier: str, status: int) -> None:
    """What is gone already is a success, whichever way Platform says so."""
    fake.missing = status
    fake.envs[identifier]["deleted"] = True
    assert run("Delete", physical_id=identifier)["Status"] == "SUCCESS"
    assert fake.count("DELETE") == 0


@pytest.mark.parametrize("status", [403, 404])
def test_gone_at_the_last_moment(fake: Fake, run: Run, identifier: str, status: int) -> None:
    """What goes between the look and the deletion is a success as well."""

    def gone() -> tuple[int, Any, dict[str, str]]:
        fake.envs[identifier]["deleted"] = True
        return status, None, {}

    fake.fail("DELETE /id", gone)
    assert run("Delete", physical_id=identifier)["Status"] == "SUCCESS"


def test_gone_by_status(fake: Fake, run: Run, identifier: str) -> None:
    """DELETED as a status means gone, too."""
    fake.envs[identifier]["status"] = "DELETED"
    assert run("Delete", physical_id=identifier)["Status"] == "SUCCESS"


def test_delete_without_rights(fake: Fake, run: Run, identifier: str) -> None:
    """403 for an environment that the workspace still lists is no success."""
    fake.fail("DELETE /id", (403, None, {}))
    answer = run("Delete", physical_id=identifier)
    assert answer["Status"] == "FAILED"
    assert "(403)" in answer["Reason"]
    assert not fake.envs[identifier]["deleted"]


def test_delete_in_use(fake: Fake, run: Run, identifier: str) -> None:
    """409 says that runs still use the environment."""
    fake.fail("DELETE /id", (409, {"message": "has active runs"}, {}))
    reason = run("Delete", physical_id=identifier)["Reason"]
    assert "does not delete the compute environment (409): has active runs" in reason
    assert "wait for them or cancel them" in reason


def test_delete_repeated(fake: Fake, run: Run, identifier: str) -> None:
    """A deletion that is under way is waited for, not asked for again."""
    fake.envs[identifier] |= {"status": "DELETING", "looks": 0}
    fake.deletion_looks = 3
    assert run("Delete", physical_id=identifier)["Status"] == "SUCCESS"
    assert fake.envs[identifier]["deleted"]
    assert fake.count("DELETE") == 0


def test_delete_gets_stuck(fake: Fake, run: Run, identifier: str) -> None:
    """A deletion that Platform gives up is told with its reason."""

    def stuck() -> tuple[int, Any, dict[str, str]]:
        fake.envs[identifier] |= {"status": "INVALID", "message": "timed out"}
        return 204, None, {}

    fake.fail("DELETE /id", stuck)
    reason = run("Delete", physical_id=identifier)["Reason"]
    assert reason == f"Platform could not delete compute environment {identifier}: timed out"


def test_delete_out_of_time(fake: Fake, run: Run, identifier: str) -> None:
    """A deletion that takes too long is answered in time."""
    fake.deletion_looks = 10_000
    assert "is still being deleted" in run("Delete", physical_id=identifier)["Reason"]


def test_delete_after_a_crash(fake: Fake, run: Run, identifier: str) -> None:
    """With an id that CloudFormation made up, only what nobody reported is deleted."""
    made_up = "TowerForge-demo-Registration-1ABC2DEF3GHI"
    assert run("Delete", physical_id=made_up)["Status"] == "SUCCESS"
    assert not fake.envs[identifier]["deleted"]
    description = fake.envs[identifier]["description"]
    fake.envs[identifier]["description"] = description.removesuffix("]") + " unconfirmed]"
    assert run("Delete", physical_id=made_up)["Status"] == "SUCCESS"
    assert fake.envs[identifier]["deleted"]
    assert run("Delete", physical_id=made_up)["Status"] == "SUCCESS"
