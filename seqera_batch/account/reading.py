# SPDX-License-Identifier: Apache-2.0
"""Reads an account through boto3, and goes on where one thing cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Final

from seqera_batch.account.answer import Unread
from seqera_batch.account.credentials import DENIED, ask_for_code, credentials_refused, line
from seqera_batch.problems import refusal

ABSENT: Final = "absent"
"""Key of an answer that says only that the thing does not exist, with AWS's code."""

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 20, 4
"""How long an endpoint may take, once, and how often it is asked where it throttles or fails."""

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {
    "efs": "elasticfilesystem",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
}
"""IAM's names of services, where they are not boto3's."""
_ACTIONS = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "servicequotas:GetAwsDefaultServiceQuota": "servicequotas:GetAWSDefaultServiceQuota",
}
"""IAM's names of actions, where they are not the operation's."""

_LISTED = "listed"
"""Where an answer that was put together of pages has its list."""

Read = dict[str, Any]


def needs_boto3() -> None:
    """Make sure that the extra is installed.

    Raises:
        ConfigError: It is not.
    """
    if find_spec("boto3") is None:
        raise refusal(
            "aws-extra",
            "",
            "this command reads an account through boto3, which is not installed",
            fix="run: pip install boto3",
        )


class Account:
    """An account and region, for reading.

    Args:
        region: Region of the environment, whatever the caller's own is.
        account: The account that the file names, if it does.
        profile: Profile of the caller's configuration, if it is not the usual one.
        tell: Is called with what is being read.

    Attributes:
        unread: What could not be looked at, each once.

    Raises:
        ConfigError: boto3 is missing; there are no credentials or they have expired; the account is
            not the file's.
    """

    def __init__(
        self,
        region: str,
        *,
        account: str | None = None,
        profile: str | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        needs_boto3()
        import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 - three commands need it
        from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415
        from botocore.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415
            ProfileNotFound,
        )
        from botocore.session import Session  # type: ignore[import-untyped]  # noqa: PLC0415

        self.region = region
        self.tell = tell
        self.unread: list[Unread] = []
        self._profile = profile
        self._silent: set[str] = set()
        self._clients: dict[str, Any] = {}
        self._settings = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        )
        try:
            session = Session(profile=profile)
            providers = session.get_component("credential_provider")
            # botocore would wait for a code where nobody types one.
            providers.get_provider("assume-role")._prompter = ask_for_code  # noqa: SLF001
            self._session = boto3.Session(region_name=region, botocore_session=session)
        except ProfileNotFound as error:
            raise refusal("credentials", "", str(error), fix="name a profile that exists") from None
        except Exception as error:  # noqa: BLE001 - whatever a broken setup leads to
            raise refusal(
                "aws-setup",
                "",
                f"the setup of AWS on this machine cannot be read: {line(error)}",
                fix="mend ~/.aws/config, ~/.aws/credentials, or the variables AWS_…",
            ) from None
        self.account = self._caller(account)

    @cached_property
    def now(self) -> datetime:
        """When the account was read."""
        return datetime.now(UTC)

    def read(
        self,
        service: str,
        operation: str,
        *,
        absent: tuple[str, ...] = (),
        has: str | None = None,
        **asked: object,
    ) -> Read | None:
        """Return the answer of one call; None where there is none, which is noted.

        Args:
            service: boto3's name of the service.
            operation: boto3's name of the call.
            absent: AWS's codes that mean that there is no such thing: `{ABSENT: code}` is the
                answer.
            has: What an answer must have to be one, where AWS's model leaves it open.
            asked: Arguments of the call.

        Raises:
            ConfigError: The credentials are no good, so that nothing can be read.
        """

        def answered(client: Any) -> Read:  # noqa: ANN401 - boto3 has no types
            answer = _of_aws(getattr(client, operation)(**asked))
            if has is not None and has not in answer:
                raise ValueError(f"it says nothing of {has}")
            return answer

        return self._safely(service, operation, absent, answered)

    def every(
        self,
        service: str,
        operation: str,
        *,
        absent: tuple[str, ...] = (),
        most: int = 10_000,
        **asked: object,
    ) -> list[Any] | None:
        """Return what a call lists, over its pages; None where it cannot be read, which is noted.

        Args:
            service: boto3's name of the service.
            operation: boto3's name of the call; AWS's model says where its answers have the list.
            absent: AWS's codes that mean that there is nothing to list.
            most: How many are enough.
            asked: Arguments of the call.
        """

        def pages(client: Any) -> Read:  # noqa: ANN401 - boto3 has no types
            listed: list[Any] = []
            paginator = client.get_paginator(operation)
            for page in paginator.paginate(**asked):
                listed += paginator.result_keys[0].search(_of_aws(page)) or ()
                if len(listed) >= most:
                    break
            return {_LISTED: listed[:most]}

        answer = self._safely(service, operation, absent, pages)
        return None if answer is None else list(answer.get(_LISTED, ()))

    def _safely(
        self, service: str, operation: str, absent: tuple[str, ...], call: Callable[[Any], Read]
    ) -> Read | None:
        from botocore import exceptions  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

        action = action_of(service, operation)
        if service in self._silent:
            self._note(action, f"{service} does not answer in {self.region}")
            return None
        try:
            return call(self._client(service))
        except exceptions.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in absent:
                return {ABSENT: code}
            self._check(error)
            denied = code in DENIED
            why = "permission is missing" if denied else line(error)
            self._note(action, why, denied=denied)
        except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
            # One that is not reached once is not waited for again.
            self._silent.add(service)
            self._note(action, f"{service} does not answer in {self.region}: {line(error)}")
        except exceptions.BotoCoreError as error:
            self._check(error)
            self._note(action, line(error))
        except Exception as error:  # noqa: BLE001 - what boto3 makes of nonsense is of any kind
            self._check(error)
            self._note(action, f"no answer of AWS's: {type(error).__name__}: {line(error)}")
        return None

    def _check(self, error: Exception) -> None:
        """Raise what is wrong with the credentials, if that is it."""
        refused = credentials_refused(error, self._profile)
        if refused is not None:
            raise refused from None

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types
        if service not in self._clients:
            client = self._session.client(service, config=self._settings)
            client.meta.events.register_first("needs-retry", _give_up)
            self._clients[service] = client
        return self._clients[service]

    def _note(self, action: str, why: str, *, denied: bool = False) -> None:
        note = Unread(action=action, why=why, denied=denied)
        if note not in self.unread:
            self.unread.append(note)

    def _caller(self, wanted: str | None) -> str:
        """Return the account of the caller, which must be the file's."""
        self.tell("asking who is asking")
        caller = self.read("sts", "get_caller_identity")
        if caller is None:
            # Nobody needs a permission for it: nothing else will be answered either.
            raise refusal(
                "account-unreachable",
                "",
                f"AWS does not say whose credentials these are: {self.unread[-1].why}",
                fix="see that this machine reaches AWS's endpoints in the region of the file, and "
                "that no proxy, AWS_ENDPOINT_URL or ~/.aws/config leads elsewhere",
                value=self.region,
            )
        account = str(caller["Account"])
        if wanted is not None and account != wanted:
            raise refusal(
                "wrong-account",
                "",
                "these credentials are of another account than the file's",
                value=account,
                allowed=wanted,
                fix="take credentials of that account: AWS_PROFILE, or --profile",
            )
        return account


def action_of(service: str, operation: str) -> str:
    """Return IAM's name of a call.

    Args:
        service: boto3's name of the service.
        operation: boto3's name of the call.
    """
    words = "".join(word.capitalize() for word in operation.split("_"))
    action = f"{_PREFIXES.get(service, service)}:{words}"
    return _ACTIONS.get(action, action)


def _of_aws(answer: Read) -> Read:
    """Return an answer; a page of a proxy or login is none, and would read as empty."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if "html" in headers.get("content-type", ""):
        raise ValueError("a web page came back, as from a proxy or a login")
    return dict(answer)


def by_tags(item: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of what AWS describes, as a dictionary, however the service writes them."""
    tags = item.get("Tags") or item.get("tags") or {}
    return dict(tags) if isinstance(tags, dict) else {one["Key"]: one["Value"] for one in tags}


def many(value: Any) -> list[Any]:  # noqa: ANN401 - JSON of IAM
    """Return what a document of IAM lists; one may stand for itself."""
    return list(value) if isinstance(value, list | tuple) else [value]


def trusted_services(role: Read) -> set[str]:
    """Return the services that may take a role, from IAM's answer about it."""
    return services_in(role.get("Role", {}).get("AssumeRolePolicyDocument", {"Statement": ()}))


def services_in(document: Read) -> set[str]:
    """Return the services that a policy on a resource lets in."""
    return {
        str(service)
        for one in many(document["Statement"])
        if one["Effect"] == "Allow" and isinstance(one.get("Principal"), dict)
        for service in many(one["Principal"].get("Service", ()))
    }


def _give_up(caught_exception: Exception | None = None, **_: object) -> None:
    """Raise a time-out before botocore's own handler tries again: it has taken seconds already."""
    from botocore import exceptions  # noqa: PLC0415 - as above

    if isinstance(caught_exception, (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError)):
        raise caught_exception
