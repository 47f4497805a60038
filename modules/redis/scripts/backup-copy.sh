#!/bin/sh
# Makes a complete copy of the append-only file in a folder backup-<time>, while Redis writes. AWS Backup reads the files
# of a live file system one after the other. After a rewrite in between, the manifest in the backup would name files that
# are missing (https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html#backup-consistency).
#
# The copy consists of hard links, so it takes no time and no space. Redis only appends to a file or replaces it as a
# whole, and a linked file survives a rewrite
# (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#backing-up-aof-persistence). The last file
# also grows in the copy: it always has a prefix of the commands that Redis wrote, and when Redis loads it, it drops an
# incomplete command at the end.

cd /data || exit 1
# Two copies at once would delete each other's folder. This is a failure, so that the alarm reports a copy that hangs.
exec 9<>.copy.lock
flock -n 9 || {
  echo "another copy is being made" >&2
  exit 1
}
manifest=appendonlydir/appendonly.aof.manifest

# Files of type h are about to be deleted. If a rewrite changes the manifest meanwhile, it is tried again.
copy_listed() {
  rm -rf .backup-new && mkdir -p .backup-new/appendonlydir || return 1
  cp $manifest .backup-new/appendonlydir/ || return 1
  for name in $(sed -n 's/^file \([^ ]*\) .*type [bi].*/\1/p' .backup-new/$manifest); do
    error=$(ln "appendonlydir/$name" .backup-new/appendonlydir/ 2>&1) || return 1
  done
  cmp -s $manifest .backup-new/$manifest
}

# Redis 6 has one file and no manifest.
copy_single() {
  rm -rf .backup-new && mkdir .backup-new && ln appendonly.aof .backup-new/
}

if grep -q '^file ' $manifest 2>/dev/null; then
  copy=copy_listed
  last=appendonlydir/$(sed -n 's/^file \([^ ]*\) .*type [bi].*/\1/p' $manifest | tail -n 1)
elif [ -e $manifest ]; then
  echo "$manifest names no file, and nothing is copied" >&2
  exit 1
elif [ -e appendonly.aof ]; then
  copy=copy_single last=appendonly.aof
elif [ -n "$(find .writer.lock -mmin +60 2>/dev/null)" ]; then
  # The lock is from Redis' first start. Since then the file has another name or folder, or was deleted.
  echo "there is no append-only file, and nothing to copy" >&2
  exit 1
else
  echo "there is no append-only file yet"
  exit 0
fi

# Two copies are kept, so a backup has at least an hour to read the one that was the newest at its start. Without a rewrite
# since the newest one, another would have the same links, and push out an older one. A Redis that ends at each start does not
# rewrite: the copies from before the damage stay.
ours='backup-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z'
newest=$(ls -dt $ours 2>/dev/null | head -n 1)
# shellcheck disable=SC3013 # The shells of the images have it: dash and BusyBox.
if [ "$last" -ef "$newest/$last" ] && { [ ! -s $manifest ] || cmp -s $manifest "$newest/$manifest"; }; then
  echo "$newest has the same files"
  exit 0
fi

tries=0
until $copy; do
  tries=$((tries + 1))
  [ $tries -lt 10 ] || {
    echo "no copy in $tries tries: is a file missing, the file system full, or Redis rewriting all the time? $error" >&2
    exit 1
  }
  sleep 1
done

# The rename makes the copy visible only when it is complete.
until name=backup-$(date -u +%Y%m%dT%H%M%SZ) && [ ! -e "$name" ]; do sleep 1; done
mv .backup-new "$name" || exit 1

# A backup may be billed for each copy. Only folders that this script has made are removed, the one that was made first: a
# host whose clock is ahead gives its copy a late name.
for old in $(ls -dt $ours | awk -v own="$name" '$0 != own && ++others > 1'); do
  rm -r "$old" || exit 1
done

files=$(find "$name" -type f | wc -l)
[ "$files" -gt 0 ] || {
  echo "$name is missing" >&2
  exit 1
}
echo "$name: $files files"
