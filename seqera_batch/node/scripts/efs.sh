# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mounts an Amazon EFS file system, encrypted in transit, as the role of the instance.

imds() {
  local address=http://169.254.169.254/latest token
  token=$(curl -fsS -m 5 --retry 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$address/api/token")
  curl -fsS -m 5 --retry 5 -H "X-aws-ec2-metadata-token: $token" "$address/meta-data/$1"
}

# mount_efs FILE_SYSTEM PATH [ZONE]: a One Zone file system has mount targets in its zone only, and
# the zone is part of its name.
mount_efs() {
  local file_system="$1" path="$2" zone="${3:-}" region domain
  if mounted "$path"; then return 0; fi
  install_packages amazon-efs-utils
  region=$(imds placement/region)
  domain=$(imds services/domain)
  wait_for_name "${zone:+$zone.}$file_system.efs.$region.$domain"
  keep_mounted "$file_system:/" "$path" efs "tls,iam,_netdev,noresvport${zone:+,az=$zone}"
}
