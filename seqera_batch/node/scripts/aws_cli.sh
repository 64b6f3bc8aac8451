# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Provides the AWS CLI that Nextflow mounts into task containers.

require_aws_cli() {
  [[ -x $1 ]] || die "the image has no AWS CLI at $1"
  "$1" --version
}

# The executable of AWS CLI v2 needs a libz that minimal containers lack and that lies beside it.
# Set for this one command: in the task's environment it would reach the task's own tools.
wrap_aws_cli() {
  local cli="$1" dist="${1%/bin/aws}/dist"
  rm "$cli"
  cat >"$cli" <<SH
#!/bin/sh
LD_LIBRARY_PATH="$dist\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" exec "$dist/aws" "\$@"
SH
  chmod 755 "$cli"
}

# install_aws_cli PATH VERSION: into the directory from which the installer makes PATH, with its
# links in there too, so that nothing else of the machine changes, and unpacked there, since hardened
# images run nothing below /tmp. The installer takes what an interrupted run has left for an
# installation, and its own executable is a link.
#
# gpgv does not ask whether a key has expired, as AWS's did in 2023 while it was in use, nor, with
# that option, what time it is.
install_aws_cli() {
  local cli="$1" root="${1%/v2/current/bin/aws}" archive command
  local work="$root/download"
  if [[ ! -x $cli ]]; then
    # By their paths, since packages have other names in Amazon Linux 2.
    for command in unzip gpgv; do
      command -v "$command" >/dev/null || install_packages "/usr/bin/$command"
    done
    rm -rf "$root/v2" "$work"
    mkdir -p "$work"
    archive="https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m)-$2.zip"
    retry curl -fsSL --fail-early -o "$work/sig" "$archive.sig" -o "$work/zip" "$archive"
    # FB5DB77FD5C118B80511ADA8A6310ACC4672475C, "AWS CLI Team <aws-cli@amazon.com>", as AWS has it on
    # https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
    base64 -d >"$work/key" <<'KEY'
mQINBF2Cr7UBEADJZHcgusOJl7ENSyumXh85z0TRV0xJorM2B/JL0kHOyigQluUG
ZMLhENaG0bYatdrKP+3H91lvK050pXwnO/R7fB/FSTouki4ciIx5OuLlnJZIxSzx
PqGl0mkxImLNbGWoi6Lto0LYxqHN2iQtzlwTVmq9733zd3XfcXrZ3+LblHAgEt5G
TfNxEKJ8soPLyWmwDH6HWCnjZ/aIQRBTIQ05uVeEoYxSh6wOai7ss/KveoSNBbYz
gbdzoqI2Y8cgH2nbfgp3DSasaLZEdCSsIsK1u05CinE7k2qZ7KgKAUIcT/cR/grk
C6VwsnDU0OUCideXcQ8WeHutqvgZH1JgKDbznoIzeQHJD238GEu+eKhRHcz8/jeG
94zkcgJOz3KbZGYMiTh277Fvj9zzvZsbMBCedV1BTg3TqgvdX4bdkhf5cH+7NtWO
lrFj6UwAsGukBTAOxC0l/dnSmZhJ7Z1KmEWilro/gOrjtOxqRQutlIqG22TaqoPG
fYVN+en3Zwbt97kcgZDwqbuykNt64oZWc4XKCa3mprEGC3IbJTBFqglXmZ7l9ywG
EEUJYOlb2XrSuPWml39beWdKM8kzr1OjnlOm6+lpTRCBfo0wa9F8YZRhHPAkwKkX
XDeOGpWRj4ohOx0d2GWkyV5xyN14p2tQOCdOODmz80yUTgRpPVQUtOEhXQARAQAB
tCFBV1MgQ0xJIFRlYW0gPGF3cy1jbGlAYW1hem9uLmNvbT6JAlQEEwEIAD4CGwMF
CwkIBwIGFQoJCAsCBBYCAwECHgECF4AWIQT7Xbd/1cEYuAURraimMQrMRnJHXAUC
akV0ygUJDqP4lQAKCRCmMQrMRnJHXFHjD/9eyZLYcKuQOlLvtqSDtUBiEZf6ZZjM
i3ygYH8rJNtuToUH+HvSpe819urJCquXhDrlK6N+aqW0hCLtNABJG/vsafIgvIYJ
hSGgpgtNnQyMV1jViRWqPjbouw8OkYKBThUfT1i2Y+wn58ifs6ODBCmTexWtXspA
Si+Gt49xDOW0APmbOPnI+a4HJW6tVEo6MWS0WjzpiBayR3d1A4pt4YrPfSdDgpLo
h2SLQqlRqvvVZJaWBjhkErNFpfsBA06sDcPEOb0G8LBUbR4WOcdvhe5LubJbZuxC
AG9kNPCVeQP1ixwjgjXKysaxeQ6rv0VzIQgRp6tLVLWhy6AKDNvLjFSsmXZ1Wl08
Y/RlOHXlzLuQMRE6sR1wOdRxc9TsrNWTGiBK65cvSWOy03JeBkQQ8pesqltiyxI9
U21kkgiXtTSKNGfKK8pO27D81YANhRqPK7iTp6kuFiY2WtOg90KTMNlIT+Ff85Y2
b1rHj6Z0SrCkJujhWk3IBPic/wJgz01LEc/OAdUPlby90RJZcIBhSlWhT7mXnXIO
c0HWlNQrns2s3CTyYwZSiSlYe9ApeLwhjDo8NhbFuCAy61l6O5UsR4AfZxx/rGKv
2wFb1/RN/P4gNe6vmxZAPjR0AQcwD3tc2McimOLr/22kmPz8IH3I0X7WoSFr0Biz
E91G7bb0hOb/cA==
KEY
    gpgv --ignore-time-conflict --keyring "$work/key" "$work/sig" "$work/zip" ||
      die "$archive has no valid signature of AWS"
    unzip -q "$work/zip" -d "$work"
    "$work/aws/install" --update --install-dir "$root" --bin-dir "$root/bin"
    rm -rf "$work"
  fi
  [[ ! -L $cli ]] || wrap_aws_cli "$cli"
  require_aws_cli "$cli"
}
