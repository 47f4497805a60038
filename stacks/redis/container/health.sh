#!/bin/sh
# The health check of Redis. redis-cli takes the password from REDISCLI_AUTH.
# shellcheck disable=SC3028

# If a host cannot reach EFS for longer than a lease, another task gets the lock. When the host is back, this server must
# end, because two servers would write. SHUTDOWN NOSAVE also works while Redis loads or runs a script. If EFS is slow,
# the name is empty: then this server goes on, and does not rewrite its file.
writer=$(timeout -s KILL 2 cat /data/.writer)
if [ -n "$writer" ] && [ "$writer" != "$HOSTNAME" ]; then
  echo "another task writes /data" >/proc/1/fd/1
  redis-cli shutdown nosave
  exit 1
fi

# A server that loads its data is healthy: if ECS replaced it, the load would begin again. Other errors are failures.
case $(redis-cli ping) in
PONG) ;;
LOADING*) exit 0 ;;
*) exit 1 ;;
esac

# Once after each start, Redis writes a new file: what another server still appends to the old one is never loaded.
if [ "$writer" = "$HOSTNAME" ] && redis-cli info persistence | grep -q aof_last_rewrite_time_sec:-1; then
  redis-cli bgrewriteaof
fi
exit 0
