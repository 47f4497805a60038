// https://github.com/redis/ioredis#reconnect-on-error
import { Redis } from "ioredis";
import { dns, host, isGuide, name, port, run, way } from "./loop.mjs";

/** As in the guide: after a failover the former server refuses writes, and the client connects again. */
const guide = { reconnectOnError: (error) => error.message.includes("READONLY") };
const options = isGuide ? guide : {};

async function client() {
  if (way !== "srv-dialer") return new Redis({ host, port, ...options });
  const { dnsResolver } = await import("srv-dialer");
  const { createRedis } = await import("srv-dialer/ioredis");
  const resolver = dnsResolver({ servers: [dns] });
  return createRedis(`redis+srv://${name}`, options, { resolver });
}

const redis = await client();
// Without a listener, the client prints each error.
redis.on("error", () => {});
await run(async (key) => [await redis.incr(key), await redis.get(key)]);
