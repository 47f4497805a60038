# https://redis.io/docs/latest/develop/clients/redis-py/produsage/
import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError
from redis.retry import Retry

from loop import HOST, IS_GUIDE, IS_HOOK, PORT, find, run


class SrvConnection(redis.Connection):
    """Looks the SRV record up at each connect."""

    def _connect(self):
        self.host, self.port = find()
        return super()._connect()


guide = {
    "retry": Retry(ExponentialBackoff(), 8),
    "retry_on_error": [BusyLoadingError, ConnectionError, TimeoutError],
    "health_check_interval": 30,
    "socket_connect_timeout": 5,
    "socket_timeout": 5,
}
options = guide if IS_GUIDE else {}
if IS_HOOK:
    pool = redis.ConnectionPool(connection_class=SrvConnection, **options)
    client = redis.Redis.from_pool(pool)
else:
    client = redis.Redis(host=HOST, port=PORT, **options)

run(lambda key: (client.incr(key), client.get(key)))
