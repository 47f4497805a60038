import { promises } from "node:dns";
import type { SrvResolver } from "../base/types.ts";
import { dialAs, loginOf } from "../doctor/redis.ts";
import { parseRedisUrl } from "../redis/url.ts";
import { parse } from "./arguments.ts";
import { print } from "./output.ts";

/** Less than the default timeout of health checks in ECS and Docker, 5 s. */
const TIMEOUT = 3_000;

const help = `srv-dialer ping URL [--server IP[:PORT]]... [--timeout MS]

Connects to the Redis of a URL, sends PING, and prints the endpoint and the durations. Exits 0 only
if the answer is PONG: not while Redis is loading, and not without the right password. Do not use it
as the health check of an app: ECS would restart the app each time Redis is not available.

  URL                 redis+srv://[user:password@]name[/db], rediss+srv://… (TLS), redis://… or
                      rediss://…; the database is not selected
  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        for everything (default: ${TIMEOUT})

The password comes from the URL, or else from the variable REDISCLI_AUTH, or else REDIS_PASSWORD.
It is sent only to a server that answers PING like Redis, and is never printed.
NODE_EXTRA_CA_CERTS adds a private certificate authority.`;

async function run(args: readonly string[]): Promise<number> {
  const { operand, timeout, resolver: dns } = parse(args, "URL", TIMEOUT, {});
  const url = parseRedisUrl(operand);
  const { where, times } = await dialAs({
    client: url.tls ? "Redis with TLS" : "Redis",
    name: url.host,
    resolver: url.srv ? dns : systemResolver(url.port ?? 6379),
    login: loginOf(url),
    timeout,
  });
  const [resolve, connect, ponged] = times.map((ms) => `${ms.toFixed(1)} ms`);
  return print(`PONG from ${where}: resolve ${resolve}, connect ${connect}, ping ${ponged}`);
}

/** Finds a host as the system does, including in /etc/hosts, and answers as if it had a record. */
function systemResolver(port: number): SrvResolver {
  return {
    resolve: async (host) => {
      const found = await promises.lookup(host, { all: true });
      const addresses = found.map(({ address }) => address);
      return { targets: [{ host, port, priority: 0, weight: 0, ttl: 0, addresses }], ttl: 0 };
    },
  };
}

export const ping = { help, run };
