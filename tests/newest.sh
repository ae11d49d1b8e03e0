#!/bin/bash
# newest.sh OUT: does the tree build, without one warning, on the newest GTK and libadwaita of Debian?
#
# Makes a system of Debian testing from its packages, builds the working tree in there with every
# warning an error, and runs the tests that need no pointer; each step is a line of TAP. The system is
# kept in ~/.cache/backprop (1.5 GB) for four weeks, the build in OUT. BACKPROP_NEWEST=unstable takes
# another suite. "Skip" where packages cannot be fetched or no user namespaces are allowed.
set -uo pipefail
root=$(dirname "$(dirname "$(realpath "$0")")")
out=$(realpath -m "$1")
suite=${BACKPROP_NEWEST:-testing}

# What dev installs to build and to test, said once there.
packages=$(for list in debian_build debian_run debian_test; do
  sed -n "/^$list=\"/,/\"\$/p" "$root/dev" | sed 's/^[a-z_]*="//; s/"$//'
done)

# shellcheck source=steps.sh
. "$root/tests/steps.sh"
for tool in mmdebstrap bwrap flock; do
  command -v $tool >/dev/null || skip_all "$tool is not installed"
done
bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true 2>/dev/null ||
  skip_all "bubblewrap may not make a sandbox here"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/backprop
mkdir -p "$cache" "$out" || exit 1
exec 9>"$cache/newest.lock"
flock 9
# shellcheck disable=SC2086
mark=$(echo $packages | sha256sum | cut -c1-12)
system=$cache/debian-$suite-$mark
log=$out/newest.log
: >"$log"

# ---- the system -----------------------------------------------------------------------------------

fetch() {
  rm -rf "$system.new"
  mkdir -p "$system.new/src" "$system.new/build" || return
  # A mirror may lag behind, or this clock be wrong: signatures are checked, their age is not.
  # shellcheck disable=SC2086
  nice mmdebstrap --variant=apt --aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
    --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --include="$(echo $packages | tr ' ' ,)" \
    "$suite" - ${BACKPROP_MIRROR:+"$BACKPROP_MIRROR"} |
    tar -C "$system.new" -x --exclude='./dev/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' &&
    find "$cache" -maxdepth 1 -name 'debian-*' ! -name "*.new" -exec rm -rf {} + &&
    mv "$system.new" "$system" &&
    touch "$system"
}

# Packages of testing move on; a system of last month is used only where there is no newer one.
has_system() {
  if [ ! -d "$system" ] || [ -n "$(find "$system" -maxdepth 0 -mtime +28)" ]; then
    fetch || [ -d "$system" ] || { echo "The packages of Debian $suite cannot be fetched."; return 77; }
  fi
  inside sh -c 'for name in gtk4 libadwaita-1 glib-2.0; do echo $name $(pkg-config --modversion $name); done
    gcc --version | head -n 1'
}

inside() {
  bwrap --unshare-all --uid 0 --gid 0 --die-with-parent --ro-bind "$system" / --proc /proc --dev /dev \
    --tmpfs /tmp --tmpfs /run --tmpfs /root --ro-bind "$root" /src --bind "$out" /build \
    --clearenv --setenv HOME /root --setenv PATH /usr/bin:/usr/sbin --setenv LC_ALL C.UTF-8 --chdir /src "$@"
}

# ---- steps ----------------------------------------------------------------------------------------

builds() {
  # A build folder belongs to the system that it was made in.
  [ "$(cat "$out/system" 2>/dev/null)" = "$mark $(stat -c %Y "$system")" ] || rm -rf "$out/tree"
  [ -f "$out/tree/build.ninja" ] ||
    inside meson setup /build/tree -Dwerror=true -Dgui=enabled -Dcuda=disabled || return
  echo "$mark $(stat -c %Y "$system")" >"$out/system"
  inside nice ninja -C /build/tree
}

# Without the tests of the pointer: where a widget is, GTK 4.24 tells the accessibility bus wrongly.
# And without fetch: gdk-pixbuf there decodes each image in a sandbox of its own, which has no room in
# this one and takes minutes.
passes() {
  inside meson test -C /build/tree --no-rebuild --quiet --print-errorlogs --timeout-multiplier 5 \
    --suite unit --suite data --suite ui --suite short --no-suite pointer
}

step "a system of Debian $suite" has_system
[ $bad != 0 ] || sed -n 's/^\(gtk4\|libadwaita-1\|glib-2.0\|gcc\) /# &/p' "$log"
step "builds, every warning an error" builds
step "passes its tests" passes
echo "1..$n"
[ $bad = 0 ]
