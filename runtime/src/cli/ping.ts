import dns from "node:dns";
import type { Socket } from "node:net";
import { systemClock } from "../base/clock.ts";
import { channels } from "../base/diagnostics.ts";
import { SrvDialError, formatEndpoint, toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { SrvAnswer, SrvResolver } from "../base/types.ts";
import { interruptionOf, withDeadline } from "../dial/deadline.ts";
import { Dialer } from "../dial/dialer.ts";
import { parseOptions } from "../dial/options.ts";
import { askRedis } from "../redis/ping.ts";
import { type RedisUrl, parseRedisUrl } from "../redis/url.ts";
import { verifyRedis } from "../redis/verify.ts";
import {
  COMMON_OPTIONS,
  type Command,
  millisecondsOf,
  operandOf,
  parse,
  resolverOf,
} from "./arguments.ts";
import { complain, formatDuration, print } from "./output.ts";

const NEEDS_PASSWORD =
  "it needs a password (NOAUTH); set REDIS_PASSWORD or REDISCLI_AUTH, or write it in the URL";
/** Less than the default timeout of health checks in ECS and Docker, 5 s. */
const TIMEOUT = 3_000;

const HELP = `srv-dialer ping URL [--server IP[:PORT]]... [--timeout MS]

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
  const { values, positionals } = parse(args, COMMON_OPTIONS);
  const timeout = millisecondsOf("timeout", values.timeout, TIMEOUT, 1);
  const resolver = resolverOf(values.server);
  const url = parseRedisUrl(operandOf(positionals, "one URL"));
  const dialer = dialerOf(url, url.srv ? resolver : systemResolver(url), timeout);
  return withDeadline(timeout, systemClock, async (lifetime) => {
    const started = performance.now();
    let resolved = started;
    channels.resolve.subscribe(() => void (resolved = performance.now()));
    const { socket, ...endpoint } = await dialer.dial({ timeout }, lifetime);
    const connected = performance.now();
    const where = formatEndpoint(endpoint.host, endpoint.port, endpoint.address);
    try {
      await authenticate(socket, url, lifetime);
      const asked = performance.now();
      const reply = await askRedis(socket, ["PING"], lifetime);
      if (reply !== "PONG") throw new Error(reply.startsWith("NOAUTH") ? NEEDS_PASSWORD : reply);
      const times = {
        resolve: resolved - started,
        connect: connected - resolved,
        ping: performance.now() - asked,
      };
      const shown = Object.entries(times).map(([step, ms]) => `${step} ${formatDuration(ms)}`);
      return print(`PONG from ${where}: ${shown.join(", ")}`);
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

function dialerOf({ srv, host, tls }: RedisUrl, resolver: SrvResolver, timeout: number): Dialer {
  if (srv) return new Dialer(parseOptions(host, { resolver, timeout, tls }), verifyRedis);
  const settings = parseOptions("host", { resolver, timeout, tls, servername: "target" });
  return new Dialer({ ...settings, name: host }, verifyRedis);
}

/** Finds the host of a URL without SRV records like any program, including /etc/hosts. */
function systemResolver({ host, port = 6379 }: RedisUrl): SrvResolver {
  const target = { host, port, priority: 0, weight: 0, ttl: 0 };
  const resolve = async (): Promise<SrvAnswer> => {
    const found = await dns.promises.lookup(host, { all: true });
    return { targets: [{ ...target, addresses: found.map(({ address }) => address) }], ttl: 0 };
  };
  return { resolve };
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
  if (reply === "OK") return;
  if (/no password is set|without any password configured/.test(reply)) {
    complain("A password was given, and this Redis has none.");
    return;
  }
  // Shows only the error code of Redis, such as WRONGPASS, and not the rest of the line.
  throw new Error(`it refuses the password: ${/^[A-Z]+\b/.exec(reply)?.[0] ?? "unknown reason"}`);
}

export const ping: Command = { help: HELP, run };
