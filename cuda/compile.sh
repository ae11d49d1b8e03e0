#!/bin/sh
# compile.sh RESOURCES NVCC ARGUMENT…: compiles one file and keeps what ptxas says of each kernel
# (registers, spills, shared memory) in RESOURCES, which tests/cuda/resources.py reads.
set -u
resources=$1
shift
"$@" >"$resources" 2>&1
status=$?
# Anything but ptxas's report is for the person who compiles.
grep -v -e '^ptxas info' -e '^    [0-9]* bytes stack frame' -e '^$' "$resources" >&2
exit $status
