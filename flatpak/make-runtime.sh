#!/bin/bash
# make-runtime.sh REPOSITORY: a Flatpak runtime and its SDK out of Debian or Ubuntu packages.
#
# For machines that cannot reach Flathub: a continuous integration, a classroom. What comes out is as
# recent as the distribution that this runs on, and has its GTK. REPOSITORY is an ostree repository
# afterwards, with runtime/io.github.backprop_lab.Platform and …Sdk of branch "local". It needs
# mmdebstrap, flatpak and ostree. Status 77, "skip", where the packages cannot be fetched.
set -euo pipefail

platform="libgtk-4-1 libgtk-4-bin libadwaita-1-0 libgtksourceview-5-0 gsettings-desktop-schemas adwaita-icon-theme
  hicolor-icon-theme fonts-cantarell fonts-dejavu-core fontconfig librsvg2-common libgl1-mesa-dri libegl1
  libgl1 shared-mime-info dconf-gsettings-backend libgdk-pixbuf2.0-bin glib-networking ca-certificates
  libsoup-3.0-0 libopenblas0-pthread libjansson4 libsqlite3-0 libdeflate0"
sdk="gcc libc6-dev make meson ninja-build pkg-config libgtk-4-dev libadwaita-1-dev libgtksourceview-5-dev libsoup-3.0-dev
  libopenblas-dev libjansson-dev libsqlite3-dev zlib1g-dev libdeflate-dev gettext desktop-file-utils shared-mime-info appstream appstream-util
  libglib2.0-bin libxml2-utils elfutils file patch perl python3 xz-utils"

name=io.github.backprop_lab branch=local
repository=$(realpath -m "$1")
release() { sed -n "s/^$1=\"*\([^\"]*\)\"*$/\1/p" /etc/os-release; }
suite=${BACKPROP_SUITE:-$(release VERSION_CODENAME)}
case $(uname -m) in
  x86_64 | aarch64) arch=$(uname -m) ;;
  *) echo "Flatpak has no name here for the architecture $(uname -m)." >&2; exit 77 ;;
esac
for tool in mmdebstrap ostree flatpak; do
  command -v $tool >/dev/null || { echo "$tool is not installed." >&2; exit 77; }
done
[ -n "$suite" ] || { echo "This system does not say which release of Debian or Ubuntu it is." >&2; exit 77; }

work=$(mktemp -d "${TMPDIR:-/var/tmp}/backprop-runtime.XXXXXX")
trap 'rm -rf "$work"' EXIT

# One system is made; the platform is copied out of it before what only compiling needs is added.
bootstrap() {
  local components=main log=$work/mmdebstrap.log
  [ "$(release ID)" != ubuntu ] || components+=,universe
  # shellcheck disable=SC2086
  mmdebstrap --variant=apt --components=$components --aptopt='Apt::Install-Recommends "false"' \
    --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --include="$(echo $platform | tr ' ' ,)" \
    --customize-hook="tar-out /usr $work/Platform.usr.tar" \
    --customize-hook="tar-out /etc $work/Platform.etc.tar" \
    --customize-hook="chroot \"\$1\" env DEBIAN_FRONTEND=noninteractive apt-get -y -q install ${sdk//$'\n'/}" \
    --customize-hook="tar-out /usr $work/Sdk.usr.tar" \
    --customize-hook="tar-out /etc $work/Sdk.etc.tar" \
    "$suite" - >/dev/null 2>"$log" && return
  tail -n 30 "$log" >&2
  if grep -qE 'Failed to fetch|Could not (resolve|connect)|Temporary failure|Unable to (fetch|connect)' "$log"; then
    echo "The packages of $suite cannot be fetched." >&2
    exit 77
  fi
  exit 1
}

# What belongs to one machine, or is of no use without root, or cannot be in an ostree repository.
strip_system() {
  rm -rf games local src lib/systemd lib/udev share/lintian share/bug share/bash-completion
  (cd etc && rm -rf apt dpkg cron* shadow* gshadow* passwd* group* subuid* subgid* security pam.* init.d \
    rc?.d systemd ld.so.cache machine-id hostname resolv.conf mtab localtime hosts fstab)
  find . -perm /6000 -exec chmod ug-s {} +
  find . \( -type b -o -type c -o -type p -o -type s \) -delete
}

# /etc/alternatives is not there when Flatpak makes the linker's cache: such links become direct ones.
straighten_links() {
  local link goal
  find . -lname '/etc/alternatives/*' | while read -r link; do
    goal=$(readlink "etc/alternatives/$(basename "$(readlink "$link")")" || true)
    if [ -n "$goal" ] && [ -e "./${goal#/usr/}" ]; then ln -sfn "$goal" "$link"; else rm -f "$link"; fi
  done
  rm -rf etc/alternatives
  # Where they go wrong for good, Flatpak would complain at each start.
  ln -sf ../sbin/ldconfig bin/ldconfig
}

metadata() {
  cat <<END
[Runtime]
name=$name.$1
runtime=$name.Platform/$arch/$branch
sdk=$name.Sdk/$arch/$branch

[Environment]
XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share:/run/host/user-share:/run/host/share
GI_TYPELIB_PATH=/app/lib/girepository-1.0
END
}

export_one() {
  local build=$work/$1
  mkdir -p "$build/files" "$build/usr/etc"
  tar -C "$build/usr" --strip-components=1 -xf "$work/$1.usr.tar" --transform='s,^\./,,'
  tar -C "$build/usr/etc" --strip-components=1 -xf "$work/$1.etc.tar" --transform='s,^\./,,'
  rm -f "$work/$1".*.tar
  (cd "$build/usr" && strip_system && straighten_links)
  local multiarch
  multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$arch-linux-gnu")
  printf '%s\n' /app/lib "/usr/lib/$multiarch" /usr/lib \
    'include /run/flatpak/ld.so.conf.d/app-*.conf' 'include /run/flatpak/ld.so.conf.d/runtime-*.conf' \
    >"$build/usr/etc/ld.so.conf"
  metadata "$1" >"$build/metadata"
  flatpak build-export --runtime --no-update-summary --disable-sandbox "$new" "$build" $branch
  rm -rf "$build"
}

bootstrap
# Under its final name there is only ever a whole one.
new=$repository.new
rm -rf "$new" "$repository"
mkdir -p "$(dirname "$repository")"
ostree init --mode=archive-z2 --repo="$new"
export_one Platform
export_one Sdk
flatpak build-update-repo "$new"
mv "$new" "$repository"
