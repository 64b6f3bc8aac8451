# SPDX-License-Identifier: Apache-2.0
"""The `aws.head_job_definition` section: a job definition for the Nextflow head job."""

from seqera_batch.catalog import sources
from seqera_batch.config.formats import Flag, ImageName, SecretArn, VariableName
from seqera_batch.config.settings import Effect, Mode, Section, setting

CONFIG_VARIABLE = "NEXTFLOW_CONFIG"
"""Variable of the head job that carries the environment's nextflow.config."""


class HeadJobDefinitionSettings(Section):
    """A job definition with which `aws batch submit-job` runs a pipeline without Platform.

    Size, role, log group and variables of the head job are the environment's own fields.
    Platform Enterprise launches with it where TOWER_LAUNCH_CONTAINER is job-definition://NAME.
    """

    image: ImageName = setting(effect=Effect.IN_PLACE, source=sources.SEQERA_LAUNCH_CONTAINER)
    """Image of the head job, with a tag or digest; Seqera's is the nf-launcher image."""
    secrets: dict[VariableName, SecretArn] = setting(
        default={}, effect=Effect.ROLES, source=sources.AWS_BATCH_SECRETS
    )
    """Variables of the head job whose values are secrets: name and ARN."""
    assign_public_ip: Flag | None = setting(
        default=None,
        omitted="true in the created VPC, whose subnets are public; false in given subnets",
        effect=Effect.IN_PLACE,
        only=Mode.FORGE,
        source=sources.AWS_BATCH_FARGATE,
    )
    """Give a head job on Fargate a public address, its way out of a public subnet."""
