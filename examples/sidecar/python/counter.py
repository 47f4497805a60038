"""Counts in Redis twenty times per second, and prints each count. The first argument is the socket of
`srv-dialer forward`, which looks up the SRV records. REDIS_PASSWORD is Redis' password."""

import os
import signal
import sys
import time

import redis

# Without a handler, Python as PID 1 of a container ignores SIGTERM.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

client = redis.Redis(
    unix_socket_path=sys.argv[1],
    password=os.environ.get("REDIS_PASSWORD"),
    socket_timeout=5,
    # Since version 6 the client resends a command without a reply. Redis may have run it already, so INCR would count
    # twice.
    retry=None,
)

while True:
    try:
        print(client.incr("count"), flush=True)
        time.sleep(0.05)
    except (redis.ConnectionError, redis.TimeoutError) as error:
        # While Redis moves, the sidecar closes connections. The client reconnects for the next command. It is unknown
        # whether Redis ran the failed command.
        print(error, file=sys.stderr, flush=True)
        time.sleep(0.5)
