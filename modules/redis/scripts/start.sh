#!/bin/sh
# Starts Redis as the only writer of /data. After the exit codes 75 and 78, ECS starts another task.
# Docker sets HOSTNAME to the container's id. It stays the same if the agent restarts the container.
# shellcheck disable=SC3028

# With an empty password, everyone could log in.
if [ -z "$REDIS_PASSWORD" ] || [ -z "$REDIS_PASSWORD_B" ]; then
  echo "REDIS_PASSWORD or REDIS_PASSWORD_B is empty" >&2
  exit 78
fi

# ECS sometimes runs two tasks at once (https://github.com/aws/containers-roadmap/issues/959), and two servers on one
# folder lose data. Descriptor 9 holds a lock. redis-server inherits it, and the kernel releases it when redis-server
# ends. 200 s are longer than stopTimeout, after which ECS kills the old server.
unwritable() {
  echo "/data/$1 cannot be written: is the file system full or read-only, or has Redis no right to write?" >&2
  exit 75
}
locked() {
  echo "another task has the lock of the data: $(cat /data/.writer)" >&2
  false
}
# In a subshell first: a failed exec ends its shell.
(exec 9<>/data/.writer.lock) || unwritable .writer.lock
exec 9<>/data/.writer.lock
flock -w 200 9 || locked || exit 75

# The health check of a server that lost the lock finds another name here.
echo "$HOSTNAME" >/data/.writer || unwritable .writer

# Redis would start empty on such files, and its first rewrite would take their names.
files=/data/appendonlydir
if grep -q '^file ' $files/appendonly.aof.manifest 2>/dev/null; then
  case $(redis-server --version </dev/null) in
  *" v=6."*)
    echo "Redis 6 cannot read $files, which a later version has written: use that version" >&2
    exit 78
    ;;
  esac
elif [ -e $files/appendonly.aof.manifest ] || [ -n "$(find $files -type f ! -name 'temp-*' \( -size +2 -o -name '*.incr.*' -size +0 -o ! -name 'appendonly.aof.1.*' \) 2>/dev/null)" ]; then
  # Not after a first start that was killed, which leaves small files with the number 1 alone.
  echo "$files has files, but no appendonly.aof.manifest that names them: restore a copy, or move them away" >&2
  exit 78
elif [ ! -e /data/appendonly.aof ] && [ -n "$(find /data -maxdepth 1 -name 'backup-[0-9]*Z')" ]; then
  echo "there are copies, but no append-only file: restore one, or move them away" >&2
  exit 78
fi

# The image's entrypoint loads the modules of the image when its command is redis-server. Without an entrypoint of this
# name, no modules are loaded.
entrypoint=$(command -v docker-entrypoint.sh)
[ "$SERVER_MODULES" = true ] || entrypoint=

# Of each password Redis reads a hash, because quotes, backslashes and line ends have a meaning in its configuration.
hash() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }

# Some entrypoints add REDIS_PASSWORD to the arguments, or warn if it is missing: SKIP_PASSWORD_WARNING. Images turn
# protected mode off. The append-only file has all data, so there are no snapshots. SERVER_PARAMETERS has several words.
# shellcheck disable=SC2086
exec env -u REDIS_PASSWORD -u REDIS_PASSWORD_B SKIP_PASSWORD_WARNING=1 \
  $entrypoint redis-server --include /dev/stdin --protected-mode yes --dir /data \
  --appendonly yes --appendfsync "$SERVER_APPENDFSYNC" --save "" \
  --maxmemory "$SERVER_MAXMEMORY" --maxmemory-policy "$SERVER_MAXMEMORY_POLICY" $SERVER_PARAMETERS <<END
user default on allkeys allchannels allcommands #$(hash "$REDIS_PASSWORD") #$(hash "$REDIS_PASSWORD_B")
END
