#!/bin/sh
# collect.sh FOLDER: fetches what a bare GPU machine may lack for run-on-gpu.sh: Meson and Ninja as
# wheels; jansson, SQLite, OpenBLAS, zlib and pkgconf as Debian packages, which are unpacked there rather than
# installed. About 10 MB. Needs pip, and apt on Debian or Ubuntu, of the same processor as that machine.
set -eu
folder=${1:?which folder? collect.sh FOLDER}
mkdir -p "$folder"
cd "$folder"
python3 -m pip download --quiet --no-deps --only-binary=:all: meson ninja
apt-get download --quiet libjansson-dev libjansson4 libsqlite3-dev libsqlite3-0 libopenblas-pthread-dev libopenblas0-pthread \
  libgfortran5 libquadmath0 zlib1g-dev zlib1g pkgconf-bin libpkgconf3
ls -l
