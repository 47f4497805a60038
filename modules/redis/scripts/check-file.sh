#!/bin/sh
# Checks the append-only file of a Redis that is stopped. If it is damaged, copies it and cuts it at the damage. After
# these exit codes ECS does not start the container again. A command line has this text in single quotes: use none here.
# Docker sets HOSTNAME to the container id.
# shellcheck disable=SC3028

cd /data || exit 75
# In a subshell first: a failed exec ends its shell.
(exec 9<>.writer.lock) || exit 75
exec 9<>.writer.lock
flock -n 9 || {
  echo "a task has the lock of the data: stop Redis first" >&2
  exit 75
}
# A server that lost the lock, and runs on, ends when its health check finds another name here.
echo "$HOSTNAME" >.writer || exit 75

if grep -q "^file " appendonlydir/appendonly.aof.manifest 2>/dev/null; then
  files=appendonlydir file=appendonlydir/appendonly.aof.manifest
elif [ -e appendonlydir/appendonly.aof.manifest ]; then
  echo "appendonly.aof.manifest names no file: restore a copy" >&2
  exit 78
elif [ -e appendonly.aof ]; then
  files=appendonly.aof file=appendonly.aof
else
  echo "there is no append-only file to check" >&2
  exit 78
fi

if redis-check-aof $file 2>&1; then
  echo "$file is whole: nothing was changed"
  exit 0
fi

copy=damaged-$(date -u +%Y%m%dT%H%M%SZ)
if ! mkdir "$copy" || ! cp -pR $files "$copy/"; then
  echo "no copy could be made, so nothing was changed: is the file system full?" >&2
  exit 75
fi
size() { find "$files" -type f -exec cat {} + | wc -c; }
before=$(size)
yes | redis-check-aof --fix $file 2>&1
if redis-check-aof $file >/dev/null 2>&1; then
  echo "$file is whole again: $(size) of $before bytes are left. $copy has the files as they were"
else
  echo "$file cannot be repaired: restore a copy. $copy has the files as they were" >&2
  exit 78
fi
