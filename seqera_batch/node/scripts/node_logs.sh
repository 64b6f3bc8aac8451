# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Ships the node's logs to CloudWatch.

# ship_logs <CONFIGURATION: every command is in the one list because its caller goes on without
# logs when it fails, and bash then no longer stops at the first error. Appended, so that an agent
# which the image configured keeps its own work.
ship_logs() {
  local config=/etc/seqera-batch/node-logs.json
  mkdir -p "${config%/*}" &&
    cat >"$config" &&
    install_packages amazon-cloudwatch-agent &&
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
      -a append-config -m ec2 -s -c "file:$config"
}
