# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mounts an Amazon FSx for Lustre file system.

# Amazon Linux 2 keeps the client in a topic of its own, which Amazon Linux 2023 no longer knows.
install_lustre() {
  if command -v amazon-linux-extras >/dev/null; then
    retry amazon-linux-extras install -y lustre
  else
    install_packages lustre-client
  fi
}

# lustre_mount_name FILE_SYSTEM REGION: only FSx knows it.
lustre_mount_name() {
  retry aws fsx describe-file-systems --file-system-ids "$1" --region "$2" \
    --query 'FileSystems[0].LustreConfiguration.MountName' --output text
}

install_aws_client() {
  if command -v aws >/dev/null; then return 0; fi
  if command -v dnf >/dev/null; then install_packages awscli-2; else install_packages awscli; fi
}

# mount_lustre DNS_NAME PATH MOUNT_NAME FILE_SYSTEM REGION: without a mount name it is asked for;
# without a file system, the first label of the DNS name is its id.
mount_lustre() {
  local dns_name="$1" path="$2" mount_name="$3" file_system="${4:-${1%%.*}}" region="$5"
  if mounted "$path"; then return 0; fi
  install_lustre
  if [[ -z $mount_name ]]; then
    install_aws_client
    mount_name=$(lustre_mount_name "$file_system" "$region")
    if [[ $mount_name == None ]]; then die "$file_system is not a Lustre file system"; fi
  fi
  wait_for_name "$dns_name"
  keep_mounted "$dns_name@tcp:/$mount_name" "$path" lustre relatime,flock,_netdev
}
