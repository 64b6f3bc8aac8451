# SPDX-License-Identifier: Apache-2.0
"""Which texts hold a secret, and which only look a little like it."""

from __future__ import annotations

import time

import pytest

from seqera_batch.catalog.secrets import FORMS, Form, secrets_in

RANDOM = "a8Fk20sLqPzX91mNcV7bT5yU3wE6rJ4iO0d1Zk3pQ9sLw2xT8vB5nR7y"
"""What is random in a secret; put together below, so that no scanner takes it for one."""

EACH = {
    "an access key id of AWS": "aws.accessKey = '" + "AKIA" + "Q3EGR7XKLMN2PQRS'",
    "an access token of Seqera Platform, or another token in JSON": "-e " + "eyJ" + RANDOM,
    "a token of GitHub": "github_pat_" + RANDOM,
    "a token of GitLab": "glpat-" + RANDOM,
    "an access token of Bitbucket or Atlassian": "ATBB" + RANDOM,
    "a token of Slack, or the address of a webhook": "https://hooks.slack.com/services/T0/"
    + RANDOM,
    "an address of a webhook of Microsoft Teams or Discord": "https://lab.webhook.office.com/webhookb2/"
    + RANDOM,
    "a private key": "cat <<E\n-----BEGIN OPENSSH " + f"PRIVATE KEY-----\n{RANDOM}\n",
    "an API key of Google": "AIza" + RANDOM,
    "a key or signature of Azure Storage": "AccountName=a;AccountKey=" + RANDOM + "==",
    "a token of Docker Hub": "dckr_pat_" + RANDOM,
    "credentials of a container registry": '{"auths": {"quay.io": {"auth": "' + RANDOM + '"}}}',
    "a token of Hugging Face": "hf_" + RANDOM,
    "an API key of a language model": "sk-proj-" + RANDOM,
    "a token of npm or PyPI": "pypi-AgE" + RANDOM,
    "a token of HashiCorp Vault or Terraform": "hvs." + RANDOM,
    "a key of Stripe or SendGrid": "sk_live_" + RANDOM,
    "a token of Databricks": "dapi" + "0123456789abcdef" * 2,
    "a password in an address": "git clone https://lab:hunter2@git.example.org/a.git",
    "a password or token on a command line": "docker login -u lab -p hunter2secret quay.io",
    "a password or token, by its name": 'tower { accessToken = "' + RANDOM + '" }',
}
"""A text for each form."""

BY_NAME = (
    "password = 'hunter2'",
    '"password": "hunter2secret"',
    "export PGPASSWORD=hunter2",
    "API_KEY=0123456789abcdef",
    "client_secret: '0123456789'",
    "aws.secretKey = 'wJalrXUtnFEMIK7MDENGbPxRfiCY'",
    'registry { password = "it\'s secret" }',
    "params.db_pass = 'hunter2secret'",
    "env.MYSQL_PWD = 'hunter2secret'",
    "cat > a <<E\n[default]\naws_secret_access_key = wJalrXUtnFEMI7MDENGbPxRfiCY\nE",
    "user: lab\npassword: hunter2secret\n",
)

ON_COMMAND_LINES = (
    "sshpass -p hunter2secret ssh lab",
    "mysql -u root -phunter2secret",
    "aws configure set aws_secret_access_key wJalrXUtnFEMIK7MDENGbPxRfiCY",
    "echo machine github.com login lab password hunter2secret > ~/.netrc",
)

HARMLESS = (
    "compass = 'north-north-west'",
    "export PWD=$PWD",
    "mysql -u root -p",
    "mkdir -p /scratch/work && cp -pr a b",
    # nf-core/configs and nf-core's pipelines have these lines.
    "acr_password = null",
    "password = params.acr_password",
    "basicPassword   = params.basicPassword",
    "servicePrincipalSecret = params.principal_secret",
    "  accessToken = theTokenOfTheLab",
    "  accessToken = params.token_2026",
    "token: see page 12 of the wiki",
    "sasToken      = params.storage_sas",
    'tokenDuration = "24h"',
    "//emApiKey = secrets.EM_API_KEY  // with the name 'EM_API_KEY'",
    "config_profile_contact = 'Tobias Schraink (@tobsecret)'",
    "path: { \"${params.outdir}/${task.process.tokenize(':')[-1].tokenize('_')[0]}\" }",
    "container = 'community.wave.seqera.io/library/star_samtools:ae438e9a604351a4'",
    "container 'quay.io/biocontainers/fq@sha256:" + "0123456789abcdef" * 4 + "'",
    "process { withName: 'STAR' { secret 'MY_ACCESS_KEY' } }",
    # What points to a secret is none.
    "tower.accessToken = secrets.TOWER_ACCESS_TOKEN",
    "accessToken = System.getenv('TOWER_ACCESS_TOKEN')",
    "accessToken = \"${System.getenv('TOWER_ACCESS_TOKEN')}\"",
    'export GITHUB_TOKEN="$(aws secretsmanager get-secret-value --secret-id github)"',
    "export TOKEN=$(cat /run/secrets/token)",
    'curl -H "Authorization: Bearer $TOWER_ACCESS_TOKEN" https://api.cloud.seqera.io',
    "git clone https://$USER:$TOKEN@github.com/lab/a.git",
    "docker login --username lab --password-stdin < /run/secrets/token",
    "token_file: '/var/run/token'",
    "DB_SECRET=arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
    # What stands for one in examples is none.
    "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
    "password = 'changeme'",
    "apiKey = '<your key>'",
    "token: 'xxxxxxxx'",
    # Addresses, ports and mail.
    "s3://bucket/key:with:colons@home",
    "ssh://git@github.com:22/lab/a.git",
    "author: somebody@example.org, see https://example.org:8443/@somebody",
    "-Xms1g -Xmx6g -p 8080 -u root",
)


def test_every_form_has_its_text() -> None:
    """No form goes untried."""
    assert EACH.keys() == {form.what for form in FORMS}


@pytest.mark.parametrize("what", EACH)
def test_forms_are_found(what: str) -> None:
    """Each form is told by what it is, and where the secret itself is in the text."""
    text = EACH[what]
    [found] = secrets_in(text)
    assert found.what == what
    secret = text[found.start : found.end]
    assert "hunter2" in secret or RANDOM[:35] in secret or "0123" in secret or "AKIA" in secret


@pytest.mark.parametrize("text", BY_NAME)
def test_names_give_secrets_away(text: str) -> None:
    """A literal value under the name of a secret is one, in scripts, JSON and Nextflow."""
    assert [found.what for found in secrets_in(text)] == ["a password or token, by its name"]


@pytest.mark.parametrize("text", ON_COMMAND_LINES)
def test_programs_take_passwords(text: str) -> None:
    """What programs take as a password by another name than one is told too."""
    assert [found.what for found in secrets_in(text)] == ["a password or token on a command line"]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_texts(text: str) -> None:
    """What pipelines' configurations usually have is no secret."""
    assert list(secrets_in(text)) == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.what)
def test_the_words_of_a_form_are_in_its_texts(form: Form) -> None:
    """The quick look for words passes by nothing that the pattern would find."""
    text = EACH[form.what].lower()
    assert any(word in text for word in form.words)


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "a.", "://", "x://:", "token='", "password=a", "login ", "curl -u ", "--a-", "eyJ"),
        *("sig=", "-----BEGIN A PRIVATE KEY-----", "authorization: bearer ", "a://b:", "secret_"),
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    """A text that was made to keep the search busy does not."""
    text = piece * (50_000 // len(piece)) + " token @ curl :// -- -p eyj sig= private key"
    began = time.perf_counter()
    for _ in secrets_in(text):
        pass
    assert time.perf_counter() - began < 2
