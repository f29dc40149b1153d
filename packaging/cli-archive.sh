#!/usr/bin/env bash
# Packs the command line alone: cli-archive.sh PROGRAM ARCHIVE (.tar.gz or .zip). The program must run here.
set -euo pipefail
program=$(realpath "$1")
archive=$(realpath "$(dirname "$2")")/$(basename "$2")
cd "$(dirname "$0")/.."

name=$(basename "$archive")
name=${name%.tar.gz}
name=${name%.zip}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/completions"
cp "$program" LICENSE-APACHE LICENSE-MIT README.md CHANGELOG.md packaging/rolecall-agent.service \
  packaging/io.github.rolecall.agent.plist "$work/$name"
for shell in bash fish zsh powershell elvish; do
  "$program" completions "$shell" > "$work/$name/completions/rolecall.$shell"
done
cd "$work"
case "$archive" in
  *.zip) 7z a -bso0 "$archive" "$name" ;;
  *) tar -czf "$archive" "$name" ;;
esac
