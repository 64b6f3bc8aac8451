# SPDX-License-Identifier: Apache-2.0
"""Creates, changes, replaces and deletes the environment in Platform, from wherever it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .client import CONFLICT, FailureError, Platform, RefusedError, UnclearError
from .wanted import editable, is_marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .wanted import Wanted

NOT_CREATED = "not-created"
"""Physical id that tells the deletion after a failed creation that there is nothing to delete."""
MAYBE_CREATED = "maybe-created"
"""Physical id where Platform was asked and never answered: the deletion has to look."""
CREATE_ATTEMPTS = 4
POLL_SECONDS = (2.0, 2.0, 2.0, 5.0)
"""Pauses between looks at an environment; the last one goes on."""
UNDO_SECONDS = 45.0
"""Kept back from waiting, so that a replacement that failed can be undone."""
LOOKS_BEFORE_STUCK = 12
"""Looks at an environment that should go, until one that has failed counts as stuck."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,22}")


@dataclass(slots=True)
class Registrar:
    """Brings one workspace to what CloudFormation wants; safe to repeat after any interruption.

    Args:
        platform: The workspace.
        physical_id: What CloudFormation is told to know the environment by, if it failed now.
        made: Id of the environment that was created here.
        reserve: Seconds that waiting leaves to others.
    """

    platform: Platform
    physical_id: str
    made: str | None = field(default=None, init=False)
    reserve: float = field(default=UNDO_SECONDS, init=False)

    def create(self, wanted: Wanted) -> str:
        """Return the id of an available environment, left by an earlier attempt or new."""
        return self._provide(wanted, keep_id=False)

    def update(self, wanted: Wanted, before: Wanted) -> str:
        """Change the environment in place if possible, else return the id of its replacement."""
        current = None
        if wanted.place == before.place:
            current = self.platform.describe(self.physical_id)
        if current is None:
            # It was deleted by hand, or belongs in another workspace now.
            try:
                return self._provide(wanted, keep_id=True)
            except BaseException:
                self._undo(None)
                raise
        current = {**current, "id": self.physical_id}
        # The mark says what it is; where somebody removed it, the template says what it was.
        same = wanted.is_same(current) or (
            not wanted.is_ours(current) and wanted.fingerprint == before.fingerprint
        )
        if not same:
            return self._replace(current, wanted)
        self._settle(current, wanted)
        return self.physical_id

    def delete(self, wanted: Wanted) -> None:
        """Delete the environment, or what an attempt has left that nobody could report.

        A confirmed one is left alone there: a later attempt has adopted it.
        """
        if _IDENTIFIER.fullmatch(self.physical_id):
            self._remove(self.physical_id)
            return
        found = self._named(wanted.name)
        if found is not None and wanted.is_leftover(found):
            self._remove(found["id"])

    def _provide(self, wanted: Wanted, *, keep_id: bool) -> str:
        """Return the id of an available environment of the wanted name.

        Args:
            wanted: The environment.
            keep_id: Whether CloudFormation goes on with the id it knows if this fails.
        """
        problem: FailureError = FailureError("")
        unclear = False
        for attempt in range(CREATE_ATTEMPTS):
            if attempt:
                self.platform.clock.sleep(POLL_SECONDS[-1])
            found = self._usable(wanted)
            if found is None:
                if not keep_id:
                    self.physical_id = MAYBE_CREATED
                try:
                    found = self.made = self.platform.create(wanted.request)
                except UnclearError as error:
                    problem, unclear = error, True
                    continue
                except RefusedError as error:
                    if not keep_id and not unclear:
                        self.physical_id = NOT_CREATED
                    if error.status != CONFLICT:
                        raise
                    problem = error
                    continue
            if not keep_id:
                self.physical_id = found
            self._settle(self._available(found, wanted), wanted)
            return found
        raise FailureError(f"the compute environment could not be created: {problem}")

    def _usable(self, wanted: Wanted) -> str | None:
        """Return the id of what an earlier attempt has made, after removing what is of no use.

        Raises:
            FailureError: Somebody else's environment has the name.
        """
        found = self._named(wanted.name)
        if found is None:
            return None
        identifier: str = found["id"]
        if found.get("status") == "DELETING":
            self._wait_until_gone(identifier)
            return None
        if not wanted.is_ours(found):
            by = "another stack or construct" if is_marked(found) else "somebody else"
            raise FailureError(
                f"{self.platform.where} has a compute environment named {wanted.name!r} already "
                f"({identifier}), made by {by}; it is left alone. "
                "Delete or rename it in Platform, or choose another name"
            )
        if wanted.is_same(found) and found.get("status") not in {"ERRORED", "INVALID"}:
            return identifier
        self._remove(identifier)
        return None

    def _replace(self, current: Mapping[str, Any], wanted: Wanted) -> str:
        """Return the id of another environment; CloudFormation then deletes the current one.

        A workspace has each name once, so the current one is renamed first, and back on failure.
        """
        parked = current["name"] == wanted.name
        if parked:
            fields = {**editable(current), "name": wanted.parked_name(current["id"])}
            self.platform.update(current["id"], fields)
        try:
            return self._restored(wanted) or self._provide(wanted, keep_id=True)
        except BaseException:
            self._undo(current if parked else None)
            raise

    def _restored(self, wanted: Wanted) -> str | None:
        """Return the environment that an update replaced which is now rolled back, renamed back."""
        for one in self.platform.all():
            if one.get("id") == self.physical_id:
                continue
            if not str(one.get("name", "")).startswith(wanted.parked_prefix):
                continue
            found = self.platform.describe(one["id"])
            if found is not None and wanted.is_same(found) and found.get("status") == "AVAILABLE":
                self._settle({**found, "id": one["id"]}, wanted)
                return str(one["id"])
        return None

    def _undo(self, parked: Mapping[str, Any] | None) -> None:
        """Remove what was made here and give the current environment its name back, if possible."""
        self.reserve = 0.0
        try:
            if self.made is not None:
                self._remove(self.made)
            if parked is not None:
                self.platform.update(parked["id"], editable(parked))
        except FailureError as error:
            self.platform.log(f"could not undo the replacement: {error}")

    def _settle(self, found: Mapping[str, Any], wanted: Wanted) -> None:
        """Change in place what differs: a new one becomes confirmed by that, too."""
        if all(found.get(key) == value for key, value in wanted.editable.items()):
            return
        try:
            self.platform.update(found["id"], wanted.editable)
        except RefusedError as error:
            if error.status != CONFLICT:
                raise
            raise FailureError(
                f"{self.platform.where} has another compute environment named {wanted.name!r}: "
                "delete or rename it in Platform, or choose another name"
            ) from error

    def _named(self, name: str) -> dict[str, Any] | None:
        for one in self.platform.all():
            if one.get("name") == name:
                found = self.platform.describe(one["id"])
                if found is not None:
                    return {**found, "id": one["id"]}
        return None

    def _remove(self, identifier: str) -> None:
        found = self.platform.describe(identifier)
        if found is None:
            return
        if found.get("status") != "DELETING":
            self.platform.delete(identifier)
        self._wait_until_gone(identifier)

    def _available(self, identifier: str, wanted: Wanted) -> dict[str, Any]:
        look = 0
        while True:
            found = self.platform.describe(identifier)
            if found is None:
                raise FailureError(f"compute environment {identifier} was deleted while it started")
            status = found.get("status")
            if status == "AVAILABLE":
                return {**found, "id": identifier}
            if status != "CREATING":
                said = found.get("message") or "Platform gives no reason"
                raise FailureError(
                    f"Platform marks compute environment {wanted.name!r} ({identifier}) as "
                    f"{status}: {said}"
                )
            self._pause(look, f"compute environment {identifier} is still CREATING")
            look += 1

    def _wait_until_gone(self, identifier: str) -> None:
        look = 0
        while True:
            found = self.platform.describe(identifier)
            if found is None:
                return
            if look >= LOOKS_BEFORE_STUCK and found.get("status") in {"ERRORED", "INVALID"}:
                said = found.get("message") or "Platform gives no reason"
                raise FailureError(
                    f"Platform could not delete compute environment {identifier}: {said}"
                )
            self._pause(look, f"compute environment {identifier} is still being deleted")
            look += 1

    def _pause(self, look: int, problem: str) -> None:
        seconds = POLL_SECONDS[min(look, len(POLL_SECONDS) - 1)]
        if self.platform.clock.now() + seconds > self.platform.deadline - self.reserve:
            raise FailureError(f"{problem}, and the time for this deployment step is up")
        self.platform.clock.sleep(seconds)
