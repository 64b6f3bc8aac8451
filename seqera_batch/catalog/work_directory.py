# SPDX-License-Identifier: Apache-2.0
"""A Nextflow work directory: where it is, what lies below it, and what of that is intermediate."""

from __future__ import annotations

from seqera_batch.catalog.s3 import SCHEME, parts_of, uri_of
from seqera_batch.records import dataclass

CLOUD_CACHE = "cloudcache"
"""Folder of the cache that resuming a run needs.

Seqera's page puts it into the work directory: https://docs.seqera.io/platform-cloud/compute-envs/aws-batch
"""

KEPT = (f"{CLOUD_CACHE}/", ".studios/")
"""Folders that Platform puts there and nobody wants deleted: the cache, checkpoints of Studios.

https://docs.seqera.io/platform-cloud/studios/managing
"""

# nextflow: TaskRun's work directories, Executor.getStageDir, FileHelper.createTempFolder
TASK_FOLDERS = tuple(f"{number:02x}/" for number in range(256))
"""Each task works in `<two hexadecimal digits>/<the rest of its hash>/`."""
INTERMEDIATE = (*TASK_FOLDERS, "stage-", "tmp/")
"""How everything begins that Nextflow makes for a run: folders of tasks, of inputs that it fetches
from elsewhere, and of what it puts together itself."""


@dataclass(frozen=True, slots=True)
class WorkDirectory:
    """Where Nextflow works: in a bucket, or on a file system that nodes mount.

    Args:
        bucket: The bucket; None on a file system.
        folder: The folder in the bucket, empty for all of it; the whole path on a file system.
    """

    bucket: str | None
    folder: str

    @staticmethod
    def of(text: str) -> WorkDirectory:
        """Return the directory that a file names."""
        return WorkDirectory(*(parts_of(text) if text.startswith(SCHEME) else (None, text)))

    def __str__(self) -> str:
        """Return it as Nextflow and Platform write it."""
        return self.folder if self.bucket is None else uri_of(self.bucket, self.folder)

    def is_below(self, path: str) -> bool:
        """Whether it is this path of the nodes, or a folder in it."""
        return self.bucket is None and f"{self.folder}/".startswith(f"{path}/")
