# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Turns the NVMe instance store into Fusion's scratch space.

# One line a disk: a disk has several links (with and without its namespace), and EBS volumes,
# which are NVMe devices too, carry another name.
instance_store_disks() {
  local link
  for link in /dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_*; do
    if [[ -e $link && $link != *-part* ]]; then readlink -f "$link"; fi
  done | sort -u
}

# mount_scratch PATH: containers see it as their /tmp, hence the sticky bit. The label stands for
# the disk in fstab, since device names change from one start to the next.
mount_scratch() {
  local path="$1" disks disk
  if ! mounted "$path"; then
    mapfile -t disks < <(instance_store_disks)
    case ${#disks[@]} in
      0) die 'no NVMe instance store: use instance types that have one, such as c6id, m6id or r6id' ;;
      1) disk=${disks[0]} ;;
      *)
        install_packages mdadm
        disk=/dev/md/fusion
        if [[ ! -e $disk ]]; then
          mdadm --create "$disk" --run --homehost=any --level=0 \
            --raid-devices="${#disks[@]}" "${disks[@]}"
        fi
        ;;
    esac
    mkfs.xfs -q -f -L fusion-nvme "$disk"
    keep_mounted LABEL=fusion-nvme "$path" xfs noatime
  fi
  chmod 1777 "$path"
}
