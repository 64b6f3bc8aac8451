# SPDX-License-Identifier: Apache-2.0
"""What lies below a Nextflow work directory, and what of it is intermediate."""

from __future__ import annotations

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
