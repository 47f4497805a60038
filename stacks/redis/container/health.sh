#!/bin/sh
# The health check of Redis. redis-cli takes the password from REDISCLI_AUTH.
# shellcheck disable=SC3028

# If a host cannot reach EFS for longer than a lease, another task gets the lock. When the host is back, this server must
# end, because two servers would write. If EFS is slow, the name is empty, and the check goes on.
writer=$(timeout -s KILL 2 cat /data/.writer)
if [ -n "$writer" ] && [ "$writer" != "$HOSTNAME" ]; then
  echo "another task writes /data: this server ends" >/proc/1/fd/1
  redis-cli shutdown nosave
  exit 1
fi

# A server that loads its data is healthy: if ECS replaced it, the load would begin again.
case $(redis-cli ping) in
PONG) ;;
LOADING*) exit 0 ;;
*) exit 1 ;;
esac

# Once after each start, Redis writes a new file: what another server still appends to the old one is never loaded.
if redis-cli info persistence | grep -q aof_last_rewrite_time_sec:-1; then
  redis-cli bgrewriteaof
fi
exit 0
