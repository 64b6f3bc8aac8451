# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Ships the node's logs to CloudWatch.

# ship_logs <CONFIGURATION: appended, so that an agent which the image configured keeps its work.
ship_logs() {
  local config=/etc/seqera-batch/node-logs.json
  mkdir -p "${config%/*}" &&
    cat >"$config" &&
    install_packages amazon-cloudwatch-agent &&
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
      -a append-config -m ec2 -s -c "file:$config"
}
