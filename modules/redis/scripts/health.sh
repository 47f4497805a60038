#!/bin/sh
# The health check of Redis. redis-cli takes the password from REDISCLI_AUTH.
# shellcheck disable=SC3028

# If a check takes too long, Docker ends this shell alone. No health check may take longer than 60 s.
cli() { timeout -s KILL 60 redis-cli "$@"; }

reply=$(cli ping 2>&1)
code=$?

# If a host cannot reach EFS for longer than a lease, another task gets the lock. When the host is back, this server must
# end, because two servers would write. SHUTDOWN NOSAVE also works while Redis loads or runs a script. If EFS is slow,
# the name is empty: then this server goes on, and does not rewrite its file.
writer=$(timeout -s KILL 2 cat /data/.writer)
if [ -n "$writer" ] && [ "$writer" != "$HOSTNAME" ]; then
  # A task that waits for the lock has no server yet.
  case $reply in *"Could not connect"*) exit 1 ;; esac
  echo "another task writes /data" >/proc/1/fd/1
  cli shutdown nosave
  exit 1
fi

# A server that replies is healthy: if ECS replaced one that loads its data, has too many clients or cannot write its
# file, the next one would be no better. The log and the alarms report it. Only a wrong password is a failure.
case $reply in
*PONG) ;;
*NOAUTH* | *WRONGPASS*) exit 1 ;;
LOADING*)
  [ -z "$writer" ] || timeout -s KILL 2 touch -c /data/.writer
  exit 0
  ;;
*"AUTH failed"*) exit 0 ;; # AUTH fails first if there are too many clients
*) exit $code ;;
esac

# Once after each start, Redis writes a new file: what another server still appends to the old one is never loaded. A
# rewrite needs memory for each page that is written meanwhile, so it waits until Redis has been ready for a minute: clients
# that come back write most. The start and a check of a loading server set the time of /data/.writer.
if [ "$writer" = "$HOSTNAME" ] && cli info persistence | grep -q aof_last_rewrite_time_sec:-1 &&
  [ -n "$(timeout -s KILL 2 find /data/.writer -mmin +1)" ]; then
  cli bgrewriteaof
fi
exit 0
