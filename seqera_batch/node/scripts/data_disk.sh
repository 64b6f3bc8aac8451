# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Makes a file system of the second EBS volume, for the files of tasks.

# One line a disk without partitions: under its device's name where the image or an old instance
# type has that; else among the EBS volumes, of which the root one alone has partitions.
data_disks() {
  local link disk
  for link in /dev/sdf /dev/xvdf /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol*; do
    if [[ -e $link && $link != *-part* ]]; then
      disk=$(readlink -f "$link")
      compgen -G "${disk}p*" >/dev/null || echo "$disk"
    fi
  done | sort -u
}

# mount_data_disk PATH: containers write to it under any user, hence the sticky bit. Without -f a
# disk that somebody else's files are on is refused.
mount_data_disk() {
  local path="$1" label=seqera-data disks
  if ! mounted "$path"; then
    mapfile -t disks < <(data_disks)
    if [[ ${#disks[@]} -ne 1 ]]; then
      die "not one EBS volume beside the root, but ${disks[*]:-none}: the image must bring no other"
    fi
    if [[ ! -e /dev/disk/by-label/$label ]]; then mkfs.xfs -q -L "$label" "${disks[0]}"; fi
    keep_mounted "LABEL=$label" "$path" xfs noatime
  fi
  chmod 1777 "$path"
}
