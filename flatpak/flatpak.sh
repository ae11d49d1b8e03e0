#!/bin/bash
# flatpak.sh OUT [local | release [URL]]: the whole way of the Flatpak, each step a line of TAP.
#
# Builds with the tests in the sandbox, exports, makes the bundle OUT/Backprop.flatpak and the
# repository OUT/repo with OUT/Backprop.flatpakref, installs from both into a home of its own, trains
# in there by a click of the real pointer, updates and removes. OUT/Backprop.flatpakrepo is for who
# wants to add the repository first and to choose from it later.
#
# local (what is meant without a word) builds the working tree on a runtime that make-runtime.sh
# makes once; release builds the tagged sources on GNOME's runtime, which Flathub has to offer. URL is
# where OUT/repo will be served from. With BACKPROP_FLATPAK_KEY, a GnuPG key, everything is signed; with
# BACKPROP_CUDA, the folder of a CUDA toolkit, the CUDA module is in it.
#
# Runtime, home and log are kept in ~/.cache/backprop. Status 77, "skip", where the machine does not
# allow it: packages that cannot be fetched, no user namespaces.
set -uo pipefail
here=$(dirname "$(realpath "$0")")
id=io.github.backprop_lab.Backprop
out=$(realpath -m "$1") kind=${2:-local}
url=${3:-file://$out/repo}
key=${BACKPROP_FLATPAK_KEY:-}
cuda=${BACKPROP_CUDA:-}

# shellcheck source=../tests/steps.sh
. "$here/../tests/steps.sh"

# ---- once outside, once inside of a session bus ----------------------------------------------------

cache=${XDG_CACHE_HOME:-$HOME/.cache}/backprop
if [ -z "${FLATPAK_INNER:-}" ]; then
  for tool in flatpak flatpak-builder ostree eu-strip dbus-run-session bwrap flock gpg; do
    command -v $tool >/dev/null || skip_all "$tool is not installed"
  done
  bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true 2>/dev/null ||
    skip_all "bubblewrap may not make a sandbox here"
  mkdir -p "$cache" "$out" || exit 1
  # One at a time: the home and the builder's state are shared by all working copies.
  exec 9>"$cache/lock"
  flock 9
  FLATPAK_INNER=1 GNUPGHOME=${GNUPGHOME:-$HOME/.gnupg} exec dbus-run-session -- "$0" "$out" "$kind" "$url"
fi

# What is kept belongs to one make-runtime.sh; another one starts anew.
mark=$(cat "$here/make-runtime.sh" /etc/os-release | sha256sum | cut -c1-12)
kept=$cache/flatpak-$kind-$mark
runtime=$kept/runtime
log=$out/flatpak.log
mkdir -p "$kept/home"
: >"$log"

session=$(mktemp -d)
trap 'rm -rf "$session"' EXIT
mkdir -m 700 "$session/run"
export HOME=$kept/home XDG_RUNTIME_DIR=$session/run
unset XDG_CACHE_HOME XDG_DATA_HOME XDG_CONFIG_HOME
# The session of the pointer has data folders of its own; what is installed stays here.
export FLATPAK_USER_DIR=$HOME/.local/share/flatpak
# Not among the host's data folders, and flatpak says so at each start.
export XDG_DATA_DIRS=$HOME/.local/share/flatpak/exports/share:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}

sign=()
[ -z "$key" ] || sign=(--gpg-sign="$key" --gpg-homedir="$GNUPGHOME")
# Debian 12's builder wants FUSE to protect its cache of modules; some containers have none.
fuse=()
[ -w /dev/fuse ] || fuse=(--disable-rofiles-fuse)

# ---- steps ----------------------------------------------------------------------------------------

fp() { flatpak --user "$@"; }

fresh_home() {
  fp uninstall -y --noninteractive $id
  fp remote-delete --force backprop
  fp remote-delete --force backprop-again
  rm -rf "${HOME:?}/.var/app/$id"
  return 0
}

# Removed as a whole when it is not complete, so that the next attempt begins at the beginning.
have_runtime() {
  find "$cache" -maxdepth 1 -name "flatpak-$kind-*" ! -name "flatpak-$kind-$mark" -exec rm -rf {} +
  [ -d "$runtime" ] || "$here/make-runtime.sh" "$runtime" || return
  fp remote-add --if-not-exists --no-gpg-verify backprop-runtime "file://$runtime" || return
  local part
  for part in Platform Sdk; do
    fp info "io.github.backprop_lab.$part//local" ||
      fp install -y --noninteractive backprop-runtime "io.github.backprop_lab.$part//local" || return
  done
}

have_gnome() {
  fp remote-add --if-not-exists flathub https://dl.flathub.org/repo/flathub.flatpakrepo && return
  echo "Flathub cannot be reached."
  return 77
}

# with_cuda MANIFEST: the same with the module of CUDA. GNOME's SDK has no nvcc, nor has ours: the
# toolkit of this machine is bound into the build, and into the tests, which look for it again.
with_cuda() {
  sed -e 's/-Dcuda=disabled/-Dcuda=enabled/' -e "s|path: \.\.\$|path: $(dirname "$here")|" \
    -e '/^  - name: backprop$/a\
    build-options:\
      prepend-path: /run/cuda/bin\
      build-args: [--bind-mount=/run/cuda='"$cuda"']\
      test-args: [--bind-mount=/run/cuda='"$cuda"']' "$1"
}

builds() {
  local manifest=$here/local.yml from=(--disable-download --disable-updates)
  if [ "$kind" = release ]; then
    manifest=$here/$id.yml from=(--install-deps-from=flathub)
  fi
  if [ -n "$cuda" ]; then
    cuda=$(realpath "$cuda")
    with_cuda "$manifest" >"$out/$id.yml" || return
    manifest=$out/$id.yml
  fi
  rm -rf "$out/repo" "$kept/build"
  nice flatpak-builder --user --force-clean --default-branch=stable --state-dir="$kept/state" \
    --repo="$out/repo" "${fuse[@]}" "${from[@]}" "${sign[@]}" "$kept/build" "$manifest" || return
  rm -rf "$kept/build"
}

# write_ref URL: whoever installs from the file gets the runtime from the place that it names.
write_ref() {
  cat <<END
[Flatpak Ref]
Title=Backprop
Name=$id
Branch=stable
Url=$1
SuggestRemoteName=backprop
IsRuntime=false
END
  if [ "$kind" = release ]; then
    echo "RuntimeRepo=https://dl.flathub.org/repo/flathub.flatpakrepo"
  fi
  if [ -n "$key" ]; then
    echo "GPGKey=$(gpg --export "$key" | base64 -w 0)"
  fi
}

# write_repo URL: the repository alone.
write_repo() {
  cat <<END
[Flatpak Repo]
Title=Backprop
Comment=A desktop lab for training neural networks
Url=$1
Homepage=https://github.com/backprop-lab/Backprop
DefaultBranch=stable
END
  if [ -n "$key" ]; then
    echo "GPGKey=$(gpg --export "$key" | base64 -w 0)"
  fi
}

packs() {
  # What was installed from the bundle is updated from the repository.
  local more=(--repo-url="$url")
  [ "$kind" != release ] || more+=(--runtime-repo=https://dl.flathub.org/repo/flathub.flatpakrepo)
  if [ -n "$key" ]; then
    gpg --export "$key" >"$session/key" || return
    more+=(--gpg-keys="$session/key")
  fi
  flatpak build-update-repo --title=Backprop --default-branch=stable "${sign[@]}" "$out/repo" || return
  flatpak build-bundle "${more[@]}" "${sign[@]}" "$out/repo" "$out/Backprop.flatpak" $id stable || return
  write_ref "$url" >"$out/Backprop.flatpakref"
  write_repo "$url" >"$out/Backprop.flatpakrepo"
  ls -l "$out"
  du -sh "$out/repo" "$out/Backprop.flatpak"
}

installs_bundle() { fp install -y --noninteractive --bundle "$out/Backprop.flatpak"; }

# No file system, no bus, no device but the graphics: what the manifest asks for, and nothing that a
# later flatpak-builder or finish-arg slips in.
asks_for_no_more() {
  local found wanted
  found=$(fp info --show-permissions $id | sed '/^$/d')
  wanted=$(printf '%s\n' '[Context]' 'shared=network;ipc;' 'sockets=x11;wayland;fallback-x11;' 'devices=dri;')
  echo "$found"
  [ "$found" = "$wanted" ]
}

# Its home is not visible in the sandbox; the tutorial's loss falls, by the runtime's OpenBLAS.
trains_in_the_terminal() {
  echo secret >"$HOME/secret"
  if flatpak run --command=ls $id "$HOME/secret"; then
    echo "a file of the person's is visible in the sandbox"
    return 1
  fi
  flatpak run --command=backprop-cli $id --version || return
  flatpak run --command=backprop-cli $id train --data practice --set loop.epochs=1
}

# Without a driver it is of no use, but it is whole: all that it is linked with is there.
has_the_cuda_module() {
  # shellcheck disable=SC2016
  flatpak run --command=sh $id -c 'ldd /app/lib/backprop/backprop-cuda.so &&
    ! ldd /app/lib/backprop/backprop-cuda.so | grep "not found"'
}

# Preferences go into the sandbox's own folder, and the desktop outside knows the type of the recipes, its
# icon, and who opens them.
is_part_of_the_desktop() {
  local kept=$HOME/.var/app/$id/config/glib-2.0/settings/keyfile exports=$HOME/.local/share/flatpak/exports/share
  flatpak run --devel --command=gsettings $id set $id threads 3 || return
  cat "$kept"
  grep -q '^threads=3' "$kept" || return
  rm "$kept"
  grep -E '^(Exec|MimeType)=' "$exports/applications/$id.desktop"
  grep -q '^Exec=.*@@ %f @@' "$exports/applications/$id.desktop" &&
    grep -q '^MimeType=application/x-backprop-recipe+json;' "$exports/applications/$id.desktop" &&
    [ -f "$exports/mime/packages/$id.xml" ] &&
    [ -f "$exports/icons/hicolor/scalable/mimetypes/$id-recipe.svg" ]
}

# All of them, not only those of the machine that it was built on.
brings_its_languages() {
  local language
  for language in $(sed 's/#.*//' "$here/../po/LINGUAS"); do
    flatpak run --command=ls $id "/app/share/locale/$language/LC_MESSAGES/backprop.mo" || return
  done
}

settings() {
  local folder=$HOME/.var/app/$id
  mkdir -p "$folder/config/gtk-4.0" "$folder/data"
  printf '[Settings]\ngtk-font-name=Cantarell 11\ngtk-decoration-layout=:close\ngtk-cursor-blink=0\n' \
    >"$folder/config/gtk-4.0/settings.ini"
}

# The same person as in the build tree, here in the sandbox; each of her steps is one of ours.
pointer() {
  local python=/usr/bin/python3 lines status line
  [ $bad = 0 ] || return
  [ -x $python ] || python=python3
  settings
  echo "==== by the real pointer" >>"$log"
  lines=$(UI_FILES=$HOME/.var/app/$id/data UI_PICTURE=$out/window.png UI_KEEP=$out \
    "$here/../tests/ui/ui-session.sh" $python -W ignore "$here/../tests/ui/test_backprop.py" \
    flatpak run --env=GSK_RENDERER=cairo --env=GDK_BACKEND=x11 $id 2>>"$log" </dev/null)
  status=$?
  echo "$lines" >>"$log"
  while read -r line; do
    case $line in
      "ok "* | "not ok "*)
        n=$((n + 1))
        echo "$line" | sed -E "s/(ok) [0-9]+ - /\1 $n - in the sandbox: /"
        ;;
      "1..0 # SKIP"*)
        n=$((n + 1))
        echo "ok $n - in the sandbox: by the real pointer # SKIP ${line#*SKIP }"
        ;;
    esac
  done <<<"$lines"
  if [ $status != 0 ] && [ $status != 77 ]; then
    # Also when it ended before its first step.
    [[ $lines == *"not ok"* ]] || { n=$((n + 1)); echo "not ok $n - in the sandbox: by the real pointer"; }
    bad=1
    tail -n 40 "$log" | sed 's/^/# /'
  fi
}

# A copy of the repository, which the trial of the update changes, is signed by a key of this moment
# where none was given: what a signed repository is to its readers is tried each time.
signs() {
  cp -a "$out/repo" "$session/repo" || return
  [ -z "$key" ] || return 0
  export GNUPGHOME=$session/gnupg
  mkdir -m 700 "$GNUPGHOME"
  gpg --batch --quiet --passphrase '' --quick-gen-key "Backprop's trial" default default never || return
  key=$(gpg --list-keys --with-colons | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)
  sign=(--gpg-sign="$key" --gpg-homedir="$GNUPGHOME")
  flatpak build-sign "${sign[@]}" "$session/repo" $id stable &&
    flatpak build-update-repo "${sign[@]}" "$session/repo"
}

# Whoever installs from a signed repository does not get what another key has signed.
refuses_another_key() {
  local other=$session/other status=0
  mkdir -m 700 "$other"
  GNUPGHOME=$other gpg --batch --quiet --passphrase '' --quick-gen-key "Someone else" default default never || return
  write_ref "file://$session/repo" | sed '/^GPGKey=/d' >"$session/other.flatpakref"
  echo "GPGKey=$(GNUPGHOME=$other gpg --export | base64 -w 0)" >>"$session/other.flatpakref"
  fp install -y --noninteractive --from "$session/other.flatpakref" && status=1
  fp remote-delete --force backprop
  return $status
}

installs_ref() {
  write_ref "file://$session/repo" >"$session/Backprop.flatpakref"
  fp install -y --noninteractive --from "$session/Backprop.flatpakref" || return
  flatpak run --command=backprop-cli $id --version
}

# Another name, so that the one which the reference has added stays.
offers_itself() {
  write_repo "file://$session/repo" >"$session/Backprop.flatpakrepo"
  fp remote-add --from backprop-again "$session/Backprop.flatpakrepo" || return
  fp remote-ls --app --columns=application backprop-again | grep -x $id || return
  fp remote-delete --force backprop-again
}

# A newer commit of the same files stands for a newer version.
updates() {
  local before after
  before=$(fp info --show-commit $id)
  flatpak build-commit-from --force --subject="Try the update" "${sign[@]}" --timestamp=NOW \
    --src-ref="app/$id/$(flatpak --default-arch)/stable" "$session/repo" "app/$id/$(flatpak --default-arch)/stable" || return
  flatpak build-update-repo "${sign[@]}" "$session/repo" || return
  fp update -y --noninteractive $id || return
  after=$(fp info --show-commit $id)
  echo "$before -> $after"
  [ -n "$after" ] && [ "$before" != "$after" ]
}

leaves_nothing() {
  fp uninstall -y --noninteractive --delete-data $id || return
  fp remote-delete --force backprop || return
  ! fp info $id && [ ! -e "$HOME/.var/app/$id" ] &&
    [ ! -e "$HOME/.local/share/flatpak/exports/share/applications/$id.desktop" ]
}

if [ "$kind" = release ]; then
  step "GNOME's runtime is to be had from Flathub" have_gnome
else
  step "a runtime from the distribution's packages" have_runtime
fi
fresh_home >>"$log" 2>&1
step "builds, and passes its tests in the sandbox" builds
step "a bundle and a repository" packs
step "installs from the bundle" installs_bundle
step "asks for no more than it needs" asks_for_no_more
step "trains in the terminal of the sandbox" trains_in_the_terminal
step "keeps its preferences, and opens recipes" is_part_of_the_desktop
step "brings its languages" brings_its_languages
[ -z "$cuda" ] || step "has the CUDA module" has_the_cuda_module
pointer
step "the repository is signed" signs
step "is removed" fp uninstall -y --noninteractive $id
step "what another key has signed is refused" refuses_another_key
step "installs from the repository" installs_ref
step "the repository can be added by itself" offers_itself
step "updates from the repository" updates
step "is removed without a trace" leaves_nothing
echo "1..$n"
[ $bad = 0 ]
