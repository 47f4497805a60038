import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import java.time.Duration;

/** https://redis.io/docs/latest/develop/clients/jedis/produsage/ */
final class JedisProgram {
  public static void main(String[] args) throws Exception {
    var config = DefaultJedisClientConfig.builder();
    var pool = new ConnectionPoolConfig();
    if (Loop.IS_GUIDE) {
      java.security.Security.setProperty("networkaddress.cache.ttl", "0");
      java.security.Security.setProperty("networkaddress.cache.negative.ttl", "0");
      config.connectionTimeoutMillis(5_000).socketTimeoutMillis(2_000);
      pool.setMaxTotal(8);
      pool.setMaxIdle(8);
      pool.setMinIdle(0);
      pool.setBlockWhenExhausted(true);
      pool.setMaxWait(Duration.ofSeconds(1));
      pool.setTestWhileIdle(true);
      pool.setTimeBetweenEvictionRuns(Duration.ofSeconds(1));
    }
    // Looks the SRV record up at each connect.
    if (Loop.IS_HOOK) {
      config.hostAndPortMapper(
          any -> {
            var target = Loop.find();
            return new HostAndPort(target.host(), target.port());
          });
    }
    var client =
        RedisClient.builder()
            .hostAndPort(Loop.HOST, Loop.PORT)
            .clientConfig(config.build())
            .poolConfig(pool)
            .build();
    Loop.run(key -> new long[] {client.incr(key), Long.parseLong(client.get(key))});
  }
}
