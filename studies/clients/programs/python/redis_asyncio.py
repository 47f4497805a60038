# https://redis.io/docs/latest/develop/clients/redis-py/produsage/, with asyncio
import asyncio

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError

from loop import HOST, IS_GUIDE, IS_HOOK, PORT, find_async, run_async


class SrvConnection(redis.Connection):
    """Looks the SRV record up at each connect."""

    async def _connect(self):
        self.host, self.port = await find_async()
        await super()._connect()


guide = {
    "retry": Retry(ExponentialBackoff(), 8),
    "retry_on_error": [BusyLoadingError, ConnectionError, TimeoutError],
    "health_check_interval": 30,
    "socket_connect_timeout": 5,
    "socket_timeout": 5,
}


async def main():
    options = guide if IS_GUIDE else {}
    if IS_HOOK:
        pool = redis.ConnectionPool(connection_class=SrvConnection, **options)
        client = redis.Redis.from_pool(pool)
    else:
        client = redis.Redis(host=HOST, port=PORT, **options)

    async def operation(key):
        return await client.incr(key), await client.get(key)

    await run_async(operation)


asyncio.run(main())
