#!/usr/bin/env bash
# Takes the pictures of the README from the real program, on a screen, a bus and a home of its own.
# usage: pictures.sh FOLDER-OF-PROGRAMS FOLDER-FOR-PICTURES
set -euo pipefail
programs=$(realpath "$1"); pictures=$(realpath -m "$2")
mkdir -p "$pictures"
work=$(mktemp -d); mkdir "$work/home" "$work/run"; chmod 700 "$work/run"
trap 'kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
export HOME=$work/home XDG_RUNTIME_DIR=$work/run XDG_CURRENT_DESKTOP=XFCE NO_AT_BRIDGE=1 LANG=C.UTF-8
export PATH=$programs:/usr/bin:/bin
unset AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_PROFILE WAYLAND_DISPLAY

until_true() { # what, command…
  local what=$1; shift
  for _ in $(seq 200); do if "$@" >/dev/null 2>&1; then return; fi; sleep 0.1; done
  echo "never: $what" >&2; exit 1
}

Xvfb -displayfd 5 -screen 0 1360x940x24 -nolisten tcp 5>"$work/display" 2>/dev/null &
until_true "a display" test -s "$work/display"
DISPLAY=:$(cat "$work/display"); export DISPLAY
export DBUS_SESSION_BUS_ADDRESS=unix:path=$work/run/bus
dbus-daemon --session --nofork --address="$DBUS_SESSION_BUS_ADDRESS" 2>/dev/null &
until_true "a bus" test -S "$work/run/bus"
echo -n secret | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
panel=$HOME/.config/xfce4/xfconf/xfce-perchannel-xml; mkdir -p "$panel"
cat > "$panel/xfce4-panel.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0"><property name="configver" type="int" value="2"/>
<property name="panels" type="array"><value type="int" value="1"/><property name="panel-1" type="empty">
<property name="position" type="string" value="p=6;x=0;y=0"/><property name="length" type="uint" value="100"/>
<property name="position-locked" type="bool" value="true"/><property name="size" type="uint" value="32"/>
<property name="plugin-ids" type="array"><value type="int" value="1"/></property></property></property>
<property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property></channel>
XML
openbox >/dev/null 2>&1 &
xsetroot -solid '#3b4a5a' 2>/dev/null || true
xfce4-panel --disable-wm-check >/dev/null 2>&1 &

rolecall simulate --org demo --log "$work/log" > "$work/simulated" &
until_true "the simulator" grep -q ROLECALL_SIM_URL "$work/simulated"
set -a; . <(sed "s/=\(.*\)/='\1'/" "$work/simulated"); set +a
rolecall portal add larkspur --start-url "$ROLECALL_SIM_START_URL" --region "$ROLECALL_SIM_REGION" 2>/dev/null
settings=$HOME/.config/rolecall/settings.toml
cat >> "$settings" <<'TOML'

[[mark]]
account = ["prod", "production"]
production = true
colour = "red"

[[mark]]
account = "staging"
colour = "orange"

[[mark]]
account = "development"
colour = "green"
TOML

picture() { # name, window title
  sleep 1
  local window
  window=$(xdotool search --onlyvisible --name "$2" | tail -1)
  xdotool mousemove 5 900
  sleep 0.3
  import -window "$window" -strip "$pictures/$1.png"
  echo "$pictures/$1.png"
}
shows() { test -n "$(xdotool search --onlyvisible --name "$1")"; }
hidden() { ! shows "$1"; }
activate() {
  xdotool search --onlyvisible --name '^Rolecall$' windowactivate --sync >/dev/null 2>&1 || true
  sleep 0.3
}
approve() {
  local code
  code=$(grep -oE '[A-Z]{4}-[A-Z]{4}' "$work/login" | head -1)
  python3 -c "import sys,urllib.request as r; r.urlopen(r.Request(sys.argv[1], method='POST'))" \
    "$ROLECALL_SIM_URL/_sim/approve?user_code=$code"
}

rolecall-desktop --hidden &
sleep 2
# The sign-in window, then signed in without the pages.
rolecall-desktop --toggle
until_true "the switcher" shows '^Rolecall$'
sleep 1; activate; xdotool key Return
until_true "the sign-in window" shows 'Sign in to'
sleep 1.5
picture sign-in 'Sign in to'
rolecall login larkspur --no-open 2> "$work/login" &
login=$!
until_true "a code" grep -qE '[A-Z]{4}-[A-Z]{4}' "$work/login"
approve; wait $login
rolecall list >/dev/null 2>&1
for grant in "Payments Production/OnCallResponder" "Checkout Staging/Developer" "Data Platform Development/Developer"; do
  rolecall pin "$grant" 2>/dev/null
done
logs='https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups'
rolecall bookmark add "payments logs" "Payments Production/OnCallResponder" --at "$logs" 2>/dev/null
rolecall switch "Tracking Staging/Developer" --profile tracking 2>/dev/null
rolecall switch "Storefront Development/AdministratorAccess" 2>/dev/null
rolecall switch "Payments Production/OnCallResponder" 2>/dev/null
# Until what was told before has been read.
sleep 8

open_switcher() {
  xdotool mousemove 5 900
  rolecall-desktop --toggle
  until_true "the switcher" shows '^Rolecall$'
  sleep 1; activate
}
open_switcher
picture switcher '^Rolecall$'
xdotool type --delay 40 "pay admin"
picture switcher-search '^Rolecall$'
xdotool key Escape; until_true "it is away" hidden '^Rolecall$'
sed -i '1i theme = "dark"' "$settings"; sleep 1
open_switcher
picture switcher-dark '^Rolecall$'
xdotool key Escape; until_true "it is away" hidden '^Rolecall$'
sed -i 1d "$settings"; sleep 1
rolecall-desktop
until_true "the window" shows '^Rolecall$'
picture window '^Rolecall$'
xdotool search --onlyvisible --name '^Rolecall$' windowclose; sleep 1
xdotool mousemove 12 16 click 3; sleep 1.2
import -window root -crop 500x450+0+0 +repage -strip "$pictures/tray.png"
echo "$pictures/tray.png"
xdotool key Escape
rolecall-desktop --quit
