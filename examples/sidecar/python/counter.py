"""Counts in Redis twenty times a second, and prints each count. It knows no SRV record: the first argument is the
socket of `srv-dialer forward`, which runs beside it. REDIS_PASSWORD is Redis' password."""

import os
import signal
import sys
import time

import redis

# As PID 1 of a container Python would ignore SIGTERM.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

client = redis.Redis(
    unix_socket_path=sys.argv[1],
    password=os.environ.get("REDIS_PASSWORD"),
    socket_timeout=5,
    # From version 6 on the client sends a command again whose reply did not come. Redis may have done it: INCR would
    # count twice.
    retry=None,
)

while True:
    try:
        print(client.incr("count"), flush=True)
        time.sleep(0.05)
    except (redis.ConnectionError, redis.TimeoutError) as error:
        # While Redis moves, the sidecar ends connections. The client makes a new one for the next command. Whether Redis
        # did this one is not known.
        print(error, file=sys.stderr, flush=True)
        time.sleep(0.5)
