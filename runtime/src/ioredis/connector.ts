import { Socket, isIP } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import type { ConnectionOptions } from "node:tls";
import {
  checkMilliseconds,
  checkOptions,
  invalidArg,
  isRecord,
  withoutUndefined,
} from "../base/checks.ts";
import { toError } from "../base/errors.ts";
import { canonicalName, isLocalhost, nameProblem } from "../base/name.ts";
import { Shared } from "../base/shared.ts";
import type { Family, SrvDialerOptions, SrvVerify } from "../base/types.ts";
import { type DialOptions, Dialer } from "../dialer/dialer.ts";
import type { Settings } from "../base/settings.ts";
import { DIALER_OPTIONS, parseOptions } from "../dialer/options.ts";
import { RECHECK } from "../dialer/recheck.ts";
import { verifyRedis } from "../redis/verify.ts";

/**
 * Options of `srvConnector`, and the third argument of `createRedis`. `wait` is true by default, `family` the client's.
 * The deadline of a dial, `verify` included, is the smaller of `timeout` and the client's `connectTimeout` (10000 ms by
 * default); `timeout`, or 10000 ms, if that is 0.
 */
export interface SrvConnectorOptions extends Omit<SrvDialerOptions, "verify"> {
  /**
   * Whether to send PING before a socket is used: the attempt fails if another service now uses the port, or if Redis
   * refuses the client. Or a check of your own. @default true
   */
  verify?: boolean | SrvVerify;
}

/** The `Connector` option of a client. @typeParam C the connector's class in the types of the client */
export interface ConnectorClass<C> {
  /**
   * Called by the client, with its options.
   * @throws {SrvDialError} ERR_SRV_INVALID_ARG for `path`, `sentinels`, and a `host` that is not an SRV name
   */
  new (options: unknown): C;
  /** Ends pending dials with ERR_SRV_CLOSED, and clears the cache. Open connections stay; clients can connect again. */
  close(): void;
}

/** The options of the client that a connector uses. */
export interface ClientOptions {
  readonly host?: unknown;
  readonly path?: unknown;
  readonly sentinels?: unknown;
  readonly connectTimeout?: unknown;
  readonly retryStrategy?: unknown;
  readonly disconnectTimeout?: number;
  readonly family?: Family | 0 | null;
  /** Of iovalkey. */
  readonly familyFallback?: { readonly _initialFamily?: Family | 0 };
  readonly tls?: unknown;
}

/** The default of ioredis in ms. */
const CONNECT_TIMEOUT = 10_000;

/** See `srvConnector` of the entries. */
export function connectorClass<C>(given: SrvConnectorOptions = {}): ConnectorClass<C> {
  checkOptions(given, DIALER_OPTIONS);
  const { verify: givenVerify, wait = true, recheck = RECHECK, ...others } = given;
  const verify = verifyOf(givenVerify);
  const options = { ...others, wait, recheck };
  parseOptions("name", options);
  /** One for each name and IP version. */
  const dialers = new Shared<Dialer>();

  const created = class SrvConnector extends DialerConnector {
    static close(): void {
      for (const dialer of dialers.clear()) dialer.close();
    }

    constructor(clientOptions: unknown) {
      const client = clientOptions as ClientOptions;
      const name = srvNameOf(client);
      // Node.js and ioredis have 0 for both.
      const family = options.family ?? (familyOf(client) || "both");
      const dialer = (): Dialer =>
        dialers.of(`${canonicalName(name)} ${family}`, () => {
          return new Dialer({ ...parseOptions(name, { ...options, family }), verify });
        });
      const dialOptions = { timeout: deadlineOf(client, options), tls: tlsOf(client, options) };
      super(dialer, dialOptions, client.disconnectTimeout);
    }
  };
  // The clients' own classes have private members, so no other class has their type.
  return created as object as ConnectorClass<C>;
}

function verifyOf(verify: SrvConnectorOptions["verify"] = true): Settings["verify"] {
  if (typeof verify === "function") return verify;
  if (typeof verify === "boolean") return verify ? verifyRedis : undefined;
  throw invalidArg("verify", verify, "a boolean, or a function that checks a socket");
}

/** Has the members that ioredis and iovalkey use of a connector. It imports neither of them. */
class DialerConnector {
  /** Why the last connection failed: the client emits it as `error`. */
  firstError?: Error;
  stream?: Socket;
  readonly #dialer: () => Dialer;
  readonly #options: DialOptions;
  readonly #disconnectTimeout: number;
  #pending: AbortController | undefined;

  /** @param disconnectTimeout ms, with the default of ioredis */
  constructor(dialer: () => Dialer, options: DialOptions, disconnectTimeout = 2_000) {
    this.#dialer = dialer;
    this.#options = options;
    this.#disconnectTimeout = disconnectTimeout;
    // Wrong options of the client fail now.
    dialer();
  }

  /** Called once Redis is ready. @returns whether the client may use it */
  check(): boolean {
    return true;
  }

  /** Never rejects: the client would not retry. After a failure the socket is destroyed, and `firstError` says why. */
  async connect(): Promise<Socket> {
    const pending = new AbortController();
    this.#pending = pending;
    this.#forget();
    try {
      const { signal } = pending;
      const { socket } = await this.#dialer().dial({ ...this.#options, signal });
      // A subscriber of a diagnostics channel may have disconnected the client already.
      return signal.aborted ? socket.destroy() : this.#keep(socket);
    } catch (error) {
      if (!pending.signal.aborted) this.firstError = toError(error);
      return new Socket().destroy();
    }
  }

  disconnect(): void {
    this.#pending?.abort();
    const { stream } = this;
    if (stream === undefined) return;
    const timer = setTimeout(() => stream.destroy(), this.#disconnectTimeout);
    stream.once("close", () => clearTimeout(timer)).end();
  }

  #keep(socket: Socket): Socket {
    this.stream = socket;
    socket.once("error", (error) => {
      if (this.stream === socket) this.firstError = error;
    });
    // Forget a closed stream: the client would wait for its end.
    socket.once("close", () => this.stream === socket && this.#forget());
    return socket;
  }

  /** Clears the results of the previous attempt. */
  #forget(): void {
    delete this.firstError;
    delete this.stream;
  }
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG, which says what to use instead */
function srvNameOf({ host, path, sentinels }: ClientOptions): string {
  // What ioredis makes of `redis+srv://…`. The path, which may hold a password, is not shown.
  if (host === "redis+srv" || host === "rediss+srv") {
    throw invalidArg("url", `${host}://…`, "other schemes; for this one use createRedis(url)");
  }
  if (path) {
    throw invalidArg("path", path, "none with SrvConnector: leave Connector out for a Unix socket");
  }
  if (Array.isArray(sentinels) && sentinels.length > 0) {
    throw invalidArg("sentinels", "a list", "none with SrvConnector: leave Connector out");
  }
  const plain = "an SRV name such as dev-redis.dev-ecs; leave Connector out for a plain address";
  if (typeof host !== "string" || isIP(host) !== 0 || isLocalhost(host)) {
    throw invalidArg("host", host, plain);
  }
  const isUrl = host.includes("://");
  const problem = isUrl ? "an SRV name; for a URL use createRedis(url)" : nameProblem(host);
  if (problem !== undefined) throw invalidArg("host", host, problem);
  return host;
}

/** After a lost connection, iovalkey sets `family` to the other version in turn; a dial tries both by itself. */
function familyOf({ family, familyFallback }: ClientOptions): ClientOptions["family"] {
  // eslint-disable-next-line no-underscore-dangle -- iovalkey's own name; its types have it too
  return familyFallback?._initialFamily ?? family;
}

/** The deadline of a dial in ms: the smaller of both. With the `connectTimeout` 0 or null, the client sets none. */
export function deadlineOf(
  { connectTimeout = CONNECT_TIMEOUT }: { connectTimeout?: unknown },
  { timeout }: { timeout?: number },
): number {
  const ofClient = checkMilliseconds("connectTimeout", connectTimeout ?? undefined, 0, 0);
  if (ofClient === 0) return timeout ?? CONNECT_TIMEOUT;
  return Math.min(ofClient, timeout ?? ofClient);
}

/**
 * The client's TLS options before the dialer's; undefined: the dialer's own. Every truthy value means TLS, as in
 * ioredis, which sets `true` for `rediss://`: a wrong option never sends a password unencrypted.
 */
function tlsOf(
  { tls: ofClient }: ClientOptions,
  { tls: ofDialer }: { tls?: boolean | ConnectionOptions },
): ConnectionOptions | undefined {
  const own = isRecord(ofClient) ? withoutUndefined(ofClient) : {};
  return ofClient ? { ...(isRecord(ofDialer) ? ofDialer : {}), ...own } : undefined;
}
