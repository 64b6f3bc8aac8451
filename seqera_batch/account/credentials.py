# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the credentials that an account would be read with, and the way out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from getpass import getpass
from typing import Any, Final

from seqera_batch.problems import ConfigError, refusal

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_errors.html
DENIED: Final = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "Forbidden", "UnauthorizedOperation"}
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_REFUSED = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)

_OTHERS = "log in again, for example `aws sso login`, or choose others: AWS_PROFILE, --profile"
_MFA = (
    "run it in a terminal, where the code is asked for, or take credentials with the code first: "
    "`aws sts get-session-token --serial-number … --token-code …`, or `aws configure "
    "export-credentials`"
)
# https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
_GETTING: Final[Mapping[str, tuple[str, str]]] = {
    "AssumeRole": (
        "the role of the profile cannot be taken",
        (
            "let the role's trust policy name who asks and let who asks call sts:AssumeRole; where "
            "it wants MFA or an External ID, give the profile mfa_serial or external_id"
        ),
    ),
    "AssumeRoleWithWebIdentity": (
        "the token of the web identity is not taken",
        (
            "get a new token (AWS_WEB_IDENTITY_TOKEN_FILE), and let the role's trust policy name "
            "its issuer, audience and subject"
        ),
    ),
    "AssumeRoleWithSAML": ("the SAML login is not taken", "log in again at the identity provider"),
    "GetRoleCredentials": (
        "single sign-on does not give out this account and role",
        "have both assigned in IAM Identity Center, or mend sso_account_id and sso_role_name",
    ),
    "CreateToken": ("single sign-on gives out no token", ""),
}
"""By the call that gets credentials before the first one that is asked for: what, and the fix."""


class NoCodeError(Exception):
    """A code of MFA is needed, and nobody is there to type it."""


def ask_for_code(prompt: str) -> str:
    """Return a code of MFA; of nobody it is not asked, as botocore would.

    Raises:
        NoCodeError: There is no terminal.
    """
    if not sys.stdin.isatty():
        raise NoCodeError(" ".join(prompt.split()).rstrip(": "))
    return getpass(prompt)


def credentials_refused(error: Exception, profile: str | None) -> ConfigError | None:
    """Return why no credentials are good; None where an error is about something else.

    Args:
        error: What boto3 raised.
        profile: Profile that was asked for.
    """
    from botocore import exceptions  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra

    if isinstance(error, exceptions.ClientError):
        return _of_answer(error, profile)
    named = profile or os.environ.get("AWS_PROFILE")
    of_profile = f" --profile {named}" if named else ""
    known: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
        (
            (NoCodeError, exceptions.RefreshWithMFAUnsupportedError),
            "the profile wants a code of MFA ({error})",
            _MFA,
        ),
        (
            (exceptions.SSOError, exceptions.TokenRetrievalError),
            "the session of single sign-on has ended ({error})",
            f"run `aws sso login{of_profile}`",
        ),
        (
            (exceptions.LoginError,),
            "the session of `aws login` has ended ({error})",
            f"run `aws login{of_profile}`",
        ),
        (
            (exceptions.MissingDependencyException,),
            "{error}",
            "install what is missing where seqera-batch runs, or choose other credentials",
        ),
        (
            (exceptions.CredentialRetrievalError,),
            "{error}",
            "run the program of credential_process by itself, and mend it",
        ),
        (
            (exceptions.PartialCredentialsError,),
            "{error}",
            "set both the key's id and its secret, or neither",
        ),
        ((exceptions.NoCredentialsError,), "{error}", _OTHERS),
        (
            (
                exceptions.ConfigNotFound,
                exceptions.ConfigParseError,
                exceptions.InfiniteLoopConfigError,
                exceptions.InvalidConfigError,
                exceptions.UnknownCredentialError,
            ),
            "{error}",
            "mend the profile in ~/.aws/config",
        ),
        (
            (exceptions.MetadataRetrievalError,),
            "this machine or container hands out no role ({error})",
            "see that it has one, or choose others: AWS_PROFILE, --profile",
        ),
        (
            (FileNotFoundError,),
            "the file of the web identity's token is not there ({error})",
            "mend AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile",
        ),
    )
    for types, why, fix in known:
        if isinstance(error, types):
            return _none(why.format(error=line(error)), fix)
    return None


def _of_answer(error: Any, profile: str | None) -> ConfigError | None:  # noqa: ANN401 - botocore's
    said = error.response.get("Error", {})
    code, operation = str(said.get("Code", "")), str(error.operation_name)
    if operation in _GETTING:
        what, fix = _GETTING[operation]
        if "MultiFactorAuthentication" in str(said.get("Message", "")):
            what, fix = "the code of MFA was not taken", "type the code that shows now"
        elif operation == "AssumeRole" and code in _EXPIRED:
            what, fix = "the credentials have expired that would take the role", _OTHERS
        return _none(f"{what}: {line(error)}", fix or _OTHERS)
    if code in _EXPIRED:
        named = profile or os.environ.get("AWS_PROFILE")
        return _none("they have expired" + (f" (profile {named})" if named else ""), _OTHERS)
    if code in _REFUSED:
        return _none(f"AWS does not take them in this region: {code}", _OTHERS)
    return None


def _none(why: str, fix: str) -> ConfigError:
    return refusal(
        "credentials", "", f"there are no credentials to read the account with: {why}", fix=fix
    )


def line(error: Exception) -> str:
    """Return what an error says, in one line without its full stop."""
    return " ".join(str(error).split()).rstrip(".")
