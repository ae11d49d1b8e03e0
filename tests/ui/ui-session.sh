#!/bin/sh
# ui-session.sh COMMAND...: runs COMMAND in a desktop of its own that is thrown away afterwards: X
# server, session bus, window manager (mutter if it is there). 77, "skip", when something is missing.
# UI_ANIMATIONS=1: with GTK's animations, which are left out otherwise.
set -u
for tool in xvfb-run dbus-run-session xdotool xprop import; do
  command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is not installed"; exit 77; }
done
if [ -z "${UI_INNER:-}" ]; then
  UI_INNER=1 exec env -u WAYLAND_DISPLAY xvfb-run -a -s "-screen 0 ${SCREEN:-1600x1000x24} -nolisten tcp" \
    dbus-run-session -- "$0" "$@"
fi
UI_DIR=$(mktemp -d)
mkdir -m 700 "$UI_DIR/run"
mkdir -p "$UI_DIR/config/gtk-4.0"
export UI_DIR XDG_RUNTIME_DIR="$UI_DIR/run" XDG_CONFIG_HOME="$UI_DIR/config" XDG_DATA_HOME="$UI_DIR/data"
export GDK_BACKEND=x11 GSK_RENDERER=cairo LIBGL_ALWAYS_SOFTWARE=1 LC_ALL=C.UTF-8 GSETTINGS_BACKEND=memory
printf '[Settings]\ngtk-font-name=Cantarell 11\ngtk-decoration-layout=:close\ngtk-cursor-blink=0\ngtk-enable-animations=%s\n' \
  "${UI_ANIMATIONS:-0}" > "$XDG_CONFIG_HOME/gtk-4.0/settings.ini"
manager=
if command -v mutter >/dev/null; then
  mutter --x11 --sm-disable >"$UI_DIR/manager.log" 2>&1 &
  manager=$!
  tries=0
  until xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 0x || [ $tries -ge 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
fi
"$@"
status=$?
if [ $status -ne 0 ] && [ $status -ne 77 ] && [ -n "${UI_KEEP:-}" ]; then
  cp "$UI_DIR"/*.png "$UI_DIR"/*.log "$UI_KEEP" 2>/dev/null
fi
[ -n "$manager" ] && kill "$manager" 2>/dev/null
rm -rf "$UI_DIR"
exit $status
