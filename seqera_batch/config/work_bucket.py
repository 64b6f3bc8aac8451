# SPDX-License-Identifier: Apache-2.0
"""The `aws.work_bucket` section: the bucket of the work directory, where it is to be created."""

from seqera_batch.catalog import defaults, sources
from seqera_batch.config.formats import Amount, Flag
from seqera_batch.config.settings import Effect, Section, setting


class WorkBucketSettings(Section, effect=Effect.IN_PLACE):
    """The bucket of `work_dir`: closed to the public, encrypted, by TLS only, and kept."""

    expire_work_after_days: Amount = setting(
        default=defaults.EXPIRE_WORK_DAYS,
        omitted=f"{defaults.EXPIRE_WORK_DAYS}, as Seqera suggests",
        source=sources.SEQERA_AWS_BATCH,
        ge=0,
    )
    """Days after which what Nextflow makes in the work directory is deleted: folders of tasks and
    of staged inputs. Results, the cloud cache and Studios' checkpoints stay, wherever they are. 0:
    never.
    """
    versioning: Flag = setting(
        default=False, omitted="false: Nextflow never changes a file, and versions cost money"
    )
    """Keep earlier versions of files, those of intermediate files for one day only. S3 can suspend
    it later, not end it.
    """
