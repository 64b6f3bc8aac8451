# SPDX-License-Identifier: Apache-2.0
"""What each command takes: apart from the commands, so that help and completion load none."""

from __future__ import annotations

import argparse
import re
from argparse import ArgumentTypeError
from pathlib import Path

from seqera_batch.judge.report import WRITERS

IDENTITIES = (
    "platform",
    "head-job",
    "compute-job",
    "execution",
    "instance",
    "flow-logs",
    "spot-fleet",
    "registration",
    "kms-key",
    "work-bucket",
    "file-system",
    "other-buckets",
    "queue-check",
    "topic",
    "deployer",
    "launcher",
    "doctor",
    "check",
    "leftovers",
)
"""What `policies --for` takes."""

SHELLS = ("bash", "zsh", "fish")


def init(parser: argparse.ArgumentParser) -> None:
    """Declare what `init` takes."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="where to write; standard output if left out",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="EXPORT",
        help="make the file of an export: of tw, the API, seqerakit or Terraform (JSON)",
    )
    parser.add_argument("--name", help="with --from: name of the environment")
    parser.add_argument(
        "--pick", metavar="NAME", help="with --from: which environment, where there are several"
    )
    parser.epilog = """examples:
  seqera-batch init seqera.yaml
  seqera-batch init --from exported.json seqera.yaml
  terraform show -json > state.json; seqera-batch init --from state.json seqera.yaml"""


def validate(parser: argparse.ArgumentParser) -> None:
    """Declare what `validate` takes."""
    _files(parser)
    parser.epilog = """examples:
  seqera-batch validate seqera.yaml
  seqera-batch validate --format json exported-from-platform.json"""


def plan(parser: argparse.ArgumentParser) -> None:
    """Declare what `plan` takes."""
    _files(parser)
    parser.add_argument(
        "--picture", metavar="SVG", help="also draw the one environment into this file"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace a file in its place, whoever made it"
    )
    parser.epilog = """examples:
  seqera-batch plan seqera.yaml
  seqera-batch plan seqera.yaml --picture architecture.svg
  seqera-batch plan --format json seqera.yaml > plan.json"""


def effects(parser: argparse.ArgumentParser) -> None:
    """Declare what `effects` takes."""
    parser.add_argument("old", metavar="OLD", help="the file as it is deployed")
    parser.add_argument("new", metavar="NEW", help="the file as it shall be deployed")
    parser.add_argument("--name", help="name of both environments; exports carry none")
    _format(parser)
    parser.epilog = """examples:
  seqera-batch effects deployed.yaml changed.yaml
  git show main:seqera.yaml > old.yaml && seqera-batch effects old.yaml seqera.yaml

exit codes: 0 if running pipelines, data and the registration in Seqera Platform stay as they are;
1 if something is refused, replaced, removed or to be registered anew, or a file cannot be used"""


def policies(parser: argparse.ArgumentParser) -> None:
    """Declare what `policies` takes."""
    _files(parser, formats=False)
    parser.add_argument(
        "--for",
        dest="identity",
        action="append",
        choices=IDENTITIES,
        default=[],
        metavar="WHO",
        help="only this identity or policy; repeat for more (default: all that the stack makes or "
        f"uses): {', '.join(IDENTITIES)}",
    )
    parser.add_argument("--account", help="account id, where the file names none")
    parser.add_argument("--region", help="another region than the file's")
    parser.add_argument(
        "--qualifier",
        type=_qualifier,
        help="with --for deployer: the qualifier of CDK's bootstrap stack, where it is not CDK's",
    )
    parser.add_argument(
        "--mode",
        choices=("manual", "forge", "quick-start"),
        help="Platform's way of working, instead of the file's",
    )
    parser.add_argument(
        "--diff",
        choices=("published",),
        help="Platform's permissions beside Seqera's published policy, statement by statement",
    )
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        help="text for a terminal (default), Markdown (default with --diff), or JSON",
    )
    parser.epilog = """\
Each document is reviewed against AWS's list of actions, without asking AWS. What is right as
it is can be acknowledged in the file, finding by finding: aws.acknowledgements, id and reason.
Findings that are errors and not acknowledged give exit code 1; those about what --mode shows
instead of the file's own way of working do not.

examples:
  seqera-batch policies seqera.yaml
  seqera-batch policies seqera.yaml --for deployer
  seqera-batch policies seqera.yaml --diff published
  seqera-batch policies seqera.yaml --for platform --account 111122223333 --format json"""


def review(parser: argparse.ArgumentParser) -> None:
    """Declare what `review` takes."""
    _files(parser, formats=False)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write here, instead of to standard output"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace a file in its place, whoever made it"
    )
    parser.add_argument(
        "--format",
        choices=tuple(WRITERS),
        help="default: what the ending of the output says; text where there is no output",
    )
    parser.add_argument(
        "--against",
        metavar="OLD",
        help="an earlier version of the one file: show what has changed since",
    )
    parser.epilog = """\
Two files that describe the same environment, by region and name, are two versions of it: the
review is of what the second changes. What cannot be proved to be no wider counts as widened.

examples:
  seqera-batch review seqera.yaml -o review.html
  seqera-batch review seqera.yaml --format markdown
  seqera-batch review seqera.yaml -o review.sarif
  seqera-batch review old.yaml seqera.yaml
  git show main:seqera.yaml > old.yaml && seqera-batch review seqera.yaml --against old.yaml

exit codes: 0 if nothing is open in the environment (what is open for whoever deploys does not
count), or of two versions nothing is widened; 1 if a finding or a warning is neither explained nor
acknowledged (aws.acknowledgements), something is or may be widened, or a file cannot be used; 2 if
the command was called wrongly"""


def check(parser: argparse.ArgumentParser) -> None:
    """Declare what `check` takes."""
    _account(
        parser,
        "check",
        """\
  seqera-batch check seqera.yaml
  seqera-batch check seqera.yaml --profile production --format json""",
    )


def synth(parser: argparse.ArgumentParser) -> None:
    """Declare what `synth` takes."""
    _files(parser, formats=False)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("cdk.out"),
        metavar="DIR",
        help="where to write; an assembly that is there is replaced (default: cdk.out)",
    )
    parser.add_argument(
        "--no-validation",
        action="store_true",
        help="skip CDK's check of the templates against CloudFormation's schemas, which takes "
        "half a second, or two where its native build is not installed",
    )
    parser.add_argument(
        "--qualifier",
        type=_qualifier,
        help="the qualifier of CDK's bootstrap stack, where it is not CDK's own",
    )
    parser.epilog = """examples:
  seqera-batch synth seqera.yaml
  seqera-batch synth -o build/cdk.out cpu.yaml gpu.yaml
then: cdk deploy --app cdk.out --all"""


def export(parser: argparse.ArgumentParser) -> None:
    """Declare what `export` takes."""
    # Of light modules, but of those that the other commands do not need.
    from seqera_batch.handoff.target import ALLOWABLE, FORMS, TARGETS  # noqa: PLC0415

    parser.add_argument("file", metavar="FILE", help="environment file (YAML, TOML, JSON)")
    parser.add_argument("--to", choices=TARGETS, required=True, help="what to write")
    parser.add_argument(
        "--mode",
        choices=("manual", "forge"),
        default="manual",
        help="manual: the stack's own queues (default); forge: Platform creates its own",
    )
    parser.add_argument(
        "--form",
        choices=FORMS,
        default="file-path",
        help="seqerakit: one JSON file (default), or options in the YAML",
    )
    parser.add_argument(
        "--outputs",
        metavar="FILE",
        help="what cdk deploy --outputs-file has written: the ARNs of the deployed roles",
    )
    parser.add_argument("--stack", help="name of the stack in it, where it is not the file's own")
    parser.add_argument("--name", help="name of the environment; exports carry none")
    parser.add_argument("--workspace", help="number of the workspace, or ORGANIZATION/WORKSPACE")
    parser.add_argument("--credentials", help="id of the credentials in Platform")
    parser.add_argument(
        "--label-ids", type=int, nargs="+", default=[], help="Platform's numbers of the labels"
    )
    parser.add_argument(
        "--allow",
        action="append",
        choices=ALLOWABLE,
        default=[],
        metavar="RULE",
        help=f"write what this rule refuses; once for each rule: {', '.join(ALLOWABLE)}",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="json: text, problems and what to run next as one JSON document (default: text)",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="where to write; standard output if left out, but for seqerakit's two files",
    )
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    parser.epilog = """examples:
  seqera-batch export seqera.yaml --to tw --outputs cdk-outputs.json -o ce.json
  seqera-batch export seqera.yaml --to seqerakit --mode forge -o seqerakit.yaml
  seqera-batch export seqera.yaml --to nextflow --outputs cdk-outputs.json > nextflow.config"""


def doctor(parser: argparse.ArgumentParser) -> None:
    """Declare what `doctor` takes."""
    _account(
        parser,
        "doctor",
        """\
  seqera-batch doctor seqera.yaml
  seqera-batch doctor seqera.yaml --job 7f0e6a52-2c1b-4c7e-8a55-1b9d5c3e9f10""",
    )
    parser.add_argument(
        "--job",
        metavar="ID",
        help="why this job waits or has failed: its id or ARN, ID:INDEX for one of an array "
        "(default: the jobs at the front of the queues, and the head job that failed last)",
    )


def leftovers(parser: argparse.ArgumentParser) -> None:
    """Declare what `leftovers` takes."""
    _account(parser, "leftovers", "  seqera-batch leftovers seqera.yaml")


def schema(parser: argparse.ArgumentParser) -> None:
    """Declare what `schema` takes."""
    parser.epilog = """examples:
  seqera-batch schema > seqera.schema.json
then at the top of a YAML file, for editors:
  # yaml-language-server: $schema=seqera.schema.json"""


def completion(parser: argparse.ArgumentParser) -> None:
    """Declare what `completion` takes."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.epilog = """examples:
  source <(seqera-batch completion bash)
  seqera-batch completion bash > ~/.local/share/bash-completion/completions/seqera-batch
  seqera-batch completion zsh > "${fpath[1]}/_seqera-batch"
  seqera-batch completion fish > ~/.config/fish/completions/seqera-batch.fish"""


def _account(parser: argparse.ArgumentParser, command: str, examples: str) -> None:
    """Add FILE, --name, --stack, --profile and --format, and what the help says at its end.

    Args:
        parser: Of the command.
        command: Its name.
        examples: Its examples, a line each.
    """
    parser.add_argument("file", metavar="FILE", help="environment file, or an export from Platform")
    parser.add_argument("--name", help="name of the environment; exports carry none")
    parser.add_argument(
        "--stack", help="name of the stack, where an app gave it another one than `plan` shows"
    )
    parser.add_argument(
        "--profile", help="profile of AWS's configuration with the credentials (AWS_PROFILE)"
    )
    _format(parser)
    parser.epilog = f"""\
It reads the account with your own credentials and changes nothing.
It needs boto3: pip install boto3
The permissions that it needs: seqera-batch policies FILE --for {command}
Without some of them it says so, and goes on with the rest.

examples:
{examples}

exit codes: 0 if all was looked at and nothing needs doing; 1 if something does, or could not be
looked at, or the account cannot be read"""


def _files(parser: argparse.ArgumentParser, *, formats: bool = True) -> None:
    """Add FILE…, --name and --format."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="environment file (YAML, TOML, JSON), or a JSON exported from Seqera Platform",
    )
    parser.add_argument(
        "--name", help="name of the environment, where one file is given; exports carry none"
    )
    if formats:
        _format(parser)


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text for people (default), or JSON with stable keys",
    )


def _qualifier(text: str) -> str:
    """Return a qualifier as CDK's bootstrap stack takes it: it becomes a part of roles' ARNs."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,10}", text):
        message = f"{text!r} is no qualifier: 1 to 10 letters, digits, - and _"
        raise ArgumentTypeError(message)
    return text
