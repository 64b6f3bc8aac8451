# SPDX-License-Identifier: Apache-2.0
"""The forms that secrets have, each with the page that states it, and how one is found in text.

Our own table, because every text of a file is read at each start: the detectors that are kept
well are native programs of 40 to 50 MB for one system each, and the one in Python was last
released in 2024, takes 0.1 s to load, and takes image digests of nf-core's pipelines for secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from seqera_batch.records import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a secret.

    Args:
        what: What has the form, as a message names it.
        words: Lower-case texts of which one is in every text that holds such a secret.
        pattern: Finds it; the group `secret`, or else all, is the secret itself.
        source: Where the form is documented.
    """

    what: str
    words: tuple[str, ...]
    pattern: str
    source: str


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a text.

    Args:
        what: What it looks like.
        start: Where it begins, in characters from 0.
        end: Where it ends.
    """

    what: str
    start: int
    end: int


_NAME = (
    r"(?:passwords?|passwd|passphrase|secret|secret[_-]?access[_-]?key|secret[_-]?key|"
    r"access[_-]?key|api[_-]?key|private[_-]?key|client[_-]?secret|token|(?<![a-z])(?:pass|pwd))"
)
"""How names of secrets end, in scripts, in JSON, and in Nextflow's own configuration."""
_VARIABLE = re.compile(
    r"(?i)(^|_)(API_?KEY|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|TOKEN|CREDENTIALS?|PRIVATE_KEY|"
    r"SECRET_ACCESS_KEY|ACCESS_KEY_ID)(_|$)"
)
_NAMES = ("pass", "pwd", "secret", "key", "token")

_SHORTEST = 6
"""Characters from which on a value counts as a password."""

NO_SECRET = re.compile(
    # A reference to where the secret lies, a path, or what stands for a secret in examples.
    r"\$|\{\{|<[^>]*>$|arn:|s3://|https?://|(secrets|params|env|System)\.|(/[\w.-]+)+/?$|"
    r"(?i:x{3,}$|\*+$|\.+$|changeme|your[_-]|null$|none$|true$|false$|removed$)|.*EXAMPLE"
)
"""Values that are no secrets, whatever the name says."""
_EXAMPLE = "EXAMPLE"
"""Ends AWS's own examples of keys."""

FORMS = (
    Form(
        "an access key id of AWS",
        ("akia", "asia"),
        r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    Form(
        "an access token of Seqera Platform, or another token in JSON",
        ("eyj",),
        r"\beyJ[A-Za-z0-9+/_-]{20,}[A-Za-z0-9+/_=.-]*",
        "https://docs.seqera.io/platform-cloud/api/overview",
    ),
    Form(
        "a token of GitHub",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\b(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats",
    ),
    Form(
        "a token of GitLab",
        ("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "gloas-", "glagent-"),
        r"\bgl(?:pat|dt|rt|cbt|ptt|ft|oas|agent)-[A-Za-z0-9_.-]{20,}",
        "https://docs.gitlab.com/security/tokens/#token-prefixes",
    ),
    Form(
        "an access token of Bitbucket or Atlassian",
        ("atbb", "atatt3", "atctt3"),
        r"\bAT(?:BB|ATT3|CTT3)[A-Za-z0-9_=-]{20,}",
        "https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/",
    ),
    Form(
        "a token of Slack, or the address of a webhook",
        ("xox", "xapp-", "hooks.slack.com"),
        r"\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})"
        r"|https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}",
        "https://docs.slack.dev/authentication/tokens",
    ),
    Form(
        "an address of a webhook of Microsoft Teams or Discord",
        ("webhook.office.com", "discord.com/api/webhooks", "discordapp.com/api/webhooks"),
        r"https://(?:[\w-]+\.webhook\.office\.com/webhookb2|discord(?:app)?\.com/api/webhooks)"
        r"/[A-Za-z0-9@/_-]{20,}",
        "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
    ),
    Form(
        "a private key",
        ("private key",),
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END[ A-Z0-9]*-----)?",
        "https://www.rfc-editor.org/rfc/rfc7468",
    ),
    Form(
        "an API key of Google",
        ("aiza",),
        r"\bAIza[A-Za-z0-9_-]{35}",
        "https://cloud.google.com/docs/authentication/api-keys",
    ),
    Form(
        "a key or signature of Azure Storage",
        ("accountkey=", "sig="),
        r"AccountKey=(?P<secret>[A-Za-z0-9+/]{40,}={0,2})|[?&]sig=(?P<other>[A-Za-z0-9%+/=]{40,})",
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string",
    ),
    Form(
        "a token of Docker Hub",
        ("dckr_pat_", "dckr_oat_"),
        r"\bdckr_[po]at_[A-Za-z0-9_-]{20,}",
        "https://docs.docker.com/security/access-tokens/",
    ),
    Form(
        "credentials of a container registry",
        ("ecs_engine_auth_data", '"auth"'),
        # What a script fills in at the start of a node is none.
        r"ECS_ENGINE_AUTH_DATA=(?P<secret>(?![$%])\S.*)|\"auth\"\s*:\s*\"(?P<other>[A-Za-z0-9+/=]{8,})\"",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth-container-instances.html",
    ),
    Form(
        "a token of Hugging Face",
        ("hf_",),
        r"\bhf_[A-Za-z0-9]{30,}",
        "https://huggingface.co/docs/hub/security-tokens",
    ),
    Form(
        "an API key of a language model",
        ("sk-",),
        r"\bsk-(?:proj-|svcacct-|admin-|ant-)?[A-Za-z0-9_-]{30,}",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    Form(
        "a token of npm or PyPI",
        ("npm_", "pypi-"),
        r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{30,})",
        "https://docs.npmjs.com/about-access-tokens",
    ),
    Form(
        "a token of HashiCorp Vault or Terraform",
        ("hvs.", "hvb.", "atlasv1."),
        r"\bhv[sb]\.[A-Za-z0-9_-]{20,}|\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{20,}",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens",
    ),
    Form(
        "a key of Stripe or SendGrid",
        ("sk_live_", "rk_live_", "sk_test_", "sg."),
        r"\b(?:[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|SG\.[\w-]{20,24}\.[\w-]{39,})",
        "https://docs.stripe.com/keys",
    ),
    Form(
        "a token of Databricks",
        ("dapi",),
        r"\bdapi[0-9a-f]{32}\b",
        "https://docs.databricks.com/aws/en/dev-tools/auth/pat",
    ),
    Form(
        "a password in an address",
        ("@",),
        r"\b[a-z][a-z0-9+.-]{1,15}://[^\s/:@'\"]*:(?P<secret>[^\s/@'\"]{3,})@",
        "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
    ),
    Form(
        "a password or token on a command line",
        ("authorization", "--", "-u ", "-p", "configure set", "machine "),
        r"(?i)\bauthorization:\s*(?:bearer|basic|token)\s+(?P<secret>[\w.~+/=-]{8,})"
        r"|\s--(?:[a-z]+-)*(?:password|passwd|token|api-key|secret)(?:=|\s+)['\"]?"
        r"(?P<other>[^\s'\"-][^\s'\"]{5,})"
        r"|\bcurl\b[^\n]{0,200}\s(?:-u|--user)\s+['\"]?[\w.@-]+:(?P<third>[^\s'\"]{4,})"
        r"|\b(?:login|sshpass)\b[^\n]{0,200}\s-p\s*['\"]?(?P<fourth>[^\s'\"]{6,})"
        r"|\b(?:mysql|mysqldump|mariadb)\b[^\n]{0,200}\s-p(?P<fifth>[^\s'\"]{6,})"
        r"|\bconfigure\s+set\s+\S*(?:secret_access_key|session_token)\s+['\"]?(?P<sixth>[^\s'\"]{6,})"
        r"|\bmachine\s+\S+\s+login\s+\S+\s+password\s+(?P<seventh>[^\s'\"]{6,})",
        "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    ),
    Form(
        "a password or token, by its name",
        _NAMES,
        # In quotes, of Nextflow, JSON and YAML; without quotes, of a shell and of ECS; on a line
        # of its own, of YAML and of AWS's credentials, where a digit tells it from a variable.
        rf"(?i){_NAME}['\"]?\s*[:=]\s*(?P<quote>['\"])(?P<secret>(?:(?!(?P=quote)).){{6,}})(?P=quote)"
        rf"|{_NAME}=(?P<other>[^\s'\"()\[\]{{}};,]{{6,}})"
        rf"|(?m:^[ \t]*[\w.-]*{_NAME}[ \t]*[:=][ \t]+(?=\S*\d)(?=\S*[a-z])"
        r"(?P<third>[^\s'\"()\[\]{};,]{8,})[ \t]*$)",
        "https://www.nextflow.io/docs/latest/secrets.html",
    ),
)


BY_NAME = FORMS[-1].what
"""What a value is that only its name gives away."""


@lru_cache(maxsize=1024)
def secrets_in(text: str) -> tuple[Found, ...]:
    """Return what looks like a secret in a text; each part of it once.

    Many environments say the same.
    """
    return tuple(_secrets_in(text))


def _secrets_in(text: str) -> Iterator[Found]:
    small = text.lower()
    taken = bytearray(len(text))
    for form in FORMS:
        if not any(word in small for word in form.words):
            continue
        for match in re.finditer(form.pattern, text):
            named = [name for name, value in match.groupdict().items() if value and name != "quote"]
            start, end = match.span(named[0] if named else 0)
            # What a form of its own gives away may well be an address.
            harmless = NO_SECRET.match(text[start:end]) if named else _EXAMPLE in match[0]
            if harmless or any(taken[start:end]):
                continue
            taken[start:end] = b"1" * (end - start)
            yield Found(form.what, start, end)


def is_secret_variable(name: str, value: str) -> bool:
    """Return whether a variable's name says that it is a secret, and the value is no reference."""
    return bool(value) and NO_SECRET.match(value) is None and _VARIABLE.search(name) is not None


def is_secret_by_name(name: str, value: str) -> bool:
    """Return whether a value is a secret by the name it has, and is no reference to one."""
    return (
        len(value) >= _SHORTEST
        and re.search(rf"(?i){_NAME}$", name) is not None
        and NO_SECRET.match(value) is None
    )
