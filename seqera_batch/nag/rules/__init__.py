# SPDX-License-Identifier: Apache-2.0
"""The rules of the pack, one a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqera_batch.nag.rules.allocation_strategy_unset import allocation_strategy_unset
from seqera_batch.nag.rules.amazon_linux_2 import amazon_linux_2
from seqera_batch.nag.rules.best_fit import best_fit
from seqera_batch.nag.rules.custom_environment_name import custom_environment_name
from seqera_batch.nag.rules.custom_service_role import custom_service_role
from seqera_batch.nag.rules.ec2_and_fargate_in_one_queue import ec2_and_fargate_in_one_queue
from seqera_batch.nag.rules.ec2_configuration_absent import ec2_configuration_absent
from seqera_batch.nag.rules.ec2_fields_on_fargate import ec2_fields_on_fargate
from seqera_batch.nag.rules.hop_limit import hop_limit
from seqera_batch.nag.rules.imdsv1 import imdsv1
from seqera_batch.nag.rules.kept_volume import kept_volume
from seqera_batch.nag.rules.launch_template_version_absent import launch_template_version_absent
from seqera_batch.nag.rules.launch_template_version_default import launch_template_version_default
from seqera_batch.nag.rules.launch_template_version_latest import launch_template_version_latest
from seqera_batch.nag.rules.log_group_without_retention import log_group_without_retention
from seqera_batch.nag.rules.mixed_architecture import mixed_architecture
from seqera_batch.nag.rules.mutable_tags import mutable_tags
from seqera_batch.nag.rules.needless_spot_fleet_role import needless_spot_fleet_role
from seqera_batch.nag.rules.no_job_state_limits import no_job_state_limits
from seqera_batch.nag.rules.open_security_group import open_security_group
from seqera_batch.nag.rules.optimal_instance_type import optimal_instance_type
from seqera_batch.nag.rules.privileged_job_definition import privileged_job_definition
from seqera_batch.nag.rules.replace_on_update import replace_on_update
from seqera_batch.nag.rules.unencrypted_volume import unencrypted_volume
from seqera_batch.nag.rules.user_data_not_multipart import user_data_not_multipart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seqera_batch.nag.model import Rule

RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        allocation_strategy_unset,
        amazon_linux_2,
        best_fit,
        custom_environment_name,
        custom_service_role,
        ec2_and_fargate_in_one_queue,
        ec2_configuration_absent,
        ec2_fields_on_fargate,
        hop_limit,
        imdsv1,
        kept_volume,
        launch_template_version_absent,
        launch_template_version_default,
        launch_template_version_latest,
        log_group_without_retention,
        mixed_architecture,
        mutable_tags,
        needless_spot_fleet_role,
        no_job_state_limits,
        open_security_group,
        optimal_instance_type,
        privileged_job_definition,
        replace_on_update,
        unencrypted_volume,
        user_data_not_multipart,
    )
}
"""Every rule by its name."""
