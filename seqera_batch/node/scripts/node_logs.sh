# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Ships the node's logs to CloudWatch.

# ship_logs GROUP FILE…: each into a stream of its name, below the instance's; without a retention,
# which would let nodes change the group. Appended, so that an agent which the image configured
# keeps its work.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
ship_logs() {
  local config=/etc/seqera-batch/node-logs.json file stream entry entries=''
  for file in "${@:2}"; do
    stream=${file##*/}
    printf -v entry '{"file_path":"%s","log_group_name":"%s","log_stream_name":"{instance_id}/%s"}' \
      "$file" "$1" "${stream%.log}"
    entries+=,$entry
  done
  mkdir -p "${config%/*}" &&
    printf '{"logs":{"logs_collected":{"files":{"collect_list":[%s]}}}}\n' "${entries:1}" >"$config" &&
    install_packages amazon-cloudwatch-agent &&
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
      -a append-config -m ec2 -s -c "file:$config"
}
