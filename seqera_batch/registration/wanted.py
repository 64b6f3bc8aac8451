# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation asks for, and the mark by which an environment is known as this stack's."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .client import FailureError

if TYPE_CHECKING:
    from collections.abc import Mapping

EDITABLE = ("name", "description", "credentialsId", "fusionMetricsCollectionEnabled")
"""Fields of `computeEnv` that PUT /compute-envs/{id} takes; all others need a new environment."""
NAME_CHARACTERS = 100
MARK_CHARACTERS = 240
"""Room at the end of the description; stack names have up to 128 characters."""
_DIGITS = 16
_MARK = re.compile(r"\[seqera-batch ([0-9a-f]{16}) ([0-9a-f]{16})( unconfirmed)?\]\s*$")
_PARKED = "-replaced-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An environment as a template describes it.

    Args:
        endpoint: Address of the API, without a slash at the end.
        workspace_id: Number of the workspace; empty for the token's own user.
        owner: Stands for stack and resource: who may touch what it made.
        stack: Name of the stack, for people.
        body: What POST /compute-envs takes, without the mark.
    """

    endpoint: str
    workspace_id: str
    owner: str
    stack: str
    body: Mapping[str, Any]

    @classmethod
    def of(cls, event: Mapping[str, Any], properties: Mapping[str, Any]) -> Wanted:
        """Read the properties of the resource, of now or of before.

        Raises:
            FailureError: They are not what the construct writes.
        """
        endpoint = str(properties.get("Endpoint", "")).rstrip("/")
        if not endpoint.startswith("https://"):
            raise FailureError(
                f"the endpoint is {endpoint!r}; the token is only sent to https:// addresses"
            )
        try:
            body = json.loads(properties.get("Body", ""))
            body["computeEnv"]["name"] + ""
        except (ValueError, TypeError, KeyError):
            raise FailureError(
                "property Body is not the JSON of a request to POST /compute-envs with a name"
            ) from None
        return cls(
            endpoint=endpoint,
            workspace_id=str(properties.get("WorkspaceId", "")),
            owner=_digest([event["StackId"], event["LogicalResourceId"]]),
            stack=event["StackId"].split("/")[1],
            body=body,
        )

    @property
    def place(self) -> tuple[str, str]:
        """Where the environment lives."""
        return self.endpoint, self.workspace_id

    @property
    def name(self) -> str:
        """Name in the workspace."""
        return str(self.body["computeEnv"]["name"])

    @property
    def fingerprint(self) -> str:
        """Stands for all that cannot be changed in place."""
        fixed = {key: item for key, item in self.body["computeEnv"].items() if key not in EDITABLE}
        return _digest({**self.body, "computeEnv": fixed})

    @property
    def editable(self) -> dict[str, Any]:
        """The fields that can be changed in place, as they should be."""
        return editable({**self.body["computeEnv"], "description": self._description("")})

    @property
    def request(self) -> dict[str, Any]:
        """The body of the request that creates it, unconfirmed until it is available."""
        description = self._description(" unconfirmed")
        return {**self.body, "computeEnv": {**self.body["computeEnv"], "description": description}}

    def is_ours(self, found: Mapping[str, Any]) -> bool:
        """Whether this resource of this stack made an environment."""
        return _mark(found)[0] == self.owner

    def is_leftover(self, found: Mapping[str, Any]) -> bool:
        """Whether this resource made it and was interrupted before CloudFormation learned of it."""
        return self.is_ours(found) and bool(_mark(found)[2])

    def is_same(self, found: Mapping[str, Any]) -> bool:
        """Whether this resource made it with the settings wanted now."""
        return _mark(found)[:2] == (self.owner, self.fingerprint)

    @property
    def parked_prefix(self) -> str:
        """Start of the names under which environments of this name wait for their deletion."""
        return f"{self.name[: NAME_CHARACTERS - len(_PARKED) - 22]}{_PARKED}"

    def parked_name(self, identifier: str) -> str:
        """Return the name under which an environment waits for its deletion."""
        return f"{self.parked_prefix}{identifier}"

    def _description(self, state: str) -> str:
        mark = (
            f"Managed by CloudFormation stack {self.stack}. "
            f"[seqera-batch {self.owner} {self.fingerprint}{state}]"
        )
        own = str(self.body["computeEnv"].get("description") or "")
        return f"{own}\n\n{mark}" if own else mark


def editable(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an environment that can be changed in place."""
    return {key: found[key] for key in EDITABLE if found.get(key) is not None}


def is_marked(found: Mapping[str, Any]) -> bool:
    """Whether some stack made an environment."""
    return bool(_mark(found)[0])


def _mark(found: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return who made an environment, with which settings, and whether it is unconfirmed."""
    match = _MARK.search(str(found.get("description") or ""))
    return (match[1], match[2], match[3] or "") if match else ("", "", "")


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
