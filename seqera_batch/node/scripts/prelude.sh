# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# How the script logs, fails and retries.

set -Eeuo pipefail

# The serial console is what `aws ec2 get-console-output` shows, so a node that reaches nothing can
# still be read. A pipe of its own, not one around the script: a daemon that a step starts and that
# keeps the output open must not keep the boot waiting.
exec > >(tee -a /var/log/seqera-batch.log | logger -t seqera-batch -s 2>/dev/console) 2>&1

current_step='start'
failure=''

# To standard error, so that a function whose output is captured may log too.
log() {
  printf '%(%FT%T%z)T %s: %s\n' -1 "$ENVIRONMENT" "$*" >&2
}

step() {
  current_step="$*"
  failure=''
  log "$*"
}

die() {
  failure="$*"
  exit 1
}

# A node that is not ready must not take jobs, and must not stay and cost money. The agent waits
# for cloud-init, which waits for this script: to wait for the agent here would never end.
on_exit() {
  local status=$?
  trap - ERR EXIT
  if ((status == 0)); then
    log 'the node is ready'
    return
  fi
  set +e
  log "FAILED (exit status $status) in the step '$current_step': $failure"
  systemctl mask ecs
  systemctl stop --no-block ecs
  log "the node takes no jobs and shuts down in $SHUTDOWN_MINUTES minutes"
  shutdown -h "+$SHUTDOWN_MINUTES"
  exit "$status"
}

# Enough for the logs to reach CloudWatch and the console.
readonly SHUTDOWN_MINUTES=3
# The first cause is the one to know; the functions around it fail in its wake.
trap 'failure="${failure:-line $LINENO: $BASH_COMMAND}"' ERR
trap on_exit EXIT

# Two and a half minutes: the name of a new EFS mount target may take 90 seconds to resolve.
readonly ATTEMPTS=10 DELAY_SECONDS=15

retry() {
  local attempt
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    if ((attempt > 1)); then sleep "$DELAY_SECONDS"; fi
    if "$@"; then return 0; fi
    log "attempt $attempt of $ATTEMPTS failed: $*"
  done
  failure="gave up after $ATTEMPTS attempts: $*"
  return 1
}

# Amazon Linux 2 has no dnf. What the image carries is not asked for again: its network may have no
# repository.
install_packages() {
  if rpm -q "$@" >/dev/null 2>&1; then return 0; fi
  retry "$(command -v dnf || command -v yum)" install -y -q "$@"
}

# A line appended after an unfinished one would become its tail.
end_last_line() {
  if [[ -s $1 && -n $(tail -c 1 "$1") ]]; then echo >>"$1"; fi
}

add_line() {
  local file="$1" line="$2"
  mkdir -p "${file%/*}"
  if [[ -e $file ]] && grep -qxF -e "$line" "$file"; then return 0; fi
  end_last_line "$file"
  printf '%s\n' "$line" >>"$file"
}
