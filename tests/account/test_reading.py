# SPDX-License-Identifier: Apache-2.0
"""What an account can do to whoever reads it: no credentials, no permission, no answer."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import (  # type: ignore[import-untyped]
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    InvalidConfigError,
    LoginRefreshRequired,
    MetadataRetrievalError,
    MissingDependencyException,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

from seqera_batch.account.check import check
from seqera_batch.account.credentials import credentials_refused
from seqera_batch.account.doctor import doctor
from seqera_batch.account.leftovers import leftovers
from seqera_batch.account.reading import ATTEMPTS, Account, action_of
from seqera_batch.problems import ConfigError, Problem
from tests.account.conftest import ACCOUNT, DENIED, REGION, Double, failure

if TYPE_CHECKING:
    from pathlib import Path

    from seqera_batch import ForgePlan


def refused(error: Exception, double: Double) -> Problem:
    """Return the one problem with which an account stops everything."""
    double.replies["sts:GetCallerIdentity"] = error
    with pytest.raises(ConfigError) as caught:
        Account(REGION, account=ACCOUNT)
    [problem] = caught.value.problems
    assert "\n" not in problem.message
    return problem


@pytest.mark.parametrize(
    ("error", "rule", "says"),
    [
        (NoCredentialsError(), "credentials", "Unable to locate credentials"),
        (failure("ExpiredToken"), "credentials", "they have expired"),
        (failure("InvalidClientTokenId"), "credentials", "AWS does not take them in this region"),
        (TokenRetrievalError(provider="sso", error_msg="old"), "credentials", "sso"),
        (EndpointConnectionError(endpoint_url="https://sts"), "account-unreachable", "answer"),
        (ConnectTimeoutError(endpoint_url="https://sts"), "account-unreachable", "answer"),
        (ResponseParserError("invalid XML\nreceived"), "account-unreachable", "invalid XML"),
        (KeyError("GetCallerIdentityResult"), "account-unreachable", "GetCallerIdentityResult"),
        (ValueError("Invalid endpoint: x"), "account-unreachable", "Invalid endpoint"),
        (NotImplementedError("not here"), "account-unreachable", "not here"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_nothing_can_be_read(error: Exception, rule: str, says: str, double: Double) -> None:
    """Without credentials or an answer there is one clear line, and a way out."""
    problem = refused(error, double)
    assert problem.rule == rule
    assert says in problem.message
    assert problem.fix


def refused_by(operation: str, code: str, message: str) -> ClientError:
    """Return the error of a call that gets credentials before the one that was asked for."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "says", "fix"),
    [
        (
            refused_by("AssumeRole", "AccessDenied", "ada is not authorized: sts:AssumeRole on r"),
            "the role of the profile cannot be taken",
            "trust policy",
        ),
        (refused_by("AssumeRole", "ExpiredToken", "expired"), "that would take the role", "log in"),
        (
            refused_by("AssumeRole", "AccessDenied", "MultiFactorAuthentication failed with x"),
            "the code of MFA was not taken",
            "type the code",
        ),
        (
            refused_by("AssumeRoleWithWebIdentity", "InvalidIdentityToken", "no provider"),
            "the token of the web identity is not taken",
            "issuer, audience",
        ),
        (
            refused_by("GetRoleCredentials", "ForbiddenException", "No access"),
            "single sign-on does not give out this account and role",
            "IAM Identity Center",
        ),
        (UnauthorizedSSOTokenError(), "the session of single sign-on has ended", "aws sso login"),
        (SSOTokenLoadError(error_msg="no token"), "has ended", "aws sso login"),
        (LoginRefreshRequired(), "the session of `aws login` has ended", "run `aws login`"),
        (MissingDependencyException(msg="botocore[crt]"), "botocore[crt]", "install"),
        (CredentialRetrievalError(provider="p", error_msg="x"), "x", "credential_process"),
        (PartialCredentialsError(provider="env", cred_var="SECRET"), "SECRET", "both"),
        (InvalidConfigError(error_msg="no source_profile"), "no source_profile", "~/.aws/config"),
        (MetadataRetrievalError(error_msg="refused"), "hands out no role", "see that it has one"),
        (
            FileNotFoundError(2, "No such file", "/var/run/token"),
            "the web identity's token is not there",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_ways_to_credentials(error: Exception, says: str, fix: str, double: Double) -> None:
    """Each way by which credentials come has its own line, and its own fix."""
    problem = refused(error, double)
    assert problem.rule == "credentials"
    assert says in problem.message
    assert fix in str(problem.fix)


def test_the_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that logs in is the one of the profile."""
    monkeypatch.setenv("AWS_PROFILE", "lab")
    found = credentials_refused(UnauthorizedSSOTokenError(), None)
    assert found is not None
    [problem] = found.problems
    assert problem.fix == "run `aws sso login --profile lab`"


def test_a_code_is_asked_of_somebody_only(
    double: Double, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A profile with MFA ends at once where nobody can type the code."""
    settings = tmp_path / "config"
    settings.write_text(
        "[profile base]\naws_access_key_id = A\naws_secret_access_key = B\n"
        "[profile strict]\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/ada\n"
        "role_arn = arn:aws:iam::1:role/r\n"
    )
    monkeypatch.undo()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(settings))
    monkeypatch.setattr("sys.stdin", StringIO("123456\n"))
    with pytest.raises(
        ConfigError, match=r"wants a code of MFA \(Enter MFA code for arn"
    ) as caught:
        Account(REGION, profile="strict")
    [problem] = caught.value.problems
    assert "run it in a terminal" in str(problem.fix)


def test_wrong_account(double: Double) -> None:
    """Credentials of another account than the file's are refused before anything is read."""
    with pytest.raises(ConfigError, match="another account") as caught:
        Account(REGION, account="999988887777")
    [problem] = caught.value.problems
    assert (problem.value, problem.allowed) == (ACCOUNT, "999988887777")
    assert double.asked == ["sts:GetCallerIdentity"]


def test_unknown_profile(double: Double) -> None:
    """A profile that does not exist is named."""
    with pytest.raises(ConfigError, match="nobody"):
        Account(REGION, profile="nobody")


def test_broken_setup(double: Double, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A configuration that cannot be parsed is one clear line."""
    broken = tmp_path / "config"
    broken.write_text("[default\nregion = x\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    with pytest.raises(ConfigError, match="cannot be read"):
        Account(REGION)


@pytest.mark.parametrize("command", [doctor, check, leftovers], ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    "reply",
    [
        ResponseParserError("invalid XML received"),
        KeyError("Result"),
        NotImplementedError("not here"),
        {"ResponseMetadata": {"HTTPHeaders": {"content-type": "text/html; charset=utf-8"}}},
    ],
    ids=["parser", "key", "not implemented", "web page"],
)
def test_nonsense(command: object, reply: object, double: Double, plan: ForgePlan) -> None:
    """Whatever any one call leads to is a note of that call, and the rest is still asked."""
    assert callable(command)
    list(command(Account(REGION), plan))
    for call in dict.fromkeys(double.asked):
        if call == "sts:GetCallerIdentity":
            continue
        before = double.replies.pop(call, {})
        double.replies[call] = reply
        account = Account(REGION)
        list(command(account, plan))
        assert len(account.unread) == 1, call
        assert "no answer of AWS's" in account.unread[0].why
        double.replies[call] = before


def test_without_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra it is said how to install it."""
    monkeypatch.setattr("seqera_batch.account.reading.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="pip install boto3"):
        Account(REGION)


def test_credentials_that_end_meanwhile(double: Double, plan: ForgePlan) -> None:
    """Credentials that expire while an account is read end the reading."""
    double.having(batch_DescribeJobQueues=failure("ExpiredTokenException"))
    with pytest.raises(ConfigError, match="they have expired"):
        doctor(Account(REGION), plan)


@pytest.mark.parametrize("command", [doctor, check, leftovers], ids=lambda one: one.__name__)
def test_answers_that_say_nothing(command: object, double: Double, plan: ForgePlan) -> None:
    """An answer without what it should have ends nothing: it counts as empty, or is noted."""
    assert callable(command)
    list(command(Account(REGION), plan))
    for call in dict.fromkeys(double.asked):
        if call == "sts:GetCallerIdentity":
            continue
        before = double.replies.pop(call, {})
        double.replies[call] = {}
        account = Account(REGION)
        list(command(account, plan))
        assert all("it says nothing of" in one.why for one in account.unread), call
        double.replies[call] = before


@pytest.mark.parametrize("command", [doctor, check, leftovers], ids=lambda one: one.__name__)
def test_each_permission_may_be_missing(command: object, double: Double, plan: ForgePlan) -> None:
    """Without any one permission its action is named, and the rest is still asked."""
    assert callable(command)
    list(command(Account(REGION), plan))
    every = list(dict.fromkeys(double.asked))
    for call in every:
        if call == "sts:GetCallerIdentity":
            continue
        before = double.replies.get(call)
        double.replies[call] = DENIED
        account = Account(REGION)
        list(command(account, plan))
        assert [one.denied for one in account.unread] == [True], call
        assert account.unread[0].action.partition(":")[2]
        double.replies.pop(call)
        if before is not None:
            double.replies[call] = before


def test_an_endpoint_that_fails_is_not_asked_again(double: Double, plan: ForgePlan) -> None:
    """A service that is not reached is waited for once, and the others are still asked."""
    double.having(ec2_DescribeSubnets=ConnectTimeoutError(endpoint_url="https://ec2"))
    account = Account(REGION)
    doctor(account, plan)
    asked = [call for call in double.asked if call.startswith("ec2:")]
    assert asked == ["ec2:DescribeSubnets"]
    assert "logs:FilterLogEvents" in double.asked
    assert all("ec2 does not answer in eu-west-1" in one.why for one in account.unread)


def test_throttling(double: Double, plan: ForgePlan) -> None:
    """What AWS goes on refusing as too much is named with AWS's words."""
    double.having(batch_DescribeJobQueues=failure("TooManyRequestsException", "slow down"))
    account = Account(REGION)
    doctor(account, plan)
    assert "slow down" in account.unread[0].why
    assert not account.unread[0].denied


def test_settings(double: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients wait seconds, not minutes, try again, and are of the file's region and partition."""
    monkeypatch.undo()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "example")
    monkeypatch.setattr(Account, "_caller", lambda *_: ACCOUNT)
    client = Account("cn-north-1")._client("batch")  # noqa: SLF001 - no call is made of it
    assert client.meta.endpoint_url == "https://batch.cn-north-1.amazonaws.com.cn"
    assert client.meta.config.connect_timeout == 5
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}


@pytest.mark.parametrize(
    ("error", "times"),
    [
        (ConnectTimeoutError(endpoint_url="https://batch"), 1),
        (ReadTimeoutError(endpoint_url="https://batch"), 1),
        (EndpointConnectionError(endpoint_url="https://batch"), ATTEMPTS),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_time_out_is_waited_for_once(
    error: Exception, times: int, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seconds are not waited four times over; what fails at once is tried again."""
    monkeypatch.undo()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "example")
    monkeypatch.setattr(Account, "_caller", lambda *_: ACCOUNT)
    monkeypatch.setattr("time.sleep", lambda _: None)
    sent: list[object] = []

    def send(_: object, request: object) -> None:
        sent.append(request)
        raise error

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    account = Account(REGION)
    assert account.read("batch", "describe_jobs", jobs=["j-1"]) is None
    assert len(sent) == times
    assert "batch does not answer" in account.unread[0].why


def test_names_of_actions() -> None:
    """Calls are named as IAM names them."""
    assert action_of("efs", "describe_file_systems") == "elasticfilesystem:DescribeFileSystems"
    assert action_of("s3", "head_bucket") == "s3:ListBucket"
