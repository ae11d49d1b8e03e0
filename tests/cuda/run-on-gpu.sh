#!/bin/sh
# run-on-gpu.sh: builds Backprop without its window on a machine with an NVIDIA GPU, tests, sanitizes and
# times it there, and writes everything into one report, $OUT/gpu-report.txt, or ./gpu-report.txt. Takes
# less than 8 minutes; each part has a limit of its own, and the next one runs in any case.
#
#   tests/cuda/run-on-gpu.sh [--carried FOLDER] [--data DIR] [--build FOLDER] [--emulated]
#
#   --carried   what the machine lacks and cannot fetch, made by tests/cuda/collect.sh on another one:
#               Meson and Ninja, jansson, SQLite, OpenBLAS, zlib, pkgconf. They are unpacked in FOLDER/unpacked;
#               nothing is installed.
#   --data      MNIST's four files; without them the digits that the program draws
#   --build     where to build, and what is built there already (default build-gpu)
#   --emulated  no GPU: everything with the emulator's module in its place, and briefly, to try the script
#
# Needs nvcc and gcc with g++, Python 3; compute-sanitizer and PyTorch are used where they are. Exit
# status: 0 if every part passed.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
carried='' data=practice build=$root/build-gpu emulated=''
while [ $# -gt 0 ]; do
  case $1 in
    --carried) carried=$(cd "$2" && pwd) || exit 2; shift ;;
    --data) data=$(cd "$2" && pwd) || exit 2; shift ;;
    --build) mkdir -p "$2" && build=$(cd "$2" && pwd) || exit 2; shift ;;
    --emulated) emulated=yes ;;
    *) echo "run-on-gpu.sh: there is no option $1" >&2; exit 2 ;;
  esac
  shift
done
report=${OUT:-$PWD}/gpu-report.txt
cli=$build/app/backprop-cli
failed='' started=$(date +%s)
PATH=$PATH:/usr/local/cuda/bin
export PATH PYTHONUNBUFFERED=1
: >"$report"

say() {
  printf '%s\n' "$*" | tee -a "$report"
}

# part NAME SECONDS COMMAND…: runs it under a limit, its output in the report, and notes how it went
part() {
  name=$1 limit=$2
  shift 2
  [ -z "$emulated" ] || limit=$((10 * limit)) # a host is slow at playing a GPU
  say "" "== $name"
  before=$(date +%s)
  timeout -k 5 "$limit" "$@" >>"$report" 2>&1
  status=$?
  case $status in
    0) result=passed ;;
    124 | 137) result="stopped after its $limit s" ;;
    *) result="FAILED ($status)" ;;
  esac
  [ $status = 0 ] || failed="$failed $name,"
  say "-- $name: $result, $(($(date +%s) - before)) s"
}

unpack() {
  to=$carried/unpacked
  if [ ! -d "$to" ]; then
    for package in "$carried"/*.deb; do
      dpkg -x "$package" "$to" || return 1
    done
    for wheel in "$carried"/*.whl; do
      python3 -m zipfile -e "$wheel" "$to/python" || return 1
    done
  fi
  machine=$(gcc -print-multiarch)
  libs=$to/usr/lib/$machine
  ninja=$(find "$to/python" -type f -name ninja | head -n 1)
  mkdir -p "$to/bin"
  # The wheel holds no executable for Meson without an installer.
  printf '#!/bin/sh\nPYTHONPATH=%s exec python3 -m mesonbuild.mesonmain "$@"\n' "$to/python" >"$to/bin/meson"
  ln -sf "$ninja" "$to/bin/ninja"
  ln -sf ../usr/bin/pkgconf "$to/bin/pkg-config"
  chmod +x "$ninja" "$to/bin/meson"
  PATH=$to/bin:$PATH
  # Debian's link is absolute.
  ln -sf "$(find "$to" -type f -name 'libz.so.1.*' | head -n 1)" "$libs/libz.so"
  PKG_CONFIG_PATH=$libs/pkgconfig:$libs/openblas-pthread/pkgconfig
  PKG_CONFIG_SYSROOT_DIR=$to
  C_INCLUDE_PATH=$to/usr/include:$to/usr/include/$machine
  LIBRARY_PATH=$libs:$libs/openblas-pthread
  LDFLAGS="-Wl,--disable-new-dtags,-rpath,$libs:$libs/openblas-pthread"
  export PATH PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR C_INCLUDE_PATH LIBRARY_PATH LDFLAGS
}

# The GPU's own architecture alone: seven of them take seven times as long.
arch() {
  found=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d .)
  echo "${found:-90}"
}

if [ -n "$carried" ]; then
  unpack || { echo "run-on-gpu.sh: $carried cannot be unpacked" >&2; exit 1; }
fi
module=$build/cuda/backprop-cuda.so
brief=''
if [ -n "$emulated" ]; then
  module=$build/tests/cuda/emulator/backprop-cuda-emulated.so
  brief=yes
fi
BACKPROP_CUDA_MODULE=$module
ARCH=$(arch) BUILD=$build
export BACKPROP_CUDA_MODULE ARCH BUILD

# shellcheck disable=SC2016 # the inner shells expand them
part machine 15 sh -c '
  uname -srm
  nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap,clocks.max.sm --format=csv,noheader
  nvcc --version | tail -n 2
  gcc --version | head -n 1
  git log --oneline -1
  true'
# shellcheck disable=SC2016
part build 120 sh -c '
  [ -f "$BUILD/build.ninja" ] ||
    meson setup "$BUILD" -Dgui=disabled -Ddownload=disabled -Dpictures=disabled -Dcuda=enabled \
      -Dgpu_archs="$ARCH" --buildtype=release || exit 1
  ninja -C "$BUILD" --quiet'
if [ ! -f "$module" ]; then
  say "There is no $module: nothing more can be run."
  exit 1
fi

part 'registers and spills' 15 python3 tests/cuda/resources.py "$build/cuda"
part 'tests on the GPU' 60 python3 tests/cuda/suite.py "$build" ${brief:+--brief}
if [ -n "$brief" ]; then
  data=$build/small-digits
  python3 tests/cuda/small.py "$data"
fi
part 'tutorial, 5 seeds' 40 python3 tests/cuda/seeds.py "$cli" --data "$data" ${brief:+--brief}
if command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck initcheck synccheck; do
    part "compute-sanitizer $tool" 30 python3 tests/cuda/suite.py "$build" --sanitizer "$tool"
  done
elif [ -z "$emulated" ]; then
  say '' 'compute-sanitizer is not on this machine.'
  failed="$failed compute-sanitizer,"
fi
part benchmark 110 python3 tests/cuda/bench_cuda.py "$cli" "$build/tests/cuda/bench-ops" --data "$data" \
  ${brief:+--brief}

if [ -n "$failed" ]; then
  result="not passed:${failed%,}"
else
  result='all parts passed'
fi
say '' "== $(($(date +%s) - started)) s; $result"
[ -z "$failed" ]
