# SPDX-License-Identifier: Apache-2.0
"""What a compute node is to have, and what its jobs then see of it."""

from __future__ import annotations

from dataclasses import field

from seqera_batch.records import dataclass
from seqera_batch.words import counted, told, untold

SCRATCH_PATH = "/scratch/fusion"
DATA_PATH = "/scratch/data"
DEFAULT_CLI_PATH = "/opt/seqera-batch/aws-cli/v2/current/bin/aws"

# Where AWS's installer puts the executable, below the directory it is given.
_CLI_BELOW_INSTALL_DIRECTORY = "/v2/current/bin/aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCli:
    """The AWS CLI that Nextflow mounts, with the directory two levels up, into task containers."""

    path: str = DEFAULT_CLI_PATH
    install: bool = True
    """Whether to download AWS CLI v2 where the image has nothing at ``path``; else it must."""
    version: str | None = None
    """Such as ``2.27.1``; the one in ``catalog.defaults`` where left out."""

    def __post_init__(self) -> None:
        if self.install and not self.path.endswith(_CLI_BELOW_INSTALL_DIRECTORY):
            raise ValueError(
                f"path is {self.path!r}; AWS's installer can only provide a path that ends in "
                f"{_CLI_BELOW_INSTALL_DIRECTORY}: choose one, or set install=False and carry the "
                "AWS CLI in the image"
            )
        if self.version is not None and not self.install:
            raise ValueError(
                f"version is {self.version!r}, but with install=False nothing is installed: leave "
                "version out"
            )

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{'installs' if self.install else 'must carry'} the AWS CLI at {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A file system to mount, in the words of the script that mounts it.

    Args:
        mount_path: Where nodes mount it, and containers see it.
        script: File in ``scripts`` that has the function; it may use those of ``mounts.sh``.
        function: Shell function that mounts, and does nothing where it is mounted already.
        arguments: What the function takes; strings known at deployment only may be among them.
    """

    mount_path: str
    script: str
    function: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"mounts {self.mount_path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnScript:
    """A script of the user's; a command of it that fails takes the node out of service."""

    name: str
    text: str

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"runs the script {self.name} of {counted(len(self.text.encode()), 'byte')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSetup:
    """Everything that varies between the nodes of two compute environments."""

    environment: str = field(metadata=untold("the same for every node"))
    """Named in every log line."""
    fusion_scratch: bool = field(default=False, metadata=told("NVMe disks formatted for Fusion"))
    """Whether the NVMe instance store becomes the ``/tmp`` of jobs; without one the node fails."""
    data_disk: bool = field(default=False, metadata=told(f"mounts {DATA_PATH}"))
    """Whether a second EBS volume is there, which tasks see."""
    fusion: bool = field(default=False, metadata=untold("told of the environment"))
    aws_cli: AwsCli | None = field(default=None, metadata=told("{}"))
    log_group: str | None = field(default=None, metadata=untold("told with the other logs"))
    """Must exist: its retention is set where it is made, not by the nodes."""
    mounts: tuple[Mount, ...] = field(default=(), metadata=told("{}"))
    own_scripts: tuple[OwnScript, ...] = field(default=(), metadata=told("{}"))
    """In order, once everything else is there but the ECS agent's settings."""
    ecs_config: str | None = field(
        default=None, metadata=told(lambda _: "own lines for the ECS agent")
    )
    """Lines of ``/etc/ecs/ecs.config``, which win over ours."""

    def __post_init__(self) -> None:
        if self.fusion and self.aws_cli is not None:
            raise ValueError("fusion and aws_cli are both set; with Fusion v2 jobs use no AWS CLI")
        paths = [mount.mount_path for mount in self.mounts]
        if self.fusion_scratch:
            paths.append(SCRATCH_PATH)
        if self.data_disk:
            paths.append(DATA_PATH)
        repeated = sorted({path for path in paths if paths.count(path) > 1})
        if repeated:
            raise ValueError(
                f"mounted more than once: {', '.join(repeated)}; each file system needs a path "
                "of its own"
            )


def job_volumes(setup: NodeSetup) -> tuple[str, ...]:
    """Return the values of Nextflow's ``aws.batch.volumes`` that show jobs what nodes mount."""
    scratch = (f"{SCRATCH_PATH}:/tmp",) if setup.fusion_scratch else ()
    data = (DATA_PATH,) if setup.data_disk else ()
    return (*scratch, *data, *(mount.mount_path for mount in setup.mounts))
