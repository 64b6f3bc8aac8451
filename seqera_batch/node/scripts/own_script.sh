# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runs a script of the user's.

# run_own_script <SCRIPT: in a process of its own, so that what it sets stays there; from a file, so
# that its commands do not read the rest of it.
run_own_script() {
  local file
  file="$(mktemp)"
  cat >"$file"
  bash -euo pipefail "$file" </dev/null
  rm -f "$file"
}
