"""Counts in Redis twenty times a second, and prints each count. It knows no SRV record: the first argument is the
socket of `srv-dialer forward`, which runs beside it. REDIS_PASSWORD is Redis' password."""

import os
import signal
import sys
import time

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

# As PID 1 of a container Python would ignore SIGTERM.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

client = redis.Redis(
    unix_socket_path=sys.argv[1],
    password=os.environ.get("REDIS_PASSWORD"),
    # While Redis moves, the sidecar refuses: for a minute, at most twice a second.
    retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 120),
    retry_on_error=[redis.ConnectionError, redis.TimeoutError],
)

while True:
    print(client.incr("count"), flush=True)
    time.sleep(0.05)
