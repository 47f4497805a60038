import type { Socket } from "node:net";
import { systemClock } from "../base/clock.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { interruptionOf, withDeadline } from "../dial/deadline.ts";
import { askRedis } from "../redis/ping.ts";
import { type RedisUrl, parseRedisUrl } from "../redis/url.ts";
import { COMMON_OPTIONS, type Command, millisecondsOf, operandOf, parse } from "./arguments.ts";
import { complain, formatDuration, print } from "./output.ts";
import { type Reached, formatReached, reach } from "./reach.ts";
import { resolverOf } from "./resolver.ts";

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
  return withDeadline(timeout, systemClock, async (lifetime) => {
    const reached = await reach(url, { resolver, timeout, lifetime });
    try {
      const duration = await pong(reached.socket, credentialsOf(url), lifetime);
      return print(formatPong(reached, duration));
    } catch (error) {
      throw notReady(reached, error, lifetime);
    } finally {
      reached.socket.destroy();
    }
  });
}

/** Adds the endpoint to the error, so that a log with several of them is useful. */
function notReady(reached: Reached, reason: unknown, lifetime: Lifetime): Error {
  const message = `${formatReached(reached)} is not ready: ${toError(reason).message}`;
  const interruption = interruptionOf(lifetime);
  return interruption === undefined
    ? new Error(message)
    : new SrvDialError(interruption.code, message);
}

/**
 * @returns how long PING took, in ms
 * @throws an error that says why Redis is not ready
 */
async function pong(socket: Socket, credentials: Credentials, lifetime: Lifetime): Promise<number> {
  if (credentials.length > 0) {
    const refusal = await authenticate(socket, credentials, lifetime);
    if (refusal !== undefined) throw new Error(refusal);
  }
  const asked = performance.now();
  const reply = await askRedis(socket, ["PING"], lifetime);
  if (reply.startsWith("NOAUTH") && credentials.length === 0) throw new Error(NEEDS_PASSWORD);
  if (reply !== "PONG") throw new Error(reply);
  return performance.now() - asked;
}

/** The arguments of AUTH: password, or user and password; empty without a password. */
type Credentials = readonly string[];

function credentialsOf({ username, password }: RedisUrl): Credentials {
  const { REDISCLI_AUTH, REDIS_PASSWORD } = process.env;
  // An empty variable counts as unset, as in redis-cli.
  const secret = [password, REDISCLI_AUTH, REDIS_PASSWORD].find(Boolean);
  if (secret === undefined) return [];
  return username === undefined ? [secret] : [username, secret];
}

/** @returns why Redis refused; undefined when it did not */
async function authenticate(
  socket: Socket,
  credentials: Credentials,
  lifetime: Lifetime,
): Promise<string | undefined> {
  let reply: string;
  try {
    reply = await askRedis(socket, ["AUTH", ...credentials], lifetime);
  } catch {
    // Do not show the reply: it may be an echo of the password.
    return lifetime.reason?.message ?? "no valid answer to AUTH";
  }
  if (reply === "OK") return undefined;
  if (/no password is set|without any password configured/.test(reply)) {
    complain("A password was given, and this Redis has none.");
    return undefined;
  }
  // Shows only the error code of Redis, such as WRONGPASS, and not the rest of the line.
  return `it refuses the password: ${/^[A-Z]+\b/.exec(reply)?.[0] ?? "unknown reason"}`;
}

function formatPong(reached: Reached, duration: number): string {
  const { resolveTime, connectTime } = reached;
  const steps = [
    ...(resolveTime === undefined ? [] : [`resolve ${formatDuration(resolveTime)}`]),
    `connect ${formatDuration(connectTime)}`,
    `ping ${formatDuration(duration)}`,
  ];
  return `PONG from ${formatReached(reached)}: ${steps.join(", ")}`;
}

export const ping: Command = { help: HELP, run };
