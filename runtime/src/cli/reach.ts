import { type Socket, connect } from "node:net";
import { SrvDialError, formatEndpoint } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { SrvResolver } from "../base/types.ts";
import { type Verify, attempt } from "../dial/attempt.ts";
import { Dialer } from "../dial/dialer.ts";
import { parseOptions } from "../dial/options.ts";
import { verifyRedis } from "../redis/verify.ts";
import type { RedisUrl } from "../redis/url.ts";
import { describeError } from "./output.ts";

const REDIS_PORT = 6379;

export interface ReachOptions {
  readonly resolver: SrvResolver;
  /** Deadline for everything, in ms. */
  readonly timeout: number;
  readonly lifetime: Lifetime;
}

/** A connection to a server that answers like Redis, and the durations. */
export interface Reached {
  readonly socket: Socket;
  readonly host: string;
  readonly port: number;
  readonly address: string;
  /** ms; undefined without SRV records. */
  readonly resolveTime: number | undefined;
  /** Time for TCP and TLS, including failed attempts before, in ms. */
  readonly connectTime: number;
}

/**
 * Connects to the server of a URL. Any Redis reply to PING counts.
 *
 * @throws {SrvDialError} with the attempts
 */
export function reach(url: RedisUrl, options: ReachOptions): Promise<Reached> {
  return url.srv ? reachThroughSrv(url, options) : reachDirectly(url, options);
}

/** `host:port (address)`. */
export function formatReached({ host, port, address }: Reached): string {
  return formatEndpoint(host, port, address);
}

async function reachThroughSrv(
  { host: name, tls }: RedisUrl,
  { resolver, timeout }: ReachOptions,
): Promise<Reached> {
  const connected = connectionTimes();
  const settings = parseOptions(name, { resolver, timeout, tls });
  const dialer = new Dialer({ ...settings, verify: connected.verify });
  const started = performance.now();
  await dialer.resolve();
  const resolved = performance.now();
  const left = Math.max(1, Math.round(started + timeout - resolved));
  const { socket, host, port, address } = await dialer.dial({ timeout: left });
  const times = { resolveTime: resolved - started, connectTime: connected.at(socket) - resolved };
  return { socket, host, port, address, ...times };
}

async function reachDirectly(
  { host, port = REDIS_PORT, tls }: RedisUrl,
  { lifetime }: ReachOptions,
): Promise<Reached> {
  const connected = connectionTimes();
  const { verify } = connected;
  const how = {
    connect,
    socket: {},
    tls: tls ? {} : undefined,
    servername: host,
    verify,
    ref: true,
  };
  const started = performance.now();
  try {
    // Node looks up the host like any program, including /etc/hosts.
    const { socket } = await attempt({ host, address: host, port }, how, lifetime);
    const address = socket.remoteAddress ?? host;
    const connectTime = connected.at(socket) - started;
    return { socket, host, port, address, resolveTime: undefined, connectTime };
  } catch (error) {
    const code = lifetime.reason === undefined ? "ERR_SRV_CONNECT" : "ERR_SRV_TIMEOUT";
    const endpoint = formatEndpoint(host, port);
    throw new SrvDialError(code, `Cannot connect to ${endpoint}: ${reasonOf(error)}`, {
      hostname: host,
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const isOne = error instanceof Error && !(error instanceof AggregateError);
  return isOne ? error.message.trimEnd() : describeError(error);
}

/** A check that Redis answers. It also records when it started, which is when the connection was made. */
function connectionTimes(): { verify: Verify; at: (socket: Socket) => number } {
  const times = new WeakMap<Socket, number>();
  return {
    verify(socket, lifetime) {
      times.set(socket, performance.now());
      return verifyRedis(socket, lifetime);
    },
    at: (socket) => times.get(socket) ?? performance.now(),
  };
}
