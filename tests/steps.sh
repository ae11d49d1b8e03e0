# steps.sh: for scripts that are tests and write TAP: source it, set log to a file, call step.
# shellcheck shell=bash

skip_all() { echo "1..0 # SKIP $*"; exit 77; }

n=0 bad=0

# step NAME COMMAND…: after one that failed there are no more.
step() {
  local name=$1 start=$SECONDS from status
  shift
  [ $bad = 0 ] || return
  n=$((n + 1))
  echo "==== $name" >>"$log"
  from=$(wc -l <"$log")
  "$@" >>"$log" 2>&1 </dev/null
  status=$?
  if [ $status = 0 ]; then
    echo "ok $n - $name ($((SECONDS - start)) s)"
  elif [ $status = 77 ] && [ $n = 1 ]; then
    skip_all "$(tail -n 1 "$log")"
  else
    echo "not ok $n - $name"
    tail -n +$((from + 1)) "$log" | tail -n 60 | sed 's/^/# /'
    bad=1
  fi
}
