# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mounts an Amazon FSx for Lustre file system.

# lustre_mount_name FILE_SYSTEM REGION: only FSx knows it.
lustre_mount_name() {
  retry aws fsx describe-file-systems --file-system-ids "$1" --region "$2" \
    --query 'FileSystems[0].LustreConfiguration.MountName' --output text
}

# mount_lustre DNS_NAME PATH MOUNT_NAME FILE_SYSTEM REGION: without a mount name it is asked for;
# without a file system, the first label of the DNS name is its id.
mount_lustre() {
  local dns_name="$1" path="$2" mount_name="$3" file_system="${4:-${1%%.*}}" region="$5" client=awscli
  if mounted "$path"; then return 0; fi
  # Amazon Linux 2 keeps the client in a topic of its own, and the AWS CLI under another name.
  if command -v amazon-linux-extras >/dev/null; then
    retry amazon-linux-extras install -y lustre
  else
    client=awscli-2
    install_packages lustre-client
  fi
  if [[ -z $mount_name ]]; then
    command -v aws >/dev/null || install_packages "$client"
    mount_name=$(lustre_mount_name "$file_system" "$region")
    [[ $mount_name != None ]] || die "$file_system is not a Lustre file system"
  fi
  wait_for_name "$dns_name"
  keep_mounted "$dns_name@tcp:/$mount_name" "$path" lustre relatime,flock,_netdev
}
