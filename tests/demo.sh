#!/usr/bin/env bash
# The main job as a guided tour: a simulated AWS, a home folder of its own, a keyring of its own.
# Usage: tests/demo.sh PROGRAM
set -euo pipefail

program=$(realpath "${1:?the rolecall program}")

# A first round sets up the stage and starts this script again inside it.
if [ -z "${ROLECALL_DEMO_STAGE:-}" ]; then
  stage=$(mktemp -d -t rolecall-demo.XXXXXX)
  mkdir -m 700 "$stage/home" "$stage/run"
  exec env -i PATH="$PATH" TERM="${TERM:-dumb}" LANG="${LANG:-C.UTF-8}" HOME="$stage/home" \
    XDG_RUNTIME_DIR="$stage/run" ROLECALL_DEMO_STAGE="$stage" "$0" "$program"
fi

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
  printf '\033[2m$ %s\033[0m\n' "$*"
  "$@"
}
rolecall() { "$program" "$@"; }

simulator="" bus_pid=""
leave() {
  [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
  # The keyring ends with its bus.
  [ -z "$bus_pid" ] || kill "$bus_pid" 2>/dev/null || true
  sleep 0.3
  rm -rf "$ROLECALL_DEMO_STAGE"
}
trap leave EXIT

{
  read -r DBUS_SESSION_BUS_ADDRESS
  read -r bus_pid
} < <(dbus-daemon --session --fork --print-address=1 --print-pid=1 2>/dev/null)
export DBUS_SESSION_BUS_ADDRESS
echo -n demo | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1

say "1. A made-up company with 40 AWS accounts, served on this computer"
"$program" simulate --org demo --approve-after 3 --log "$HOME/requests.jsonl" >"$HOME/simulator.env" &
simulator=$!
for _ in $(seq 100); do
  grep -q ROLECALL_SIM_URL "$HOME/simulator.env" && break
  sleep 0.05
done
set -a
# shellcheck disable=SC1091
source "$HOME/simulator.env"
set +a
echo "It speaks AWS's own protocols at $ROLECALL_SIM_URL; your AWS files and keyring are not touched."

say "2. Tell Rolecall where you sign in"
run rolecall portal add acme --start-url "$ROLECALL_SIM_START_URL" --region "$ROLECALL_SIM_REGION"

say "3. Sign in"
echo "Open the page below yourself as $ROLECALL_SIM_USER with password $ROLECALL_SIM_PASSWORD"
echo "(the page shows the one-time code), or wait three seconds and a scripted person will."
run rolecall login --no-open

say "4. Find a role: any words, in any order"
run rolecall list checkout prod

say "5. Switch"
run rolecall switch "checkout prod read"
run cat "$HOME/.aws/config"

say "6. What any AWS tool now gets: the profile's credential_process, called as an SDK calls it"
command=$(sed -n 's/^credential_process = //p' "$HOME/.aws/config")
printf '\033[2m$ %s\033[0m\n' "$command"
$command | sed -E 's/("(SecretAccessKey|SessionToken)":")[^"]+/\1…/g'

if [ -x /usr/bin/aws ]; then
  say "7. The AWS CLI, asking AWS who it is"
  run /usr/bin/aws sts get-caller-identity
fi

say "8. Sign out"
run rolecall logout
say "That was the main job. README.md tells the rest."
