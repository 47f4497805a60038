import { promises } from "node:dns";
import type { Socket } from "node:net";
import { systemClock } from "../base/clock.ts";
import { SrvDialError, formatEndpoint, toError } from "../base/errors.ts";
import { type Lifetime, interruptionOf, withDeadline } from "../base/lifetime.ts";
import type { SrvResolver } from "../base/types.ts";
import { Dialer } from "../dialer/dialer.ts";
import { parseOptions } from "../dialer/options.ts";
import { askRedis } from "../redis/ping.ts";
import { type RedisUrl, parseRedisUrl } from "../redis/url.ts";
import { verifyRedis } from "../redis/verify.ts";
import { parse } from "./arguments.ts";
import { complain, print } from "./output.ts";

const NEEDS_PASSWORD =
  "it needs a password (NOAUTH); set REDIS_PASSWORD or REDISCLI_AUTH, or write it in the URL";
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
  const { operand, timeout, resolver } = parse(args, "URL", TIMEOUT, {});
  const url = parseRedisUrl(operand);
  const dialer = dialerOf(url, resolver, timeout);
  return withDeadline(timeout, systemClock, async (lifetime) => {
    const started = performance.now();
    await dialer.resolve();
    const resolved = performance.now();
    const { socket, host, port, address } = await dialer.dial({}, lifetime);
    const connected = performance.now();
    const where = formatEndpoint(host, port, address);
    try {
      await authenticate(socket, url, lifetime);
      const asked = performance.now();
      const reply = await askRedis(socket, ["PING"], lifetime);
      if (reply !== "PONG") throw new Error(reply.startsWith("NOAUTH") ? NEEDS_PASSWORD : reply);
      const times = [resolved - started, connected - resolved, performance.now() - asked];
      const [resolve, connect, ponged] = times.map((ms) => `${ms.toFixed(1)} ms`);
      return print(`PONG from ${where}: resolve ${resolve}, connect ${connect}, ping ${ponged}`);
    } catch (error) {
      // With the endpoint, so that a log with several of them is useful.
      const message = `${where} is not ready: ${toError(error).message}`;
      const code = interruptionOf(lifetime)?.code;
      throw code === undefined ? new Error(message) : new SrvDialError(code, message);
    } finally {
      socket.destroy();
    }
  });
}

function dialerOf({ srv, host, port = 6379, tls }: RedisUrl, dns: SrvResolver, timeout: number) {
  const resolver = srv ? dns : systemResolver(port);
  const options = { resolver, timeout, tls, servername: srv ? "service" : "target" };
  const settings = parseOptions(srv ? host : "host", options);
  return new Dialer({ ...settings, name: host, verify: verifyRedis });
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

/** Sends the password, if there is one. An empty variable counts as unset, as in redis-cli. */
async function authenticate(socket: Socket, url: RedisUrl, lifetime: Lifetime): Promise<void> {
  const { REDISCLI_AUTH, REDIS_PASSWORD } = process.env;
  const password = [url.password, REDISCLI_AUTH, REDIS_PASSWORD].find(Boolean);
  if (password === undefined) return;
  const user = url.username === undefined ? [] : [url.username];
  const reply = await askRedis(socket, ["AUTH", ...user, password], lifetime).catch(() => {
    // Do not show the reply: it may be an echo of the password.
    throw lifetime.reason ?? new Error("no valid answer to AUTH");
  });
  if (/no password is set|without any password configured/.test(reply)) {
    complain("A password was given, and this Redis has none.");
  } else if (reply !== "OK") {
    // Only the error code of Redis, such as WRONGPASS, and not the rest of the line.
    throw new Error(`it refuses the password: ${/^[A-Z]+\b/.exec(reply)?.[0] ?? "unknown reason"}`);
  }
}

export const ping = { help, run };
