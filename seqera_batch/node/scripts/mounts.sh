# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mounts a file system for good.

# mounted PATH: a path that the image or an earlier run mounted is left alone.
mounted() {
  mkdir -p "$1"
  if mountpoint -q "$1"; then
    log "$1 is mounted already"
  else
    return 1
  fi
}

wait_for_name() {
  retry getent hosts "$1" || die "the name $1 does not resolve: check the VPC's DNS settings"
}

# keep_mounted SOURCE PATH TYPE OPTIONS: now and after a reboot. `nofail` lets the machine start
# without the mount, and the agent then stays down instead of running jobs on the root volume.
keep_mounted() {
  local source="$1" path="$2" type="$3" options="$4"
  local agent=/etc/systemd/system/ecs.service.d/seqera-batch.conf
  retry mount -t "$type" -o "$options" "$source" "$path" || die "cannot mount $source on $path"
  add_line /etc/fstab "$source $path $type $options,nofail 0 0"
  add_line "$agent" '[Unit]'
  add_line "$agent" "RequiresMountsFor=$path"
}
