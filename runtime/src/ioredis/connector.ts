import { Socket, isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { AbstractConnector } from "ioredis";
import { checkMilliseconds, invalidArg, isRecord } from "../base/checks.ts";
import { toError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { isLocalhost, nameProblem } from "../base/name.ts";
import type { Family, SrvDialerOptions } from "../base/types.ts";
import type { Verify } from "../dial/attempt.ts";
import { aborted } from "../dial/deadline.ts";
import { Dialer } from "../dial/dialer.ts";
import { parseOptions } from "../dial/options.ts";
import { verifyRedis } from "../redis/verify.ts";

export interface SrvConnectorOptions extends SrvDialerOptions {
  /**
   * Whether a socket is sent PING before it is handed over, so that a port which another service
   * has taken over counts as a failed attempt.
   * @default true
   */
  verify?: boolean;
}

/** What ioredis takes as its `Connector` option. */
export type SrvConnectorClass = new (options: unknown) => AbstractConnector;

/** Of ioredis's options, those that matter to a connector. */
interface RedisConnectionOptions {
  readonly host?: unknown;
  readonly path?: unknown;
  readonly sentinels?: unknown;
  readonly connectTimeout?: unknown;
  readonly disconnectTimeout?: number;
  readonly family?: Family | null;
  readonly tls?: unknown;
}

/**
 * Makes a `Connector` for ioredis whose `host` is an SRV name. All clients of one class share one
 * dialer, and so one cache, for each name.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option
 */
export function srvConnector(options: SrvConnectorOptions = {}): SrvConnectorClass {
  const dialers = new Dialers(options);
  return class SrvConnector extends DialerConnector {
    constructor(redisOptions: unknown) {
      super(redisOptions as RedisConnectionOptions, dialers);
    }
  };
}

/** The dialers that the clients of one class share: one for each name and family. */
class Dialers {
  readonly options: SrvDialerOptions;
  readonly #verify: Verify | undefined;
  readonly #known = new Map<string, Dialer>();

  /** @throws {SrvDialError} here, not when the first client is made */
  constructor(given: SrvConnectorOptions) {
    if (!isRecord(given)) throw invalidArg("options", given, "an object");
    const { verify = true, ...options }: SrvConnectorOptions = given;
    if (typeof verify !== "boolean") throw invalidArg("verify", verify, "a boolean");
    parseOptions("name", options);
    this.options = options;
    this.#verify = verify ? verifyRedis : undefined;
  }

  of(host: string, familyOfClient: Family | null | undefined): Dialer {
    const family: Family = this.options.family ?? familyOfClient ?? "both";
    const key = `${host.toLowerCase()} ${family}`;
    let dialer = this.#known.get(key);
    if (dialer === undefined) {
      dialer = new Dialer(parseOptions(host, { ...this.options, family }), this.#verify);
      this.#known.set(key, dialer);
    }
    return dialer;
  }
}

class DialerConnector extends AbstractConnector {
  readonly #dialer: Dialer;
  readonly #timeout: number | undefined;
  readonly #tls: ConnectionOptions | undefined;
  #pending: Lifetime | undefined;

  constructor(redis: RedisConnectionOptions, dialers: Dialers) {
    super(redis.disconnectTimeout ?? 2_000);
    this.#dialer = dialers.of(srvNameOf(redis), redis.family);
    this.#timeout = timeoutOf(redis.connectTimeout);
    this.#tls = tlsOfClient(redis.tls, dialers.options.tls);
  }

  /**
   * Never rejects, since ioredis would stop for good. A destroyed socket, with the reason in
   * `firstError`, makes it go on to its `retryStrategy`.
   */
  override async connect(): Promise<Socket> {
    const pending = new Lifetime();
    this.#pending = pending;
    this.connecting = true;
    this.#forget();
    try {
      const options = {
        ...(this.#timeout === undefined ? {} : { timeout: this.#timeout }),
        ...(this.#tls === undefined ? {} : { tls: this.#tls }),
      };
      const socket = await this.#dialer.connect(options, pending);
      return this.#keep(socket);
    } catch (error) {
      if (pending.reason === undefined) this.firstError = toError(error);
      return new Socket().destroy();
    }
  }

  override disconnect(): void {
    this.#pending?.end(aborted());
    super.disconnect();
  }

  #keep(socket: Socket): Socket {
    this.stream = socket;
    socket.once("error", (error) => {
      if (this.stream === socket) this.firstError = error;
    });
    // A closed stream cannot be ended: ioredis would wait for it.
    socket.once("close", () => this.stream === socket && this.#forget());
    return socket;
  }

  /** Nothing of an earlier attempt may be taken for this one's. */
  #forget(): void {
    delete this.firstError;
    Reflect.deleteProperty(this, "stream");
  }
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG that says what to use instead */
function srvNameOf({ host, path, sentinels }: RedisConnectionOptions): string {
  if (path !== undefined && path !== null && path !== "") {
    throw invalidArg("path", path, "none with SrvConnector: leave Connector out for a Unix socket");
  }
  if (Array.isArray(sentinels) && sentinels.length > 0) {
    throw invalidArg("sentinels", "a list", "none with SrvConnector: leave Connector out");
  }
  const isPlain = typeof host === "string" && (isIP(host) !== 0 || isLocalhost(host));
  if (host === undefined || host === null || isPlain) {
    throw invalidArg(
      "host",
      host,
      "an SRV name such as dev-redis.dev-ecs; leave Connector out for a plain address",
    );
  }
  if (typeof host === "string" && host.includes("://")) {
    throw invalidArg("host", host, "an SRV name; for a URL use createRedis(url)");
  }
  const problem = nameProblem(host);
  if (problem !== undefined) throw invalidArg("host", host, problem);
  return host as string;
}

/** 0 means no limit in ioredis. Here the dialer's own limit applies then. */
function timeoutOf(connectTimeout: unknown): number | undefined {
  if (connectTimeout === undefined || connectTimeout === null) return undefined;
  return checkMilliseconds("connectTimeout", connectTimeout, 0, 0) || undefined;
}

/**
 * `rediss://` makes ioredis set `tls: true`, which its types do not know. What ioredis takes for set
 * means TLS here too, so that a mistaken option never sends a password in the clear. TLS options
 * that the client leaves out come from the dialer's.
 */
function tlsOfClient(
  ofClient: unknown,
  ofDialer: SrvDialerOptions["tls"],
): ConnectionOptions | undefined {
  if (!ofClient) return undefined;
  return { ...(isRecord(ofDialer) ? ofDialer : {}), ...(isRecord(ofClient) ? ofClient : {}) };
}
