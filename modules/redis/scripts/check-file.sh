#!/bin/sh
# Checks the append-only file of a Redis that is stopped. If it is damaged, copies it and cuts it at the damage. After
# these exit codes ECS does not start the container again. A command line has this text in single quotes: use none here.

cd /data || exit 75
exec 9<>.writer.lock
flock -n 9 || {
  echo "a task has the lock of the data: stop Redis first" >&2
  exit 75
}

if [ -e appendonlydir/appendonly.aof.manifest ]; then
  files=appendonlydir file=appendonlydir/appendonly.aof.manifest
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
before=$(du -sk $files | cut -f 1)
yes | redis-check-aof --fix $file 2>&1
if redis-check-aof $file >/dev/null 2>&1; then
  echo "$file is whole again: $(du -sk $files | cut -f 1) of $before KiB are left. $copy has the files as they were"
else
  echo "$file cannot be repaired: restore a copy. $copy has the files as they were" >&2
  exit 78
fi
