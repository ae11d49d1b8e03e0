#!/bin/bash
# build.sh OUT: makes OUT/backprop_VERSION_ARCH.deb and looks at it; each step is a line of TAP.
#
# From a copy of the working tree, because Debian's tools write beside their sources. The package's
# own tests run unless DEB_BUILD_OPTIONS holds nocheck. Status 77, "skip", where its tools are missing.
set -uo pipefail
root=$(dirname "$(dirname "$(realpath "$0")")")
out=$(realpath -m "$1")
copy=$out/source/backprop log=$out/deb.log

for tool in dpkg-buildpackage dh lintian; do
  command -v $tool >/dev/null || { echo "1..0 # SKIP $tool is not installed"; exit 77; }
done
rm -rf "$out"
mkdir -p "$copy" || exit 1
# The copy goes at the end, and when this is interrupted.
trap 'rm -rf "$out/source"' EXIT

n=0 bad=0

# step NAME COMMAND…: after one that failed there are no more.
step() {
  local name=$1 start=$SECONDS
  shift
  [ $bad = 0 ] || return
  n=$((n + 1))
  if "$@" >"$log" 2>&1 </dev/null; then
    echo "ok $n - $name ($((SECONDS - start)) s)"
  else
    echo "not ok $n - $name"
    tail -n 60 "$log" | sed 's/^/# /'
    bad=1
  fi
}

builds() {
  tar -C "$root" -c --exclude='./build*' --exclude=./.git --exclude=__pycache__ . | tar -C "$copy" -x || return
  (cd "$copy" && nice dpkg-buildpackage -b -us -uc) || return
  mv "$out"/source/*.deb "$out"/source/*.changes "$out"/source/*.buildinfo "$out"
}

starts() {
  local says
  dpkg-deb -x "$out"/backprop_*.deb "$out/source/unpacked" || return
  says=$("$out/source/unpacked/usr/bin/backprop-cli" --version) || return
  echo "$says"
  # The package's version is the program's.
  [ "$says" = "backprop-cli $(dpkg-deb -f "$out"/backprop_*.deb Version)" ] &&
    "$out/source/unpacked/usr/bin/backprop-cli" recipe show &&
    "$out/source/unpacked/usr/bin/backprop" --version
}

# OpenBLAS is opened at run time (engine/backend/blas.h).
depends_on_what_it_links() {
  local depends
  depends=$(dpkg-deb -f "$out"/backprop_*.deb Depends)
  echo "$depends"
  for library in libgtk-4-1 libadwaita-1-0 libjansson4 libsqlite3-0 libopenblas0 zlib1g libc6; do
    case ", $depends" in *", $library"*) ;; *) echo "$library is missing"; return 1 ;; esac
  done
}

step "builds" builds
# What it only remarks is told.
step "lintian finds no error and no warning" \
  lintian --fail-on error,warning --display-info --allow-root --tag-display-limit 0 "$out"/*.changes
[ $bad != 0 ] || sed 's/^/# /' "$log"
step "depends on what it links" depends_on_what_it_links
step "what is in it starts" starts
echo "1..$n"
[ $bad = 0 ]
