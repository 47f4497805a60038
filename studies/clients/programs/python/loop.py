"""The loop that each program runs: ten times a second it counts one up, and reads it back."""

import asyncio
import os
import sys
import threading
import time

import dns.asyncresolver
import dns.resolver

INTERVAL = 0.1

# Where to connect, and how: `a`, `hook` or `forward`.
HOST = os.environ["HOST"]
PORT = int(os.environ["PORT"])
NAME = os.environ["NAME"]
IS_HOOK = os.environ["WAY"] == "hook"
IS_GUIDE = os.environ["SETTINGS"] == "guide"


def _configured(resolver):
    host, port = os.environ["DNS"].split(":")
    resolver.nameservers, resolver.port = [host], int(port)
    return resolver


def find():
    """The address and port of the first target of the SRV record."""
    resolver = _configured(dns.resolver.Resolver(configure=False))
    record = min(resolver.resolve(NAME, "SRV"), key=lambda each: each.priority)
    return resolver.resolve(record.target, "A")[0].address, record.port


async def find_async():
    resolver = _configured(dns.asyncresolver.Resolver(configure=False))
    record = min(await resolver.resolve(NAME, "SRV"), key=lambda each: each.priority)
    return (await resolver.resolve(record.target, "A"))[0].address, record.port


def _end_with_standard_input():
    sys.stdin.read()
    os._exit(0)


def _report(number, begin, outcome):
    print(number, int(begin * 1000), int(time.time() * 1000), outcome, flush=True)


def _outcome(written, read):
    return "ok" if int(written) == int(read) else f"read {read}, not {written}"


def _reason(error):
    return " ".join(f"{type(error).__name__}: {error}".split())


def run(operation):
    """`operation(key)` counts the key up and reads it; it returns both values."""
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    number = 0
    while True:
        begin = time.time()
        try:
            outcome = _outcome(*operation(f"op:{number}"))
        except Exception as error:
            outcome = _reason(error)
        _report(number, begin, outcome)
        number += 1
        time.sleep(max(0.001, begin + INTERVAL - time.time()))


async def run_async(operation):
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    number = 0
    while True:
        begin = time.time()
        try:
            outcome = _outcome(*await operation(f"op:{number}"))
        except Exception as error:
            outcome = _reason(error)
        _report(number, begin, outcome)
        number += 1
        await asyncio.sleep(max(0.001, begin + INTERVAL - time.time()))
