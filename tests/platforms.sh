#!/usr/bin/env bash
# Type-checks and lints the code for Windows and macOS, on any computer that has rustup.
#
# Nothing is linked or run, so the C code that some crates bring needs no compiler, archiver or resource compiler of those
# systems: a stand-in takes their places, and makes empty files.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- x86_64-pc-windows-msvc aarch64-apple-darwin
export CARGO_TARGET_DIR=$PWD/target/check

stand_in=$CARGO_TARGET_DIR/stand-in
mkdir -p "$CARGO_TARGET_DIR"
cat > "$stand_in" <<'STAND_IN'
#!/bin/sh
# Does what build scripts expect of a compiler, an archiver or a resource compiler: says who it is, makes its output.
next=
for word; do
  case $next$word in
    -V) echo "GNU windres" ;;
    -o | -Fo) next=output: ;;
    output:*) : > "$word"; next= ;;
    -Fo*) : > "${word#-Fo}" ;;
    -out:*) : > "${word#-out:}" ;;
    -o*) : > "${word#-o}" ;;
    *.a) : > "$word" ;;
  esac
done
STAND_IN
chmod +x "$stand_in"

for target; do
  rustup target add "$target"
  name=${target//-/_}
  for tool in CC CXX AR RC; do export "${tool}_$name=$stand_in"; done
  # aws-lc's assembler files, which come built for Windows; and no look for Apple's SDK.
  export AWS_LC_SYS_PREBUILT_NASM=1 SDKROOT=/
  echo "$target: the programs"
  cargo clippy --quiet --locked --target "$target" --workspace --bins --lib -- -D warnings
  echo "$target: the crates' own tests"
  cargo clippy --quiet --locked --target "$target" -p domain -p engine -p sim --tests -- -D warnings
done
