# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mounts a file system for good.

# mounted PATH: a path that the image or an earlier run mounted is left alone. What fstab has is
# mounted from there: the machine may be slower at it than this script.
mounted() {
  mkdir -p "$1"
  mountpoint -q "$1" || { grep -qsF -e " $1 " /etc/fstab && limit "$ATTEMPT_SECONDS" mount "$1"; }
}

wait_for_name() {
  retry getent hosts "$1" || die "the name $1 does not resolve: check the VPC's DNS settings"
}

# mount_at PATH OPTIONS…: what says that it has mounted something is not believed.
mount_at() {
  mount "${@:2}" "$1" && mountpoint -q "$1"
}

# keep_mounted SOURCE PATH TYPE OPTIONS: now and after a reboot. `nofail` lets the machine start
# without the mount, and the agent then stays down instead of running jobs on the root volume.
keep_mounted() {
  local agent=/etc/systemd/system/ecs.service.d/seqera-batch.conf
  retry mount_at "$2" -t "$3" -o "$4" "$1" || die "cannot mount $1 on $2"
  add_line /etc/fstab "$1 $2 $3 $4,nofail 0 0"
  add_line "$agent" '[Unit]'
  add_line "$agent" "RequiresMountsFor=$2"
}
