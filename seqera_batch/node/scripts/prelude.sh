# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# How the set-up is run, bounded in time, and judged by a process that takes no part in it.

# Without -e, which the set-up has for itself: what judges a node goes on whatever fails.
set -uo pipefail
# Writes may fail, and end nothing.
trap : PIPE

LOG_FILE=/var/log/seqera-batch.log RUNTIME=/run/seqera-batch
# Half an hour for all steps, of which each attempt that is repeated has five minutes.
SET_UP_SECONDS=1800 ATTEMPT_SECONDS=300 COMMAND_SECONDS=30
# Two and a half minutes: the name of a new EFS mount target may take 90 seconds to resolve.
ATTEMPTS=10 DELAY_SECONDS=15
# Enough for the logs to reach CloudWatch and the console.
SHUTDOWN_MINUTES=3

# To standard error, so that a function whose output is captured may log too.
log() {
  printf '%(%FT%T%z)T %s: %s\n' -1 "$ENVIRONMENT" "$*" >&2 || :
}

step() {
  title="$*" failure=''
  write_down
  log "$*"
}

# The judge may outlive what runs here, and then knows of it what is written down.
write_down() {
  printf '%s\n' "$title" "$failure" >"$RUNTIME/step"
}

die() {
  failure="$*"
  exit 1
}

# limit SECONDS COMMAND…: killed with what it started when its time is over. By the shell alone,
# since a command that bounds others may be the one that fails; and by no clock that can be set.
limit() {
  local seconds="$1" command clock status=0
  shift
  set -m
  "$@" &
  command=$!
  { read -rt "$seconds" <> <(:) || kill -KILL -- "-$command"; } &>/dev/null &
  clock=$!
  set +m
  wait "$command" || status=$?
  { kill -KILL -- "-$clock" && wait "$clock"; } 2>/dev/null || :
  return "$status"
}

briefly() {
  limit "$COMMAND_SECONDS" "$@"
}

retry() {
  local attempt
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    ((attempt == 1)) || sleep "$DELAY_SECONDS"
    if limit "$ATTEMPT_SECONDS" "$@"; then return 0; fi
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
  local last=''
  [[ ! -s $1 ]] || last=$(tail -c 1 "$1")
  [[ -z $last ]] || echo >>"$1"
}

# add_line FILE LINE: unless it is there.
add_line() {
  mkdir -p "${1%/*}"
  if grep -qsxF -e "$2" "$1"; then return 0; fi
  end_last_line "$1"
  printf '%s\n' "$2" >>"$1"
}

all_steps() {
  local wants=/run/systemd/system/ecs.service.d start=/var/lib/cloud/scripts/per-boot/seqera-batch
  set -Ee
  # The first cause is the one to know; the functions around it fail in its wake.
  trap 'failure="${failure:-line $LINENO: $BASH_COMMAND}"' ERR
  trap write_down EXIT
  mkdir -p "$RUNTIME" "$wants" "${start%/*}"
  rm -f "$RUNTIME/ready"
  step 'hold the ECS agent'
  [[ ! -L /etc/systemd/system/ecs.service ]] || die 'an earlier start of this node failed'
  # The agent waits for cloud-init, and starts whatever has become of this script: so it is told to
  # want a file that the judge alone makes. It is gone with the machine's next start.
  printf '[Unit]\nAssertPathExists=%s/ready\n' "$RUNTIME" >"$wants/seqera-batch.conf"
  briefly systemctl daemon-reload
  # Should even the judge be killed, systemd has another one, when this one would have ended the
  # node.
  briefly systemd-run -q -p KillMode=process --on-active=2100 bash -c \
    "[[ -e $RUNTIME/ready ]] || LATE=1 bash $0" || :
  # cloud-init runs user data once, and what is here at each start. Its name for this script is the
  # same on every instance: one made from the image of a node may have another script there.
  printf '#!/bin/bash\nif grep -qs ^NODE_FAILED= %s; then exec bash %s; fi\n' "$0" "$0" >"$start"
  chmod 755 "$start"
  "$1"
}

# The serial console is what `aws ec2 get-console-output` shows, so that a node which reaches
# nothing can still be read; with the verdict, which a full disk keeps out of the log.
show_on_console() {
  local all
  all=$(<"$LOG_FILE")
  [[ $all == *"$1" ]] || all+=$'\n'$1
  echo "$all" >>/dev/console
}

# A node that is not ready must not take jobs, and must not stay and cost money. To wait here for
# the agent, which waits for this script, would never end.
judge() {
  local status=$? noted=() said='the node is ready'
  trap - EXIT
  trap '' HUP INT TERM
  exec >>"$LOG_FILE" 2>&1
  ((status)) || : >"$RUNTIME/ready" || status=1
  if ((status)); then
    briefly systemctl mask ecs
    briefly systemctl stop --no-block ecs
    briefly shutdown -h "+$SHUTDOWN_MINUTES" || briefly systemctl --no-block poweroff
    mapfile -t noted 2>/dev/null <"$RUNTIME/step"
    said="$NODE_FAILED: FAILED (exit status $status) in the step '${noted[0]:-start}': "
    said+="${noted[1]:-killed}; it takes no jobs and shuts down in $SHUTDOWN_MINUTES minutes; "
    said+='AWS Batch starts another while jobs wait'
  fi
  log "$said"
  # For an agent that did not wait for cloud-init, or whose node is being mended.
  ((status)) || briefly systemctl start --no-block ecs
  briefly show_on_console "$said"
  # Neither waited for nor judged.
  [[ -z $later ]] || limit "$SET_UP_SECONDS" "$later" </dev/null &
  exit "$status"
}

# run STEPS [OPTIONAL_STEPS]
run() {
  later=${2:-}
  trap judge EXIT
  trap 'exit 143' HUP INT TERM
  [[ ! ${LATE:-} ]] || exit 137
  limit "$SET_UP_SECONDS" all_steps "$1" </dev/null >>"$LOG_FILE" 2>&1
  exit
}
