# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Configures the ECS agent.

# configure_ecs_agent <LINES: last in the file, because the last assignment of a variable wins; in
# place of the lines of an earlier run, and beside what the image and AWS Batch write.
configure_ecs_agent() {
  local config=/etc/ecs/ecs.config begin='# seqera-batch: begin' end='# seqera-batch: end'
  mkdir -p "${config%/*}"
  touch "$config"
  sed -i "/^$begin\$/,/^$end\$/d" "$config"
  end_last_line "$config"
  {
    echo "$begin"
    cat
    echo "$end"
  } >>"$config"
}
