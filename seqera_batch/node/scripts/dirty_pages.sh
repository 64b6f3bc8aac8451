# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Bounds the unwritten data that Fusion may leave in memory, as Seqera advises.

limit_dirty_pages() {
  local config=/etc/sysctl.d/99-seqera-batch.conf
  mkdir -p "${config%/*}"
  printf '%s\n' 'vm.dirty_bytes=1258291200' 'vm.dirty_background_bytes=629145600' >"$config"
  sysctl -q -p "$config"
}
