# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Provides the AWS CLI that Nextflow mounts into task containers.

require_aws_cli() {
  if [[ ! -x $1 ]]; then die "the image has no AWS CLI at $1"; fi
  "$1" --version
}

# The executable of AWS CLI v2 needs a libz that minimal containers lack and that lies beside it.
# Set for this one command: in the task's environment it would reach the task's own tools.
wrap_aws_cli() {
  local cli="$1" dist="${1%/bin/aws}/dist"
  rm -f "$cli"
  cat >"$cli" <<SH
#!/bin/sh
LD_LIBRARY_PATH="$dist\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" exec "$dist/aws" "\$@"
SH
  chmod 755 "$cli"
}

# install_aws_cli PATH [VERSION]: into the directory from which the installer makes PATH, with its
# links in there too, so that nothing else of the machine changes.
install_aws_cli() {
  local cli="$1" version="${2:-}" root="${1%/v2/current/bin/aws}" work
  if [[ ! -x $cli ]]; then
    if ! command -v unzip >/dev/null; then install_packages unzip; fi
    work=$(mktemp -d)
    retry curl -fsSL --retry 3 -o "$work/aws-cli.zip" \
      "https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m)${version:+-$version}.zip"
    unzip -q "$work/aws-cli.zip" -d "$work"
    "$work/aws/install" --update --install-dir "$root" --bin-dir "$root/bin"
    rm -rf "$work"
    wrap_aws_cli "$cli"
  fi
  require_aws_cli "$cli"
}
