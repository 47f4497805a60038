import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.SocketAddressResolver;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

/** https://redis.io/docs/latest/develop/clients/lettuce/produsage/ */
final class LettuceProgram {
  /** Looks the SRV record up at each connect. */
  static final class SrvResolver extends SocketAddressResolver {
    @Override
    public SocketAddress resolve(RedisURI uri) {
      var target = Loop.find();
      return new InetSocketAddress(target.host(), target.port());
    }
  }

  public static void main(String[] args) throws Exception {
    var resources = ClientResources.builder();
    if (Loop.IS_HOOK) resources.socketAddressResolver(new SrvResolver());
    var client =
        RedisClient.create(resources.build(), RedisURI.create(Loop.HOST, Loop.PORT));
    if (Loop.IS_GUIDE) {
      java.security.Security.setProperty("networkaddress.cache.ttl", "0");
      java.security.Security.setProperty("networkaddress.cache.negative.ttl", "0");
      client.setOptions(guide());
    }
    var commands = client.connect().sync();
    Loop.run(
        key -> new long[] {commands.incr(key), Long.parseLong(commands.get(key))});
  }

  private static ClientOptions guide() {
    var keepAlive =
        SocketOptions.KeepAliveOptions.builder()
            .interval(Duration.ofSeconds(5))
            .idle(Duration.ofSeconds(5))
            .count(3)
            .enable()
            .build();
    var userTimeout =
        SocketOptions.TcpUserTimeoutOptions.builder()
            .tcpUserTimeout(Duration.ofSeconds(20))
            .enable()
            .build();
    var socket = SocketOptions.builder().keepAlive(keepAlive).tcpUserTimeout(userTimeout).build();
    return ClientOptions.builder()
        .socketOptions(socket)
        .timeoutOptions(TimeoutOptions.enabled(Duration.ofSeconds(5)))
        .build();
  }
}
